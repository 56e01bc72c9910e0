/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of peak kernels and the choice among them.
 * Whoever wants the machine's peak passes all its flags, whatever a network was told to use.
 */
#include "kernels/peak.h"

static const psb_peak_kernel kernels[] = {
#define X(isa, needs, lanes) {psb_peak_fma_##isa, psb_peak_dot_##isa, psb_peak_read_##isa, lanes, needs, #isa},
    PSB_PEAK_LIST(X)
#undef X
};

const psb_peak_kernel *psb_peak_pick(uint32_t cpu_flags)
{
    const psb_peak_kernel *best = &kernels[0];
    for (size_t i = 1; i < sizeof(kernels) / sizeof(kernels[0]); i++)
        if ((cpu_flags & kernels[i].needs) == kernels[i].needs) best = &kernels[i];
    return best;
}

const psb_peak_kernel *psb_peak_kernels(int32_t *count_out)
{
    *count_out = (int32_t)(sizeof(kernels) / sizeof(kernels[0]));
    return kernels;
}
