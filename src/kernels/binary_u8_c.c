/* SPDX-License-Identifier: Apache-2.0
 *
 * Sum and product of bytes in plain C: the specification of binary_u8.h.
 */
#include <math.h>

#include "kernels/binary_u8.h"

static uint8_t finish(const psb_binary_u8_args *args, float value)
{
    int32_t q = (int32_t)lrintf(value) + args->zero_out;
    if (q < args->low) q = args->low;
    if (q > args->high) q = args->high;
    return (uint8_t)q;
}

void psb_binary_u8_add_c(const psb_binary_u8_args *args)
{
    for (size_t i = 0; i < args->rows; i++)
        for (size_t j = 0; j < args->columns; j++) {
            float a = (float)(args->a[i * args->ld_a + j] - args->zero_a) * args->multiplier_a;
            float b = (float)(args->b[i * args->ld_b + j] - args->zero_b) * args->multiplier_b;
            args->out[i * args->ld_out + j] = finish(args, a + b);
        }
}

void psb_binary_u8_multiply_c(const psb_binary_u8_args *args)
{
    for (size_t i = 0; i < args->rows; i++)
        for (size_t j = 0; j < args->columns; j++) {
            int32_t product =
                (args->a[i * args->ld_a + j] - args->zero_a) * (args->b[i * args->ld_b + j] - args->zero_b);
            args->out[i * args->ld_out + j] = finish(args, (float)product * args->multiplier_a);
        }
}
