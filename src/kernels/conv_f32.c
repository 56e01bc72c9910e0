/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense convolution through the matrix product kernels. Windows that lie wholly inside a picture without gaps between
 * pixels need no gathering: kernel row ky of the window at x is in[(y + ky) * in_row + x * stride * channels ...],
 * contiguous, so the rows of the product's left side are stride * channels apart and overlap. Only the picture's
 * border is gathered into the workspace, a block at a time.
 */
#include "kernels/conv_f32.h"

#include <string.h>

enum { BLOCK_PIXELS = 56 }; /* windows gathered at once: a multiple of the tiles' 4 and 14 rows; nine of 6 */

static size_t window_count(const psb_window *w)
{
    return (size_t)w->kernel_height * (size_t)w->kernel_width * (size_t)w->channels;
}

size_t psb_conv_f32_workspace_count(const psb_window *window)
{
    return BLOCK_PIXELS * window_count(window);
}

size_t psb_conv_f32_packed_count(const psb_gemm_f32_kernel *kernel, const psb_window *window, int32_t out_channels)
{
    return psb_gemm_f32_packed_count(kernel, out_channels, (int32_t)window_count(window));
}

void psb_conv_f32_pack(const psb_gemm_f32_kernel *kernel, float *packed, const float *weights, const float *bias,
                       const psb_window *window, int32_t out_channels)
{
    int32_t taps = window->kernel_height * window->kernel_width, channels = window->channels;
    int32_t q = (int32_t)window_count(window);
    memset(packed, 0, psb_conv_f32_packed_count(kernel, window, out_channels) * sizeof(float));
    for (int32_t j = 0; j < out_channels; j++) {
        packed[psb_gemm_f32_packed_index(kernel, out_channels, q, j, -1)] = bias ? bias[j] : 0.0f;
        for (int32_t c = 0; c < channels; c++)
            for (int32_t tap = 0; tap < taps; tap++)
                packed[psb_gemm_f32_packed_index(kernel, out_channels, q, j, tap * channels + c)] =
                    weights[((size_t)j * (size_t)channels + (size_t)c) * (size_t)taps + (size_t)tap];
    }
}

/* Copies the window whose first tap is at (in_y, in_x), zeros where it leaves the picture. */
static void gather_window(float *to, const psb_conv_f32_args *args, int32_t in_y, int32_t in_x)
{
    const psb_window *w = &args->window;
    size_t pixel_bytes = (size_t)w->channels * sizeof(float);
    for (int32_t ky = 0; ky < w->kernel_height; ky++)
        for (int32_t kx = 0; kx < w->kernel_width; kx++, to += w->channels) {
            int32_t y = in_y + ky, x = in_x + kx;
            if (y < 0 || y >= w->in_height || x < 0 || x >= w->in_width)
                memset(to, 0, pixel_bytes);
            else
                memcpy(to, args->in + (size_t)y * w->in_row + (size_t)x * w->in_pixel, pixel_bytes);
        }
}

/* A line of output pixels, along a row or down a column. */
typedef struct pixel_line {
    int32_t y, x, count;
    int32_t step_y, step_x; /* one is 1, the other 0 */
} pixel_line;

static void run_gathered(const psb_gemm_f32_kernel *kernel, const psb_conv_f32_args *args, pixel_line line)
{
    const psb_window *w = &args->window;
    size_t q = window_count(w);
    for (; line.count > 0; line.count -= BLOCK_PIXELS) {
        int32_t count = line.count < BLOCK_PIXELS ? line.count : BLOCK_PIXELS;
        float *out = args->out + (size_t)line.y * w->out_row + (size_t)line.x * w->out_pixel;
        for (int32_t i = 0; i < count; i++, line.y += line.step_y, line.x += line.step_x)
            gather_window(args->workspace + (size_t)i * q, args, line.y * w->stride_y - w->pad_top,
                          line.x * w->stride_x - w->pad_left);
        kernel->run(&(psb_gemm_f32_args){
            .c = out,
            .ldc = line.step_y ? w->out_row : w->out_pixel,
            .a = args->workspace,
            .lda = q,
            .packed = args->packed,
            .m = count,
            .n = args->out_channels,
            .k = (int32_t)q,
            .activation = args->activation,
        });
    }
}

/* Output pixels x_first .. x_end - 1 of row y, whose windows lie inside a gapless picture. */
static void run_in_place(const psb_gemm_f32_kernel *kernel, const psb_conv_f32_args *args, int32_t y, int32_t x_first,
                         int32_t x_end)
{
    const psb_window *w = &args->window;
    size_t in_y = (size_t)(y * w->stride_y - w->pad_top), in_x = (size_t)(x_first * w->stride_x - w->pad_left);
    kernel->run(&(psb_gemm_f32_args){
        .c = args->out + (size_t)y * w->out_row + (size_t)x_first * w->out_pixel,
        .ldc = w->out_pixel,
        .a = args->in + in_y * w->in_row + in_x * w->in_pixel,
        .lda = (size_t)w->stride_x * w->in_pixel,
        .packed = args->packed,
        .m = x_end - x_first,
        .n = args->out_channels,
        .k = w->kernel_width * w->channels,
        .segments = w->kernel_height,
        .segment_stride = w->in_row,
        .activation = args->activation,
    });
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

void psb_conv_f32_run(const psb_gemm_f32_kernel *kernel, const psb_conv_f32_args *args)
{
    const psb_window *w = &args->window;
    inside_span rows = span_inside(w->in_height, w->out_height, w->kernel_height, w->stride_y, w->pad_top);
    inside_span columns = span_inside(w->in_width, w->out_width, w->kernel_width, w->stride_x, w->pad_left);
    if (w->in_pixel != (size_t)w->channels) columns.end = columns.first; /* gaps: gather everything */
    if (columns.first == columns.end) rows.end = rows.first;

    for (int32_t y = rows.first; y < rows.end; y++) run_in_place(kernel, args, y, columns.first, columns.end);
    int32_t inside_rows = rows.end - rows.first;
    for (int32_t x = 0; x < w->out_width && inside_rows; x++) /* the columns left and right of what was done in place */
        if (x < columns.first || x >= columns.end)
            run_gathered(kernel, args, (pixel_line){rows.first, x, inside_rows, 1, 0});
    for (int32_t y = 0; y < w->out_height; y++)
        if (y < rows.first || y >= rows.end) run_gathered(kernel, args, (pixel_line){y, 0, w->out_width, 0, 1});
}
