/* SPDX-License-Identifier: Apache-2.0
 *
 * Byte pools in the names of vec_u8_*_int.h (include one of them first), and in loops of constant length that compilers
 * turn into vectors of the including file's instruction set.
 *
 * A maximum is one down the columns and then one along the row, which the first cache holds in between. Channels that
 * are no whole number of blocks are closed by a block that overlaps the one before it: a maximum or a mean taken twice
 * is the same.
 */
#ifndef PSB_KERNELS_POOL_U8_SIMD_INT_H
#define PSB_KERNELS_POOL_U8_SIMD_INT_H

#include <string.h>

#include "base/compiler.h"
#include "kernels/pool_u8.h"

enum {
    POOL_ROW_BYTES = 8192, /* of a row of maxima */
    POOL_BLOCK = 32,
};

PSB_ALWAYS_INLINE int32_t pool_at_least(int32_t a, int32_t low)
{
    return a > low ? a : low;
}

PSB_ALWAYS_INLINE int32_t pool_at_most(int32_t a, int32_t high)
{
    return a < high ? a : high;
}

/* --- Maxima --- */

PSB_ALWAYS_INLINE void pool_max_32(uint8_t *out, const uint8_t *in, size_t step, int32_t taps)
{
    __m256i largest = _mm256_loadu_si256((const __m256i *)(const void *)in);
    for (int32_t k = 1; k < taps; k++)
        largest = _mm256_max_epu8(largest, _mm256_loadu_si256((const __m256i *)(const void *)(in + (size_t)k * step)));
    _mm256_storeu_si256((__m256i *)(void *)out, largest);
}

PSB_ALWAYS_INLINE void pool_max_16(uint8_t *out, const uint8_t *in, size_t step, int32_t taps)
{
    __m128i largest = _mm_loadu_si128((const __m128i *)(const void *)in);
    for (int32_t k = 1; k < taps; k++)
        largest = _mm_max_epu8(largest, _mm_loadu_si128((const __m128i *)(const void *)(in + (size_t)k * step)));
    _mm_storeu_si128((__m128i *)(void *)out, largest);
}

PSB_ALWAYS_INLINE void pool_max_8(uint8_t *out, const uint8_t *in, size_t step, int32_t taps)
{
    __m128i largest = _mm_loadl_epi64((const __m128i *)(const void *)in);
    for (int32_t k = 1; k < taps; k++)
        largest = _mm_max_epu8(largest, _mm_loadl_epi64((const __m128i *)(const void *)(in + (size_t)k * step)));
    _mm_storel_epi64((__m128i *)(void *)out, largest);
}

PSB_ALWAYS_INLINE void pool_max_1(uint8_t *out, const uint8_t *in, size_t step, int32_t taps)
{
    uint8_t largest = in[0];
    for (int32_t k = 1; k < taps; k++) largest = in[(size_t)k * step] > largest ? in[(size_t)k * step] : largest;
    out[0] = largest;
}

/* out[0 .. block) = the largest of in[k * step + 0 .. block); block is a constant in each caller. */
PSB_ALWAYS_INLINE void pool_max_block(uint8_t *out, const uint8_t *in, size_t step, int32_t taps, const size_t block)
{
    if (block == 32)
        pool_max_32(out, in, step, taps);
    else if (block == 16)
        pool_max_16(out, in, step, taps);
    else if (block == 8)
        pool_max_8(out, in, step, taps);
    else
        pool_max_1(out, in, step, taps);
}

/* The same for any number of bytes that is at least a block. */
PSB_ALWAYS_INLINE void pool_max_blocks(uint8_t *out, const uint8_t *in, size_t step, int32_t taps, size_t count,
                                       const size_t block)
{
    for (size_t c = 0; c + block <= count; c += block) pool_max_block(out + c, in + c, step, taps, block);
    if (count % block) pool_max_block(out + count - block, in + count - block, step, taps, block);
}

