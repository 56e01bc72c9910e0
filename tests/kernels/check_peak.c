/* SPDX-License-Identifier: Apache-2.0
 *
 * Peak loops: every variant against C, on whole numbers, where all of them are exact. --bench prints the peaks.
 */
#include "kernels/peak.h"
#include "harness.h"

enum { MOST_WORDS = 300, BENCH_ROUNDS = 20000, BENCH_WORDS = 1 << 20 };

static void check_variant(check *c, psb_peak_args args, const psb_peak_kernel *kernel, const psb_peak_args *spec)
{
    kernel->fma(&args);
    kernel->dot(&args);
    kernel->read(&args);
    for (int32_t i = 0; i < PSB_PEAK_SUMS; i++) {
        if (!check_close(c, kernel->name, (size_t)i, args.sums_f32[i], spec->sums_f32[i], 0)) return;
        if (args.sums_s32[i] != spec->sums_s32[i])
            check_fail(c, kernel->name, "dot %d: found %d, expected %d", i, args.sums_s32[i], spec->sums_s32[i]);
    }
    check_close(c, kernel->name, 0, args.word_sum, spec->word_sum, 0);
}

static void trial(check *c, const psb_peak_kernel *kernels, int32_t count)
{
    psb_peak_args args = {.rounds = check_int(c, 0, 100)};
    args.factor = (float)(2 * check_int(c, 0, 1) - 1);
    args.addend = (float)check_int(c, -50, 50);
    for (int32_t i = 0; i < PSB_PEAK_SUMS; i++) {
        args.sums_f32[i] = (float)check_int(c, -1000, 1000);
        args.sums_s32[i] = check_int(c, INT32_MIN / 2, INT32_MAX / 2);
    }
    for (int32_t k = 0; k < PSB_PEAK_GROUP; k++) {
        args.bytes[k] = (uint8_t)check_int(c, 0, 255);
        args.weights[k] = (int8_t)check_int(c, -128, 127);
    }
    args.word_count = (size_t)check_int(c, 0, MOST_WORDS);
    float *words = check_output(c, args.word_count);
    for (size_t i = 0; i < args.word_count; i++) words[i] = (float)check_int(c, -1000, 1000);
    args.words = words;
    check_describe(c, "rounds %d, words %zu", (int)args.rounds, args.word_count);
    psb_peak_args spec = args;
    kernels[0].fma(&spec);
    kernels[0].dot(&spec);
    kernels[0].read(&spec);
    for (int32_t i = 1; i < count; i++)
        if (check_can_run(c, kernels[i].needs)) check_variant(c, args, &kernels[i], &spec);
    check_end_trial(c, "any");
}

typedef struct bench_case {
    psb_peak_args args;
    psb_peak_fn *run;
} bench_case;

static void run_bench(void *context)
{
    bench_case *b = context;
    b->run(&b->args);
}

static void bench(check *c, const psb_peak_kernel *kernel)
{
    bench_case b = {.args = {.rounds = BENCH_ROUNDS, .factor = 1, .addend = 1, .bytes = {1}, .weights = {1}}};
    const double operations = 2.0 * BENCH_ROUNDS * PSB_PEAK_SUMS * kernel->lanes;
    b.args.words = check_random(c, BENCH_WORDS);
    b.args.word_count = BENCH_WORDS;
    b.run = kernel->fma;
    check_time(kernel->name, "fma", run_bench, &b, operations, "GFLOP/s");
    b.run = kernel->dot;
    check_time(kernel->name, "dot", run_bench, &b, PSB_PEAK_GROUP * operations, "GOP/s");
    b.run = kernel->read;
    check_time(kernel->name, "read 4 MB", run_bench, &b, 4.0 * BENCH_WORDS, "GB/s");
    check_end_trial(c, kernel->name);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "peak", 300);
    int32_t count;
    const psb_peak_kernel *kernels = psb_peak_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) trial(&c, kernels, count);
    for (int32_t i = 0; c.bench && i < count; i++)
        if (check_can_run(&c, kernels[i].needs)) bench(&c, &kernels[i]);
    return check_finish(&c);
}
