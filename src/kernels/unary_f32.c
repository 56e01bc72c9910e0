/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of activation and softmax kernels and the choice among them.
 * The activations themselves are defined in activation.c.
 */
#include "kernels/unary_f32.h"

static const psb_unary_f32_kernel kernels[] = {
#define X(isa, needs) {psb_unary_f32_activate_##isa, psb_unary_f32_softmax_##isa, needs, #isa},
    PSB_UNARY_F32_LIST(X)
#undef X
};

const psb_unary_f32_kernel *psb_unary_f32_pick(uint32_t cpu_flags)
{
    const psb_unary_f32_kernel *best = &kernels[0];
    for (size_t i = 1; i < sizeof(kernels) / sizeof(kernels[0]); i++)
        if ((cpu_flags & kernels[i].needs) == kernels[i].needs) best = &kernels[i];
    return best;
}

const psb_unary_f32_kernel *psb_unary_f32_kernels(int32_t *count_out)
{
    *count_out = (int32_t)(sizeof(kernels) / sizeof(kernels[0]));
    return kernels;
}
