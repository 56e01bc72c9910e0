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
#include "track/decay.h"
#include "track/tracker_int.h"

typedef struct match_stage {
    psb_match_kind kind;
    bool wants_confirmed;
    double least_score, below_score; /* boxes with least_score <= score < below_score */
    double least_similarity;
} match_stage;

static double squared(double value)
{
    return value * value;
}

static psb_seeker seeker_of(const psb_tracker *tracker, const psb_target *target)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const double height = target->height.value > 1e-3 ? target->height.value : 1e-3;
    const double var_place = squared(t->noise_place * tracker->scale.noise * height);
    const double var_size = squared(t->noise_size * tracker->scale.noise * height);
    const double unseen_s = tracker->now_s - tracker->dt_s - target->seen_s; /* 0: seen the step before */
    const double var_x = target->x.var_value + var_place, var_y = target->y.var_value + var_place;
    return (psb_seeker){
        .inverse_var_x = 1 / var_x,
        .inverse_var_y = 1 / var_y,
        .inverse_var_width = 1 / (target->width.var_value + var_size),
        .inverse_var_height = 1 / (target->height.var_value + var_size),
        .reach_x_px = t->gate * sqrt(var_x),
        .reach_y_px = t->gate * sqrt(var_y),
        .head_start = unseen_s > 0 ? t->weight_seen * psb_decay(unseen_s / t->late_s) : t->weight_seen,
    };
}

/* Overlap times the overlap of the vertical spans to the power 1.5: heads at one height and feet at one height, which
 * says more of who it is than the x of two people who pass each other. */
static double upright_overlap(psb_box a, psb_box b)
{
    const double top = a.y0_px > b.y0_px ? a.y0_px : b.y0_px, bottom = a.y1_px < b.y1_px ? a.y1_px : b.y1_px;
    if (bottom <= top || a.x1_px <= b.x0_px || b.x1_px <= a.x0_px) return 0;
    const double highest = a.y0_px < b.y0_px ? a.y0_px : b.y0_px, lowest = a.y1_px > b.y1_px ? a.y1_px : b.y1_px;
    const double common = (bottom - top) / (lowest - highest);
    return (double)psb_iou(a, b) * common * sqrt(common);
}

/* The terms of a pair; their sum is 0..1 and a bit, 0 when gated. Without a record, what only it reads is left out. */
static void compare(psb_candidate *out, const psb_tracker *tracker, const psb_target *target, const psb_seeker *seeker,
                    const psb_measure *m)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const double place2 = squared(m->x - target->x.value) * seeker->inverse_var_x +
                          squared(m->y - target->y.value) * seeker->inverse_var_y;
    if (tracker->record) out->distance = (float)place2;
    if (place2 > squared(t->gate)) {
        out->fate = PSB_FATE_TOO_FAR;
        out->overlap = out->place = out->size = out->similarity = 0;
        return;
    }
    const double size2 = squared(m->width - target->width.value) * seeker->inverse_var_width +
                         squared(m->height - target->height.value) * seeker->inverse_var_height;
    const double overlap =
        t->weight_overlap * upright_overlap(target->predicted, psb_boxes_at(&tracker->boxes, out->box_i));
    const double place = t->weight_place * psb_decay(0.5 * place2), size = t->weight_size * psb_decay(0.5 * size2);
    out->fate = PSB_FATE_TOO_WEAK;
    out->overlap = (float)overlap;
    out->similarity = (float)(overlap + place + size);
    if (!tracker->record) return;
    out->place = (float)place;
    out->size = (float)size;
}

/* Room for count more candidates and pairs. */
static psb_status reserve_pairs(psb_tracker *tracker, int32_t count)
{
    const int64_t wanted = tracker->candidate_count + count;
    if (wanted <= tracker->candidate_capacity) return PSB_OK;
    if (wanted > PSB_ASSIGNMENT_MAX_PAIRS)
        return psb_fail(PSB_BAD_INPUT, "tracker: found more than %d pairs of tracks and boxes near each other",
                        PSB_ASSIGNMENT_MAX_PAIRS - count);
    const int64_t larger = wanted > 128 ? 2 * wanted : 256;
    psb_candidate *const candidates = realloc(tracker->candidates, (size_t)larger * sizeof(*candidates));
    if (!candidates) return psb_fail_memory("pairs of tracks and boxes", (size_t)larger * sizeof(*candidates));
    tracker->candidates = candidates;
    psb_pair *const pairs = realloc(tracker->pairs, (size_t)larger * sizeof(*pairs));
    if (!pairs) return psb_fail_memory("pairs of tracks and boxes", (size_t)larger * sizeof(*pairs));
    tracker->pairs = pairs;
    tracker->candidate_capacity = larger;
    return PSB_OK;
}

