/* SPDX-License-Identifier: Apache-2.0
 *
 * Sum and product of two quantised tensors, each with a scale and zero point of its own.
 *
 *     add       v = (float)(a[i][j] - zero_a) * multiplier_a + (float)(b[i][j] - zero_b) * multiplier_b
 *     multiply  v = (float)((a[i][j] - zero_a) * (b[i][j] - zero_b)) * multiplier_a
 *     out[i][j] = clamp(round(v) + zero_out, low, high)
 *
 * Every step rounds once to float, no multiply-add is fused, and round takes halves to the even neighbour. For a sum
 * the multipliers are scale_a / scale_out and scale_b / scale_out, for a product it is scale_a scale_b / scale_out.
 * A row stride of 0 repeats b's row: channels scaled by a squeeze-and-excitation's gate.
 *
 * Shapes: rows and columns >= 0, any. Alignment: none asked. Overlap: out may be a or b, with the same row stride.
 * |v| stays below 2^30. Nothing outside the named elements is read or written. Comparison class: exact.
 */
#ifndef PSB_KERNELS_BINARY_U8_H
#define PSB_KERNELS_BINARY_U8_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

typedef struct psb_binary_u8_args {
    uint8_t *out;
    const uint8_t *a, *b;
    size_t rows, columns;
    size_t ld_out, ld_a, ld_b; /* bytes from one row to the next */
    float multiplier_a, multiplier_b;
    int32_t zero_a, zero_b, zero_out, low, high; /* 0..255, low <= high */
} psb_binary_u8_args;

typedef void psb_binary_u8_fn(const psb_binary_u8_args *args);

typedef struct psb_binary_u8_kernel {
    psb_binary_u8_fn *add, *multiply;
    uint32_t needs;
    const char *name;
} psb_binary_u8_kernel;

#define PSB_BINARY_U8_LIST(X) /* isa, needs; slowest first */                                                          \
    X(c, 0u)                                                                                                           \
    X(avx2, PSB_CPU_AVX2)                                                                                              \
    X(avx512, PSB_CPU_AVX512)
#define X(isa, needs) psb_binary_u8_fn psb_binary_u8_add_##isa, psb_binary_u8_multiply_##isa;
PSB_BINARY_U8_LIST(X)
#undef X

const psb_binary_u8_kernel *psb_binary_u8_pick(uint32_t cpu_flags);
const psb_binary_u8_kernel *psb_binary_u8_kernels(int32_t *count_out);

#endif
