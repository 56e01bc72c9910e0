/* SPDX-License-Identifier: Apache-2.0
 *
 * Darknet's head of YOLOv3 and after: several boxes a cell, each a correction of an anchor's size. One output a stride,
 * all raw, the anchors' channels one after another: x y w h object class...
 * After: Redmon and Farhadi, "YOLOv3: An Incremental Improvement" (arXiv 1804.02767), section 2.1.
 */
#include <math.h>

#include "detect/head.h"

static int64_t count_candidates(const psb_descriptor *d)
{
    return psb_head_count_cells(d) * d->head.anchor_count;
}

static int32_t expect_shape(const psb_descriptor *d, int32_t output_i, int64_t dims_out[PSB_TENSOR_MAX_RANK])
{
    dims_out[0] = 1;
    dims_out[1] = (int64_t)d->head.anchor_count * (5 + d->class_count);
    dims_out[2] = d->input.height / d->head.stride_px[output_i];
    dims_out[3] = d->input.width / d->head.stride_px[output_i];
    return 4;
}

/* All cells of one anchor. Object and class are both at most 1, so a cell whose object stays below min_score is left
 * before any exponential: that is nearly every one. */
static void decode_anchor(psb_boxes *found, const psb_descriptor *d, const psb_tensor_view *out, int32_t stride_i,
                          int32_t anchor_i, float min_score)
{
    const int64_t channel = out->strides[1];
    const int32_t s = d->head.stride_px[stride_i];
    const double anchor_w = (double)d->head.anchor_w_px[stride_i][anchor_i];
    const double anchor_h = (double)d->head.anchor_h_px[stride_i][anchor_i];
    const double least = min_score < 1.0f ? log((double)min_score / (1.0 - (double)min_score)) - 1e-6 : -INFINITY;
    const float *first = out->data + anchor_i * (5 + d->class_count) * channel;
    for (int32_t y = 0; y < out->dims[2]; y++) {
        for (int32_t x = 0; x < out->dims[3]; x++) {
            const float *cell = first + y * out->strides[2] + x * out->strides[3];
            if (!((double)cell[4 * channel] >= least)) continue;
            double score = psb_head_sigmoid((double)cell[4 * channel]) *
                           psb_head_sigmoid((double)cell[(5 + d->person_class) * channel]);
            if (!(score >= (double)min_score)) continue;
            psb_head_add_centred(
                found, (psb_head_sigmoid((double)cell[0]) + x) * s, (psb_head_sigmoid((double)cell[channel]) + y) * s,
                exp((double)cell[2 * channel]) * anchor_w, exp((double)cell[3 * channel]) * anchor_h, score);
        }
    }
}

static void decode(psb_boxes *found, const psb_descriptor *d, const psb_tensor_view *outputs, float min_score)
{
    for (int32_t i = 0; i < d->head.stride_count; i++)
        for (int32_t a = 0; a < d->head.anchor_count; a++) decode_anchor(found, d, &outputs[i], i, a, min_score);
}

const psb_head_type psb_head_yolov3_anchors = {
    .name = "yolov3_anchors",
    .has_anchors = true,
    .outputs_per_stride = 1,
    .expect_shape = expect_shape,
    .count_candidates = count_candidates,
    .decode = decode,
};
