/* SPDX-License-Identifier: Apache-2.0
 *
 * Pools on vectors of channels, in the names of vec_*_int.h (include one of them first).
 * max works in two passes per row of outputs: the largest of each column of the window's rows into the workspace, then
 * the largest along it. average sums the window directly: its windows are small in practice, and a running sum would
 * add rounding of its own.
 */
#ifndef PSB_KERNELS_POOL_F32_SIMD_INT_H
#define PSB_KERNELS_POOL_F32_SIMD_INT_H

#include <stdbool.h>

#include "base/compiler.h"
#include "kernels/pool_f32.h"

/* Taps first .. end - 1 of a window lie inside a side of `size` pixels. */
typedef struct tap_span {
    int32_t first, end;
} tap_span;

PSB_ALWAYS_INLINE tap_span taps_inside(int32_t start, int32_t kernel, int32_t size)
{
    return (tap_span){start < 0 ? -start : 0, start + kernel > size ? size - start : kernel};
}

/* out[i] = max over r < rows of in[r * stride + i] */
PSB_ALWAYS_INLINE void largest_of_rows(float *out, const float *in, size_t stride, int32_t rows, size_t count)
{
    size_t i = 0;
    for (; i + VEC_WIDTH <= count; i += VEC_WIDTH) {
        vec largest = vec_load(in + i);
        for (int32_t r = 1; r < rows; r++) largest = vec_max(largest, vec_load(in + (size_t)r * stride + i));
        vec_store(out + i, largest);
    }
    if (i == count) return;
    vec_part part = vec_part_of(count - i);
    vec largest = vec_load_part(in + i, part);
    for (int32_t r = 1; r < rows; r++) largest = vec_max(largest, vec_load_part(in + (size_t)r * stride + i, part));
    vec_store_part(out + i, part, largest);
}

PSB_ALWAYS_INLINE void pool_max(const psb_pool_f32_args *args)
{
    const psb_window *w = &args->window;
    size_t channels = (size_t)w->channels;
    for (int32_t y = 0; y < w->out_height; y++) {
        int32_t in_y = y * w->stride_y - w->pad_top;
        tap_span ky = taps_inside(in_y, w->kernel_height, w->in_height);
        const float *rows = args->in + (size_t)(in_y + ky.first) * w->in_row;
        if (w->in_pixel == channels)
            largest_of_rows(args->workspace, rows, w->in_row, ky.end - ky.first, (size_t)w->in_width * channels);
        else
            for (size_t x = 0; x < (size_t)w->in_width; x++)
                largest_of_rows(args->workspace + x * channels, rows + x * w->in_pixel, w->in_row, ky.end - ky.first,
                                channels);

        float *out = args->out + (size_t)y * w->out_row;
        for (int32_t x = 0; x < w->out_width; x++, out += w->out_pixel) {
            int32_t in_x = x * w->stride_x - w->pad_left;
            tap_span kx = taps_inside(in_x, w->kernel_width, w->in_width);
            largest_of_rows(out, args->workspace + (size_t)(in_x + kx.first) * channels, channels, kx.end - kx.first,
                            channels);
        }
    }
}

/* A rectangle of pixels and what its sum is multiplied by. */
typedef struct pool_area {
    const float *in;
    size_t in_row, in_pixel;
    int32_t height, width;
    float divisor;
} pool_area;

/* out[c] = sum over the area / divisor, for one vector of channels. */
PSB_ALWAYS_INLINE void mean_of_area(float *out, const pool_area *area, size_t c, size_t channels)
{
    bool whole = channels - c >= VEC_WIDTH;
    vec_part part = vec_part_of(whole ? VEC_WIDTH : channels - c);
    vec sum = vec_all(0.0f);
    for (int32_t y = 0; y < area->height; y++) {
        const float *in = area->in + (size_t)y * area->in_row + c;
        for (int32_t x = 0; x < area->width; x++, in += area->in_pixel)
            sum = vec_add(sum, whole ? vec_load(in) : vec_load_part(in, part));
    }
    sum = vec_div(sum, vec_all(area->divisor));
    if (whole)
        vec_store(out + c, sum);
    else
        vec_store_part(out + c, part, sum);
}

PSB_ALWAYS_INLINE void pool_average(const psb_pool_f32_args *args)
{
    const psb_window *w = &args->window;
    for (int32_t y = 0; y < w->out_height; y++) {
        int32_t in_y = y * w->stride_y - w->pad_top;
        tap_span ky = taps_inside(in_y, w->kernel_height, w->in_height);
        for (int32_t x = 0; x < w->out_width; x++) {
            int32_t in_x = x * w->stride_x - w->pad_left;
            tap_span kx = taps_inside(in_x, w->kernel_width, w->in_width);
            pool_area area = {args->in + (size_t)(in_y + ky.first) * w->in_row +
                                  (size_t)(in_x + kx.first) * w->in_pixel,
                              w->in_row,
                              w->in_pixel,
                              ky.end - ky.first,
                              kx.end - kx.first,
                              0.0f};
            int32_t real = area.height * area.width;
            area.divisor = (float)(args->count_padding ? w->kernel_height * w->kernel_width : real);
            float *out = args->out + (size_t)y * w->out_row + (size_t)x * w->out_pixel;
            for (size_t c = 0; c < (size_t)w->channels; c += VEC_WIDTH)
                mean_of_area(out, &area, c, (size_t)w->channels);
        }
    }
}

PSB_ALWAYS_INLINE void pool_global(const psb_pool_f32_args *args)
{
    const psb_window *w = &args->window;
    pool_area area = {args->in,     w->in_row,   w->in_pixel,
                      w->in_height, w->in_width, (float)w->in_height * (float)w->in_width};
    for (size_t c = 0; c < (size_t)w->channels; c += VEC_WIDTH) mean_of_area(args->out, &area, c, (size_t)w->channels);
}

#endif
