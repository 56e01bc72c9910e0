/* SPDX-License-Identifier: Apache-2.0
 *
 * Making a nest: collect, order, join, then split off columns and rows.
 */
#include "nn/nest_int.h"

typedef struct axis {
    int64_t size, stride[PSB_NEST_OPERANDS];
} axis;

static bool can_join(const axis *outer, const axis *inner)
{
    for (int32_t k = 0; k < PSB_NEST_OPERANDS; k++)
        if (outer->stride[k] != inner->stride[k] * inner->size) return false;
    return true;
}

static int32_t collect(axis axes[PSB_TENSOR_MAX_RANK], const psb_shape *shape, int32_t operand_count,
                       const int64_t *const strides[PSB_NEST_OPERANDS], int32_t last)
{
    int32_t count = 0;
    for (int32_t d = 0; d < shape->rank; d++) {
        if (shape->dims[d] == 1 || d == last) continue;
        axis fresh = {.size = shape->dims[d]};
        for (int32_t k = 0; k < operand_count; k++) fresh.stride[k] = strides[k][d];
        int32_t at = count++;
        for (; at > 0 && axes[at - 1].stride[0] < fresh.stride[0]; at--) axes[at] = axes[at - 1];
        axes[at] = fresh;
    }
    int32_t joined = 0;
    for (int32_t a = 0; a < count; a++) {
        if (joined > 0 && can_join(&axes[joined - 1], &axes[a])) {
            axes[a].size *= axes[joined - 1].size;
            axes[joined - 1] = axes[a];
        } else {
            axes[joined++] = axes[a];
        }
    }
    return joined;
}

static bool steps_are_unit(const axis *inner, int32_t operand_count)
{
    for (int32_t k = 0; k < operand_count; k++)
        if (inner->stride[k] != 1 && (k == 0 || inner->stride[k] != 0)) return false;
    return true;
}

psb_nest psb_nest_make(const psb_shape *shape, int32_t operand_count, const int64_t *const strides[PSB_NEST_OPERANDS],
                       int32_t last)
{
    axis axes[PSB_TENSOR_MAX_RANK];
    int32_t count = collect(axes, shape, operand_count, strides, last);
    psb_nest nest = {.rows = 1, .columns = 1};
    for (int32_t k = 0; k < operand_count; k++) nest.column_step[k] = 1;
    if (last >= 0) {
        nest.columns = (size_t)shape->dims[last];
    } else if (count > 0 && steps_are_unit(&axes[count - 1], operand_count)) {
        count--;
        nest.columns = (size_t)axes[count].size;
        for (int32_t k = 0; k < operand_count; k++) nest.column_step[k] = (int32_t)axes[count].stride[k];
    }
    bool forward = count > 0;
    for (int32_t k = 0; k < operand_count && forward; k++) forward = axes[count - 1].stride[k] >= 0;
    if (forward) {
        count--;
        nest.rows = (size_t)axes[count].size;
        for (int32_t k = 0; k < operand_count; k++) nest.row_stride[k] = (size_t)axes[count].stride[k];
    }
    nest.rank = count;
    for (int32_t a = 0; a < count; a++) {
        nest.dims[a] = axes[a].size;
        for (int32_t k = 0; k < operand_count; k++) nest.strides[k][a] = axes[a].stride[k];
    }
    return nest;
}

bool psb_nest_next(const psb_nest *nest, int64_t place[PSB_TENSOR_MAX_RANK], int64_t offset[PSB_NEST_OPERANDS])
{
    for (int32_t d = nest->rank - 1; d >= 0; d--) {
        bool wraps = ++place[d] == nest->dims[d];
        for (int32_t k = 0; k < PSB_NEST_OPERANDS; k++)
            offset[k] += wraps ? -(nest->dims[d] - 1) * nest->strides[k][d] : nest->strides[k][d];
        if (!wraps) return true;
        place[d] = 0;
    }
    return false;
}
