/* SPDX-License-Identifier: Apache-2.0
 *
 * Byte pools in loops over channels that compilers turn into vectors of the including file's instruction set. Channels
 * go by in blocks that registers or the first cache hold while the taps pass.
 */
#ifndef PSB_KERNELS_POOL_U8_SIMD_INT_H
#define PSB_KERNELS_POOL_U8_SIMD_INT_H

#include <math.h>
#include <string.h>

#include "base/compiler.h"
#include "kernels/pool_u8.h"

enum { POOL_BLOCK = 64 }; /* channels */

/* The taps of an output that lie inside the picture. */
typedef struct pool_taps {
    const uint8_t *in; /* the first */
    int32_t rows, columns;
    int32_t missing; /* means only: what the others add to each sum */
    float divisor;
} pool_taps;

static pool_taps pool_taps_at(const psb_pool_u8_args *args, int32_t y, int32_t x)
{
    const psb_window *w = &args->window;
    int32_t y0 = y * w->stride_y - w->pad_top, x0 = x * w->stride_x - w->pad_left;
    int32_t y1 = y0 + w->kernel_height < w->in_height ? y0 + w->kernel_height : w->in_height;
    int32_t x1 = x0 + w->kernel_width < w->in_width ? x0 + w->kernel_width : w->in_width;
    if (y0 < 0) y0 = 0;
    if (x0 < 0) x0 = 0;
    return (pool_taps){
        .in = args->in + (size_t)y0 * w->in_row + (size_t)x0 * w->in_pixel, .rows = y1 - y0, .columns = x1 - x0};
}

PSB_ALWAYS_INLINE void pool_take_larger(uint8_t *restrict largest, const uint8_t *restrict in, size_t count)
{
    for (size_t i = 0; i < count; i++) largest[i] = in[i] > largest[i] ? in[i] : largest[i];
}

PSB_ALWAYS_INLINE void pool_add(int32_t *restrict sums, const uint8_t *restrict in, size_t count)
{
    for (size_t i = 0; i < count; i++) sums[i] += in[i];
}

/* Up to a block of channels of one output; a whole block's count is known when this is compiled. */
PSB_ALWAYS_INLINE void pool_max_block(const psb_window *w, const pool_taps *taps, size_t c, uint8_t *out, size_t count)
{
    uint8_t largest[POOL_BLOCK] = {0};
    for (int32_t ky = 0; ky < taps->rows; ky++)
        for (int32_t kx = 0; kx < taps->columns; kx++)
            pool_take_larger(largest, taps->in + (size_t)ky * w->in_row + (size_t)kx * w->in_pixel + c, count);
    memcpy(out, largest, count);
}

PSB_ALWAYS_INLINE void pool_max_run(const psb_pool_u8_args *args)
{
    const psb_window *w = &args->window;
    const size_t channels = (size_t)w->channels;
    for (int32_t y = 0; y < w->out_height; y++)
        for (int32_t x = 0; x < w->out_width; x++) {
            const pool_taps taps = pool_taps_at(args, y, x);
            uint8_t *out = args->out + (size_t)y * w->out_row + (size_t)x * w->out_pixel;
            size_t c = 0;
            for (; c + POOL_BLOCK <= channels; c += POOL_BLOCK) pool_max_block(w, &taps, c, out + c, POOL_BLOCK);
            if (c < channels) pool_max_block(w, &taps, c, out + c, channels - c);
        }
}

/* The mean of up to a block of channels. */
PSB_ALWAYS_INLINE void pool_average_block(const psb_window *w, const pool_taps *taps, size_t c, uint8_t *out,
                                          size_t count)
{
    int32_t sums[POOL_BLOCK];
    for (size_t i = 0; i < POOL_BLOCK; i++) sums[i] = taps->missing;
    for (int32_t ky = 0; ky < taps->rows; ky++)
        for (int32_t kx = 0; kx < taps->columns; kx++)
            pool_add(sums, taps->in + (size_t)ky * w->in_row + (size_t)kx * w->in_pixel + c, count);
    for (size_t i = 0; i < count; i++) out[i] = (uint8_t)lrintf((float)sums[i] / taps->divisor);
}

PSB_ALWAYS_INLINE void pool_average_pixel(const psb_window *w, const pool_taps *taps, uint8_t *out)
{
    const size_t channels = (size_t)w->channels;
    size_t c = 0;
    for (; c + POOL_BLOCK <= channels; c += POOL_BLOCK) pool_average_block(w, taps, c, out + c, POOL_BLOCK);
    if (c < channels) pool_average_block(w, taps, c, out + c, channels - c);
}

PSB_ALWAYS_INLINE void pool_average_run(const psb_pool_u8_args *args)
{
    const psb_window *w = &args->window;
    const int32_t area = w->kernel_height * w->kernel_width;
    for (int32_t y = 0; y < w->out_height; y++)
        for (int32_t x = 0; x < w->out_width; x++) {
            pool_taps taps = pool_taps_at(args, y, x);
            const int32_t real = taps.rows * taps.columns;
            taps.missing = args->count_padding ? (area - real) * args->zero : 0;
            taps.divisor = (float)(args->count_padding ? area : real);
            uint8_t *out = args->out + (size_t)y * w->out_row + (size_t)x * w->out_pixel;
            pool_average_pixel(w, &taps, out);
        }
}

PSB_ALWAYS_INLINE void pool_global_run(const psb_pool_u8_args *args)
{
    const psb_window *w = &args->window;
    const pool_taps all = {args->in, w->in_height, w->in_width, 0, (float)w->in_height * (float)w->in_width};
    pool_average_pixel(w, &all, args->out);
}

#endif
