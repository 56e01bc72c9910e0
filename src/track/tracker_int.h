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

/* Every constant of the method: name, default, unit and meaning. One list makes the struct, the defaults and the names
 * that bench/tune_tracker searches by (on four sequences only, see README.md). */
#define PSB_TRACKER_TUNING_LIST(X)                                                                                     \
    /* motion */                                                                                                       \
    X(noise_place, 0.0402, "heights: deviation of a fully trusted box's centre")                                         \
    X(noise_size, 0.0671, "heights: of its width and height")                                                            \
    X(noise_weak, 0.977, "factor: what a score of 0 adds to both")                                                       \
    X(noise_surprise, 3.0, "deviations: a box further off than this is believed less") \
    X(noise_crowd, 1.0, "factor: what being fully covered by another adds to the noise") \
    X(wander_place, 0.812, "heights/s^1.5: white acceleration of the centre")                                            \
    X(wander_size, 0.0837, "heights/s^1.5: of the size")                                                                  \
    X(start_speed, 0.911, "heights/s: deviation of a new person's speed")                                                \
    X(start_growth, 0.142, "heights/s: of the growth")                                                                   \
    X(forget_speed_s, 1.45, "s: an unseen speed dies out in about this time")                                           \
    X(forget_growth_s, 1.2, "s: an unseen growth")                                                                     \
    /* association */                                                                                                  \
    X(gate, 6.81, "deviations: beyond this distance two are not compared")                                              \
    X(weight_overlap, 0.697, "of the overlap in the similarity")                                                         \
    X(weight_place, 0.154, "of the place")                                                                               \
    X(weight_size, 0.223, "of the size")                                                                                 \
    X(weight_seen, 0.2, "what a track that was seen of late is ahead of one that was not") \
    X(late_s, 0.1, "s: of late") \
    X(power_height, 1.24, "exponent of the height overlap that modulates the overlap")                                  \
    X(least_strong, 0.211, "similarity that a match of strong boxes must exceed")                                        \
    X(least_weak, 0.284, "of weak boxes")                                                                               \
    X(least_tentative, 0.11, "of tentative tracks")                                                                     \
    /* sway */ \
    X(sway_reach, 0.5, "heights: the largest common shift looked for; 0 = none") \
    X(sway_width, 0.1, "heights: how exactly a vote tells the shift") \
    X(sway_fresh_s, 0.3, "s: people unseen longer do not vote") \
    X(sway_doubt, 1.2, "factor on the votes for no shift") \
    X(sway_votes, 1.0, "votes more that a shift needs") \
    X(sway_prior, 2.0, "votes for no shift in its size") \
    X(sway_forget_s, 0.3, "s: over which the camera's speed is averaged")                                       \
    X(sway_moving, 0.1, "share of steps with a shift from which on a camera counts as moving")                                       \
    X(sway_pan, 0.7, "share of the camera's speed that is expected to go on") \
    /* life */                                                                                                         \
    X(strong_score, 0.502, "boxes from here on take part in the first stage")                                            \
    X(weak_score, 0.106, "boxes from here on in the second")                                                             \
    X(birth_score, 0.477, "boxes from here on begin tracks")                                                             \
    X(birth_apart, 0.6, "overlap with a box that is matched, beyond which a box begins nothing") \
    X(recover_reach, 0.0, "similarity of the place where it was last seen, stage three; 0 = off") \
    X(max_lost_s, 1.61, "s: a confirmed track unseen this long is forgotten")                                           \
    X(tentative_s, 0.485, "s: a tentative one")                                                                          \
    X(confirm_hits, 2.0, "boxes: a track is believed from here on")

typedef struct psb_tracker_tuning {
#define X(name, value, meaning) double name;
    PSB_TRACKER_TUNING_LIST(X)
#undef X
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
    double covered;  /* by the nearest other person, as predicted: 0..1 */
    int32_t box_i; /* the matched box of this step, index into psb_tracker.boxes, or -1 */
} psb_target;

/* The camera's own movement. */
typedef struct psb_sway {
    double x_px_s, y_px_s; /* smoothed */
    double evidence;       /* share of recent steps with a common shift, 0..1 */
} psb_sway;

struct psb_tracker {
    psb_tracker_tuning tuning;
    int64_t next_id;
    bool has_time;
    double now_s, dt_s;

    psb_sway sway;

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

/* sway.c: shifts all targets by what all boxes have in common. */
void psb_tracker_follow_sway(psb_tracker *tracker);

/* life.c: what becomes of the targets after the matching. */
void psb_target_start(psb_target *target, const psb_tracker *tracker, int32_t box_i);
void psb_target_predict(psb_target *target, const psb_tracker *tracker);
void psb_target_shift(psb_target *target, double x_px, double y_px);
void psb_target_update(psb_target *target, const psb_tracker *tracker);

#endif
