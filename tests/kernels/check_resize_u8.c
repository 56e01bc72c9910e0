/* SPDX-License-Identifier: Apache-2.0
 *
 * Resizing bytes: every variant against C. --bench times the two doublings of YOLOX-nano.
 */
#include <stdio.h>

#include "draw_u8.h"
#include "kernels/resize_u8.h"

/* Indices below `size`, or shares where size is 129; neighbours are often equal. */
static const int32_t *draw_table(check *c, int32_t count, int32_t size)
{
    int32_t *table = check_bytes(c, (size_t)count * sizeof(*table));
    for (int32_t i = 0; i < count; i++)
        table[i] = i > 0 && check_int(c, 0, 1) ? table[i - 1] : check_int(c, 0, size - 1);
    return table;
}

static void trial(check *c, const psb_resize_u8_kernel *kernels, int32_t count)
{
    int32_t in_height = check_int(c, 1, 12), in_width = check_int(c, 1, 12);
    psb_resize_u8_args args = {.out_height = check_int(c, 1, 12), .out_width = check_int(c, 1, 12)};
    args.channels = check_int(c, 1, check_int(c, 0, 1) ? 40 : 150);
    args.in_pixel = (size_t)(args.channels + check_int(c, 0, 1) * check_int(c, 0, 9));
    args.out_pixel = (size_t)(args.channels + check_int(c, 0, 1) * check_int(c, 0, 9));
    args.in_row = args.in_pixel * (size_t)in_width + (size_t)check_int(c, 0, 5);
    args.out_row = args.out_pixel * (size_t)args.out_width + (size_t)check_int(c, 0, 5);
    args.y0 = draw_table(c, args.out_height, in_height);
    args.y1 = draw_table(c, args.out_height, in_height);
    args.x0 = draw_table(c, args.out_width, in_width);
    args.x1 = draw_table(c, args.out_width, in_width);
    args.fy = draw_table(c, args.out_height, PSB_RESIZE_U8_ONE + 1);
    args.fx = draw_table(c, args.out_width, PSB_RESIZE_U8_ONE + 1);
    bool is_nearest = check_int(c, 0, 1);
    check_describe(c, "nearest %d in %dx%dx%d pixel %zu out %dx%d pixel %zu row %zu", is_nearest, in_height, in_width,
                   args.channels, args.in_pixel, args.out_height, args.out_width, args.out_pixel, args.out_row);
    args.in = draw_bytes(c, (size_t)(in_height - 1) * args.in_row + (size_t)(in_width - 1) * args.in_pixel +
                                (size_t)args.channels);
    size_t bytes = (size_t)(args.out_height - 1) * args.out_row + (size_t)(args.out_width - 1) * args.out_pixel +
                   (size_t)args.channels;
    uint8_t *spec = args.out = draw_output_bytes(c, bytes);
    (is_nearest ? kernels[0].nearest : kernels[0].bilinear)(&args);
    for (int32_t i = 1; i < count; i++) {
        if (!check_can_run(c, kernels[i].needs)) continue;
        args.out = draw_output_bytes(c, bytes);
        (is_nearest ? kernels[i].nearest : kernels[i].bilinear)(&args);
        check_same_bytes(c, kernels[i].name, args.out, spec, bytes);
    }
    check_end_trial(c, "any");
}

typedef struct bench_case {
    psb_resize_u8_args args;
    psb_resize_u8_fn *run;
} bench_case;

static void run_bench(void *context)
{
    bench_case *b = context;
    b->run(&b->args);
}

static void bench(check *c, const psb_resize_u8_kernel *kernel, int32_t side, int32_t channels)
{
    int32_t *table = check_bytes(c, 6 * (size_t)side * sizeof(*table));
    for (int32_t i = 0; i < 2 * side; i++) {
        table[i] = i / 2;
        table[2 * side + i] = i / 2 + 1 < side ? i / 2 + 1 : side - 1;
        table[4 * side + i] = i % 2 ? 96 : 32;
    }
    bench_case b = {.run = kernel->nearest};
    size_t bytes = (size_t)(side * side * channels);
    b.args = (psb_resize_u8_args){.out = draw_output_bytes(c, 4 * bytes),
                                  .in = draw_bytes(c, bytes),
                                  .out_height = 2 * side,
                                  .out_width = 2 * side,
                                  .channels = channels,
                                  .in_pixel = (size_t)channels,
                                  .in_row = (size_t)(side * channels),
                                  .out_pixel = (size_t)channels,
                                  .out_row = (size_t)(2 * side * channels),
                                  .y0 = table,
                                  .x0 = table,
                                  .y1 = table + 2 * side,
                                  .x1 = table + 2 * side,
                                  .fy = table + 4 * side,
                                  .fx = table + 4 * side};
    for (int bilinear = 0; bilinear < 2; bilinear++) {
        char what[64];
        snprintf(what, sizeof(what), "%s %dx%dx%d doubled", bilinear ? "bilinear" : "nearest", side, side, channels);
        b.run = bilinear ? kernel->bilinear : kernel->nearest;
        check_time(kernel->name, what, run_bench, &b, 4.0 * (double)bytes, "GB/s");
    }
    check_end_trial(c, kernel->name);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "resize_u8", 600);
    int32_t count;
    const psb_resize_u8_kernel *kernels = psb_resize_u8_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) trial(&c, kernels, count);
    for (int32_t i = 0; c.bench && i < count; i++) {
        if (!check_can_run(&c, kernels[i].needs)) continue;
        bench(&c, &kernels[i], 13, 128);
        bench(&c, &kernels[i], 26, 64);
    }
    return check_finish(&c);
}
