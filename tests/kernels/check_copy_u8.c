/* SPDX-License-Identifier: Apache-2.0
 *
 * Strided copy of bytes: every variant, on the shape as drawn and as planned, against C on the shape as drawn.
 * --bench times what networks do: a concatenation, a channel shuffle, a transpose of planes to channels last.
 */
#include <stdio.h>

#include "draw_u8.h"
#include "kernels/copy_u8.h"

/* A random order of the dimensions, from innermost out; gaps and signs by chance. */
static size_t draw_strides(check *c, const psb_copy_f32_shape *shape, int64_t strides[], bool may_repeat,
                           size_t *first_out)
{
    int32_t order[PSB_COPY_F32_MAX_RANK];
    int64_t next = 1, lowest = 0, highest = 0;
    for (int32_t d = 0; d < shape->rank; d++) order[d] = d;
    for (int32_t d = shape->rank - 1; d > 0 && check_int(c, 0, 3); d--) {
        int32_t other = check_int(c, 0, d), kept = order[d];
        order[d] = order[other];
        order[other] = kept;
    }
    for (int32_t i = shape->rank - 1; i >= 0; i--) {
        int32_t d = order[i];
        bool repeat = may_repeat && check_int(c, 0, 7) == 3;
        strides[d] = repeat ? 0 : next;
        if (!repeat) next = next * shape->dims[d] + (check_int(c, 0, 2) ? 0 : check_int(c, 0, 3));
        if (check_int(c, 0, 7) == 3) strides[d] = -strides[d];
        int64_t reach = shape->dims[d] > 0 ? (shape->dims[d] - 1) * strides[d] : 0;
        if (reach < 0)
            lowest += reach;
        else
            highest += reach;
    }
    *first_out = (size_t)-lowest;
    return (size_t)(highest - lowest + 1);
}

static void trial(check *c, const psb_copy_u8_kernel *kernels, int32_t count)
{
    psb_copy_f32_shape shape = {.rank = check_int(c, 0, PSB_COPY_F32_MAX_RANK)};
    for (int32_t d = 0; d < shape.rank; d++)
        shape.dims[d] = check_int(c, 0, 40) ? check_int(c, 1, shape.rank > 3 ? 5 : 20) : 0;
    size_t out_first, in_first;
    size_t out_count = draw_strides(c, &shape, shape.out_strides, false, &out_first);
    size_t in_count = draw_strides(c, &shape, shape.in_strides, true, &in_first);
    const int64_t *n = shape.dims, *o = shape.out_strides, *s = shape.in_strides;
    check_describe(c, "rank %d dims %d %d %d %d %d %d out %d %d %d %d %d %d in %d %d %d %d %d %d", shape.rank,
                   (int)n[0], (int)n[1], (int)n[2], (int)n[3], (int)n[4], (int)n[5], (int)o[0], (int)o[1], (int)o[2],
                   (int)o[3], (int)o[4], (int)o[5], (int)s[0], (int)s[1], (int)s[2], (int)s[3], (int)s[4], (int)s[5]);
    const uint8_t *in = draw_bytes(c, in_count);
    uint8_t *spec = draw_output_bytes(c, out_count);
    kernels[0].run(spec + out_first, in + in_first, &shape);
    psb_copy_f32_shape planned = psb_copy_f32_plan(&shape);
    for (int32_t i = 0; i < count; i++)
        for (int plan = 0; plan < 2; plan++) {
            if (!check_can_run(c, kernels[i].needs)) continue;
            uint8_t *out = draw_output_bytes(c, out_count);
            kernels[i].run(out + out_first, in + in_first, plan ? &planned : &shape);
            check_same_bytes(c, kernels[i].name, out, spec, out_count);
        }
    check_end_trial(c, "any");
}

typedef struct bench_case {
    const psb_copy_u8_kernel *kernel;
    uint8_t *out;
    const uint8_t *in;
    psb_copy_f32_shape shape;
} bench_case;

static void run_bench(void *context)
{
    bench_case *b = context;
    b->kernel->run(b->out, b->in, &b->shape);
}

static void bench(check *c, const psb_copy_u8_kernel *kernel)
{
    static const struct {
        const char *name;
        psb_copy_f32_shape shape;
    } cases[] = {
        {"concat 676 x 64 of 128", {2, {676, 64}, {128, 1}, {64, 1}}},
        {"shuffle 1600 x 2 x 58", {3, {1600, 58, 2}, {116, 2, 1}, {116, 1, 58}}},
        {"planes to channels last 3 x 416 x 416", {2, {416 * 416, 3}, {3, 1}, {1, 416 * 416}}},
        {"channels last to planes 676 x 64", {2, {64, 676}, {676, 1}, {1, 64}}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        double work = 1.0;
        for (int32_t d = 0; d < cases[i].shape.rank; d++) work *= (double)cases[i].shape.dims[d];
        bench_case b = {kernel, draw_output_bytes(c, 600000), draw_bytes(c, 600000),
                        psb_copy_f32_plan(&cases[i].shape)};
        check_time(kernel->name, cases[i].name, run_bench, &b, work, "GB/s");
        check_end_trial(c, kernel->name);
    }
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "copy_u8", 600);
    int32_t count;
    const psb_copy_u8_kernel *kernels = psb_copy_u8_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) trial(&c, kernels, count);
    for (int32_t i = 0; c.bench && i < count; i++)
        if (check_can_run(&c, kernels[i].needs)) bench(&c, &kernels[i]);
    return check_finish(&c);
}
