/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense integer convolution through the matrix product kernels. Each kernel row is a segment of the product, also of a
 * gathered window, so that packed weights serve both: windows inside a picture without gaps are multiplied where they
 * lie, those at its border are gathered into the workspace a block at a time, every kernel row filled up to whole
 * groups of four (its last bytes meet weights of zero).
 */
#include "kernels/conv_u8s8.h"

#include <string.h>

enum { BLOCK_PIXELS = 56 }; /* windows gathered at once: a multiple of the tiles' 4, 14 and 28 rows */

/* Bytes of a gathered kernel row. */
static size_t segment_bytes(const psb_window *w)
{
    size_t bytes = (size_t)w->kernel_width * (size_t)w->channels;
    return (bytes + PSB_GEMM_U8S8_GROUP - 1) / PSB_GEMM_U8S8_GROUP * PSB_GEMM_U8S8_GROUP;
}

static psb_gemm_u8s8_shape shape_of(const psb_window *w, int32_t out_channels)
{
    return (psb_gemm_u8s8_shape){out_channels, w->kernel_width * w->channels, w->kernel_height};
}

size_t psb_conv_u8s8_workspace_bytes(const psb_window *window)
{
    return BLOCK_PIXELS * (size_t)window->kernel_height * segment_bytes(window);
}

size_t psb_conv_u8s8_packed_bytes(const psb_gemm_u8s8_kernel *kernel, const psb_window *window, int32_t out_channels)
{
    psb_gemm_u8s8_shape shape = shape_of(window, out_channels);
    return psb_gemm_u8s8_packed_bytes(kernel, &shape);
}

void psb_conv_u8s8_pack(const psb_gemm_u8s8_kernel *kernel, void *packed, const psb_weights_s8 *weights,
                        const psb_window *window, int32_t out_channels)
{
    psb_gemm_u8s8_shape shape = shape_of(window, out_channels);
    size_t width = (size_t)window->kernel_width, taps = (size_t)window->kernel_height * width;
    psb_gemm_u8s8_pack_ordered(kernel, packed, weights, &shape,
                               &(psb_gemm_u8s8_order){.column_step = (size_t)window->channels * taps,
                                                      .segment_step = width,
                                                      .run_step = 1,
                                                      .value_step = taps,
                                                      .run = window->channels});
}

/* The product's arguments but for its left side and its rows; `out_at` is where the first row goes. */
static psb_gemm_u8s8_args product_of(const psb_conv_u8s8_args *args, size_t out_at)
{
    const psb_window *w = &args->window;
    return (psb_gemm_u8s8_args){
        .c = args->out ? args->out + out_at : NULL,
        .c_f32 = args->out ? NULL : args->out_f32 + out_at,
        .packed = args->packed,
        .n = args->out_channels,
        .k = w->kernel_width * w->channels,
        .segments = w->kernel_height,
        .requant = args->requant,
    };
}

/* Pixels x .. x + count - 1 of a row of the picture, all inside. */
static void copy_pixels(uint8_t *to, const psb_window *w, const uint8_t *row, int32_t x, int32_t count)
{
    const size_t pixel_bytes = (size_t)w->channels;
    const uint8_t *from = row + (size_t)x * w->in_pixel;
    if (w->in_pixel == pixel_bytes) {
        memcpy(to, from, (size_t)count * pixel_bytes);
        return;
    }
    for (int32_t i = 0; i < count; i++)
        memcpy(to + (size_t)i * pixel_bytes, from + (size_t)i * w->in_pixel, pixel_bytes);
}

/* Copies the window whose first tap is at (in_y, in_x), in_zero where it leaves the picture. */
static void gather_window(uint8_t *to, const psb_conv_u8s8_args *args, int32_t in_y, int32_t in_x)
{
    const psb_window *w = &args->window;
    const size_t pixel_bytes = (size_t)w->channels, segment = segment_bytes(w);
    const size_t row_bytes = (size_t)w->kernel_width * pixel_bytes;
    const int32_t first = in_x < 0 ? -in_x : 0; /* taps first .. end - 1 lie inside sideways */
    const int32_t end = in_x + w->kernel_width > w->in_width ? w->in_width - in_x : w->kernel_width;
    const size_t left = (size_t)first * pixel_bytes, right = (size_t)(w->kernel_width - end) * pixel_bytes;
    for (int32_t ky = 0; ky < w->kernel_height; ky++, to += segment) {
        const int32_t y = in_y + ky;
        memset(to + row_bytes, 0, segment - row_bytes);
        if (y < 0 || y >= w->in_height) {
            memset(to, args->in_zero, row_bytes);
            continue;
        }
        if (left) memset(to, args->in_zero, left);
        copy_pixels(to + left, w, args->in + (size_t)y * w->in_row, in_x + first, end - first);
        if (right) memset(to + row_bytes - right, args->in_zero, right);
    }
}

