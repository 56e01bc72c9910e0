/* SPDX-License-Identifier: Apache-2.0
 *
 * The tracker's front door and the order of one step: take the boxes, predict, follow the camera's sway, associate,
 * measure, learn, end, begin, report. Each part is a file of its own; tracker_int.h lists them.
 * It looks at where and how people move and at nothing of how they look, by design (docs/principles.md).
 */
#include <passerby/tracker.h>

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
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
    psb_tracker_reset(tracker);
    psb_status status = psb_assignment_create(&tracker->assignment);
    if (!status) status = psb_record_create(&tracker->record);
    if (status) goto done;
    *out = tracker;
    tracker = NULL; /* given away */
done:
    psb_tracker_destroy(&tracker);
    return status;
}

/* Takes an option over unless it is 0 = the default. */
static psb_status take_option(double *to, const char *name, double value, double least, double most)
{
    if (value == 0) return PSB_OK;
    if (!(value >= least && value <= most))
        return psb_fail(PSB_BAD_INPUT, "tracker: %s: found %g, expected %g to %g, or 0 for the default", name, value,
                        least, most);
    *to = value;
    return PSB_OK;
}

psb_status psb_tracker_create(psb_tracker **out, const psb_tracker_options *options)
{
    psb_tracker_tuning tuning = psb_tracker_tuning_default;
    psb_status status = PSB_OK;
    *out = NULL;
    if (options) {
        if (options->size < sizeof(*options))
            return psb_fail(PSB_BAD_INPUT, "tracker: options: found a size of %zu bytes, expected %zu (options_init)",
                            options->size, sizeof(*options));
        status = take_option(&tuning.max_lost_s, "max_lost_s", options->max_lost_s, 0.05F, 60);
        if (!status) status = take_option(&tuning.min_score, "min_score", options->min_score, 0, 1);
        if (options->doubt_margin < 0)
            tuning.doubt_margin = 0;
        else if (!status)
            status = take_option(&tuning.doubt_margin, "doubt_margin", options->doubt_margin, 0, 1);
    }
    return status ? status : psb_tracker_create_tuned(out, &tuning);
}

void psb_tracker_destroy(psb_tracker **tracker)
{
    if (!tracker || !*tracker) return;
    psb_tracker *t = *tracker;
    psb_assignment_destroy(&t->assignment);
    psb_record_destroy(&t->record);
    psb_boxes_fini(&t->boxes);
    psb_tracks_fini(&t->out);
    psb_strips_fini(&t->spans);
    psb_strips_fini(&t->centres);
    void *const blocks[] = {t->targets,  t->order,      t->seekers,       t->column_of_row, t->first_candidate,
                            t->measures, t->row_of_box, t->target_of_box, t->suitor_count,  t->raw_score,
                            t->by_score, t->spare,      t->pairs,         t->candidates};
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) free(blocks[i]);
    free(t);
    *tracker = NULL;
}

void psb_tracker_reset(psb_tracker *tracker)
{
    tracker->has_time = false;
    tracker->target_count = 0;
    tracker->out.count = 0;
    tracker->sway = (psb_sway){0};
    psb_scale_init(&tracker->scale, &tracker->tuning);
}

/* Where a matched person is believed to be: between the box and the filter, nearer the filter the more boxes jitter. */
static psb_box believed_box(const psb_tracker *tracker, const psb_target *target)
{
    const psb_box box = psb_boxes_at(&tracker->boxes, target->box_i);
    const double share = fmin(tracker->tuning.smooth * tracker->scale.noise, 1);
    const double half_width = 0.5 * target->width.value, half_height = 0.5 * target->height.value;
    const psb_box smooth = {(float)(box.x0_px + share * (target->x.value - half_width - box.x0_px)),
                            (float)(box.y0_px + share * (target->y.value - half_height - box.y0_px)),
                            (float)(box.x1_px + share * (target->x.value + half_width - box.x1_px)),
                            (float)(box.y1_px + share * (target->y.value + half_height - box.y1_px))};
    return psb_box_is_valid(smooth) ? smooth : box; /* a size that shrinks at once may be filtered below zero */
}

