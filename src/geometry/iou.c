/* SPDX-License-Identifier: Apache-2.0
 *
 * Intersection over union without branches, so that compilers turn the row into vector code.
 * Comparisons are written so that a NaN falls on the side of "no overlap".
 */
#include "geometry/iou.h"

static inline double positive(double value)
{
    return value > 0 ? value : 0;
}

static inline double overlap_px2(double ax0, double ay0, double ax1, double ay1, double bx0, double by0, double bx1,
                                 double by1)
{
    const double width = (ax1 < bx1 ? ax1 : bx1) - (ax0 > bx0 ? ax0 : bx0);
    const double height = (ay1 < by1 ? ay1 : by1) - (ay0 > by0 ? ay0 : by0);
    return positive(width) * positive(height);
}

/* 0..1; 0/0 is NaN, which is not above 0. */
static inline float ratio(double part, double whole)
{
    const double value = part / whole;
    return value > 0 ? (float)(value < 1 ? value : 1) : 0.0F;
}

/* A box with a NaN has no area, but the overlap's comparisons may pass it over: no area, no overlap. */
static inline double overlap_of_real(double both_px2, double a_px2, double b_px2)
{
    return a_px2 > 0 && b_px2 > 0 ? both_px2 : 0;
}

float psb_iou(psb_box a, psb_box b)
{
    const double a_px2 = positive((double)a.x1_px - a.x0_px) * positive((double)a.y1_px - a.y0_px);
    const double b_px2 = positive((double)b.x1_px - b.x0_px) * positive((double)b.y1_px - b.y0_px);
    const double cut_px2 = overlap_px2(a.x0_px, a.y0_px, a.x1_px, a.y1_px, b.x0_px, b.y0_px, b.x1_px, b.y1_px);
    const double both_px2 = overlap_of_real(cut_px2, a_px2, b_px2);
    return ratio(both_px2, a_px2 + b_px2 - both_px2);
}

void psb_iou_row(float *out, psb_box box, const psb_boxes *boxes)
{
    const float *x0 = boxes->x0_px, *y0 = boxes->y0_px, *x1 = boxes->x1_px, *y1 = boxes->y1_px;
    const double box_px2 = positive((double)box.x1_px - box.x0_px) * positive((double)box.y1_px - box.y0_px);
    for (int32_t i = 0; i < boxes->count; i++) {
        const double px2 = positive((double)x1[i] - x0[i]) * positive((double)y1[i] - y0[i]);
        const double cut_px2 = overlap_px2(box.x0_px, box.y0_px, box.x1_px, box.y1_px, x0[i], y0[i], x1[i], y1[i]);
        const double both_px2 = overlap_of_real(cut_px2, box_px2, px2);
        out[i] = ratio(both_px2, box_px2 + px2 - both_px2);
    }
}

float psb_covered(psb_box box, psb_box by)
{
    const double px2 = positive((double)box.x1_px - box.x0_px) * positive((double)box.y1_px - box.y0_px);
    const double by_px2 = positive((double)by.x1_px - by.x0_px) * positive((double)by.y1_px - by.y0_px);
    const double cut_px2 =
        overlap_px2(box.x0_px, box.y0_px, box.x1_px, box.y1_px, by.x0_px, by.y0_px, by.x1_px, by.y1_px);
    return ratio(overlap_of_real(cut_px2, px2, by_px2), px2);
}
