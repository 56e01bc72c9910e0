/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution on vectors of channels, in the names of vec_*_int.h (include one of them first). Neighbouring
 * outputs share most of what they look at. So several of them are summed at once: each input vector is loaded once
 * and multiplied into every output that it belongs to, which for 3x3 at stride 1 and six outputs is 11 loads for 18
 * products. Kernel rows outside the picture are left out by starting later or ending earlier; the few outputs whose
 * windows leave it sideways are done one by one. The activation follows a whole row, while it is in cache.
 */
#ifndef PSB_KERNELS_DWCONV_F32_SIMD_INT_H
#define PSB_KERNELS_DWCONV_F32_SIMD_INT_H

#include <stdbool.h>

#include "base/compiler.h"
#include "kernels/dwconv_f32.h"
#include "kernels/unary_f32.h"

enum { DW_PIXELS = 6, DW_KERNEL_WIDTH = 5 }; /* outputs at once; the widest kernel with loops of its own */

/* One row of outputs. */
typedef struct dw_row {
    float *out;
    const float *in;             /* pixel 0 of the first kernel row inside */
    const float *bias, *weights; /* weights of that kernel row */
    size_t in_row, in_pixel, out_pixel, channels;
    int32_t kernel_rows; /* inside the picture */
    int32_t kernel_width, stride_x;
} dw_row;

/* Some outputs of it, one after another. */
typedef struct dw_span {
    int32_t x;                /* the first output */
    int32_t in_x;             /* the first tap's column; may lie outside */
    int32_t kx_first, kx_end; /* taps inside, of all these outputs */
} dw_span;

PSB_ALWAYS_INLINE vec load_channels(const float *p, vec_part part, bool whole)
{
    return whole ? vec_load(p) : vec_load_part(p, part);
}

PSB_ALWAYS_INLINE void store_channels(float *p, vec x, vec_part part, bool whole)
{
    if (whole)
        vec_store(p, x);
    else
        vec_store_part(p, part, x);
}

/* What a loop is made for: constants in each caller. pixels 0: one output with any taps. */
typedef struct dw_form {
    int32_t pixels, width, stride;
} dw_form;

/* One vector of channels, from channel c on, of form.pixels outputs whose windows lie inside sideways.
 * form and whole are constants in each caller. */
PSB_ALWAYS_INLINE void sum_block(const dw_row *row, const dw_span *span, size_t c, const dw_form form, const bool whole)
{
    const int32_t pixels = form.pixels, width = form.width, stride = form.stride;
    vec_part part = vec_part_of(whole ? VEC_WIDTH : row->channels - c);
    vec sum[DW_PIXELS];
    vec bias = load_channels(row->bias + c, part, whole);
    PSB_UNROLL
    for (int32_t i = 0; i < pixels; i++) sum[i] = bias;

    const float *in_row = row->in + (size_t)span->in_x * row->in_pixel + c, *weights = row->weights + c;
    for (int32_t ky = 0; ky < row->kernel_rows; ky++, in_row += row->in_row) {
        vec tap[DW_KERNEL_WIDTH];
        PSB_UNROLL
        for (int32_t kx = 0; kx < width; kx++, weights += row->channels) tap[kx] = load_channels(weights, part, whole);
        const float *in = in_row;
        PSB_UNROLL
        for (int32_t j = 0; j < (pixels - 1) * stride + width; j++, in += row->in_pixel) {
            vec x = load_channels(in, part, whole);
            PSB_UNROLL
            for (int32_t i = 0; i < pixels; i++) {
                int32_t kx = j - i * stride;
                if (kx >= 0 && kx < width) sum[i] = vec_fma(x, tap[kx], sum[i]);
            }
        }
    }

    float *out = row->out + (size_t)span->x * row->out_pixel + c;
    PSB_UNROLL
    for (int32_t i = 0; i < pixels; i++, out += row->out_pixel) store_channels(out, sum[i], part, whole);
}

/* One vector of channels of one output, any taps. */
PSB_ALWAYS_INLINE void sum_pixel(const dw_row *row, const dw_span *span, size_t c, const bool whole)
{
    vec_part part = vec_part_of(whole ? VEC_WIDTH : row->channels - c);
    vec sum = load_channels(row->bias + c, part, whole);
    for (int32_t ky = 0; ky < row->kernel_rows; ky++) {
        const float *in = row->in + (size_t)ky * row->in_row + (size_t)(span->in_x + span->kx_first) * row->in_pixel;
        const float *w = row->weights + (size_t)(ky * row->kernel_width + span->kx_first) * row->channels;
        for (int32_t kx = span->kx_first; kx < span->kx_end; kx++, in += row->in_pixel, w += row->channels)
            sum = vec_fma(load_channels(in + c, part, whole), load_channels(w + c, part, whole), sum);
    }
    store_channels(row->out + (size_t)span->x * row->out_pixel + c, sum, part, whole);
}

