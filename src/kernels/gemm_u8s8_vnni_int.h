/* SPDX-License-Identifier: Apache-2.0
 *
 * Integer matrix product for AVX-512 with VNNI: tiles of 14 rows by 32 columns: 28 sums, 2 weights and 1 value take 31
 * of the 32 registers. vpdpbusd multiplies four bytes with four signed bytes and adds all products to a lane, exactly.
 *
 * That instruction is written out, because gcc 12 moves the sums of its intrinsic through memory, which halves the
 * speed. Sums become bytes four vectors at a time: packed to words, moved by the zero point and packed to bytes with
 * saturation, which is the clamp to 0..255; then clamped to what the layer asks for, if it asks for less, and looked up
 * in its table, where the including file's instruction set can do that in registers. With few products a sum, as in
 * the first layers of a network, this and the fetching are most of the work, so every instruction of them counts.
 * Where a panel's columns are of several classes, its bytes are made sixteen columns of four rows at a time, because
 * fewer columns are of fewer classes.
 */
#ifndef PSB_KERNELS_GEMM_U8S8_VNNI_INT_H
#define PSB_KERNELS_GEMM_U8S8_VNNI_INT_H

#include <immintrin.h>

#include <stdbool.h>

#include "base/compiler.h"
#include "kernels/gemm_u8s8_tile_int.h"
#include "kernels/look_up_avx512_int.h"

enum { GEMM_ROWS = 14, GEMM_COLUMNS = 32, GEMM_WEIGHT_BYTES = 1 };
#define GEMM_ROWS_LIST(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)
enum { VECTOR = 16, GROUP = PSB_GEMM_U8S8_GROUP };

/* The four bytes at p in every lane. */
PSB_ALWAYS_INLINE __m512i spread_group(const uint8_t *p)
{
    __m512i x;
    PSB_ASM("vpbroadcastd %1, %0" : "=v"(x) : "m"(*(const uint8_t(*)[GROUP])p));
    return x;
}

PSB_ALWAYS_INLINE __m512i add_products(__m512i sum, __m512i bytes, __m512i weights)
{
    PSB_ASM("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(bytes), "v"(weights));
    return sum;
}

PSB_ALWAYS_INLINE __m512i scaled(__m512i sum, __m512 multiplier)
{
    return _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_cvtepi32_ps(sum), multiplier));
}

/* Of the first sixteen columns and of the others. */
struct panel_tables {
    channel_tables half[2];
};

static void find_panel_tables(panel_tables *out, const psb_requant_u8 *requant, size_t first, size_t columns)
{
    find_tables_of_16(&out->half[0], requant, first, (__mmask16)((1u << (columns < VECTOR ? columns : VECTOR)) - 1));
    out->half[1] = out->half[0];
    if (columns > VECTOR)
        find_tables_of_16(&out->half[1], requant, first + VECTOR, (__mmask16)((1u << (columns - VECTOR)) - 1));
}

/* More than one for all its columns. */
static bool has_several(const panel_tables *tables)
{
    return tables->half[0].count > 1 || tables->half[1].count > 1 ||
           tables->half[0].of[0].table != tables->half[1].of[0].table;
}

/* What turns sums of two vectors of columns into bytes. */
typedef struct byte_form {
    __m512 multiplier_low, multiplier_high;
    __m512i zero, low, high;
    bool is_limited; /* to less than 0..255 */
    byte_table table;
} byte_form;

PSB_ALWAYS_INLINE byte_form byte_form_of(const gemm_tile *tile, const unsigned char *multipliers_low,
                                         const unsigned char *multipliers_high)
{
    const psb_requant_u8 *requant = tile->requant;
    return (byte_form){.multiplier_low = _mm512_loadu_ps(multipliers_low),
                       .multiplier_high = _mm512_loadu_ps(multipliers_high),
                       .zero = _mm512_set1_epi16((int16_t)requant->zero),
                       .low = _mm512_set1_epi8((char)requant->low),
                       .high = _mm512_set1_epi8((char)requant->high),
                       .is_limited = requant->low > 0 || requant->high < UINT8_MAX,
                       .table = byte_table_of(&tile->tables->half[0])};
}

/* Sixteen bytes of each of four vectors, one vector after another, before any table. */
PSB_ALWAYS_INLINE __m512i pack_bytes(const byte_form *form, __m512i v0, __m512i v1, __m512i v2, __m512i v3)
{
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    __m512i first = _mm512_adds_epi16(_mm512_packs_epi32(v0, v1), form->zero);
    __m512i second = _mm512_adds_epi16(_mm512_packs_epi32(v2, v3), form->zero);
    __m512i bytes = _mm512_packus_epi16(first, second);
    if (form->is_limited) bytes = _mm512_min_epu8(_mm512_max_epu8(bytes, form->low), form->high);
    return _mm512_permutexvar_epi32(order, bytes);
}

