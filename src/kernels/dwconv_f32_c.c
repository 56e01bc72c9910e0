/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution in plain C: the specification of dwconv_f32.h.
 * One output at a time; a tap outside the picture is skipped, which is the same as reading a zero.
 */
#include "kernels/dwconv_f32.h"

static float value_at(const psb_dwconv_f32_args *args, int32_t y, int32_t x, int32_t c)
{
    const psb_window *w = &args->window;
    const float *taps = args->packed + w->channels;
    float sum = args->packed[c];
    for (int32_t ky = 0; ky < w->kernel_height; ky++)
        for (int32_t kx = 0; kx < w->kernel_width; kx++) {
            int32_t in_y = y * w->stride_y - w->pad_top + ky, in_x = x * w->stride_x - w->pad_left + kx;
            if (in_y < 0 || in_y >= w->in_height || in_x < 0 || in_x >= w->in_width) continue;
            sum += args->in[(size_t)in_y * w->in_row + (size_t)in_x * w->in_pixel + (size_t)c] *
                   taps[((size_t)ky * (size_t)w->kernel_width + (size_t)kx) * (size_t)w->channels + (size_t)c];
        }
    return sum;
}

void psb_dwconv_f32_c(const psb_dwconv_f32_args *args)
{
    const psb_window *w = &args->window;
    for (int32_t y = 0; y < w->out_height; y++)
        for (int32_t x = 0; x < w->out_width; x++)
            for (int32_t c = 0; c < w->channels; c++)
                args->out[(size_t)y * w->out_row + (size_t)x * w->out_pixel + (size_t)c] =
                    psb_activation_apply(args->activation, value_at(args, y, x, c));
}
