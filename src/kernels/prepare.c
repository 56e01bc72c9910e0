/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of prepare kernels and the choice among them.
 * The rows of the list stand in prepare.h, slowest first: the last that the flags allow is taken.
 */
#include "kernels/prepare.h"

static const psb_prepare_kernel kernels[] = {
#define X(isa, needs) {psb_prepare_blend_##isa, psb_prepare_row_##isa, psb_prepare_row_u8_##isa, needs, #isa},
    PSB_PREPARE_LIST(X)
#undef X
};

const psb_prepare_kernel *psb_prepare_pick(uint32_t cpu_flags)
{
    const psb_prepare_kernel *best = &kernels[0];
    for (size_t i = 1; i < sizeof(kernels) / sizeof(kernels[0]); i++)
        if ((cpu_flags & kernels[i].needs) == kernels[i].needs) best = &kernels[i];
    return best;
}

const psb_prepare_kernel *psb_prepare_kernels(int32_t *count_out)
{
    *count_out = (int32_t)(sizeof(kernels) / sizeof(kernels[0]));
    return kernels;
}
