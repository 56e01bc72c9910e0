/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to this room: what was seen lately, and which sighting continues which.
 */
#ifndef PSB_PRIVACY_SIGHTINGS_INT_H
#define PSB_PRIVACY_SIGHTINGS_INT_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/status.h>

#include "geometry/assignment.h"
#include "geometry/boxes.h"

/* One box of one look. */
typedef struct psb_sighting {
    double time_s;
    psb_box box;
    float score;            /* 0..1 */
    float evidence;         /* the best score of its chain up to here; what is past counts less: psb_evidence_after */
    float vx_px_s, vy_px_s; /* how the chain moved up to here */
    int64_t before;         /* number of the sighting that it continues, -1 = the chain's first */
} psb_sighting;

/* The sightings of the last seconds in one ring, oldest first, numbered for ever from 0; and each chain's newest.
 * init/fini. Bounded by forget, and by PSB_SIGHTINGS_LINK_MAX boxes of a look that are linked. */
typedef struct psb_sightings {
    psb_sighting *ring;
    int32_t ring_capacity; /* a power of two */
    int64_t first, end;    /* numbers that are kept */
    int64_t *chains;       /* number of each chain's newest sighting, in the order of their first ones */
    int32_t chain_count, chain_capacity;
    psb_assignment *assignment; /* workspaces of a look */
    psb_pair *pairs;
    int64_t pair_count, pair_capacity;
    int32_t *chain_of_box;
    int32_t chain_of_box_capacity;
} psb_sightings;

enum { PSB_SIGHTINGS_LINK_MAX = 4096 };

psb_status psb_sightings_init(psb_sightings *out);
void psb_sightings_fini(psb_sightings *sightings);

/* The boxes of a look from min_score up. is_certain: scores say nothing, each counts as 1. A chain not seen for more
 * than gap_s is not continued. */
typedef struct psb_sightings_look {
    const psb_boxes *boxes;
    double time_s;
    float min_score;
    bool is_certain;
    double gap_s;
} psb_sightings_look;

psb_status psb_sightings_add(psb_sightings *sightings, const psb_sightings_look *look);

/* Drops chains whose newest sighting is older than time_s, and sightings older than that by history_s. */
void psb_sightings_forget(psb_sightings *sightings, double time_s, double history_s);

/* NULL where number is -1 or forgotten. Valid until the next add. */
const psb_sighting *psb_sightings_at(const psb_sightings *sightings, int64_t number);

/* What evidence is worth dt_s later. */
float psb_evidence_after(float evidence, double dt_s);

#endif
