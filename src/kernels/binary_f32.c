/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of kernels of two operands and the choice among them.
 * Nothing to pack here: both operands come as they lie.
 */
#include "kernels/binary_f32.h"

static const psb_binary_f32_kernel kernels[] = {
#define X(isa, needs) {psb_binary_f32_##isa, needs, #isa},
    PSB_BINARY_F32_LIST(X)
#undef X
};

const psb_binary_f32_kernel *psb_binary_f32_pick(uint32_t cpu_flags)
{
    const psb_binary_f32_kernel *best = &kernels[0];
    for (size_t i = 1; i < sizeof(kernels) / sizeof(kernels[0]); i++)
        if ((cpu_flags & kernels[i].needs) == kernels[i].needs) best = &kernels[i];
    return best;
}

const psb_binary_f32_kernel *psb_binary_f32_kernels(int32_t *count_out)
{
    *count_out = (int32_t)(sizeof(kernels) / sizeof(kernels[0]));
    return kernels;
}
