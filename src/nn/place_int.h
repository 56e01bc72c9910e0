/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a value's elements lie: a buffer, a first element, and a stride for each of its dimensions. Views (transposes,
 * slices, most reshapes) are the same buffer under other strides.
 */
#ifndef PSB_NN_PLACE_INT_H
#define PSB_NN_PLACE_INT_H

#include "nn/graph.h"

typedef struct psb_place { /* strides and offset in elements */
    int32_t buffer;        /* of the plan, -1 = nowhere yet */
    int64_t offset;
    int64_t strides[PSB_TENSOR_MAX_RANK];
} psb_place;

/* A fresh place without gaps: channels innermost where the rank is 4, else row-major. */
psb_place psb_place_natural(const psb_shape *shape);

/* A fresh place without gaps whose dimensions nest as the model's do. Both have `shape`. */
psb_place psb_place_like(const psb_shape *shape, const psb_place *model);

/* The same elements under another shape, in ONNX's row-major order of elements; false where strides cannot say it. */
bool psb_place_reshape(psb_place *out, const psb_shape *to, const psb_place *in, const psb_shape *from);

/* Dimension d of the result is dimension order[d] of `in`; and back. */
psb_place psb_place_transpose(const psb_place *in, int32_t rank, const int32_t *order);
psb_place psb_place_transpose_back(const psb_place *out, int32_t rank, const int32_t *order);

psb_place psb_place_slice(const psb_place *in, int32_t rank, const int64_t *start, const int64_t *step);

/* Element for element the same addresses. */
bool psb_place_equal(const psb_place *a, const psb_place *b, const psb_shape *shape);

/* Channels last, as the picture kernels want it: rank 4, channel stride 1, pixels and rows forward without overlap. */
bool psb_place_is_picture(const psb_place *place, const psb_shape *shape);

#endif
