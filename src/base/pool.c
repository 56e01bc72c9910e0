/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool's objects lie in one block; the free ones stand on a stack of indices, so the object that was given back
 * last, and is still in the cache, goes out first. One mutex guards the stack.
 */
#include "base/pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"

enum { MAX_CAPACITY = 65536 };

struct psb_pool {
    pthread_mutex_t lock; /* guards the stack */
    uint8_t *items;       /* capacity * stride_bytes */
    size_t stride_bytes;
    int32_t capacity, free_count;
    int32_t free_i[]; /* a stack: free_count of them are free */
};

psb_status psb_pool_create(psb_pool **out, size_t item_bytes, int32_t capacity)
{
    *out = NULL;
    if (capacity < 1 || capacity > MAX_CAPACITY)
        return psb_fail(PSB_BUG, "pool: found a capacity of %d, expected 1 to %d", (int)capacity, MAX_CAPACITY);
    const size_t stride = psb_arena_cost_bytes(item_bytes, 1);
    if (stride > SIZE_MAX / MAX_CAPACITY) return psb_fail_memory("pool", item_bytes);
    const size_t size = stride * (size_t)capacity;

    psb_pool *pool = malloc(sizeof(*pool) + (size_t)capacity * sizeof(pool->free_i[0]));
    if (!pool) return psb_fail_memory("pool", sizeof(*pool));
    *pool = (psb_pool){.stride_bytes = stride, .capacity = capacity, .free_count = capacity};
    pool->items = aligned_alloc(PSB_ARENA_ALIGNMENT_BYTES, size);
    if (!pool->items) {
        free(pool);
        return psb_fail_memory("pool", size);
    }
    memset(pool->items, 0, size);
    for (int32_t i = 0; i < capacity; i++) pool->free_i[i] = capacity - 1 - i; /* the first goes out first */
    pthread_mutex_init(&pool->lock, NULL);
    *out = pool;
    return PSB_OK;
}

void psb_pool_destroy(psb_pool **pool)
{
    if (!pool || !*pool) return;
    assert((*pool)->free_count == (*pool)->capacity);
    pthread_mutex_destroy(&(*pool)->lock);
    free((*pool)->items);
    free(*pool);
    *pool = NULL;
}

void *psb_pool_get(psb_pool *pool)
{
    void *item = NULL;
    pthread_mutex_lock(&pool->lock);
    if (pool->free_count > 0) item = pool->items + (size_t)pool->free_i[--pool->free_count] * pool->stride_bytes;
    pthread_mutex_unlock(&pool->lock);
    return item;
}

void psb_pool_put(psb_pool *pool, void *item_take)
{
    if (!item_take) return;
    const size_t offset = (size_t)((uint8_t *)item_take - pool->items);
    assert(offset % pool->stride_bytes == 0 && offset / pool->stride_bytes < (size_t)pool->capacity);
    pthread_mutex_lock(&pool->lock);
    assert(pool->free_count < pool->capacity);
    pool->free_i[pool->free_count++] = (int32_t)(offset / pool->stride_bytes);
    pthread_mutex_unlock(&pool->lock);
}

int32_t psb_pool_used_count(psb_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    const int32_t used_count = pool->capacity - pool->free_count;
    pthread_mutex_unlock(&pool->lock);
    return used_count;
}
