/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of decimation kernels and the choice among them.
 * The rows of the list stand in decimate_u8.h, slowest first: the last that the flags allow is taken.
 */
#include "kernels/decimate_u8.h"

static const psb_decimate_u8_kernel kernels[] = {
#define X(isa, needs) {psb_decimate_u8_##isa, needs, #isa},
    PSB_DECIMATE_U8_LIST(X)
#undef X
};

const psb_decimate_u8_kernel *psb_decimate_u8_pick(uint32_t cpu_flags)
{
    const psb_decimate_u8_kernel *best = &kernels[0];
    for (size_t i = 1; i < sizeof(kernels) / sizeof(kernels[0]); i++)
        if ((cpu_flags & kernels[i].needs) == kernels[i].needs) best = &kernels[i];
    return best;
}

const psb_decimate_u8_kernel *psb_decimate_u8_kernels(int32_t *count_out)
{
    *count_out = (int32_t)(sizeof(kernels) / sizeof(kernels[0]));
    return kernels;
}
