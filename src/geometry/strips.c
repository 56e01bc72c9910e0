/* SPDX-License-Identifier: Apache-2.0
 *
 * Cutting things into strips. With k things a strip, a search for a thing's neighbours in an even scene reads a few of
 * n/k strips' heads and a few things of two or three strips; k grows with the root of n, so both stay small.
 */
#include "geometry/strips.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"

/* Fewer things than this are one strip: a list is searched faster than it is cut. */
enum { LEAST_CUT = 64 };

void psb_strips_fini(psb_strips *strips)
{
    void *const blocks[] = {strips->strip, strips->items,  strips->spare,
                            strips->x_px,  strips->top_px, strips->bottom_px};
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) free(blocks[i]);
    *strips = (psb_strips){0};
}

/* Things a strip: so many that there are about half as many strips as things in one. */
static int32_t things_in_strip(int32_t count)
{
    return count < LEAST_CUT ? count : (int32_t)sqrt(2.0 * count);
}

psb_status psb_strips_reserve(psb_strips *strips, int32_t capacity)
{
    if (capacity <= strips->capacity) return PSB_OK;
    psb_strips_fini(strips);
    const size_t count = (size_t)capacity;
    strips->strip = malloc(count * sizeof(*strips->strip));
    strips->items = malloc(count * sizeof(*strips->items));
    strips->spare = malloc(count * sizeof(*strips->spare));
    strips->x_px = malloc(count * sizeof(*strips->x_px));
    strips->top_px = malloc(count * sizeof(*strips->top_px));
    strips->bottom_px = malloc(count * sizeof(*strips->bottom_px));
    if (!strips->strip || !strips->items || !strips->spare || !strips->x_px || !strips->top_px || !strips->bottom_px) {
        psb_strips_fini(strips);
        return psb_fail_memory("an index of places", count * sizeof(*strips->strip));
    }
    strips->capacity = capacity;
    return PSB_OK;
}

/* The next strip: things that stand side by side in items. */
static void close_strip(psb_strips *strips, int32_t first, int32_t count)
{
    psb_order_item *const items = strips->items + first;
    double top_px = INFINITY, bottom_px = -INFINITY;
    for (int32_t i = 0; i < count; i++) {
        const int32_t item_i = items[i].item_i;
        items[i].key = strips->x_px[item_i];
        top_px = strips->top_px[item_i] < top_px ? strips->top_px[item_i] : top_px;
        bottom_px = strips->bottom_px[item_i] > bottom_px ? strips->bottom_px[item_i] : bottom_px;
    }
    psb_order_sort_keys(items, strips->spare, count);
    strips->strip[strips->strip_count++] = (psb_strip){top_px, bottom_px, items, items + count};
}

void psb_strips_sort(psb_strips *strips)
{
    const int32_t count = strips->count, in_strip = things_in_strip(count);
    for (int32_t i = 0; i < count; i++)
        strips->items[i] = (psb_order_item){0.5 * (strips->top_px[i] + strips->bottom_px[i]), i};
    if (in_strip < count) psb_order_sort_keys(strips->items, strips->spare, count);
    for (int32_t first = 0; first < count; first += in_strip)
        close_strip(strips, first, count - first < in_strip ? count - first : in_strip);
}
