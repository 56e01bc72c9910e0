/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of depthwise convolution kernels, the choice among them, and the packing of weights: channels innermost, as
 * the pixels have them, so that one vector load fetches the same tap of neighbouring channels.
 */
#include "kernels/dwconv_f32.h"

static const psb_dwconv_f32_kernel kernels[] = {
#define X(isa, needs) {psb_dwconv_f32_##isa, needs, #isa},
    PSB_DWCONV_F32_LIST(X)
#undef X
};

const psb_dwconv_f32_kernel *psb_dwconv_f32_pick(uint32_t cpu_flags)
{
    const psb_dwconv_f32_kernel *best = &kernels[0];
    for (size_t i = 1; i < sizeof(kernels) / sizeof(kernels[0]); i++)
        if ((cpu_flags & kernels[i].needs) == kernels[i].needs) best = &kernels[i];
    return best;
}

const psb_dwconv_f32_kernel *psb_dwconv_f32_kernels(int32_t *count_out)
{
    *count_out = (int32_t)(sizeof(kernels) / sizeof(kernels[0]));
    return kernels;
}

size_t psb_dwconv_f32_packed_count(const psb_window *window)
{
    return (size_t)window->channels * ((size_t)window->kernel_height * (size_t)window->kernel_width + 1);
}

void psb_dwconv_f32_pack(float *packed, const float *weights, const float *bias, const psb_window *window)
{
    size_t channels = (size_t)window->channels;
    size_t taps = (size_t)window->kernel_height * (size_t)window->kernel_width;
    for (size_t c = 0; c < channels; c++) {
        packed[c] = bias ? bias[c] : 0.0f;
        for (size_t tap = 0; tap < taps; tap++) packed[(tap + 1) * channels + c] = weights[c * taps + tap];
    }
}