PSB_ALWAYS_INLINE void pool_max_bytes(uint8_t *out, const uint8_t *in, size_t step, int32_t taps, size_t count)
{
    if (count >= 32)
        pool_max_blocks(out, in, step, taps, count, 32);
    else if (count >= 16)
        pool_max_blocks(out, in, step, taps, count, 16);
    else if (count >= 8)
        pool_max_blocks(out, in, step, taps, count, 8);
    else
        pool_max_blocks(out, in, step, taps, count, 1);
}

/* Input columns first .. end - 1, and the rows of them that the outputs of one row see. */
typedef struct pool_band {
    int32_t y, rows, first, end;
} pool_band;

/* The band's maxima down the columns, without gaps between pixels. */
PSB_ALWAYS_INLINE void pool_max_down(uint8_t *maxima, const psb_pool_u8_args *args, const pool_band *band)
{
    const psb_window *w = &args->window;
    const size_t channels = (size_t)w->channels, pixels = (size_t)(band->end - band->first);
    const uint8_t *in = args->in + (size_t)band->y * w->in_row + (size_t)band->first * w->in_pixel;
    if (w->in_pixel == channels) {
        pool_max_bytes(maxima, in, w->in_row, band->rows, pixels * channels);
        return;
    }
    for (size_t i = 0; i < pixels; i++)
        pool_max_bytes(maxima + i * channels, in + i * w->in_pixel, w->in_row, band->rows, channels);
}

/* Outputs x .. x_end - 1 of row y, whose columns' maxima have room in the row. */
PSB_ALWAYS_INLINE void pool_max_part(const psb_pool_u8_args *args, int32_t y, int32_t x, int32_t x_end)
{
    const psb_window *w = &args->window;
    const size_t channels = (size_t)w->channels;
    const int32_t y0 = y * w->stride_y - w->pad_top, y1 = pool_at_most(y0 + w->kernel_height, w->in_height);
    const int32_t last = (x_end - 1) * w->stride_x - w->pad_left + w->kernel_width;
    pool_band band = {.y = pool_at_least(y0, 0),
                      .first = pool_at_least(x * w->stride_x - w->pad_left, 0),
                      .end = pool_at_most(last, w->in_width)};
    band.rows = y1 - band.y;
    uint8_t maxima[POOL_ROW_BYTES];
    pool_max_down(maxima, args, &band);
    for (; x < x_end; x++) {
        const int32_t x0 = pool_at_least(x * w->stride_x - w->pad_left, 0);
        const int32_t x1 = pool_at_most(x * w->stride_x - w->pad_left + w->kernel_width, w->in_width);
        pool_max_bytes(args->out + (size_t)y * w->out_row + (size_t)x * w->out_pixel,
                       maxima + (size_t)(x0 - band.first) * channels, channels, x1 - x0, channels);
    }
}

/* One output whose columns have no room in the row: a block of channels at a time, row after row. */
PSB_ALWAYS_INLINE void pool_max_pixel(const psb_pool_u8_args *args, int32_t y, int32_t x)
{
    const psb_window *w = &args->window;
    const int32_t y0 = y * w->stride_y - w->pad_top, x0 = x * w->stride_x - w->pad_left;
    const int32_t y1 = pool_at_most(y0 + w->kernel_height, w->in_height);
    const int32_t first = pool_at_least(x0, 0), columns = pool_at_most(x0 + w->kernel_width, w->in_width) - first;
    for (int32_t c = 0; c < w->channels; c += POOL_BLOCK) {
        const size_t count = (size_t)pool_at_most(w->channels - c, POOL_BLOCK);
        const uint8_t *in = args->in + (size_t)first * w->in_pixel + (size_t)c;
        uint8_t rows[2 * POOL_BLOCK] = {0}; /* all rows so far, and one more */
        for (int32_t in_y = pool_at_least(y0, 0); in_y < y1; in_y++) {
            pool_max_bytes(rows + POOL_BLOCK, in + (size_t)in_y * w->in_row, w->in_pixel, columns, count);
            pool_max_block(rows, rows, POOL_BLOCK, 2, POOL_BLOCK);
        }
        memcpy(args->out + (size_t)y * w->out_row + (size_t)x * w->out_pixel + (size_t)c, rows, count);
    }
}

