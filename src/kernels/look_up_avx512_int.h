/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes through a table while they are still in a register, where the including file's instruction set can: VBMI, whose
 * vpermi2b looks up in two registers, so that a table of 256 is two of them and a choice (lut_u8_avx512_vbmi.c).
 * Elsewhere HAS_LOOK_UP is false, bytes pass as they are, and the table follows in a pass of its own.
 */
#ifndef PSB_KERNELS_LOOK_UP_AVX512_INT_H
#define PSB_KERNELS_LOOK_UP_AVX512_INT_H

#include <immintrin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "kernels/requant_u8.h"

#if defined(__AVX512VBMI__)

enum { HAS_LOOK_UP = 1 };

/* Loaded once: between stores of bytes, which could be anybody's, a compiler would load it again and again. */
typedef struct byte_table {
    bool exists;
    __m512i part[4];
} byte_table;

/* No table where channels have one by class: that is a pass of its own, as everywhere without VBMI. */
PSB_ALWAYS_INLINE byte_table byte_table_of(const psb_requant_u8 *requant)
{
    const uint8_t *bytes = requant->class_of ? NULL : requant->table;
    byte_table table = {.exists = bytes != NULL};
    PSB_UNROLL
    for (size_t i = 0; i < 4; i++) table.part[i] = bytes ? _mm512_loadu_si512(bytes + i * 64) : _mm512_setzero_si512();
    return table;
}

PSB_ALWAYS_INLINE __m512i look_up_bytes(const byte_table *table, __m512i at)
{
    if (!table->exists) return at;
    __m512i low = _mm512_permutex2var_epi8(table->part[0], at, table->part[1]);
    __m512i high = _mm512_permutex2var_epi8(table->part[2], at, table->part[3]);
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(at), low, high);
}

#else

enum { HAS_LOOK_UP = 0 };

typedef struct byte_table {
    bool exists;
} byte_table;

PSB_ALWAYS_INLINE byte_table byte_table_of(const psb_requant_u8 *requant)
{
    (void)requant;
    return (byte_table){false};
}

PSB_ALWAYS_INLINE __m512i look_up_bytes(const byte_table *table, __m512i at)
{
    (void)table;
    return at;
}

#endif
#endif
