/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes through a table for AVX2: vpshufb knows tables of sixteen, so each of the sixteen parts is asked and answers
 * zero for bytes that are not its own. Byte x belongs to part x / 16; exclusive-or with 16 times the part's number
 * leaves 0..15 for its own bytes, and a saturating addition of 112 sets the top bit, which means zero, of all others.
 */
#include "kernels/lut_u8.h"

#include <immintrin.h>
#include <stdbool.h>

#include "base/compiler.h"

enum { LANES = 32, PARTS = 16 };

PSB_ALWAYS_INLINE __m256i look_up(const uint8_t *table, __m256i at)
{
    __m256i found = _mm256_setzero_si256();
    for (int32_t part = 0; part < PARTS; part++) {
        __m256i values =
            _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)(table + 16 * part)));
        __m256i own = _mm256_xor_si256(at, _mm256_set1_epi8((char)(16 * part)));
        found = _mm256_or_si256(found, _mm256_shuffle_epi8(values, _mm256_adds_epu8(own, _mm256_set1_epi8(0x70))));
    }
    return found;
}

static void look_up_row(const uint8_t *table, uint8_t *out, const uint8_t *in, size_t count)
{
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        __m256i at = _mm256_loadu_si256((const __m256i *)(const void *)(in + i));
        _mm256_storeu_si256((__m256i *)(void *)(out + i), look_up(table, at));
    }
    for (; i < count; i++) out[i] = table[in[i]];
}

/* Every class's table is asked, and answers for its own channels. */
static void look_up_classes(const psb_lut_u8_args *args, uint8_t *out, const uint8_t *in, size_t count)
{
    size_t i = 0, phase = 0;
    for (; i + LANES <= count; i += LANES) {
        const __m256i at = _mm256_loadu_si256((const __m256i *)(const void *)(in + i));
        const __m256i classes = _mm256_loadu_si256((const __m256i *)(const void *)(args->class_of + phase));
        __m256i found = _mm256_setzero_si256();
        for (int32_t k = 0; k < args->class_count; k++) {
            const __m256i own = _mm256_cmpeq_epi8(classes, _mm256_set1_epi8((char)k));
            if (_mm256_testz_si256(own, own)) continue;
            found = _mm256_or_si256(found, _mm256_and_si256(own, look_up(args->table + 256 * (size_t)k, at)));
        }
        _mm256_storeu_si256((__m256i *)(void *)(out + i), found);
        phase = (phase + LANES) % args->period;
    }
    for (; i < count; i++, phase++) out[i] = args->table[256 * (size_t)args->class_of[phase] + in[i]];
}

void psb_lut_u8_avx2(const psb_lut_u8_args *args)
{
    if (args->class_of) {
        const bool is_flat = args->ld_out == args->columns && args->ld_in == args->columns;
        const size_t rows = is_flat ? 1 : args->rows, columns = args->columns * (is_flat ? args->rows : 1);
        for (size_t i = 0; i < rows; i++)
            look_up_classes(args, args->out + i * args->ld_out, args->in + i * args->ld_in, columns);
        return;
    }
    if (args->ld_out == args->columns && args->ld_in == args->columns) {
        look_up_row(args->table, args->out, args->in, args->rows * args->columns);
        return;
    }
    for (size_t i = 0; i < args->rows; i++)
        look_up_row(args->table, args->out + i * args->ld_out, args->in + i * args->ld_in, args->columns);
}
