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

/* The common area of two boxes. By value: after inlining nothing of the structs is left. */
static inline double overlap_px2(psb_box a, psb_box b)
{
    const double width =
        (double)(a.x1_px < b.x1_px ? a.x1_px : b.x1_px) - (double)(a.x0_px > b.x0_px ? a.x0_px : b.x0_px);
    const double height =
        (double)(a.y1_px < b.y1_px ? a.y1_px : b.y1_px) - (double)(a.y0_px > b.y0_px ? a.y0_px : b.y0_px);
    return positive(width) * positive(height);
}

static inline double area_px2(psb_box box)
{
    return positive((double)box.x1_px - box.x0_px) * positive((double)box.y1_px - box.y0_px);
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

static inline float overlap_share(psb_box a, double a_px2, psb_box b)
{
    const double b_px2 = area_px2(b);
    const double both_px2 = overlap_of_real(overlap_px2(a, b), a_px2, b_px2);
    return ratio(both_px2, a_px2 + b_px2 - both_px2);
}

float psb_iou(psb_box a, psb_box b)
{
    return overlap_share(a, area_px2(a), b);
}

void psb_iou_row(float *out, psb_box box, const psb_boxes *boxes)
{
    const float *x0 = boxes->x0_px, *y0 = boxes->y0_px, *x1 = boxes->x1_px, *y1 = boxes->y1_px;
    const double box_px2 = area_px2(box);
    for (int32_t i = 0; i < boxes->count; i++)
        out[i] = overlap_share(box, box_px2, (psb_box){x0[i], y0[i], x1[i], y1[i]});
}

float psb_covered(psb_box box, psb_box by)
{
    const double px2 = area_px2(box);
    return ratio(overlap_of_real(overlap_px2(box, by), px2, area_px2(by)), px2);
}
