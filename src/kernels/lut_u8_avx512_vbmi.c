/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes through a table for AVX-512 with VBMI: the table lies in four registers, each half of it is looked up by one
 * instruction in two of them (vpermi2b reads seven bits), and the eighth bit chooses between the halves.
 */
#include "kernels/lut_u8.h"

#include <immintrin.h>
#include <stdbool.h>

#include "base/compiler.h"

enum { LANES = 64 };

typedef struct table_halves {
    __m512i part[4];
} table_halves;

PSB_ALWAYS_INLINE __m512i look_up(const table_halves *table, __m512i at)
{
    __m512i low = _mm512_permutex2var_epi8(table->part[0], at, table->part[1]);
    __m512i high = _mm512_permutex2var_epi8(table->part[2], at, table->part[3]);
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(at), low, high);
}

static void look_up_row(const table_halves *table, uint8_t *out, const uint8_t *in, size_t count)
{
    const table_halves t = *table;
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) _mm512_storeu_si512(out + i, look_up(&t, _mm512_loadu_si512(in + i)));
    if (i == count) return;
    const __mmask64 mask = (UINT64_C(1) << (count - i)) - 1;
    _mm512_mask_storeu_epi8(out + i, mask, look_up(&t, _mm512_maskz_loadu_epi8(mask, in + i)));
}

static table_halves load_table(const uint8_t *table)
{
    table_halves halves;
    for (size_t i = 0; i < 4; i++) halves.part[i] = _mm512_loadu_si512(table + i * LANES);
    return halves;
}

/* Every class that a vector has is looked up for all of it; the class's own bytes are kept. */
static void look_up_classes(const psb_lut_u8_args *args, uint8_t *out, const uint8_t *in, size_t count)
{
    size_t phase = 0;
    for (size_t i = 0; i < count; i += LANES) {
        const __mmask64 there = count - i >= LANES ? ~UINT64_C(0) : (UINT64_C(1) << (count - i)) - 1;
        const __m512i at = _mm512_maskz_loadu_epi8(there, in + i);
        const __m512i classes = _mm512_maskz_loadu_epi8(there, args->class_of + phase);
        __m512i found = _mm512_setzero_si512();
        for (int32_t k = 0; k < args->class_count; k++) {
            const __mmask64 own = _mm512_cmpeq_epi8_mask(classes, _mm512_set1_epi8((char)k));
            if (!own) continue;
            const table_halves table = load_table(args->table + 256 * (size_t)k);
            found = _mm512_mask_blend_epi8(own, found, look_up(&table, at));
        }
        _mm512_mask_storeu_epi8(out + i, there, found);
        phase = (phase + LANES) % args->period;
    }
}

void psb_lut_u8_avx512_vbmi(const psb_lut_u8_args *args)
{
    if (args->class_of) {
        const bool is_flat = args->ld_out == args->columns && args->ld_in == args->columns;
        const size_t rows = is_flat ? 1 : args->rows, columns = args->columns * (is_flat ? args->rows : 1);
        for (size_t i = 0; i < rows; i++)
            look_up_classes(args, args->out + i * args->ld_out, args->in + i * args->ld_in, columns);
        return;
    }
    const table_halves table = load_table(args->table);
    if (args->ld_out == args->columns && args->ld_in == args->columns) {
        look_up_row(&table, args->out, args->in, args->rows * args->columns);
        return;
    }
    for (size_t i = 0; i < args->rows; i++)
        look_up_row(&table, args->out + i * args->ld_out, args->in + i * args->ld_in, args->columns);
}
