/* SPDX-License-Identifier: Apache-2.0
 *
 * The prepare kernels for AVX-512: thirty-two samples blended at once, sixteen pixels read by gathering pairs of
 * samples; the last ones under a mask.
 */
#include "kernels/prepare.h"

#include <immintrin.h>

enum { SAMPLES = 32, PIXELS = 16 };

/* The lowest n bits; n up to 32. */
static uint32_t low_bits(int32_t n)
{
    return n >= 32 ? UINT32_MAX : (1u << n) - 1u;
}

void psb_prepare_blend_avx512(int16_t *out, const uint8_t *a, const uint8_t *b, int32_t weight, int32_t count)
{
    const __m512i weights = _mm512_set1_epi16((int16_t)weight);
    for (int32_t i = 0; i < count; i += SAMPLES) {
        const __mmask32 mask = low_bits(count - i);
        const __m512i from = _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(mask, a + i));
        const __m512i to = _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(mask, b + i));
        const __m512i way = _mm512_slli_epi16(_mm512_sub_epi16(to, from), 7);
        /* mulhrs is (way * weight + 2^14) >> 15: the specification's very rounding. */
        const __m512i sum = _mm512_add_epi16(_mm512_slli_epi16(from, 7), _mm512_mulhrs_epi16(way, weights));
        _mm512_mask_storeu_epi16(out + i, mask, sum);
    }
}

static __m512 read_taps(const int16_t *row, __mmask16 mask, __m512i at, __m512i weight)
{
    const __m512i pairs = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), mask, at, row, sizeof(*row));
    return _mm512_cvtepi32_ps(_mm512_madd_epi16(pairs, weight));
}

static __m512 channel(const psb_prepare_row_args *args, int32_t c, __m512 y, __m512 cb, __m512 cr)
{
    __m512 v = _mm512_add_ps(y, _mm512_mul_ps(cb, _mm512_set1_ps(args->cb_factor[c])));
    v = _mm512_add_ps(v, _mm512_mul_ps(cr, _mm512_set1_ps(args->cr_factor[c])));
    v = _mm512_add_ps(v, _mm512_set1_ps(args->offset[c]));
    v = _mm512_min_ps(_mm512_max_ps(v, _mm512_setzero_ps()), _mm512_set1_ps(255.0f));
    return _mm512_add_ps(_mm512_mul_ps(v, _mm512_set1_ps(args->gain[c])), _mm512_set1_ps(args->bias[c]));
}

/* One of the three vectors of abc abc abc ...: `from` says where each lane's a or b lies (16 and above: in b), c goes
 * into the lanes of c_lanes. */
static __m512 interleave(__m512 a, __m512 b, __m512 c, __m512i from, __mmask16 c_lanes)
{
    return _mm512_mask_permutexvar_ps(_mm512_permutex2var_ps(a, from, b), c_lanes, from, c);
}

static void store_interleaved(float *out, int32_t pixels, const __m512 v[3])
{
    /* Lane k of vector n holds channel (16 n + k) % 3 of pixel (16 n + k) / 3; b counts from 16, c from 0. */
    const __m512i first = _mm512_setr_epi32(0, 16, 0, 1, 17, 1, 2, 18, 2, 3, 19, 3, 4, 20, 4, 5);
    const __m512i second = _mm512_setr_epi32(21, 5, 6, 22, 6, 7, 23, 7, 8, 24, 8, 9, 25, 9, 10, 26);
    const __m512i third = _mm512_setr_epi32(10, 11, 27, 11, 12, 28, 12, 13, 29, 13, 14, 30, 14, 15, 31, 15);
    const uint64_t mask = pixels == PIXELS ? UINT64_MAX : (UINT64_C(1) << (3 * pixels)) - 1;
    _mm512_mask_storeu_ps(out, (__mmask16)mask, interleave(v[0], v[1], v[2], first, 0x4924));
    _mm512_mask_storeu_ps(out + 16, (__mmask16)(mask >> 16), interleave(v[0], v[1], v[2], second, 0x2492));
    _mm512_mask_storeu_ps(out + 32, (__mmask16)(mask >> 32), interleave(v[0], v[1], v[2], third, 0x9249));
}

static void store_strided(const psb_prepare_row_args *args, int32_t i, int32_t pixels, const __m512 values[3])
{
    float *out = args->out + i * args->pixel_step;
    if (args->pixel_step == 3 && args->channel_step == 1) {
        store_interleaved(out, pixels, values);
        return;
    }
    for (int32_t c = 0; c < 3; c++) {
        float lanes[PIXELS];
        _mm512_storeu_ps(lanes, values[c]);
        for (int32_t k = 0; k < pixels; k++) out[k * args->pixel_step + c * args->channel_step] = lanes[k];
    }
}

void psb_prepare_row_avx512(const psb_prepare_row_args *args)
{
    for (int32_t i = 0; i < args->width; i += PIXELS) {
        const int32_t pixels = args->width - i < PIXELS ? args->width - i : PIXELS;
        const __mmask16 mask = (__mmask16)low_bits(pixels);
        const __m512i luma_at = _mm512_maskz_loadu_epi32(mask, args->luma_taps.at + i);
        const __m512i luma_weight = _mm512_maskz_loadu_epi32(mask, args->luma_taps.weight + 2 * i);
        const __m512i chroma_at = _mm512_maskz_loadu_epi32(mask, args->chroma_taps.at + i);
        const __m512i chroma_weight = _mm512_maskz_loadu_epi32(mask, args->chroma_taps.weight + 2 * i);
        const __m512 y =
            _mm512_mul_ps(read_taps(args->luma, mask, luma_at, luma_weight), _mm512_set1_ps(args->luma_factor));
        const __m512 cb = read_taps(args->cb, mask, chroma_at, chroma_weight);
        const __m512 cr = read_taps(args->cr, mask, chroma_at, chroma_weight);
        const __m512 values[3] = {channel(args, 0, y, cb, cr), channel(args, 1, y, cb, cr),
                                  channel(args, 2, y, cb, cr)};
        store_strided(args, i, pixels, values);
    }
}
