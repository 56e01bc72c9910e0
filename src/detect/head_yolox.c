/* SPDX-License-Identifier: Apache-2.0
 *
 * YOLOX's head: one box a cell, free of anchors. One output holds the cells of all strides, row by row, stride after
 * stride: dx dy log_w log_h object class..., the scores already through their sigmoid, the box raw.
 * After: Ge et al., "YOLOX: Exceeding YOLO Series in 2021" (arXiv 2107.08430), section 2.1.
 */
#include <math.h>

#include "detect/head.h"

static int32_t expect_shape(const psb_descriptor *d, int32_t output_i, int64_t dims_out[PSB_TENSOR_MAX_RANK])
{
    (void)output_i;
    dims_out[0] = 1;
    dims_out[1] = psb_head_count_cells(d);
    dims_out[2] = 5 + d->class_count;
    return 3;
}

static void decode(psb_boxes *found, const psb_descriptor *d, const psb_tensor_view *outputs, float min_score)
{
    const float *cell = outputs[0].data;
    const int64_t step = outputs[0].strides[1], value = outputs[0].strides[2];
    for (int32_t i = 0; i < d->head.stride_count; i++) {
        const int32_t s = d->head.stride_px[i], columns = d->input.width / s, rows = d->input.height / s;
        for (int32_t y = 0; y < rows; y++) {
            for (int32_t x = 0; x < columns; x++, cell += step) {
                double score = (double)cell[4 * value] * (double)cell[(5 + d->person_class) * value];
                if (!(score >= min_score)) continue;
                psb_head_add_centred(found, ((double)cell[0] + x) * s, ((double)cell[value] + y) * s,
                                     exp((double)cell[2 * value]) * s, exp((double)cell[3 * value]) * s, score);
            }
        }
    }
}

const psb_head_type psb_head_yolox = {
    .name = "yolox",
    .expect_shape = expect_shape,
    .count_candidates = psb_head_count_cells,
    .decode = decode,
};
