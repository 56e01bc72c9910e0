/* SPDX-License-Identifier: Apache-2.0
 *
 * Matrix product with everything that follows it in a network: a 1x1 convolution on channels-last pixels.
 *
 *     c[i][j] = act(bias[j] + sum over s < segments, p < k of a[i * lda + s * segment_stride + p] * w[j][s * k + p])
 *
 * and, with a residual r, act(... + r[i][j]) or act(...) + r[i][j]. One segment is a plain product; several make a
 * dense convolution whose kernel rows are segments (conv_f32.h). Weights are packed once into panels as wide as the
 * kernel's tile: (bias of the panel's columns, then one row of columns per p), the last panel rounded up to whole
 * vectors. After: Goto & van de Geijn, "Anatomy of High-Performance Matrix Multiplication", ACM TOMS 34(3), 2008,
 * without its copy of A: a channels-last row is already contiguous, and the networks' panels fit the first cache.
 *
 * Shapes: m, n, k >= 1, segments >= 0, any. Alignment: none is needed; packed at 64 bytes is faster. Overlap: c with
 * nothing else, the residual included. Rows of a may overlap one another. Nothing is read or written outside the named
 * elements.
 *
 * Comparison class: each order of summing q = segments * k products errs by at most q/2 epsilon times the sum of their
 * magnitudes (Higham, Accuracy and Stability, 2nd ed., section 3.1); q + 3 covers both orders, bias and residual up to
 * q = 4095. All activations are 1.1-Lipschitz for |a| <= 1, so the bound holds behind them, plus their own class.
 */
#ifndef PSB_KERNELS_GEMM_F32_H
#define PSB_KERNELS_GEMM_F32_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "kernels/activation.h"

typedef struct psb_gemm_f32_args {
    float *c;
    const float *a;
    const float *packed;          /* by psb_gemm_f32_pack for the same kernel */
    const float *residual;        /* or NULL */
    size_t ldc, lda, ld_residual; /* floats from one row to the next */
    int32_t m, n, k;
    int32_t segments;      /* 0 = 1 */
    size_t segment_stride; /* floats; read only where segments > 1 */
    psb_activation activation;
    int32_t residual_before_activation; /* 0: act(sum) + r, else act(sum + r) */
} psb_gemm_f32_args;

typedef void psb_gemm_f32_fn(const psb_gemm_f32_args *args);

typedef struct psb_gemm_f32_kernel {
    psb_gemm_f32_fn *run;
    uint32_t needs;        /* PSB_CPU_* */
    int32_t rows, columns; /* of the tile */
    int32_t vector;        /* the last panel is a multiple of this wide */
    const char *name;
} psb_gemm_f32_kernel;

#define PSB_GEMM_F32_LIST(X) /* isa, needs, tile rows, tile columns, vector; slowest first */                          \
    X(c, 0u, 4, 4, 4)                                                                                                  \
    X(avx2, PSB_CPU_AVX2, 6, 16, 8)                                                                                    \
    X(avx512, PSB_CPU_AVX512, 14, 32, 16)
#define X(isa, needs, rows, columns, vector) psb_gemm_f32_fn psb_gemm_f32_##isa;
PSB_GEMM_F32_LIST(X)
#undef X

const psb_gemm_f32_kernel *psb_gemm_f32_pick(uint32_t cpu_flags);

/* All of them, slowest first, for tests and benches. */
const psb_gemm_f32_kernel *psb_gemm_f32_kernels(int32_t *count_out);

/* Floats of the packed weights of n columns, each a sum of k products in all (segments * k). */
size_t psb_gemm_f32_packed_count(const psb_gemm_f32_kernel *kernel, int32_t n, int32_t k);

/* weights[n][k] as ONNX has them for a 1x1 convolution (output channel major); bias[n], or NULL for none. */
void psb_gemm_f32_pack(const psb_gemm_f32_kernel *kernel, float *packed, const float *weights, const float *bias,
                       int32_t n, int32_t k);

/* Where w of column j and product p lies in packed weights of n columns and q products; p = -1 is the bias. */
size_t psb_gemm_f32_packed_index(const psb_gemm_f32_kernel *kernel, int32_t n, int32_t q, int32_t j, int32_t p);

#endif