PSB_ALWAYS_INLINE __m512i to_bytes(const byte_form *form, __m512i v0, __m512i v1, __m512i v2, __m512i v3)
{
    return look_up_bytes(&form->table, pack_bytes(form, v0, v1, v2, v3));
}

/* is_whole, all columns of the vectors exist, is a constant in each caller: one decision a tile, not one a row. */
PSB_ALWAYS_INLINE void store_32_bytes(uint8_t *c, __m256i bytes, __mmask32 mask, const bool is_whole)
{
    if (is_whole)
        _mm256_storeu_si256((__m256i *)(void *)c, bytes);
    else
        _mm256_mask_storeu_epi8(c, mask, bytes);
}

PSB_ALWAYS_INLINE void store_16_bytes(uint8_t *c, __m128i bytes, __mmask16 mask, const bool is_whole)
{
    if (is_whole)
        _mm_storeu_si128((__m128i *)(void *)c, bytes);
    else
        _mm_mask_storeu_epi8(c, mask, bytes);
}

/* Sixteen columns of up to four rows from c on. */
PSB_ALWAYS_INLINE void store_four_rows(uint8_t *c, size_t ldc, __m512i bytes, __mmask16 mask, int32_t rows,
                                       const bool is_whole)
{
    store_16_bytes(c, _mm512_castsi512_si128(bytes), mask, is_whole);
    if (rows > 1) store_16_bytes(c + ldc, _mm512_extracti32x4_epi32(bytes, 1), mask, is_whole);
    if (rows > 2) store_16_bytes(c + 2 * ldc, _mm512_extracti32x4_epi32(bytes, 2), mask, is_whole);
    if (rows > 3) store_16_bytes(c + 3 * ldc, _mm512_extracti32x4_epi32(bytes, 3), mask, is_whole);
}

PSB_ALWAYS_INLINE void store_wide(const gemm_tile *tile, const byte_form *form, const __m512i *low, const __m512i *high,
                                  const int32_t rows, const bool is_whole)
{
    const size_t ldc = tile->ldc;
    const __mmask32 mask = (__mmask32)((UINT64_C(1) << tile->columns) - 1);
    uint8_t *c = tile->c;
    PSB_UNROLL
    for (int32_t i = 0; i < rows; i += 2, c += 2 * ldc) {
        const int32_t next = i + 1 < rows ? i + 1 : i;
        PSB_ASM("" : "+r"(c)); /* else gcc computes all addresses first, and runs out of registers */
        __m512i bytes = to_bytes(form, scaled(low[i], form->multiplier_low), scaled(high[i], form->multiplier_high),
                                 scaled(low[next], form->multiplier_low), scaled(high[next], form->multiplier_high));
        store_32_bytes(c, _mm512_castsi512_si256(bytes), mask, is_whole);
        if (next > i) store_32_bytes(c + ldc, _mm512_extracti64x4_epi64(bytes, 1), mask, is_whole);
    }
}

PSB_ALWAYS_INLINE void store_narrow(const gemm_tile *tile, const byte_form *form, const __m512i *low,
                                    const int32_t rows, const bool is_whole)
{
    const size_t ldc = tile->ldc;
    const __mmask16 mask = (__mmask16)((1u << tile->columns) - 1u);
    uint8_t *c = tile->c;
    PSB_UNROLL
    for (int32_t i = 0; i < rows; i += 4, c += 4 * ldc) {
        PSB_ASM("" : "+r"(c));
        __m512i v[4];
        PSB_UNROLL
        for (int32_t k = 0; k < 4; k++) v[k] = scaled(low[i + k < rows ? i + k : i], form->multiplier_low);
        store_four_rows(c, ldc, to_bytes(form, v[0], v[1], v[2], v[3]), mask, rows - i, is_whole);
    }
}

/* What is left of a tile's columns from `first` on, as a mask of sixteen. */
PSB_ALWAYS_INLINE __mmask16 columns_from(const gemm_tile *tile, size_t first)
{
    const size_t columns = tile->columns - first;
    return columns >= VECTOR ? UINT16_MAX : (__mmask16)((1u << columns) - 1u);
}

/* Half of a tile's columns where they are of several classes. Eight rows at a time, so that what is loaded of a table
 * serves twice. */
