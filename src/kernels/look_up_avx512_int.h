/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes through a table while they are still in a register, where the including file's instruction set can: VBMI, whose
 * vpermi2b looks up in two registers, so that a table of 256 is two of them and a choice (lut_u8_avx512_vbmi.c).
 * Where channels have a table by class, all tables that a vector's channels have are looked up for all of it, and each
 * class's own bytes are kept; which those are is known before the first byte comes, since a vector holds the same
 * channels again and again. Elsewhere HAS_LOOK_UP is false, bytes pass as they are, and the table follows in a pass of
 * its own.
 */
#ifndef PSB_KERNELS_LOOK_UP_AVX512_INT_H
#define PSB_KERNELS_LOOK_UP_AVX512_INT_H

#include <immintrin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "kernels/requant_u8.h"

/* The tables of a vector's channels: none, one for all, or one for each class. */
typedef struct channel_tables {
    int32_t count;
    struct {
        const uint8_t *table;
        __mmask64 own; /* the class's bytes */
    } of[PSB_REQUANT_U8_MOST_CLASSES];
} channel_tables;

#if defined(__AVX512VBMI__)

enum { HAS_LOOK_UP = 1 };

/* Those of channels whose classes stand in `classes`, byte by byte; bytes that do not `exist` may become anything. */
PSB_ALWAYS_INLINE void find_tables(channel_tables *out, const psb_requant_u8 *requant, __m512i classes, __mmask64 exist)
{
    out->count = 0;
    for (int32_t k = 0; k < requant->class_count; k++) {
        const __mmask64 own = _mm512_cmpeq_epi8_mask(classes, _mm512_set1_epi8((char)k));
        if (!(own & exist)) continue;
        out->of[out->count].table = requant->table + 256 * (size_t)k;
        out->of[out->count++].own = own;
    }
}

/* For vectors of 64 channels, of which the first is `first` and the last may be beyond the last that exists. */
static void find_tables_of_64(channel_tables *out, const psb_requant_u8 *requant, size_t first, __mmask64 exist)
{
    *out = (channel_tables){.count = requant->table != NULL, .of = {{requant->table, UINT64_MAX}}};
    if (requant->table && requant->class_of)
        find_tables(out, requant, _mm512_loadu_si512(requant->class_of + first), exist);
}

/* For vectors of four times the same 16 channels. */
static void find_tables_of_16(channel_tables *out, const psb_requant_u8 *requant, size_t first, __mmask16 exist)
{
    *out = (channel_tables){.count = requant->table != NULL, .of = {{requant->table, UINT64_MAX}}};
    if (!requant->table || !requant->class_of) return;
    const __m128i classes = _mm_loadu_si128((const __m128i *)(const void *)(requant->class_of + first));
    find_tables(out, requant, _mm512_broadcast_i32x4(classes), exist * UINT64_C(0x0001000100010001));
}

/* Loaded once: between stores of bytes, which could be anybody's, a compiler would load it again and again. */
typedef struct byte_table {
    bool exists;
    __m512i part[4];
} byte_table;

/* The table that all channels share. */
PSB_ALWAYS_INLINE byte_table byte_table_of(const channel_tables *tables)
{
    byte_table table = {.exists = tables->count == 1};
    PSB_UNROLL
    for (size_t i = 0; i < 4; i++)
        table.part[i] = table.exists ? _mm512_loadu_si512(tables->of[0].table + i * 64) : _mm512_setzero_si512();
    return table;
}

/* `in_high` says which bytes are 128 and above. */
PSB_ALWAYS_INLINE __m512i look_up_one(const byte_table *table, __m512i at, __mmask64 in_high)
{
    __m512i low = _mm512_permutex2var_epi8(table->part[0], at, table->part[1]);
    __m512i high = _mm512_permutex2var_epi8(table->part[2], at, table->part[3]);
    return _mm512_mask_blend_epi8(in_high, low, high);
}

PSB_ALWAYS_INLINE __m512i look_up_bytes(const byte_table *table, __m512i at)
{
    return table->exists ? look_up_one(table, at, _mm512_movepi8_mask(at)) : at;
}

/* Bytes on their way through several tables, and their eighth bits. */
typedef struct byte_search {
    __m512i at, found;
    __mmask64 in_high;
} byte_search;

PSB_ALWAYS_INLINE byte_search begin_search(__m512i at)
{
    return (byte_search){at, at, _mm512_movepi8_mask(at)};
}

/* Class k's, of one vector or, where second is not NULL, of two. */
PSB_ALWAYS_INLINE void search_class(const channel_tables *tables, int32_t k, byte_search *first, byte_search *second)
{
    const __mmask64 own = tables->of[k].own;
    byte_table table;
    PSB_UNROLL
    for (size_t i = 0; i < 4; i++) table.part[i] = _mm512_loadu_si512(tables->of[k].table + i * 64);
    first->found = _mm512_mask_blend_epi8(own, first->found, look_up_one(&table, first->at, first->in_high));
    if (second)
        second->found = _mm512_mask_blend_epi8(own, second->found, look_up_one(&table, second->at, second->in_high));
}

/* Several tables, for one vector of bytes or, if second is there, two of the same channels: a constant in each caller.
 * The first two stand before the loop, and no compiler may write it out: vectors of more are rare, and functions that
 * do this are many. */
PSB_ALWAYS_INLINE void look_up_channels(const channel_tables *tables, __m512i *first, __m512i *second)
{
    byte_search one = begin_search(*first), other = begin_search(second ? *second : *first);
    search_class(tables, 0, &one, second ? &other : NULL);
    if (tables->count > 1) search_class(tables, 1, &one, second ? &other : NULL);
    for (int32_t k = 2; k < tables->count; k++) {
        PSB_ASM("" : "+r"(k));
        search_class(tables, k, &one, second ? &other : NULL);
    }
    *first = one.found;
    if (second) *second = other.found;
}

#else

enum { HAS_LOOK_UP = 0 };

typedef struct byte_table {
    bool exists;
} byte_table;

static void find_tables_of_64(channel_tables *out, const psb_requant_u8 *requant, size_t first, __mmask64 exist)
{
    (void)requant, (void)first, (void)exist;
    out->count = 0;
}

static void find_tables_of_16(channel_tables *out, const psb_requant_u8 *requant, size_t first, __mmask16 exist)
{
    (void)requant, (void)first, (void)exist;
    out->count = 0;
}

PSB_ALWAYS_INLINE byte_table byte_table_of(const channel_tables *tables)
{
    (void)tables;
    return (byte_table){false};
}

PSB_ALWAYS_INLINE __m512i look_up_bytes(const byte_table *table, __m512i at)
{
    (void)table;
    return at;
}

PSB_ALWAYS_INLINE void look_up_channels(const channel_tables *tables, __m512i *first, __m512i *second)
{
    (void)tables, (void)first, (void)second;
}

#endif
#endif
