/* SPDX-License-Identifier: Apache-2.0
 *
 * Intersection over union: of two boxes, and of one box with many.
 * Computed in double: no finite float overflows or vanishes there. Boxes that are empty, inverted or not numbers
 * overlap nothing (0). The row and the pair are the same formula, so their values are bit-equal.
 */
#ifndef PSB_GEOMETRY_IOU_H
#define PSB_GEOMETRY_IOU_H

#include "geometry/boxes.h"

/* 0..1 */
float psb_iou(psb_box a, psb_box b);

/* out[i] = psb_iou(box, boxes[i]) for all boxes->count rows. */
void psb_iou_row(float *out, psb_box box, const psb_boxes *boxes);

/* Intersection over the area of the first box: how much of it the other hides, 0..1. */
float psb_covered(psb_box box, psb_box by);

#endif