PSB_ALWAYS_INLINE void store_half(const gemm_tile *tile, const byte_form *form, const __m512i *sums, __m512 multiplier,
                                  const int32_t rows, const size_t half)
{
    const channel_tables *tables = &tile->tables->half[half];
    const __mmask16 mask = columns_from(tile, half * VECTOR);
    const size_t ldc = tile->ldc;
    uint8_t *c = tile->c + half * VECTOR;
    PSB_UNROLL
    for (int32_t i = 0; i < rows; i += 8, c += 8 * ldc) {
        PSB_ASM("" : "+r"(c));
        __m512i v[8];
        PSB_UNROLL
        for (int32_t k = 0; k < 8; k++) v[k] = scaled(sums[i + k < rows ? i + k : i], multiplier);
        __m512i first = pack_bytes(form, v[0], v[1], v[2], v[3]), second = first;
        if (rows - i > 4) second = pack_bytes(form, v[4], v[5], v[6], v[7]);
        look_up_channels(tables, &first, rows - i > 4 ? &second : NULL);
        store_four_rows(c, ldc, first, mask, rows - i, mask == UINT16_MAX);
        if (rows - i > 4) store_four_rows(c + 4 * ldc, ldc, second, mask, rows - i - 4, mask == UINT16_MAX);
    }
}

PSB_ALWAYS_INLINE void store_floats(const gemm_tile *tile, __m512 multiplier, const __m512i *sums, size_t first,
                                    const int32_t rows)
{
    if (tile->columns <= first) return;
    size_t columns = tile->columns - first;
    __mmask16 mask = columns >= VECTOR ? UINT16_MAX : (__mmask16)((1u << columns) - 1u);
    PSB_UNROLL
    for (int32_t i = 0; i < rows; i++)
        _mm512_mask_storeu_ps(tile->c_f32 + (size_t)i * tile->ldc + first, mask,
                              _mm512_mul_ps(_mm512_cvtepi32_ps(sums[i]), multiplier));
}

/* Every third row's place; those of the two behind it are this plus one and two times lda, which an instruction adds
 * for nothing. The compiler is not to make one of these out of another. */
PSB_ALWAYS_INLINE void advance(const uint8_t **third, const int32_t count, size_t bytes)
{
    PSB_UNROLL
    for (int32_t i = 0; i < count; i++) {
        third[i] += bytes;
        PSB_ASM("" : "+r"(third[i]));
    }
}

/* rows and wide (two vectors instead of one) are constants in each caller. */
PSB_ALWAYS_INLINE void compute_tile(const gemm_tile *tile, const int32_t rows, const bool wide)
{
    const size_t lda = tile->lda, step = (wide ? GEMM_COLUMNS : VECTOR) * GROUP;
    const unsigned char *w = tile->panel;
    const uint8_t *a = tile->a;
    __m512i low[GEMM_ROWS], high[GEMM_ROWS];
    __m512i w_low = _mm512_loadu_si512(w), w_high = wide ? _mm512_loadu_si512(w + step / 2) : w_low;
    PSB_UNROLL
    for (int32_t i = 0; i < rows; i++) {
        low[i] = w_low;
        high[i] = w_high;
    }

    const unsigned char *multipliers = w + step;
    w += 2 * step;
    for (size_t s = 0; s < tile->segments; s++, a += tile->segment_stride) {
        const uint8_t *third[(GEMM_ROWS + 2) / 3];
        PSB_UNROLL
        for (int32_t i = 0; i < (rows + 2) / 3; i++) third[i] = a + (size_t)(3 * i) * lda;
        for (size_t g = 0; g < tile->groups; g++, w += step) {
            w_low = _mm512_loadu_si512(w);
            if (wide) w_high = _mm512_loadu_si512(w + step / 2);
            PSB_UNROLL
            for (int32_t i = 0; i < rows; i++) {
                __m512i x = spread_group(third[i / 3] + (size_t)(i % 3) * lda);
                low[i] = add_products(low[i], x, w_low);
                if (wide) high[i] = add_products(high[i], x, w_high);
            }
            advance(third, (rows + 2) / 3, GROUP);
        }
    }

    const byte_form form = byte_form_of(tile, multipliers, multipliers + (wide ? step / 2 : 0));
    if (!tile->c) {
        store_floats(tile, form.multiplier_low, low, 0, rows);
        if (wide) store_floats(tile, form.multiplier_high, high, VECTOR, rows);
    } else if (has_several(tile->tables)) {
        store_half(tile, &form, low, form.multiplier_low, rows, 0);
        if (wide) store_half(tile, &form, high, form.multiplier_high, rows, 1);
    } else if (tile->columns == (wide ? GEMM_COLUMNS : VECTOR)) {
        if (wide)
            store_wide(tile, &form, low, high, rows, true);
        else
            store_narrow(tile, &form, low, rows, true);
    } else {
        if (wide)
            store_wide(tile, &form, low, high, rows, false);
        else
            store_narrow(tile, &form, low, rows, false);
    }
}

