/* SPDX-License-Identifier: Apache-2.0
 *
 * An atomic reference count, embedded in what it counts. Counting up needs no order: whoever counts up holds a
 * reference already. Counting down releases this thread's writes, and the last one acquires everybody's before it
 * destroys (as dav1d's src/ref.c and Boost's shared_ptr argue).
 */
#ifndef PSB_BASE_REF_H
#define PSB_BASE_REF_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct psb_ref {
    _Atomic int32_t count;
} psb_ref;

/* One reference: the creator's. */
static inline void psb_ref_init(psb_ref *ref)
{
    atomic_init(&ref->count, 1);
}

static inline void psb_ref_up(psb_ref *ref)
{
    atomic_fetch_add_explicit(&ref->count, 1, memory_order_relaxed);
}

/* True for the last reference: the caller destroys the object, and only that caller. */
static inline bool psb_ref_down(psb_ref *ref)
{
    return atomic_fetch_sub_explicit(&ref->count, 1, memory_order_acq_rel) == 1;
}

/* True where the caller's reference is the only one: it may write. */
static inline bool psb_ref_is_sole(const psb_ref *ref)
{
    return atomic_load_explicit(&ref->count, memory_order_acquire) == 1;
}

#endif
