/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes through a table of 256: any activation, and any change of scale, of a quantised tensor.
 *
 *     out[i][j] = table[in[i][j]]
 *
 * Shapes: rows and columns >= 0, any. Alignment: none asked. Overlap: out may be in, with the same row stride.
 * Nothing outside the named elements is read or written. Comparison class: exact.
 */
#ifndef PSB_KERNELS_LUT_U8_H
#define PSB_KERNELS_LUT_U8_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

typedef struct psb_lut_u8_args {
    uint8_t *out;
    const uint8_t *in;
    const uint8_t *table; /* [256] */
    size_t rows, columns;
    size_t ld_out, ld_in; /* bytes from one row to the next */
} psb_lut_u8_args;

typedef void psb_lut_u8_fn(const psb_lut_u8_args *args);

typedef struct psb_lut_u8_kernel {
    psb_lut_u8_fn *run;
    uint32_t needs;
    const char *name;
} psb_lut_u8_kernel;

#define PSB_LUT_U8_LIST(X) /* isa, needs; slowest first */                                                             \
    X(c, 0u)                                                                                                           \
    X(avx2, PSB_CPU_AVX2)                                                                                              \
    X(avx512_vbmi, PSB_CPU_AVX512 | PSB_CPU_AVX512_VBMI)
#define X(isa, needs) psb_lut_u8_fn psb_lut_u8_##isa;
PSB_LUT_U8_LIST(X)
#undef X

const psb_lut_u8_kernel *psb_lut_u8_pick(uint32_t cpu_flags);
const psb_lut_u8_kernel *psb_lut_u8_kernels(int32_t *count_out);

#endif
