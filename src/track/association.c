/* SPDX-License-Identifier: Apache-2.0
 *
 * association
 */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "geometry/iou.h"
#include "track/tracker_int.h"

typedef struct match_stage {
    bool wants_confirmed, wants_tentative;
    double least_score, below_score; /* boxes with least_score <= score < below_score */
    double least_similarity;
} match_stage;

static double squared(double value)
{
    return value * value;
}

/* -1 when gated */
static double similarity(const psb_tracker *tracker, const psb_target *target, int32_t box_i)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const psb_box box = psb_boxes_at(&tracker->boxes, box_i);
    const double width = (double)box.x1_px - box.x0_px, height = (double)box.y1_px - box.y0_px;
    const double x = 0.5 * ((double)box.x0_px + box.x1_px), y = 0.5 * ((double)box.y0_px + box.y1_px);
    const double scale = fmax(target->height.value, 1e-3);
    const double var_place = squared(t->noise_place * scale), var_size = squared(t->noise_size * scale);
    const double place2 = squared(x - target->x.value) / (target->x.var_value + var_place) +
                          squared(y - target->y.value) / (target->y.var_value + var_place);
    if (place2 > squared(t->gate)) return -1;
    const double size2 = squared(width - target->width.value) / (target->width.var_value + var_size) +
                         squared(height - target->height.value) / (target->height.var_value + var_size);
    const double top = fmax(box.y0_px, target->predicted.y0_px), bottom = fmin(box.y1_px, target->predicted.y1_px);
    const double out_top = fmin(box.y0_px, target->predicted.y0_px),
                 out_bottom = fmax(box.y1_px, target->predicted.y1_px);
    const double height_overlap = bottom > top ? (bottom - top) / (out_bottom - out_top) : 0;
    const double overlap = psb_iou(target->predicted, box) * pow(height_overlap, t->power_height);
    return t->weight_overlap * overlap + t->weight_place * exp(-0.5 * place2) + t->weight_size * exp(-0.5 * size2);
}

static psb_status add_pair(psb_tracker *tracker, psb_pair pair)
{
    if (tracker->pair_count == tracker->pair_capacity) {
        const int64_t larger = tracker->pair_capacity ? 2 * tracker->pair_capacity : 256;
        psb_pair *pairs = realloc(tracker->pairs, (size_t)larger * sizeof(*pairs));
        if (!pairs) return psb_fail_memory("pairs of tracks and boxes", (size_t)larger * sizeof(*pairs));
        tracker->pairs = pairs;
        tracker->pair_capacity = larger;
    }
    tracker->pairs[tracker->pair_count++] = pair;
    return PSB_OK;
}

static psb_status run_stage(psb_tracker *tracker, const match_stage *stage)
{
    tracker->pair_count = 0;
    for (int32_t i = 0; i < tracker->target_count; i++) {
        const psb_target *target = &tracker->targets[i];
        if (target->box_i >= 0 || !(target->is_confirmed ? stage->wants_confirmed : stage->wants_tentative)) continue;
        for (int32_t j = 0; j < tracker->boxes.count; j++) {
            const double score = tracker->boxes.score[j];
            if (tracker->target_of_box[j] >= 0 || score < stage->least_score || score >= stage->below_score) continue;
            double gain = similarity(tracker, target, j) - stage->least_similarity;
            if (gain <= 0) continue;
            const double unseen_s = tracker->now_s - tracker->dt_s - target->seen_s;
            gain += tracker->tuning.weight_seen * exp(-unseen_s / tracker->tuning.late_s);
            const psb_status status = add_pair(tracker, (psb_pair){i, j, gain});
            if (status) return status;
        }
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
    const match_stage stages[] = {
        {true, false, t->strong_score, INFINITY, t->least_strong},
        {true, false, t->weak_score, t->strong_score, t->least_weak},
        {false, true, t->weak_score, INFINITY, t->least_tentative},
    };
    for (int32_t i = 0; i < tracker->target_count; i++) tracker->targets[i].box_i = -1;
    for (int32_t i = 0; i < tracker->boxes.count; i++) tracker->target_of_box[i] = -1;
    for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
        const psb_status status = run_stage(tracker, &stages[i]);
        if (status) return status;
    }
    return PSB_OK;
}
