/* SPDX-License-Identifier: Apache-2.0
 *
 * Resize in plain C: the specification of resize_f32.h.
 * Bilinear goes sideways first, then down; the other order would round differently.
 */
#include "kernels/resize_f32.h"

static float lerp(float p, float q, float f)
{
    return p + f * (q - p);
}

void psb_resize_f32_nearest_c(const psb_resize_f32_args *args)
{
    for (int32_t y = 0; y < args->out_height; y++)
        for (int32_t x = 0; x < args->out_width; x++) {
            float *out = args->out + (size_t)y * args->out_row + (size_t)x * args->out_pixel;
            const float *in = args->in + (size_t)args->y0[y] * args->in_row + (size_t)args->x0[x] * args->in_pixel;
            for (int32_t c = 0; c < args->channels; c++) out[c] = in[c];
        }
}

void psb_resize_f32_bilinear_c(const psb_resize_f32_args *args)
{
    for (int32_t y = 0; y < args->out_height; y++)
        for (int32_t x = 0; x < args->out_width; x++) {
            float *out = args->out + (size_t)y * args->out_row + (size_t)x * args->out_pixel;
            const float *row0 = args->in + (size_t)args->y0[y] * args->in_row;
            const float *row1 = args->in + (size_t)args->y1[y] * args->in_row;
            size_t left = (size_t)args->x0[x] * args->in_pixel, right = (size_t)args->x1[x] * args->in_pixel;
            float fx = args->fx[x], fy = args->fy[y];
            for (size_t c = 0; c < (size_t)args->channels; c++)
                out[c] = lerp(lerp(row0[left + c], row0[right + c], fx), lerp(row1[left + c], row1[right + c], fx), fy);
        }
}
