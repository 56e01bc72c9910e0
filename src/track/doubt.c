/* SPDX-License-Identifier: Apache-2.0
 *
 * When people hide each other, who comes out may not be who went in. A match's margin is what the best other way to
 * share the boxes would have lost: this box to another track, another box to this track, or both exchanged; over a
 * stranger, of whom nothing was expected, the lead is the similarity itself. Against the lead stands the opening that
 * the occlusion gave somebody else: it widens with the square of the time unseen (the area a walker may come from) and
 * with the cover, and narrows the longer a person was followed, because more is known of them and more is lost with
 * them. Certainty is the lead's share of both; less than the doubt margin ends the identity and begins another, because
 * an identity that is split harms a count and one that is merged harms a person (docs/doubt.md).
 */
#include <math.h>

#include "track/tracker_int.h"

/* The comparison of a target and a box in this step, or NULL. */
static const psb_candidate *comparison_of(const psb_tracker *tracker, int32_t target_i, int32_t box_i)
{
    for (int32_t list = 0; list < 2; list++) {
        int64_t i = tracker->first_candidate[2 * target_i + list];
        for (; i >= 0 && i < tracker->candidate_count && tracker->candidates[i].target_i == target_i; i++)
            if (tracker->candidates[i].box_i == box_i) return &tracker->candidates[i];
    }
    return NULL;
}

/* 0 when they were not compared or gated. */
static double similarity_of(const psb_tracker *tracker, int32_t target_i, int32_t box_i)
{
    const psb_candidate *const candidate = comparison_of(tracker, target_i, box_i);
    return candidate ? candidate->similarity : 0;
}

/* Of a target's match; 0 without one. */
static double similarity_of_match(const psb_tracker *tracker, const psb_target *target)
{
    return target->match_i >= 0 ? tracker->candidates[target->match_i].similarity : 0;
}

/* Who became whose: psb_target.match_i and the candidate's fate. */
static void find_matches(psb_tracker *tracker)
{
    for (int32_t i = 0; i < tracker->target_count; i++) {
        tracker->targets[i].margin = INFINITY;
        tracker->targets[i].match_i = -1;
    }
    for (int64_t i = 0; i < tracker->candidate_count; i++) {
        psb_candidate *const c = &tracker->candidates[i];
        psb_target *const target = &tracker->targets[c->target_i];
        if (target->box_i != c->box_i) continue;
        c->fate = PSB_FATE_MATCHED;
        target->match_i = (int32_t)i;
    }
}

static void lower(psb_target *target, double margin)
{
    if (margin < target->margin) target->margin = margin;
}

void psb_tracker_measure_margins(psb_tracker *tracker)
{
    psb_target *const targets = tracker->targets;
    find_matches(tracker);
    for (int64_t i = 0; i < tracker->candidate_count; i++) {
        const psb_candidate *const c = &tracker->candidates[i];
        if (c->fate == PSB_FATE_MATCHED || c->fate == PSB_FATE_TOO_FAR) continue;
        psb_target *const target = &targets[c->target_i];
        const int32_t rival_i = tracker->target_of_box[c->box_i];
        double now = similarity_of_match(tracker, target), instead = c->similarity;
        if (rival_i >= 0) {
            now += similarity_of_match(tracker, &targets[rival_i]);
            if (target->box_i >= 0) instead += similarity_of(tracker, rival_i, target->box_i);
            lower(&targets[rival_i], now - instead);
        }
        lower(target, now - instead);
    }
    for (int32_t i = 0; i < tracker->target_count; i++)
        if (targets[i].match_i >= 0) tracker->candidates[targets[i].match_i].margin = (float)targets[i].margin;
}

/* How sure a match is behind an occlusion: the lead's share, 0..1. */
static double certainty(const psb_target *target, const psb_tracker *tracker, double hidden, double gap_s)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const double known_s = target->before_s - target->begun_s;
    const double opening = (hidden * gap_s * gap_s + t->doubt_opening) / (known_s + t->doubt_known_s);
    const double lead = fmin(similarity_of_match(tracker, target), target->margin);
    return lead > 0 ? lead / (lead + opening) : 0;
}

/* Whether this step's match of a target is in doubt. */
static bool is_in_doubt(psb_target *target, const psb_tracker *tracker)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    if (!target->is_confirmed) return false;
    if (target->covered > target->hidden) target->hidden = target->covered;
    if (target->box_i < 0) return false;
    const double hidden = target->hidden;
    const double gap_s = tracker->now_s - tracker->dt_s - target->before_s; /* 0: seen the step before, too */
    target->hidden = target->covered;
    if (hidden <= t->doubt_cover || gap_s <= t->doubt_unseen_s) return false;
    return certainty(target, tracker, hidden, gap_s) < t->doubt_margin;
}

/* Identities rise with the index: who gets a new one moves behind the others. */
static void part(psb_tracker *tracker, int32_t target_i)
{
    psb_target moved = tracker->targets[target_i];
    moved.id = tracker->next_id++;
    moved.begun_s = tracker->now_s;
    for (int32_t i = target_i; i + 1 < tracker->target_count; i++) tracker->targets[i] = tracker->targets[i + 1];
    tracker->targets[tracker->target_count - 1] = moved;
}

void psb_tracker_part_doubtful(psb_tracker *tracker)
{
    if (tracker->tuning.doubt_margin <= 0) return;
    int32_t doubtful = 0;
    for (int32_t i = 0; i < tracker->target_count; i++)
        if (is_in_doubt(&tracker->targets[i], tracker)) tracker->order[doubtful++] = i;
    for (int32_t i = 0; i < doubtful; i++) part(tracker, tracker->order[i] - i); /* i have left from before it */
}
