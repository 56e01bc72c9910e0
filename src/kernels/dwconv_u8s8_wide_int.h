/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise integer convolution by vectors of 64 channels, for AVX-512 with VNNI. vpdpbusd adds four products to a
 * lane, here four taps of one channel, so that four vectors of 64 channels, one of each tap, are interleaved by two
 * rounds of unpacking into four of 16 channels with their four taps side by side; results are packed back the same
 * way, and end up in order.
 *
 * Where pixels have no gaps, a row of a picture is just bytes, whose tap kx lies kx * channels further on: 64 bytes
 * are summed at a time, whatever the number of channels, and the packed weights repeat with the period that this has
 * (dwconv_u8s8.c). At 3x3 such a column of 64 bytes is walked down the picture: each row is interleaved once and
 * enters all sums that it belongs to. All else goes output by output through a list of where its taps lie; padding is
 * a tap that lies in a vector of in_zero.
 */
#ifndef PSB_KERNELS_DWCONV_U8S8_WIDE_INT_H
#define PSB_KERNELS_DWCONV_U8S8_WIDE_INT_H

#include <immintrin.h>

#include <stdbool.h>
#include <string.h>

#include "base/compiler.h"
#include "kernels/dwconv_u8s8_slots_int.h"
#include "kernels/look_up_avx512_int.h"

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
    bool is_limited; /* to less than 0..255 */
    byte_table table;
    const channel_tables *several; /* or NULL; in the place of the table */
} byte_form;

