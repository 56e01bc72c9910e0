/* SPDX-License-Identifier: Apache-2.0
 *
 * Sorting of index lists, stable, in n log n for any input, without allocation. qsort is neither stable nor bounded.
 * Where the order is that of one number, it travels with the index: no call and no look-up per comparison.
 */
#ifndef PSB_GEOMETRY_ORDER_H
#define PSB_GEOMETRY_ORDER_H

#include <stdbool.h>
#include <stdint.h>

/* Whether item a belongs before item b; a strict order. */
typedef bool (*psb_before_fn)(const void *context, int32_t a, int32_t b);

/* Sorts list[count]; spare has room for as many. */
void psb_order_sort(int32_t *list, int32_t *spare, int32_t count, psb_before_fn before, const void *context);

/* An item and the number by which it is sorted. */
typedef struct psb_order_item {
    double key;
    int32_t item_i;
} psb_order_item;

/* Sorts list[count], lowest key first (no NaN); spare has room for as many. */
void psb_order_sort_keys(psb_order_item *list, psb_order_item *spare, int32_t count);

#endif
