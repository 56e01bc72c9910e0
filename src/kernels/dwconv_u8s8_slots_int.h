/* SPDX-License-Identifier: Apache-2.0
 *
 * What the integer depthwise kernels share that is not arithmetic: the taps of an output as a list of places, so that
 * sums need not know of borders, and which outputs share such a list.
 */
#ifndef PSB_KERNELS_DWCONV_U8S8_SLOTS_INT_H
#define PSB_KERNELS_DWCONV_U8S8_SLOTS_INT_H

#include <stdbool.h>

#include "kernels/dwconv_u8s8.h"

enum { DW_MOST_SLOTS = 64, DW_PAD_BYTES = 128 }; /* 49 taps and their fill: 3x16 has one more a row */

/* What is the same for all outputs. */
typedef struct dw_picture {
    const psb_dwconv_u8s8_args *args;
    size_t blocks, slots; /* of packed weights; slots with the fill */
    size_t row_slots;     /* slots from one kernel row to the next */
    uint8_t pad[DW_PAD_BYTES];
} dw_picture;

/* Where each slot of some outputs lies, and how much further on for the next outputs. */
typedef struct dw_slots {
    const uint8_t *at[DW_MOST_SLOTS];
    size_t step[DW_MOST_SLOTS]; /* 0 in padding */
} dw_slots;

/* The slots of the output at (y, x), `offset` bytes into its pixel. Slots without a tap repeat another's place: their
 * weights are zero. */
static void find_slots(dw_slots *slots, const dw_picture *p, int32_t y, int32_t x, size_t offset, size_t step)
{
    const psb_window *w = &p->args->window;
    for (size_t s = 0; s < p->slots; s++) {
        slots->at[s] = p->pad;
        slots->step[s] = 0;
    }
    for (int32_t ky = 0; ky < w->kernel_height; ky++)
        for (int32_t kx = 0; kx < w->kernel_width; kx++) {
            int32_t in_y = y * w->stride_y - w->pad_top + ky, in_x = x * w->stride_x - w->pad_left + kx;
            if (in_y < 0 || in_y >= w->in_height || in_x < 0 || in_x >= w->in_width) continue;
            size_t slot = (size_t)ky * p->row_slots + (size_t)kx;
            slots->at[slot] = p->args->in + (size_t)in_y * w->in_row + (size_t)in_x * w->in_pixel + offset;
            slots->step[slot] = step;
        }
}

static void advance(dw_slots *slots, size_t count)
{
    for (size_t s = 0; s < count; s++) slots->at[s] += slots->step[s];
}

/* Outputs whose windows lie inside sideways: x_first .. x_end - 1. */
static void find_inside(const psb_window *w, int32_t *first_out, int32_t *end_out)
{
    int32_t first = (w->pad_left + w->stride_x - 1) / w->stride_x;
    int32_t room = w->in_width + w->pad_left - w->kernel_width;
    int32_t end = room < 0 ? 0 : room / w->stride_x + 1;
    *first_out = first < w->out_width ? first : w->out_width;
    *end_out = end < w->out_width ? end : w->out_width;
    if (*end_out < *first_out) *end_out = *first_out;
}

static void apply_table(const psb_dwconv_u8s8_args *args)
{
    const psb_window *w = &args->window;
    bool is_flat = w->out_pixel == (size_t)w->channels;
    for (int32_t y = 0; y < (is_flat ? 1 : w->out_height); y++) {
        uint8_t *out = args->out + (size_t)y * w->out_row;
        psb_lut_u8_args lut = {.out = out,
                               .in = out,
                               .table = args->requant.table,
                               .class_of = args->requant.class_of,
                               .period = (size_t)w->channels,
                               .class_count = args->requant.class_count};
        lut.rows = (size_t)(is_flat ? w->out_height : w->out_width);
        lut.columns = (size_t)w->channels * (size_t)(is_flat ? w->out_width : 1);
        lut.ld_out = lut.ld_in = is_flat ? w->out_row : w->out_pixel;
        args->requant.lut(&lut);
    }
}

#endif
