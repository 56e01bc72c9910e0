/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside of a frame, shared by frame.c (references) and frame_pool.c (reuse). No other room includes it.
 * A frame either borrows its planes (release is called when the last reference goes) or has memory of its own.
 */
#ifndef PSB_FRAME_FRAME_INT_H
#define PSB_FRAME_FRAME_INT_H

#include <stdatomic.h>

#include <passerby/frame.h>

#include "frame/frame_pool.h"

struct psb_frame {
    atomic_int reference_count;
    psb_image image;
    psb_frame_stamp stamp;
    psb_frame_release_fn release; /* NULL for memory of its own */
    void *user;
    uint8_t *memory; /* planes of its own; stays while the frame rests in its pool */
    size_t memory_bytes;
    psb_frame_pool *pool; /* where it goes when the last reference goes; NULL: back to the heap */
    psb_frame *next;      /* in the pool's list of resting frames */
};

/* Fills a frame that nobody else sees yet, with one reference. Errors: PSB_BAD_INPUT; the frame is then unchanged. */
psb_status psb_frame_set_borrowed(psb_frame *frame, const psb_image *image, psb_frame_stamp stamp);

/* Likewise over memory of its own, which is made larger where it does not suffice. Errors: also PSB_NO_MEMORY. */
psb_status psb_frame_set_owned(psb_frame *frame, const psb_image *shape, psb_frame_stamp stamp);

/* Takes a frame without references home; called by the last unref. */
void psb_frame_pool_give_back(psb_frame_pool *pool, psb_frame *frame);

#endif