/* All channels of form.pixels outputs. */
PSB_ALWAYS_INLINE void sum_channels(const dw_row *row, const dw_span *span, const dw_form form)
{
    size_t c = 0;
    for (; c + VEC_WIDTH <= row->channels; c += VEC_WIDTH) {
        if (form.pixels)
            sum_block(row, span, c, form, true);
        else
            sum_pixel(row, span, c, true);
    }
    if (c == row->channels) return;
    if (form.pixels)
        sum_block(row, span, c, form, false);
    else
        sum_pixel(row, span, c, false);
}

static void run_edge_pixel(const dw_row *row, const psb_window *w, int32_t x)
{
    dw_span span = {.x = x, .in_x = x * w->stride_x - w->pad_left};
    span.kx_first = span.in_x < 0 ? -span.in_x : 0;
    span.kx_end = span.in_x + w->kernel_width > w->in_width ? w->in_width - span.in_x : w->kernel_width;
    sum_channels(row, &span, (dw_form){0});
}

/* Outputs x .. end - 1, all inside; returns the first that is left. width and stride are constants in each caller. */
PSB_ALWAYS_INLINE int32_t run_inside(const dw_row *row, const psb_window *w, int32_t x, int32_t end,
                                     const int32_t width, const int32_t stride)
{
    for (; x + DW_PIXELS <= end; x += DW_PIXELS)
        sum_channels(row, &(dw_span){.x = x, .in_x = x * stride - w->pad_left}, (dw_form){DW_PIXELS, width, stride});
    for (; x + 2 <= end; x += 2)
        sum_channels(row, &(dw_span){.x = x, .in_x = x * stride - w->pad_left}, (dw_form){2, width, stride});
    return x;
}

typedef int32_t dw_inside_fn(const dw_row *row, const psb_window *w, int32_t x, int32_t end);

#define DW_INSIDE_LIST(X) /* kernel width, stride: the forms with loops of their own */ X(3, 1) X(3, 2) X(5, 1) X(5, 2)
#define X(width, stride)                                                                                               \
    static int32_t run_inside_##width##_##stride(const dw_row *row, const psb_window *w, int32_t x, int32_t end)       \
    {                                                                                                                  \
        return run_inside(row, w, x, end, width, stride);                                                              \
    }
DW_INSIDE_LIST(X)
#undef X

/* NULL: output by output. */
static dw_inside_fn *inside_function(const psb_window *w)
{
#define X(width, stride)                                                                                               \
    if (w->kernel_width == width && w->stride_x == stride) return run_inside_##width##_##stride;
    DW_INSIDE_LIST(X)
#undef X
    return NULL;
}

static void run_row(const dw_row *row, const psb_window *w, dw_inside_fn *inside)
{
    int32_t x = 0;
    for (; x < w->out_width && x * w->stride_x < w->pad_left; x++) run_edge_pixel(row, w, x);
    int32_t last_in_x = w->in_width - w->kernel_width; /* of a window inside; below zero: there is none */
    int32_t inside_end = last_in_x + w->pad_left < 0 ? x : (last_in_x + w->pad_left) / w->stride_x + 1;
    if (inside_end > w->out_width) inside_end = w->out_width;
    if (inside && x < inside_end) x = inside(row, w, x, inside_end);
    for (; x < w->out_width; x++) run_edge_pixel(row, w, x);
}

PSB_ALWAYS_INLINE void dwconv_run(const psb_dwconv_f32_args *args, psb_unary_f32_fn *activate)
{
    const psb_window *w = &args->window;
    dw_inside_fn *inside = inside_function(w);
    for (int32_t y = 0; y < w->out_height; y++) {
        int32_t in_y = y * w->stride_y - w->pad_top;
        int32_t first = in_y < 0 ? -in_y : 0;
        int32_t end = in_y + w->kernel_height > w->in_height ? w->in_height - in_y : w->kernel_height;
        float *out = args->out + (size_t)y * w->out_row;
        dw_row row = {
            .out = out,
            .in = args->in + (size_t)(in_y + first) * w->in_row,
            .bias = args->packed,
            .weights = args->packed + (size_t)(1 + first * w->kernel_width) * (size_t)w->channels,
            .in_row = w->in_row,
            .in_pixel = w->in_pixel,
            .out_pixel = w->out_pixel,
            .channels = (size_t)w->channels,
            .kernel_rows = end - first,
            .kernel_width = w->kernel_width,
            .stride_x = w->stride_x,
        };
        run_row(&row, w, inside);
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
