/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense integer convolution through every product kernel against the header's formula over the unpacked weights, for
 * equality. --bench times the first layer of YOLOX-nano (3x3 on twelve channels, and its 6x6 form on three) and a 3x3
 * inside one.
 */
#include <stdio.h>
#include <string.h>

#include "draw_u8.h"
#include "kernels/conv_u8s8.h"

typedef struct conv_case {
    psb_conv_u8s8_args args; /* outputs, packed and workspace are filled in per variant */
    psb_weights_s8 weights;
    bool is_float;
} conv_case;

static int32_t formula(const conv_case *d, int32_t y, int32_t x, int32_t j)
{
    const psb_window *w = &d->args.window;
    const int8_t *tap = d->weights.values + (size_t)j * (size_t)(w->channels * w->kernel_height * w->kernel_width);
    int32_t sum = d->weights.bias ? d->weights.bias[j] : 0;
    for (int32_t c = 0; c < w->channels; c++)
        for (int32_t ky = 0; ky < w->kernel_height; ky++)
            for (int32_t kx = 0; kx < w->kernel_width; kx++, tap++) {
                int32_t in_y = y * w->stride_y - w->pad_top + ky, in_x = x * w->stride_x - w->pad_left + kx;
                if (in_y < 0 || in_y >= w->in_height || in_x < 0 || in_x >= w->in_width) continue;
                int32_t value = d->args.in[(size_t)in_y * w->in_row + (size_t)in_x * w->in_pixel + (size_t)c];
                sum += (value - d->weights.in_zero) * *tap;
            }
    return sum;
}

static uint8_t *run_variant(check *c, const conv_case *d, const psb_gemm_u8s8_kernel *kernel)
{
    psb_conv_u8s8_args args = d->args;
    const psb_window *w = &args.window;
    void *packed = draw_packed(c, psb_conv_u8s8_packed_bytes(kernel, w, args.out_channels));
    psb_conv_u8s8_pack(kernel, packed, &d->weights, w, args.out_channels);
    args.packed = packed;
    args.workspace = draw_packed(c, psb_conv_u8s8_workspace_bytes(w));
    size_t count = window_out_count(w, args.out_channels);
    uint8_t *out = draw_output_bytes(c, d->is_float ? count * sizeof(float) : count);
    if (d->is_float)
        args.out_f32 = (float *)(void *)out;
    else
        args.out = out;
    psb_conv_u8s8_run(kernel, &args);
    return out;
}

/* What the formula gives, untouched bytes between. */
static uint8_t *run_formula(check *c, const conv_case *d)
{
    const psb_window *w = &d->args.window;
    size_t count = window_out_count(w, d->args.out_channels);
    uint8_t *out = draw_output_bytes(c, d->is_float ? count * sizeof(float) : count);
    for (int32_t y = 0; y < w->out_height; y++)
        for (int32_t x = 0; x < w->out_width; x++)
            for (int32_t j = 0; j < d->args.out_channels; j++) {
                size_t at = (size_t)y * w->out_row + (size_t)x * w->out_pixel + (size_t)j;
                int32_t sum = formula(d, y, x, j);
                float value = (float)sum * d->weights.multiplier[j];
                if (d->is_float)
                    memcpy(out + at * sizeof(float), &value, sizeof(float));
                else
                    out[at] = psb_requant_u8_value(&d->args.requant, sum, d->weights.multiplier[j], (size_t)j);
            }
    return out;
}

static void trial(check *c, const psb_gemm_u8s8_kernel *kernels, int32_t count)
{
    conv_case d = {.args.window = draw_window(c, check_int(c, 0, 1) ? 3 : 6)};
    psb_window *w = &d.args.window;
    d.args.out_channels = check_int(c, 1, 40);
    w->out_pixel = (size_t)(d.args.out_channels + check_int(c, 0, 1) * check_int(c, 0, 9));
    w->out_row = w->out_pixel * (size_t)w->out_width + (size_t)(check_int(c, 0, 1) * check_int(c, 0, 9));
    draw_describe(c, w, d.args.out_channels, (psb_activation){0});
    d.args.in = draw_bytes(c, window_in_count(w) + PSB_GEMM_U8S8_SLACK_BYTES);
    d.args.requant = draw_requant(c, d.args.out_channels);
    d.is_float = check_int(c, 0, 4) == 2;
    d.weights = draw_weights(c, (size_t)d.args.out_channels,
                             (size_t)w->channels * (size_t)w->kernel_height * (size_t)w->kernel_width);
    d.args.in_zero = d.weights.in_zero;
    const uint8_t *expected = run_formula(c, &d);
    size_t bytes = window_out_count(w, d.args.out_channels) * (d.is_float ? sizeof(float) : 1);
    for (int32_t i = 0; i < count; i++)
        if (check_can_run(c, kernels[i].needs))
            check_same_bytes(c, kernels[i].name, run_variant(c, &d, &kernels[i]), expected, bytes);
    check_end_trial(c, "any");
}

typedef struct bench_case {
    psb_conv_u8s8_args args;
    const psb_gemm_u8s8_kernel *kernel;
} bench_case;

static void run_bench(void *context)
{
    bench_case *b = context;
    psb_conv_u8s8_run(b->kernel, &b->args);
}

static void bench_layer(check *c, const psb_gemm_u8s8_kernel *kernel, const int32_t shape[5])
{
    int32_t size = shape[0], channels = shape[1], n = shape[2], k = shape[3], stride = shape[4], out = size / stride;
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
                    .pad_top = (k - 1) / 2,
                    .pad_left = (k - 1) / 2};
    conv_case d = {.args = {.window = w, .out_channels = n, .requant = {.zero = 128, .high = 255}}};
    d.weights = draw_weights(c, (size_t)n, (size_t)(channels * k * k));
    d.args.in = draw_bytes(c, window_in_count(&w) + PSB_GEMM_U8S8_SLACK_BYTES);
    void *packed = check_bytes(c, psb_conv_u8s8_packed_bytes(kernel, &w, n) + 64);
    packed = (void *)(((uintptr_t)packed + 63) / 64 * 64);
    psb_conv_u8s8_pack(kernel, packed, &d.weights, &w, n);
    d.args.packed = packed;
    d.args.workspace = check_bytes(c, psb_conv_u8s8_workspace_bytes(&w));
    d.args.out = draw_output_bytes(c, window_out_count(&w, n));
    bench_case b = {d.args, kernel};
    char what[64];
    snprintf(what, sizeof(what), "%dx%dx%d to %d k%d s%d", size, size, channels, n, k, stride);
    check_time(kernel->name, what, run_bench, &b, 2.0 * out * out * n * channels * k * k, "GOP/s");
    check_end_trial(c, kernel->name);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "conv_u8s8", 300);
    int32_t count;
    const psb_gemm_u8s8_kernel *kernels = psb_gemm_u8s8_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) trial(&c, kernels, count);
    static const int32_t layers[][5] = {/* size, channels, outputs, kernel, stride */
                                        {208, 12, 16, 3, 1},
                                        {416, 3, 16, 6, 2},
                                        {352, 3, 24, 3, 2},
                                        {26, 64, 64, 3, 1}};
    for (size_t l = 0; c.bench && l < sizeof(layers) / sizeof(layers[0]); l++)
        for (int32_t i = 0; i < count; i++)
            if (check_can_run(&c, kernels[i].needs)) bench_layer(&c, &kernels[i], layers[l]);
    return check_finish(&c);
}
