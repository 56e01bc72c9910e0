/* SPDX-License-Identifier: Apache-2.0
 *
 * What one detector's boxes are worth on this camera, learnt as it runs: how much their sizes jitter, which score is a
 * high one, and which its weaker boxes of real people have. Two networks that find the same people differ by three
 * times in the one and by half the range in the others, so no constant can stand for both.
 * Inside the tracker a score is a trust: 0 for the worst a detector gives, about 1 for its good boxes.
 */
#ifndef PSB_TRACK_SCALE_H
#define PSB_TRACK_SCALE_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/boxes.h>

#include "track/tuning.h"

enum { PSB_SCALE_CLASSES = 20 }; /* of boxes by trust, all as wide */

typedef struct psb_scale { /* init only; all fields private but the first two */
    double noise;          /* factor on the stated noise of boxes: 1 = usual */
    double usual_score;    /* trust: about share_weak of the boxes of believed people score less */

    double least_score;              /* ever seen where negative, else 0 */
    double high_moment, high_weight; /* of the scores above it: their high one is the ratio */

    double seen[PSB_SCALE_CLASSES]; /* boxes of each class of trust, */
    double sure[PSB_SCALE_CLASSES]; /* and those of people who had good boxes before */

    double jitter;       /* mean change of size, heights */
    double score_spread; /* mean distance of scores from usual_score */
    int64_t score_total; /* boxes learnt from */

    /* of the running step, so that the order of people in it does not matter */
    double jitter_sum, score_sum, spread_sum;
    int32_t jitter_count, score_count;
} psb_scale;

void psb_scale_init(psb_scale *scale, const psb_tracker_tuning *tuning);

/* This step's scores, best first, after forget: the part of what was learnt that the time since the step before
 * left. */
void psb_scale_take_scores(psb_scale *scale, const psb_boxes *boxes, double kept);

/* What a score is worth. */
double psb_scale_trust(const psb_scale *scale, double score);

/* A box of this step, by its trust, and whether it is that of somebody who had good boxes before; then how often such a
 * box is a person's, 0..1, beside the best boxes. */
void psb_scale_note_box(psb_scale *scale, double trust, bool is_sure);
double psb_scale_faith(const psb_scale *scale, double trust);

/* A box of a believed person, by its trust. */
void psb_scale_note_score(psb_scale *scale, const psb_tracker_tuning *tuning, double score);

/* The change of a freely seen person's size within about PSB_SCALE_LAG_S, in heights (mean of width and height). */
void psb_scale_note_change(psb_scale *scale, double change);

/* At the end of a step. */
void psb_scale_learn(psb_scale *scale, const psb_tracker_tuning *tuning);

/* Sizes are compared over this time: long enough that the errors of the two boxes have little in common (at 30
 * frames/s those of neighbouring frames share two thirds), short enough that nobody grows. */
#define PSB_SCALE_LAG_S 0.2

#endif
