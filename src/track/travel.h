/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the camera went, over a whole run: of any two looks, where the scene of one stands in the picture of the other.
 * Motions are multiplied up within stretches only, and stretches one by one: a camera that walks ahead for an hour
 * zooms by more than numbers can tell apart, but nobody asks of two looks an hour apart.
 */
#ifndef PSB_TRACK_TRAVEL_H
#define PSB_TRACK_TRAVEL_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/boxes.h>
#include <passerby/camera_motion.h>
#include <passerby/status.h>

typedef struct psb_travel { /* init with all zero, fini */
    int32_t count, capacity;
    psb_camera_motion *since_start; /* per look: since the first look of its stretch, that one's own motion included */
    bool has_moved;
} psb_travel;

void psb_travel_fini(psb_travel *travel);

/* One look more, and how the camera moved since the look before; NULL = not known, taken for no motion. Errors:
 * PSB_NO_MEMORY. */
psb_status psb_travel_add(psb_travel *travel, const psb_camera_motion *motion);

/* From one look to another, earlier or later. */
psb_camera_motion psb_travel_between(const psb_travel *travel, int32_t from_i, int32_t to_i);

/* Centre x, y, width, height of what a motion carries along; people stay upright. */
void psb_travel_carry(double measure_io[4], const psb_camera_motion *motion);

#endif
