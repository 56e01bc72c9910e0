/* SPDX-License-Identifier: Apache-2.0
 *
 * A target's life: begun by a box that nobody took, predicted, measured, believed after its second box, reported while
 * it is likelier there than not, forgotten when it was not seen for too long. All limits are in seconds; a frame is not
 * a unit of time.
 * After: Bewley et al., "Simple online and realtime tracking", ICIP 2016 (arXiv 1602.00763), for the filter; Du et
 * al., "StrongSORT" (arXiv 2202.13514), for noise by confidence; Musicki, Evans, Stankovic, "Integrated probabilistic
 * data association", IEEE Trans. Autom. Control 39(6), 1994, for existence as a probability, which here falls with time
 * and not with looks, and slower where somebody stands in front. Unlike them the noise also grows where another person
 * covers this one: the box there is half the other's, and would bend the speed.
 */
#include <math.h>

#include "geometry/iou.h"
#include "track/decay.h"
#include "track/tracker_int.h"

/* Sizes are compared with the earlier box up to this many steps or lags late; later, too much may have happened. */
static const double LATEST_LAGS = 2, LATEST_STEPS = 1.5;
/* Who is covered more than this does not teach the scale. */
static const double FREE_COVER = 0.2;

static double squared(double value)
{
    return value * value;
}

static void start_target(psb_target *target, const psb_tracker *tracker, int32_t box_i)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const psb_measure m = tracker->measures[box_i];
    const double place = t->noise_place * tracker->scale.noise * m.height;
    const double size = t->noise_size * tracker->scale.noise * m.height;
    const double speed = t->start_speed * m.height, growth = t->start_growth * m.height;
    *target = (psb_target){.predicted = psb_boxes_at(&tracker->boxes, box_i),
                           .seen_s = tracker->now_s,
                           .before_s = tracker->now_s,
                           .begun_s = tracker->now_s,
                           .hits = 1,
                           .score = tracker->boxes.score[box_i],
                           .raw_score = tracker->raw_score[box_i],
                           .is_confirmed = t->confirm_hits <= 1,
                           .mean_trust = tracker->boxes.score[box_i],
                           .faith = psb_scale_faith(&tracker->scale, tracker->boxes.score[box_i]),
                           .lag = m,
                           .lag_s = tracker->now_s,
                           .box_i = box_i};
    psb_axis_init(&target->x, m.x, squared(place), squared(speed));
    psb_axis_init(&target->y, m.y, squared(place), squared(t->vertical * speed));
    psb_axis_init(&target->width, m.width, squared(size), squared(growth));
    psb_axis_init(&target->height, m.height, squared(size), squared(growth));
}

static double at_least(double value, double least)
{
    return value > least ? value : least;
}

void psb_tracker_predict_targets(psb_tracker *tracker)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const psb_stride stride = tracker->stride, stride_size = tracker->stride_size;
    for (int32_t i = 0; i < tracker->target_count; i++) {
        psb_target *const target = &tracker->targets[i];
        const double height = at_least(target->height.value, 1e-3);
        const double wander = squared(t->wander_place * height), wander_size = squared(t->wander_size * height);
        psb_axis_predict(&target->x, stride, wander);
        psb_axis_predict(&target->y, stride, wander * squared(t->vertical));
        psb_axis_predict(&target->width, stride_size, wander_size);
        psb_axis_predict(&target->height, stride_size, wander_size);
    }
}

/* The boxes that the filters believe in; never empty, also where a size was extrapolated below zero. */
void psb_tracker_place_targets(psb_tracker *tracker)
{
    for (int32_t i = 0; i < tracker->target_count; i++) {
        psb_target *const target = &tracker->targets[i];
        const double half_width = 0.5 * at_least(target->width.value, 1);
        const double half_height = 0.5 * at_least(target->height.value, 1);
        target->predicted = (psb_box){(float)(target->x.value - half_width), (float)(target->y.value - half_height),
                                      (float)(target->x.value + half_width), (float)(target->y.value + half_height)};
    }
}

/* What this box says of the detector. */
static void teach_scale(psb_target *target, psb_tracker *tracker, psb_measure m)
{
    if (target->is_confirmed) psb_scale_note_score(&tracker->scale, &tracker->tuning, target->score);
    const double lag_s = tracker->now_s - target->lag_s;
    if (lag_s < PSB_SCALE_LAG_S) return;
    if (lag_s < LATEST_LAGS * PSB_SCALE_LAG_S + LATEST_STEPS * tracker->dt_s && target->covered < FREE_COVER)
        psb_scale_note_change(&tracker->scale,
                              0.5 * (fabs(m.height - target->lag.height) + fabs(m.width - target->lag.width)) /
                                  m.height);
    target->lag = m;
    target->lag_s = tracker->now_s;
}

