/* SPDX-License-Identifier: Apache-2.0
 *
 * Sorting of index lists, stable, in n log n for any input, without allocation. qsort is neither stable nor bounded.
 */
#ifndef PSB_TRACK_ORDER_H
#define PSB_TRACK_ORDER_H

#include <stdbool.h>
#include <stdint.h>

/* Whether item a belongs before item b; a strict order. */
typedef bool (*psb_before_fn)(const void *context, int32_t a, int32_t b);

/* Sorts list[count]; spare has room for as many. */
void psb_order_sort(int32_t *list, int32_t *spare, int32_t count, psb_before_fn before, const void *context);

#endif
