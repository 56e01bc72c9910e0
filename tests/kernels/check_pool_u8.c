/* SPDX-License-Identifier: Apache-2.0
 *
 * Byte pools: every variant against C. --bench times YOLOX-nano's 5x5, 9x9 and 13x13 maxima and a global mean.
 */
#include <stdio.h>

#include "draw_u8.h"
#include "kernels/pool_u8.h"

enum { FORMS = 3 };

static psb_pool_u8_fn *form_of(const psb_pool_u8_kernel *kernel, int32_t form)
{
    return form == 0 ? kernel->max : form == 1 ? kernel->average : kernel->global_average;
}

static void check_window(check *c, const psb_pool_u8_kernel *kernels, int32_t count, const psb_window *w)
{
    psb_pool_u8_args args = {.window = *w};
    args.count_padding = check_int(c, 0, 1);
    args.zero = check_int(c, 0, 255);
    int32_t form = check_int(c, 0, FORMS - 1);
    draw_describe(c, w, w->channels, (psb_activation){0});
    args.in = draw_bytes(c, window_in_count(w));
    size_t bytes = form == 2 ? (size_t)w->channels : window_out_count(w, w->channels);
    uint8_t *spec = args.out = draw_output_bytes(c, bytes);
    form_of(&kernels[0], form)(&args);
    for (int32_t i = 1; i < count; i++) {
        if (!check_can_run(c, kernels[i].needs)) continue;
        args.out = draw_output_bytes(c, bytes);
        form_of(&kernels[i], form)(&args);
        check_same_bytes(c, kernels[i].name, args.out, spec, bytes);
    }
    check_end_trial(c, "any");
}

static void trial(check *c, const psb_pool_u8_kernel *kernels, int32_t count)
{
    const psb_window w = draw_byte_window(c, check_int(c, 0, 1) ? 3 : 13);
    check_window(c, kernels, count, &w);
}

/* Rows and windows that are more than the variants hold at once. */
static void check_wide(check *c, const psb_pool_u8_kernel *kernels, int32_t count)
{
    static const int32_t forms[][4] = {/* width, channels, kernel, stride */
                                       {700, 24, 3, 2},
                                       {350, 24, 3, 1},
                                       {17, 700, 13, 1},
                                       {3, 9000, 3, 1},
                                       {9000, 1, 8999, 1}};
    for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++) {
        const int32_t width = forms[f][0], channels = forms[f][1], kernel = forms[f][2], stride = forms[f][3];
        psb_window w = {.channels = channels,
                        .in_height = 3,
                        .in_width = width,
                        .out_height = 3,
                        .out_width = (width - 1) / stride + 1,
                        .in_row = (size_t)(width * channels),
                        .in_pixel = (size_t)channels,
                        .out_pixel = (size_t)channels,
                        .kernel_height = 3,
                        .kernel_width = kernel,
                        .stride_y = 1,
                        .stride_x = stride,
                        .pad_top = 1,
                        .pad_left = kernel / 2};
        if (kernel > width / 2) w.out_width = 3;
        w.out_row = (size_t)w.out_width * w.out_pixel;
        for (int32_t again = 0; again < 3; again++) check_window(c, kernels, count, &w);
    }
}

typedef struct bench_case {
    psb_pool_u8_args args;
    psb_pool_u8_fn *run;
} bench_case;

static void run_bench(void *context)
{
    bench_case *b = context;
    b->run(&b->args);
}

/* The pool behind the first layer of FastestDet. */
static void bench_stem(check *c, const psb_pool_u8_kernel *kernel)
{
    enum { SIDE = 176, HALF = 88, CHANNELS = 24 };
    bench_case b = {.run = kernel->max};
    b.args = (psb_pool_u8_args){.out = draw_output_bytes(c, HALF * HALF * CHANNELS),
                                .in = draw_bytes(c, SIDE * SIDE * CHANNELS),
                                .window = {.channels = CHANNELS,
                                           .in_height = SIDE,
                                           .in_width = SIDE,
                                           .out_height = HALF,
                                           .out_width = HALF,
                                           .in_row = SIDE * CHANNELS,
                                           .in_pixel = CHANNELS,
                                           .out_row = HALF * CHANNELS,
                                           .out_pixel = CHANNELS,
                                           .kernel_height = 3,
                                           .kernel_width = 3,
                                           .stride_y = 2,
                                           .stride_x = 2,
                                           .pad_top = 1,
                                           .pad_left = 1}};
    check_time(kernel->name, "max 176x176x24 k3 s2", run_bench, &b, HALF * HALF * CHANNELS, "G values/s");
    b.run = kernel->average;
    check_time(kernel->name, "average 176x176x24 k3 s2", run_bench, &b, HALF * HALF * CHANNELS, "G values/s");
    check_end_trial(c, kernel->name);
}

static void bench(check *c, const psb_pool_u8_kernel *kernel)
{
    enum { SIDE = 13, CHANNELS = 128 };
    psb_window w = {.channels = CHANNELS,
                    .in_height = SIDE,
                    .in_width = SIDE,
                    .out_height = SIDE,
                    .out_width = SIDE,
                    .in_row = SIDE * CHANNELS,
                    .in_pixel = CHANNELS,
                    .out_row = SIDE * CHANNELS,
                    .out_pixel = CHANNELS,
                    .stride_y = 1,
                    .stride_x = 1};
    bench_case b = {.run = kernel->max};
    b.args = (psb_pool_u8_args){.out = draw_output_bytes(c, SIDE * SIDE * CHANNELS),
                                .in = draw_bytes(c, SIDE * SIDE * CHANNELS)};
    for (int32_t k = 5; k <= 13; k += 4) {
        w.kernel_height = w.kernel_width = k;
        w.pad_top = w.pad_left = k / 2;
        b.args.window = w;
        char what[64];
        snprintf(what, sizeof(what), "max 13x13x128 k%d", k);
        check_time(kernel->name, what, run_bench, &b, SIDE * SIDE * CHANNELS, "G values/s");
    }
    b.run = kernel->max;
    b.run = kernel->global_average;
    check_time(kernel->name, "global average 13x13x128", run_bench, &b, SIDE * SIDE * CHANNELS, "G values/s");
    check_end_trial(c, kernel->name);
    bench_stem(c, kernel);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "pool_u8", 400);
    int32_t count;
    const psb_pool_u8_kernel *kernels = psb_pool_u8_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) trial(&c, kernels, count);
    if (c.trials > 1) check_wide(&c, kernels, count);
    for (int32_t i = 0; c.bench && i < count; i++)
        if (check_can_run(&c, kernels[i].needs)) bench(&c, &kernels[i]);
    return check_finish(&c);
}
