/* SPDX-License-Identifier: Apache-2.0
 *
 * Resizing bytes in loops over channels that compilers turn into vectors of the including file's instruction set.
 * An output row that comes from the same row as the one before it is copied from there.
 */
#ifndef PSB_KERNELS_RESIZE_U8_SIMD_INT_H
#define PSB_KERNELS_RESIZE_U8_SIMD_INT_H

#include <string.h>

#include "base/compiler.h"
#include "kernels/resize_u8.h"

enum { RESIZE_BLOCK = 16 }; /* channels that are copied without a call */

/* One pixel. Blocks overlap at its end; pixels smaller than one go to memcpy. */
PSB_ALWAYS_INLINE void resize_copy_pixel(uint8_t *restrict out, const uint8_t *restrict in, size_t channels)
{
    if (channels < RESIZE_BLOCK) {
        memcpy(out, in, channels);
        return;
    }
    size_t c = 0;
    for (; c + RESIZE_BLOCK <= channels; c += RESIZE_BLOCK) memcpy(out + c, in + c, RESIZE_BLOCK);
    memcpy(out + channels - RESIZE_BLOCK, in + channels - RESIZE_BLOCK, RESIZE_BLOCK);
}

PSB_ALWAYS_INLINE void resize_nearest_run(const psb_resize_u8_args *args)
{
    const size_t channels = (size_t)args->channels;
    for (int32_t y = 0; y < args->out_height; y++) {
        uint8_t *out = args->out + (size_t)y * args->out_row;
        if (y > 0 && args->y0[y] == args->y0[y - 1] && args->out_pixel == channels) {
            memcpy(out, out - args->out_row, (size_t)args->out_width * channels);
            continue;
        }
        const uint8_t *in = args->in + (size_t)args->y0[y] * args->in_row;
        for (int32_t x = 0; x < args->out_width; x++, out += args->out_pixel)
            resize_copy_pixel(out, in + (size_t)args->x0[x] * args->in_pixel, channels);
    }
}

/* The four pixels around one output, and their shares; a share of 128 times 128 is 1. */
typedef struct resize_corners {
    const uint8_t *p00, *p01, *p10, *p11;
    int32_t w00, w01, w10, w11;
} resize_corners;

PSB_ALWAYS_INLINE void resize_blend_pixel(uint8_t *restrict out, const resize_corners *k, size_t channels)
{
    const uint8_t *restrict p00 = k->p00, *restrict p01 = k->p01, *restrict p10 = k->p10, *restrict p11 = k->p11;
    for (size_t c = 0; c < channels; c++)
        out[c] = (uint8_t)((p00[c] * k->w00 + p01[c] * k->w01 + p10[c] * k->w10 + p11[c] * k->w11 + (1 << 13)) >> 14);
}

PSB_ALWAYS_INLINE void resize_bilinear_run(const psb_resize_u8_args *args)
{
    for (int32_t y = 0; y < args->out_height; y++) {
        const uint8_t *top = args->in + (size_t)args->y0[y] * args->in_row;
        const uint8_t *bottom = args->in + (size_t)args->y1[y] * args->in_row;
        const int32_t down = args->fy[y], up = PSB_RESIZE_U8_ONE - down;
        for (int32_t x = 0; x < args->out_width; x++) {
            const size_t left = (size_t)args->x0[x] * args->in_pixel, right = (size_t)args->x1[x] * args->in_pixel;
            const int32_t after = args->fx[x], before = PSB_RESIZE_U8_ONE - after;
            const resize_corners corners = {top + left,  top + right, bottom + left, bottom + right,
                                            up * before, up * after,  down * before, down * after};
            resize_blend_pixel(args->out + (size_t)y * args->out_row + (size_t)x * args->out_pixel, &corners,
                               (size_t)args->channels);
        }
    }
}

#endif
