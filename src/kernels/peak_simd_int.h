/* SPDX-License-Identifier: Apache-2.0
 *
 * The peak loops that every vector width shares, in the words of vec_*_int.h. Each sum stands in all lanes of a
 * vector; only the first lane is handed back. Includers bring their vocabulary first.
 */
#ifndef PSB_KERNELS_PEAK_SIMD_INT_H
#define PSB_KERNELS_PEAK_SIMD_INT_H

#include "kernels/peak.h"

#include "base/compiler.h"

enum { PEAK_READERS = 8 }; /* loads in flight at once */

PSB_ALWAYS_INLINE void peak_fma(psb_peak_args *args)
{
    const vec factor = vec_all(args->factor), addend = vec_all(args->addend);
    vec sums[PSB_PEAK_SUMS];
    PSB_UNROLL
    for (int32_t i = 0; i < PSB_PEAK_SUMS; i++) sums[i] = vec_all(args->sums_f32[i]);
    for (int64_t round = 0; round < args->rounds; round++) {
        PSB_UNROLL
        for (int32_t i = 0; i < PSB_PEAK_SUMS; i++) sums[i] = vec_fma(factor, sums[i], addend);
    }
    float lanes[VEC_WIDTH];
    for (int32_t i = 0; i < PSB_PEAK_SUMS; i++) {
        vec_store(lanes, sums[i]);
        args->sums_f32[i] = lanes[0];
    }
}

PSB_ALWAYS_INLINE void peak_read(psb_peak_args *args)
{
    vec sums[PEAK_READERS];
    PSB_UNROLL
    for (int32_t i = 0; i < PEAK_READERS; i++) sums[i] = vec_all(0);
    size_t at = 0;
    for (; at + PEAK_READERS * VEC_WIDTH <= args->word_count; at += PEAK_READERS * VEC_WIDTH) {
        PSB_UNROLL
        for (int32_t i = 0; i < PEAK_READERS; i++)
            sums[i] = vec_add(sums[i], vec_load(args->words + at + (size_t)i * VEC_WIDTH));
    }
    float lanes[VEC_WIDTH], sum = 0;
    for (; at < args->word_count; at++) sum += args->words[at];
    for (int32_t i = 0; i < PEAK_READERS; i++) {
        vec_store(lanes, sums[i]);
        for (int32_t l = 0; l < VEC_WIDTH; l++) sum += lanes[l];
    }
    args->word_sum = sum;
}

#endif
