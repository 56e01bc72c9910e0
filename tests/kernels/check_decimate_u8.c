/* SPDX-License-Identifier: Apache-2.0
 *
 * Planes made smaller: every variant against C, every side. --bench times a 1080p luma plane.
 */
#include "draw_u8.h"
#include "kernels/decimate_u8.h"

static void trial(check *c, const psb_decimate_u8_kernel *kernels, int32_t count)
{
    const int32_t side = 1 << check_int(c, 0, 6);
    psb_decimate_u8_args args = {
        .rows = check_int(c, 0, 5), .columns = check_int(c, 0, side > 8 ? 9 : 70), .side = side};
    args.ld_in = (ptrdiff_t)args.columns * side + check_int(c, 0, 9);
    args.ld_out = args.columns + check_int(c, 0, 9);
    check_describe(c, "rows %d columns %d side %d ld_in %d ld_out %d", (int)args.rows, (int)args.columns, (int)side,
                   (int)args.ld_in, (int)args.ld_out);
    const bool is_empty = args.rows == 0 || args.columns == 0;
    const size_t in_bytes =
        is_empty ? 0 : (size_t)args.ld_in * (size_t)(args.rows * side - 1) + (size_t)(args.columns * side);
    const size_t out_bytes = is_empty ? 0 : (size_t)args.ld_out * (size_t)(args.rows - 1) + (size_t)args.columns;
    args.in = draw_bytes(c, in_bytes);
    uint8_t *const spec = args.out = draw_output_bytes(c, out_bytes);
    kernels[0].run(&args);
    for (int32_t i = 1; i < count; i++) {
        if (!check_can_run(c, kernels[i].needs)) continue;
        args.out = draw_output_bytes(c, out_bytes);
        kernels[i].run(&args);
        check_same_bytes(c, kernels[i].name, args.out, spec, out_bytes);
    }
    check_end_trial(c, "any");
}

typedef struct bench_case {
    psb_decimate_u8_args args;
    psb_decimate_u8_fn *run;
} bench_case;

static void run_bench(void *context)
{
    const bench_case *b = context;
    b->run(&b->args);
}

static void bench(check *c, const psb_decimate_u8_kernel *kernel)
{
    enum { WIDTH = 1920, HEIGHT = 1080 };
    for (int32_t side = 2; side <= 8; side *= 2) {
        static const char *const names[] = {[2] = "1080p by 2", [4] = "1080p by 4", [8] = "1080p by 8"};
        bench_case b = {{draw_output_bytes(c, (size_t)WIDTH * HEIGHT), draw_bytes(c, (size_t)WIDTH * HEIGHT),
                         HEIGHT / side, WIDTH / side, side, WIDTH, WIDTH},
                        kernel->run};
        check_time(kernel->name, names[side], run_bench, &b, (double)WIDTH * HEIGHT, "GB/s");
        check_end_trial(c, kernel->name);
    }
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "decimate_u8", 600);
    int32_t count;
    const psb_decimate_u8_kernel *kernels = psb_decimate_u8_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) trial(&c, kernels, count);
    for (int32_t i = 0; c.bench && i < count; i++)
        if (check_can_run(&c, kernels[i].needs)) bench(&c, &kernels[i]);
    return check_finish(&c);
}
