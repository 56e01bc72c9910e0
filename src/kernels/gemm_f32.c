/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of matrix product kernels, the choice among them, and the packing of weights into panels.
 * A panel is `columns` wide; the last one is only as wide as whole vectors need. Unused columns hold zeros, so that a
 * tile computes them without asking and merely does not store them.
 */
#include "kernels/gemm_f32.h"

#include <string.h>

static const psb_gemm_f32_kernel kernels[] = {
#define X(isa, needs, rows, columns, vector) {psb_gemm_f32_##isa, needs, rows, columns, vector, #isa},
    PSB_GEMM_F32_LIST(X)
#undef X
};

const psb_gemm_f32_kernel *psb_gemm_f32_pick(uint32_t cpu_flags)
{
    const psb_gemm_f32_kernel *best = &kernels[0];
    for (size_t i = 1; i < sizeof(kernels) / sizeof(kernels[0]); i++)
        if ((cpu_flags & kernels[i].needs) == kernels[i].needs) best = &kernels[i];
    return best;
}

const psb_gemm_f32_kernel *psb_gemm_f32_kernels(int32_t *count_out)
{
    *count_out = (int32_t)(sizeof(kernels) / sizeof(kernels[0]));
    return kernels;
}

static size_t padded_columns(const psb_gemm_f32_kernel *kernel, int32_t n)
{
    return ((size_t)n + (size_t)kernel->vector - 1) / (size_t)kernel->vector * (size_t)kernel->vector;
}

size_t psb_gemm_f32_packed_count(const psb_gemm_f32_kernel *kernel, int32_t n, int32_t k)
{
    return padded_columns(kernel, n) * ((size_t)k + 1);
}

size_t psb_gemm_f32_packed_index(const psb_gemm_f32_kernel *kernel, int32_t n, int32_t q, int32_t j, int32_t p)
{
    size_t first = (size_t)(j - j % kernel->columns);
    size_t width = padded_columns(kernel, n) - first;
    if (width > (size_t)kernel->columns) width = (size_t)kernel->columns;
    return first * ((size_t)q + 1) + (size_t)(p + 1) * width + ((size_t)j - first);
}

void psb_gemm_f32_pack(const psb_gemm_f32_kernel *kernel, float *packed, const float *weights, const float *bias,
                       int32_t n, int32_t k)
{
    memset(packed, 0, psb_gemm_f32_packed_count(kernel, n, k) * sizeof(float));
    for (int32_t j = 0; j < n; j++) {
        packed[psb_gemm_f32_packed_index(kernel, n, k, j, -1)] = bias ? bias[j] : 0.0f;
        for (int32_t p = 0; p < k; p++)
            packed[psb_gemm_f32_packed_index(kernel, n, k, j, p)] = weights[(size_t)j * (size_t)k + (size_t)p];
    }
}