PSB_ALWAYS_INLINE byte_form byte_form_of(const psb_requant_u8 *requant, const channel_tables *tables)
{
    return (byte_form){.zero = _mm512_set1_epi16((int16_t)requant->zero),
                       .low = _mm512_set1_epi8((char)requant->low),
                       .high = _mm512_set1_epi8((char)requant->high),
                       .is_limited =
                           requant->low > 0 ||
                                   requant->high<UINT8_MAX, .table = byte_table_of(tables), .several = tables->count> 1
                               ? tables
                               : NULL};
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
    __m512i bytes = _mm512_packus_epi16(first, second);
    if (form->is_limited) bytes = _mm512_min_epu8(_mm512_max_epu8(bytes, form->low), form->high);
    if (!form->several) return look_up_bytes(&form->table, bytes);
    look_up_channels(form->several, &bytes, NULL);
    return bytes;
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

/* Of the 64 channels that a block begins with. */
PSB_ALWAYS_INLINE channel_tables tables_at(const dw_picture *p, size_t block, __mmask64 mask)
{
    channel_tables tables;
    find_tables_of_64(&tables, &p->args->requant, block * LANES % (size_t)p->args->window.channels, mask);
    return tables;
}

/* 64 bytes of the output from the slots; how is a constant in each caller. */
PSB_ALWAYS_INLINE void sum_slots(const dw_picture *p, const dw_slots *slots, uint8_t *out, size_t block, __mmask64 mask,
                                 const dw_fetch how)
{
    const unsigned char *head = block_at(p, block), *weights = head + BLOCK_HEAD_BYTES;
    const channel_tables tables = tables_at(p, block, mask);
    const byte_form form = byte_form_of(&p->args->requant, &tables);
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

/* A column of up to 64 bytes of the output, walked down the picture at 3x3. */
typedef struct dw_column {
    const uint8_t *in; /* its left tap in input row 0; taps below tap_first and from tap_end on are padding */
    uint8_t *out;      /* in output row 0 */
    size_t block;
    __mmask64 mask;
    int32_t tap_first, tap_end;
} dw_column;

/* Reads the rows of a column from top to bottom. Copies of what is read in every round: bytes that are stored could be
 * anybody's, so a compiler reads all else again. */
typedef struct dw_rows {
    const uint8_t *in; /* the column in row 0 */
    size_t row, pixel;
    ptrdiff_t at; /* of the next row */
    uint32_t y, height;
    int32_t tap_first, tap_end; /* masked: the taps that lie inside sideways */
    __mmask64 mask;
    __m512i pad;
} dw_rows;

/* The three taps of the next row, the last one twice; outside the picture all padding. how is a constant in each
 * caller; only FETCH_MASKED has padding sideways. */
PSB_ALWAYS_INLINE dw_sums next_quads(dw_rows *rows, const dw_fetch how)
{
    const uint8_t *in = rows->in + rows->at;
    PSB_ASM("" : "+r"(in)); /* else gcc keeps the address of every tap of three rows, in vector registers */
    const bool is_outside = rows->y >= rows->height; /* rows above are huge numbers */
    rows->at += (ptrdiff_t)rows->row;
    rows->y++;
    if (is_outside) return (dw_sums){{rows->pad, rows->pad, rows->pad, rows->pad}};
    __m512i tap[3] = {rows->pad, rows->pad, rows->pad};
    PSB_UNROLL
    for (int32_t kx = 0; kx < 3; kx++)
        if (how != FETCH_MASKED || (kx >= rows->tap_first && kx < rows->tap_end))
            tap[kx] = fetch(in + (size_t)kx * rows->pixel, rows->mask, how);
    return interleave(tap[0], tap[1], tap[2], tap[2]);
}

/* A column of 64 bytes on its way down the picture. */
typedef struct dw_walk {
    dw_rows rows;
    const unsigned char *head, *weights;
    uint8_t *out;
    size_t out_row;
    byte_form form;
    int32_t round, rounds;
    dw_sums sums[3]; /* of the output rows under way */
} dw_walk;

/* One row of the input, or two at stride 2; each enters the sums of all output rows that it belongs to, and one of
 * these is finished. The rows under way take turns in the three places: turn, a constant in each caller, says whose
 * is first. Returns whether this was the last. */
PSB_ALWAYS_INLINE bool walk_round(dw_walk *walk, const int32_t turn, const int32_t stride, const dw_fetch how)
{
    const int32_t rows = stride == 1 ? 3 : 2;
    PSB_ASM("" : "+r"(walk->weights)); /* else gcc keeps the address of every vector: it has no registers for them */
    walk->sums[(rows - 1 + turn) % rows] = load_bias(walk->head);
    PSB_UNROLL
    for (int32_t i = 0; i < stride; i++) {
        const dw_sums quads = next_quads(&walk->rows, how);
        PSB_UNROLL
        for (int32_t r = 0; r < rows; r++) {
            const int32_t ky = (rows - 1 - r) * stride + i;
            if (ky < 3) add_group(&walk->sums[(r + turn) % rows], &quads, walk->weights + ky * GROUP_BYTES);
        }
    }
    if (walk->round >= rows - 1) {
        store(walk->out, to_bytes(&walk->sums[turn], walk->head, &walk->form),
              how == FETCH_MASKED ? walk->rows.mask : UINT64_MAX);
        walk->out += walk->out_row;
    }
    return ++walk->round == walk->rounds;
}

PSB_ALWAYS_INLINE void walk_down(const dw_picture *p, const dw_column *column, const int32_t stride, const dw_fetch how)
{
    const psb_window *w = &p->args->window;
    const unsigned char *head = block_at(p, column->block);
    const channel_tables tables = tables_at(p, column->block, how == FETCH_MASKED ? column->mask : UINT64_MAX);
    dw_walk walk = {.rows = {.in = column->in,
                             .row = w->in_row,
                             .pixel = w->in_pixel,
                             .at = -(ptrdiff_t)w->pad_top * (ptrdiff_t)w->in_row,
                             .y = (uint32_t)-w->pad_top,
                             .height = (uint32_t)w->in_height,
                             .tap_first = column->tap_first,
                             .tap_end = column->tap_end,
                             .mask = column->mask,
                             .pad = _mm512_set1_epi8((char)p->args->in_zero)},
                    .head = head,
                    .weights = head + BLOCK_HEAD_BYTES,
                    .out = column->out,
                    .out_row = w->out_row,
                    .form = byte_form_of(&p->args->requant, &tables),
                    .rounds = w->out_height + (stride == 1 ? 2 : 1)};
    walk.sums[0] = walk.sums[1] = walk.sums[2] = load_bias(head);
    for (;;) {
        if (walk_round(&walk, 0, stride, how)) break;
        if (walk_round(&walk, 1, stride, how)) break;
        if (stride == 1 && walk_round(&walk, 2, stride, how)) break;
    }
}

#define X(name, stride, how)                                                                                           \
    static void name(const dw_picture *p, const dw_column *column)                                                     \
    {                                                                                                                  \
        walk_down(p, column, stride, how);                                                                             \
    }
X(walk_all, 1, FETCH_ALL)
X(walk_masked, 1, FETCH_MASKED)
X(walk_all_twofold, 2, FETCH_ALL)
X(walk_masked_twofold, 2, FETCH_MASKED)
X(walk_second_16, 2, FETCH_EVERY_SECOND_16)
X(walk_second_32, 2, FETCH_EVERY_SECOND_32)
#undef X

static dw_column column_at(const dw_picture *p, int32_t x)
{
    const psb_window *w = &p->args->window;
    int32_t in_x = x * w->stride_x - w->pad_left;
    return (dw_column){.in = p->args->in + (ptrdiff_t)in_x * (ptrdiff_t)w->in_pixel,
                       .out = p->args->out + (size_t)x * w->out_pixel,
                       .tap_first = in_x < 0 ? -in_x : 0,
                       .tap_end = in_x + 3 > w->in_width ? w->in_width - in_x : 3};
}

/* All channels of output x, whose window may leave the picture sideways. */
static void walk_pixel(const dw_picture *p, int32_t x)
{
    const psb_window *w = &p->args->window;
    dw_column column = column_at(p, x);
    bool is_inside = column.tap_first == 0 && column.tap_end == 3;
    for (size_t c = 0; c < (size_t)w->channels; c += LANES, column.in += LANES, column.out += LANES, column.block++) {
        column.mask = first_lanes((size_t)w->channels - c);
        if (is_inside && column.mask == UINT64_MAX)
            (w->stride_x == 1 ? walk_all : walk_all_twofold)(p, &column);
        else
            (w->stride_x == 1 ? walk_masked : walk_masked_twofold)(p, &column);
    }
}

/* Outputs x .. end - 1, inside sideways, of pixels without gaps at stride 1. */
static void walk_flat(const dw_picture *p, int32_t x, int32_t end)
{
    dw_column column = column_at(p, x);
    size_t left = (size_t)(end - x) * (size_t)p->args->window.channels;
    for (; left >= LANES; left -= LANES) {
        walk_all(p, &column);
        column.in += LANES;
        column.out += LANES;
        column.block = column.block + 1 < p->blocks ? column.block + 1 : 0;
    }
    column.mask = first_lanes(left);
    if (left) walk_masked(p, &column);
}

/* Outputs from x on, inside sideways, of 16 or 32 channels without gaps at stride 2: four or two at a time; returns the
 * first that is left. */
static int32_t walk_second(const dw_picture *p, int32_t x, int32_t end)
{
    const psb_window *w = &p->args->window;
    int32_t together = LANES / w->channels;
    /* All that is fetched, one pixel more than is used for 16 channels, lies in the row. */
    for (; x + together <= end && 2 * (x + together) - w->pad_left + 2 <= w->in_width; x += together) {
        dw_column column = column_at(p, x);
        (w->channels == 16 ? walk_second_16 : walk_second_32)(p, &column);
    }
    return x;
}

/* A picture at 3x3 and stride 1 or 2; outputs first .. end - 1 have windows that lie inside sideways. */
static void walk_picture(const dw_picture *p, int32_t first, int32_t end)
{
    const psb_window *w = &p->args->window;
    size_t channels = (size_t)w->channels;
    bool has_gaps = w->in_pixel != channels || w->out_pixel != channels;
    for (int32_t x = 0; x < first; x++) walk_pixel(p, x);
    int32_t x = first;
    if (!has_gaps && w->stride_x == 1 && x < end) {
        walk_flat(p, x, end);
        x = end;
    } else if (!has_gaps && w->stride_x == 2 && (channels == 16 || channels == 32)) {
        x = walk_second(p, x, end);
    }
    for (; x < w->out_width; x++) walk_pixel(p, x);
}

/* Any other picture, row by row. */
static void run_rows(const dw_picture *p, int32_t first, int32_t end)
{
    const psb_window *w = &p->args->window;
    size_t channels = (size_t)w->channels;
    bool is_flat = w->in_pixel == channels && w->out_pixel == channels && w->stride_x == 1;
    for (int32_t y = 0; y < w->out_height; y++) {
        for (int32_t x = 0; x < first; x++) run_pixels(p, y, x, x + 1);
        if (is_flat && first < end)
            run_flat(p, y, first, end);
        else
            run_pixels(p, y, first, end);
        for (int32_t x = end; x < w->out_width; x++) run_pixels(p, y, x, x + 1);
    }
}

static void run_wide(const psb_dwconv_u8s8_args *args)
{
    const psb_window *w = &args->window;
    size_t channels = (size_t)w->channels, shared = channels & (~channels + 1);
    dw_picture p = {.args = args, .blocks = channels / (shared < LANES ? shared : LANES)};
    p.row_slots = w->kernel_width == 3 ? 4 : (size_t)w->kernel_width;
    p.slots = ((size_t)w->kernel_height * p.row_slots + PARTS - 1) / PARTS * PARTS;
    memset(p.pad, args->in_zero, sizeof(p.pad));

    int32_t first, end;
    find_inside(w, &first, &end);
    if (w->kernel_width == 3 && w->kernel_height == 3 && w->stride_x == w->stride_y && w->stride_x <= 2)
        walk_picture(&p, first, end);
    else
        run_rows(&p, first, end);
    if (args->requant.table && !HAS_LOOK_UP) apply_table(args);
}

#endif