static psb_track_state state_of(const psb_target *target, const psb_tracker *tracker)
{
    if (!psb_target_is_believed(target, tracker)) return PSB_TRACK_TENTATIVE;
    return target->box_i >= 0 || psb_target_is_present(target, tracker) ? PSB_TRACK_CONFIRMED : PSB_TRACK_COASTING;
}

/* What this step's boxes say of all boxes; before their people take them, so that no box speaks for itself. */
static void teach_faith(psb_tracker *tracker)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    if (t->high_forget_s <= 0) return;
    for (int32_t i = 0; i < tracker->boxes.count; i++) {
        const int32_t target_i = tracker->target_of_box[i];
        const psb_target *const target = target_i >= 0 ? &tracker->targets[target_i] : NULL;
        psb_scale_note_box(&tracker->scale, tracker->boxes.score[i],
                           target && target->is_confirmed && target->mean_trust >= t->birth_high);
    }
}

static void report(psb_tracker *tracker)
{
    psb_tracks *out = &tracker->out;
    out->count = tracker->target_count;
    for (int32_t i = 0; i < out->count; i++) {
        const psb_target *target = &tracker->targets[i];
        const bool is_seen = target->box_i >= 0;
        const psb_box box = is_seen ? believed_box(tracker, target) : target->predicted;
        out->id[i] = target->id;
        out->x0_px[i] = box.x0_px;
        out->y0_px[i] = box.y0_px;
        out->x1_px[i] = box.x1_px;
        out->y1_px[i] = box.y1_px;
        out->score[i] = target->raw_score;
        out->state[i] = (uint8_t)state_of(target, tracker);
        out->detection_i[i] = is_seen ? tracker->row_of_box[target->box_i] : -1;
        out->unseen_s[i] = (float)(tracker->now_s - target->seen_s);
    }
}

psb_status psb_tracker_step(psb_tracker *tracker, const psb_tracks **tracks_out, const psb_boxes *boxes, double time_s)
{
    return psb_tracker_step_moved(tracker, tracks_out, boxes, NULL, time_s);
}

psb_status psb_tracker_step_moved(psb_tracker *tracker, const psb_tracks **tracks_out, const psb_boxes *boxes,
                                  const psb_camera_motion *motion, double time_s)
{
    *tracks_out = NULL;
    psb_status status = psb_tracker_check(tracker, boxes, time_s);
    if (!status && motion && !psb_tracker_motion_is_valid(motion))
        status =
            psb_fail(PSB_BAD_INPUT, "tracker: camera motion: found %g,%g and a shift of %g,%g, expected a camera's",
                     motion->along, motion->across, motion->x_px, motion->y_px);
    if (!status) status = psb_tracker_reserve(tracker, boxes->count);
    if (status) return status;

    tracker->dt_s = tracker->has_time ? time_s - tracker->now_s : 0;
    tracker->now_s = time_s;
    tracker->has_time = true;
    tracker->stride = psb_stride_of(tracker->dt_s, tracker->tuning.forget_speed_s);
    tracker->stride_size = psb_stride_of(tracker->dt_s, tracker->tuning.forget_growth_s);
    psb_tracker_take_boxes(tracker, boxes);
    if (motion) psb_tracker_follow_camera(tracker, motion);
    psb_tracker_predict_targets(tracker);
    if (motion)
        tracker->sway = (psb_sway){0}; /* seen, not guessed */
    else
        psb_tracker_follow_sway(tracker);
    psb_tracker_place_targets(tracker);
    psb_tracker_find_covered(tracker);
    status = psb_tracker_associate(tracker);
    if (status) return status;
    psb_tracker_measure_margins(tracker);
    if (tracker->record)
        psb_record_add(tracker->record, time_s, motion, tracker->candidates, tracker->candidate_count,
                       tracker->row_of_box);
    teach_faith(tracker);
    for (int32_t i = 0; i < tracker->target_count; i++)
        if (tracker->targets[i].box_i >= 0) psb_target_update(&tracker->targets[i], tracker);
    psb_scale_learn(&tracker->scale, &tracker->tuning);
    psb_tracker_miss_targets(tracker);
    psb_tracker_part_doubtful(tracker);
    psb_tracker_end_targets(tracker);
    psb_tracker_begin_targets(tracker);
    report(tracker);
    *tracks_out = &tracker->out;
    return PSB_OK;
}
