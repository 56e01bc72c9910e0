/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise integer convolution for AVX2: sixteen channels at a time, two taps at a time. Bytes are widened to words
 * and those of two taps interleaved, so that vpmaddwd, which does not saturate, multiplies both and adds them.
 *
 * At 3x3 and 5x5 a column of sixteen channels is walked down the picture: each row is interleaved once and enters all
 * sums that it belongs to. All else goes output by output through a list of where its taps lie.
 */
#include "kernels/dwconv_u8s8.h"

#include <immintrin.h>

#include <stdbool.h>
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

/* low holds channels 0..3 and 8..11, high the others: packing puts them in order. */
PSB_ALWAYS_INLINE __m128i to_bytes(const psb_requant_u8 *requant, const unsigned char *head, __m256i low, __m256i high)
{
    __m256i words = _mm256_packs_epi32(scaled(low, head + 64), scaled(high, head + 96));
    words = _mm256_adds_epi16(words, _mm256_set1_epi16((int16_t)requant->zero));
    __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    bytes = _mm_max_epu8(bytes, _mm_set1_epi8((char)requant->low));
    return _mm_min_epu8(bytes, _mm_set1_epi8((char)requant->high));
}

static const unsigned char *block_at(const dw_picture *p, size_t block)
{
    return (const unsigned char *)p->args->packed + block * (HEAD_BYTES + p->slots / 2 * PAIR_BYTES);
}

PSB_ALWAYS_INLINE void sum_slots(const dw_picture *p, const dw_slots *slots, uint8_t *out, size_t block, size_t count,
                                 const bool is_whole)
{
    const unsigned char *head = block_at(p, block), *weights = head + HEAD_BYTES;
    __m256i low = load(head), high = load(head + 32);
    for (size_t s = 0; s < p->slots; s += 2, weights += PAIR_BYTES) {
        __m256i a = words_at(slots->at[s], count, is_whole), b = words_at(slots->at[s + 1], count, is_whole);
        low = _mm256_add_epi32(low, _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), load(weights)));
        high = _mm256_add_epi32(high, _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), load(weights + 32)));
    }
    const __m128i bytes = to_bytes(&p->args->requant, head, low, high);
    if (is_whole) {
        _mm_storeu_si128((__m128i *)(void *)out, bytes);
        return;
    }
    uint8_t last[LANES];
    _mm_storeu_si128((__m128i *)(void *)last, bytes);
    memcpy(out, last, count);
}

/* --- Sixteen channels of one output, from top to bottom --- */

/* A kernel of size x size at a stride; a constant in each walk. */
typedef struct dw_form {
    int32_t size, stride;
} dw_form;

enum { MOST_ROWS = 5, MOST_PAIRS = 3 };

typedef struct dw_walk {
    const uint8_t *in; /* the column in row 0 */
    size_t row, pixel;
    ptrdiff_t at; /* of the next row */
    uint32_t y, height;
    const unsigned char *head, *weights;
    uint8_t *out;
    size_t out_row;
    psb_requant_u8 requant;
    __m256i pad;
    int32_t round, rounds;
    __m256i low[MOST_ROWS], high[MOST_ROWS]; /* sums of the output rows under way */
} dw_walk;

/* The taps of the next row, as words, two by two; the last one twice. */
PSB_ALWAYS_INLINE void next_pairs(dw_walk *walk, __m256i *low, __m256i *high, const dw_form form)
{
    const uint8_t *in = walk->in + walk->at;
    const bool is_outside = walk->y >= walk->height; /* rows above are huge numbers */
    __m256i tap[2 * MOST_PAIRS];
    walk->at += (ptrdiff_t)walk->row;
    walk->y++;
    PSB_UNROLL
    for (int32_t kx = 0; kx < form.size; kx++)
        tap[kx] = is_outside ? walk->pad : words_at(in + (size_t)kx * walk->pixel, LANES, true);
    tap[form.size] = tap[form.size - 1];
    PSB_UNROLL
    for (int32_t i = 0; i < (form.size + 1) / 2; i++) {
        low[i] = _mm256_unpacklo_epi16(tap[2 * i], tap[2 * i + 1]);
        high[i] = _mm256_unpackhi_epi16(tap[2 * i], tap[2 * i + 1]);
    }
}

