/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of pooling kernels and the choice among them.
 * The workspace of max holds one row of column maxima, without gaps between its pixels.
 */
#include "kernels/pool_f32.h"

static const psb_pool_f32_kernel kernels[] = {
#define X(isa, needs) {psb_pool_f32_max_##isa, psb_pool_f32_average_##isa, psb_pool_f32_global_##isa, needs, #isa},
    PSB_POOL_F32_LIST(X)
#undef X
};

const psb_pool_f32_kernel *psb_pool_f32_pick(uint32_t cpu_flags)
{
    const psb_pool_f32_kernel *best = &kernels[0];
    for (size_t i = 1; i < sizeof(kernels) / sizeof(kernels[0]); i++)
        if ((cpu_flags & kernels[i].needs) == kernels[i].needs) best = &kernels[i];
    return best;
}

const psb_pool_f32_kernel *psb_pool_f32_kernels(int32_t *count_out)
{
    *count_out = (int32_t)(sizeof(kernels) / sizeof(kernels[0]));
    return kernels;
}

size_t psb_pool_f32_workspace_count(const psb_window *window)
{
    return (size_t)window->in_width * (size_t)window->channels;
}