PSB_ALWAYS_INLINE void pool_max_run(const psb_pool_u8_args *args)
{
    const psb_window *w = &args->window;
    const int32_t room = POOL_ROW_BYTES / w->channels; /* pixels */
    const int32_t together = room < w->kernel_width ? 0 : (room - w->kernel_width) / w->stride_x + 1;
    for (int32_t y = 0; y < w->out_height; y++)
        for (int32_t x = 0; x < w->out_width; x += pool_at_least(together, 1))
            if (together)
                pool_max_part(args, y, x, pool_at_most(x + together, w->out_width));
            else
                pool_max_pixel(args, y, x);
}

/* --- Means --- */

/* The taps of an output that lie inside the picture. */
typedef struct pool_taps {
    const uint8_t *in; /* the first */
    int32_t rows, columns;
    int32_t missing; /* what the others add to each sum */
    float divisor;
} pool_taps;

/* The mean of some channels, at most a vector of them. */
PSB_ALWAYS_INLINE void pool_average_block(const psb_window *w, const pool_taps *taps, size_t c, uint8_t *out,
                                          size_t count)
{
    vec_int sums = ints_all(taps->missing);
    for (int32_t ky = 0; ky < taps->rows; ky++) {
        const uint8_t *in = taps->in + (size_t)ky * w->in_row + c;
        for (int32_t kx = 0; kx < taps->columns; kx++)
            sums = ints_add(sums, ints_of_bytes(in + (size_t)kx * w->in_pixel, count));
    }
    const vec mean = vec_div(floats_of_ints(sums), vec_all(taps->divisor));
    bytes_store(out + c, count, mean, ints_all(0), ints_all(0), ints_all(255));
}

PSB_ALWAYS_INLINE void pool_average_pixel(const psb_window *w, const pool_taps *taps, uint8_t *out)
{
    const size_t channels = (size_t)w->channels;
    size_t c = 0;
    for (; c + VEC_WIDTH <= channels; c += VEC_WIDTH) pool_average_block(w, taps, c, out, VEC_WIDTH);
    if (c == channels) return;
    if (channels > VEC_WIDTH)
        pool_average_block(w, taps, channels - VEC_WIDTH, out, VEC_WIDTH);
    else
        pool_average_block(w, taps, 0, out, channels);
}

PSB_ALWAYS_INLINE void pool_average_run(const psb_pool_u8_args *args)
{
    const psb_window *w = &args->window;
    const int32_t area = w->kernel_height * w->kernel_width;
    for (int32_t y = 0; y < w->out_height; y++)
        for (int32_t x = 0; x < w->out_width; x++) {
            const int32_t y0 = y * w->stride_y - w->pad_top, x0 = x * w->stride_x - w->pad_left;
            const int32_t first_y = pool_at_least(y0, 0), first_x = pool_at_least(x0, 0);
            pool_taps taps = {.in = args->in + (size_t)first_y * w->in_row + (size_t)first_x * w->in_pixel,
                              .rows = pool_at_most(y0 + w->kernel_height, w->in_height) - first_y,
                              .columns = pool_at_most(x0 + w->kernel_width, w->in_width) - first_x};
            const int32_t real = taps.rows * taps.columns;
            taps.missing = args->count_padding ? (area - real) * args->zero : 0;
            taps.divisor = (float)(args->count_padding ? area : real);
            pool_average_pixel(w, &taps, args->out + (size_t)y * w->out_row + (size_t)x * w->out_pixel);
        }
}

PSB_ALWAYS_INLINE void pool_global_run(const psb_pool_u8_args *args)
{
    const psb_window *w = &args->window;
    const pool_taps all = {args->in, w->in_height, w->in_width, 0, (float)w->in_height * (float)w->in_width};
    pool_average_pixel(w, &all, args->out);
}

#endif
