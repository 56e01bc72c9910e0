/* SPDX-License-Identifier: Apache-2.0
 *
 * Merge sort of indices: short runs by insertion, then runs merged pairwise. Lists are mostly short (people in a
 * picture), so insertion does nearly all of the work; the merges bound a hostile frame of a million boxes.
 * The two sorts are one shape over two kinds of items: a comparison that is called, and one that is not.
 */
#include "geometry/order.h"

#include <string.h>

enum { RUN = 16 };

static void sort_run(int32_t *list, int32_t count, psb_before_fn before, const void *context)
{
    for (int32_t i = 1; i < count; i++) {
        const int32_t item = list[i];
        int32_t at = i;
        for (; at > 0 && before(context, item, list[at - 1]); at--) list[at] = list[at - 1];
        list[at] = item;
    }
}

/* Two sorted runs, list[0, middle) and list[middle, count), become one. */
static void merge(int32_t *list, int32_t *spare, int32_t middle, int32_t count, psb_before_fn before,
                  const void *context)
{
    memcpy(spare, list, (size_t)middle * sizeof(*spare));
    int32_t left = 0, right = middle;
    for (int32_t i = 0; left < middle; i++) {
        const bool takes_right = right < count && before(context, list[right], spare[left]);
        list[i] = takes_right ? list[right++] : spare[left++];
    }
}

void psb_order_sort(int32_t *list, int32_t *spare, int32_t count, psb_before_fn before, const void *context)
{
    for (int32_t from = 0; from < count; from += RUN)
        sort_run(list + from, count - from < RUN ? count - from : RUN, before, context);
    for (int64_t length = RUN; length < count; length *= 2)
        for (int64_t from = 0; from + length < count; from += 2 * length) {
            const int64_t rest = count - from;
            merge(list + from, spare, (int32_t)length, (int32_t)(rest < 2 * length ? rest : 2 * length), before,
                  context);
        }
}

static void sort_key_run(psb_order_item *list, int32_t count)
{
    for (int32_t i = 1; i < count; i++) {
        const psb_order_item item = list[i];
        int32_t at = i;
        for (; at > 0 && item.key < list[at - 1].key; at--) list[at] = list[at - 1];
        list[at] = item;
    }
}

static void merge_keys(psb_order_item *list, psb_order_item *spare, int32_t middle, int32_t count)
{
    memcpy(spare, list, (size_t)middle * sizeof(*spare));
    int32_t left = 0, right = middle;
    for (int32_t i = 0; left < middle; i++) {
        const bool takes_right = right < count && list[right].key < spare[left].key;
        list[i] = takes_right ? list[right++] : spare[left++];
    }
}

void psb_order_sort_keys(psb_order_item *list, psb_order_item *spare, int32_t count)
{
    for (int32_t from = 0; from < count; from += RUN)
        sort_key_run(list + from, count - from < RUN ? count - from : RUN);
    for (int64_t length = RUN; length < count; length *= 2)
        for (int64_t from = 0; from + length < count; from += 2 * length) {
            const int64_t rest = count - from;
            merge_keys(list + from, spare, (int32_t)length, (int32_t)(rest < 2 * length ? rest : 2 * length));
        }
}
