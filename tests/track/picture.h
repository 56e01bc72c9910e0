/* SPDX-License-Identifier: Apache-2.0
 *
 * Pictures for the tests of the camera's motion: a textured wall without end, seen by a camera that may be shifted,
 * turned and zoomed, with light, noise and things in front. All chance comes from the seed.
 */
#ifndef PSB_TESTS_TRACK_PICTURE_H
#define PSB_TESTS_TRACK_PICTURE_H

#include <passerby/camera_motion.h>
#include <passerby/frame.h>

#include "base/rng.h"

typedef struct wall_view {
    int32_t width, height;
    psb_camera_motion to_wall; /* pixels of the picture to places on the wall */
    double light;              /* factor, 1 = as it is */
    double noise;              /* deviation, grey levels */
    int32_t which;             /* another wall */
    psb_rng rng;
} wall_view;

void wall_view_init(wall_view *out, int32_t width, int32_t height);

/* The camera moves: what stood at p stands at motion(p) from now on. */
void wall_view_move(wall_view *view, psb_camera_motion motion);

/* A shift, and a turn (radians) and zoom about the picture's middle. */
psb_camera_motion wall_view_motion(const wall_view *view, double x_px, double y_px, double zoom, double turn);

/* What is seen, as a frame of its own (grey); the caller's to unref. */
psb_frame *wall_view_look(wall_view *view, double time_s);

/* A thing with a texture of its own in front of the wall. */
void wall_view_put_thing(psb_frame *frame, int32_t x, int32_t y, int32_t width, int32_t height, int32_t which);

#endif
