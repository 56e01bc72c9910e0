/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes through a table of 256: any activation, and any change of scale, of a quantised tensor.
 *
 *     out[i][j] = table[in[i][j]], or, where channels are of several classes, table[class_of[j % period]][in[i][j]]
 *
 * Shapes: rows and columns >= 0, any; period >= 1, and with classes columns are a multiple of it. Alignment: none
 * asked. Overlap: out may be in, with the same row stride.
 * Nothing outside the named elements is read or written. Comparison class: exact.
 */
#ifndef PSB_KERNELS_LUT_U8_H
#define PSB_KERNELS_LUT_U8_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

enum { PSB_LUT_U8_BEHIND = 64 }; /* so that a whole vector of classes can be read anywhere */

typedef struct psb_lut_u8_args {
    uint8_t *out;
    const uint8_t *in;
    const uint8_t *table; /* [256], or [class_count][256] */
    size_t rows, columns;
    size_t ld_out, ld_in;    /* bytes from one row to the next */
    const uint8_t *class_of; /* NULL: one table for all; else [period + PSB_LUT_U8_BEHIND], repeating after period */
    size_t period;
    int32_t class_count;
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
