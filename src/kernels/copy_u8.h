/* SPDX-License-Identifier: Apache-2.0
 *
 * Strided copy of bytes, up to six dimensions: channel shuffles, slices and concatenations of quantised tensors. The
 * shape, its plan (psb_copy_f32_plan) and the rules are copy_f32.h's; strides count bytes.
 * Alignment: none asked. Overlap: none. Comparison class: exact.
 */
#ifndef PSB_KERNELS_COPY_U8_H
#define PSB_KERNELS_COPY_U8_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "kernels/copy_f32.h"

typedef void psb_copy_u8_fn(uint8_t *out, const uint8_t *in, const psb_copy_f32_shape *shape);

typedef struct psb_copy_u8_kernel {
    psb_copy_u8_fn *run;
    uint32_t needs;
    const char *name;
} psb_copy_u8_kernel;

#define PSB_COPY_U8_LIST(X) /* isa, needs; slowest first; the C library is the instruction set */                      \
    X(c, 0u)                                                                                                           \
    X(rows, 0u)
#define X(isa, needs) psb_copy_u8_fn psb_copy_u8_##isa;
PSB_COPY_U8_LIST(X)
#undef X

const psb_copy_u8_kernel *psb_copy_u8_pick(uint32_t cpu_flags);
const psb_copy_u8_kernel *psb_copy_u8_kernels(int32_t *count_out);

#endif
