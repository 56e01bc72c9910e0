/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of strided copies, the choice among them, and the plan: the same copy with fewer and better ordered loops.
 * Dimensions are sorted by the output's stride (largest outermost), so that writing is as sequential as it can be, then
 * neighbours are joined wherever one step of the outer equals a whole run of the inner on both sides.
 */
#include "kernels/copy_f32.h"

#include <stdbool.h>

static const psb_copy_f32_kernel kernels[] = {
#define X(isa, needs) {psb_copy_f32_##isa, needs, #isa},
    PSB_COPY_F32_LIST(X)
#undef X
};

const psb_copy_f32_kernel *psb_copy_f32_pick(uint32_t cpu_flags)
{
    const psb_copy_f32_kernel *best = &kernels[0];
    for (size_t i = 1; i < sizeof(kernels) / sizeof(kernels[0]); i++)
        if ((cpu_flags & kernels[i].needs) == kernels[i].needs) best = &kernels[i];
    return best;
}

const psb_copy_f32_kernel *psb_copy_f32_kernels(int32_t *count_out)
{
    *count_out = (int32_t)(sizeof(kernels) / sizeof(kernels[0]));
    return kernels;
}

static int64_t magnitude(int64_t stride)
{
    return stride < 0 ? -stride : stride;
}

/* Inserts one dimension into a shape kept in falling order of the output's stride; equal strides keep their order. */
static void insert_sorted(psb_copy_f32_shape *to, int64_t dim, int64_t out_stride, int64_t in_stride)
{
    int32_t at = to->rank++;
    while (at > 0 && magnitude(to->out_strides[at - 1]) < magnitude(out_stride)) {
        to->dims[at] = to->dims[at - 1];
        to->out_strides[at] = to->out_strides[at - 1];
        to->in_strides[at] = to->in_strides[at - 1];
        at--;
    }
    to->dims[at] = dim;
    to->out_strides[at] = out_stride;
    to->in_strides[at] = in_stride;
}

psb_copy_f32_shape psb_copy_f32_plan(const psb_copy_f32_shape *shape)
{
    psb_copy_f32_shape sorted = {0}, plan = {0};
    for (int32_t d = 0; d < shape->rank; d++)
        if (shape->dims[d] != 1) insert_sorted(&sorted, shape->dims[d], shape->out_strides[d], shape->in_strides[d]);

    for (int32_t d = 0; d < sorted.rank; d++) {
        int32_t last = plan.rank - 1;
        bool joins = last >= 0 && plan.out_strides[last] == sorted.out_strides[d] * sorted.dims[d] &&
                     plan.in_strides[last] == sorted.in_strides[d] * sorted.dims[d];
        int32_t at = joins ? last : plan.rank++;
        plan.dims[at] = joins ? plan.dims[at] * sorted.dims[d] : sorted.dims[d];
        plan.out_strides[at] = sorted.out_strides[d];
        plan.in_strides[at] = sorted.in_strides[d];
    }
    return plan;
}
