/* SPDX-License-Identifier: Apache-2.0
 *
 * The specification of the prepare kernels (prepare.h): blending two rows, and reading, converting and normalising
 * one. Plain loops; the variants must give the same bits.
 */
#include "kernels/prepare.h"

#include <math.h>

void psb_prepare_blend_c(int16_t *out, const uint8_t *a, const uint8_t *b, int32_t weight, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        const int32_t from = PSB_PREPARE_SAMPLE_ONE * a[i], way = PSB_PREPARE_SAMPLE_ONE * (b[i] - a[i]);
        /* A right shift rounds towards minus infinity, with gcc and clang also below zero. */
        out[i] = (int16_t)(from + ((way * weight + PSB_PREPARE_BLEND_ONE / 2) >> 15));
    }
}

/* At most 32640 * 2^14, which an int32 holds. */
static float read_tap(const int16_t *row, const psb_prepare_taps *taps, int32_t i)
{
    const int16_t *at = row + taps->at[i], *weight = taps->weight + 2 * i;
    return (float)(at[0] * weight[0] + at[1] * weight[1]);
}

static float channel_at(const psb_prepare_row_args *args, int32_t i, int32_t c)
{
    const float y = read_tap(args->luma, &args->luma_taps, i) * args->luma_factor;
    const float cb = read_tap(args->cb, &args->chroma_taps, i), cr = read_tap(args->cr, &args->chroma_taps, i);
    float v = y + cb * args->cb_factor[c] + cr * args->cr_factor[c] + args->offset[c];
    v = v > 0.0f ? v : 0.0f;
    v = v < 255.0f ? v : 255.0f;
    return v * args->gain[c] + args->bias[c];
}

void psb_prepare_row_c(const psb_prepare_row_args *args)
{
    for (int32_t i = 0; i < args->width; i++)
        for (int32_t c = 0; c < 3; c++)
            args->out[i * args->pixel_step + c * args->channel_step] = channel_at(args, i, c);
}

void psb_prepare_row_u8_c(const psb_prepare_row_args *args)
{
    for (int32_t i = 0; i < args->width; i++)
        for (int32_t c = 0; c < 3; c++) {
            float v = channel_at(args, i, c);
            v = v > 0.0f ? v : 0.0f;
            v = v < 255.0f ? v : 255.0f;
            args->out_u8[i * args->pixel_step + c * args->channel_step] = (uint8_t)lrintf(v);
        }
}
