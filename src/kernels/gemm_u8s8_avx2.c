/* SPDX-License-Identifier: Apache-2.0
 *
 * Integer matrix product for AVX2: tiles of 4 rows by 16 columns: 8 sums, 4 weights, 3 values and a mask take the 16
 * registers. A group's four bytes are split into the even and the odd ones as words, and vpmaddwd, which does not
 * saturate, multiplies two of them with weights that were widened when packed.
 */
#include "kernels/gemm_u8s8.h"

#include <immintrin.h>

#include <stdbool.h>
#include <string.h>

#include "base/compiler.h"
#include "kernels/gemm_u8s8_tile_int.h"

enum { GEMM_ROWS = 4, GEMM_COLUMNS = 16, GEMM_WEIGHT_BYTES = 2, HAS_LOOK_UP = 0 };
#define GEMM_ROWS_LIST(X) X(1) X(2) X(3) X(4)
enum { VECTOR = 8, VECTOR_BYTES = 32, GROUP = PSB_GEMM_U8S8_GROUP };

PSB_ALWAYS_INLINE __m256i load(const void *p)
{
    return _mm256_loadu_si256(p);
}

PSB_ALWAYS_INLINE __m256i spread_group(const uint8_t *p)
{
    int32_t four;
    memcpy(&four, p, sizeof(four));
    return _mm256_set1_epi32(four);
}

PSB_ALWAYS_INLINE __m256i add_products(__m256i sum, __m256i even, __m256i odd, __m256i w_even, __m256i w_odd)
{
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(even, w_even));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(odd, w_odd));
}

PSB_ALWAYS_INLINE __m256i scaled(__m256i sum, __m256 multiplier)
{
    return _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_cvtepi32_ps(sum), multiplier));
}

PSB_ALWAYS_INLINE void store_row(uint8_t *c, __m128i bytes, size_t columns)
{
    if (columns == GEMM_COLUMNS) {
        _mm_storeu_si128((__m128i *)(void *)c, bytes);
        return;
    }
    uint8_t all[GEMM_COLUMNS];
    _mm_storeu_si128((__m128i *)(void *)all, bytes);
    memcpy(c, all, columns);
}

PSB_ALWAYS_INLINE void store_bytes(const gemm_tile *tile, __m256 m_low, __m256 m_high, const __m256i *low,
                                   const __m256i *high, const int32_t rows)
{
    /* Packing leaves four columns of low, then of high, of one row and of the next, in each half. */
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    const __m256i zero = _mm256_set1_epi16((int16_t)tile->requant->zero);
    const __m256i least = _mm256_set1_epi8((char)tile->requant->low);
    const __m256i most = _mm256_set1_epi8((char)tile->requant->high);
    uint8_t *c = tile->c;
    PSB_UNROLL
    for (int32_t i = 0; i < rows; i += 2, c += 2 * tile->ldc) {
        const int32_t next = i + 1 < rows ? i + 1 : i;
        __m256i first = _mm256_packs_epi32(scaled(low[i], m_low), scaled(high[i], m_high));
        __m256i second = _mm256_packs_epi32(scaled(low[next], m_low), scaled(high[next], m_high));
        __m256i bytes = _mm256_packus_epi16(_mm256_adds_epi16(first, zero), _mm256_adds_epi16(second, zero));
        bytes = _mm256_permutevar8x32_epi32(_mm256_min_epu8(_mm256_max_epu8(bytes, least), most), order);
        store_row(c, _mm256_castsi256_si128(bytes), tile->columns);
        if (next > i) store_row(c + tile->ldc, _mm256_extracti128_si256(bytes, 1), tile->columns);
    }
}

PSB_ALWAYS_INLINE void store_floats(const gemm_tile *tile, __m256 m_low, __m256 m_high, const __m256i *low,
                                    const __m256i *high, const int32_t rows)
{
    PSB_UNROLL
    for (int32_t i = 0; i < rows; i++) {
        float all[GEMM_COLUMNS];
        _mm256_storeu_ps(all, _mm256_mul_ps(_mm256_cvtepi32_ps(low[i]), m_low));
        _mm256_storeu_ps(all + VECTOR, _mm256_mul_ps(_mm256_cvtepi32_ps(high[i]), m_high));
        memcpy(tile->c_f32 + (size_t)i * tile->ldc, all, tile->columns * sizeof(float));
    }
}

/* rows and wide (two vectors instead of one) are constants in each caller. */
PSB_ALWAYS_INLINE void compute_tile(const gemm_tile *tile, const int32_t rows, const bool wide)
{
    const size_t vectors = wide ? 2 : 1, lda = tile->lda;
    const unsigned char *w = tile->panel;
    const uint8_t *a = tile->a;
    const __m256i even_bytes = _mm256_set1_epi16(0xff);
    __m256i low[GEMM_ROWS], high[GEMM_ROWS];
    PSB_UNROLL
    for (int32_t i = 0; i < rows; i++) {
        low[i] = load(w);
        high[i] = wide ? load(w + VECTOR_BYTES) : low[i];
    }
    const unsigned char *multipliers = w + vectors * VECTOR_BYTES;
    w += 2 * vectors * VECTOR_BYTES;
    for (size_t s = 0; s < tile->segments; s++, a += tile->segment_stride)
        for (size_t g = 0; g < tile->groups; g++, w += 2 * vectors * VECTOR_BYTES) {
            PSB_UNROLL
            for (int32_t i = 0; i < rows; i++) {
                __m256i x = spread_group(a + (size_t)i * lda + g * GROUP);
                __m256i even = _mm256_and_si256(x, even_bytes), odd = _mm256_srli_epi16(x, 8);
                low[i] = add_products(low[i], even, odd, load(w), load(w + VECTOR_BYTES));
                if (wide)
                    high[i] = add_products(high[i], even, odd, load(w + 2 * VECTOR_BYTES), load(w + 3 * VECTOR_BYTES));
            }
        }

    const __m256 m_low = _mm256_castsi256_ps(load(multipliers));
    const __m256 m_high = wide ? _mm256_castsi256_ps(load(multipliers + VECTOR_BYTES)) : m_low;
    if (!wide) {
        PSB_UNROLL
        for (int32_t i = 0; i < rows; i++) high[i] = low[i];
    }
    if (tile->c)
        store_bytes(tile, m_low, m_high, low, high, rows);
    else
        store_floats(tile, m_low, m_high, low, high, rows);
}

/* Tables follow in a pass of their own. */
struct panel_tables {
    bool exist;
};

static void find_panel_tables(panel_tables *out, const psb_requant_u8 *requant, size_t first, size_t columns)
{
    (void)requant, (void)first, (void)columns;
    out->exist = false;
}

typedef void gemm_resident_fn(const gemm_tile *tile, size_t rows);

/* There are no registers to spare. */
static gemm_resident_fn *find_resident(const gemm_tile *tile, size_t rows)
{
    (void)tile;
    (void)rows;
    return NULL;
}

#include "kernels/gemm_u8s8_simd_int.h"

void psb_gemm_u8s8_avx2(const psb_gemm_u8s8_args *args)
{
    gemm_run(args);
}
