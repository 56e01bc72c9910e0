/* SPDX-License-Identifier: Apache-2.0
 *
 * Eight floats at a time: AVX2 and FMA under the names that the *_simd_int.h bodies are written in; what they mean
 * stands in vec_avx512_int.h, which offers the same names for sixteen.
 * A part of a vector is a mask of whole lanes; maskload and maskstore do not touch the lanes that are left out.
 */
#ifndef PSB_KERNELS_VEC_AVX2_INT_H
#define PSB_KERNELS_VEC_AVX2_INT_H

#include <immintrin.h>

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

#if defined(__AVX2__) && defined(__FMA__)

enum { VEC_WIDTH = 8 };
typedef __m256 vec;
typedef __m256i vec_part;

PSB_ALWAYS_INLINE vec_part vec_part_of(size_t count)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int32_t)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

PSB_ALWAYS_INLINE vec vec_all(float x)
{
    return _mm256_set1_ps(x);
}

PSB_ALWAYS_INLINE vec vec_load(const float *p)
{
    return _mm256_loadu_ps(p);
}

PSB_ALWAYS_INLINE vec vec_load_part(const float *p, vec_part part)
{
    return _mm256_maskload_ps(p, part);
}

PSB_ALWAYS_INLINE void vec_store(float *p, vec x)
{
    _mm256_storeu_ps(p, x);
}

PSB_ALWAYS_INLINE void vec_store_part(float *p, vec_part part, vec x)
{
    _mm256_maskstore_ps(p, part, x);
}

PSB_ALWAYS_INLINE vec vec_add(vec a, vec b)
{
    return _mm256_add_ps(a, b);
}

PSB_ALWAYS_INLINE vec vec_sub(vec a, vec b)
{
    return _mm256_sub_ps(a, b);
}

PSB_ALWAYS_INLINE vec vec_mul(vec a, vec b)
{
    return _mm256_mul_ps(a, b);
}

PSB_ALWAYS_INLINE vec vec_div(vec a, vec b)
{
    return _mm256_div_ps(a, b);
}

PSB_ALWAYS_INLINE vec vec_fma(vec a, vec b, vec c)
{
    return _mm256_fmadd_ps(a, b, c);
}

PSB_ALWAYS_INLINE vec vec_max(vec bound, vec x)
{
    return _mm256_max_ps(bound, x);
}

PSB_ALWAYS_INLINE vec vec_min(vec bound, vec x)
{
    return _mm256_min_ps(bound, x);
}

PSB_ALWAYS_INLINE vec vec_where_negative(vec x, vec if_negative)
{
    return _mm256_blendv_ps(x, if_negative, _mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_LT_OQ));
}

PSB_ALWAYS_INLINE vec vec_from_exponent(vec x)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(x), 23));
}

/* rcpps has 11 bits only, and differs between makers: dividing costs no more than the two steps it would need. */
PSB_ALWAYS_INLINE vec vec_reciprocal(vec x)
{
    return _mm256_div_ps(vec_all(1.0f), x);
}

PSB_ALWAYS_INLINE float vec_sum(vec x)
{
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}

PSB_ALWAYS_INLINE float vec_largest(vec x)
{
    __m128 half = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    half = _mm_max_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_max_ss(half, _mm_movehdup_ps(half)));
}

PSB_ALWAYS_INLINE vec vec_fill(vec x, vec_part part, vec other)
{
    return _mm256_blendv_ps(other, x, _mm256_castsi256_ps(part));
}

#endif
#endif
