/* SPDX-License-Identifier: Apache-2.0
 *
 * Intersection over union of one box with a row of boxes: the pair's formula in a loop over columns.
 */
#include "geometry/iou.h"

void psb_iou_row(float *out, psb_box box, const psb_boxes *boxes)
{
    const float *x0 = boxes->x0_px, *y0 = boxes->y0_px, *x1 = boxes->x1_px, *y1 = boxes->y1_px;
    for (int32_t i = 0; i < boxes->count; i++) out[i] = psb_iou(box, (psb_box){x0[i], y0[i], x1[i], y1[i]});
}