/* --- Few products --- */

/* A sum of few products is ready so soon that what follows it is most of the work. Then all weights of a panel stay in
 * registers, and rows pass by four vectors of sums at a time: so little that the processor, which looks a few hundred
 * instructions ahead, is at the products of some, the scaling of others and the storing of yet others at once, which
 * it is not with whole tiles. */
enum { RESIDENT_VECTORS = 16, UNIT_VECTORS = 4, MOST_RESIDENT = 18 };

/* A panel in registers. */
typedef struct resident_panel {
    gemm_tile tile; /* its first rows; copies, as bytes that are stored could be anybody's */
    byte_form form;
    __m512i bias[2], weights[MOST_RESIDENT];
} resident_panel;

/* A constant in each caller; groups of all segments. */
typedef struct resident_form {
    int32_t segments, groups;
    bool wide;
} resident_form;

/* The sums of some rows from row i on, scaled: v[row * vectors + vector]. rows is a constant in each caller. */
PSB_ALWAYS_INLINE void multiply_rows_of(__m512i *v, const resident_panel *panel, size_t i, const int32_t rows,
                                        const resident_form of)
{
    const gemm_tile *tile = &panel->tile;
    const int32_t vectors = of.wide ? 2 : 1, in_segment = of.groups / of.segments;
    const uint8_t *a = tile->a + i * tile->lda;
    PSB_UNROLL
    for (int32_t r = 0; r < rows; r++) {
        PSB_UNROLL
        for (int32_t j = 0; j < vectors; j++) v[r * vectors + j] = panel->bias[j];
        PSB_UNROLL
        for (int32_t g = 0; g < of.groups; g++) {
            const size_t at = (size_t)(g / in_segment) * tile->segment_stride + (size_t)(g % in_segment) * GROUP;
            const __m512i x = spread_group(a + (size_t)r * tile->lda + at);
            PSB_UNROLL
            for (int32_t j = 0; j < vectors; j++)
                v[r * vectors + j] = add_products(v[r * vectors + j], x, panel->weights[g * vectors + j]);
        }
    }
    PSB_UNROLL
    for (int32_t k = 0; k < rows * vectors; k++)
        v[k] = scaled(v[k], of.wide && k % 2 ? panel->form.multiplier_high : panel->form.multiplier_low);
}

/* The unit of rows that begins with row i. */
PSB_ALWAYS_INLINE void multiply_unit(const resident_panel *panel, size_t i, const resident_form of)
{
    const gemm_tile *tile = &panel->tile;
    const byte_form *form = &panel->form;
    uint8_t *c = tile->c + i * tile->ldc;
    __m512i v[UNIT_VECTORS];
    multiply_rows_of(v, panel, i, UNIT_VECTORS / (of.wide ? 2 : 1), of);
    const __m512i bytes = to_bytes(form, v[0], v[1], v[2], v[3]);
    const bool is_whole = tile->columns == (of.wide ? GEMM_COLUMNS : VECTOR);
    const __mmask32 mask = (__mmask32)((UINT64_C(1) << tile->columns) - 1);
    if (of.wide) {
        store_32_bytes(c, _mm512_castsi512_si256(bytes), mask, is_whole);
        store_32_bytes(c + tile->ldc, _mm512_extracti64x4_epi64(bytes, 1), mask, is_whole);
        return;
    }
    store_four_rows(c, tile->ldc, bytes, (__mmask16)mask, 4, is_whole);
}

/* Four rows, or, of one vector, eight, where columns are of several classes: two vectors of bytes, which share what is
 * loaded of a table if they share their channels. */
PSB_ALWAYS_INLINE void multiply_classes_unit(const resident_panel *panel, size_t i, const resident_form of)
{
    const gemm_tile *tile = &panel->tile;
    const channel_tables *tables = tile->tables->half;
    const size_t ldc = tile->ldc;
    const int32_t step = of.wide ? 2 : 1, next = of.wide ? 1 : 4; /* from a row to the next; to the second four sums */
    uint8_t *c = tile->c + i * ldc;
    __m512i v[2 * UNIT_VECTORS];
    multiply_rows_of(v, panel, i, 2 * UNIT_VECTORS / step, of);
    __m512i first = pack_bytes(&panel->form, v[0], v[step], v[2 * step], v[3 * step]);
    __m512i second = pack_bytes(&panel->form, v[next], v[next + step], v[next + 2 * step], v[next + 3 * step]);
    look_up_channels(&tables[0], &first, of.wide ? NULL : &second);
    if (of.wide) look_up_channels(&tables[1], &second, NULL);
    const __mmask16 mask = columns_from(tile, of.wide ? VECTOR : 0);
    store_four_rows(c, ldc, first, mask, 4, of.wide || mask == UINT16_MAX);
    store_four_rows(of.wide ? c + VECTOR : c + 4 * ldc, ldc, second, mask, 4, mask == UINT16_MAX);
}

