/* SPDX-License-Identifier: Apache-2.0
 *
 * Resize: every variant against C, with tables drawn at random. --bench times the networks' enlargements by two.
 */
#include <float.h>
#include <stdio.h>

#include "harness.h"
#include "kernels/resize_f32.h"

/* Rows or columns inside the input, in guarded memory. */
static const int32_t *draw_table(check *c, int32_t count, int32_t size)
{
    int32_t *table = check_bytes(c, (size_t)count * sizeof(int32_t));
    for (int32_t i = 0; i < count; i++) table[i] = check_int(c, 0, size - 1);
    return table;
}

static const float *draw_shares(check *c, int32_t count)
{
    float *shares = check_bytes(c, (size_t)count * sizeof(float));
    for (int32_t i = 0; i < count; i++) shares[i] = (float)check_int(c, 0, 64) / 64.0f;
    return shares;
}

static psb_resize_f32_args draw_case(check *c, bool bilinear, size_t *out_count)
{
    int32_t height = check_int(c, 1, 9), width = check_int(c, 1, 9);
    psb_resize_f32_args args = {
        .out_height = check_int(c, 1, 15), .out_width = check_int(c, 1, 15), .channels = check_int(c, 1, 40)};
    args.in_pixel = (size_t)(args.channels + check_int(c, 0, 7));
    args.in_row = args.in_pixel * (size_t)width + (size_t)check_int(c, 0, 7);
    args.out_pixel = (size_t)(args.channels + check_int(c, 0, 7));
    args.out_row = args.out_pixel * (size_t)args.out_width + (size_t)check_int(c, 0, 7);
    args.in = check_random(c, (size_t)(height - 1) * args.in_row + (size_t)(width - 1) * args.in_pixel +
                                  (size_t)args.channels);
    args.y0 = draw_table(c, args.out_height, height);
    args.x0 = draw_table(c, args.out_width, width);
    if (bilinear) {
        args.y1 = draw_table(c, args.out_height, height);
        args.x1 = draw_table(c, args.out_width, width);
        args.fy = draw_shares(c, args.out_height);
        args.fx = draw_shares(c, args.out_width);
    }
    *out_count = (size_t)(args.out_height - 1) * args.out_row + (size_t)(args.out_width - 1) * args.out_pixel +
                 (size_t)args.channels;
    check_describe(c, "%s in %dx%d out %dx%d channels %d", bilinear ? "bilinear" : "nearest", height, width,
                   args.out_height, args.out_width, args.channels);
    return args;
}

static void trial(check *c, const psb_resize_f32_kernel *kernels, int32_t count)
{
    bool bilinear = check_int(c, 0, 1);
    size_t out_count;
    psb_resize_f32_args args = draw_case(c, bilinear, &out_count);
    float *spec = args.out = check_output(c, out_count);
    (bilinear ? kernels[0].bilinear : kernels[0].nearest)(&args);
    double allowed = bilinear ? 6.0 * (double)FLT_EPSILON * 8.0 : 0.0; /* 8: the largest that check_float draws */
    for (int32_t i = 1; i < count; i++) {
        if (!check_can_run(c, kernels[i].needs)) continue;
        args.out = check_output(c, out_count);
        (bilinear ? kernels[i].bilinear : kernels[i].nearest)(&args);
        for (size_t at = 0; at < out_count; at++)
            if (!check_close(c, kernels[i].name, at, args.out[at], spec[at], allowed)) break;
    }
    check_end_trial(c, "any");
}

typedef struct bench_case {
    psb_resize_f32_args args;
    psb_resize_f32_fn *run;
} bench_case;

static void run_bench(void *context)
{
    bench_case *b = context;
    b->run(&b->args);
}

static void bench_layer(check *c, const psb_resize_f32_kernel *kernel, int32_t size, int32_t channels, bool bilinear)
{
    int32_t out = 2 * size;
    int32_t *near = check_bytes(c, (size_t)out * sizeof(int32_t)), *far = check_bytes(c, (size_t)out * sizeof(int32_t));
    for (int32_t i = 0; i < out; i++) {
        near[i] = i / 2;
        far[i] = i / 2 + 1 < size ? i / 2 + 1 : size - 1;
    }
    const float *shares = draw_shares(c, out);
    size_t pixel = (size_t)channels;
    bench_case b = {.run = bilinear ? kernel->bilinear : kernel->nearest};
    b.args = (psb_resize_f32_args){.out = check_output(c, (size_t)(out * out) * pixel),
                                   .in = check_random(c, (size_t)(size * size) * pixel),
                                   .out_height = out,
                                   .out_width = out,
                                   .channels = channels,
                                   .in_row = pixel * (size_t)size,
                                   .in_pixel = pixel,
                                   .out_row = pixel * (size_t)out,
                                   .out_pixel = pixel,
                                   .y0 = near,
                                   .y1 = far,
                                   .x0 = near,
                                   .x1 = far,
                                   .fy = shares,
                                   .fx = shares};
    char what[64];
    snprintf(what, sizeof(what), "%s %dx%dx%d times 2", bilinear ? "bilinear" : "nearest", size, size, channels);
    check_time(kernel->name, what, run_bench, &b, 4.0 * out * out * channels, "GB/s written");
    check_end_trial(c, kernel->name);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "resize_f32", 400);
    int32_t count;
    const psb_resize_f32_kernel *kernels = psb_resize_f32_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) trial(&c, kernels, count);
    for (int32_t i = 0; c.bench && i < count; i++) {
        if (!check_can_run(&c, kernels[i].needs)) continue;
        bench_layer(&c, &kernels[i], 13, 128, false);
        bench_layer(&c, &kernels[i], 26, 64, false);
        bench_layer(&c, &kernels[i], 20, 96, true);
    }
    return check_finish(&c);
}
