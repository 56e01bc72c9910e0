/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is which box: believed tracks take strong boxes, then the weak ones, then tentative tracks take what is left.
 * A person half hidden gives a weak box; throwing it away is what breaks tracks.
 * After: Zhang et al., "ByteTrack", ECCV 2022 (arXiv 2110.06864), for the stages; Yang et al., "Hybrid-SORT", AAAI
 * 2024 (arXiv 2308.00783), for the overlap modulated by heights; Stanojevic, Todorovic, "BoostTrack", MVA 2024 (arXiv
 * 2408.13003), for adding Mahalanobis and shape terms; Wojke et al., "Deep SORT", 2017, whose cascade by age is here
 * one bonus for tracks seen of late. Unlike all of them, distances are in deviations of a filter that knows the
 * time step, so what is near at 5 frames/s is as near at 30, and what a strong box is, is learnt.
 */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "geometry/iou.h"
#include "track/order.h"
#include "track/tracker_int.h"

typedef struct match_stage {
    psb_match_kind kind;
    bool wants_confirmed;
    double least_score, below_score; /* boxes with least_score <= score < below_score */
    double least_similarity;
} match_stage;

/* One track as a stage compares it: the variances of a trusted box's distance. */
typedef struct match_seeker {
    const psb_target *target;
    double var_x, var_y, var_width, var_height;
    double head_start; /* over tracks that were not seen of late */
} match_seeker;

static double squared(double value)
{
    return value * value;
}

static match_seeker seeker_of(const psb_tracker *tracker, const psb_target *target)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const double height = fmax(target->height.value, 1e-3);
    const double var_place = squared(t->noise_place * tracker->scale.noise * height);
    const double var_size = squared(t->noise_size * tracker->scale.noise * height);
    const double unseen_s = tracker->now_s - tracker->dt_s - target->seen_s; /* 0: seen the step before */
    return (match_seeker){.target = target,
                          .var_x = target->x.var_value + var_place,
                          .var_y = target->y.var_value + var_place,
                          .var_width = target->width.var_value + var_size,
                          .var_height = target->height.var_value + var_size,
                          .head_start = unseen_s > 0 ? t->weight_seen * exp(-unseen_s / t->late_s) : t->weight_seen};
}

/* Overlap times the overlap of the vertical spans to the power 1.5: heads at one height and feet at one height, which
 * says more of who it is than the x of two people who pass each other. */
static double upright_overlap(psb_box a, psb_box b)
{
    const double top = fmax(a.y0_px, b.y0_px), bottom = fmin(a.y1_px, b.y1_px);
    if (bottom <= top) return 0;
    const double common = (bottom - top) / (fmax(a.y1_px, b.y1_px) - fmin(a.y0_px, b.y0_px));
    return (double)psb_iou(a, b) * common * sqrt(common);
}

/* The terms of a pair; their sum is 0..1 and a bit, 0 when gated. */
static void compare(psb_candidate *out, const psb_tracker *tracker, const match_seeker *seeker, int32_t box_i)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const psb_target *target = seeker->target;
    const psb_measure *m = &tracker->measures[box_i];
    const double place2 =
        squared(m->x - target->x.value) / seeker->var_x + squared(m->y - target->y.value) / seeker->var_y;
    out->distance = (float)place2;
    if (place2 > squared(t->gate)) {
        out->fate = PSB_FATE_TOO_FAR;
        out->overlap = out->place = out->size = out->similarity = 0;
        return;
    }
    const double size2 = squared(m->width - target->width.value) / seeker->var_width +
                         squared(m->height - target->height.value) / seeker->var_height;
    const double overlap = t->weight_overlap * upright_overlap(target->predicted, psb_boxes_at(&tracker->boxes, box_i));
    const double place = t->weight_place * exp(-0.5 * place2), size = t->weight_size * exp(-0.5 * size2);
    out->fate = PSB_FATE_TOO_WEAK;
    out->overlap = (float)overlap;
    out->place = (float)place;
    out->size = (float)size;
    out->similarity = (float)(overlap + place + size);
}

static psb_status reserve_candidate(psb_tracker *tracker)
{
    if (tracker->candidate_count < tracker->candidate_capacity) return PSB_OK;
    const int64_t larger = tracker->candidate_capacity ? 2 * tracker->candidate_capacity : 256;
    psb_candidate *const candidates = realloc(tracker->candidates, (size_t)larger * sizeof(*candidates));
    if (!candidates) return psb_fail_memory("pairs of tracks and boxes", (size_t)larger * sizeof(*candidates));
    tracker->candidates = candidates;
    tracker->candidate_capacity = larger;
    return PSB_OK;
}

static psb_status add_pair(psb_tracker *tracker, psb_pair pair)
{
    if (tracker->pair_count == PSB_ASSIGNMENT_MAX_PAIRS)
        return psb_fail(PSB_BAD_INPUT, "tracker: found more than %d pairs of tracks and boxes near each other",
                        PSB_ASSIGNMENT_MAX_PAIRS);
    if (tracker->pair_count == tracker->pair_capacity) {
        const int64_t larger = tracker->pair_capacity ? 2 * tracker->pair_capacity : 256;
        psb_pair *const pairs = realloc(tracker->pairs, (size_t)larger * sizeof(*pairs));
        if (!pairs) return psb_fail_memory("pairs of tracks and boxes", (size_t)larger * sizeof(*pairs));
        tracker->pairs = pairs;
        tracker->pair_capacity = larger;
    }
    tracker->pairs[tracker->pair_count++] = pair;
    return PSB_OK;
}

