/* SPDX-License-Identifier: Apache-2.0
 *
 * How the camera itself moved between two pictures, so that a shaking, turning or zooming camera is not taken for
 * people who move. Found from the luma plane alone; of a fixed camera nothing is looked at but a few small places.
 * Hand what is found to psb_tracker_step_moved.
 */
#ifndef PASSERBY_CAMERA_MOTION_H
#define PASSERBY_CAMERA_MOTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <passerby/boxes.h>
#include <passerby/frame.h>
#include <passerby/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What stood still in the scene at (x, y) of the earlier picture stands at
 * (along x - across y + x_px, across x + along y + y_px) of the later one: shift, turn and zoom. No motion is
 * {1, 0, 0, 0}. */
typedef struct psb_camera_motion {
    double along, across; /* zoom times cosine and sine of the turn */
    double x_px, y_px;    /* where the picture's corner (0, 0) went */
} psb_camera_motion;

/* Plain arithmetic: the motion of no time; first one, then another; a motion taken back. */
PSB_API psb_camera_motion psb_camera_motion_none(void);
PSB_API psb_camera_motion psb_camera_motion_then(const psb_camera_motion *first, const psb_camera_motion *second);
PSB_API psb_camera_motion psb_camera_motion_back(const psb_camera_motion *motion);

typedef struct psb_motion_finder psb_motion_finder;

typedef struct psb_motion_finder_options {
    size_t size;    /* set by psb_motion_finder_options_init */
    double still_s; /* without motion for so long, only a few places are watched; 0 = 1 s */
    uint64_t seed;  /* of the chance by which hypotheses are drawn; every seed serves */
} psb_motion_finder_options;

PSB_API void psb_motion_finder_options_init(psb_motion_finder_options *options);

/* options may be NULL. Errors: PSB_BAD_INPUT, PSB_NO_MEMORY; *out is then NULL. */
PSB_API psb_status psb_motion_finder_create(psb_motion_finder **out, const psb_motion_finder_options *options);

/* Accepts NULL and a NULL inside; *finder becomes NULL. */
PSB_API void psb_motion_finder_destroy(psb_motion_finder **finder);

/* The next picture of the camera, each one that there is, in the order of their times. *is_known_out: whether *out is
 * the motion since the step before; not for a first picture, another size, a scene cut, the dark, or where what moves
 * covers too much to tell; *out is then no motion. Memory is allocated at the first picture and at another size only.
 * Errors: PSB_NO_MEMORY. */
PSB_API psb_status psb_motion_finder_step(psb_motion_finder *finder, psb_camera_motion *out, bool *is_known_out,
                                          const psb_frame *frame);

/* Who is in the picture of the last step: what moves there is not the camera. Without, people are told apart by their
 * moving otherwise than most of the picture. The largest 256 count; they are forgotten at the next call. */
PSB_API void psb_motion_finder_set_people(psb_motion_finder *finder, const psb_tracks *people);

#ifdef __cplusplus
}
#endif
#endif
