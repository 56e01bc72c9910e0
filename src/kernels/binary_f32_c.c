/* SPDX-License-Identifier: Apache-2.0
 *
 * Two operands, value by value, in plain C: the specification of binary_f32.h.
 * Broadcasting is nothing but strides and steps of zero.
 */
#include "kernels/binary_f32.h"

static float combine(psb_binary_op op, float a, float b)
{
    switch (op) {
    case PSB_BINARY_ADD:
        return a + b;
    case PSB_BINARY_SUB:
        return a - b;
    case PSB_BINARY_MUL:
        return a * b;
    case PSB_BINARY_DIV:
        return a / b;
    case PSB_BINARY_COUNT:
        break;
    }
    return a;
}

void psb_binary_f32_c(const psb_binary_f32_args *args)
{
    size_t step_a = (size_t)args->step_a, step_b = (size_t)args->step_b;
    for (size_t i = 0; i < args->rows; i++)
        for (size_t j = 0; j < args->columns; j++) {
            float a = args->a[i * args->ld_a + j * step_a], b = args->b[i * args->ld_b + j * step_b];
            args->out[i * args->ld_out + j] = psb_activation_apply(args->activation, combine(args->op, a, b));
        }
}
