/* SPDX-License-Identifier: Apache-2.0
 *
 * The prepare kernels for AVX2: sixteen samples blended at once, eight pixels read by gathering pairs of samples. The
 * pixels that are left over are the specification's own.
 */
#include "kernels/prepare.h"

#include <immintrin.h>

enum { SAMPLES = 16, PIXELS = 8 };

static void blend_block(int16_t *out, const uint8_t *a, const uint8_t *b, __m256i weight)
{
    const __m256i from = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(const void *)a));
    const __m256i to = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(const void *)b));
    const __m256i way = _mm256_slli_epi16(_mm256_sub_epi16(to, from), 7);
    /* mulhrs is (way * weight + 2^14) >> 15: the specification's very rounding. */
    const __m256i sum = _mm256_add_epi16(_mm256_slli_epi16(from, 7), _mm256_mulhrs_epi16(way, weight));
    _mm256_storeu_si256((__m256i *)(void *)out, sum);
}

void psb_prepare_blend_avx2(int16_t *out, const uint8_t *a, const uint8_t *b, int32_t weight, int32_t count)
{
    if (count < SAMPLES) {
        psb_prepare_blend_c(out, a, b, weight, count);
        return;
    }
    const __m256i weights = _mm256_set1_epi16((int16_t)weight);
    int32_t i = 0;
    for (; i <= count - SAMPLES; i += SAMPLES) blend_block(out + i, a + i, b + i, weights);
    /* The last block may overlap the one before it: it writes the same again. */
    if (i < count) blend_block(out + count - SAMPLES, a + count - SAMPLES, b + count - SAMPLES, weights);
}

static __m256 read_taps(const int16_t *row, __m256i at, __m256i weight)
{
    const __m256i pairs = _mm256_i32gather_epi32((const int *)(const void *)row, at, sizeof(*row));
    return _mm256_cvtepi32_ps(_mm256_madd_epi16(pairs, weight));
}

static __m256 channel(const psb_prepare_row_args *args, int32_t c, __m256 y, __m256 cb, __m256 cr)
{
    __m256 v = _mm256_add_ps(y, _mm256_mul_ps(cb, _mm256_set1_ps(args->cb_factor[c])));
    v = _mm256_add_ps(v, _mm256_mul_ps(cr, _mm256_set1_ps(args->cr_factor[c])));
    v = _mm256_add_ps(v, _mm256_set1_ps(args->offset[c]));
    v = _mm256_min_ps(_mm256_max_ps(v, _mm256_setzero_ps()), _mm256_set1_ps(255.0f));
    return _mm256_add_ps(_mm256_mul_ps(v, _mm256_set1_ps(args->gain[c])), _mm256_set1_ps(args->bias[c]));
}

/* abc abc abc ...: in each half of the registers four pixels make three vectors, then the halves are sorted. */
static void store_interleaved(float *out, __m256 a, __m256 b, __m256 c)
{
    const __m256 ab = _mm256_shuffle_ps(a, b, _MM_SHUFFLE(2, 0, 2, 0)); /* a0 a2 b0 b2 */
    const __m256 bc = _mm256_shuffle_ps(b, c, _MM_SHUFFLE(3, 1, 3, 1)); /* b1 b3 c1 c3 */
    const __m256 ca = _mm256_shuffle_ps(c, a, _MM_SHUFFLE(3, 1, 2, 0)); /* c0 c2 a1 a3 */
    const __m256 first = _mm256_shuffle_ps(ab, ca, _MM_SHUFFLE(2, 0, 2, 0));
    const __m256 second = _mm256_shuffle_ps(bc, ab, _MM_SHUFFLE(3, 1, 2, 0));
    const __m256 third = _mm256_shuffle_ps(ca, bc, _MM_SHUFFLE(3, 1, 3, 1));
    _mm256_storeu_ps(out, _mm256_permute2f128_ps(first, second, 0x20));
    _mm256_storeu_ps(out + 8, _mm256_permute2f128_ps(third, first, 0x30));
    _mm256_storeu_ps(out + 16, _mm256_permute2f128_ps(second, third, 0x31));
}