/* A row of the input, or two at stride 2, as walk_round in dwconv_u8s8_wide_int.h. */
PSB_ALWAYS_INLINE bool walk_round(dw_walk *walk, const int32_t turn, const dw_form form)
{
    const int32_t rows = (form.size + form.stride - 1) / form.stride, pairs = (form.size + 1) / 2;
    PSB_ASM("" : "+r"(walk->weights)); /* else gcc keeps the address of every vector: it has no registers for them */
    walk->low[(rows - 1 + turn) % rows] = load(walk->head);
    walk->high[(rows - 1 + turn) % rows] = load(walk->head + 32);
    PSB_UNROLL
    for (int32_t i = 0; i < form.stride; i++) {
        __m256i low[MOST_PAIRS], high[MOST_PAIRS];
        next_pairs(walk, low, high, form);
        PSB_UNROLL
        for (int32_t r = 0; r < rows; r++) {
            const int32_t ky = (rows - 1 - r) * form.stride + i, to = (r + turn) % rows;
            PSB_UNROLL
            for (int32_t k = 0; k < pairs; k++) {
                const unsigned char *w = walk->weights + (ky * pairs + k) * (int32_t)PAIR_BYTES;
                if (ky >= form.size) continue;
                walk->low[to] = _mm256_add_epi32(walk->low[to], _mm256_madd_epi16(low[k], load(w)));
                walk->high[to] = _mm256_add_epi32(walk->high[to], _mm256_madd_epi16(high[k], load(w + 32)));
            }
        }
    }
    if (walk->round >= rows - 1) {
        _mm_storeu_si128((__m128i *)(void *)walk->out,
                         to_bytes(&walk->requant, walk->head, walk->low[turn], walk->high[turn]));
        walk->out += walk->out_row;
    }
    return ++walk->round == walk->rounds;
}

PSB_ALWAYS_INLINE void walk_down(const dw_picture *p, int32_t x, size_t block, const dw_form form)
{
    const psb_window *w = &p->args->window;
    const int32_t rows = (form.size + form.stride - 1) / form.stride;
    const unsigned char *head = block_at(p, block);
    dw_walk walk = {.in = p->args->in + (size_t)(x * w->stride_x - w->pad_left) * w->in_pixel + block * LANES,
                    .row = w->in_row,
                    .pixel = w->in_pixel,
                    .at = -(ptrdiff_t)w->pad_top * (ptrdiff_t)w->in_row,
                    .y = (uint32_t)-w->pad_top,
                    .height = (uint32_t)w->in_height,
                    .head = head,
                    .weights = head + HEAD_BYTES,
                    .out = p->args->out + (size_t)x * w->out_pixel + block * LANES,
                    .out_row = w->out_row,
                    .requant = p->args->requant,
                    .pad = _mm256_set1_epi16((int16_t)p->args->in_zero),
                    .rounds = w->out_height + rows - 1};
    PSB_UNROLL
    for (int32_t r = 0; r < rows; r++) {
        walk.low[r] = load(head);
        walk.high[r] = load(head + 32);
    }
    for (;;) {
        if (walk_round(&walk, 0, form)) break;
        if (walk_round(&walk, 1, form)) break;
        if (rows > 2 && walk_round(&walk, 2, form)) break;
        if (rows > 3 && walk_round(&walk, 3, form)) break;
        if (rows > 4 && walk_round(&walk, 4, form)) break;
    }
}

typedef void dw_walk_fn(const dw_picture *p, int32_t x, size_t block);

#define X(name, size, stride)                                                                                          \
    static void name(const dw_picture *p, int32_t x, size_t block)                                                     \
    {                                                                                                                  \
        walk_down(p, x, block, (dw_form){size, stride});                                                               \
    }
X(walk_3_1, 3, 1)
X(walk_3_2, 3, 2)
X(walk_5_1, 5, 1)
X(walk_5_2, 5, 2)
#undef X

/* NULL where the kernel is another one. */
static dw_walk_fn *find_walk(const psb_window *w)
{
    static dw_walk_fn *const walks[2][2] = {{walk_3_1, walk_3_2}, {walk_5_1, walk_5_2}};
    if (w->kernel_width != w->kernel_height || w->stride_x != w->stride_y || w->stride_x > 2) return NULL;
    if (w->kernel_width != 3 && w->kernel_width != 5) return NULL;
    return walks[w->kernel_width == 5][w->stride_x - 1];
}

/* --- Any output --- */

/* Outputs x .. end - 1 of row y, from channel c on; they share which of their taps are padding. */
static void run_pixels(const dw_picture *p, int32_t y, int32_t x, int32_t end, size_t c)
{
    const psb_window *w = &p->args->window;
    dw_slots slots;
    for (size_t block = c / LANES; c < (size_t)w->channels && x < end; c += LANES, block++) {
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
    const bool has_spare = w->kernel_width == 3 || w->kernel_width == 5;
    dw_picture p = {.args = args, .row_slots = (size_t)w->kernel_width + has_spare};
    p.slots = ((size_t)w->kernel_height * p.row_slots + 1) / 2 * 2;
    memset(p.pad, args->in_zero, sizeof(p.pad));

    int32_t first, end;
    find_inside(w, &first, &end);
    dw_walk_fn *const walk = find_walk(w);
    const size_t walked = walk ? (size_t)w->channels / LANES : 0; /* blocks */
    for (int32_t x = first; x < end; x++)
        for (size_t block = 0; block < walked; block++) walk(&p, x, block);
    for (int32_t y = 0; y < w->out_height; y++) {
        for (int32_t x = 0; x < first; x++) run_pixels(&p, y, x, x + 1, 0);
        run_pixels(&p, y, first, end, walked * LANES);
        for (int32_t x = end; x < w->out_width; x++) run_pixels(&p, y, x, x + 1, 0);
    }
    if (args->requant.table) apply_table(args);
}