/* One pair that the stage permits. */
static void add_candidate(psb_tracker *tracker, const match_stage *stage, int32_t target_i, int32_t box_i)
{
    const psb_target *target = &tracker->targets[target_i];
    const psb_seeker *seeker = &tracker->seekers[target_i];
    psb_candidate *const candidate = &tracker->candidates[tracker->candidate_count++];
    candidate->target_i = target_i;
    candidate->box_i = box_i;
    if (tracker->record) {
        candidate->id = target->id;
        candidate->head_start = (float)seeker->head_start;
        candidate->margin = INFINITY;
        candidate->kind = (uint8_t)stage->kind;
    }
    compare(candidate, tracker, target, seeker, &tracker->measures[box_i]);
    const double above = candidate->similarity - stage->least_similarity;
    if (above <= 0) return;
    candidate->fate = PSB_FATE_LOST;
    tracker->suitor_count[box_i]++;
    tracker->pairs[tracker->pair_count++] = (psb_pair){target_i, box_i, above + seeker->head_start};
}

/* Every pair of one track that the stage permits. Boxes out of the gate's reach are not looked at. */
static psb_status collect_pairs(psb_tracker *tracker, const match_stage *stage, int32_t target_i)
{
    const psb_status status = reserve_pairs(tracker, tracker->boxes.count);
    if (status) return status;
    const double x_px = tracker->targets[target_i].x.value, y_px = tracker->targets[target_i].y.value;
    const double reach_x_px = tracker->seekers[target_i].reach_x_px, reach_y_px = tracker->seekers[target_i].reach_y_px;
    const psb_strip *strip = tracker->centres.strip, *const last = strip + tracker->centres.strip_count;
    tracker->first_candidate[2 * target_i + (stage->kind == PSB_MATCH_WEAK)] = (int32_t)tracker->candidate_count;
    for (; strip < last; strip++) {
        if (strip->bottom_px < y_px - reach_y_px || strip->top_px > y_px + reach_y_px) continue;
        const psb_order_item *at = psb_strip_from(strip, x_px - reach_x_px);
        for (; at < strip->end && at->key <= x_px + reach_x_px; at++) {
            if (tracker->suitor_count[at->item_i] < 0) continue;
            if (fabs(tracker->measures[at->item_i].y - y_px) > reach_y_px) continue;
            add_candidate(tracker, stage, target_i, at->item_i);
        }
    }
    return PSB_OK;
}

/* Counts the boxes that the stage permits: nobody's, of its scores; suitor_count is 0 for those, -1 for others. */
static int32_t open_boxes(psb_tracker *tracker, const match_stage *stage)
{
    int32_t count = 0;
    for (int32_t i = 0; i < tracker->boxes.count; i++) {
        const double score = tracker->boxes.score[i];
        const bool is_open = tracker->target_of_box[i] < 0 && score >= stage->least_score && score < stage->below_score;
        tracker->suitor_count[i] = is_open ? 0 : -1;
        count += is_open;
    }
    return count;
}

static void match(psb_tracker *tracker, int32_t target_i, int32_t box_i)
{
    tracker->targets[target_i].box_i = box_i;
    tracker->target_of_box[box_i] = target_i;
}

/* Two who have nobody else to go to are matched at once; the pairs of all others are kept. Pairs of one target stand
 * side by side. */
static void match_the_clear(psb_tracker *tracker)
{
    psb_pair *const pairs = tracker->pairs;
    int64_t kept = 0;
    for (int64_t i = 0, end = 0; i < tracker->pair_count; i = end) {
        for (end = i + 1; end < tracker->pair_count && pairs[end].row_i == pairs[i].row_i;) end++;
        if (end == i + 1 && tracker->suitor_count[pairs[i].column_i] == 1)
            match(tracker, pairs[i].row_i, pairs[i].column_i);
        else
            for (int64_t k = i; k < end; k++) pairs[kept++] = pairs[k];
    }
    tracker->pair_count = kept;
}

