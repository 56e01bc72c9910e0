/* SPDX-License-Identifier: Apache-2.0
 *
 * Sums of absolute differences for AVX2. vmpsadbw compares four bytes of the block with eight places of a row at once,
 * in either half of a register; the low half takes the block's first four bytes of eight, the high half the others,
 * and the two are added at the end. Sums stay below 2^16, so sixteen-bit lanes hold them.
 */
#include "kernels/sad_u8.h"

#include <immintrin.h>

#include "base/compiler.h"

/* The immediates: low half block bytes 0..3 at area byte 0, high half block bytes 4..7 at area byte 4; then the same
 * for block bytes 8..15, of which the area's register begins eight bytes later. */
enum { FIRST_EIGHT = 0x28, SECOND_EIGHT = 0x3a };

PSB_ALWAYS_INLINE __m256i both_halves(const uint8_t *p)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)p));
}

PSB_ALWAYS_INLINE void store_sums(uint16_t *out, __m256i sums)
{
    _mm_storeu_si128((__m128i *)(void *)out,
                     _mm_add_epi16(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1)));
}

void psb_sad_u8_run8_avx2(const psb_sad_u8_args *args)
{
    __m256i block[8];
    for (int32_t y = 0; y < 8; y++)
        block[y] = _mm256_broadcastsi128_si256(
            _mm_loadl_epi64((const __m128i *)(const void *)(args->block + y * args->ld_block)));
    for (int32_t v = 0; v < args->places; v++)
        for (int32_t u = 0; u < args->places; u += 8) {
            const uint8_t *area = args->area + v * args->ld_area + u;
            __m256i sums = _mm256_setzero_si256();
            for (int32_t y = 0; y < 8; y++)
                sums = _mm256_add_epi16(
                    sums, _mm256_mpsadbw_epu8(both_halves(area + y * args->ld_area), block[y], FIRST_EIGHT));
            store_sums(args->out + v * args->places + u, sums);
        }
}

void psb_sad_u8_run16_avx2(const psb_sad_u8_args *args)
{
    for (int32_t v = 0; v < args->places; v++)
        for (int32_t u = 0; u < args->places; u += 8) {
            const uint8_t *area = args->area + v * args->ld_area + u;
            __m256i sums = _mm256_setzero_si256();
            for (int32_t y = 0; y < 16; y++) {
                const __m256i block = both_halves(args->block + y * args->ld_block);
                const __m256i near = both_halves(area + y * args->ld_area);
                const __m256i far = both_halves(area + y * args->ld_area + 8);
                sums = _mm256_add_epi16(sums, _mm256_mpsadbw_epu8(near, block, FIRST_EIGHT));
                sums = _mm256_add_epi16(sums, _mm256_mpsadbw_epu8(far, block, SECOND_EIGHT));
            }
            store_sums(args->out + v * args->places + u, sums);
        }
}
