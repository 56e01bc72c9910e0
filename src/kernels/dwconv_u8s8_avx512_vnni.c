/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise integer convolution for AVX-512 with VNNI. vpdpbusd adds four products to a lane, here four taps of one
 * channel, so that four vectors of 64 channels, one of each tap, are interleaved by two rounds of unpacking into four
 * of 16 channels with their four taps side by side; results are packed back the same way, and end up in order.
 *
 * Where pixels have no gaps, a row of a picture is just bytes, whose tap kx lies kx * channels further on: 64 bytes are
 * summed at a time, whatever the number of channels, and the packed weights repeat with the period that this has
 * (dwconv_u8s8.c). For 3x3 at stride 1 such a column of 64 bytes is walked down the picture: each row is interleaved
 * once and enters the three sums that it belongs to. All else goes output by output through a list of where its taps
 * lie; padding is a tap that lies in a vector of in_zero.
 */
#include "kernels/dwconv_u8s8.h"

#include <immintrin.h>

#include <stdbool.h>
#include <string.h>

#include "base/compiler.h"
#include "kernels/dwconv_u8s8_slots_int.h"

enum { LANES = 64, PARTS = 4 };
enum { BLOCK_HEAD_BYTES = LANES * 8, GROUP_BYTES = LANES * 4 }; /* of packed weights */

/* How 64 bytes of a tap are fetched. */
typedef enum dw_fetch { FETCH_ALL, FETCH_MASKED, FETCH_EVERY_SECOND_16, FETCH_EVERY_SECOND_32 } dw_fetch;

typedef struct dw_sums {
    __m512i part[PARTS];
} dw_sums;

PSB_ALWAYS_INLINE __m512i add_products(__m512i sum, __m512i bytes, const unsigned char *weights)
{
    PSB_ASM("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(bytes), "m"(*(const unsigned char(*)[LANES])weights));
    return sum;
}

PSB_ALWAYS_INLINE __m512i fetch(const uint8_t *p, __mmask64 mask, const dw_fetch how)
{
    switch (how) {
    case FETCH_ALL:
        return _mm512_loadu_si512(p);
    case FETCH_MASKED:
        return _mm512_maskz_loadu_epi8(mask, p);
    case FETCH_EVERY_SECOND_16:
        return _mm512_shuffle_i32x4(_mm512_loadu_si512(p), _mm512_loadu_si512(p + LANES), 0x88);
    default:
        return _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)(const void *)p)),
                                  _mm256_loadu_si256((const __m256i *)(const void *)(p + LANES)), 1);
    }
}

/* Four taps of 64 channels, side by side. */
PSB_ALWAYS_INLINE dw_sums interleave(__m512i t0, __m512i t1, __m512i t2, __m512i t3)
{
    __m512i low01 = _mm512_unpacklo_epi8(t0, t1), high01 = _mm512_unpackhi_epi8(t0, t1);
    __m512i low23 = _mm512_unpacklo_epi8(t2, t3), high23 = _mm512_unpackhi_epi8(t2, t3);
    return (dw_sums){{_mm512_unpacklo_epi16(low01, low23), _mm512_unpackhi_epi16(low01, low23),
                      _mm512_unpacklo_epi16(high01, high23), _mm512_unpackhi_epi16(high01, high23)}};
}

PSB_ALWAYS_INLINE void add_group(dw_sums *sums, const dw_sums *quads, const unsigned char *weights)
{
    PSB_UNROLL
    for (int32_t j = 0; j < PARTS; j++)
        sums->part[j] = add_products(sums->part[j], quads->part[j], weights + j * LANES);
}

PSB_ALWAYS_INLINE dw_sums load_bias(const unsigned char *block)
{
    dw_sums sums;
    PSB_UNROLL
    for (int32_t j = 0; j < PARTS; j++) sums.part[j] = _mm512_loadu_si512(block + j * LANES);
    return sums;
}

/* What all sums share on their way to bytes. */
typedef struct byte_form {
    __m512i zero, low, high;
} byte_form;

PSB_ALWAYS_INLINE byte_form byte_form_of(const psb_requant_u8 *requant)
{
    return (byte_form){_mm512_set1_epi16((int16_t)requant->zero), _mm512_set1_epi8((char)requant->low),
                       _mm512_set1_epi8((char)requant->high)};
}

PSB_ALWAYS_INLINE __m512i to_bytes(const dw_sums *sums, const unsigned char *block, const byte_form *form)
{
    __m512i q[PARTS];
    PSB_UNROLL
    for (int32_t j = 0; j < PARTS; j++) {
        __m512 multiplier = _mm512_loadu_ps(block + (PARTS + j) * LANES);
        q[j] = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_cvtepi32_ps(sums->part[j]), multiplier));
    }
    __m512i first = _mm512_adds_epi16(_mm512_packs_epi32(q[0], q[1]), form->zero);
    __m512i second = _mm512_adds_epi16(_mm512_packs_epi32(q[2], q[3]), form->zero);
    return _mm512_min_epu8(_mm512_max_epu8(_mm512_packus_epi16(first, second), form->low), form->high);
}

