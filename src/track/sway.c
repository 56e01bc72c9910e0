/* SPDX-License-Identifier: Apache-2.0
 *
 * The camera's own movement, taken from what all boxes have in common. On a pole in the wind or in a hand every box
 * jumps the same way; a single jump proves nothing, twenty equal ones do. Each nearby pair of a person and a box of
 * like size votes for the shift between them; the densest place wins, if it has enough votes to outweigh "no shift".
 * After: Comaniciu, Meer, "Mean shift", PAMI 24(5), 2002, for the refinement of the mode; pictures are not needed.
 * A fixed camera never gets there: the prior on "no shift" is stronger than what single people do in common.
 */
#include <math.h>

#include "track/tracker_int.h"

enum { MAX_VOTES = 96, REFINEMENTS = 3, LEAST_VOTERS = 2 };

/* A box is of like size when its height is within a third. */
static const double LEAST_RATIO = 0.75, MOST_RATIO = 1.33;
/* Beyond three widths a vote is not heard. */
static const double HEARING2 = 9;

typedef struct shift_vote {
    double x_px, y_px, inverse_width2; /* the shift, and one over the square of how exact it is */
} shift_vote;

static double squared(double value)
{
    return value * value;
}

/* How much a vote speaks for a shift, 0..1: (1 - d^2/9)^4, which is a normal curve within 0.05 and ends at three
 * widths. A thousand are summed per step, and exp would be most of the tracker's time. */
static double voice(const shift_vote *vote, double x_px, double y_px)
{
    const double distance2 = (squared(vote->x_px - x_px) + squared(vote->y_px - y_px)) * vote->inverse_width2;
    return distance2 < HEARING2 ? squared(squared(1 - distance2 / HEARING2)) : 0;
}

/* Sum of all voices at a shift. */
static double support(const shift_vote *votes, int32_t vote_count, double x_px, double y_px)
{
    double sum = 0;
    for (int32_t i = 0; i < vote_count; i++) sum += voice(&votes[i], x_px, y_px);
    return sum;
}

/* The votes of believed people seen of late, each with the strong boxes of like size in reach. */
static int32_t collect(shift_vote *votes, int32_t *voter_count_out, const psb_tracker *tracker)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    int32_t count = 0, voters = 0;
    for (int32_t i = 0; i < tracker->target_count && count < MAX_VOTES; i++) {
        const psb_target *target = &tracker->targets[i];
        if (!target->is_confirmed || tracker->now_s - target->seen_s > t->sway_fresh_s) continue;
        const double height = fmax(target->height.value, 1e-3), reach_px = t->sway_reach * height;
        const int32_t before = count;
        int32_t j = psb_tracker_first_box_from(tracker, target->x.value - reach_px);
        for (; j < tracker->boxes.count && count < MAX_VOTES; j++) {
            const int32_t box_i = tracker->box_by_x[j];
            const psb_measure *m = &tracker->measures[box_i];
            const double x_px = m->x - target->x.value, y_px = m->y - target->y.value, ratio = m->height / height;
            if (x_px > reach_px) break;
            if (fabs(y_px) > reach_px || ratio < LEAST_RATIO || ratio > MOST_RATIO) continue;
            if (tracker->boxes.score[box_i] < tracker->scale.usual_score) continue;
            votes[count++] = (shift_vote){x_px, y_px, 1 / squared(t->sway_width * height)};
        }
        if (count > before) voters++;
    }
    *voter_count_out = voters;
    return count;
}

/* The densest place near a start: a few rounds of the weighted mean. False when there is nobody. */
static bool refine(const shift_vote *votes, int32_t vote_count, double *x_px_io, double *y_px_io)
{
    for (int32_t round = 0; round < REFINEMENTS; round++) {
        double sum_x = 0, sum_y = 0, sum_weight = 0;
        for (int32_t i = 0; i < vote_count; i++) {
            const double weight = votes[i].inverse_width2 * voice(&votes[i], *x_px_io, *y_px_io);
            sum_x += weight * votes[i].x_px;
            sum_y += weight * votes[i].y_px;
            sum_weight += weight;
        }
        if (sum_weight <= 0) return false;
        *x_px_io = sum_x / sum_weight;
        *y_px_io = sum_y / sum_weight;
    }
    return true;
}

static void shift_all(psb_tracker *tracker, double x_px, double y_px)
{
    for (int32_t i = 0; i < tracker->target_count; i++) psb_target_shift(&tracker->targets[i], x_px, y_px);
}

/* The shift of this step beyond what the camera's known speed explains; false = none that is believed. */
static bool find_shift(const psb_tracker *tracker, bool is_moving, double *x_px_out, double *y_px_out)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    shift_vote votes[MAX_VOTES];
    int32_t voter_count = 0;
    const int32_t count = collect(votes, &voter_count, tracker);
    if (voter_count < LEAST_VOTERS) return false;

    const double still = support(votes, count, 0, 0);
    double best = still * t->sway_doubt + t->sway_votes, x_px = 0, y_px = 0;
    for (int32_t i = 0; i < count && best < count; i++) { /* count: all votes agree, more is not to be had */
        const double here = support(votes, count, votes[i].x_px, votes[i].y_px);
        if (here > best) {
            best = here;
            x_px = votes[i].x_px;
            y_px = votes[i].y_px;
        }
    }
    if (x_px == 0 && y_px == 0) {
        if (!is_moving) return false;
        best = still;
    }
    if (!refine(votes, count, &x_px, &y_px)) return false;
    const double trust = best / (best + t->sway_prior);
    *x_px_out = trust * x_px;
    *y_px_out = trust * y_px;
    return true;
}

void psb_tracker_follow_sway(psb_tracker *tracker)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    psb_sway *sway = &tracker->sway;
    if (t->sway_reach <= 0 || tracker->dt_s <= 0) return;
    const double kept = exp(-tracker->dt_s / t->sway_forget_s);
    const bool is_moving = sway->evidence > t->sway_moving;
    double known_x_px = 0, known_y_px = 0, x_px = 0, y_px = 0;
    if (is_moving) {
        known_x_px = t->sway_pan * sway->x_px_s * tracker->dt_s;
        known_y_px = t->sway_pan * sway->y_px_s * tracker->dt_s;
        shift_all(tracker, known_x_px, known_y_px);
    }
    const bool is_found = find_shift(tracker, is_moving, &x_px, &y_px);
    if (is_found) shift_all(tracker, x_px, y_px);
    sway->evidence = kept * sway->evidence + (1 - kept) * (is_found ? 1 : 0);
    sway->x_px_s = kept * sway->x_px_s + (1 - kept) * (x_px + known_x_px) / tracker->dt_s;
    sway->y_px_s = kept * sway->y_px_s + (1 - kept) * (y_px + known_y_px) / tracker->dt_s;
}
