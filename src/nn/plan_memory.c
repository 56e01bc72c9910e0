/* SPDX-License-Identifier: Apache-2.0
 *
 * Overlaying buffers in one arena: the largest first, each at the lowest offset where it meets no other buffer that is
 * alive at the same time. After: Pisarchyk & Lee, "Efficient Memory Management for Deep Neural Net Inference",
 * arXiv 2001.03288, "greedy by size". Offsets are multiples of a cache line.
 */
#include "nn/plan_int.h"

#include <stdlib.h>

#include "base/error.h"

enum { ALIGN_BYTES = 64 };

typedef struct placed {
    size_t begin, end; /* bytes */
    int32_t first_step, last_step;
} placed;

typedef struct ranked {
    size_t size_bytes;
    int32_t buffer;
} ranked;

static int compare_ranked(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->size_bytes != y->size_bytes) return x->size_bytes < y->size_bytes ? 1 : -1;
    return x->buffer < y->buffer ? -1 : x->buffer > y->buffer;
}

/* The lowest offset with a gap of size among those that are alive with the buffer; `done` is sorted by begin. */
static size_t find_gap(const placed *done, int32_t count, const psb_buffer *buffer, size_t size)
{
    size_t at = 0;
    for (int32_t d = 0; d < count; d++) {
        if (done[d].last_step < buffer->first_step || done[d].first_step > buffer->last_step) continue;
        if (done[d].begin >= at + size) break;
        if (done[d].end > at) at = done[d].end;
    }
    return at;
}

static void insert(placed *done, int32_t count, placed fresh)
{
    int32_t at = count;
    for (; at > 0 && done[at - 1].begin > fresh.begin; at--) done[at] = done[at - 1];
    done[at] = fresh;
}

psb_status psb_plan_overlay(psb_plan *plan, const char *file)
{
    placed *done = calloc((size_t)plan->buffer_count + 1, sizeof(*done));
    ranked *order = calloc((size_t)plan->buffer_count + 1, sizeof(*order));
    psb_status status = PSB_OK;
    int32_t count = 0;
    if (!done || !order) {
        status = psb_fail_memory("memory plan", (size_t)plan->buffer_count * sizeof(*done));
        goto done;
    }
    for (int32_t b = 0; b < plan->buffer_count; b++) {
        const psb_buffer *buffer = &plan->buffers[b];
        if (buffer->constant || buffer->last_step < buffer->first_step) continue;
        size_t size_bytes = (buffer->bytes + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
        order[count++] = (ranked){.size_bytes = size_bytes, .buffer = b};
    }
    qsort(order, (size_t)count, sizeof(*order), compare_ranked);
    plan->arena_bytes = 0;
    for (int32_t i = 0; i < count; i++) {
        psb_buffer *buffer = &plan->buffers[order[i].buffer];
        size_t size = order[i].size_bytes, at = find_gap(done, i, buffer, size);
        if (at + size > PSB_GRAPH_MAX_PLAN_BYTES) {
            status = psb_fail(PSB_BAD_INPUT, "%s: found a plan of more than %zu bytes of memory, expected at most 1 GB",
                              file, PSB_GRAPH_MAX_PLAN_BYTES);
            goto done;
        }
        buffer->offset_bytes = at;
        insert(
            done, i,
            (placed){.begin = at, .end = at + size, .first_step = buffer->first_step, .last_step = buffer->last_step});
        if (at + size > plan->arena_bytes) plan->arena_bytes = at + size;
    }
done:
    free(order);
    free(done);
    return status;
}
