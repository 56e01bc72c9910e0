/* SPDX-License-Identifier: Apache-2.0
 *
 * An arena: one block, sized once, from which pieces are handed out in order and given back all together.
 * Every piece is 64-byte aligned (a cache line, a ZMM register), so columns from it suit every kernel.
 */
#ifndef PSB_BASE_ARENA_H
#define PSB_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include <passerby/status.h>

enum { PSB_ARENA_ALIGNMENT_BYTES = 64 };

/* init/fini; all zero = an arena without room. One thread at a time. */
typedef struct psb_arena {
    uint8_t *data;
    size_t size_bytes, used_bytes;
} psb_arena;

/* What a piece costs: count * item_bytes rounded up to the alignment, SIZE_MAX where that does not fit. Sum these to
 * size an arena. */
size_t psb_arena_cost_bytes(size_t count, size_t item_bytes);

psb_status psb_arena_init(psb_arena *out, size_t size_bytes);
void psb_arena_fini(psb_arena *arena); /* every piece is gone */

/* A piece for `count` items, its content not set; at least one byte, so never NULL but at the bound. At the bound: NULL
 * and the sentence is written; the caller returns PSB_NO_MEMORY. The piece is the arena's. */
void *psb_arena_get(psb_arena *arena, size_t count, size_t item_bytes);

/* Gives all pieces back; the block stays. */
void psb_arena_reset(psb_arena *arena);

#endif
