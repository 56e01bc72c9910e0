/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tracker's files share: the state of one followed person, the constants of the method, the workspace of a
 * step. Private to track/ (and to its tests and benchmarks, which need the constants and the counts).
 *
 * Units: seconds, and heights of the person. A person who is 40 px high and one who is 400 px high, at 5 frames/s and
 * at 30, are followed by the same numbers. Scores are compared only with the learnt scale (scale.c), never with a
 * constant, because each detector has its own.
 */
#ifndef PSB_TRACK_TRACKER_INT_H
#define PSB_TRACK_TRACKER_INT_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/tracker.h>

#include "geometry/assignment.h"
#include "geometry/boxes.h"
#include "track/motion.h"

/* Every constant of the method; found by bench/tune_tracker on four sequences, see README.md. */
typedef struct psb_tracker_tuning {
    /* motion (motion.c) */
    double noise_place;    /* of a box's centre, in heights, at full trust */
    double noise_size;     /* of its height and width, in heights */
    double noise_weak;     /* how much a score of 0 adds to both, as a factor */
    double wander_place;   /* white acceleration of the centre, heights/s^1.5 */
    double wander_size;    /* of the size */
    double start_speed;    /* deviation of a new person's speed, heights/s */
    double start_growth;   /* of its size's */
    double forget_speed_s; /* a speed that is not seen dies out in about this time */
    double forget_growth_s;
    /* association (association.c) */
    double gate;                                      /* Mahalanobis distance beyond which two are not compared */
    double weight_overlap, weight_place, weight_size; /* of the terms of the similarity */
    double power_height; /* of the height ratio in the overlap (Hybrid-SORT's modulation) */
    double least_strong, least_weak, least_tentative; /* similarity that a match must exceed, per stage */
    /* life (life.c) */
    double strong_score, weak_score, birth_score;
    double max_lost_s;
    double tentative_s; /* a tentative track unseen this long is dropped */
    double confirm_evidence;
    double confirm_hits;
} psb_tracker_tuning;

extern const psb_tracker_tuning psb_tracker_tuning_default;

/* One followed person. */
typedef struct psb_target {
    int64_t id;
    psb_axis x, y, width, height; /* centre and size, pixels */
    psb_box predicted;            /* of this step, before its measurement */
    psb_box seen;                 /* the last measurement */
    double seen_s, born_s;
    double evidence; /* of being a person and no false alarm: log odds */
    int32_t hits;
    float score;
    bool is_confirmed;
    int32_t box_i; /* the matched box of this step, index into psb_tracker.boxes, or -1 */
} psb_target;

struct psb_tracker {
    psb_tracker_tuning tuning;
    int64_t next_id;
    bool has_time;
    double now_s, dt_s;

    int32_t target_count, target_capacity;
    psb_target *targets; /* in the order of ids */

    /* the step's boxes in an order that does not depend on the caller's: best score first */
    psb_boxes boxes;
    int32_t *row_of_box;    /* the caller's row */
    int32_t *target_of_box; /* or -1 */
    int32_t box_capacity;

    psb_assignment *assignment;
    psb_pair *pairs;
    int64_t pair_count, pair_capacity;
    int32_t *column_of_row;
    int32_t column_capacity;

    psb_tracks out;
};

/* Creates with other constants than the defaults: for tuning and for tests. NULL = the defaults. */
psb_status psb_tracker_create_tuned(psb_tracker **out, const psb_tracker_tuning *tuning);

/* association.c: matches targets to boxes; sets psb_target.box_i and target_of_box. */
psb_status psb_tracker_associate(psb_tracker *tracker);

/* life.c: what becomes of the targets after the matching. */
void psb_target_start(psb_target *target, const psb_tracker *tracker, int32_t box_i);
void psb_target_predict(psb_target *target, const psb_tracker *tracker);
void psb_target_update(psb_target *target, const psb_tracker *tracker);

#endif
