/* SPDX-License-Identifier: Apache-2.0
 *
 * Intersection over union: of two boxes, and of one box with many.
 * Computed in double: no finite float overflows or vanishes there. Boxes that are empty, inverted or not numbers
 * overlap nothing (0): comparisons are written so that a NaN falls on that side. The row and the pair are the same
 * formula, so their values are bit-equal. Without branches and in the header: a tracker asks for thousands of them,
 * and compilers turn the row into vector code.
 */
#ifndef PSB_GEOMETRY_IOU_H
#define PSB_GEOMETRY_IOU_H

#include "geometry/boxes.h"

static inline double psb_iou_positive(double value)
{
    return value > 0 ? value : 0;
}

static inline double psb_box_area_px2(psb_box box)
{
    return psb_iou_positive((double)box.x1_px - box.x0_px) * psb_iou_positive((double)box.y1_px - box.y0_px);
}

/* The common area of two boxes of these areas. A box with a NaN has no area, but the overlap's comparisons may pass
 * it over: no area, no overlap. */
static inline double psb_overlap_px2(psb_box a, double a_px2, psb_box b, double b_px2)
{
    const double width =
        (double)(a.x1_px < b.x1_px ? a.x1_px : b.x1_px) - (double)(a.x0_px > b.x0_px ? a.x0_px : b.x0_px);
    const double height =
        (double)(a.y1_px < b.y1_px ? a.y1_px : b.y1_px) - (double)(a.y0_px > b.y0_px ? a.y0_px : b.y0_px);
    const double both_px2 = psb_iou_positive(width) * psb_iou_positive(height);
    return a_px2 > 0 && b_px2 > 0 ? both_px2 : 0;
}

/* 0..1; 0/0 is NaN, which is not above 0. */
static inline float psb_area_share(double part_px2, double whole_px2)
{
    const double value = part_px2 / whole_px2;
    return value > 0 ? (float)(value < 1 ? value : 1) : 0.0F;
}

/* 0..1 */
static inline float psb_iou(psb_box a, psb_box b)
{
    const double a_px2 = psb_box_area_px2(a), b_px2 = psb_box_area_px2(b);
    const double both_px2 = psb_overlap_px2(a, a_px2, b, b_px2);
    return psb_area_share(both_px2, a_px2 + b_px2 - both_px2);
}

/* out[i] = psb_iou(box, boxes[i]) for all boxes->count rows. */
void psb_iou_row(float *out, psb_box box, const psb_boxes *boxes);

/* Intersection over the area of the first box: how much of it the other hides, 0..1. */
static inline float psb_covered(psb_box box, psb_box by)
{
    const double px2 = psb_box_area_px2(box);
    return psb_area_share(psb_overlap_px2(box, px2, by, psb_box_area_px2(by)), px2);
}

#endif
