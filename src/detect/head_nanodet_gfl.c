/* SPDX-License-Identifier: Apache-2.0
 *
 * NanoDet's and PicoDet's head: each side's distance from the cell's centre is not a number but a distribution over
 * 0..reg_max strides, and its expectation is taken. Outputs: classes (through their sigmoid) of each stride, then
 * distances (raw) of each stride: left, top, right, bottom. A stride that does not divide the input has a last partial
 * cell.
 * After: Li et al., "Generalized Focal Loss", NeurIPS 2020 (arXiv 2006.04388), section 3.2.
 */
#include <math.h>

#include "detect/head.h"

static int32_t cells_of(int32_t side_px, int32_t stride_px)
{
    return (side_px + stride_px - 1) / stride_px;
}

static int64_t cells_at(const psb_descriptor *d, int32_t stride_i)
{
    const int32_t s = d->head.stride_px[stride_i];
    return (int64_t)cells_of(d->input.width, s) * cells_of(d->input.height, s);
}

static int64_t count_candidates(const psb_descriptor *d)
{
    int64_t cells = 0;
    for (int32_t i = 0; i < d->head.stride_count; i++) cells += cells_at(d, i);
    return cells;
}

static int32_t expect_shape(const psb_descriptor *d, int32_t output_i, int64_t dims_out[PSB_TENSOR_MAX_RANK])
{
    const bool is_class = output_i < d->head.stride_count;
    dims_out[0] = 1;
    dims_out[1] = cells_at(d, output_i % d->head.stride_count);
    dims_out[2] = is_class ? d->class_count : 4 * (d->head.reg_max + 1);
    return 3;
}

/* The mean of 0..reg_max weighed by softmax; the largest logit is taken off first, so that exp cannot overflow. */
static double expect_distance(const float *logit, int64_t step, int32_t reg_max)
{
    double largest = (double)logit[0], sum = 0.0, weighed = 0.0;
    for (int32_t k = 1; k <= reg_max; k++) largest = fmax(largest, (double)logit[k * step]);
    for (int32_t k = 0; k <= reg_max; k++) {
        double weight = exp((double)logit[k * step] - largest);
        sum += weight;
        weighed += weight * k;
    }
    return weighed / sum;
}

static void add_cell(psb_boxes *found, const psb_descriptor *d, const psb_tensor_view *distances, int32_t stride_i,
                     int64_t cell, double score)
{
    const int32_t s = d->head.stride_px[stride_i], columns = cells_of(d->input.width, s);
    const int64_t step = distances->strides[2];
    const float *first = distances->data + cell * distances->strides[1];
    const double x_px = ((double)(cell % columns) + 0.5) * s + (double)d->head.shift_px;
    const double y_px = ((double)(cell / columns) + 0.5) * s + (double)d->head.shift_px;
    double side_px[4];
    for (int32_t k = 0; k < 4; k++)
        side_px[k] = s * expect_distance(first + k * (d->head.reg_max + 1) * step, step, d->head.reg_max);
    psb_head_add_corners(found, x_px - side_px[0], y_px - side_px[1], x_px + side_px[2], y_px + side_px[3], score);
}

static void decode(psb_boxes *found, const psb_descriptor *d, const psb_tensor_view *outputs, float min_score)
{
    for (int32_t i = 0; i < d->head.stride_count; i++) {
        const psb_tensor_view *classes = &outputs[i], *distances = &outputs[d->head.stride_count + i];
        const float *person = classes->data + d->person_class * classes->strides[2];
        for (int64_t cell = 0; cell < classes->dims[1]; cell++) {
            const float score = person[cell * classes->strides[1]];
            if (score >= min_score) add_cell(found, d, distances, i, cell, (double)score);
        }
    }
}

const psb_head_type psb_head_nanodet_gfl = {
    .name = "nanodet_gfl",
    .has_reg_max = true,
    .outputs_per_stride = 2,
    .expect_shape = expect_shape,
    .count_candidates = count_candidates,
    .decode = decode,
};
