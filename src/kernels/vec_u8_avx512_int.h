/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes in and out of the float vectors of vec_avx512_int.h, under the names that the *_u8_simd_int.h bodies are
 * written in. Counts say how many of the sixteen lanes exist; the others are neither read nor written.
 */
#ifndef PSB_KERNELS_VEC_U8_AVX512_INT_H
#define PSB_KERNELS_VEC_U8_AVX512_INT_H

#include <stdint.h>

#include "kernels/vec_avx512_int.h"

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__)

typedef __m512i vec_int;

PSB_ALWAYS_INLINE vec_int ints_all(int32_t x)
{
    return _mm512_set1_epi32(x);
}

PSB_ALWAYS_INLINE vec_int ints_of_bytes(const uint8_t *p, size_t count)
{
    __m128i bytes = count == VEC_WIDTH ? _mm_loadu_si128((const __m128i *)(const void *)p)
                                       : _mm_maskz_loadu_epi8(vec_part_of(count), p);
    return _mm512_cvtepu8_epi32(bytes);
}

PSB_ALWAYS_INLINE vec_int ints_add(vec_int a, vec_int b)
{
    return _mm512_add_epi32(a, b);
}

PSB_ALWAYS_INLINE vec_int ints_sub(vec_int a, vec_int b)
{
    return _mm512_sub_epi32(a, b);
}

PSB_ALWAYS_INLINE vec_int ints_mul(vec_int a, vec_int b)
{
    return _mm512_mullo_epi32(a, b);
}

PSB_ALWAYS_INLINE vec floats_of_ints(vec_int x)
{
    return _mm512_cvtepi32_ps(x);
}

/* Rounds v, adds zero, clamps and stores. */
PSB_ALWAYS_INLINE void bytes_store(uint8_t *p, size_t count, vec v, vec_int zero, vec_int low, vec_int high)
{
    vec_int q = _mm512_add_epi32(_mm512_cvtps_epi32(v), zero);
    __m128i bytes = _mm512_cvtepi32_epi8(_mm512_min_epi32(_mm512_max_epi32(q, low), high));
    if (count == VEC_WIDTH)
        _mm_storeu_si128((__m128i *)(void *)p, bytes);
    else
        _mm_mask_storeu_epi8(p, vec_part_of(count), bytes);
}

#endif
#endif
