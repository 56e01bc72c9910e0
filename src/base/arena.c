/* SPDX-License-Identifier: Apache-2.0
 *
 * A bump arena: the next piece begins where the last one ended, rounded up to 64 bytes.
 * It never grows: whoever makes it knows its worst case, and that is where memory stays bounded.
 */
#include "base/arena.h"

#include <stdlib.h>

#include "base/error.h"

size_t psb_arena_cost_bytes(size_t count, size_t item_bytes)
{
    const size_t mask = PSB_ARENA_ALIGNMENT_BYTES - 1;
    if (item_bytes > 0 && count > (SIZE_MAX - mask) / item_bytes) return SIZE_MAX;
    const size_t bytes = count * item_bytes;
    return ((bytes > 0 ? bytes : 1) + mask) & ~mask;
}

psb_status psb_arena_init(psb_arena *out, size_t size_bytes)
{
    *out = (psb_arena){0};
    const size_t size = psb_arena_cost_bytes(size_bytes, 1);
    uint8_t *data = size < SIZE_MAX ? aligned_alloc(PSB_ARENA_ALIGNMENT_BYTES, size) : NULL;
    if (!data) return psb_fail_memory("arena", size_bytes);
    *out = (psb_arena){.data = data, .size_bytes = size};
    return PSB_OK;
}

void psb_arena_fini(psb_arena *arena)
{
    free(arena->data);
    *arena = (psb_arena){0};
}

void *psb_arena_get(psb_arena *arena, size_t count, size_t item_bytes)
{
    const size_t cost = psb_arena_cost_bytes(count, item_bytes);
    const size_t left = arena->size_bytes - arena->used_bytes;
    if (cost > left) {
        psb_fail(PSB_NO_MEMORY, "arena: %zu items of %zu bytes wanted, %zu of %zu bytes left", count, item_bytes, left,
                 arena->size_bytes);
        return NULL;
    }
    void *piece = arena->data + arena->used_bytes;
    arena->used_bytes += cost;
    return piece;
}

void psb_arena_reset(psb_arena *arena)
{
    arena->used_bytes = 0;
}
