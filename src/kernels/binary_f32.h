/* SPDX-License-Identifier: Apache-2.0
 *
 * Two operands, value by value, with the broadcasting that networks use:
 *
 *     out[i][j] = act(a[i * ld_a + j * step_a] op b[i * ld_b + j * step_b])
 *
 * ld = 0 repeats one row for all rows (a value per channel), step = 0 repeats one value along a row (a value per
 * pixel), both 0 is a scalar. Steps are 0 or 1. Squeeze-and-excite's "scale each channel" is op MUL with ld_b = 0.
 * out may be the memory of an operand that has out's stride and step 1; otherwise no overlap.
 *
 * Shapes: rows, columns >= 1. Alignment: none asked. Comparison class: exact before the activation (one rounding, as in
 * C), activation.h's behind it.
 */
#ifndef PSB_KERNELS_BINARY_F32_H
#define PSB_KERNELS_BINARY_F32_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "kernels/activation.h"

typedef enum psb_binary_op {
    PSB_BINARY_ADD,
    PSB_BINARY_SUB,
    PSB_BINARY_MUL,
    PSB_BINARY_DIV,
    PSB_BINARY_COUNT
} psb_binary_op;

typedef struct psb_binary_f32_args {
    float *out;
    const float *a, *b;
    size_t rows, columns, ld_out, ld_a, ld_b;
    int32_t step_a, step_b; /* 0 or 1 */
    psb_binary_op op;
    psb_activation activation;
} psb_binary_f32_args;

typedef void psb_binary_f32_fn(const psb_binary_f32_args *args);

typedef struct psb_binary_f32_kernel {
    psb_binary_f32_fn *run;
    uint32_t needs;
    const char *name;
} psb_binary_f32_kernel;

#define PSB_BINARY_F32_LIST(X) /* isa, needs; slowest first */                                                         \
    X(c, 0u)                                                                                                           \
    X(avx2, PSB_CPU_AVX2)                                                                                              \
    X(avx512, PSB_CPU_AVX512)
#define X(isa, needs) psb_binary_f32_fn psb_binary_f32_##isa;
PSB_BINARY_F32_LIST(X)
#undef X

const psb_binary_f32_kernel *psb_binary_f32_pick(uint32_t cpu_flags);
const psb_binary_f32_kernel *psb_binary_f32_kernels(int32_t *count_out);

#endif
