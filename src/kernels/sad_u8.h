/* SPDX-License-Identifier: Apache-2.0
 *
 * Where in a picture a block lies best: sums of absolute differences of one block against every place of an area.
 *
 *     out[v][u] = sum over y < side, x < side of |block[y][x] - area[v + y][u + x]|
 *
 * for v < places, u < places, with side 8 (run8) or 16 (run16). A sum is at most 16 * 16 * 255 = 65280.
 *
 * Shapes: places is a multiple of 8, at least 8. Read are side rows of side bytes of the block, and places + side - 1
 * rows of places + side bytes of the area: one byte a row more than the formula needs. out is dense.
 * Alignment: none asked. Overlap: out overlaps nothing. Comparison class: exact.
 */
#ifndef PSB_KERNELS_SAD_U8_H
#define PSB_KERNELS_SAD_U8_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

typedef struct psb_sad_u8_args {
    uint16_t *out; /* [places][places] */
    const uint8_t *block, *area;
    ptrdiff_t ld_block, ld_area; /* bytes from one row to the next */
    int32_t places;
} psb_sad_u8_args;

typedef void psb_sad_u8_fn(const psb_sad_u8_args *args);

typedef struct psb_sad_u8_kernel {
    psb_sad_u8_fn *run8, *run16;
    uint32_t needs;
    const char *name;
} psb_sad_u8_kernel;

#define PSB_SAD_U8_LIST(X) /* isa, needs; slowest first */                                                             \
    X(c, 0u)                                                                                                           \
    X(avx2, PSB_CPU_AVX2)
#define X(isa, needs) psb_sad_u8_fn psb_sad_u8_run8_##isa, psb_sad_u8_run16_##isa;
PSB_SAD_U8_LIST(X)
#undef X

const psb_sad_u8_kernel *psb_sad_u8_pick(uint32_t cpu_flags);
const psb_sad_u8_kernel *psb_sad_u8_kernels(int32_t *count_out);

#endif
