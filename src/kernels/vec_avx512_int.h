/* SPDX-License-Identifier: Apache-2.0
 *
 * Sixteen floats at a time: AVX-512 under the names that the *_simd_int.h bodies are written in. A file of this
 * instruction set includes this header, then the bodies; vec_avx2_int.h offers the same names for eight floats.
 * vec_part says which lanes of the last, incomplete vector exist; the others are neither read nor written.
 */
#ifndef PSB_KERNELS_VEC_AVX512_INT_H
#define PSB_KERNELS_VEC_AVX512_INT_H

#include <immintrin.h>

#include <stddef.h>

#include "base/compiler.h"

#if defined(__AVX512F__) && defined(__AVX512DQ__)

enum { VEC_WIDTH = 16 };
typedef __m512 vec;
typedef __mmask16 vec_part;

/* The first `count` lanes, 0 <= count <= VEC_WIDTH. */
PSB_ALWAYS_INLINE vec_part vec_part_of(size_t count)
{
    return (vec_part)((1u << count) - 1u);
}

PSB_ALWAYS_INLINE vec vec_all(float x)
{
    return _mm512_set1_ps(x);
}

PSB_ALWAYS_INLINE vec vec_load(const float *p)
{
    return _mm512_loadu_ps(p);
}

/* Lanes that do not exist are zero. */
PSB_ALWAYS_INLINE vec vec_load_part(const float *p, vec_part part)
{
    return _mm512_maskz_loadu_ps(part, p);
}

PSB_ALWAYS_INLINE void vec_store(float *p, vec x)
{
    _mm512_storeu_ps(p, x);
}

PSB_ALWAYS_INLINE void vec_store_part(float *p, vec_part part, vec x)
{
    _mm512_mask_storeu_ps(p, part, x);
}

PSB_ALWAYS_INLINE vec vec_add(vec a, vec b)
{
    return _mm512_add_ps(a, b);
}

PSB_ALWAYS_INLINE vec vec_sub(vec a, vec b)
{
    return _mm512_sub_ps(a, b);
}

PSB_ALWAYS_INLINE vec vec_mul(vec a, vec b)
{
    return _mm512_mul_ps(a, b);
}

PSB_ALWAYS_INLINE vec vec_div(vec a, vec b)
{
    return _mm512_div_ps(a, b);
}

/* a * b + c, rounded once. */
PSB_ALWAYS_INLINE vec vec_fma(vec a, vec b, vec c)
{
    return _mm512_fmadd_ps(a, b, c);
}

/* Both return x where x is NaN. */
PSB_ALWAYS_INLINE vec vec_max(vec bound, vec x)
{
    return _mm512_max_ps(bound, x);
}

PSB_ALWAYS_INLINE vec vec_min(vec bound, vec x)
{
    return _mm512_min_ps(bound, x);
}

/* x < 0 ? if_negative : x */
PSB_ALWAYS_INLINE vec vec_where_negative(vec x, vec if_negative)
{
    return _mm512_mask_mov_ps(x, _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ), if_negative);
}

/* The float whose exponent field is the lowest 8 bits of x's representation, mantissa zero; bit 8 must be clear. */
PSB_ALWAYS_INLINE vec vec_from_exponent(vec x)
{
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(x), 23));
}

/* 1 / x for 1 <= x <= 2^126: an estimate of 14 bits and one step of Newton's. */
PSB_ALWAYS_INLINE vec vec_reciprocal(vec x)
{
    vec y = _mm512_rcp14_ps(x);
    return vec_fma(y, _mm512_fnmadd_ps(x, y, vec_all(1.0f)), y);
}

PSB_ALWAYS_INLINE float vec_sum(vec x)
{
    return _mm512_reduce_add_ps(x);
}

PSB_ALWAYS_INLINE float vec_largest(vec x)
{
    return _mm512_reduce_max_ps(x);
}

/* Lanes that do not exist become `other`. */
PSB_ALWAYS_INLINE vec vec_fill(vec x, vec_part part, vec other)
{
    return _mm512_mask_mov_ps(other, part, x);
}

#endif
#endif
