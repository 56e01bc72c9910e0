/* SPDX-License-Identifier: Apache-2.0
 *
 * A plane made smaller, for AVX2: rows of a square are added as pairs of neighbours in sixteen bits, the sum is folded
 * sideways once per square. Written for sides 2, 4 and 8 (up to 4K pictures at the tracker's working size); other
 * sides and the last columns go the way of the specification.
 */
#include "kernels/decimate_u8.h"

#include <immintrin.h>

#include "base/compiler.h"

enum { LANES = 32 };

/* Sums of neighbours down `side` rows: sixteen sums of 2 x side samples. */
PSB_ALWAYS_INLINE __m256i pairs_down(const uint8_t *in, ptrdiff_t ld_in, int32_t side)
{
    const __m256i ones = _mm256_set1_epi8(1);
    __m256i sum = _mm256_setzero_si256();
    for (int32_t y = 0; y < side; y++) {
        const __m256i row = _mm256_loadu_si256((const __m256i *)(const void *)(in + y * ld_in));
        sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(row, ones));
    }
    return sum;
}

/* Sixteen means of 2 x 2. */
PSB_ALWAYS_INLINE void sixteen_of_2(uint8_t *out, const uint8_t *in, ptrdiff_t ld_in)
{
    const __m256i sum = _mm256_add_epi16(pairs_down(in, ld_in, 2), _mm256_set1_epi16(2));
    const __m256i mean = _mm256_srli_epi16(sum, 2);
    const __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi16(mean, mean), 0x08);
    _mm_storeu_si128((__m128i *)(void *)out, _mm256_castsi256_si128(packed));
}

/* Sixteen means of 4 x 4. */
PSB_ALWAYS_INLINE void sixteen_of_4(uint8_t *out, const uint8_t *in, ptrdiff_t ld_in)
{
    const __m256i a = pairs_down(in, ld_in, 4), b = pairs_down(in + LANES, ld_in, 4);
    const __m256i sum = _mm256_permute4x64_epi64(_mm256_hadd_epi16(a, b), 0xd8); /* in order again */
    const __m256i mean = _mm256_srli_epi16(_mm256_add_epi16(sum, _mm256_set1_epi16(8)), 4);
    const __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi16(mean, mean), 0x08);
    _mm_storeu_si128((__m128i *)(void *)out, _mm256_castsi256_si128(packed));
}

/* Eight means of 8 x 8. */
PSB_ALWAYS_INLINE void eight_of_8(uint8_t *out, const uint8_t *in, ptrdiff_t ld_in)
{
    const __m256i a = pairs_down(in, ld_in, 8), b = pairs_down(in + LANES, ld_in, 8);
    __m256i sum = _mm256_permute4x64_epi64(_mm256_hadd_epi16(a, b), 0xd8);
    sum = _mm256_permute4x64_epi64(_mm256_hadd_epi16(sum, sum), 0x08);
    const __m128i mean = _mm_srli_epi16(_mm_add_epi16(_mm256_castsi256_si128(sum), _mm_set1_epi16(32)), 6);
    _mm_storel_epi64((__m128i *)(void *)out, _mm_packus_epi16(mean, mean));
}

/* The columns of one row that fill whole registers; returns how many. */
PSB_ALWAYS_INLINE int32_t whole_columns(uint8_t *out, const uint8_t *in, const psb_decimate_u8_args *args)
{
    const int32_t count = args->columns, side = args->side;
    int32_t j = 0;
    if (side == 2)
        for (; j + 16 <= count; j += 16) sixteen_of_2(out + j, in + 2 * j, args->ld_in);
    else if (side == 4)
        for (; j + 16 <= count; j += 16) sixteen_of_4(out + j, in + 4 * j, args->ld_in);
    else if (side == 8)
        for (; j + 8 <= count; j += 8) eight_of_8(out + j, in + 8 * j, args->ld_in);
    return j;
}

void psb_decimate_u8_avx2(const psb_decimate_u8_args *args)
{
    for (int32_t i = 0; i < args->rows; i++) {
        uint8_t *const out = args->out + i * args->ld_out;
        const uint8_t *const in = args->in + (ptrdiff_t)i * args->side * args->ld_in;
        const int32_t done = whole_columns(out, in, args);
        psb_decimate_u8_args rest = *args;
        rest.out = out + done;
        rest.in = in + (ptrdiff_t)done * args->side;
        rest.rows = 1;
        rest.columns = args->columns - done;
        psb_decimate_u8_c(&rest);
    }
}
