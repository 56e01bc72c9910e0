/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes through a table while they are still in a register, where the including file's instruction set can: VBMI, whose
 * vpermi2b looks up in two registers, so that a table of 256 is two of them and a choice (lut_u8_avx512_vbmi.c).
 * Elsewhere HAS_LOOK_UP is false, bytes pass as they are, and the table follows in a pass of its own.
 */
#ifndef PSB_KERNELS_DWCONV_U8S8_LOOK_UP_INT_H
#define PSB_KERNELS_DWCONV_U8S8_LOOK_UP_INT_H

#include <immintrin.h>

#include <stdint.h>

#include "base/compiler.h"

#if defined(__AVX512VBMI__)

enum { HAS_LOOK_UP = 1 };

/* table: 256 bytes, or NULL for none. */
PSB_ALWAYS_INLINE __m512i look_up_bytes(const uint8_t *table, __m512i at)
{
    if (!table) return at;
    __m512i low = _mm512_permutex2var_epi8(_mm512_loadu_si512(table), at, _mm512_loadu_si512(table + 64));
    __m512i high = _mm512_permutex2var_epi8(_mm512_loadu_si512(table + 128), at, _mm512_loadu_si512(table + 192));
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(at), low, high);
}

#else

enum { HAS_LOOK_UP = 0 };

PSB_ALWAYS_INLINE __m512i look_up_bytes(const uint8_t *table, __m512i at)
{
    (void)table;
    return at;
}

#endif
#endif
