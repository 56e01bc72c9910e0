/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes in and out of the float vectors of vec_avx2_int.h, under the names of vec_u8_avx512_int.h.
 * Counts say how many of the eight lanes exist; the others are neither read nor written.
 */
#ifndef PSB_KERNELS_VEC_U8_AVX2_INT_H
#define PSB_KERNELS_VEC_U8_AVX2_INT_H

#include <stdint.h>
#include <string.h>

#include "kernels/vec_avx2_int.h"

#if defined(__AVX2__)

typedef __m256i vec_int;

PSB_ALWAYS_INLINE vec_int ints_all(int32_t x)
{
    return _mm256_set1_epi32(x);
}

PSB_ALWAYS_INLINE vec_int ints_of_bytes(const uint8_t *p, size_t count)
{
    uint64_t eight = 0;
    if (count == VEC_WIDTH)
        memcpy(&eight, p, sizeof(eight));
    else
        memcpy(&eight, p, count);
    return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)eight));
}

PSB_ALWAYS_INLINE vec_int ints_add(vec_int a, vec_int b)
{
    return _mm256_add_epi32(a, b);
}

PSB_ALWAYS_INLINE vec_int ints_sub(vec_int a, vec_int b)
{
    return _mm256_sub_epi32(a, b);
}

PSB_ALWAYS_INLINE vec_int ints_mul(vec_int a, vec_int b)
{
    return _mm256_mullo_epi32(a, b);
}

PSB_ALWAYS_INLINE vec floats_of_ints(vec_int x)
{
    return _mm256_cvtepi32_ps(x);
}

/* Rounds v, adds zero, clamps and stores. */
PSB_ALWAYS_INLINE void bytes_store(uint8_t *p, size_t count, vec v, vec_int zero, vec_int low, vec_int high)
{
    vec_int q = _mm256_add_epi32(_mm256_cvtps_epi32(v), zero);
    q = _mm256_min_epi32(_mm256_max_epi32(q, low), high);
    __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(q), _mm256_extracti128_si256(q, 1));
    uint64_t eight = (uint64_t)_mm_cvtsi128_si64(_mm_packus_epi16(words, words));
    if (count == VEC_WIDTH)
        memcpy(p, &eight, sizeof(eight));
    else
        memcpy(p, &eight, count);
}

#endif
#endif
