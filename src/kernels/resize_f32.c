/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of resize kernels and the choice among them.
 * Coordinates come in the caller's tables, so there is nothing else to prepare.
 */
#include "kernels/resize_f32.h"

static const psb_resize_f32_kernel kernels[] = {
#define X(isa, needs) {psb_resize_f32_nearest_##isa, psb_resize_f32_bilinear_##isa, needs, #isa},
    PSB_RESIZE_F32_LIST(X)
#undef X
};

const psb_resize_f32_kernel *psb_resize_f32_pick(uint32_t cpu_flags)
{
    const psb_resize_f32_kernel *best = &kernels[0];
    for (size_t i = 1; i < sizeof(kernels) / sizeof(kernels[0]); i++)
        if ((cpu_flags & kernels[i].needs) == kernels[i].needs) best = &kernels[i];
    return best;
}

const psb_resize_f32_kernel *psb_resize_f32_kernels(int32_t *count_out)
{
    *count_out = (int32_t)(sizeof(kernels) / sizeof(kernels[0]));
    return kernels;
}
