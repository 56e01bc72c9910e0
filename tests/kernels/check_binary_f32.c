/* SPDX-License-Identifier: Apache-2.0
 *
 * Two operands: every variant against C, with every way of broadcasting and in place. --bench times a residual sum.
 */
#include <math.h>
#include <stdio.h>

#include "draw.h"
#include "kernels/binary_f32.h"

/* Floats that rows of `columns` values take with this stride and step. */
static size_t operand_count(size_t rows, size_t columns, size_t ld, int32_t step)
{
    return (rows - 1) * ld + (step ? columns : 1);
}

static size_t draw_ld(check *c, size_t columns, int32_t step)
{
    if (check_int(c, 0, 2) == 0) return 0;
    return (step ? columns : 1) + (size_t)check_int(c, 0, 6);
}

/* Divisors stay away from zero: what an activation makes of infinity and NaN is open (activation.h). */
static const float *draw_right(check *c, size_t count, psb_binary_op op)
{
    float *b = check_random(c, count);
    for (size_t i = 0; op == PSB_BINARY_DIV && i < count; i++)
        if (fabsf(b[i]) < 0x1p-6f) b[i] = 1.0f;
    return b;
}

static void trial(check *c, const psb_binary_f32_kernel *kernels, int32_t count)
{
    psb_binary_f32_args args = {.rows = (size_t)check_int(c, 1, 6),
                                .columns = (size_t)check_int(c, 1, 70),
                                .op = (psb_binary_op)check_int(c, 0, PSB_BINARY_COUNT - 1),
                                .activation = draw_activation(c)};
    args.ld_out = args.columns + (size_t)check_int(c, 0, 6);
    bool in_place = check_int(c, 0, 2) == 0;
    args.step_a = in_place || check_int(c, 0, 2);
    args.step_b = check_int(c, 0, 2) > 0;
    args.ld_a = in_place ? args.ld_out : draw_ld(c, args.columns, args.step_a);
    args.ld_b = draw_ld(c, args.columns, args.step_b);
    check_describe(c, "rows %zu columns %zu ld %zu, %zu, %zu steps %d, %d op %d in place %d act %s", args.rows,
                   args.columns, args.ld_out, args.ld_a, args.ld_b, args.step_a, args.step_b, args.op, in_place,
                   psb_activation_name(args.activation.kind));
    size_t out_count = operand_count(args.rows, args.columns, args.ld_out, 1);
    size_t a_count = operand_count(args.rows, args.columns, args.ld_a, args.step_a);
    const float *a = check_random(c, a_count);
    args.b = draw_right(c, operand_count(args.rows, args.columns, args.ld_b, args.step_b), args.op);
    float *spec = in_place ? check_copy(c, a, a_count) : check_output(c, out_count),
          *before = check_output(c, out_count);
    psb_binary_f32_args plain = args; /* the operation alone: what the activation is given */
    plain.activation.kind = PSB_ACTIVATION_NONE;
    plain.a = a;
    plain.out = before;
    kernels[0].run(&plain);
    args.out = spec;
    args.a = in_place ? spec : a;
    kernels[0].run(&args);
    for (int32_t i = 1; i < count; i++) {
        if (!check_can_run(c, kernels[i].needs)) continue;
        args.out = in_place ? check_copy(c, a, a_count) : check_output(c, out_count);
        args.a = in_place ? args.out : a;
        kernels[i].run(&args);
        for (size_t at = 0; at < out_count; at++)
            if (!check_close(c, kernels[i].name, at, args.out[at], spec[at],
                             activation_bound(args.activation, before[at], spec[at])))
                break;
    }
    check_end_trial(c, "any");
}

typedef struct bench_case {
    psb_binary_f32_args args;
    const psb_binary_f32_kernel *kernel;
} bench_case;

static void run_bench(void *context)
{
    bench_case *b = context;
    b->kernel->run(&b->args);
}

static void bench(check *c, const psb_binary_f32_kernel *kernel)
{
    enum { ROWS = 676, COLUMNS = 64 };
    bench_case b = {.kernel = kernel,
                    .args = {.out = check_output(c, ROWS * COLUMNS),
                             .a = check_random(c, ROWS * COLUMNS),
                             .b = check_random(c, ROWS * COLUMNS),
                             .rows = ROWS,
                             .columns = COLUMNS,
                             .ld_out = COLUMNS,
                             .ld_a = COLUMNS,
                             .ld_b = COLUMNS,
                             .step_a = 1,
                             .step_b = 1}};
    check_time(kernel->name, "add 26x26x64", run_bench, &b, ROWS * COLUMNS, "G/s");
    b.args.op = PSB_BINARY_MUL;
    b.args.ld_b = 0;
    check_time(kernel->name, "scale channels 26x26x64", run_bench, &b, ROWS * COLUMNS, "G/s");
    check_end_trial(c, kernel->name);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "binary_f32", 600);
    int32_t count;
    const psb_binary_f32_kernel *kernels = psb_binary_f32_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) trial(&c, kernels, count);
    for (int32_t i = 0; c.bench && i < count; i++)
        if (check_can_run(&c, kernels[i].needs)) bench(&c, &kernels[i]);
    return check_finish(&c);
}
