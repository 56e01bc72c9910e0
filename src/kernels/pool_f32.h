/* SPDX-License-Identifier: Apache-2.0
 *
 * Pools, channels last: the largest or the mean value under a sliding window, and the mean over the whole picture.
 * max is separable: first down the columns of one output row into the workspace, then along it, so a 13x13 window costs
 * 26 comparisons a value instead of 169. Padding never wins a maximum and never enters a sum; average divides by the
 * number of real pixels under the window, or by the window's area where count_padding is set (ONNX count_include_pad).
 *
 * Shapes: window.h; any channel count. Alignment: none asked. Overlap: none.
 * Comparison class: max exact (no NaN); average and global_average as gemm_f32's with q = window area or picture area,
 * all weights 1 / q.
 */
#ifndef PSB_KERNELS_POOL_F32_H
#define PSB_KERNELS_POOL_F32_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "kernels/window.h"

typedef struct psb_pool_f32_args {
    float *out;
    const float *in;
    float *workspace; /* psb_pool_f32_workspace_count floats, any content; max only */
    psb_window window;
    int32_t count_padding; /* average only */
} psb_pool_f32_args;

typedef void psb_pool_f32_fn(const psb_pool_f32_args *args);

typedef struct psb_pool_f32_kernel {
    psb_pool_f32_fn *max, *average;
    psb_pool_f32_fn *global_average; /* out[channels]; reads channels, in_height, in_width, in_row, in_pixel */
    uint32_t needs;
    const char *name;
} psb_pool_f32_kernel;

#define PSB_POOL_F32_LIST(X) /* isa, needs; slowest first */                                                           \
    X(c, 0u)                                                                                                           \
    X(avx2, PSB_CPU_AVX2)                                                                                              \
    X(avx512, PSB_CPU_AVX512)
#define X(isa, needs) psb_pool_f32_fn psb_pool_f32_max_##isa, psb_pool_f32_average_##isa, psb_pool_f32_global_##isa;
PSB_POOL_F32_LIST(X)
#undef X

const psb_pool_f32_kernel *psb_pool_f32_pick(uint32_t cpu_flags);
const psb_pool_f32_kernel *psb_pool_f32_kernels(int32_t *count_out);

size_t psb_pool_f32_workspace_count(const psb_window *window);

#endif
