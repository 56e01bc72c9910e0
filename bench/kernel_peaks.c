/* SPDX-License-Identifier: Apache-2.0
 *
 * How near the integer kernels come to what the machine can do: every 1x1 and depthwise shape of YOLOX-nano at 416x416,
 * first layers, 5x5 depthwise layers, and layers with a table by class, as a part of the peak measured in the same run.
 * bench/both_compilers runs it from two builds, because a compiler that moves sums through memory costs half the speed
 * and no test else sees it.
 *
 *     kernel_peaks [--cpu c|avx2|avx512]
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <passerby/status.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/error.h"
#include "base/rng.h"
#include "kernels/conv_u8s8.h"
#include "kernels/dwconv_u8s8.h"
#include "timing/peaks.h"

enum { ROUNDS = 25, LEAST_ROUND_NS = 400000, MOST_BYTES = 2 << 20, ALIGNMENT = 64 };

/* A square picture and a kernel on it; groups: depthwise. */
typedef struct layer {
    const char *name;
    int32_t side, channels, out_channels, kernel, stride;
    bool is_depthwise;
    int32_t classes; /* of output channels, one behind another; 0: all share a table */
} layer;

static const layer layers[] = {
    {"stem", 416, 3, 16, 6, 2, false, 0},         {"dark2 point", 104, 16, 32, 1, 1, false, 0},
    {"dark2 csp", 104, 32, 16, 1, 1, false, 0},   {"dark2 out", 104, 32, 32, 1, 1, false, 0},
    {"dark3 point", 52, 32, 64, 1, 1, false, 0},  {"dark3 csp", 52, 64, 32, 1, 1, false, 0},
    {"dark3 inner", 52, 32, 32, 1, 1, false, 0},  {"dark3 out", 52, 64, 64, 1, 1, false, 0},
    {"dark4 point", 26, 64, 128, 1, 1, false, 0}, {"dark4 csp", 26, 128, 64, 1, 1, false, 0},
    {"dark4 out", 26, 128, 128, 1, 1, false, 0},  {"dark5 point", 13, 128, 256, 1, 1, false, 0},
    {"dark5 spp", 13, 512, 256, 1, 1, false, 0},  {"3x3", 26, 64, 64, 3, 1, false, 0},
    {"dark2 down", 208, 16, 16, 3, 2, true, 0},   {"dark2", 104, 16, 16, 3, 1, true, 0},
    {"dark3 down", 104, 32, 32, 3, 2, true, 0},   {"dark3", 52, 32, 32, 3, 1, true, 0},
    {"head", 52, 64, 64, 3, 1, true, 0},          {"dark4 down", 52, 64, 64, 3, 2, true, 0},
    {"dark4", 26, 64, 64, 3, 1, true, 0},         {"dark5 down", 26, 128, 128, 3, 2, true, 0},
    {"dark5", 13, 128, 128, 3, 1, true, 0},       {"5x5", 40, 96, 96, 5, 1, true, 0},
    {"5x5 down", 40, 96, 96, 5, 2, true, 0},      {"built-in stem", 320, 3, 16, 3, 2, false, 0},
    {"4 classes", 26, 64, 64, 1, 1, false, 4},    {"8 classes", 52, 64, 64, 1, 1, false, 8},
    {"8 classes", 104, 32, 32, 1, 1, false, 8},
};

/* Memory of all layers, made once. */
typedef struct arena {
    uint8_t *in, *out, *packed, *workspace;
    int8_t *values;
    float *multipliers;
    uint8_t *tables, *classes; /* PSB_REQUANT_U8_MOST_CLASSES; of channels */
} arena;

typedef struct job {
    const psb_gemm_u8s8_kernel *gemm;
    const psb_dwconv_u8s8_kernel *depthwise;
    psb_conv_u8s8_args dense_args;
    psb_dwconv_u8s8_args depthwise_args;
} job;

static void run_job(const job *j)
{
    if (j->depthwise)
        j->depthwise->run(&j->depthwise_args);
    else
        psb_conv_u8s8_run(j->gemm, &j->dense_args);
}

/* The shortest of several rounds. */
static double time_job_ns(const job *j, const psb_clock *clock)
{
    int64_t calls = 1, best_ns = INT64_MAX;
    int64_t best_calls = 1;
    for (int32_t round = 0; round < ROUNDS;) {
        const int64_t begin_ns = psb_clock_now_ns(clock);
        for (int64_t i = 0; i < calls; i++) run_job(j);
        const int64_t took_ns = psb_clock_now_ns(clock) - begin_ns;
        if (took_ns < LEAST_ROUND_NS) {
            calls *= 2;
            continue;
        }
        round++;
        if (took_ns / calls < best_ns / best_calls) {
            best_ns = took_ns;
            best_calls = calls;
        }
    }
    return (double)best_ns / (double)best_calls;
}

static psb_window window_of(const layer *l)
{
    const int32_t out = (l->side - 1) / l->stride + 1, pad = (l->kernel - 1) / 2, pixels = l->side * l->side;
    if (l->kernel == 1) /* as networks run them */
        return (psb_window){.channels = l->channels,
                            .in_height = 1,
                            .in_width = pixels,
                            .out_height = 1,
                            .out_width = pixels,
                            .in_pixel = (size_t)l->channels,
                            .in_row = (size_t)(pixels * l->channels),
                            .out_pixel = (size_t)l->out_channels,
                            .out_row = (size_t)(pixels * l->out_channels),
                            .kernel_height = 1,
                            .kernel_width = 1,
                            .stride_y = 1,
                            .stride_x = 1};
    return (psb_window){.channels = l->channels,
                        .in_height = l->side,
                        .in_width = l->side,
                        .out_height = out,
                        .out_width = out,
                        .in_pixel = (size_t)l->channels,
                        .in_row = (size_t)(l->side * l->channels),
                        .out_pixel = (size_t)l->out_channels,
                        .out_row = (size_t)(out * l->out_channels),
                        .kernel_height = l->kernel,
                        .kernel_width = l->kernel,
                        .stride_y = l->stride,
                        .stride_x = l->stride,
                        .pad_top = pad,
                        .pad_left = pad};
}

