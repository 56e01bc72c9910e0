/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution on vectors of channels, in the names of vec_*_int.h (include one of them first).
 * For one row of outputs and one vector of channels, DW_PIXELS neighbouring outputs are summed at once: each weight is
 * loaded once for all of them. Kernel rows outside the picture are left out by starting later or ending earlier; the few
 * outputs whose windows leave it sideways are done one by one. The activation follows a whole row.
 */
#ifndef PSB_KERNELS_DWCONV_F32_SIMD_INT_H
#define PSB_KERNELS_DWCONV_F32_SIMD_INT_H

#include <stdbool.h>

#include "base/compiler.h"
#include "kernels/dwconv_f32.h"
#include "kernels/unary_f32.h"

enum { DW_PIXELS = 8 };

/* One row of outputs for one vector of channels; pointers are at that vector's first channel. */
typedef struct dw_row {
    float *out;
    const float *in;             /* pixel (0, first kernel row inside) */
    const float *bias, *weights; /* weights of that kernel row */
    size_t in_row, in_pixel, out_pixel, channels;
    int32_t rows, kernel_width, stride_x; /* kernel rows inside */
    size_t count;                         /* channels that exist, 1 .. VEC_WIDTH */
} dw_row;

PSB_ALWAYS_INLINE vec load_channels(const float *p, size_t count, bool whole)
{
    return whole ? vec_load(p) : vec_load_part(p, vec_part_of(count));
}

PSB_ALWAYS_INLINE void store_channels(float *p, vec x, size_t count, bool whole)
{
    if (whole)
        vec_store(p, x);
    else
        vec_store_part(p, vec_part_of(count), x);
}

/* `pixels` outputs from column x on, kernel columns kx_first .. kx_end - 1 being inside for all of them.
 * pixels and whole are constants in each caller. */
PSB_ALWAYS_INLINE void dw_pixels(const dw_row *row, int32_t x, int32_t in_x, int32_t kx_first, int32_t kx_end,
                                 const int32_t pixels, const bool whole)
{
    size_t advance = (size_t)row->stride_x * row->in_pixel;
    vec sum[DW_PIXELS];
    vec bias = load_channels(row->bias, row->count, whole);
    PSB_UNROLL
    for (int32_t i = 0; i < pixels; i++) sum[i] = bias;

    for (int32_t ky = 0; ky < row->rows; ky++) {
        const float *in = row->in + (size_t)ky * row->in_row + (size_t)(in_x + kx_first) * row->in_pixel;
        const float *w = row->weights + (size_t)(ky * row->kernel_width + kx_first) * row->channels;
        for (int32_t kx = kx_first; kx < kx_end; kx++, in += row->in_pixel, w += row->channels) {
            vec tap = load_channels(w, row->count, whole);
            PSB_UNROLL
            for (int32_t i = 0; i < pixels; i++)
                sum[i] = vec_fma(load_channels(in + (size_t)i * advance, row->count, whole), tap, sum[i]);
        }
    }
    float *out = row->out + (size_t)x * row->out_pixel;
    PSB_UNROLL
    for (int32_t i = 0; i < pixels; i++) store_channels(out + (size_t)i * row->out_pixel, sum[i], row->count, whole);
}

/* One output whose window may leave the picture sideways. */
PSB_ALWAYS_INLINE void dw_edge_pixel(const dw_row *row, const psb_window *w, int32_t x, const bool whole)
{
    int32_t in_x = x * w->stride_x - w->pad_left;
    int32_t first = in_x < 0 ? -in_x : 0;
    int32_t end = in_x + w->kernel_width > w->in_width ? w->in_width - in_x : w->kernel_width;
    dw_pixels(row, x, in_x, first, end, 1, whole);
}

/* kernel_width: a constant in each caller, or the window's own */
PSB_ALWAYS_INLINE void dw_whole_row(const dw_row *row, const psb_window *w, int32_t kernel_width, const bool whole)
{
    int32_t x = 0;
    for (; x < w->out_width && x * w->stride_x < w->pad_left; x++) dw_edge_pixel(row, w, x, whole);
    int32_t last_in_x = w->in_width - w->kernel_width; /* of a window inside; below zero: there is none */
    int32_t inside_end = last_in_x < 0 ? x : (last_in_x + w->pad_left) / w->stride_x + 1;
    if (inside_end > w->out_width) inside_end = w->out_width;
    for (; x + DW_PIXELS <= inside_end; x += DW_PIXELS)
        dw_pixels(row, x, x * w->stride_x - w->pad_left, 0, kernel_width, DW_PIXELS, whole);
    for (; x + 2 <= inside_end; x += 2) dw_pixels(row, x, x * w->stride_x - w->pad_left, 0, kernel_width, 2, whole);
    for (; x < w->out_width; x++) dw_edge_pixel(row, w, x, whole);
}

static void dw_run_row(const dw_row *row, const psb_window *w)
{
    bool whole = row->count == VEC_WIDTH;
    if (!whole)
        dw_whole_row(row, w, w->kernel_width, false);
    else if (w->kernel_width == 3)
        dw_whole_row(row, w, 3, true);
    else if (w->kernel_width == 5)
        dw_whole_row(row, w, 5, true);
    else
        dw_whole_row(row, w, w->kernel_width, true);
}

PSB_ALWAYS_INLINE void dwconv_run(const psb_dwconv_f32_args *args, psb_unary_f32_fn *activate)
{
    const psb_window *w = &args->window;
    for (int32_t y = 0; y < w->out_height; y++) {
        int32_t in_y = y * w->stride_y - w->pad_top;
        int32_t first = in_y < 0 ? -in_y : 0;
        int32_t end = in_y + w->kernel_height > w->in_height ? w->in_height - in_y : w->kernel_height;
        float *out = args->out + (size_t)y * w->out_row;
        for (int32_t c = 0; c < w->channels; c += VEC_WIDTH) {
            dw_row row = {
                .out = out + c,
                .in = args->in + (size_t)(in_y + first) * w->in_row + c,
                .bias = args->packed + c,
                .weights = args->packed + (size_t)(1 + first * w->kernel_width) * (size_t)w->channels + (size_t)c,
                .in_row = w->in_row,
                .in_pixel = w->in_pixel,
                .out_pixel = w->out_pixel,
                .channels = (size_t)w->channels,
                .rows = end - first,
                .kernel_width = w->kernel_width,
                .stride_x = w->stride_x,
                .count = (size_t)(w->channels - c < VEC_WIDTH ? w->channels - c : VEC_WIDTH),
            };
            dw_run_row(&row, w);
        }
        if (args->activation.kind != PSB_ACTIVATION_NONE)
            activate(&(psb_unary_f32_args){.out = out,
                                           .in = out,
                                           .rows = (size_t)w->out_width,
                                           .columns = (size_t)w->channels,
                                           .ld_out = w->out_pixel,
                                           .ld_in = w->out_pixel,
                                           .activation = args->activation});
    }
}

#endif