/* A line of output pixels, along a row or down a column. */
typedef struct pixel_line {
    int32_t y, x, count;
    int32_t step_y, step_x; /* one is 1, the other 0 */
} pixel_line;

static void run_gathered(const psb_gemm_u8s8_kernel *kernel, const psb_conv_u8s8_args *args, pixel_line line)
{
    const psb_window *w = &args->window;
    size_t segment = segment_bytes(w), window_bytes = (size_t)w->kernel_height * segment;
    for (; line.count > 0; line.count -= BLOCK_PIXELS) {
        psb_gemm_u8s8_args product = product_of(args, (size_t)line.y * w->out_row + (size_t)line.x * w->out_pixel);
        product.m = line.count < BLOCK_PIXELS ? line.count : BLOCK_PIXELS;
        product.ldc = line.step_y ? w->out_row : w->out_pixel;
        product.a = args->workspace;
        product.lda = window_bytes;
        product.segment_stride = segment;
        for (int32_t i = 0; i < product.m; i++, line.y += line.step_y, line.x += line.step_x)
            gather_window(args->workspace + (size_t)i * window_bytes, args, line.y * w->stride_y - w->pad_top,
                          line.x * w->stride_x - w->pad_left);
        kernel->run(&product);
    }
}

/* Output pixels x_first .. x_end - 1 of row y, whose windows lie inside a gapless picture. */
static void run_in_place(const psb_gemm_u8s8_kernel *kernel, const psb_conv_u8s8_args *args, int32_t y, int32_t x_first,
                         int32_t x_end)
{
    const psb_window *w = &args->window;
    size_t in_y = (size_t)(y * w->stride_y - w->pad_top), in_x = (size_t)(x_first * w->stride_x - w->pad_left);
    psb_gemm_u8s8_args product = product_of(args, (size_t)y * w->out_row + (size_t)x_first * w->out_pixel);
    product.m = x_end - x_first;
    product.ldc = w->out_pixel;
    product.a = args->in + in_y * w->in_row + in_x * w->in_pixel;
    product.lda = (size_t)w->stride_x * w->in_pixel;
    product.segment_stride = w->in_row;
    kernel->run(&product);
}

/* Outputs first .. end - 1 of a side have windows that lie inside; first == end where none does. */
typedef struct inside_span {
    int32_t first, end;
} inside_span;

static inside_span span_inside(int32_t in, int32_t out, int32_t kernel, int32_t stride, int32_t pad)
{
    inside_span span = {.first = (pad + stride - 1) / stride};
    if (span.first > out) span.first = out;
    span.end = in + pad < kernel ? 0 : (in + pad - kernel) / stride + 1;
    if (span.end > out) span.end = out;
    if (span.end < span.first) span.end = span.first;
    return span;
}

void psb_conv_u8s8_run(const psb_gemm_u8s8_kernel *kernel, const psb_conv_u8s8_args *args)
{
    const psb_window *w = &args->window;
    inside_span rows = span_inside(w->in_height, w->out_height, w->kernel_height, w->stride_y, w->pad_top);
    inside_span columns = span_inside(w->in_width, w->out_width, w->kernel_width, w->stride_x, w->pad_left);
    if (w->in_pixel != (size_t)w->channels && w->kernel_width > 1) columns.end = columns.first; /* gaps: gather all */
    if (columns.first == columns.end) rows.end = rows.first;

    for (int32_t y = rows.first; y < rows.end; y++) run_in_place(kernel, args, y, columns.first, columns.end);
    int32_t inside_rows = rows.end - rows.first;
    for (int32_t x = 0; x < w->out_width && inside_rows; x++) /* the columns left and right of what was done in place */
        if (x < columns.first || x >= columns.end)
            run_gathered(kernel, args, (pixel_line){rows.first, x, inside_rows, 1, 0});
    for (int32_t y = 0; y < w->out_height; y++)
        if (y < rows.first || y >= rows.end) run_gathered(kernel, args, (pixel_line){y, 0, w->out_width, 0, 1});
}