/* Every pair of one track that the stage permits. Boxes out of the gate's reach in x are not looked at. */
static psb_status collect_pairs(psb_tracker *tracker, const match_stage *stage, int32_t target_i)
{
    const psb_target *target = &tracker->targets[target_i];
    const match_seeker seeker = seeker_of(tracker, target);
    const double reach_px = tracker->tuning.gate * sqrt(seeker.var_x);
    const double reach_y_px = tracker->tuning.gate * sqrt(seeker.var_y);
    tracker->first_candidate[2 * target_i + (stage->kind == PSB_MATCH_WEAK)] = (int32_t)tracker->candidate_count;
    for (int32_t i = psb_tracker_first_box_from(tracker, target->x.value - reach_px); i < tracker->boxes.count; i++) {
        const int32_t box_i = tracker->box_by_x[i];
        if (tracker->measures[box_i].x > target->x.value + reach_px) break;
        if (fabs(tracker->measures[box_i].y - target->y.value) > reach_y_px) continue;
        const double score = tracker->boxes.score[box_i];
        if (tracker->target_of_box[box_i] >= 0 || score < stage->least_score || score >= stage->below_score) continue;
        psb_status status = reserve_candidate(tracker);
        if (status) return status;
        psb_candidate *const candidate = &tracker->candidates[tracker->candidate_count++];
        candidate->id = target->id;
        candidate->target_i = target_i;
        candidate->box_i = box_i;
        candidate->head_start = (float)seeker.head_start;
        candidate->margin = INFINITY;
        candidate->kind = (uint8_t)stage->kind;
        compare(candidate, tracker, &seeker, box_i);
        const double above = candidate->similarity - stage->least_similarity;
        if (above <= 0) continue;
        candidate->fate = PSB_FATE_LOST;
        status = add_pair(tracker, (psb_pair){target_i, box_i, above + seeker.head_start});
        if (status) return status;
    }
    return PSB_OK;
}

static psb_status run_stage(psb_tracker *tracker, const match_stage *stage)
{
    tracker->pair_count = 0;
    for (int32_t i = 0; i < tracker->target_count; i++) {
        const psb_target *target = &tracker->targets[i];
        if (target->box_i >= 0 || target->is_confirmed != stage->wants_confirmed) continue;
        const psb_status status = collect_pairs(tracker, stage, i);
        if (status) return status;
    }
    if (!tracker->pair_count) return PSB_OK;

    const psb_status status = psb_assignment_solve(tracker->assignment, tracker->column_of_row, tracker->target_count,
                                                   tracker->boxes.count, tracker->pairs, tracker->pair_count);
    if (status) return status;
    for (int32_t i = 0; i < tracker->target_count; i++) {
        if (tracker->column_of_row[i] < 0) continue;
        tracker->targets[i].box_i = tracker->column_of_row[i];
        tracker->target_of_box[tracker->column_of_row[i]] = i;
    }
    return PSB_OK;
}

psb_status psb_tracker_associate(psb_tracker *tracker)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const double strong = fmax(tracker->scale.usual_score, t->weak_score);
    const match_stage stages[] = {
        {PSB_MATCH_STRONG, true, strong, INFINITY, t->least_strong},
        {PSB_MATCH_WEAK, true, t->weak_score, strong, t->least_weak},
        {PSB_MATCH_TENTATIVE, false, t->weak_score, INFINITY, t->least_tentative},
    };
    for (int32_t i = 0; i < tracker->target_count; i++) {
        tracker->targets[i].box_i = -1;
        tracker->first_candidate[2 * i] = tracker->first_candidate[2 * i + 1] = -1;
    }
    tracker->candidate_count = 0;
    for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
        const psb_status status = run_stage(tracker, &stages[i]);
        if (status) return status;
    }
    return PSB_OK;
}

static bool begins_left_of(const void *context, int32_t a, int32_t b)
{
    const psb_target *targets = context;
    return targets[a].predicted.x0_px < targets[b].predicted.x0_px;
}

/* A sweep from left to right: only pairs whose spans in x overlap meet. */
void psb_tracker_find_covered(psb_tracker *tracker)
{
    psb_target *const targets = tracker->targets;
    const int32_t count = tracker->target_count;
    for (int32_t i = 0; i < count; i++) {
        tracker->order[i] = i;
        targets[i].covered = 0;
    }
    psb_order_sort(tracker->order, tracker->spare, count, begins_left_of, targets);
    for (int32_t i = 0; i < count; i++) {
        psb_target *const left = &targets[tracker->order[i]];
        for (int32_t j = i + 1; j < count; j++) {
            psb_target *const right = &targets[tracker->order[j]];
            if (right->predicted.x0_px >= left->predicted.x1_px) break;
            if (right->predicted.y0_px >= left->predicted.y1_px || right->predicted.y1_px <= left->predicted.y0_px)
                continue;
            if (right->is_confirmed)
                left->covered = fmax(left->covered, psb_covered(left->predicted, right->predicted));
            if (left->is_confirmed)
                right->covered = fmax(right->covered, psb_covered(right->predicted, left->predicted));
        }
    }
}