static void store_strided(const psb_prepare_row_args *args, int32_t i, const __m256 values[3])
{
    float *out = args->out + i * args->pixel_step;
    if (args->pixel_step == 3 && args->channel_step == 1) {
        store_interleaved(out, values[0], values[1], values[2]);
        return;
    }
    for (int32_t c = 0; c < 3; c++) {
        float lanes[PIXELS];
        _mm256_storeu_ps(lanes, values[c]);
        for (int32_t k = 0; k < PIXELS; k++) out[k * args->pixel_step + c * args->channel_step] = lanes[k];
    }
}

/* Eight pixels from pixel i on, by channel. */
static void read_pixels(__m256 values[3], const psb_prepare_row_args *args, int32_t i)
{
    const __m256i luma_at = _mm256_loadu_si256((const __m256i *)(const void *)(args->luma_taps.at + i));
    const __m256i luma_weight = _mm256_loadu_si256((const __m256i *)(const void *)(args->luma_taps.weight + 2 * i));
    const __m256i chroma_at = _mm256_loadu_si256((const __m256i *)(const void *)(args->chroma_taps.at + i));
    const __m256i chroma_weight = _mm256_loadu_si256((const __m256i *)(const void *)(args->chroma_taps.weight + 2 * i));
    const __m256 y = _mm256_mul_ps(read_taps(args->luma, luma_at, luma_weight), _mm256_set1_ps(args->luma_factor));
    const __m256 cb = read_taps(args->cb, chroma_at, chroma_weight);
    const __m256 cr = read_taps(args->cr, chroma_at, chroma_weight);
    for (int32_t c = 0; c < 3; c++) values[c] = channel(args, c, y, cb, cr);
}

/* The pixels from i on, which the specification does. */
static psb_prepare_row_args rest_of(const psb_prepare_row_args *args, int32_t i)
{
    psb_prepare_row_args rest = *args;
    rest.luma_taps = (psb_prepare_taps){args->luma_taps.at + i, args->luma_taps.weight + 2 * i};
    rest.chroma_taps = (psb_prepare_taps){args->chroma_taps.at + i, args->chroma_taps.weight + 2 * i};
    rest.width -= i;
    return rest;
}

void psb_prepare_row_avx2(const psb_prepare_row_args *args)
{
    int32_t i = 0;
    for (; i <= args->width - PIXELS; i += PIXELS) {
        __m256 values[3];
        read_pixels(values, args, i);
        store_strided(args, i, values);
    }
    if (i == args->width) return;
    psb_prepare_row_args rest = rest_of(args, i);
    rest.out += i * args->pixel_step;
    psb_prepare_row_c(&rest);
}

static __m256i to_byte(__m256 v)
{
    return _mm256_cvtps_epi32(_mm256_min_ps(_mm256_max_ps(v, _mm256_setzero_ps()), _mm256_set1_ps(255.0f)));
}

static void store_bytes(const psb_prepare_row_args *args, int32_t i, const __m256 values[3])
{
    uint8_t *out = args->out_u8 + i * args->pixel_step;
    const __m256i first = _mm256_or_si256(to_byte(values[0]), _mm256_slli_epi32(to_byte(values[1]), 8));
    const __m256i all = _mm256_or_si256(first, _mm256_slli_epi32(to_byte(values[2]), 16));
    if (args->pixel_step == 3 && args->channel_step == 1) {
        /* Each half's four pixels without their fourth byte, then the halves side by side. */
        const __m256i bytes =
            _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1));
        const __m256i halves = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);
        const __m256i packed = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(all, bytes), halves);
        _mm_storeu_si128((__m128i *)(void *)out, _mm256_castsi256_si128(packed));
        _mm_storel_epi64((__m128i *)(void *)(out + 16), _mm256_extracti128_si256(packed, 1));
        return;
    }
    uint32_t lanes[PIXELS];
    _mm256_storeu_si256((__m256i *)(void *)lanes, all);
    for (int32_t k = 0; k < PIXELS; k++)
        for (int32_t c = 0; c < 3; c++)
            out[k * args->pixel_step + c * args->channel_step] = (uint8_t)(lanes[k] >> 8 * c);
}

void psb_prepare_row_u8_avx2(const psb_prepare_row_args *args)
{
    int32_t i = 0;
    for (; i <= args->width - PIXELS; i += PIXELS) {
        __m256 values[3];
        read_pixels(values, args, i);
        store_bytes(args, i, values);
    }
    if (i == args->width) return;
    psb_prepare_row_args rest = rest_of(args, i);
    rest.out_u8 += i * args->pixel_step;
    psb_prepare_row_u8_c(&rest);
}
