/* SPDX-License-Identifier: Apache-2.0
 *
 * Bounded mailbox between threads, of pointers. Its bound is given when it is made. At the bound `put` blocks (files:
 * every frame counts) or `swap` replaces the oldest and hands it back (live: the newest wins), so that what is dropped
 * is visible and counted.
 */
#ifndef PSB_BASE_MAILBOX_H
#define PSB_BASE_MAILBOX_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/status.h>

typedef struct psb_mailbox psb_mailbox;

psb_status psb_mailbox_create(psb_mailbox **out, int32_t capacity); /* 1..4096 */
void psb_mailbox_destroy(psb_mailbox **mailbox); /* what is still inside is the caller's to drain first */

/* Blocks while full. False once closed: the item stays the caller's. */
bool psb_mailbox_put(psb_mailbox *mailbox, void *item_take);

/* Never blocks. Returns the displaced oldest item, or item_take itself once closed, or NULL. */
void *psb_mailbox_swap(psb_mailbox *mailbox, void *item_take);

/* Blocks while empty and open. NULL once closed and empty. */
void *psb_mailbox_get(psb_mailbox *mailbox);

/* No more puts; getters drain what is there and then see NULL. */
void psb_mailbox_close(psb_mailbox *mailbox);

/* How many items `swap` displaced so far. */
int64_t psb_mailbox_dropped_count(const psb_mailbox *mailbox);

#endif
