/* SPDX-License-Identifier: Apache-2.0
 *
 * Byte pools in plain C: the specification of pool_u8.h.
 */
#include <math.h>

#include "kernels/pool_u8.h"

typedef struct pooled {
    int32_t largest, sum, count;
} pooled;

static pooled under_window(const psb_pool_u8_args *args, int32_t y, int32_t x, int32_t c)
{
    const psb_window *w = &args->window;
    pooled p = {0};
    for (int32_t ky = 0; ky < w->kernel_height; ky++)
        for (int32_t kx = 0; kx < w->kernel_width; kx++) {
            int32_t in_y = y * w->stride_y - w->pad_top + ky, in_x = x * w->stride_x - w->pad_left + kx;
            if (in_y < 0 || in_y >= w->in_height || in_x < 0 || in_x >= w->in_width) continue;
            int32_t value = args->in[(size_t)in_y * w->in_row + (size_t)in_x * w->in_pixel + (size_t)c];
            if (value > p.largest) p.largest = value;
            p.sum += value;
            p.count++;
        }
    return p;
}

void psb_pool_u8_max_c(const psb_pool_u8_args *args)
{
    const psb_window *w = &args->window;
    for (int32_t y = 0; y < w->out_height; y++)
        for (int32_t x = 0; x < w->out_width; x++)
            for (int32_t c = 0; c < w->channels; c++)
                args->out[(size_t)y * w->out_row + (size_t)x * w->out_pixel + (size_t)c] =
                    (uint8_t)under_window(args, y, x, c).largest;
}

void psb_pool_u8_average_c(const psb_pool_u8_args *args)
{
    const psb_window *w = &args->window;
    int32_t area = w->kernel_height * w->kernel_width;
    for (int32_t y = 0; y < w->out_height; y++)
        for (int32_t x = 0; x < w->out_width; x++)
            for (int32_t c = 0; c < w->channels; c++) {
                pooled p = under_window(args, y, x, c);
                if (args->count_padding) {
                    p.sum += (area - p.count) * args->zero;
                    p.count = area;
                }
                args->out[(size_t)y * w->out_row + (size_t)x * w->out_pixel + (size_t)c] =
                    (uint8_t)lrintf((float)p.sum / (float)p.count);
            }
}

void psb_pool_u8_global_c(const psb_pool_u8_args *args)
{
    const psb_window *w = &args->window;
    for (int32_t c = 0; c < w->channels; c++) {
        int32_t sum = 0;
        for (int32_t y = 0; y < w->in_height; y++)
            for (int32_t x = 0; x < w->in_width; x++)
                sum += args->in[(size_t)y * w->in_row + (size_t)x * w->in_pixel + (size_t)c];
        args->out[c] = (uint8_t)lrintf((float)sum / ((float)w->in_height * (float)w->in_width));
    }
}
