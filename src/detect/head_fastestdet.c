/* SPDX-License-Identifier: Apache-2.0
 *
 * FastestDet's head: one stride, one box a cell, sizes as fractions of the input. The one output holds
 * object dx dy w h class...; object has been through its sigmoid, the classes through their softmax.
 * After: https://github.com/dog-qiuqiu/FastestDet, README and detector's output (there is no paper); the exponents 0.6
 * and 0.4 are its own.
 */
#include <math.h>

#include "detect/head.h"

static int32_t expect_shape(const psb_descriptor *d, int32_t output_i, int64_t dims_out[PSB_TENSOR_MAX_RANK])
{
    (void)output_i;
    dims_out[0] = 1;
    dims_out[1] = 5 + d->class_count;
    dims_out[2] = d->input.height / d->head.stride_px[0];
    dims_out[3] = d->input.width / d->head.stride_px[0];
    return 4;
}

static void decode(psb_boxes *found, const psb_descriptor *d, const psb_tensor_view *outputs, float min_score)
{
    const psb_tensor_view *out = &outputs[0];
    const int64_t channel = out->strides[1];
    const int32_t s = d->head.stride_px[0];
    for (int32_t y = 0; y < out->dims[2]; y++) {
        for (int32_t x = 0; x < out->dims[3]; x++) {
            const float *cell = out->data + y * out->strides[2] + x * out->strides[3];
            const double object = (double)cell[0], person = (double)cell[(5 + d->person_class) * channel];
            const double score = pow(object, 0.6) * pow(person, 0.4);
            if (!(score >= (double)min_score)) continue;
            psb_head_add_centred(found, (x + tanh((double)cell[channel])) * s,
                                 (y + tanh((double)cell[2 * channel])) * s,
                                 psb_head_sigmoid((double)cell[3 * channel]) * d->input.width,
                                 psb_head_sigmoid((double)cell[4 * channel]) * d->input.height, score);
        }
    }
}

const psb_head_type psb_head_fastestdet = {
    .name = "fastestdet",
    .max_strides = 1,
    .expect_shape = expect_shape,
    .count_candidates = psb_head_count_cells,
    .decode = decode,
};
