/* SPDX-License-Identifier: Apache-2.0
 *
 * Where people are drawn in a frame that nobody looked at (--every): on the straight way from the look before to the
 * look after, and only who was matched by a detection in both. A prediction is nobody's sighting and is not drawn.
 */
#ifndef PSB_CAMERA_BETWEEN_H
#define PSB_CAMERA_BETWEEN_H

#include <passerby/boxes.h>
#include <passerby/status.h>

typedef struct psb_timed_tracks {
    const psb_tracks *tracks; /* of a look; ids rise */
    double time_s;
} psb_timed_tracks;

/* to: all zero at first, reused. detection_i is -1 in all its rows. time_s lies between the two.
 * Errors: PSB_NO_MEMORY; to is then empty. */
psb_status psb_tracks_between(psb_tracks *to, psb_timed_tracks before, psb_timed_tracks after, double time_s);

#endif
