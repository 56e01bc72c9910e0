/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise k x k convolution of a quantised picture, channels last: every channel has a kernel of its own.
 *
 *     sum[y][x][c] = bias[c] + sum over ky, kx of (in[y sy - top + ky][x sx - left + kx][c] - in_zero) w[ky][kx][c]
 *     out[y][x][c] = requant_u8.h's byte of the sum
 *
 * Taps outside the picture count as in_zero, so they add nothing. Any kernel of up to 49 taps.
 *
 * Shapes: window.h, strides in bytes; any channel count. Alignment: none asked. Overlap: none. Nothing outside the
 * named elements is read or written. Comparison class: exact.
 */
#ifndef PSB_KERNELS_DWCONV_U8S8_H
#define PSB_KERNELS_DWCONV_U8S8_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "kernels/requant_u8.h"
#include "kernels/window.h"

enum { PSB_DWCONV_U8S8_MOST_TAPS = 49 };

typedef struct psb_dwconv_u8s8_args {
    uint8_t *out;
    const uint8_t *in;
    const void *packed; /* by psb_dwconv_u8s8_pack for the same kernel */
    psb_window window;
    int32_t in_zero; /* what padding holds */
    psb_requant_u8 requant;
} psb_dwconv_u8s8_args;

typedef void psb_dwconv_u8s8_fn(const psb_dwconv_u8s8_args *args);

/* How weights are packed; dwconv_u8s8.c says what each looks like. */
typedef enum psb_dwconv_u8s8_layout {
    PSB_DWCONV_U8S8_PLAIN,
    PSB_DWCONV_U8S8_PAIRS,  /* two taps at a time, int16, sixteen channels */
    PSB_DWCONV_U8S8_QUADS,  /* four taps at a time, int8, 64 channels */
    PSB_DWCONV_U8S8_SLICES, /* taps moved by every shift that outputs need, int8, sixteen channels */
} psb_dwconv_u8s8_layout;

typedef struct psb_dwconv_u8s8_kernel {
    psb_dwconv_u8s8_fn *run;
    uint32_t needs;
    psb_dwconv_u8s8_layout layout;
    const char *name;
} psb_dwconv_u8s8_kernel;

#define PSB_DWCONV_U8S8_LIST(X) /* isa, needs, layout; slowest first */                                                \
    X(c, 0u, PSB_DWCONV_U8S8_PLAIN)                                                                                    \
    X(avx2, PSB_CPU_AVX2, PSB_DWCONV_U8S8_PAIRS)                                                                       \
    X(avx512_vnni, PSB_CPU_AVX512 | PSB_CPU_AVX512_VNNI, PSB_DWCONV_U8S8_QUADS)                                        \
    X(avx512_vbmi, PSB_CPU_AVX512 | PSB_CPU_AVX512_VNNI | PSB_CPU_AVX512_VBMI, PSB_DWCONV_U8S8_SLICES)
#define X(isa, needs, layout) psb_dwconv_u8s8_fn psb_dwconv_u8s8_##isa;
PSB_DWCONV_U8S8_LIST(X)
#undef X

const psb_dwconv_u8s8_kernel *psb_dwconv_u8s8_pick(uint32_t cpu_flags);
const psb_dwconv_u8s8_kernel *psb_dwconv_u8s8_kernels(int32_t *count_out);

size_t psb_dwconv_u8s8_packed_bytes(const psb_dwconv_u8s8_kernel *kernel, const psb_window *window);

/* weights->values[channels][kernel_height][kernel_width] as ONNX has them ([channels][1][..]). packed must be aligned
 * to four bytes. */
void psb_dwconv_u8s8_pack(const psb_dwconv_u8s8_kernel *kernel, void *packed, const psb_weights_s8 *weights,
                          const psb_window *window);

#endif
