/* SPDX-License-Identifier: Apache-2.0
 *
 * The caller's boxes on their way in: checked, given room, and brought into an order of the step's own (best score
 * first, ties by place), so that the order in which a detector lists them changes nothing. Left and right come last
 * among the ties: a mirrored scene is tracked in the same order.
 */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "geometry/order.h"
#include "track/decay.h"
#include "track/tracker_int.h"

psb_status psb_tracker_check(const psb_tracker *tracker, const psb_boxes *boxes, double time_s)
{
    if (!isfinite(time_s)) return psb_fail(PSB_BAD_INPUT, "tracker: time: found %g s, expected a finite time", time_s);
    if (tracker->has_time && !(time_s > tracker->now_s))
        return psb_fail(PSB_BAD_INPUT, "tracker: time: found %.6f s, expected more than the %.6f s of the step before",
                        time_s, tracker->now_s);
    if (boxes->count < 0 || boxes->count > PSB_BOXES_MAX / 4)
        return psb_fail(PSB_BAD_INPUT, "tracker: found %d boxes, expected 0 to %d", (int)boxes->count,
                        PSB_BOXES_MAX / 4);
    for (int32_t i = 0; i < boxes->count; i++) {
        const psb_box box = psb_boxes_at(boxes, i);
        if (!psb_box_is_valid(box))
            return psb_fail(PSB_BAD_INPUT,
                            "tracker: box %d: found corners %g,%g and %g,%g, expected finite ones that grow", (int)i,
                            box.x0_px, box.y0_px, box.x1_px, box.y1_px);
        if (!isfinite(boxes->score[i]))
            return psb_fail(PSB_BAD_INPUT, "tracker: box %d: found score %g, expected a finite one", (int)i,
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

static psb_status reserve_boxes(psb_tracker *tracker, int32_t box_count)
{
    if (box_count <= tracker->box_capacity) return PSB_OK;
    const int32_t capacity = 2 * box_count;
    psb_status status = psb_boxes_reserve(&tracker->boxes, capacity);
    if (!status) status = resize(&tracker->measures, capacity, sizeof(*tracker->measures));
    if (!status) status = resize(&tracker->raw_score, capacity, sizeof(*tracker->raw_score));
    if (!status) status = resize(&tracker->row_of_box, capacity, sizeof(*tracker->row_of_box));
    if (!status) status = resize(&tracker->target_of_box, capacity, sizeof(*tracker->target_of_box));
    if (!status) status = resize(&tracker->suitor_count, capacity, sizeof(*tracker->suitor_count));
    if (!status) status = resize(&tracker->by_score, capacity, 2 * sizeof(*tracker->by_score));
    if (!status) status = resize(&tracker->spare, capacity, sizeof(*tracker->spare));
    if (!status) status = psb_strips_reserve(&tracker->centres, capacity);
    if (!status) tracker->box_capacity = capacity;
    return status;
}

static psb_status reserve_targets(psb_tracker *tracker, int32_t target_count)
{
    if (target_count <= tracker->target_capacity) return PSB_OK;
    const int32_t capacity = target_count <= PSB_BOXES_MAX / 2 ? 2 * target_count : target_count;
    psb_status status = psb_tracks_reserve(&tracker->out, capacity);
    if (!status) status = resize(&tracker->targets, capacity, sizeof(*tracker->targets));
    if (!status) status = resize(&tracker->order, capacity, sizeof(*tracker->order));
    if (!status) status = resize(&tracker->seekers, capacity, sizeof(*tracker->seekers));
    if (!status) status = psb_strips_reserve(&tracker->spans, capacity);
    if (!status) status = resize(&tracker->column_of_row, capacity, sizeof(*tracker->column_of_row));
    if (!status) status = resize(&tracker->first_candidate, capacity, 2 * sizeof(*tracker->first_candidate));
    if (!status) tracker->target_capacity = capacity;
    return status;
}

psb_status psb_tracker_reserve(psb_tracker *tracker, int32_t box_count)
{
    if (tracker->target_count > PSB_BOXES_MAX - box_count)
        return psb_fail(PSB_BAD_INPUT, "tracker: found %d tracks and %d boxes, expected %d together at most",
                        (int)tracker->target_count, (int)box_count, PSB_BOXES_MAX);
    psb_status status = reserve_boxes(tracker, box_count);
    if (!status) status = reserve_targets(tracker, tracker->target_count + box_count);
    return status;
}

static bool is_better(const void *context, int32_t a, int32_t b)
{
    const psb_boxes *boxes = context;
    if (boxes->score[a] != boxes->score[b]) return boxes->score[a] > boxes->score[b];
    if (boxes->y1_px[a] != boxes->y1_px[b]) return boxes->y1_px[a] > boxes->y1_px[b];
    if (boxes->y0_px[a] != boxes->y0_px[b]) return boxes->y0_px[a] < boxes->y0_px[b];
    const float width_a = boxes->x1_px[a] - boxes->x0_px[a], width_b = boxes->x1_px[b] - boxes->x0_px[b];
    if (width_a != width_b) return width_a > width_b;
    return boxes->x0_px[a] < boxes->x0_px[b];
}

/* row_of_box: by score alone, and by all the rest where scores are equal. */
static void sort_boxes(psb_tracker *tracker, const psb_boxes *boxes)
{
    const int32_t count = boxes->count;
    psb_order_item *const list = tracker->by_score;
    for (int32_t i = 0; i < count; i++) list[i] = (psb_order_item){-(double)boxes->score[i], i};
    psb_order_sort_keys(list, list + count, count);
    for (int32_t i = 0; i < count; i++) tracker->row_of_box[i] = list[i].item_i;
    for (int32_t first = 0, end = 0; first < count; first = end) {
        for (end = first + 1; end < count && list[end].key == list[first].key;) end++;
        if (end > first + 1) psb_order_sort(tracker->row_of_box + first, tracker->spare, end - first, is_better, boxes);
    }
}

void psb_tracker_take_boxes(psb_tracker *tracker, const psb_boxes *boxes)
{
    const int32_t count = boxes->count;
    psb_boxes *const own = &tracker->boxes;
    sort_boxes(tracker, boxes);
    psb_strips_begin(&tracker->centres);
    own->count = count;
    for (int32_t i = 0; i < count; i++) {
        const int32_t row_i = tracker->row_of_box[i];
        own->x0_px[i] = boxes->x0_px[row_i];
        own->y0_px[i] = boxes->y0_px[row_i];
        own->x1_px[i] = boxes->x1_px[row_i];
        own->y1_px[i] = boxes->y1_px[row_i];
        own->score[i] = boxes->score[row_i];
        const psb_measure m = psb_measure_of(psb_boxes_at(own, i));
        tracker->measures[i] = m;
        psb_strips_put(&tracker->centres, m.x, m.y, m.y);
        tracker->target_of_box[i] = -1;
    }
    const double forget_s = tracker->tuning.high_forget_s;
    if (forget_s > 0) psb_scale_take_scores(&tracker->scale, own, psb_decay(tracker->dt_s / forget_s));
    for (int32_t i = 0; i < count; i++) {
        tracker->raw_score[i] = own->score[i];
        const bool counts = own->score[i] >= tracker->tuning.min_score;
        own->score[i] = counts ? (float)psb_scale_trust(&tracker->scale, own->score[i]) : 0;
    }
    psb_strips_sort(&tracker->centres);
}
