/* SPDX-License-Identifier: Apache-2.0
 *
 * Pools in plain C: the specification of pool_f32.h. The maximum is taken over the whole window at once here; that the
 * separable form of the fast kernels gives the same value is for the test to show.
 */
#include <math.h>

#include "kernels/pool_f32.h"

typedef struct pooled {
    float largest, sum;
    int32_t count;
} pooled;

static pooled under_window(const psb_pool_f32_args *args, int32_t y, int32_t x, int32_t c)
{
    const psb_window *w = &args->window;
    pooled p = {-INFINITY, 0.0f, 0};
    for (int32_t ky = 0; ky < w->kernel_height; ky++)
        for (int32_t kx = 0; kx < w->kernel_width; kx++) {
            int32_t in_y = y * w->stride_y - w->pad_top + ky, in_x = x * w->stride_x - w->pad_left + kx;
            if (in_y < 0 || in_y >= w->in_height || in_x < 0 || in_x >= w->in_width) continue;
            float value = args->in[(size_t)in_y * w->in_row + (size_t)in_x * w->in_pixel + (size_t)c];
            p.largest = value > p.largest ? value : p.largest;
            p.sum += value;
            p.count++;
        }
    return p;
}

void psb_pool_f32_max_c(const psb_pool_f32_args *args)
{
    const psb_window *w = &args->window;
    for (int32_t y = 0; y < w->out_height; y++)
        for (int32_t x = 0; x < w->out_width; x++)
            for (int32_t c = 0; c < w->channels; c++)
                args->out[(size_t)y * w->out_row + (size_t)x * w->out_pixel + (size_t)c] =
                    under_window(args, y, x, c).largest;
}

void psb_pool_f32_average_c(const psb_pool_f32_args *args)
{
    const psb_window *w = &args->window;
    for (int32_t y = 0; y < w->out_height; y++)
        for (int32_t x = 0; x < w->out_width; x++)
            for (int32_t c = 0; c < w->channels; c++) {
                pooled p = under_window(args, y, x, c);
                int32_t divisor = args->count_padding ? w->kernel_height * w->kernel_width : p.count;
                args->out[(size_t)y * w->out_row + (size_t)x * w->out_pixel + (size_t)c] = p.sum / (float)divisor;
            }
}

void psb_pool_f32_global_c(const psb_pool_f32_args *args)
{
    const psb_window *w = &args->window;
    float area = (float)w->in_height * (float)w->in_width;
    for (int32_t c = 0; c < w->channels; c++) {
        float sum = 0.0f;
        for (int32_t y = 0; y < w->in_height; y++)
            for (int32_t x = 0; x < w->in_width; x++)
                sum += args->in[(size_t)y * w->in_row + (size_t)x * w->in_pixel + (size_t)c];
        args->out[c] = sum / area;
    }
}
