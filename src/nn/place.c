/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of strides. psb_place_reshape walks both shapes from the front, matching groups of dimensions with equal
 * products; within a group the old dimensions must lie so that they could be one.
 */
#include "nn/place_int.h"

#include <string.h>

/* Fills strides so that dimension nest[0] is outermost and nest[rank - 1] has stride 1. */
static psb_place dense(const psb_shape *shape, const int32_t *nest)
{
    psb_place place = {.buffer = -1};
    int64_t stride = 1;
    for (int32_t i = shape->rank - 1; i >= 0; i--) {
        place.strides[nest[i]] = stride;
        stride *= shape->dims[nest[i]];
    }
    return place;
}

psb_place psb_place_natural(const psb_shape *shape)
{
    static const int32_t row_major[PSB_TENSOR_MAX_RANK] = {0, 1, 2, 3, 4, 5}, channels_last[4] = {0, 2, 3, 1};
    return dense(shape, shape->rank == 4 ? channels_last : row_major);
}

psb_place psb_place_like(const psb_shape *shape, const psb_place *model)
{
    int32_t nest[PSB_TENSOR_MAX_RANK] = {0};
    int64_t stride[PSB_TENSOR_MAX_RANK];
    for (int32_t d = 0; d < shape->rank; d++) { /* insertion, largest stride first; equal ones keep their order */
        int64_t own = model->strides[d] < 0 ? -model->strides[d] : model->strides[d];
        int32_t at = d;
        for (; at > 0 && stride[at - 1] < own; at--) {
            nest[at] = nest[at - 1];
            stride[at] = stride[at - 1];
        }
        nest[at] = d;
        stride[at] = own;
    }
    return dense(shape, nest);
}

bool psb_place_reshape(psb_place *out, const psb_shape *to, const psb_place *in, const psb_shape *from)
{
    int64_t old_dims[PSB_TENSOR_MAX_RANK], old_strides[PSB_TENSOR_MAX_RANK];
    int32_t old_rank = 0;
    for (int32_t d = 0; d < from->rank; d++)
        if (from->dims[d] != 1) {
            old_dims[old_rank] = from->dims[d];
            old_strides[old_rank++] = in->strides[d];
        }
    *out = (psb_place){.buffer = in->buffer, .offset = in->offset};
    int32_t n = 0, o = 0;
    while (o < old_rank) {
        while (n < to->rank && to->dims[n] == 1) out->strides[n++] = 1;
        int32_t new_first = n, old_first = o;
        int64_t new_product = to->dims[n++], old_product = old_dims[o++];
        while (new_product != old_product) {
            if (new_product < old_product)
                new_product *= to->dims[n++];
            else
                old_product *= old_dims[o++];
        }
        for (int32_t d = old_first; d + 1 < o; d++)
            if (old_strides[d] != old_strides[d + 1] * old_dims[d + 1]) return false;
        int64_t stride = old_strides[o - 1];
        for (int32_t d = n - 1; d >= new_first; d--) {
            out->strides[d] = stride;
            stride *= to->dims[d];
        }
    }
    for (; n < to->rank; n++) out->strides[n] = 1;
    return true;
}

psb_place psb_place_transpose(const psb_place *in, int32_t rank, const int32_t *order)
{
    psb_place out = *in;
    for (int32_t d = 0; d < rank; d++) out.strides[d] = in->strides[order[d]];
    return out;
}

psb_place psb_place_transpose_back(const psb_place *out, int32_t rank, const int32_t *order)
{
    psb_place in = *out;
    for (int32_t d = 0; d < rank; d++) in.strides[order[d]] = out->strides[d];
    return in;
}

psb_place psb_place_slice(const psb_place *in, int32_t rank, const int64_t *start, const int64_t *step)
{
    psb_place out = *in;
    for (int32_t d = 0; d < rank; d++) {
        out.offset += start[d] * in->strides[d];
        out.strides[d] = in->strides[d] * step[d];
    }
    return out;
}

bool psb_place_equal(const psb_place *a, const psb_place *b, const psb_shape *shape)
{
    if (a->buffer != b->buffer || a->offset != b->offset) return false;
    for (int32_t d = 0; d < shape->rank; d++)
        if (shape->dims[d] != 1 && a->strides[d] != b->strides[d]) return false;
    return true;
}

bool psb_place_is_picture(const psb_place *place, const psb_shape *shape)
{
    if (shape->rank != 4 || shape->dims[0] != 1) return false;
    if (shape->dims[1] != 1 && place->strides[1] != 1) return false;
    if (shape->dims[3] != 1 && place->strides[3] < shape->dims[1]) return false;
    int64_t row = shape->dims[3] == 1 ? shape->dims[1] : (shape->dims[3] - 1) * place->strides[3] + shape->dims[1];
    return shape->dims[2] == 1 || place->strides[2] >= row;
}
