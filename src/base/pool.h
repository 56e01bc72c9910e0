/* SPDX-License-Identifier: Apache-2.0
 *
 * A pool: a fixed number of objects of one size, taken and given back by any thread, without allocation.
 * Its bound is given when it is made; at the bound `get` returns NULL, and the caller decides: wait, drop, or report.
 */
#ifndef PSB_BASE_POOL_H
#define PSB_BASE_POOL_H

#include <stddef.h>
#include <stdint.h>

#include <passerby/status.h>

typedef struct psb_pool psb_pool;

/* capacity: 1..65536 objects of item_bytes each, 64-byte aligned, all zero at first. */
psb_status psb_pool_create(psb_pool **out, size_t item_bytes, int32_t capacity);

/* Every object is back by now: what is still out would be left dangling (an assert says so). */
void psb_pool_destroy(psb_pool **pool);

/* An object as its last user left it, or NULL at the bound. */
void *psb_pool_get(psb_pool *pool);

/* NULL is accepted. */
void psb_pool_put(psb_pool *pool, void *item_take);

/* How many are out now. */
int32_t psb_pool_used_count(psb_pool *pool);

#endif
