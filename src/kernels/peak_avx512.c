/* SPDX-License-Identifier: Apache-2.0
 *
 * Peak loops for AVX-512 without VNNI. Bytes are widened to words once: what a loop repeats is vpmaddwd, which
 * multiplies two words a lane exactly, and the addition behind it; two of each make the four products of a lane.
 */
#include "kernels/peak.h"

#include "kernels/vec_avx512_int.h"

#include "kernels/peak_simd_int.h"

void psb_peak_fma_avx512(psb_peak_args *args)
{
    peak_fma(args);
}

void psb_peak_read_avx512(psb_peak_args *args)
{
    peak_read(args);
}

/* Two words in every lane. */
PSB_ALWAYS_INLINE __m512i pair(int32_t low, int32_t high)
{
    return _mm512_set1_epi32((int32_t)((uint32_t)(low & 0xffff) | (uint32_t)high << 16));
}

void psb_peak_dot_avx512(psb_peak_args *args)
{
    const __m512i low = pair(args->bytes[0], args->bytes[1]), high = pair(args->bytes[2], args->bytes[3]);
    __m512i weights_low = pair(args->weights[0], args->weights[1]);
    __m512i weights_high = pair(args->weights[2], args->weights[3]);
    __m512i sums[PSB_PEAK_SUMS];
    PSB_UNROLL
    for (int32_t i = 0; i < PSB_PEAK_SUMS; i++) sums[i] = _mm512_set1_epi32(args->sums_s32[i]);
    for (int64_t round = 0; round < args->rounds; round++) {
        PSB_UNROLL
        for (int32_t i = 0; i < PSB_PEAK_SUMS; i++) {
            PSB_ASM("" : "+v"(weights_low), "+v"(weights_high));
            sums[i] = _mm512_add_epi32(sums[i], _mm512_madd_epi16(low, weights_low));
            sums[i] = _mm512_add_epi32(sums[i], _mm512_madd_epi16(high, weights_high));
        }
    }
    for (int32_t i = 0; i < PSB_PEAK_SUMS; i++) args->sums_s32[i] = _mm512_cvtsi512_si32(sums[i]);
}
