/* SPDX-License-Identifier: Apache-2.0
 *
 * An activation on its own (where it could not be fused), row by row: out[i][j] = act(in[i][j]); and softmax of rows.
 * Rows are contiguous; a whole tensor without gaps is one row. in and out may be the same memory (same stride), or
 * apart.
 *
 * Shapes: rows, columns >= 1. Alignment: none asked. Comparison class: activation.h's; softmax: relative
 * (columns + 16) epsilon, since the sum of columns positive terms errs by columns epsilon at most, exp by 2, the
 * subtraction before it by |x| epsilon <= 12 for the inputs that the test draws (|x| <= 12), plus 1e-30 for terms that
 * vanish.
 */
#ifndef PSB_KERNELS_UNARY_F32_H
#define PSB_KERNELS_UNARY_F32_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "kernels/activation.h"

typedef struct psb_unary_f32_args {
    float *out;
    const float *in;
    size_t rows, columns, ld_out, ld_in; /* ld: floats from one row to the next */
    psb_activation activation;           /* softmax ignores it */
} psb_unary_f32_args;

typedef void psb_unary_f32_fn(const psb_unary_f32_args *args);

typedef struct psb_unary_f32_kernel {
    psb_unary_f32_fn *activate, *softmax;
    uint32_t needs;
    const char *name;
} psb_unary_f32_kernel;

#define PSB_UNARY_F32_LIST(X) /* isa, needs; slowest first */                                                          \
    X(c, 0u)                                                                                                           \
    X(avx2, PSB_CPU_AVX2)                                                                                              \
    X(avx512, PSB_CPU_AVX512)
#define X(isa, needs) psb_unary_f32_fn psb_unary_f32_activate_##isa, psb_unary_f32_softmax_##isa;
PSB_UNARY_F32_LIST(X)
#undef X

const psb_unary_f32_kernel *psb_unary_f32_pick(uint32_t cpu_flags);
const psb_unary_f32_kernel *psb_unary_f32_kernels(int32_t *count_out);

#endif
