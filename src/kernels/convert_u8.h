/* SPDX-License-Identifier: Apache-2.0
 *
 * Floats to bytes and back, where a quantised part of a network meets one in floating point.
 *
 *     quantise    q[i][j] = clamp(round(clamp(x[i][j] * inverse_scale, -512, 512)) + zero, 0, 255)
 *     dequantise  x[i][j] = (float)(q[i][j] - zero) * scale
 *
 * Each step rounds once; round takes halves to the even neighbour. The inner clamp makes infinities safe and NaN -512.
 *
 * Shapes: rows and columns >= 0, any. Alignment: none asked. Overlap: none. Nothing outside the named elements is read
 * or written. Comparison class: exact.
 */
#ifndef PSB_KERNELS_CONVERT_U8_H
#define PSB_KERNELS_CONVERT_U8_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

typedef struct psb_convert_u8_args {
    uint8_t *bytes; /* written by quantise, read by dequantise */
    float *floats;  /* the other way round */
    size_t rows, columns;
    size_t ld_bytes, ld_floats; /* elements from one row to the next */
    float scale;                /* dequantise: the scale; quantise: 1 / the scale */
    int32_t zero;               /* 0..255 */
} psb_convert_u8_args;

typedef void psb_convert_u8_fn(const psb_convert_u8_args *args);

typedef struct psb_convert_u8_kernel {
    psb_convert_u8_fn *quantise, *dequantise;
    uint32_t needs;
    const char *name;
} psb_convert_u8_kernel;

#define PSB_CONVERT_U8_LIST(X) /* isa, needs; slowest first */                                                         \
    X(c, 0u)                                                                                                           \
    X(avx2, PSB_CPU_AVX2)                                                                                              \
    X(avx512, PSB_CPU_AVX512)
#define X(isa, needs) psb_convert_u8_fn psb_convert_u8_quantise_##isa, psb_convert_u8_dequantise_##isa;
PSB_CONVERT_U8_LIST(X)
#undef X

const psb_convert_u8_kernel *psb_convert_u8_pick(uint32_t cpu_flags);
const psb_convert_u8_kernel *psb_convert_u8_kernels(int32_t *count_out);

#endif
