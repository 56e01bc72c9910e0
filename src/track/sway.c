/* SPDX-License-Identifier: Apache-2.0
 *
 * The camera's own movement, taken from what all boxes have in common. On a pole in the wind or in a hand every box
 * jumps the same way; a single jump proves nothing, twenty equal ones do. Each nearby pair of a person and a box of
 * like size votes for the shift between them; the densest place wins, if it has enough votes to outweigh "no shift".
 * After: Comaniciu, Meer, "Mean shift", PAMI 24(5), 2002, for the refinement of the mode; pictures are not needed.
 * A fixed camera never gets there: the prior on "no shift" is stronger than what single people do in common.
 */
#include <math.h>

#include "track/decay.h"
#include "track/tracker_int.h"

enum { MAX_VOTES = 96, LANES = 4, REFINEMENTS = 3, LEAST_VOTERS = 2 };

/* A box is of like size when its height is within a third. */
static const double LEAST_RATIO = 0.75, MOST_RATIO = 1.33;
/* Beyond three widths a vote is not heard. */
static const double HEARING2 = 9;

/* Votes as columns, so that compilers sum several shifts at once. Behind the last stand LANES - 1 of no meaning. */
typedef struct shift_votes {
    int32_t count;
    double x_px[MAX_VOTES + LANES], y_px[MAX_VOTES + LANES]; /* the shift */
    double hearing[MAX_VOTES + LANES];                       /* one over the square of the distance of hearing */
} shift_votes;

static double squared(double value)
{
    return value * value;
}

/* How much a vote speaks for a shift at this distance, in distances of hearing, 0..1: (1 - d^2)^4, which is a normal
 * curve within 0.05 and ends. A hundred are summed per step, and exp would be most of the tracker's time. */
static double voice(double x_px, double y_px, double hearing)
{
    const double rest = 1 - (x_px * x_px + y_px * y_px) * hearing;
    const double heard = 0.5 * (rest + fabs(rest)); /* the larger of it and 0, in a form that compilers vectorise */
    return squared(squared(heard));
}

/* Sum of all voices at each of LANES shifts. */
static void support(double *restrict out, const shift_votes *votes, const double *x_px, const double *y_px)
{
    for (int32_t k = 0; k < LANES; k++) out[k] = 0;
    for (int32_t i = 0; i < votes->count; i++) {
        const double vote_x_px = votes->x_px[i], vote_y_px = votes->y_px[i], hearing = votes->hearing[i];
        for (int32_t k = 0; k < LANES; k++) out[k] += voice(vote_x_px - x_px[k], vote_y_px - y_px[k], hearing);
    }
}

/* The votes of one person: the strong boxes of like size in reach. */
static void collect_from(shift_votes *votes, const psb_tracker *tracker, const psb_target *target)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const double height = target->height.value > 1e-3 ? target->height.value : 1e-3, reach_px = t->sway_reach * height;
    const double hearing = 1 / (HEARING2 * squared(t->sway_width * height));
    const psb_strip *strip = tracker->centres.strip, *const last = strip + tracker->centres.strip_count;
    for (; strip < last; strip++) {
        if (strip->bottom_px < target->y.value - reach_px || strip->top_px > target->y.value + reach_px) continue;
        const psb_order_item *at = psb_strip_from(strip, target->x.value - reach_px);
        for (; at < strip->end && votes->count < MAX_VOTES; at++) {
            const psb_measure *m = &tracker->measures[at->item_i];
            const double x_px = m->x - target->x.value, y_px = m->y - target->y.value;
            if (x_px > reach_px) break;
            if (fabs(y_px) > reach_px || m->height < LEAST_RATIO * height || m->height > MOST_RATIO * height) continue;
            if (tracker->boxes.score[at->item_i] < tracker->scale.usual_score) continue;
            votes->x_px[votes->count] = x_px;
            votes->y_px[votes->count] = y_px;
            votes->hearing[votes->count++] = hearing;
        }
    }
}

/* The votes of believed people seen of late. */
static int32_t collect(shift_votes *votes, const psb_tracker *tracker)
{
    int32_t voters = 0;
    votes->count = 0;
    for (int32_t i = 0; i < tracker->target_count && votes->count < MAX_VOTES; i++) {
        const psb_target *target = &tracker->targets[i];
        if (!target->is_confirmed || tracker->now_s - target->seen_s > tracker->tuning.sway_fresh_s) continue;
        const int32_t before = votes->count;
        collect_from(votes, tracker, target);
        if (votes->count > before) voters++;
    }
    for (int32_t i = votes->count; i < votes->count + LANES; i++)
        votes->x_px[i] = votes->y_px[i] = votes->hearing[i] = 0;
    return voters;
}

/* The densest place near a start: a few rounds of the weighted mean. False when there is nobody. */
static bool refine(const shift_votes *votes, double *x_px_io, double *y_px_io)
{
    for (int32_t round = 0; round < REFINEMENTS; round++) {
        double sum_x = 0, sum_y = 0, sum_weight = 0;
        for (int32_t i = 0; i < votes->count; i++) {
            const double distance2 = squared(votes->x_px[i] - *x_px_io) + squared(votes->y_px[i] - *y_px_io);
            const double rest = 1 - distance2 * votes->hearing[i];
            const double weight = rest > 0 ? votes->hearing[i] * squared(squared(rest)) : 0;
            sum_x += weight * votes->x_px[i];
            sum_y += weight * votes->y_px[i];
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
    shift_votes votes;
    if (collect(&votes, tracker) < LEAST_VOTERS) return false;

    double here[LANES], still = 0;
    for (int32_t i = 0; i < votes.count; i++) still += voice(votes.x_px[i], votes.y_px[i], votes.hearing[i]);
    double best = still * t->sway_doubt + t->sway_votes, x_px = 0, y_px = 0;
    for (int32_t i = 0; i < votes.count && best < votes.count; i += LANES) { /* as many: more is not to be had */
        support(here, &votes, &votes.x_px[i], &votes.y_px[i]);
        for (int32_t k = 0; k < LANES && i + k < votes.count; k++)
            if (here[k] > best) {
                best = here[k];
                x_px = votes.x_px[i + k];
                y_px = votes.y_px[i + k];
            }
    }
    if (x_px == 0 && y_px == 0) {
        if (!is_moving) return false;
        best = still;
    }
    if (!refine(&votes, &x_px, &y_px)) return false;
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
    const double kept = psb_decay(tracker->dt_s / t->sway_forget_s);
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
