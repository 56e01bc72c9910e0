/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes through a table: every variant against C, in place and not. --bench times YOLOX-nano's largest activation.
 */
#include <stdio.h>
#include <string.h>

#include "draw_u8.h"
#include "kernels/lut_u8.h"

static void trial(check *c, const psb_lut_u8_kernel *kernels, int32_t count)
{
    psb_lut_u8_args args = {.rows = (size_t)check_int(c, 0, 9), .columns = (size_t)check_int(c, 0, 140)};
    args.ld_in = args.columns + (size_t)(check_int(c, 0, 1) * check_int(c, 0, 9));
    args.ld_out = check_int(c, 0, 1) ? args.ld_in : args.columns + (size_t)check_int(c, 0, 9);
    bool is_in_place = args.ld_in == args.ld_out && check_int(c, 0, 1);
    size_t in_count = args.rows && args.columns ? (args.rows - 1) * args.ld_in + args.columns : 0;
    size_t out_count = args.rows && args.columns ? (args.rows - 1) * args.ld_out + args.columns : 0;
    check_describe(c, "rows %zu columns %zu ld %zu to %zu in place %d", args.rows, args.columns, args.ld_in,
                   args.ld_out, is_in_place);
    if (args.columns && check_int(c, 0, 1)) { /* a period that divides the columns */
        const size_t repeats = (size_t)check_int(c, 1, 4);
        args.period = args.columns % repeats ? args.columns : args.columns / repeats;
        args.class_count = check_int(c, 1, PSB_REQUANT_U8_MOST_CLASSES);
        args.class_of = draw_classes(c, (int32_t)args.period, args.class_count);
    }
    args.table = draw_bytes(c, 256 * (size_t)PSB_REQUANT_U8_MOST_CLASSES);
    const uint8_t *in = args.in = draw_bytes(c, in_count);
    uint8_t *spec = draw_output_bytes(c, out_count);
    if (is_in_place && in_count) memcpy(spec, in, in_count);
    args.out = spec;
    kernels[0].run(&args);
    for (int32_t i = 1; i < count; i++) {
        if (!check_can_run(c, kernels[i].needs)) continue;
        args.out = draw_output_bytes(c, out_count);
        if (is_in_place) {
            if (in_count) memcpy(args.out, in, in_count);
            args.in = args.out;
        }
        kernels[i].run(&args);
        check_same_bytes(c, kernels[i].name, args.out, spec, out_count);
        args.in = in;
    }
    check_end_trial(c, "any");
}

typedef struct bench_case {
    psb_lut_u8_args args;
    const psb_lut_u8_kernel *kernel;
} bench_case;

static void run_bench(void *context)
{
    bench_case *b = context;
    b->kernel->run(&b->args);
}

static void bench(check *c, const psb_lut_u8_kernel *kernel)
{
    enum { PIXELS = 10816, CHANNELS = 16 };
    bench_case b = {.kernel = kernel};
    b.args.in = draw_bytes(c, 2 * PIXELS * CHANNELS);
    b.args.out = draw_output_bytes(c, 2 * PIXELS * CHANNELS);
    b.args.table = draw_bytes(c, 256);
    b.args.rows = PIXELS;
    b.args.columns = CHANNELS;
    for (size_t gap = 0; gap < 2; gap++) {
        b.args.ld_in = b.args.ld_out = CHANNELS * (1 + gap);
        check_time(kernel->name, gap ? "10816x16, half a pixel" : "10816x16", run_bench, &b, PIXELS * CHANNELS, "GB/s");
    }
    check_end_trial(c, kernel->name);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "lut_u8", 1000);
    int32_t count;
    const psb_lut_u8_kernel *kernels = psb_lut_u8_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) trial(&c, kernels, count);
    for (int32_t i = 0; c.bench && i < count; i++)
        if (check_can_run(&c, kernels[i].needs)) bench(&c, &kernels[i]);
    return check_finish(&c);
}
