/* SPDX-License-Identifier: Apache-2.0
 *
 * Sum and product of bytes: every variant against C, with rows repeated, in place and not. --bench times a residual.
 */
#include <string.h>

#include "draw_u8.h"
#include "kernels/binary_u8.h"

static void trial(check *c, const psb_binary_u8_kernel *kernels, int32_t count)
{
    psb_binary_u8_args args = {.rows = (size_t)check_int(c, 0, 9), .columns = (size_t)check_int(c, 0, 70)};
    args.ld_a = args.columns + (size_t)(check_int(c, 0, 1) * check_int(c, 0, 9));
    args.ld_b = check_int(c, 0, 3) == 2 ? 0 : args.columns + (size_t)(check_int(c, 0, 1) * check_int(c, 0, 9));
    bool is_in_place = check_int(c, 0, 1);
    args.ld_out = is_in_place ? args.ld_a : args.columns + (size_t)(check_int(c, 0, 1) * check_int(c, 0, 9));
    args.zero_a = check_int(c, 0, 255);
    args.zero_b = check_int(c, 0, 255);
    args.zero_out = check_int(c, 0, 255);
    args.low = check_int(c, 0, 255);
    args.high = check_int(c, args.low, 255);
    if (check_int(c, 0, 2)) args.low = 0, args.high = 255;
    args.multiplier_a = check_int(c, 0, 1) ? (float)check_int(c, 1, 64) * 0x1p-5f : 1.5f + check_float(c);
    args.multiplier_b = check_int(c, 0, 1) ? (float)check_int(c, 1, 64) * 0x1p-5f : 1.5f + check_float(c);
    bool is_sum = check_int(c, 0, 1);
    check_describe(c, "sum %d rows %zu columns %zu ld %zu %zu to %zu", is_sum, args.rows, args.columns, args.ld_a,
                   args.ld_b, args.ld_out);
    size_t last = args.rows && args.columns ? args.rows - 1 : 0, columns = args.rows ? args.columns : 0;
    size_t a_count = last * args.ld_a + columns, out_count = last * args.ld_out + columns;
    const uint8_t *a = args.a = draw_bytes(c, a_count);
    args.b = draw_bytes(c, last * args.ld_b + columns);
    uint8_t *spec = args.out = draw_output_bytes(c, out_count);
    if (is_in_place && a_count) memcpy(spec, a, a_count);
    (is_sum ? kernels[0].add : kernels[0].multiply)(&args);
    for (int32_t i = 1; i < count; i++) {
        if (!check_can_run(c, kernels[i].needs)) continue;
        args.out = draw_output_bytes(c, out_count);
        if (is_in_place) {
            if (a_count) memcpy(args.out, a, a_count);
            args.a = args.out;
        }
        (is_sum ? kernels[i].add : kernels[i].multiply)(&args);
        check_same_bytes(c, kernels[i].name, args.out, spec, out_count);
        args.a = a;
    }
    check_end_trial(c, "any");
}

typedef struct bench_case {
    psb_binary_u8_args args;
    psb_binary_u8_fn *run;
} bench_case;

static void run_bench(void *context)
{
    bench_case *b = context;
    b->run(&b->args);
}

static void bench(check *c, const psb_binary_u8_kernel *kernel)
{
    enum { PIXELS = 10816, CHANNELS = 16 };
    bench_case b = {.run = kernel->add};
    b.args = (psb_binary_u8_args){.out = draw_output_bytes(c, PIXELS * CHANNELS),
                                  .a = draw_bytes(c, PIXELS * CHANNELS),
                                  .b = draw_bytes(c, PIXELS * CHANNELS),
                                  .rows = PIXELS,
                                  .columns = CHANNELS,
                                  .ld_out = CHANNELS,
                                  .ld_a = CHANNELS,
                                  .ld_b = CHANNELS,
                                  .multiplier_a = 0.7f,
                                  .multiplier_b = 0.4f,
                                  .zero_out = 20,
                                  .high = 255};
    check_time(kernel->name, "add 10816x16", run_bench, &b, PIXELS * CHANNELS, "G sums/s");
    b.run = kernel->multiply;
    check_time(kernel->name, "multiply 10816x16", run_bench, &b, PIXELS * CHANNELS, "G products/s");
    check_end_trial(c, kernel->name);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "binary_u8", 1000);
    int32_t count;
    const psb_binary_u8_kernel *kernels = psb_binary_u8_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) trial(&c, kernels, count);
    for (int32_t i = 0; c.bench && i < count; i++)
        if (check_can_run(&c, kernels[i].needs)) bench(&c, &kernels[i]);
    return check_finish(&c);
}
