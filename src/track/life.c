/* SPDX-License-Identifier: Apache-2.0
 *
 * life
 */
#include <math.h>

#include "track/tracker_int.h"

static double squared(double value)
{
    return value * value;
}

void psb_target_start(psb_target *target, const psb_tracker *tracker, int32_t box_i)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const psb_box box = psb_boxes_at(&tracker->boxes, box_i);
    const double width = (double)box.x1_px - box.x0_px, height = (double)box.y1_px - box.y0_px;
    const double x = 0.5 * ((double)box.x0_px + box.x1_px), y = 0.5 * ((double)box.y0_px + box.y1_px);
    *target = (psb_target){.seen = box,
                           .predicted = box,
                           .seen_s = tracker->now_s,
                           .born_s = tracker->now_s,
                           .hits = 1,
                           .score = tracker->boxes.score[box_i],
                           .box_i = box_i};
    psb_axis_init(&target->x, x, squared(t->noise_place * height), squared(t->start_speed * height));
    psb_axis_init(&target->y, y, squared(t->noise_place * height), squared(t->start_speed * height));
    psb_axis_init(&target->width, width, squared(t->noise_size * height), squared(t->start_growth * height));
    psb_axis_init(&target->height, height, squared(t->noise_size * height), squared(t->start_growth * height));
    target->evidence = 0;
    target->is_confirmed = t->confirm_hits <= 1;
}

static void set_predicted(psb_target *target)
{
    const double half_width = fmax(0.5 * target->width.value, 1e-3),
                 half_height = fmax(0.5 * target->height.value, 1e-3);
    target->predicted = (psb_box){(float)(target->x.value - half_width), (float)(target->y.value - half_height),
                                  (float)(target->x.value + half_width), (float)(target->y.value + half_height)};
}

void psb_target_predict(psb_target *target, const psb_tracker *tracker)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const double scale = fmax(target->height.value, 1e-3), dt_s = tracker->dt_s;
    psb_axis_predict(&target->x, dt_s, squared(t->wander_place * scale), t->forget_speed_s);
    psb_axis_predict(&target->y, dt_s, squared(t->wander_place * scale), t->forget_speed_s);
    psb_axis_predict(&target->width, dt_s, squared(t->wander_size * scale), t->forget_growth_s);
    psb_axis_predict(&target->height, dt_s, squared(t->wander_size * scale), t->forget_growth_s);
    set_predicted(target);
}

void psb_target_shift(psb_target *target, double x_px, double y_px)
{
    target->x.value += x_px;
    target->y.value += y_px;
    set_predicted(target);
}

/* A measurement far off counts less: its noise grows so that it is `limit` deviations off. */
static void update_axis(psb_axis *axis, double measured, double var_noise, double limit)
{
    const double surprise2 = squared(measured - axis->value) / squared(limit);
    psb_axis_update(axis, measured, fmax(var_noise, surprise2 - axis->var_value));
}

void psb_target_update(psb_target *target, const psb_tracker *tracker)
{
    const psb_tracker_tuning *t = &tracker->tuning;
    const psb_box box = psb_boxes_at(&tracker->boxes, target->box_i);
    const double width = (double)box.x1_px - box.x0_px, height = (double)box.y1_px - box.y0_px;
    const double x = 0.5 * ((double)box.x0_px + box.x1_px), y = 0.5 * ((double)box.y0_px + box.y1_px);
    const float score = tracker->boxes.score[target->box_i];
    const double weak = (1 + t->noise_weak * (1 - fmin(fmax(score, 0), 1))) * (1 + t->noise_crowd * target->covered);
    const double scale = fmax(target->height.value, 1e-3);
    const double var_place = squared(t->noise_place * scale * weak), var_size = squared(t->noise_size * scale * weak);
    update_axis(&target->x, x, var_place, t->noise_surprise);
    update_axis(&target->y, y, var_place, t->noise_surprise);
    update_axis(&target->width, width, var_size, t->noise_surprise);
    update_axis(&target->height, height, var_size, t->noise_surprise);
    target->seen = box;
    target->seen_s = tracker->now_s;
    target->score = score;
    target->hits++;
    if (target->hits >= t->confirm_hits) target->is_confirmed = true;
}
