/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise k x k convolution, channels last: every channel has a kernel of its own, vectors run over channels.
 *
 *     out[y][x][c] = act(bias[c] + sum over ky, kx of in[y sy - top + ky][x sx - left + kx][c] * w[ky][kx][c])
 *
 * Taps outside the picture count as zero, whatever the padding (all four sides are free). 3x3 and 5x5 at stride 1 and 2
 * have loops of their own.
 *
 * Shapes: window.h; any channel count. Alignment: none asked. Overlap: none. Nothing outside the named elements is read
 * or written. Comparison class: gemm_f32's with q = kernel_height * kernel_width.
 */
#ifndef PSB_KERNELS_DWCONV_F32_H
#define PSB_KERNELS_DWCONV_F32_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "kernels/activation.h"
#include "kernels/window.h"

typedef struct psb_dwconv_f32_args {
    float *out;
    const float *in;
    const float *packed; /* by psb_dwconv_f32_pack: bias[channels], then [kernel_height][kernel_width][channels] */
    psb_window window;
    psb_activation activation;
} psb_dwconv_f32_args;

typedef void psb_dwconv_f32_fn(const psb_dwconv_f32_args *args);

typedef struct psb_dwconv_f32_kernel {
    psb_dwconv_f32_fn *run;
    uint32_t needs;
    const char *name;
} psb_dwconv_f32_kernel;

#define PSB_DWCONV_F32_LIST(X) /* isa, needs; slowest first */                                                         \
    X(c, 0u)                                                                                                           \
    X(avx2, PSB_CPU_AVX2)                                                                                              \
    X(avx512, PSB_CPU_AVX512)
#define X(isa, needs) psb_dwconv_f32_fn psb_dwconv_f32_##isa;
PSB_DWCONV_F32_LIST(X)
#undef X

const psb_dwconv_f32_kernel *psb_dwconv_f32_pick(uint32_t cpu_flags);
const psb_dwconv_f32_kernel *psb_dwconv_f32_kernels(int32_t *count_out);

/* Floats of the packed weights; the same for every kernel. */
size_t psb_dwconv_f32_packed_count(const psb_window *window);

/* weights[channels][kernel_height][kernel_width] as ONNX has them ([channels][1][..]); bias[channels] or NULL. */
void psb_dwconv_f32_pack(float *packed, const float *weights, const float *bias, const psb_window *window);

#endif
