/* SPDX-License-Identifier: Apache-2.0
 *
 * One motion for a picture: hypotheses from one or two blocks, the best supported one refined by least squares with
 * weights that fall to nothing at the tolerance.
 * After: Fischler, Bolles, "Random sample consensus", CACM 24(6), 1981; Torr, Zisserman, "MLESAC", CVIU 78, 2000, for
 * the support that counts how near and not only whether; Beaton, Tukey, Technometrics 16(2), 1974, for the weights.
 * A ridge holds zoom and turn at nothing where the blocks lie too close together to tell them.
 */
#include "track/motion_fit.h"

#include <math.h>

/* Of one block each; of two blocks each. Of two, at half outliers a good pair is missed by 48 draws once in 10^6. */
enum { SHIFT_DRAWS = 24, PAIR_DRAWS = 48, ROUNDS = 4 };
/* Support in whole numbers, so that the order of adding does not matter. */
static const float SUPPORT_ONE = 4096;
/* Two blocks nearer than this tell nothing of a turn, pixels. */
static const float LEAST_APART = 24;
/* Prior on zoom and turn: a block's error (0.2 px) over what they are likely to be (0.01), squared. */
static const double RIDGE = 400;

static int32_t support_of(const psb_block_pairs *pairs, psb_block_motion m, float tolerance_px)
{
    const float per_tolerance2 = 1 / (tolerance_px * tolerance_px);
    int32_t sum = 0;
    for (int32_t i = 0; i < pairs->count; i++) {
        const float x = pairs->x[i], y = pairs->y[i];
        const float off_x = pairs->dx[i] - (m.x_px + m.zoom * x - m.turn * y);
        const float off_y = pairs->dy[i] - (m.y_px + m.turn * x + m.zoom * y);
        const float left = 1 - (off_x * off_x + off_y * off_y) * per_tolerance2;
        sum += (int32_t)(pairs->weight[i] * SUPPORT_ONE * (left > 0 ? left : 0));
    }
    return sum;
}

static double weight_of(const psb_block_pairs *pairs)
{
    double sum = 0;
    for (int32_t i = 0; i < pairs->count; i++) sum += (double)pairs->weight[i];
    return sum;
}

double psb_fit_support(const psb_block_pairs *pairs, psb_block_motion motion, double tolerance_px)
{
    const double most = weight_of(pairs) * (double)SUPPORT_ONE;
    return most > 0 ? support_of(pairs, motion, (float)tolerance_px) / most : 0;
}

static float distance2(const psb_block_pairs *pairs, int32_t i, psb_block_motion m)
{
    const float x = pairs->x[i], y = pairs->y[i];
    const float off_x = pairs->dx[i] - (m.x_px + m.zoom * x - m.turn * y);
    const float off_y = pairs->dy[i] - (m.y_px + m.turn * x + m.zoom * y);
    return off_x * off_x + off_y * off_y;
}

double psb_fit_share(const psb_block_pairs *pairs, psb_block_motion motion, double tolerance_px)
{
    const float limit2 = (float)(tolerance_px * tolerance_px);
    const double all = weight_of(pairs);
    double sum = 0;
    for (int32_t i = 0; i < pairs->count; i++)
        if (distance2(pairs, i, motion) < limit2) sum += (double)pairs->weight[i];
    return all > 0 ? sum / all : 0;
}

int32_t psb_fit_spread(const psb_block_pairs *pairs, psb_block_motion motion, double tolerance_px, float width_px,
                       float height_px)
{
    const float limit2 = (float)(tolerance_px * tolerance_px);
    uint32_t parts = 0;
    for (int32_t i = 0; i < pairs->count; i++) {
        if (distance2(pairs, i, motion) >= limit2) continue;
        const int32_t column = (int32_t)(4 * (pairs->x[i] / width_px + 0.5f));
        const int32_t row = (int32_t)(4 * (pairs->y[i] / height_px + 0.5f));
        parts |= 1u << (4 * (row < 0 ? 0 : row > 3 ? 3 : row) + (column < 0 ? 0 : column > 3 ? 3 : column));
    }
    int32_t count = 0;
    for (; parts; parts &= parts - 1) count++;
    return count;
}

