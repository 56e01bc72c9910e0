/* SPDX-License-Identifier: Apache-2.0
 *
 * Floats to bytes and back: every variant against C, ties, infinities and NaN among the floats. --bench times a head.
 */
#include <math.h>
#include <string.h>

#include "draw_u8.h"
#include "kernels/convert_u8.h"

static float draw_value(check *c)
{
    static const float special[] = {INFINITY, -INFINITY, NAN, 3e38f, -3e38f, -0.0f};
    switch (check_int(c, 0, 9)) {
    case 3:
        return special[check_int(c, 0, 5)];
    case 4:
        return (float)check_int(c, -600, 600) * 0.5f; /* ties, where the scale is 1 */
    default:
        return 100.0f * check_float(c);
    }
}

static void trial(check *c, const psb_convert_u8_kernel *kernels, int32_t count)
{
    psb_convert_u8_args args = {.rows = (size_t)check_int(c, 0, 9), .columns = (size_t)check_int(c, 0, 70)};
    args.ld_bytes = args.columns + (size_t)(check_int(c, 0, 1) * check_int(c, 0, 9));
    args.ld_floats = args.columns + (size_t)(check_int(c, 0, 1) * check_int(c, 0, 9));
    args.scale = check_int(c, 0, 1) ? 1.0f : 3.0f + check_float(c);
    args.zero = check_int(c, 0, 255);
    check_describe(c, "rows %zu columns %zu ld bytes %zu floats %zu scale %g zero %d", args.rows, args.columns,
                   args.ld_bytes, args.ld_floats, (double)args.scale, args.zero);
    size_t last = args.rows && args.columns ? args.rows - 1 : 0, columns = args.rows ? args.columns : 0;
    size_t byte_count = last * args.ld_bytes + columns, float_count = last * args.ld_floats + columns;
    float *floats = check_bytes(c, float_count * sizeof(float));
    for (size_t i = 0; i < float_count; i++) floats[i] = draw_value(c);
    uint8_t *bytes = draw_bytes(c, byte_count);
    uint8_t *spec_bytes = draw_output_bytes(c, byte_count);
    float *spec_floats = check_output(c, float_count);
    for (int32_t i = 0; i < count; i++) {
        if (!check_can_run(c, kernels[i].needs)) continue;
        args.floats = floats;
        args.bytes = i ? draw_output_bytes(c, byte_count) : spec_bytes;
        kernels[i].quantise(&args);
        check_same_bytes(c, kernels[i].name, args.bytes, spec_bytes, byte_count);
        args.bytes = bytes;
        args.floats = i ? check_output(c, float_count) : spec_floats;
        kernels[i].dequantise(&args);
        for (size_t at = 0; at < float_count; at++)
            if (!check_close(c, kernels[i].name, at, args.floats[at], spec_floats[at], 0.0)) break;
    }
    check_end_trial(c, "any");
}

typedef struct bench_case {
    psb_convert_u8_args args;
    psb_convert_u8_fn *run;
} bench_case;

static void run_bench(void *context)
{
    bench_case *b = context;
    b->run(&b->args);
}

static void bench(check *c, const psb_convert_u8_kernel *kernel)
{
    enum { PIXELS = 2704, CHANNELS = 64 };
    bench_case b = {.run = kernel->quantise};
    b.args = (psb_convert_u8_args){.bytes = draw_bytes(c, PIXELS * CHANNELS),
                                   .floats = check_random(c, PIXELS * CHANNELS),
                                   .rows = PIXELS,
                                   .columns = CHANNELS,
                                   .ld_bytes = CHANNELS,
                                   .ld_floats = CHANNELS,
                                   .scale = 30.0f,
                                   .zero = 128};
    check_time(kernel->name, "quantise 2704x64", run_bench, &b, PIXELS * CHANNELS, "G values/s");
    b.run = kernel->dequantise;
    check_time(kernel->name, "dequantise 2704x64", run_bench, &b, PIXELS * CHANNELS, "G values/s");
    check_end_trial(c, kernel->name);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "convert_u8", 1000);
    int32_t count;
    const psb_convert_u8_kernel *kernels = psb_convert_u8_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) trial(&c, kernels, count);
    for (int32_t i = 0; c.bench && i < count; i++)
        if (check_can_run(&c, kernels[i].needs)) bench(&c, &kernels[i]);
    return check_finish(&c);
}
