/* SPDX-License-Identifier: Apache-2.0
 *
 * One step of the tracker: predict, associate, update, end, begin, report.
 */
#include <passerby/tracker.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "geometry/iou.h"
#include "track/tracker_int.h"

const psb_tracker_tuning psb_tracker_tuning_default = {
#define X(name, value, meaning) .name = (value),
    PSB_TRACKER_TUNING_LIST(X)
#undef X
};

void psb_tracker_options_init(psb_tracker_options *options)
{
    *options = (psb_tracker_options){.size = sizeof(*options)};
}

psb_status psb_tracker_create_tuned(psb_tracker **out, const psb_tracker_tuning *tuning)
{
    *out = NULL;
    psb_tracker *tracker = calloc(1, sizeof(*tracker));
    if (!tracker) return psb_fail_memory("tracker", sizeof(*tracker));
    tracker->tuning = tuning ? *tuning : psb_tracker_tuning_default;
    tracker->next_id = 1;
    const psb_status status = psb_assignment_create(&tracker->assignment);
    if (status) goto done;
    *out = tracker;
    tracker = NULL;
done:
    psb_tracker_destroy(&tracker);
    return status;
}

psb_status psb_tracker_create(psb_tracker **out, const psb_tracker_options *options)
{
    psb_tracker_tuning tuning = psb_tracker_tuning_default;
    *out = NULL;
    if (options) {
        if (options->max_lost_s != 0) {
            if (!(options->max_lost_s >= 0.05F && options->max_lost_s <= 60))
                return psb_fail(PSB_BAD_INPUT, "tracker: max_lost_s: found %g, expected 0.05 to 60, or 0",
                                options->max_lost_s);
            tuning.max_lost_s = options->max_lost_s;
        }
        if (options->min_score != 0) {
            if (!(options->min_score > 0 && options->min_score <= 1))
                return psb_fail(PSB_BAD_INPUT, "tracker: min_score: found %g, expected 0 to 1", options->min_score);
            tuning.weak_score = options->min_score;
        }
    }
    return psb_tracker_create_tuned(out, &tuning);
}

void psb_tracker_destroy(psb_tracker **tracker)
{
    if (!tracker || !*tracker) return;
    psb_tracker *t = *tracker;
    psb_assignment_destroy(&t->assignment);
    psb_boxes_fini(&t->boxes);
    psb_tracks_fini(&t->out);
    free(t->targets);
    free(t->row_of_box);
    free(t->target_of_box);
    free(t->pairs);
    free(t->column_of_row);
    free(t);
    *tracker = NULL;
}

void psb_tracker_reset(psb_tracker *tracker)
{
    tracker->has_time = false;
    tracker->target_count = 0;
    tracker->sway = (psb_sway){0};
    tracker->out.count = 0;
}

static psb_status check(const psb_tracker *tracker, const psb_boxes *boxes, double time_s)
{
    if (!isfinite(time_s)) return psb_fail(PSB_BAD_INPUT, "tracker: time: found %g s, expected a finite time", time_s);
    if (tracker->has_time && !(time_s > tracker->now_s))
        return psb_fail(PSB_BAD_INPUT, "tracker: time: found %.6f s, expected more than the %.6f s of the step before",
                        time_s, tracker->now_s);
    if (boxes->count < 0 || boxes->count > PSB_BOXES_MAX)
        return psb_fail(PSB_BAD_INPUT, "tracker: found %d boxes, expected 0 to %d", boxes->count, PSB_BOXES_MAX);
    for (int32_t i = 0; i < boxes->count; i++) {
        if (!psb_box_is_valid(psb_boxes_at(boxes, i)))
            return psb_fail(PSB_BAD_INPUT,
                            "tracker: box %d: found corners %g,%g and %g,%g, expected finite ones, growing", i,
                            boxes->x0_px[i], boxes->y0_px[i], boxes->x1_px[i], boxes->y1_px[i]);
        if (!isfinite(boxes->score[i]))
            return psb_fail(PSB_BAD_INPUT, "tracker: box %d: found score %g, expected a finite one", i,
                            boxes->score[i]);
    }
    return PSB_OK;
}

static psb_status resize(void *column_address, int32_t count, size_t item_bytes)
{
    void **const column = column_address;
    void *const larger = realloc(*column, (size_t)count * item_bytes);
    if (!larger) return psb_fail_memory("tracker", (size_t)count * item_bytes);
    *column = larger;
    return PSB_OK;
}

/* Room for the worst case of this step: every box begins a target. */
static psb_status reserve(psb_tracker *tracker, int32_t box_count)
{
    psb_status status = PSB_OK;
    if (box_count > tracker->box_capacity) {
        const int32_t capacity = 2 * box_count;
        status = resize(&tracker->row_of_box, capacity, sizeof(*tracker->row_of_box));
        if (!status) status = resize(&tracker->target_of_box, capacity, sizeof(*tracker->target_of_box));
        if (status) return status;
        tracker->box_capacity = capacity;
    }
    const int32_t target_count = tracker->target_count + box_count;
    if (target_count > tracker->target_capacity) {
        const int32_t capacity = 2 * target_count;
        status = resize(&tracker->targets, capacity, sizeof(*tracker->targets));
        if (!status) status = resize(&tracker->column_of_row, capacity, sizeof(*tracker->column_of_row));
        if (status) return status;
        tracker->target_capacity = capacity;
    }
    status = psb_tracks_reserve(&tracker->out, target_count);
    if (!status) status = psb_boxes_reserve(&tracker->boxes, box_count);
    return status;
}

