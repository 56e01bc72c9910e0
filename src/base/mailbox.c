/* SPDX-License-Identifier: Apache-2.0
 *
 * The mailbox is a ring of pointers under one mutex with two conditions, "not full" and "not empty".
 * Frames are few and large, so a lock costs nothing that could be measured. Only the count of dropped items is
 * atomic: a page of figures may read it at any time.
 */
#include "base/mailbox.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/error.h"

enum { MAX_CAPACITY = 4096 };

struct psb_mailbox {
    pthread_mutex_t lock; /* guards all below but dropped_count */
    pthread_cond_t not_full, not_empty;
    int32_t capacity, count, first_i;
    bool is_closed;
    _Atomic int64_t dropped_count;
    void *item[];
};

psb_status psb_mailbox_create(psb_mailbox **out, int32_t capacity)
{
    *out = NULL;
    if (capacity < 1 || capacity > MAX_CAPACITY)
        return psb_fail(PSB_BUG, "mailbox: found a capacity of %d, expected 1 to %d", capacity, MAX_CAPACITY);
    const size_t size = sizeof(psb_mailbox) + (size_t)capacity * sizeof(void *);
    psb_mailbox *mailbox = calloc(1, size);
    if (!mailbox) return psb_fail_memory("mailbox", size);
    /* With default attributes these three cannot fail on Linux. */
    pthread_mutex_init(&mailbox->lock, NULL);
    pthread_cond_init(&mailbox->not_full, NULL);
    pthread_cond_init(&mailbox->not_empty, NULL);
    mailbox->capacity = capacity;
    *out = mailbox;
    return PSB_OK;
}

void psb_mailbox_destroy(psb_mailbox **mailbox)
{
    if (!mailbox || !*mailbox) return;
    pthread_cond_destroy(&(*mailbox)->not_empty);
    pthread_cond_destroy(&(*mailbox)->not_full);
    pthread_mutex_destroy(&(*mailbox)->lock);
    free(*mailbox);
    *mailbox = NULL;
}

/* Under the lock, not full. */
static void append(psb_mailbox *mailbox, void *item)
{
    mailbox->item[(mailbox->first_i + mailbox->count) % mailbox->capacity] = item;
    mailbox->count++;
    pthread_cond_signal(&mailbox->not_empty);
}

/* Under the lock, not empty. */
static void *remove_first(psb_mailbox *mailbox)
{
    void *item = mailbox->item[mailbox->first_i];
    mailbox->first_i = (mailbox->first_i + 1) % mailbox->capacity;
    mailbox->count--;
    return item;
}

bool psb_mailbox_put(psb_mailbox *mailbox, void *item_take)
{
    pthread_mutex_lock(&mailbox->lock);
    while (mailbox->count == mailbox->capacity && !mailbox->is_closed)
        pthread_cond_wait(&mailbox->not_full, &mailbox->lock);
    const bool is_taken = !mailbox->is_closed;
    if (is_taken) append(mailbox, item_take);
    pthread_mutex_unlock(&mailbox->lock);
    return is_taken;
}

void *psb_mailbox_swap(psb_mailbox *mailbox, void *item_take)
{
    void *displaced = NULL;
    pthread_mutex_lock(&mailbox->lock);
    if (mailbox->is_closed) {
        displaced = item_take;
    } else {
        if (mailbox->count == mailbox->capacity) {
            displaced = remove_first(mailbox);
            atomic_fetch_add(&mailbox->dropped_count, 1);
        }
        append(mailbox, item_take);
    }
    pthread_mutex_unlock(&mailbox->lock);
    return displaced;
}

void *psb_mailbox_get(psb_mailbox *mailbox)
{
    void *item = NULL;
    pthread_mutex_lock(&mailbox->lock);
    while (mailbox->count == 0 && !mailbox->is_closed) pthread_cond_wait(&mailbox->not_empty, &mailbox->lock);
    if (mailbox->count > 0) {
        item = remove_first(mailbox);
        pthread_cond_signal(&mailbox->not_full);
    }
    pthread_mutex_unlock(&mailbox->lock);
    return item;
}

void psb_mailbox_close(psb_mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    mailbox->is_closed = true;
    pthread_cond_broadcast(&mailbox->not_full);
    pthread_cond_broadcast(&mailbox->not_empty);
    pthread_mutex_unlock(&mailbox->lock);
}

int64_t psb_mailbox_dropped_count(const psb_mailbox *mailbox)
{
    return atomic_load(&mailbox->dropped_count);
}
