/* SPDX-License-Identifier: Apache-2.0
 *
 * Activations and softmax: every variant against C, over ordinary rows, and over floats of every exponent, infinities
 * and the largest numbers included. --bench times one map of YOLOX-nano.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "draw.h"
#include "kernels/unary_f32.h"

/* in: what the activation was given, laid out as the arguments say. */
static void compare_activation(check *c, const char *variant, const psb_unary_f32_args *args, const float *in,
                               const float *spec)
{
    size_t count = (args->rows - 1) * args->ld_out + args->columns;
    for (size_t at = 0; at < count; at++) {
        size_t i = at / args->ld_out, j = at % args->ld_out;
        double allowed = 0.0;
        if (j < args->columns) allowed = activation_bound(args->activation, in[i * args->ld_in + j], spec[at]);
        if (!check_close(c, variant, at, args->out[at], spec[at], allowed)) return;
    }
}

static void compare_softmax(check *c, const char *variant, const psb_unary_f32_args *args, const float *spec)
{
    size_t count = (args->rows - 1) * args->ld_out + args->columns;
    double epsilons = (double)args->columns + 16.0;
    for (size_t at = 0; at < count; at++) {
        double allowed = (double)FLT_EPSILON * epsilons * fabs((double)spec[at]) + 1e-30;
        if (!check_close(c, variant, at, args->out[at], spec[at], allowed)) return;
    }
}

static void activation_trial(check *c, const psb_unary_f32_kernel *kernels, int32_t count)
{
    psb_unary_f32_args args = {.rows = (size_t)check_int(c, 1, 5), .columns = (size_t)check_int(c, 1, 70)};
    args.activation = draw_activation(c);
    args.ld_in = args.columns + (size_t)check_int(c, 0, 6);
    bool in_place = check_int(c, 0, 1);
    args.ld_out = in_place ? args.ld_in : args.columns + (size_t)check_int(c, 0, 6);
    check_describe(c, "rows %zu columns %zu ld %zu, %zu in place %d act %s", args.rows, args.columns, args.ld_in,
                   args.ld_out, in_place, psb_activation_name(args.activation.kind));
    size_t in_count = (args.rows - 1) * args.ld_in + args.columns;
    size_t out_count = (args.rows - 1) * args.ld_out + args.columns;
    float *in = check_random(c, in_count);
    float *spec = in_place ? check_copy(c, in, in_count) : check_output(c, out_count);
    args.in = in_place ? spec : in;
    args.out = spec;
    kernels[0].activate(&args);
    for (int32_t i = 1; i < count; i++) {
        if (!check_can_run(c, kernels[i].needs)) continue;
        args.out = in_place ? check_copy(c, in, in_count) : check_output(c, out_count);
        args.in = in_place ? args.out : in;
        kernels[i].activate(&args);
        compare_activation(c, kernels[i].name, &args, in, spec);
    }
    check_end_trial(c, "any");
}

static void softmax_trial(check *c, const psb_unary_f32_kernel *kernels, int32_t count)
{
    psb_unary_f32_args args = {.rows = (size_t)check_int(c, 1, 5), .columns = (size_t)check_int(c, 1, 90)};
    args.ld_in = args.columns + (size_t)check_int(c, 0, 6);
    args.ld_out = args.columns + (size_t)check_int(c, 0, 6);
    check_describe(c, "softmax rows %zu columns %zu ld %zu, %zu", args.rows, args.columns, args.ld_in, args.ld_out);
    size_t out_count = (args.rows - 1) * args.ld_out + args.columns;
    float *in = check_random(c, (args.rows - 1) * args.ld_in + args.columns);
    args.in = in;
    float *spec = args.out = check_output(c, out_count);
    kernels[0].softmax(&args);
    for (int32_t i = 1; i < count; i++) {
        if (!check_can_run(c, kernels[i].needs)) continue;
        args.out = check_output(c, out_count);
        kernels[i].softmax(&args);
        compare_softmax(c, kernels[i].name, &args, spec);
    }
    check_end_trial(c, "any");
}

/* Every 9973rd float there is (a prime step: all exponents, all kinds of mantissas), but NaN. */
static void every_exponent(check *c, const psb_unary_f32_kernel *kernels, int32_t count, psb_activation_kind kind)
{
    enum { STEP = 9973, MOST = 431000 };
    float *in = check_bytes(c, MOST * sizeof(float)), *spec = check_output(c, MOST), *out = check_output(c, MOST);
    size_t used = 0;
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += STEP) {
        uint32_t pattern = (uint32_t)bits;
        float x;
        memcpy(&x, &pattern, sizeof(x));
        if (isfinite(x)) in[used++] = x;
    }
    psb_unary_f32_args args = {.out = spec,
                               .in = in,
                               .rows = 1,
                               .columns = used,
                               .ld_out = used,
                               .ld_in = used,
                               .activation = {.kind = kind, .a = 0.2f, .b = 0.5f}};
    kernels[0].activate(&args);
    args.out = out;
    for (int32_t i = 1; i < count; i++) {
        if (!check_can_run(c, kernels[i].needs)) continue;
        check_describe(c, "every exponent, act %s", psb_activation_name(kind));
        kernels[i].activate(&args);
        compare_activation(c, kernels[i].name, &args, in, spec);
    }
    check_end_trial(c, "any");
}

typedef struct bench_case {
    psb_unary_f32_args args;
    psb_unary_f32_fn *run;
} bench_case;

static void run_bench(void *context)
{
    bench_case *b = context;
    b->run(&b->args);
}

static void bench(check *c, const psb_unary_f32_kernel *kernel)
{
    enum { ROWS = 676, COLUMNS = 64 }; /* fits the second cache */
    bench_case b = {.args = {.out = check_output(c, ROWS * COLUMNS),
                             .in = check_random(c, ROWS * COLUMNS),
                             .rows = ROWS,
                             .columns = COLUMNS,
                             .ld_out = COLUMNS,
                             .ld_in = COLUMNS}};
    for (int32_t kind = 0; kind < PSB_ACTIVATION_COUNT; kind++) {
        b.args.activation = (psb_activation){(psb_activation_kind)kind, 0.2f, 0.5f};
        b.run = kernel->activate;
        check_time(kernel->name, psb_activation_name((psb_activation_kind)kind), run_bench, &b, ROWS * COLUMNS, "G/s");
    }
    b.run = kernel->softmax;
    check_time(kernel->name, "softmax of 64", run_bench, &b, ROWS * COLUMNS, "G/s");
    check_end_trial(c, kernel->name);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "unary_f32", 400);
    int32_t count;
    const psb_unary_f32_kernel *kernels = psb_unary_f32_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) {
        activation_trial(&c, kernels, count);
        softmax_trial(&c, kernels, count);
    }
    for (int32_t kind = 0; kind < PSB_ACTIVATION_COUNT; kind++)
        every_exponent(&c, kernels, count, (psb_activation_kind)kind);
    for (int32_t i = 0; c.bench && i < count; i++)
        if (check_can_run(&c, kernels[i].needs)) bench(&c, &kernels[i]);
    return check_finish(&c);
}