static bool box_before(const psb_boxes *boxes, int32_t a, int32_t b)
{
    if (boxes->score[a] != boxes->score[b]) return boxes->score[a] > boxes->score[b];
    if (boxes->y1_px[a] != boxes->y1_px[b]) return boxes->y1_px[a] > boxes->y1_px[b];
    if (boxes->y0_px[a] != boxes->y0_px[b]) return boxes->y0_px[a] < boxes->y0_px[b];
    const float width_a = boxes->x1_px[a] - boxes->x0_px[a], width_b = boxes->x1_px[b] - boxes->x0_px[b];
    if (width_a != width_b) return width_a > width_b;
    return boxes->x0_px[a] < boxes->x0_px[b];
}

static psb_status take_boxes(psb_tracker *tracker, const psb_boxes *boxes)
{
    int32_t *order = tracker->row_of_box;
    for (int32_t i = 0; i < boxes->count; i++) {
        int32_t at = i;
        for (; at > 0 && box_before(boxes, i, order[at - 1]); at--) order[at] = order[at - 1];
        order[at] = i;
    }
    tracker->boxes.count = 0;
    for (int32_t i = 0; i < boxes->count; i++) {
        const psb_status status =
            psb_boxes_append(&tracker->boxes, psb_boxes_at(boxes, order[i]), boxes->score[order[i]]);
        if (status) return status;
    }
    return PSB_OK;
}

static void end_targets(psb_tracker *tracker)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < tracker->target_count; i++) {
        const psb_target *target = &tracker->targets[i];
        const double unseen_s = tracker->now_s - target->seen_s;
        const double limit_s = target->is_confirmed ? tracker->tuning.max_lost_s : tracker->tuning.tentative_s;
        if (unseen_s > limit_s) continue;
        if (kept != i) tracker->targets[kept] = *target;
        kept++;
    }
    tracker->target_count = kept;
}

static void find_covered(psb_tracker *tracker)
{
    for (int32_t i = 0; i < tracker->target_count; i++) {
        psb_target *target = &tracker->targets[i];
        target->covered = 0;
        for (int32_t j = 0; j < tracker->target_count; j++) {
            const psb_target *other = &tracker->targets[j];
            if (i == j || other->predicted.x0_px >= target->predicted.x1_px || other->predicted.x1_px <= target->predicted.x0_px || !other->is_confirmed) continue;
            const double covered = psb_covered(target->predicted, other->predicted);
            if (covered > target->covered) target->covered = covered;
        }
    }
}

static bool is_taken(const psb_tracker *tracker, int32_t box_i)
{
    const psb_box box = psb_boxes_at(&tracker->boxes, box_i);
    for (int32_t i = 0; i < tracker->boxes.count; i++)
        if (i != box_i && tracker->target_of_box[i] >= 0 &&
            psb_iou(box, psb_boxes_at(&tracker->boxes, i)) > tracker->tuning.birth_apart)
            return true;
    return false;
}

static void begin_targets(psb_tracker *tracker)
{
    for (int32_t i = 0; i < tracker->boxes.count; i++) {
        if (tracker->target_of_box[i] >= 0 || tracker->boxes.score[i] < tracker->tuning.birth_score) continue;
        if (is_taken(tracker, i)) continue;
        psb_target *target = &tracker->targets[tracker->target_count++];
        psb_target_start(target, tracker, i);
        target->id = tracker->next_id++;
    }
}

static void report(psb_tracker *tracker)
{
    psb_tracks *out = &tracker->out;
    out->count = tracker->target_count;
    for (int32_t i = 0; i < out->count; i++) {
        const psb_target *target = &tracker->targets[i];
        const bool is_seen = target->box_i >= 0;
        const psb_box box = is_seen ? target->seen : target->predicted;
        out->id[i] = target->id;
        out->x0_px[i] = box.x0_px;
        out->y0_px[i] = box.y0_px;
        out->x1_px[i] = box.x1_px;
        out->y1_px[i] = box.y1_px;
        out->score[i] = target->score;
        out->state[i] = (uint8_t)(!target->is_confirmed ? PSB_TRACK_TENTATIVE
                                  : is_seen             ? PSB_TRACK_CONFIRMED
                                                        : PSB_TRACK_COASTING);
        out->detection_i[i] = is_seen ? tracker->row_of_box[target->box_i] : -1;
        out->unseen_s[i] = (float)(tracker->now_s - target->seen_s);
    }
}

psb_status psb_tracker_step(psb_tracker *tracker, const psb_tracks **tracks_out, const psb_boxes *boxes, double time_s)
{
    *tracks_out = NULL;
    psb_status status = check(tracker, boxes, time_s);
    if (!status) status = reserve(tracker, boxes->count);
    if (!status) status = take_boxes(tracker, boxes);
    if (status) return status;

    tracker->dt_s = tracker->has_time ? time_s - tracker->now_s : 0;
    tracker->now_s = time_s;
    tracker->has_time = true;
    for (int32_t i = 0; i < tracker->target_count; i++) psb_target_predict(&tracker->targets[i], tracker);
    psb_tracker_follow_sway(tracker);
    find_covered(tracker);
    status = psb_tracker_associate(tracker);
    if (status) return status;
    for (int32_t i = 0; i < tracker->target_count; i++)
        if (tracker->targets[i].box_i >= 0) psb_target_update(&tracker->targets[i], tracker);
    end_targets(tracker);
    begin_targets(tracker);
    report(tracker);
    *tracks_out = &tracker->out;
    return PSB_OK;
}
