/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is where: people come in by gates, walk to places, stop, meet, talk, go together, give way to each other and to
 * what stands in the way, and leave. The world moves in ticks of 40 ms whatever the frame rate, so that the same seed
 * at 5 and at 25 frames a second is the same world seen more or less often.
 */
#ifndef PSB_SYNTH_CROWD_INT_H
#define PSB_SYNTH_CROWD_INT_H

#include <stdint.h>

#include <passerby/status.h>

#include "synth/figure_int.h"
#include "synth/place_int.h"

#define PSB_TICK_S 0.04f

enum { PSB_CROWD_MOST = 100 };

typedef enum psb_walker_state {
    PSB_WALKER_GONE, /* the slot waits for the next one */
    PSB_WALKER_WALKS,
    PSB_WALKER_STANDS,
    PSB_WALKER_TALKS,
    PSB_WALKER_LEAVES,
} psb_walker_state;

typedef struct psb_walker {
    int64_t id; /* from 1, never given twice */
    psb_walker_state state;
    psb_looks looks;
    uint64_t key;
    uint32_t asked;                                                     /* questions put to chance so far */
    float x, y, vx, vy, ahead_x, ahead_y, phase;                        /* now, */
    float old_x, old_y, old_ahead_x, old_ahead_y, old_phase, old_speed; /* and a tick ago */
    float goal_x, goal_y;
    int32_t gate_i; /* it leaves by, -1 */
    int32_t with;   /* slot of the one it keeps beside, talks to or goes to meet, -1 */
    bool is_beside; /* keeps beside `with`, who leads */
    int64_t until;  /* tick: of standing, talking; of coming back, when gone */
    int64_t stuck_since;
    int32_t stops_left;
    bool is_on_phone;
} psb_walker;

typedef struct psb_crowd { /* init; plain data */
    const psb_place *place;
    uint64_t key;
    int64_t tick, last_id;
    int32_t count;
    psb_walker walkers[PSB_CROWD_MOST];
} psb_crowd;

void psb_crowd_init(psb_crowd *out, const psb_place *place, int32_t people, uint64_t key);
void psb_crowd_tick(psb_crowd *crowd);

/* How somebody stands at a share (0..1) of the way from the last tick to this one. */
psb_stance psb_crowd_stance(const psb_crowd *crowd, int32_t walker_i, float share);

/* Metres from a point to the nearest edge of what stands in the way; negative inside. The way out of it: *away_out. */
float psb_crowd_clearance(const psb_solid *solid, float x, float y, psb_vec *away_out);

#endif