PSB_ALWAYS_INLINE void store(uint8_t *out, __m512i bytes, __mmask64 mask)
{
    if (mask == UINT64_MAX)
        _mm512_storeu_si512(out, bytes);
    else
        _mm512_mask_storeu_epi8(out, mask, bytes);
}

static __mmask64 first_lanes(size_t count)
{
    return count >= LANES ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

static const unsigned char *block_at(const dw_picture *p, size_t block)
{
    return (const unsigned char *)p->args->packed + block * (BLOCK_HEAD_BYTES + p->slots * LANES);
}

/* 64 bytes of the output from the slots; how is a constant in each caller. */
PSB_ALWAYS_INLINE void sum_slots(const dw_picture *p, const dw_slots *slots, uint8_t *out, size_t block, __mmask64 mask,
                                 const dw_fetch how)
{
    const unsigned char *head = block_at(p, block), *weights = head + BLOCK_HEAD_BYTES;
    const byte_form form = byte_form_of(&p->args->requant);
    dw_sums sums = load_bias(head);
    for (size_t g = 0; g < p->slots / PARTS; g++, weights += GROUP_BYTES) {
        const uint8_t *const *at = slots->at + g * PARTS;
        dw_sums quads = interleave(fetch(at[0], mask, how), fetch(at[1], mask, how), fetch(at[2], mask, how),
                                   fetch(at[3], mask, how));
        add_group(&sums, &quads, weights);
    }
    store(out, to_bytes(&sums, head, &form), how == FETCH_MASKED ? mask : UINT64_MAX);
}

/* Outputs x .. end - 1 of row y, pixel by pixel; they share which of their taps are padding. */
static void run_pixels(const dw_picture *p, int32_t y, int32_t x, int32_t end)
{
    const psb_window *w = &p->args->window;
    dw_slots slots;
    for (size_t c = 0, block = 0; c < (size_t)w->channels && x < end; c += LANES, block++) {
        __mmask64 mask = first_lanes((size_t)w->channels - c);
        uint8_t *out = p->args->out + (size_t)y * w->out_row + (size_t)x * w->out_pixel + c;
        find_slots(&slots, p, y, x, c, (size_t)w->stride_x * w->in_pixel);
        for (int32_t i = x; i < end; i++, out += w->out_pixel) {
            if (mask == UINT64_MAX)
                sum_slots(p, &slots, out, block, mask, FETCH_ALL);
            else
                sum_slots(p, &slots, out, block, mask, FETCH_MASKED);
            advance(&slots, p->slots);
        }
    }
}

/* The same where pixels have no gaps and stride_x is 1: 64 bytes by 64. */
static void run_flat(const dw_picture *p, int32_t y, int32_t x, int32_t end)
{
    const psb_window *w = &p->args->window;
    dw_slots slots;
    size_t left = (size_t)(end - x) * (size_t)w->channels, block = 0;
    uint8_t *out = p->args->out + (size_t)y * w->out_row + (size_t)x * w->out_pixel;
    find_slots(&slots, p, y, x, 0, LANES);
    for (; left >= LANES; left -= LANES, out += LANES, block = block + 1 < p->blocks ? block + 1 : 0) {
        sum_slots(p, &slots, out, block, UINT64_MAX, FETCH_ALL);
        advance(&slots, p->slots);
    }
    if (left) sum_slots(p, &slots, out, block, first_lanes(left), FETCH_MASKED);
}

/* The same at stride 2 for 16 and 32 channels: four or two outputs at a time. */
static void run_second_pixels(const dw_picture *p, int32_t y, int32_t x, int32_t end)
{
    const psb_window *w = &p->args->window;
    int32_t together = LANES / w->channels;
    dw_slots slots;
    uint8_t *out = p->args->out + (size_t)y * w->out_row + (size_t)x * w->out_pixel;
    find_slots(&slots, p, y, x, 0, 2 * LANES);
    /* All that is fetched, one pixel more than is used for 16 channels, lies in the row. */
    for (; x + together <= end && 2 * (x + together) - w->pad_left + w->kernel_width - 1 <= w->in_width;
         x += together, out += LANES) {
        if (w->channels == 16)
            sum_slots(p, &slots, out, 0, UINT64_MAX, FETCH_EVERY_SECOND_16);
        else
            sum_slots(p, &slots, out, 0, UINT64_MAX, FETCH_EVERY_SECOND_32);
        advance(&slots, p->slots);
    }
    run_pixels(p, y, x, end);
}

/* A column of up to 64 bytes of the output, walked down the picture at 3x3, stride 1. */
typedef struct dw_column {
    const uint8_t *in; /* its left tap in input row 0; taps below tap_first and from tap_end on are padding */
    uint8_t *out;      /* in output row 0 */
    size_t block;
    __mmask64 mask;
    int32_t tap_first, tap_end;
} dw_column;

/* Output rows of a column. is_whole, 64 bytes and no padding sideways, is a constant in each caller. */
PSB_ALWAYS_INLINE void walk_column(const dw_picture *p, const dw_column *column, const bool is_whole)
{
    const psb_window *w = &p->args->window;
    const dw_fetch how = is_whole ? FETCH_ALL : FETCH_MASKED;
    const unsigned char *head = block_at(p, column->block), *weights = head + BLOCK_HEAD_BYTES;
    const size_t channels = (size_t)w->channels;
    const __mmask64 mask = is_whole ? UINT64_MAX : column->mask;
    const __m512i pad = _mm512_set1_epi8((char)p->args->in_zero);
    const byte_form form = byte_form_of(&p->args->requant);
    dw_sums last = load_bias(head), middle = last, done = last; /* the sums that lack one, two and no rows */
    for (int32_t y = -2; y < w->out_height; y++) {
        int32_t in_y = y + 2 - w->pad_top;
        dw_sums quads = {{pad, pad, pad, pad}};
        if (in_y >= 0 && in_y < w->in_height) {
            const uint8_t *row = column->in + (size_t)in_y * w->in_row;
            __m512i tap[3] = {pad, pad, pad};
            PSB_UNROLL
            for (int32_t kx = 0; kx < 3; kx++)
                if (is_whole || (kx >= column->tap_first && kx < column->tap_end))
                    tap[kx] = fetch(row + (size_t)kx * channels, mask, how);
            quads = interleave(tap[0], tap[1], tap[2], tap[2]);
        }
        if (y > 0) store(column->out + (size_t)(y - 1) * w->out_row, to_bytes(&done, head, &form), mask);
        done = last;
        add_group(&done, &quads, weights + 2 * GROUP_BYTES);
        last = middle;
        add_group(&last, &quads, weights + GROUP_BYTES);
        middle = load_bias(head);
        add_group(&middle, &quads, weights);
    }
    store(column->out + (size_t)(w->out_height - 1) * w->out_row, to_bytes(&done, head, &form), mask);
}

/* All channels of output x, whose window leaves the picture sideways. */
static void walk_edge(const dw_picture *p, int32_t x)
{
    const psb_window *w = &p->args->window;
    int32_t in_x = x - w->pad_left;
    dw_column column = {.in = p->args->in + (ptrdiff_t)in_x * (ptrdiff_t)w->in_pixel,
                        .out = p->args->out + (size_t)x * w->out_pixel,
                        .tap_first = in_x < 0 ? -in_x : 0,
                        .tap_end = in_x + 3 > w->in_width ? w->in_width - in_x : 3};
    for (size_t c = 0; c < (size_t)w->channels; c += LANES, column.in += LANES, column.out += LANES, column.block++) {
        column.mask = first_lanes((size_t)w->channels - c);
        walk_column(p, &column, false);
    }
}

/* All columns; outputs first .. end - 1 have windows that lie inside sideways. */
static void walk_columns(const dw_picture *p, int32_t first, int32_t end)
{
    const psb_window *w = &p->args->window;
    size_t left = (size_t)(end - first) * (size_t)w->channels;
    dw_column column = {.in = p->args->in + (ptrdiff_t)(first - w->pad_left) * (ptrdiff_t)w->in_pixel,
                        .out = p->args->out + (size_t)first * w->out_pixel,
                        .tap_end = 3};
    for (int32_t x = 0; x < first; x++) walk_edge(p, x);
    for (; left >= LANES; left -= LANES) {
        walk_column(p, &column, true);
        column.in += LANES;
        column.out += LANES;
        column.block = column.block + 1 < p->blocks ? column.block + 1 : 0;
    }
    column.mask = first_lanes(left);
    if (left) walk_column(p, &column, false);
    for (int32_t x = end; x < w->out_width; x++) walk_edge(p, x);
}

void psb_dwconv_u8s8_avx512_vnni(const psb_dwconv_u8s8_args *args)
{
    const psb_window *w = &args->window;
    size_t channels = (size_t)w->channels, shared = channels & (~channels + 1);
    dw_picture p = {.args = args, .blocks = channels / (shared < LANES ? shared : LANES)};
    p.row_slots = w->kernel_width == 3 ? 4 : (size_t)w->kernel_width;
    p.slots = ((size_t)w->kernel_height * p.row_slots + PARTS - 1) / PARTS * PARTS;
    memset(p.pad, args->in_zero, sizeof(p.pad));

    bool is_flat = w->in_pixel == channels && w->out_pixel == channels;
    bool is_walked = is_flat && w->kernel_width == 3 && w->kernel_height == 3 && w->stride_x == 1 && w->stride_y == 1;
    bool is_second = is_flat && w->stride_x == 2 && (channels == 16 || channels == 32);
    int32_t first, end;
    find_inside(w, &first, &end);
    if (is_walked) walk_columns(&p, first, end);
    for (int32_t y = 0; y < w->out_height && !is_walked; y++) {
        for (int32_t x = 0; x < first; x++) run_pixels(&p, y, x, x + 1);
        for (int32_t x = end; x < w->out_width; x++) run_pixels(&p, y, x, x + 1);
        if (first == end) continue;
        if (is_second)
            run_second_pixels(&p, y, first, end);
        else if (is_flat && w->stride_x == 1)
            run_flat(&p, y, first, end);
        else
            run_pixels(&p, y, first, end);
    }
    if (args->requant.table) apply_table(args);
}
