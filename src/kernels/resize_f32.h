/* SPDX-License-Identifier: Apache-2.0
 *
 * Enlarging and shrinking feature maps, channels last. Where output pixels come from is told by tables that the caller
 * makes once (ONNX knows four coordinate rules and four roundings; a kernel need not):
 *
 *     nearest   out[y][x][c] = in[y0[y]][x0[x]][c]
 *     bilinear  out[y][x][c] = lerp(lerp(in[y0][x0], in[y0][x1], fx[x]), lerp(in[y1][x0], in[y1][x1], fx[x]), fy[y])
 *
 * with lerp(p, q, f) = p + f (q - p). Tables hold rows and columns inside the input; nothing is clamped here.
 * Alignment: none asked. Overlap: none. Comparison class: nearest exact; bilinear 6 epsilon times the largest of the
 * four magnitudes (three lerps of two roundings each).
 */
#ifndef PSB_KERNELS_RESIZE_F32_H
#define PSB_KERNELS_RESIZE_F32_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

typedef struct psb_resize_f32_args {
    float *out;
    const float *in;
    int32_t out_height, out_width, channels;
    size_t in_row, in_pixel, out_row, out_pixel; /* floats, pixel >= channels */
    const int32_t *y0, *y1;                      /* [out_height]; y1, x1, fy, fx: bilinear only */
    const int32_t *x0, *x1;                      /* [out_width] */
    const float *fy, *fx;                        /* 0..1: share of y1 / x1 */
} psb_resize_f32_args;

typedef void psb_resize_f32_fn(const psb_resize_f32_args *args);

typedef struct psb_resize_f32_kernel {
    psb_resize_f32_fn *nearest, *bilinear;
    uint32_t needs;
    const char *name;
} psb_resize_f32_kernel;

#define PSB_RESIZE_F32_LIST(X) /* isa, needs; slowest first */                                                         \
    X(c, 0u)                                                                                                           \
    X(avx2, PSB_CPU_AVX2)                                                                                              \
    X(avx512, PSB_CPU_AVX512)
#define X(isa, needs) psb_resize_f32_fn psb_resize_f32_nearest_##isa, psb_resize_f32_bilinear_##isa;
PSB_RESIZE_F32_LIST(X)
#undef X

const psb_resize_f32_kernel *psb_resize_f32_pick(uint32_t cpu_flags);
const psb_resize_f32_kernel *psb_resize_f32_kernels(int32_t *count_out);

#endif
