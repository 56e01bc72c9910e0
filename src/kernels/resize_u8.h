/* SPDX-License-Identifier: Apache-2.0
 *
 * Enlarging and shrinking quantised feature maps, channels last, one scale and zero point on both sides. Where output
 * pixels come from is told by tables that the caller makes once, as in resize_f32.h:
 *
 *     nearest   out[y][x][c] = in[y0[y]][x0[x]][c]
 *     bilinear  out[y][x][c] = (top (128 - fy[y]) + bottom fy[y] + 2^13) >> 14
 *               with top = in[y0][x0][c] (128 - fx[x]) + in[y0][x1][c] fx[x], bottom the same in row y1
 *
 * Shares in 128ths are exact where a map is doubled. Tables hold rows and columns inside the input; nothing is clamped
 * here. Alignment: none asked. Overlap: none. Comparison class: exact.
 */
#ifndef PSB_KERNELS_RESIZE_U8_H
#define PSB_KERNELS_RESIZE_U8_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

enum { PSB_RESIZE_U8_ONE = 128 }; /* a share of 1 */

typedef struct psb_resize_u8_args {
    uint8_t *out;
    const uint8_t *in;
    int32_t out_height, out_width, channels;
    size_t in_row, in_pixel, out_row, out_pixel; /* bytes, pixel >= channels */
    const int32_t *y0, *y1;                      /* [out_height]; y1, x1, fy, fx: bilinear only */
    const int32_t *x0, *x1;                      /* [out_width] */
    const int32_t *fy, *fx;                      /* 0..128: share of y1 / x1 */
} psb_resize_u8_args;

typedef void psb_resize_u8_fn(const psb_resize_u8_args *args);

typedef struct psb_resize_u8_kernel {
    psb_resize_u8_fn *nearest, *bilinear;
    uint32_t needs;
    const char *name;
} psb_resize_u8_kernel;

#define PSB_RESIZE_U8_LIST(X) /* isa, needs; slowest first */                                                          \
    X(c, 0u)                                                                                                           \
    X(avx2, PSB_CPU_AVX2)                                                                                              \
    X(avx512, PSB_CPU_AVX512)
#define X(isa, needs) psb_resize_u8_fn psb_resize_u8_nearest_##isa, psb_resize_u8_bilinear_##isa;
PSB_RESIZE_U8_LIST(X)
#undef X

const psb_resize_u8_kernel *psb_resize_u8_pick(uint32_t cpu_flags);
const psb_resize_u8_kernel *psb_resize_u8_kernels(int32_t *count_out);

#endif
