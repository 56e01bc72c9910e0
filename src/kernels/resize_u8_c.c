/* SPDX-License-Identifier: Apache-2.0
 *
 * Resizing bytes in plain C: the specification of resize_u8.h.
 */
#include "kernels/resize_u8.h"

void psb_resize_u8_nearest_c(const psb_resize_u8_args *args)
{
    for (int32_t y = 0; y < args->out_height; y++)
        for (int32_t x = 0; x < args->out_width; x++)
            for (int32_t c = 0; c < args->channels; c++)
                args->out[(size_t)y * args->out_row + (size_t)x * args->out_pixel + (size_t)c] =
                    args->in[(size_t)args->y0[y] * args->in_row + (size_t)args->x0[x] * args->in_pixel + (size_t)c];
}

/* Channel c of row y between output column x's two sources, 128 times its value. */
static int32_t sideways(const psb_resize_u8_args *args, int32_t y, int32_t x, int32_t c)
{
    const uint8_t *row = args->in + (size_t)y * args->in_row + (size_t)c;
    int32_t left = row[(size_t)args->x0[x] * args->in_pixel], right = row[(size_t)args->x1[x] * args->in_pixel];
    return left * (PSB_RESIZE_U8_ONE - args->fx[x]) + right * args->fx[x];
}

void psb_resize_u8_bilinear_c(const psb_resize_u8_args *args)
{
    for (int32_t y = 0; y < args->out_height; y++)
        for (int32_t x = 0; x < args->out_width; x++)
            for (int32_t c = 0; c < args->channels; c++) {
                int32_t top = sideways(args, args->y0[y], x, c), bottom = sideways(args, args->y1[y], x, c);
                int32_t sum = top * (PSB_RESIZE_U8_ONE - args->fy[y]) + bottom * args->fy[y];
                args->out[(size_t)y * args->out_row + (size_t)x * args->out_pixel + (size_t)c] =
                    (uint8_t)((sum + (1 << 13)) >> 14);
            }
}