void psb_target_update(psb_target *target, psb_tracker *tracker)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const psb_measure m = tracker->measures[target->box_i];
    target->score = tracker->boxes.score[target->box_i];
    target->raw_score = tracker->raw_score[target->box_i];
    teach_scale(target, tracker, m);

    const double weak = 1 + t->noise_weak * (1 - fmin(fmax(target->score, 0), 1));
    const double doubt = tracker->scale.noise * weak * (1 + t->noise_crowd * target->covered);
    const double height = at_least(target->height.value, 1e-3);
    const double var_place = squared(t->noise_place * doubt * height);
    const double var_size = squared(t->noise_size * doubt * height);
    psb_axis_update(&target->x, m.x, var_place);
    psb_axis_update(&target->y, m.y, var_place);
    psb_axis_update(&target->width, m.width, var_size);
    psb_axis_update(&target->height, m.height, var_size);

    const double new_part = 1 - psb_decay((tracker->now_s - target->seen_s) / t->faith_s);
    target->mean_trust += new_part * (target->score - target->mean_trust);
    target->faith += new_part * (psb_scale_faith(&tracker->scale, target->score) - target->faith);
    target->missed_s = 0;
    target->before_s = target->seen_s;
    target->seen_s = tracker->now_s;
    if (target->hits < INT32_MAX) target->hits++;
    if (target->hits >= t->confirm_hits) target->is_confirmed = true;
}

void psb_tracker_miss_targets(psb_tracker *tracker)
{
    for (int32_t i = 0; i < tracker->target_count; i++) {
        psb_target *const target = &tracker->targets[i];
        if (target->box_i < 0)
            target->missed_s += tracker->dt_s * (1 - tracker->tuning.presence_cover * target->covered);
    }
}

bool psb_target_is_believed(const psb_target *target, const psb_tracker *tracker)
{
    return target->is_confirmed && target->faith >= tracker->tuning.faith_least;
}

/* The odds that a person is still there begin with how long they were seen and fall with each moment they are not,
 * slower behind somebody, where they could not be seen. */
bool psb_target_is_present(const psb_target *target, const psb_tracker *tracker)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const double odds = 1 + (target->seen_s - target->begun_s) / t->presence_s;
    return target->is_confirmed && odds * psb_decay(t->presence_rate * target->missed_s) > 1;
}

void psb_tracker_end_targets(psb_tracker *tracker)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < tracker->target_count; i++) {
        const psb_target *target = &tracker->targets[i];
        const double unseen_s = tracker->now_s - target->seen_s;
        const double limit_s = target->is_confirmed ? tracker->tuning.max_lost_s
                                                    : fmin(tracker->tuning.tentative_s, tracker->tuning.max_lost_s);
        if (unseen_s > limit_s) continue;
        if (kept != i) tracker->targets[kept] = *target;
        kept++;
    }
    tracker->target_count = kept;
}

/* Whether a matched box already stands there: detectors without suppression list one person twice. Two boxes that
 * overlap by a share differ in size by no more than its inverse, so their centres are not farther apart than this. */
static bool is_taken(const psb_tracker *tracker, int32_t box_i)
{
    const double apart = tracker->tuning.birth_apart, part = 0.501 * (1 + 1 / at_least(apart, 1e-6));
    const psb_measure m = tracker->measures[box_i];
    const double reach_x_px = part * m.width, reach_y_px = part * m.height;
    const psb_box box = psb_boxes_at(&tracker->boxes, box_i);
    const psb_strip *strip = tracker->centres.strip, *const last = strip + tracker->centres.strip_count;
    for (; strip < last; strip++) {
        if (strip->bottom_px < m.y - reach_y_px || strip->top_px > m.y + reach_y_px) continue;
        const psb_order_item *at = psb_strip_from(strip, m.x - reach_x_px);
        for (; at < strip->end && at->key <= m.x + reach_x_px; at++)
            if (at->item_i != box_i && tracker->target_of_box[at->item_i] >= 0 &&
                psb_iou(box, psb_boxes_at(&tracker->boxes, at->item_i)) > apart)
                return true;
    }
    return false;
}

void psb_tracker_begin_targets(psb_tracker *tracker)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const double least_score = fmax(fmax(t->birth_part * tracker->scale.usual_score, t->weak_score), t->birth_high);
    for (int32_t i = 0; i < tracker->boxes.count && tracker->boxes.score[i] >= least_score; i++) {
        if (tracker->target_of_box[i] >= 0 || is_taken(tracker, i)) continue;
        psb_target *const target = &tracker->targets[tracker->target_count];
        start_target(target, tracker, i);
        target->id = tracker->next_id++;
        tracker->target_of_box[i] = tracker->target_count++;
    }
}