static job make_job(const layer *l, arena *memory, uint32_t cpu_flags)
{
    const psb_window window = window_of(l);
    const psb_weights_s8 weights = {.values = memory->values, .multiplier = memory->multipliers, .in_zero = 128};
    psb_requant_u8 requant = {
        .zero = 128, .high = 255, .table = memory->tables, .lut = psb_lut_u8_pick(cpu_flags)->run};
    if (l->classes) {
        for (int32_t c = 0; c < l->out_channels + PSB_LUT_U8_BEHIND; c++)
            memory->classes[c] = (uint8_t)(c % l->out_channels * l->classes / l->out_channels);
        requant.class_of = memory->classes;
        requant.class_count = l->classes;
    }
    job j = {.gemm = psb_gemm_u8s8_pick(cpu_flags)};
    if (l->is_depthwise) {
        j.depthwise = psb_dwconv_u8s8_pick(cpu_flags);
        j.depthwise_args = (psb_dwconv_u8s8_args){memory->out, memory->in, memory->packed, window, 128, requant};
        psb_dwconv_u8s8_pack(j.depthwise, memory->packed, &weights, &window);
    } else {
        j.dense_args = (psb_conv_u8s8_args){.out = memory->out,
                                            .in = memory->in,
                                            .packed = memory->packed,
                                            .workspace = memory->workspace,
                                            .window = window,
                                            .out_channels = l->out_channels,
                                            .in_zero = 128,
                                            .requant = requant};
        psb_conv_u8s8_pack(j.gemm, memory->packed, &weights, &window, l->out_channels);
    }
    return j;
}

static void print_layers(arena *memory, const psb_peaks *peaks, uint32_t cpu_flags, const psb_clock *clock)
{
    for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++) {
        const layer *l = &layers[i];
        const job j = make_job(l, memory, cpu_flags);
        const double out = (l->side - 1) / l->stride + 1, ns = time_job_ns(&j, clock);
        const double inputs = l->is_depthwise ? 1 : l->channels;
        const double gops = 2 * out * out * l->out_channels * inputs * l->kernel * l->kernel / ns;
        printf("%-10s %-13s %3dx%-3d %3d to %3d, %dx%d stride %d  %8.1f us %7.1f GOP/s %5.1f%%\n",
               l->is_depthwise ? "depthwise" : "dense", l->name, l->side, l->side, l->channels, l->out_channels,
               l->kernel, l->kernel, l->stride, ns * 1e-3, gops, 100 * gops / peaks->int8_gops);
    }
}

static bool arena_init(arena *memory)
{
    *memory = (arena){.in = aligned_alloc(ALIGNMENT, MOST_BYTES),
                      .out = aligned_alloc(ALIGNMENT, MOST_BYTES),
                      .packed = aligned_alloc(ALIGNMENT, MOST_BYTES),
                      .workspace = aligned_alloc(ALIGNMENT, MOST_BYTES),
                      .tables = aligned_alloc(ALIGNMENT, MOST_BYTES),
                      .classes = aligned_alloc(ALIGNMENT, MOST_BYTES),
                      .values = malloc(MOST_BYTES),
                      .multipliers = malloc(MOST_BYTES)};
    return memory->in && memory->out && memory->packed && memory->workspace && memory->tables && memory->classes &&
           memory->values && memory->multipliers;
}

int main(int argc, char **argv)
{
    const psb_clock clock = psb_clock_system();
    arena memory;
    psb_peaks peaks;
    uint32_t cpu_flags;
    psb_rng rng;
    psb_rng_init(&rng, 1);
    psb_status status = psb_cpu_from_name(&cpu_flags, argc == 3 && !strcmp(argv[1], "--cpu") ? argv[2] : NULL);
    if (!arena_init(&memory)) status = psb_fail_memory("layers", MOST_BYTES);
    if (!status) status = psb_peaks_measure(&peaks, psb_cpu_detect(), &clock);
    if (status) {
        fprintf(stderr, "kernel_peaks: %s\n", psb_error_text());
        return 1;
    }
    for (int32_t i = 0; i < 256 * PSB_REQUANT_U8_MOST_CLASSES; i++) memory.tables[i] = (uint8_t)(255 - i);
    for (size_t i = 0; i < MOST_BYTES; i++) {
        memory.in[i] = (uint8_t)psb_rng_next(&rng);
        memory.values[i] = (int8_t)((int32_t)(psb_rng_next(&rng) % 255) - 127);
    }
    for (size_t i = 0; i < MOST_BYTES / sizeof(float); i++) memory.multipliers[i] = 0x1p-12f;
    printf("compiler %s\ncpu %s, peak %.0f GOP/s (%s), load average %.2f\n", __VERSION__, psb_cpu_name(cpu_flags),
           peaks.int8_gops, peaks.kernels, peaks.load_average);
    print_layers(&memory, &peaks, cpu_flags, &clock);
    free(memory.in), free(memory.out), free(memory.packed), free(memory.workspace);
    free(memory.tables), free(memory.classes), free(memory.values), free(memory.multipliers);
    return 0;
}
