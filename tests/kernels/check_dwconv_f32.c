/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution: every variant against C. --bench times the depthwise layers of YOLOX-nano at 416x416 and the
 * 5x5 ones of picodet and FastestDet.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>

#include "draw.h"
#include "kernels/dwconv_f32.h"

/* Sum of the magnitudes of what enters output (y, x, c). */
static double magnitude_at(const psb_dwconv_f32_args *args, int32_t y, int32_t x, int32_t c)
{
    const psb_window *w = &args->window;
    double sum = fabs((double)args->packed[c]);
    for (int32_t ky = 0; ky < w->kernel_height; ky++)
        for (int32_t kx = 0; kx < w->kernel_width; kx++) {
            int32_t in_y = y * w->stride_y - w->pad_top + ky, in_x = x * w->stride_x - w->pad_left + kx;
            if (in_y < 0 || in_y >= w->in_height || in_x < 0 || in_x >= w->in_width) continue;
            size_t tap = (size_t)(1 + ky * w->kernel_width + kx) * (size_t)w->channels + (size_t)c;
            sum += fabs((double)args->in[(size_t)in_y * w->in_row + (size_t)in_x * w->in_pixel + (size_t)c] *
                        (double)args->packed[tap]);
        }
    return sum;
}

/* Element `at` of the output as (y, x, c); false in the gaps. */
static bool place_of(const psb_window *w, size_t at, int32_t *y, int32_t *x, int32_t *c)
{
    *y = (int32_t)(at / w->out_row);
    *x = (int32_t)(at % w->out_row / w->out_pixel);
    *c = (int32_t)(at % w->out_row % w->out_pixel);
    return *x < w->out_width && *c < w->channels;
}

static void check_variant(check *c, psb_dwconv_f32_args args, const psb_dwconv_f32_kernel *kernel, const float *spec)
{
    const psb_window *w = &args.window;
    size_t count = window_out_count(w, w->channels);
    args.out = check_output(c, count);
    kernel->run(&args);
    for (size_t at = 0; at < count; at++) {
        int32_t y, x, channel;
        double allowed = 0.0;
        if (place_of(w, at, &y, &x, &channel))
            allowed = (double)FLT_EPSILON *
                          (1.1 * (w->kernel_height * w->kernel_width + 3.0) * magnitude_at(&args, y, x, channel) +
                           8.0 * fabs((double)spec[at])) +
                      1e-30;
        if (!check_close(c, kernel->name, at, args.out[at], spec[at], allowed)) return;
    }
}

static void trial(check *c, const psb_dwconv_f32_kernel *kernels, int32_t count)
{
    static const int32_t usual[] = {3, 5, 7};
    psb_dwconv_f32_args args = {.window = draw_window(c, usual[check_int(c, 0, 2)]), .activation = draw_activation(c)};
    psb_window *w = &args.window;
    draw_describe(c, w, w->channels, args.activation);
    args.in = check_random(c, window_in_count(w));
    const float *weights = check_random(c, (size_t)w->channels * (size_t)w->kernel_height * (size_t)w->kernel_width);
    float *packed = check_output(c, psb_dwconv_f32_packed_count(w));
    psb_dwconv_f32_pack(packed, weights, check_int(c, 0, 3) ? check_random(c, (size_t)w->channels) : NULL, w);
    args.packed = packed;
    args.out = check_output(c, window_out_count(w, w->channels));
    kernels[0].run(&args);
    for (int32_t i = 1; i < count; i++)
        if (check_can_run(c, kernels[i].needs)) check_variant(c, args, &kernels[i], args.out);
    check_end_trial(c, "any");
}

typedef struct bench_case {
    psb_dwconv_f32_args args;
    const psb_dwconv_f32_kernel *kernel;
} bench_case;

static void run_bench(void *context)
{
    bench_case *b = context;
    b->kernel->run(&b->args);
}

static void bench_layer(check *c, const psb_dwconv_f32_kernel *kernel, const int32_t shape[4])
{
    int32_t size = shape[0], channels = shape[1], k = shape[2], stride = shape[3], out = size / stride;
    psb_window w = {.channels = channels,
                    .in_height = size,
                    .in_width = size,
                    .out_height = out,
                    .out_width = out,
                    .in_pixel = (size_t)channels,
                    .in_row = (size_t)(channels * size),
                    .out_pixel = (size_t)channels,
                    .out_row = (size_t)(channels * out),
                    .kernel_height = k,
                    .kernel_width = k,
                    .stride_y = stride,
                    .stride_x = stride,
                    .pad_top = k / 2,
                    .pad_left = k / 2};
    bench_case b = {.kernel = kernel};
    b.args = (psb_dwconv_f32_args){.out = check_output(c, window_out_count(&w, channels)),
                                   .in = check_random(c, window_in_count(&w)),
                                   .packed = check_random(c, psb_dwconv_f32_packed_count(&w)),
                                   .window = w};
    double work = 2.0 * out * out * channels * k * k;
    for (int silu = 0; silu < 2; silu++) {
        char what[64];
        b.args.activation.kind = silu ? PSB_ACTIVATION_SILU : PSB_ACTIVATION_NONE;
        snprintf(what, sizeof(what), "%dx%dx%d k%d s%d%s", size, size, channels, k, stride, silu ? " silu" : "");
        check_time(kernel->name, what, run_bench, &b, work, "GFLOP/s");
    }
    check_end_trial(c, kernel->name);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "dwconv_f32", 400);
    int32_t count;
    const psb_dwconv_f32_kernel *kernels = psb_dwconv_f32_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) trial(&c, kernels, count);
    static const int32_t layers[][4] = {/* size, channels, kernel, stride */
                                        {208, 16, 3, 2}, {104, 16, 3, 1}, {104, 32, 3, 2}, {52, 32, 3, 1},
                                        {52, 64, 3, 1},  {52, 64, 3, 2},  {26, 64, 3, 1},  {26, 128, 3, 2},
                                        {13, 128, 3, 1}, {26, 64, 5, 1},  {22, 96, 5, 1},  {40, 96, 5, 1},
                                        {40, 96, 5, 2}};
    for (size_t l = 0; c.bench && l < sizeof(layers) / sizeof(layers[0]); l++)
        for (int32_t i = 0; i < count; i++)
            if (check_can_run(&c, kernels[i].needs)) bench_layer(&c, &kernels[i], layers[l]);
    return check_finish(&c);
}
