/* SPDX-License-Identifier: Apache-2.0
 *
 * From many small displacements of which some are wrong to one motion of the whole picture: a shift, a turn and a
 * zoom. Positions are relative to the picture's middle, in the pixels of whoever measured.
 */
#ifndef PSB_TRACK_MOTION_FIT_H
#define PSB_TRACK_MOTION_FIT_H

#include <stdint.h>

#include "base/rng.h"

enum { PSB_FIT_PAIRS = 128 };

/* Where blocks were and how far each went; columns. */
typedef struct psb_block_pairs {
    int32_t count;
    float x[PSB_FIT_PAIRS], y[PSB_FIT_PAIRS], dx[PSB_FIT_PAIRS], dy[PSB_FIT_PAIRS];
    float weight[PSB_FIT_PAIRS]; /* above 0 */
} psb_block_pairs;

/* A block at (x, y) goes by (x_px + zoom x - turn y, y_px + turn x + zoom y). All zero = nothing moves. */
typedef struct psb_block_motion {
    float x_px, y_px, zoom, turn;
} psb_block_motion;

/* The share of the weight that a motion explains, 0..1: 1 where exact, 0 from tolerance on. */
double psb_fit_support(const psb_block_pairs *pairs, psb_block_motion motion, double tolerance_px);

/* The share of the weight within the tolerance. */
double psb_fit_share(const psb_block_pairs *pairs, psb_block_motion motion, double tolerance_px);

/* The motion with the most support among hypotheses of one block and of two, drawn by rng, that are smaller than
 * most_bend in zoom and turn. */
psb_block_motion psb_fit_vote(const psb_block_pairs *pairs, double tolerance_px, double most_bend, psb_rng *rng);

/* The weighted least squares of what lies within the tolerance of `near`, by a few rounds. */
psb_block_motion psb_fit_refine(const psb_block_pairs *pairs, psb_block_motion near, double tolerance_px);

/* In how many of 4 x 4 parts of a picture of that size a block lies within the tolerance. */
int32_t psb_fit_spread(const psb_block_pairs *pairs, psb_block_motion motion, double tolerance_px, float width_px,
                       float height_px);

#endif
