/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything that a target remembers in the picture's pixels, carried along with the camera's motion, before it is
 * predicted: then speeds are people's own, and a shaking, turning or zooming camera looks like a fixed one to all that
 * follows.
 * After: Aharon et al., "BoT-SORT", arXiv 2206.14651, equations 6 to 8. Unlike there the filter's axes stay apart
 * (motion.h), so a turn mixes the variances of x and y and leaves out what it ties between them: at a tenth of a
 * radian a hundredth of either.
 */
#include <math.h>

#include "track/tracker_int.h"

/* Zooms between two steps beyond this are no camera's. */
static const double MOST_ZOOM = 4;

bool psb_tracker_motion_is_valid(const psb_camera_motion *motion)
{
    const double size = hypot(motion->along, motion->across);
    return isfinite(motion->x_px) && isfinite(motion->y_px) && size <= MOST_ZOOM && size >= 1 / MOST_ZOOM;
}

/* Two axes at right angles, turned and zoomed about the corner, then shifted. */
static void warp_place(psb_axis *x, psb_axis *y, const psb_camera_motion *m)
{
    const psb_axis before_x = *x, before_y = *y;
    const double along = m->along, across = m->across, along2 = along * along, across2 = across * across;
    x->value = along * before_x.value - across * before_y.value + m->x_px;
    y->value = across * before_x.value + along * before_y.value + m->y_px;
    x->rate = along * before_x.rate - across * before_y.rate;
    y->rate = across * before_x.rate + along * before_y.rate;
    x->var_value = along2 * before_x.var_value + across2 * before_y.var_value;
    y->var_value = across2 * before_x.var_value + along2 * before_y.var_value;
    x->covar = along2 * before_x.covar + across2 * before_y.covar;
    y->covar = across2 * before_x.covar + along2 * before_y.covar;
    x->var_rate = along2 * before_x.var_rate + across2 * before_y.var_rate;
    y->var_rate = across2 * before_x.var_rate + along2 * before_y.var_rate;
}

/* A size zooms; people stay upright, so it does not turn. */
static void warp_size(psb_axis *axis, double zoom)
{
    axis->value *= zoom;
    axis->rate *= zoom;
    axis->var_value *= zoom * zoom;
    axis->covar *= zoom * zoom;
    axis->var_rate *= zoom * zoom;
}

static void warp_measure(psb_measure *measure, const psb_camera_motion *m, double zoom)
{
    const double x = measure->x, y = measure->y;
    measure->x = m->along * x - m->across * y + m->x_px;
    measure->y = m->across * x + m->along * y + m->y_px;
    measure->width *= zoom;
    measure->height *= zoom;
}

void psb_tracker_follow_camera(psb_tracker *tracker, const psb_camera_motion *motion)
{
    if (motion->along == 1 && motion->across == 0 && motion->x_px == 0 && motion->y_px == 0) return;
    const double zoom = hypot(motion->along, motion->across);
    for (int32_t i = 0; i < tracker->target_count; i++) {
        psb_target *const target = &tracker->targets[i];
        warp_place(&target->x, &target->y, motion);
        warp_size(&target->width, zoom);
        warp_size(&target->height, zoom);
        warp_measure(&target->lag, motion, zoom);
    }
}
