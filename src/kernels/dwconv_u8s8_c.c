/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise integer convolution in plain C: the specification of dwconv_u8s8.h.
 * One output at a time; the packed bias lacks in_zero times the sum of all taps, so a tap outside the picture is read
 * as in_zero, not skipped.
 */
#include "kernels/dwconv_u8s8.h"

static uint8_t value_at(const psb_dwconv_u8s8_args *args, int32_t y, int32_t x, int32_t c)
{
    const psb_window *w = &args->window;
    size_t channels = (size_t)w->channels;
    const int32_t *bias = args->packed;
    const float *multiplier = (const float *)(const void *)(bias + channels);
    const int8_t *taps = (const int8_t *)(const void *)(multiplier + channels);
    int32_t sum = bias[c];
    for (int32_t ky = 0; ky < w->kernel_height; ky++)
        for (int32_t kx = 0; kx < w->kernel_width; kx++, taps += channels) {
            int32_t in_y = y * w->stride_y - w->pad_top + ky, in_x = x * w->stride_x - w->pad_left + kx;
            int32_t outside = in_y < 0 || in_y >= w->in_height || in_x < 0 || in_x >= w->in_width;
            int32_t value =
                outside ? args->in_zero : args->in[(size_t)in_y * w->in_row + (size_t)in_x * w->in_pixel + (size_t)c];
            sum += value * taps[c];
        }
    return psb_requant_u8_value(&args->requant, sum, multiplier[c], (size_t)c);
}

void psb_dwconv_u8s8_c(const psb_dwconv_u8s8_args *args)
{
    const psb_window *w = &args->window;
    for (int32_t y = 0; y < w->out_height; y++)
        for (int32_t x = 0; x < w->out_width; x++)
            for (int32_t c = 0; c < w->channels; c++)
                args->out[(size_t)y * w->out_row + (size_t)x * w->out_pixel + (size_t)c] = value_at(args, y, x, c);
}
