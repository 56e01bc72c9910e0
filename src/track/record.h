/* SPDX-License-Identifier: Apache-2.0
 *
 * Why a box became a person: the pairs that each step compared, with every term of their likeness, in a ring of fixed
 * size that `explain` can read. The newest are kept; nothing here changes what the tracker does.
 */
#ifndef PSB_TRACK_RECORD_H
#define PSB_TRACK_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/camera_motion.h>
#include <passerby/status.h>

/* What became of a pair. */
typedef enum psb_candidate_fate {
    PSB_FATE_TOO_FAR,  /* beyond the gate: its terms were not looked at */
    PSB_FATE_TOO_WEAK, /* less alike than the stage asks for */
    PSB_FATE_LOST,     /* good enough, another pair was better */
    PSB_FATE_MATCHED,
} psb_candidate_fate;

/* Stages of association, in their order. */
typedef enum psb_match_kind { PSB_MATCH_STRONG, PSB_MATCH_WEAK, PSB_MATCH_TENTATIVE } psb_match_kind;

/* One track beside one box. The similarity is overlap + place + size, each already times its weight. */
typedef struct psb_candidate {
    int64_t id;                 /* of the track, when compared */
    int32_t target_i, box_i;    /* in the step; the record has the caller's row for box_i, and target_i means nothing */
    float distance;             /* of the places, squared, in deviations; the gate is tuning.gate */
    float overlap, place, size; /* weighted terms */
    float similarity;
    float head_start; /* of a track seen of late, in the assignment only */
    float margin;     /* of a match, to the best other way to share the boxes; INFINITY = no other */
    uint8_t kind;     /* psb_match_kind */
    uint8_t fate;     /* psb_candidate_fate */
} psb_candidate;

typedef struct psb_step_record {
    double time_s;
    int64_t first, count;     /* candidates by their running number */
    psb_camera_motion motion; /* by which all targets were carried along first; from pictures */
    bool has_motion;          /* false: nothing was known of it */
} psb_step_record;

enum { PSB_RECORD_CANDIDATES = 8192, PSB_RECORD_STEPS = 1024 }; /* powers of two; 0.5 MB a camera */

typedef struct psb_record psb_record;

psb_status psb_record_create(psb_record **out);
void psb_record_destroy(psb_record **record);

/* A step's candidates; of more than the ring holds, the last. motion may be NULL. */
void psb_record_add(psb_record *record, double time_s, const psb_camera_motion *motion, const psb_candidate *candidates,
                    int64_t count, const int32_t *row_of_box);

/* Steps so far; the oldest that is still held in full. */
int64_t psb_record_step_count(const psb_record *record);
int64_t psb_record_oldest_step(const psb_record *record);
/* oldest_step <= step_i < step_count. */
psb_step_record psb_record_step_at(const psb_record *record, int64_t step_i);
/* A candidate of such a step: first <= candidate_i < first + count. */
psb_candidate psb_record_candidate_at(const psb_record *record, int64_t candidate_i);

#endif