PSB_ALWAYS_INLINE void multiply_resident(const gemm_tile *tile, size_t rows, const resident_form of)
{
    const size_t vectors = of.wide ? 2 : 1, step = vectors * sizeof(__m512i), unit = UNIT_VECTORS / vectors;
    const unsigned char *w = tile->panel + 2 * step;
    resident_panel panel = {.tile = *tile,
                            .form = byte_form_of(tile, tile->panel + step, tile->panel + 2 * step - sizeof(__m512i))};
    PSB_UNROLL
    for (size_t j = 0; j < vectors; j++) panel.bias[j] = _mm512_loadu_si512(tile->panel + j * sizeof(__m512i));
    PSB_UNROLL
    for (size_t g = 0; g < (size_t)of.groups; g++) {
        PSB_UNROLL
        for (size_t j = 0; j < vectors; j++)
            panel.weights[g * vectors + j] = _mm512_loadu_si512(w + (g * vectors + j) * sizeof(__m512i));
    }
    /* The last unit reaches back: what it writes twice is the same. */
    if (has_several(tile->tables)) {
        for (size_t i = 0; i + 2 * unit <= rows; i += 2 * unit) multiply_classes_unit(&panel, i, of);
        if (rows % (2 * unit)) multiply_classes_unit(&panel, rows - 2 * unit, of);
        return;
    }
    for (size_t i = 0; i + unit <= rows; i += unit) multiply_unit(&panel, i, of);
    if (rows % unit) multiply_unit(&panel, rows - unit, of);
}

#define RESIDENT_LIST(X)        X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8)
#define RESIDENT_NARROW_LIST(X) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16)
#define X(groups)                                                                                                      \
    static void narrow_resident_##groups(const gemm_tile *tile, size_t rows)                                           \
    {                                                                                                                  \
        multiply_resident(tile, rows, (resident_form){1, groups, false});                                              \
    }
RESIDENT_LIST(X)
RESIDENT_NARROW_LIST(X)
#undef X
#define X(groups)                                                                                                      \
    static void wide_resident_##groups(const gemm_tile *tile, size_t rows)                                             \
    {                                                                                                                  \
        multiply_resident(tile, rows, (resident_form){1, groups, true});                                               \
    }
RESIDENT_LIST(X)
#undef X

/* 3x3 windows of three channels, with which networks begin: three kernel rows of nine bytes. */
enum { STEM_SEGMENTS = 3, STEM_GROUPS = 3 };

static void narrow_stem(const gemm_tile *tile, size_t rows)
{
    multiply_resident(tile, rows, (resident_form){STEM_SEGMENTS, STEM_SEGMENTS * STEM_GROUPS, false});
}

static void wide_stem(const gemm_tile *tile, size_t rows)
{
    multiply_resident(tile, rows, (resident_form){STEM_SEGMENTS, STEM_SEGMENTS * STEM_GROUPS, true});
}

typedef void gemm_resident_fn(const gemm_tile *tile, size_t rows);

/* [wide][groups - 1] */
static gemm_resident_fn *const resident_functions[2][RESIDENT_VECTORS] = {
#define X(groups) narrow_resident_##groups,
    {RESIDENT_LIST(X) RESIDENT_NARROW_LIST(X)},
#undef X
#define X(groups) wide_resident_##groups,
    {RESIDENT_LIST(X)},
#undef X
};

/* What multiplies so many rows at once with the tile's panel, or NULL: then tiles do. */
static gemm_resident_fn *find_resident(const gemm_tile *tile, size_t rows)
{
    const bool wide = tile->columns > VECTOR;
    const size_t least = (wide ? 2 : 4) * (has_several(tile->tables) ? 2 : 1); /* rows of a unit */
    if (!tile->c || rows < least) return NULL;
    if (tile->segments == STEM_SEGMENTS && tile->groups == STEM_GROUPS) return wide ? wide_stem : narrow_stem;
    if (tile->segments > 1 || tile->groups > RESIDENT_VECTORS) return NULL;
    return resident_functions[wide][tile->groups - 1];
}

#include "kernels/gemm_u8s8_simd_int.h"

#endif
