/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tracker's files share: the constants of the method, the state of one followed person, what a tracker has
 * learnt, and the workspace of a step. Private to track/ (and to its tests and benchmarks).
 *
 * Units: seconds, and heights of the person. A person who is 40 px high and one who is 400 px high, at 5 frames/s and
 * at 30, are followed by the same numbers. How exact the boxes are and what a score is worth is learnt (scale.h),
 * because each detector has its own.
 */
#ifndef PSB_TRACK_TRACKER_INT_H
#define PSB_TRACK_TRACKER_INT_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/tracker.h>

#include "geometry/assignment.h"
#include "geometry/boxes.h"
#include "geometry/order.h"
#include "geometry/strips.h"
#include "track/motion.h"
#include "track/record.h"
#include "track/scale.h"
#include "track/tuning.h"

/* A box as the filter measures it: centre and size, pixels. */
typedef struct psb_measure {
    double x, y, width, height;
} psb_measure;

/* One followed person. */
typedef struct psb_target {
    int64_t id;
    psb_axis x, y, width, height; /* centre and size, pixels */
    psb_box predicted;            /* for this step, before its box is known */
    double seen_s;                /* when last matched */
    int32_t hits;                 /* boxes so far */
    float score;                  /* of the last box, as trust */
    float raw_score;              /* the same as the detector gave it */
    bool is_confirmed;
    double mean_trust; /* of the boxes of the last moments, of which the last counts most */
    double faith;      /* in them: how often such boxes are people's (scale.h) */
    double begun_s;    /* when first seen */
    double missed_s;   /* time unseen, counted less where covered (life.c) */
    double covered;    /* by the nearest other believed person, as predicted: 0..1 */
    psb_measure lag;   /* an earlier box, to compare sizes with (scale.h) */
    double lag_s;      /* its time */
    int32_t box_i;     /* the matched box of this step, index into psb_tracker.boxes, or -1 */
    double margin;     /* of this step's match to its runner-up (doubt.c) */
    int32_t match_i;   /* of this step: the candidate that became the match, or -1 (doubt.c) */
    double before_s;   /* when seen before this step's box */
    double hidden;     /* the most covered since its last box, that step included */
} psb_target;

/* The camera's own movement (sway.c). */
typedef struct psb_sway {
    double x_px_s, y_px_s; /* smoothed */
    double evidence;       /* share of recent time with a common shift, 0..1 */
} psb_sway;

/* One target as association compares it: the variances of a trusted box's distance. */
typedef struct psb_seeker {
    double inverse_var_x, inverse_var_y, inverse_var_width, inverse_var_height; /* 1/px^2 */
    double reach_x_px, reach_y_px;                                              /* of the gate */
    double head_start; /* over tracks that were not seen of late */
} psb_seeker;

struct psb_tracker {
    psb_tracker_tuning tuning;
    int64_t next_id;
    bool has_time;
    double now_s, dt_s; /* of the running step */
    psb_stride stride, stride_size;

    psb_sway sway;
    psb_scale scale;

    int32_t target_count, target_capacity;
    psb_target *targets;    /* in the order of ids */
    int32_t *order;         /* per target: a list of some of them */
    psb_seeker *seekers;    /* per target */
    psb_strips spans;       /* targets by their left edge, as predicted */
    int32_t *column_of_row; /* per target: the assignment's answer */

    /* the step's boxes in an order that does not depend on the caller's: best score first */
    int32_t box_capacity;
    psb_boxes boxes;
    psb_measure *measures;
    int32_t *row_of_box;      /* the caller's row */
    float *raw_score;         /* as the caller gave it; boxes.score is trust (scale.h) */
    int32_t *target_of_box;   /* or -1 */
    int32_t *suitor_count;    /* of the running stage: how many targets may take it */
    psb_strips centres;       /* boxes by the x of their centres */
    psb_order_item *by_score; /* for the sorting by score: twice as many */
    int32_t *spare;

    psb_assignment *assignment;
    psb_pair *pairs;
    int64_t pair_count; /* room for as many as candidates */

    /* every pair that was compared in this step, those of one stage and target side by side */
    psb_candidate *candidates;
    int64_t candidate_count, candidate_capacity;
    int32_t *first_candidate; /* per target two: of weak boxes, and of others; -1 = none */
    psb_record *record;       /* always; a benchmark destroys it to learn what it costs */

    psb_tracks out;
};

/* Creates with other constants than the defaults: for tuning and for tests. NULL = the defaults. */
psb_status psb_tracker_create_tuned(psb_tracker **out, const psb_tracker_tuning *tuning);

/* ingest.c: checks the caller's boxes, makes room for the worst case of this step (each box begins a target), and
 * takes the boxes in the step's own order. */
psb_status psb_tracker_check(const psb_tracker *tracker, const psb_boxes *boxes, double time_s);
psb_status psb_tracker_reserve(psb_tracker *tracker, int32_t box_count);
void psb_tracker_take_boxes(psb_tracker *tracker, const psb_boxes *boxes);

/* warp.c: whether a motion can be a camera's; carries all targets along, before they are predicted. */
bool psb_tracker_motion_is_valid(const psb_camera_motion *motion);
void psb_tracker_follow_camera(psb_tracker *tracker, const psb_camera_motion *motion);

/* sway.c: shifts all targets by what all boxes have in common. */
void psb_tracker_follow_sway(psb_tracker *tracker);

/* association.c: who covers whom (psb_target.covered), and who is which box (psb_target.box_i, target_of_box). */
void psb_tracker_find_covered(psb_tracker *tracker);
psb_status psb_tracker_associate(psb_tracker *tracker);

/* doubt.c: margins of this step's matches to their runners-up, from the candidates; then, before the end of targets,
 * new identities for those who came out of an occlusion with less than the doubt margin. */
void psb_tracker_measure_margins(psb_tracker *tracker);
void psb_tracker_part_doubtful(psb_tracker *tracker);

/* life.c: one target's way from its first box to its last; and the end and beginning of targets in a step. */
static inline psb_measure psb_measure_of(psb_box box)
{
    return (psb_measure){0.5 * ((double)box.x0_px + box.x1_px), 0.5 * ((double)box.y0_px + box.y1_px),
                         (double)box.x1_px - box.x0_px, (double)box.y1_px - box.y0_px};
}
void psb_tracker_predict_targets(psb_tracker *tracker);
/* After everything that moves them: the boxes in which they are expected. */
void psb_tracker_place_targets(psb_tracker *tracker);
static inline void psb_target_shift(psb_target *target, double x_px, double y_px)
{
    target->x.value += x_px;
    target->y.value += y_px;
}
void psb_target_update(psb_target *target, psb_tracker *tracker);
void psb_tracker_miss_targets(psb_tracker *tracker);
/* Confirmed, and its boxes are such as people have. */
bool psb_target_is_believed(const psb_target *target, const psb_tracker *tracker);
bool psb_target_is_present(const psb_target *target, const psb_tracker *tracker);
void psb_tracker_end_targets(psb_tracker *tracker);
void psb_tracker_begin_targets(psb_tracker *tracker);

#endif