/* The motion that takes two blocks where they went: four equations, solved as one complex number. */
static psb_block_motion through_two(const psb_block_pairs *pairs, int32_t i, int32_t j, float apart2)
{
    const float x = pairs->x[j] - pairs->x[i], y = pairs->y[j] - pairs->y[i];
    const float dx = pairs->dx[j] - pairs->dx[i], dy = pairs->dy[j] - pairs->dy[i];
    const float zoom = (x * dx + y * dy) / apart2, turn = (x * dy - y * dx) / apart2;
    return (psb_block_motion){pairs->dx[i] - (zoom * pairs->x[i] - turn * pairs->y[i]),
                              pairs->dy[i] - (turn * pairs->x[i] + zoom * pairs->y[i]), zoom, turn};
}

psb_block_motion psb_fit_vote(const psb_block_pairs *pairs, double tolerance_px, double most_bend, psb_rng *rng)
{
    const float tolerance = (float)tolerance_px, bend = (float)most_bend;
    psb_block_motion best = {0};
    int32_t best_support = support_of(pairs, best, tolerance);
    if (pairs->count == 0) return best;
    for (int32_t draw = 0; draw < SHIFT_DRAWS + PAIR_DRAWS; draw++) {
        const int32_t i = (int32_t)psb_rng_below(rng, (uint64_t)pairs->count);
        psb_block_motion m = {.x_px = pairs->dx[i], .y_px = pairs->dy[i]};
        if (draw >= SHIFT_DRAWS) {
            const int32_t j = (int32_t)psb_rng_below(rng, (uint64_t)pairs->count);
            const float x = pairs->x[j] - pairs->x[i], y = pairs->y[j] - pairs->y[i], apart2 = x * x + y * y;
            if (apart2 < LEAST_APART * LEAST_APART) continue;
            m = through_two(pairs, i, j, apart2);
            if (fabsf(m.zoom) > bend || fabsf(m.turn) > bend) continue;
        }
        const int32_t support = support_of(pairs, m, tolerance);
        if (support <= best_support) continue;
        best_support = support;
        best = m;
    }
    return best;
}

/* One round: weighted least squares about the weighted middle. */
static psb_block_motion solve(const psb_block_pairs *pairs, psb_block_motion near, float limit2)
{
    double w = 0, x = 0, y = 0, dx = 0, dy = 0, xx = 0, along = 0, across = 0;
    for (int32_t i = 0; i < pairs->count; i++) {
        const float left = 1 - distance2(pairs, i, near) / limit2;
        if (left <= 0) continue;
        const double weight = (double)(pairs->weight[i] * left * left);
        const double xi = (double)pairs->x[i], yi = (double)pairs->y[i];
        const double dxi = (double)pairs->dx[i], dyi = (double)pairs->dy[i];
        w += weight;
        x += weight * xi;
        y += weight * yi;
        dx += weight * dxi;
        dy += weight * dyi;
        xx += weight * (xi * xi + yi * yi);
        along += weight * (xi * dxi + yi * dyi);
        across += weight * (xi * dyi - yi * dxi);
    }
    if (w <= 0) return near;
    const double spread = xx - (x * x + y * y) / w + RIDGE;
    const double zoom = (along - (x * dx + y * dy) / w) / spread, turn = (across - (x * dy - y * dx) / w) / spread;
    return (psb_block_motion){(float)((dx - zoom * x + turn * y) / w), (float)((dy - turn * x - zoom * y) / w),
                              (float)zoom, (float)turn};
}

psb_block_motion psb_fit_refine(const psb_block_pairs *pairs, psb_block_motion near, double tolerance_px)
{
    for (int32_t round = 0; round < ROUNDS; round++) near = solve(pairs, near, (float)(tolerance_px * tolerance_px));
    return near;
}
