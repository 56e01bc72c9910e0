/* SPDX-License-Identifier: Apache-2.0
 *
 * Peak loops for AVX-512 with VNNI: vpdpbusd multiplies four bytes with four signed bytes and adds all to a lane.
 * It is written out, because gcc 12 moves the sums of its intrinsic through memory, which halves the speed.
 */
#include "kernels/peak.h"

#include <string.h>

#include "kernels/vec_avx512_int.h"

#include "kernels/peak_simd_int.h"

void psb_peak_fma_avx512_vnni(psb_peak_args *args)
{
    peak_fma(args);
}

void psb_peak_read_avx512_vnni(psb_peak_args *args)
{
    peak_read(args);
}

/* The four bytes at p in every lane. */
PSB_ALWAYS_INLINE __m512i spread_group(const void *p)
{
    int32_t group;
    memcpy(&group, p, sizeof(group));
    return _mm512_set1_epi32(group);
}

PSB_ALWAYS_INLINE __m512i add_products(__m512i sum, __m512i bytes, __m512i weights)
{
    PSB_ASM("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(bytes), "v"(weights));
    return sum;
}

void psb_peak_dot_avx512_vnni(psb_peak_args *args)
{
    const __m512i bytes = spread_group(args->bytes), weights = spread_group(args->weights);
    __m512i sums[PSB_PEAK_SUMS];
    PSB_UNROLL
    for (int32_t i = 0; i < PSB_PEAK_SUMS; i++) sums[i] = _mm512_set1_epi32(args->sums_s32[i]);
    for (int64_t round = 0; round < args->rounds; round++) {
        PSB_UNROLL
        for (int32_t i = 0; i < PSB_PEAK_SUMS; i++) sums[i] = add_products(sums[i], bytes, weights);
    }
    for (int32_t i = 0; i < PSB_PEAK_SUMS; i++) args->sums_s32[i] = _mm512_cvtsi512_si32(sums[i]);
}
