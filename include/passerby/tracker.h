/* SPDX-License-Identifier: Apache-2.0
 *
 * Tracker: the boxes of one camera, frame after frame, become identities. It uses where and how people move and
 * nothing of how they look. Online and causal: a frame's tracks depend on this frame and earlier ones only.
 * One tracker a camera, one thread at a time. Memory is bounded by the number of people in the picture.
 */
#ifndef PASSERBY_TRACKER_H
#define PASSERBY_TRACKER_H

#include <stddef.h>

#include <passerby/boxes.h>
#include <passerby/camera_motion.h>
#include <passerby/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct psb_tracker psb_tracker;

typedef struct psb_tracker_options {
    size_t size;      /* set by psb_tracker_options_init */
    float max_lost_s; /* forget a track unseen this long, seconds, 0.05..60; 0 = the default */
    float min_score;  /* boxes weaker than this do not start or feed tracks, 0..1; 0 = the default */
    /* A match behind an occlusion that is less certain than this, 0..1, begins a new identity (docs/doubt.md); 0 = the
     * default, negative = never. */
    float doubt_margin;
} psb_tracker_options;

PSB_API void psb_tracker_options_init(psb_tracker_options *options);

/* options may be NULL. Errors: PSB_BAD_INPUT, PSB_NO_MEMORY; *out is then NULL. */
PSB_API psb_status psb_tracker_create(psb_tracker **out, const psb_tracker_options *options);

/* Accepts NULL and a NULL inside; *tracker becomes NULL. */
PSB_API void psb_tracker_destroy(psb_tracker **tracker);

/* Back to the state after create, memory kept; identities go on (they are never reused). */
PSB_API void psb_tracker_reset(psb_tracker *tracker);

/* One frame that was looked at, also when it has no boxes. time_s must be larger than at the step before. *tracks_out
 * holds every living track (tentative, confirmed, coasting), in the order of ids; it is the tracker's: valid until its
 * next step, reset or destroy. Errors: PSB_BAD_INPUT (time, boxes not finite or empty), PSB_NO_MEMORY. */
PSB_API psb_status psb_tracker_step(psb_tracker *tracker, const psb_tracks **tracks_out, const psb_boxes *boxes,
                                    double time_s);

/* The same of a camera that moved: motion is all that it did since the step before, as found from the pictures
 * (passerby/camera_motion.h); tracks are carried along. NULL = not known: what all boxes have in common is then
 * followed. Errors: also PSB_BAD_INPUT for a motion that is not finite or zooms more than four times. */
PSB_API psb_status psb_tracker_step_moved(psb_tracker *tracker, const psb_tracks **tracks_out, const psb_boxes *boxes,
                                          const psb_camera_motion *motion, double time_s);

#ifdef __cplusplus
}
#endif
#endif
