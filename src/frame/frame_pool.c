/* SPDX-License-Identifier: Apache-2.0
 *
 * All headers come with the pool, in one block: how many live at once depends on how threads happen to run, and a frame
 * must not allocate because of that. (The block is zero pages until a header is first used.) Frames at rest lie in two
 * lists, bare headers and frames with memory of their own; only that memory comes later, when first needed.
 * The pool lives until its owner has destroyed it and its last frame has come home, whichever is later, so that a frame
 * in a delay line never points at nothing. The lock is held for a few instructions and never while a callback runs.
 */
#include "frame/frame_pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/error.h"
#include "frame/frame_int.h"

struct psb_frame_pool {
    pthread_mutex_t lock; /* guards everything below; no other lock is taken inside it */
    psb_frame *resting_bare;
    psb_frame *resting_owned; /* with memory */
    int32_t max_frames;
    int32_t used_count;  /* frames[0 .. used_count) have been lent at least once */
    int32_t alive_count; /* handed out and not yet back */
    bool is_destroyed;   /* the owner left; the last frame home frees the pool */
    psb_frame frames[];  /* max_frames */
};

psb_status psb_frame_pool_create(psb_frame_pool **out, int32_t max_frames)
{
    *out = NULL;
    if (max_frames < 1 || max_frames > 4096)
        return psb_fail(PSB_BAD_INPUT, "frame pool: found room for %d frames, expected 1 to 4096", (int)max_frames);
    const size_t size_bytes = sizeof(psb_frame_pool) + (size_t)max_frames * sizeof(psb_frame);
    psb_frame_pool *pool = calloc(1, size_bytes);
    if (!pool) return psb_fail_memory("a frame pool", size_bytes);
    if (pthread_mutex_init(&pool->lock, NULL)) {
        free(pool);
        return psb_fail(PSB_ENVIRONMENT, "frame pool: no lock to be had from the system");
    }
    pool->max_frames = max_frames;
    *out = pool;
    return PSB_OK;
}

/* For whoever leaves last: nobody else can see the pool any more. */
static void destroy_now(psb_frame_pool *pool)
{
    for (int32_t i = 0; i < pool->used_count; i++) free(pool->frames[i].memory);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

void psb_frame_pool_destroy(psb_frame_pool **pool)
{
    if (!pool || !*pool) return;
    psb_frame_pool *leaving = *pool;
    *pool = NULL;
    pthread_mutex_lock(&leaving->lock);
    leaving->is_destroyed = true;
    const bool is_last = leaving->alive_count == 0;
    pthread_mutex_unlock(&leaving->lock);
    if (is_last) destroy_now(leaving);
}

void psb_frame_pool_give_back(psb_frame_pool *pool, psb_frame *frame)
{
    pthread_mutex_lock(&pool->lock);
    psb_frame **list = frame->memory ? &pool->resting_owned : &pool->resting_bare;
    frame->next = *list;
    *list = frame;
    pool->alive_count--;
    const bool is_last = pool->is_destroyed && pool->alive_count == 0;
    pthread_mutex_unlock(&pool->lock);
    if (is_last) destroy_now(pool);
}

/* The first frame of a list, or NULL. */
static psb_frame *pop(psb_frame **list)
{
    psb_frame *frame = *list;
    if (frame) *list = frame->next;
    return frame;
}

/* A frame that nobody holds, counted as alive; of the asked kind while there is one, for memory is worth keeping. */
static psb_status lend(psb_frame **out, psb_frame_pool *pool, bool is_owned)
{
    psb_frame *frame = NULL;
    *out = NULL;
    pthread_mutex_lock(&pool->lock);
    const bool is_full = pool->alive_count >= pool->max_frames;
    if (!is_full) {
        frame = pop(is_owned ? &pool->resting_owned : &pool->resting_bare);
        if (!frame && pool->used_count < pool->max_frames) frame = &pool->frames[pool->used_count++];
        if (!frame) frame = pop(is_owned ? &pool->resting_bare : &pool->resting_owned);
        pool->alive_count++;
    }
    pthread_mutex_unlock(&pool->lock);

    if (is_full)
        return psb_fail(PSB_NO_MEMORY, "frame pool: all %d frames are in use, expected one to be free",
                        (int)pool->max_frames);
    frame->pool = pool;
    frame->next = NULL;
    *out = frame;
    return PSB_OK;
}

psb_status psb_frame_pool_wrap(psb_frame **out, psb_frame_pool *pool, const psb_image *image, psb_frame_stamp stamp,
                               psb_frame_release_fn release, void *user)
{
    psb_frame *frame = NULL;
    *out = NULL;
    psb_status status = lend(&frame, pool, false);
    if (status) return status;
    status = psb_frame_set_borrowed(frame, image, stamp);
    if (status) {
        psb_frame_pool_give_back(pool, frame);
        return status;
    }
    frame->release = release;
    frame->user = user;
    *out = frame;
    return PSB_OK;
}

psb_status psb_frame_pool_take(psb_frame **out, psb_frame_pool *pool, const psb_image *shape, psb_frame_stamp stamp)
{
    psb_frame *frame = NULL;
    *out = NULL;
    psb_status status = lend(&frame, pool, true);
    if (status) return status;
    status = psb_frame_set_owned(frame, shape, stamp);
    if (status) {
        psb_frame_pool_give_back(pool, frame);
        return status;
    }
    *out = frame;
    return PSB_OK;
}
