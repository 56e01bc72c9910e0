/* SPDX-License-Identifier: Apache-2.0
 *
 * What may be done when the whole stream is known: a person's first boxes count although they were not yet believed,
 * tracks that one person's motion explains are linked, gaps are filled and paths smoothed. Nothing here is online;
 * outputs made with it say so. One struct collects the looks, finish rewrites them.
 */
#ifndef PSB_TRACK_OFFLINE_H
#define PSB_TRACK_OFFLINE_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/boxes.h>
#include <passerby/status.h>

#include "geometry/boxes.h"
#include "track/travel.h"

/* One person in one look. */
typedef struct psb_sighting {
    int64_t id;
    int32_t look_i; /* index into looks */
    psb_box box;
    float score;
    bool is_filled; /* between two sightings; no detection stands behind it */
} psb_sighting;

typedef struct psb_look {
    int64_t frame;
    double time_s;
} psb_look;

typedef struct psb_offline { /* init with all zero, fini; sorted by look and then id after finish */
    int32_t look_count, look_capacity;
    psb_look *looks;
    psb_travel travel; /* of the camera, look by look */
    int64_t count, capacity;
    psb_sighting *sightings;
} psb_offline;

void psb_offline_fini(psb_offline *offline);

/* A frame that was looked at and the tracks of its step; frame and time_s rise. Coasting tracks are passed over.
 * motion is the camera's since the look before, or NULL when it is not known. */
psb_status psb_offline_add(psb_offline *offline, const psb_tracks *tracks, const psb_camera_motion *motion,
                           int64_t frame, double time_s);

/* Rewrites the sightings; once, behind the last look. Errors: PSB_NO_MEMORY. */
psb_status psb_offline_finish(psb_offline *offline);

#endif