static psb_status run_stage(psb_tracker *tracker, const match_stage *stage)
{
    tracker->pair_count = 0;
    if (!open_boxes(tracker, stage)) return PSB_OK;
    for (int32_t i = 0; i < tracker->target_count; i++) {
        const psb_target *target = &tracker->targets[i];
        if (target->box_i >= 0 || target->is_confirmed != stage->wants_confirmed) continue;
        if (stage->kind == PSB_MATCH_WEAK && !psb_target_is_believed(target, tracker)) continue;
        const psb_status status = collect_pairs(tracker, stage, i);
        if (status) return status;
    }
    match_the_clear(tracker);
    if (!tracker->pair_count) return PSB_OK;

    const psb_status status = psb_assignment_solve(tracker->assignment, tracker->column_of_row, tracker->target_count,
                                                   tracker->boxes.count, tracker->pairs, tracker->pair_count);
    if (status) return status;
    for (int32_t i = 0; i < tracker->target_count; i++)
        if (tracker->column_of_row[i] >= 0) match(tracker, i, tracker->column_of_row[i]);
    return PSB_OK;
}

psb_status psb_tracker_associate(psb_tracker *tracker)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const double strong = fmax(tracker->scale.usual_score, t->weak_score);
    const match_stage stages[] = {
        {PSB_MATCH_STRONG, true, strong, INFINITY, t->least_strong},
        {PSB_MATCH_WEAK, true, t->weak_score, strong, t->least_weak},
        {PSB_MATCH_TENTATIVE, false, fmax(t->confirm_trust, t->weak_score), INFINITY, t->least_tentative},
    };
    for (int32_t i = 0; i < tracker->target_count; i++) {
        tracker->targets[i].box_i = -1;
        tracker->first_candidate[2 * i] = tracker->first_candidate[2 * i + 1] = -1;
        tracker->seekers[i] = seeker_of(tracker, &tracker->targets[i]);
    }
    tracker->candidate_count = 0;
    for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
        const psb_status status = run_stage(tracker, &stages[i]);
        if (status) return status;
    }
    return PSB_OK;
}

/* What each of two hides of the other; only a believed person hides. */
static void cover(psb_target *one, psb_target *other)
{
    const double one_px2 = psb_box_area_px2(one->predicted), other_px2 = psb_box_area_px2(other->predicted);
    const double both_px2 = psb_overlap_px2(one->predicted, one_px2, other->predicted, other_px2);
    if (both_px2 <= 0) return;
    const double part_of_one = psb_area_share(both_px2, one_px2), part_of_other = psb_area_share(both_px2, other_px2);
    if (other->is_confirmed && part_of_one > one->covered) one->covered = part_of_one;
    if (one->is_confirmed && part_of_other > other->covered) other->covered = part_of_other;
}

/* Two overlap when the left edge of one lies within the other, and so do their heights: from each, the others of a
 * strip that begin within it are looked for, `at` being the first that may. */
static void cover_within(psb_target *targets, int32_t target_i, const psb_strip *strip, const psb_order_item *at)
{
    const psb_box box = targets[target_i].predicted;
    for (; at < strip->end && at->key < box.x1_px; at++) {
        psb_target *const other = &targets[at->item_i];
        if (other->predicted.y0_px < box.y1_px && other->predicted.y1_px > box.y0_px) cover(&targets[target_i], other);
    }
}

/* The same for all of one strip beside another strip. */
static void cover_across(psb_target *targets, const psb_strip *own, const psb_strip *strip)
{
    for (const psb_order_item *item = own->begin; item < own->end; item++) {
        const psb_box box = targets[item->item_i].predicted;
        if (strip->bottom_px > box.y0_px && strip->top_px < box.y1_px)
            cover_within(targets, item->item_i, strip, psb_strip_from(strip, box.x0_px));
    }
}

void psb_tracker_find_covered(psb_tracker *tracker)
{
    psb_target *const targets = tracker->targets;
    psb_strips_begin(&tracker->spans);
    for (int32_t i = 0; i < tracker->target_count; i++) {
        const psb_box box = targets[i].predicted;
        psb_strips_put(&tracker->spans, box.x0_px, box.y0_px, box.y1_px);
        targets[i].covered = 0;
    }
    psb_strips_sort(&tracker->spans);
    const psb_strip *const first = tracker->spans.strip, *const last = first + tracker->spans.strip_count;
    for (const psb_strip *own = first; own < last; own++) {
        for (const psb_order_item *item = own->begin; item < own->end; item++)
            cover_within(targets, item->item_i, own, item + 1);
        for (const psb_strip *strip = first; strip < last; strip++)
            if (strip != own && strip->bottom_px > own->top_px && strip->top_px < own->bottom_px)
                cover_across(targets, own, strip);
    }
}
