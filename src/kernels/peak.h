/* SPDX-License-Identifier: Apache-2.0
 *
 * What the machine can do at most: loops that do nothing but the instruction that a network's time goes into, so that a
 * layer's speed can be given as a part of it. PSB_PEAK_SUMS sums that do not wait for each other hide its latency.
 *     fma:  sums_f32[i] = factor * sums_f32[i] + addend, rounds times, in `lanes` copies side by side
 *     dot:  sums_s32[i] += bytes[0..3] . weights[0..3], the same
 *     read: word_sum = the sum of words[0 .. word_count), read once
 *
 * Shapes: any. Alignment: none asked. Overlap: none. The arithmetic of int32 wraps.
 * Comparison class: dot exact. fma and read exact where all results are whole numbers below 2^24, which is what the
 * check draws; elsewhere fma rounds once or twice a round, and read sums in another order.
 */
#ifndef PSB_KERNELS_PEAK_H
#define PSB_KERNELS_PEAK_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

/* Two instructions a cycle of four cycles' latency need 8; AVX2 has registers for 12 and the operands. */
enum { PSB_PEAK_SUMS = 12, PSB_PEAK_GROUP = 4 };

typedef struct psb_peak_args {
    int64_t rounds;
    float sums_f32[PSB_PEAK_SUMS]; /* in and out */
    float factor, addend;
    int32_t sums_s32[PSB_PEAK_SUMS]; /* in and out */
    uint8_t bytes[PSB_PEAK_GROUP];
    int8_t weights[PSB_PEAK_GROUP];
    const float *words;
    size_t word_count;
    float word_sum; /* out */
} psb_peak_args;

typedef void psb_peak_fn(psb_peak_args *args);

typedef struct psb_peak_kernel {
    psb_peak_fn *fma, *dot, *read;
    int32_t lanes; /* a round of fma is SUMS * lanes * 2 operations, one of dot GROUP times as many */
    uint32_t needs;
    const char *name;
} psb_peak_kernel;

#define PSB_PEAK_LIST(X) /* isa, needs, lanes; slowest first */                                                        \
    X(c, 0u, 1)                                                                                                        \
    X(avx2, PSB_CPU_AVX2, 8)                                                                                           \
    X(avx512, PSB_CPU_AVX512, 16)                                                                                      \
    X(avx512_vnni, PSB_CPU_AVX512 | PSB_CPU_AVX512_VNNI, 16)
#define X(isa, needs, lanes) psb_peak_fn psb_peak_fma_##isa, psb_peak_dot_##isa, psb_peak_read_##isa;
PSB_PEAK_LIST(X)
#undef X

const psb_peak_kernel *psb_peak_pick(uint32_t cpu_flags);

/* All of them, slowest first, for tests and benches. */
const psb_peak_kernel *psb_peak_kernels(int32_t *count_out);

#endif
