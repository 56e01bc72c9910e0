/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames without allocation: a pool of frame headers (for decoders that bring their own planes) or of whole frames
 * (for copies). A frame goes back to its pool when its last reference goes; the pool may be closed before that.
 */
#ifndef PSB_FRAME_FRAME_POOL_H
#define PSB_FRAME_FRAME_POOL_H

#include <stdint.h>

#include <passerby/frame.h>

typedef struct psb_frame_pool psb_frame_pool;

/* max_frames: 1..4096, the bound on frames alive at once. From then on only psb_frame_pool_take allocates, and only
 * while more frames with planes live than ever before, or larger ones. */
psb_status psb_frame_pool_create(psb_frame_pool **out, int32_t max_frames);
void psb_frame_pool_destroy(psb_frame_pool **pool); /* frames still alive stay valid */

typedef struct psb_frame_stamp { /* as in psb_frame_wrap */
    double time_s;
    int64_t arrival_ns;
} psb_frame_stamp;

/* As psb_frame_wrap and psb_frame_create, reusing memory. PSB_NO_MEMORY at the bound. */
psb_status psb_frame_pool_wrap(psb_frame **out, psb_frame_pool *pool, const psb_image *image, psb_frame_stamp stamp,
                               psb_frame_release_fn release, void *user);
psb_status psb_frame_pool_take(psb_frame **out, psb_frame_pool *pool, const psb_image *shape, psb_frame_stamp stamp);

#endif
