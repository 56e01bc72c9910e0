/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense convolution, with every matrix product kernel, against the plain loops below, which are its specification.
 * --bench times the stems of YOLOX-nano (Focus and 3x3 as one 6x6 of stride 2) and NanoDet.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>

#include "draw.h"
#include "kernels/conv_f32.h"

typedef struct conv_case {
    psb_conv_f32_args args;
    const float *weights, *bias;
    size_t out_count;
} conv_case;

/* The definition, in double precision. Weights in ONNX's order. */
static double formula(const conv_case *v, int32_t y, int32_t x, int32_t j, double *magnitude_out)
{
    const psb_window *w = &v->args.window;
    double sum = v->bias ? (double)v->bias[j] : 0.0;
    *magnitude_out = fabs(sum);
    for (int32_t c = 0; c < w->channels; c++)
        for (int32_t ky = 0; ky < w->kernel_height; ky++)
            for (int32_t kx = 0; kx < w->kernel_width; kx++) {
                int32_t in_y = y * w->stride_y - w->pad_top + ky, in_x = x * w->stride_x - w->pad_left + kx;
                if (in_y < 0 || in_y >= w->in_height || in_x < 0 || in_x >= w->in_width) continue;
                int32_t tap = ((j * w->channels + c) * w->kernel_height + ky) * w->kernel_width + kx;
                double product = (double)v->args.in[(size_t)in_y * w->in_row + (size_t)in_x * w->in_pixel + (size_t)c] *
                                 (double)v->weights[tap];
                sum += product;
                *magnitude_out += fabs(product);
            }
    return (double)psb_activation_apply(v->args.activation, (float)sum);
}

static conv_case draw_case(check *c)
{
    conv_case v = {.args = {.window = draw_window(c, 6), .activation = draw_activation(c)}};
    psb_window *w = &v.args.window;
    w->channels = check_int(c, 1, w->channels < 13 ? w->channels : 13);
    if (check_int(c, 0, 1)) w->in_pixel = (size_t)w->channels; /* gapless: no gathering inside */
    v.args.out_channels = check_int(c, 1, 40);
    w->out_pixel = (size_t)(v.args.out_channels + check_int(c, 0, 5));
    w->out_row = w->out_pixel * (size_t)w->out_width;
    draw_describe(c, w, v.args.out_channels, v.args.activation);
    v.args.in = check_random(c, window_in_count(w));
    size_t taps = (size_t)w->kernel_height * (size_t)w->kernel_width * (size_t)w->channels;
    v.weights = check_random(c, (size_t)v.args.out_channels * taps);
    v.bias = check_int(c, 0, 3) ? check_random(c, (size_t)v.args.out_channels) : NULL;
    v.out_count = window_out_count(w, v.args.out_channels);
    return v;
}

static void check_variant(check *c, const conv_case *v, const psb_gemm_f32_kernel *kernel)
{
    psb_conv_f32_args args = v->args;
    const psb_window *w = &args.window;
    float *packed = check_output(c, psb_conv_f32_packed_count(kernel, w, args.out_channels));
    psb_conv_f32_pack(kernel, packed, v->weights, v->bias, w, args.out_channels);
    args.packed = packed;
    args.workspace = check_output(c, psb_conv_f32_workspace_count(w));
    args.out = check_output(c, v->out_count);
    psb_conv_f32_run(kernel, &args);

    double q = (double)w->kernel_height * w->kernel_width * w->channels;
    for (size_t at = 0; at < v->out_count; at++) {
        int32_t y = (int32_t)(at / w->out_row), x = (int32_t)(at % w->out_row / w->out_pixel);
        int32_t j = (int32_t)(at % w->out_row % w->out_pixel);
        double spec = (double)CHECK_UNTOUCHED, magnitude = 0.0;
        if (j < args.out_channels) spec = formula(v, y, x, j, &magnitude);
        double allowed = (double)FLT_EPSILON * (1.1 * (q + 3.0) * magnitude + 8.0 * fabs(spec)) + 1e-30;
        if (!check_close(c, kernel->name, at, args.out[at], (float)spec, allowed)) return;
    }
}

typedef struct bench_case {
    psb_conv_f32_args args;
    const psb_gemm_f32_kernel *kernel;
} bench_case;

static void run_bench(void *context)
{
    bench_case *b = context;
    psb_conv_f32_run(b->kernel, &b->args);
}

static void bench_layer(check *c, const psb_gemm_f32_kernel *kernel, const int32_t shape[6])
{
    int32_t size = shape[0], channels = shape[1], k = shape[2], stride = shape[3], pad = shape[4], n = shape[5];
    int32_t out = (size + 2 * pad - k) / stride + 1;
    psb_window w = {.channels = channels,
                    .in_height = size,
                    .in_width = size,
                    .out_height = out,
                    .out_width = out,
                    .in_pixel = (size_t)channels,
                    .in_row = (size_t)(channels * size),
                    .out_pixel = (size_t)n,
                    .out_row = (size_t)(n * out),
                    .kernel_height = k,
                    .kernel_width = k,
                    .stride_y = stride,
                    .stride_x = stride,
                    .pad_top = pad,
                    .pad_left = pad};
    bench_case b = {.kernel = kernel};
    b.args = (psb_conv_f32_args){.out = check_output(c, window_out_count(&w, n)),
                                 .in = check_random(c, window_in_count(&w)),
                                 .packed = check_random(c, psb_conv_f32_packed_count(kernel, &w, n)),
                                 .workspace = check_output(c, psb_conv_f32_workspace_count(&w)),
                                 .window = w,
                                 .out_channels = n};
    char what[64];
    snprintf(what, sizeof(what), "%dx%dx%d k%d s%d to %d", size, size, channels, k, stride, n);
    check_time(kernel->name, what, run_bench, &b, 2.0 * out * out * n * k * k * channels, "GFLOP/s");
    check_end_trial(c, kernel->name);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "conv_f32", 300);
    int32_t count;
    const psb_gemm_f32_kernel *kernels = psb_gemm_f32_kernels(&count);
    for (int32_t trial = 0; trial < c.trials; trial++) {
        conv_case v = draw_case(&c);
        for (int32_t i = 0; i < count; i++)
            if (check_can_run(&c, kernels[i].needs)) check_variant(&c, &v, &kernels[i]);
        check_end_trial(&c, "any");
    }
    static const int32_t layers[][6] = {/* size, channels, kernel, stride, pad, out channels */
                                        {416, 3, 6, 2, 2, 16},
                                        {208, 12, 3, 1, 1, 16},
                                        {320, 3, 3, 2, 1, 24}};
    for (size_t l = 0; c.bench && l < sizeof(layers) / sizeof(layers[0]); l++)
        for (int32_t i = 0; i < count; i++)
            if (check_can_run(&c, kernels[i].needs)) bench_layer(&c, &kernels[i], layers[l]);
    return check_finish(&c);
}
