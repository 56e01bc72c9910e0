/* SPDX-License-Identifier: Apache-2.0
 *
 * Two operands, value by value, on vectors, in the names of vec_*_int.h (include one of them first).
 * A row is computed without its activation, which then runs in place over the row while it is in the first cache.
 */
#ifndef PSB_KERNELS_BINARY_F32_SIMD_INT_H
#define PSB_KERNELS_BINARY_F32_SIMD_INT_H

#include "base/compiler.h"
#include "kernels/binary_f32.h"
#include "kernels/unary_f32.h"

PSB_ALWAYS_INLINE vec combine(psb_binary_op op, vec a, vec b)
{
    switch (op) {
    case PSB_BINARY_ADD:
        return vec_add(a, b);
    case PSB_BINARY_SUB:
        return vec_sub(a, b);
    case PSB_BINARY_MUL:
        return vec_mul(a, b);
    case PSB_BINARY_DIV:
        return vec_div(a, b);
    case PSB_BINARY_COUNT:
        break;
    }
    return a;
}

typedef struct binary_row {
    float *out;
    const float *a, *b;
    size_t columns;
} binary_row;

/* op, step_a, step_b: constants in each caller */
PSB_ALWAYS_INLINE void combine_row(binary_row row, psb_binary_op op, int32_t step_a, int32_t step_b)
{
    size_t whole = row.columns / VEC_WIDTH * VEC_WIDTH;
    vec_part part = vec_part_of(row.columns - whole);
    vec a = vec_all(*row.a), b = vec_all(*row.b);
    for (size_t j = 0; j < whole; j += VEC_WIDTH) {
        if (step_a) a = vec_load(row.a + j);
        if (step_b) b = vec_load(row.b + j);
        vec_store(row.out + j, combine(op, a, b));
    }
    if (whole == row.columns) return;
    if (step_a) a = vec_load_part(row.a + whole, part);
    if (step_b) b = vec_load_part(row.b + whole, part);
    vec_store_part(row.out + whole, part, combine(op, a, b));
}

PSB_ALWAYS_INLINE void combine_row_op(binary_row row, psb_binary_op op, int32_t step_a, int32_t step_b)
{
    if (step_a && step_b)
        combine_row(row, op, 1, 1);
    else if (step_a)
        combine_row(row, op, 1, 0);
    else if (step_b)
        combine_row(row, op, 0, 1);
    else
        combine_row(row, op, 0, 0);
}

PSB_ALWAYS_INLINE void binary_run(const psb_binary_f32_args *args, psb_unary_f32_fn *activate)
{
    for (size_t i = 0; i < args->rows; i++) {
        binary_row row = {args->out + i * args->ld_out, args->a + i * args->ld_a, args->b + i * args->ld_b,
                          args->columns};
        switch (args->op) {
        case PSB_BINARY_ADD:
            combine_row_op(row, PSB_BINARY_ADD, args->step_a, args->step_b);
            break;
        case PSB_BINARY_SUB:
            combine_row_op(row, PSB_BINARY_SUB, args->step_a, args->step_b);
            break;
        case PSB_BINARY_MUL:
            combine_row_op(row, PSB_BINARY_MUL, args->step_a, args->step_b);
            break;
        case PSB_BINARY_DIV:
            combine_row_op(row, PSB_BINARY_DIV, args->step_a, args->step_b);
            break;
        case PSB_BINARY_COUNT:
            break;
        }
        if (args->activation.kind != PSB_ACTIVATION_NONE)
            activate(&(psb_unary_f32_args){row.out, row.out, 1, args->columns, args->columns, args->columns,
                                           args->activation});
    }
}

#endif
