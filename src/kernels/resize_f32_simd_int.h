/* SPDX-License-Identifier: Apache-2.0
 *
 * Resize on vectors of channels, in the names of vec_*_int.h (include one of them first).
 * Pixels are the outer loop and channels the inner one: tables are looked up once per pixel.
 */
#ifndef PSB_KERNELS_RESIZE_F32_SIMD_INT_H
#define PSB_KERNELS_RESIZE_F32_SIMD_INT_H

#include "base/compiler.h"
#include "kernels/resize_f32.h"

PSB_ALWAYS_INLINE void copy_channels(float *out, const float *in, size_t channels)
{
    size_t c = 0;
    for (; c + VEC_WIDTH <= channels; c += VEC_WIDTH) vec_store(out + c, vec_load(in + c));
    if (c == channels) return;
    vec_part part = vec_part_of(channels - c);
    vec_store_part(out + c, part, vec_load_part(in + c, part));
}

PSB_ALWAYS_INLINE void resize_nearest(const psb_resize_f32_args *args)
{
    for (int32_t y = 0; y < args->out_height; y++) {
        const float *row = args->in + (size_t)args->y0[y] * args->in_row;
        float *out = args->out + (size_t)y * args->out_row;
        for (int32_t x = 0; x < args->out_width; x++, out += args->out_pixel)
            copy_channels(out, row + (size_t)args->x0[x] * args->in_pixel, (size_t)args->channels);
    }
}

/* The four pixels round an output's place, and its place among them. */
typedef struct resize_corners {
    const float *top_left, *top_right, *bottom_left, *bottom_right;
    vec fx, fy;
} resize_corners;

PSB_ALWAYS_INLINE vec lerp(vec p, vec q, vec f)
{
    return vec_fma(f, vec_sub(q, p), p);
}

PSB_ALWAYS_INLINE void blend_channels(float *out, const resize_corners *from, size_t channels)
{
    size_t c = 0;
    for (; c + VEC_WIDTH <= channels; c += VEC_WIDTH) {
        vec top = lerp(vec_load(from->top_left + c), vec_load(from->top_right + c), from->fx);
        vec bottom = lerp(vec_load(from->bottom_left + c), vec_load(from->bottom_right + c), from->fx);
        vec_store(out + c, lerp(top, bottom, from->fy));
    }
    if (c == channels) return;
    vec_part part = vec_part_of(channels - c);
    vec top = lerp(vec_load_part(from->top_left + c, part), vec_load_part(from->top_right + c, part), from->fx);
    vec bottom =
        lerp(vec_load_part(from->bottom_left + c, part), vec_load_part(from->bottom_right + c, part), from->fx);
    vec_store_part(out + c, part, lerp(top, bottom, from->fy));
}

PSB_ALWAYS_INLINE void resize_bilinear(const psb_resize_f32_args *args)
{
    for (int32_t y = 0; y < args->out_height; y++) {
        const float *top = args->in + (size_t)args->y0[y] * args->in_row;
        const float *bottom = args->in + (size_t)args->y1[y] * args->in_row;
        float *out = args->out + (size_t)y * args->out_row;
        for (int32_t x = 0; x < args->out_width; x++, out += args->out_pixel) {
            size_t left = (size_t)args->x0[x] * args->in_pixel, right = (size_t)args->x1[x] * args->in_pixel;
            resize_corners corners = {top + left,     top + right,          bottom + left,
                                      bottom + right, vec_all(args->fx[x]), vec_all(args->fy[y])};
            blend_channels(out, &corners, (size_t)args->channels);
        }
    }
}

#endif
