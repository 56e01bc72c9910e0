/* SPDX-License-Identifier: Apache-2.0
 *
 * A plane made smaller by the mean of its squares: what a search for motion looks at, where detail costs time and
 * noise costs answers.
 *
 *     out[i][j] = (sum over y < side, x < side of in[i side + y][j side + x] + side^2 / 2) / side^2
 *
 * Shapes: side 1, 2, 4, 8, 16, 32 or 64; rows and columns (of out) >= 0. Alignment: none asked. Overlap: none.
 * Nothing outside the named elements is read or written. Comparison class: exact.
 */
#ifndef PSB_KERNELS_DECIMATE_U8_H
#define PSB_KERNELS_DECIMATE_U8_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

typedef struct psb_decimate_u8_args {
    uint8_t *out;
    const uint8_t *in;
    int32_t rows, columns, side;
    ptrdiff_t ld_out, ld_in; /* bytes from one row to the next */
} psb_decimate_u8_args;

typedef void psb_decimate_u8_fn(const psb_decimate_u8_args *args);

typedef struct psb_decimate_u8_kernel {
    psb_decimate_u8_fn *run;
    uint32_t needs;
    const char *name;
} psb_decimate_u8_kernel;

#define PSB_DECIMATE_U8_LIST(X) /* isa, needs; slowest first */                                                        \
    X(c, 0u)                                                                                                           \
    X(avx2, PSB_CPU_AVX2)
#define X(isa, needs) psb_decimate_u8_fn psb_decimate_u8_##isa;
PSB_DECIMATE_U8_LIST(X)
#undef X

const psb_decimate_u8_kernel *psb_decimate_u8_pick(uint32_t cpu_flags);
const psb_decimate_u8_kernel *psb_decimate_u8_kernels(int32_t *count_out);

#endif
