/* SPDX-License-Identifier: Apache-2.0
 *
 * Walkers for the tracker's tests: people on straight ways through a picture, seen with noise, as boxes of one frame.
 * All chance comes from the seed; person and box are told apart by the box's row.
 */
#ifndef PSB_TESTS_TRACK_SCENE_H
#define PSB_TESTS_TRACK_SCENE_H

#include <passerby/tracker.h>

#include "base/rng.h"
#include "geometry/boxes.h"

enum { SCENE_MAX_PEOPLE = 400 };

typedef struct walkers {
    int32_t people;
    double x_px[SCENE_MAX_PEOPLE], y_px[SCENE_MAX_PEOPLE]; /* centre at time 0 */
    double speed_x_px_s[SCENE_MAX_PEOPLE], speed_y_px_s[SCENE_MAX_PEOPLE];
    double height_px[SCENE_MAX_PEOPLE];
    double jitter; /* deviation of each edge, heights */
    psb_rng rng;
} walkers;

/* Nobody yet; no jitter. */
void scene_init(walkers *scene, uint64_t seed);

/* One walker more, 0.4 times as wide as high. */
void scene_add(walkers *scene, double x_px, double y_px, double height_px, double speed_x_px_s);

/* Row i of boxes is person i at this time, score 0.9. */
void scene_look(walkers *scene, psb_boxes *boxes, double time_s);

/* The track whose detection is this row, or -1. */
int32_t scene_track_of(const psb_tracks *tracks, int32_t row_i);

#endif
