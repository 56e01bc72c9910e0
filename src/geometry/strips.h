/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is near: an index over things that have a place, rebuilt for each frame in n log n.
 * After: Leutenegger, Lopez, Edgington, "STR: a simple and efficient algorithm for R-tree packing", ICDE 1997, with two
 * levels only: the things are cut by height into strips of equally many, each strip is sorted from left to right. As
 * strips follow the things and not the picture, no place is far out or too crowded to be found. Up to some dozens
 * are one strip, a sorted list.
 *
 *     for (const psb_strip *strip = strips.strip; strip < strips.strip + strips.strip_count; strip++) {
 *         if (strip->bottom_px < top_px || strip->top_px > bottom_px) continue;
 *         for (const psb_order_item *at = psb_strip_from(strip, x_px); at < strip->end; at++) ...at->item_i
 *     }
 */
#ifndef PSB_GEOMETRY_STRIPS_H
#define PSB_GEOMETRY_STRIPS_H

#include <stdint.h>

#include <passerby/status.h>

#include "geometry/order.h"

typedef struct psb_strip {
    double top_px, bottom_px;          /* of all its things */
    const psb_order_item *begin, *end; /* from left to right: key is x, item_i the thing's number */
} psb_strip;

typedef struct psb_strips { /* all zero is empty; strip and strip_count are there to be read */
    psb_strip *strip;
    int32_t strip_count;

    int32_t count, capacity;
    psb_order_item *items, *spare;
    double *x_px, *top_px, *bottom_px; /* by number */
} psb_strips;

void psb_strips_fini(psb_strips *strips);
/* Room for so many things; what was in it is lost when it grows. */
psb_status psb_strips_reserve(psb_strips *strips, int32_t capacity);

/* The things 0, 1, 2 ... are put in the order of their numbers, then sorted; x may be a left edge or a centre, as the
 * caller asks for it later. Numbers are finite. */
static inline void psb_strips_begin(psb_strips *strips)
{
    strips->count = strips->strip_count = 0;
}

static inline void psb_strips_put(psb_strips *strips, double x_px, double top_px, double bottom_px)
{
    const int32_t item_i = strips->count++;
    strips->x_px[item_i] = x_px;
    strips->top_px[item_i] = top_px;
    strips->bottom_px[item_i] = bottom_px;
}

void psb_strips_sort(psb_strips *strips);

/* The first of a strip that is at or right of x_px. */
static inline const psb_order_item *psb_strip_from(const psb_strip *strip, double x_px)
{
    const psb_order_item *low = strip->begin, *high = strip->end;
    while (high - low > 8) {
        const psb_order_item *middle = low + (high - low) / 2;
        if (middle->key < x_px)
            low = middle + 1;
        else
            high = middle;
    }
    while (low < high && low->key < x_px) low++; /* a few are sooner passed than halved */
    return low;
}

#endif
