/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of heads, and what heads share.
 * That is: turning a centre and a size into corners, refusing boxes that are none, counting whole cells.
 */
#include "detect/head.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "geometry/boxes.h"

static const psb_head_type *const heads[] = {
    &psb_head_yolox,
    &psb_head_nanodet_gfl,
    &psb_head_yolov3_anchors,
    &psb_head_fastestdet,
};

const psb_head_type *psb_head_at(int32_t head_i)
{
    return head_i >= 0 && (size_t)head_i < sizeof(heads) / sizeof(heads[0]) ? heads[head_i] : NULL;
}

const psb_head_type *psb_head_find(const char *name)
{
    for (int32_t i = 0; psb_head_at(i); i++)
        if (strcmp(psb_head_at(i)->name, name) == 0) return psb_head_at(i);
    return NULL;
}

int64_t psb_head_count_cells(const psb_descriptor *d)
{
    int64_t cells = 0;
    for (int32_t i = 0; i < d->head.stride_count; i++)
        cells += (int64_t)(d->input.width / d->head.stride_px[i]) * (d->input.height / d->head.stride_px[i]);
    return cells;
}

double psb_head_sigmoid(double v)
{
    return 1.0 / (1.0 + exp(-v));
}

void psb_head_add_corners(psb_boxes *found, double x0_px, double y0_px, double x1_px, double y1_px, double score)
{
    const psb_box box = {(float)x0_px, (float)y0_px, (float)x1_px, (float)y1_px};
    const double most_px = fmax(fmax(-x0_px, -y0_px), fmax(x1_px, y1_px));
    if (!psb_box_is_valid(box) || most_px > PSB_HEAD_MOST_PX) return;
    const int32_t i = found->count++;
    found->x0_px[i] = box.x0_px;
    found->y0_px[i] = box.y0_px;
    found->x1_px[i] = box.x1_px;
    found->y1_px[i] = box.y1_px;
    found->score[i] = fminf((float)score, 1.0f);
}

void psb_head_add_centred(psb_boxes *found, double x_px, double y_px, double width_px, double height_px, double score)
{
    psb_head_add_corners(found, x_px - width_px / 2, y_px - height_px / 2, x_px + width_px / 2, y_px + height_px / 2,
                         score);
}
