/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise integer convolution for AVX2: sixteen channels at a time, two taps at a time. Bytes are widened to words
 * and those of two taps interleaved, so that vpmaddwd, which does not saturate, multiplies both and adds them.
 */
#include "kernels/dwconv_u8s8.h"

#include <immintrin.h>

#include <string.h>

#include "base/compiler.h"
#include "kernels/dwconv_u8s8_slots_int.h"

enum { LANES = 16, HEAD_BYTES = LANES * 8, PAIR_BYTES = LANES * 2 * sizeof(int16_t) };

PSB_ALWAYS_INLINE __m256i load(const void *p)
{
    return _mm256_loadu_si256(p);
}

/* Sixteen bytes as words; of the last channels only those that exist are read. is_whole is a constant in each caller.
 */
PSB_ALWAYS_INLINE __m256i words_at(const uint8_t *p, size_t count, const bool is_whole)
{
    if (is_whole) return _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(const void *)p));
    uint8_t bytes[LANES] = {0};
    memcpy(bytes, p, count);
    return _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(const void *)bytes));
}

PSB_ALWAYS_INLINE __m256i scaled(__m256i sum, const unsigned char *multiplier)
{
    return _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_castsi256_ps(load(multiplier))));
}

PSB_ALWAYS_INLINE void sum_slots(const dw_picture *p, const dw_slots *slots, uint8_t *out, size_t block, size_t count,
                                 const bool is_whole)
{
    const psb_requant_u8 *requant = &p->args->requant;
    const unsigned char *head =
        (const unsigned char *)p->args->packed + block * (HEAD_BYTES + p->slots / 2 * PAIR_BYTES);
    const unsigned char *weights = head + HEAD_BYTES;
    __m256i low = load(head), high = load(head + 32);
    for (size_t s = 0; s < p->slots; s += 2, weights += PAIR_BYTES) {
        __m256i a = words_at(slots->at[s], count, is_whole), b = words_at(slots->at[s + 1], count, is_whole);
        low = _mm256_add_epi32(low, _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), load(weights)));
        high = _mm256_add_epi32(high, _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), load(weights + 32)));
    }
    /* low holds channels 0..3 and 8..11, high the others: packing puts them in order. */
    __m256i words = _mm256_packs_epi32(scaled(low, head + 64), scaled(high, head + 96));
    words = _mm256_adds_epi16(words, _mm256_set1_epi16((int16_t)requant->zero));
    __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    bytes = _mm_max_epu8(bytes, _mm_set1_epi8((char)requant->low));
    bytes = _mm_min_epu8(bytes, _mm_set1_epi8((char)requant->high));
    if (is_whole) {
        _mm_storeu_si128((__m128i *)(void *)out, bytes);
        return;
    }
    uint8_t last[LANES];
    _mm_storeu_si128((__m128i *)(void *)last, bytes);
    memcpy(out, last, count);
}

/* Outputs x .. end - 1 of row y; they share which of their taps are padding. */
static void run_pixels(const dw_picture *p, int32_t y, int32_t x, int32_t end)
{
    const psb_window *w = &p->args->window;
    dw_slots slots;
    for (size_t c = 0, block = 0; c < (size_t)w->channels && x < end; c += LANES, block++) {
        size_t left = (size_t)w->channels - c;
        uint8_t *out = p->args->out + (size_t)y * w->out_row + (size_t)x * w->out_pixel + c;
        find_slots(&slots, p, y, x, c, (size_t)w->stride_x * w->in_pixel);
        for (int32_t i = x; i < end; i++, out += w->out_pixel) {
            if (left >= LANES)
                sum_slots(p, &slots, out, block, LANES, true);
            else
                sum_slots(p, &slots, out, block, left, false);
            advance(&slots, p->slots);
        }
    }
}

void psb_dwconv_u8s8_avx2(const psb_dwconv_u8s8_args *args)
{
    const psb_window *w = &args->window;
    dw_picture p = {.args = args, .row_slots = (size_t)w->kernel_width};
    p.slots = ((size_t)w->kernel_height * p.row_slots + 1) / 2 * 2;
    memset(p.pad, args->in_zero, sizeof(p.pad));

    int32_t first, end;
    find_inside(w, &first, &end);
    for (int32_t y = 0; y < w->out_height; y++) {
        for (int32_t x = 0; x < first; x++) run_pixels(&p, y, x, x + 1);
        run_pixels(&p, y, first, end);
        for (int32_t x = end; x < w->out_width; x++) run_pixels(&p, y, x, x + 1);
    }
    if (args->requant.table) apply_table(args);
}
