/* SPDX-License-Identifier: Apache-2.0
 *
 * Sum and product of bytes, in the names of vec_u8_*_int.h (include one of them first).
 * Rows without gaps are one long row, so that narrow pixels fill vectors.
 */
#ifndef PSB_KERNELS_BINARY_U8_SIMD_INT_H
#define PSB_KERNELS_BINARY_U8_SIMD_INT_H

#include <stdbool.h>

#include "base/compiler.h"
#include "kernels/binary_u8.h"

typedef struct binary_constants {
    vec multiplier_a, multiplier_b;
    vec_int zero_a, zero_b, zero_out, low, high;
} binary_constants;

/* is_sum is a constant in each caller. */
PSB_ALWAYS_INLINE void binary_lanes(const binary_constants *k, uint8_t *out, const uint8_t *a, const uint8_t *b,
                                    size_t count, const bool is_sum)
{
    vec_int x = ints_sub(ints_of_bytes(a, count), k->zero_a), y = ints_sub(ints_of_bytes(b, count), k->zero_b);
    vec v = is_sum ? vec_add(vec_mul(floats_of_ints(x), k->multiplier_a), vec_mul(floats_of_ints(y), k->multiplier_b))
                   : vec_mul(floats_of_ints(ints_mul(x, y)), k->multiplier_a);
    bytes_store(out, count, v, k->zero_out, k->low, k->high);
}

PSB_ALWAYS_INLINE void binary_row(const binary_constants *k, uint8_t *out, const uint8_t *a, const uint8_t *b,
                                  size_t count, const bool is_sum)
{
    size_t j = 0;
    for (; j + VEC_WIDTH <= count; j += VEC_WIDTH) binary_lanes(k, out + j, a + j, b + j, VEC_WIDTH, is_sum);
    if (j < count) binary_lanes(k, out + j, a + j, b + j, count - j, is_sum);
}

PSB_ALWAYS_INLINE void binary_run(const psb_binary_u8_args *args, const bool is_sum)
{
    const binary_constants k = {.multiplier_a = vec_all(args->multiplier_a),
                                .multiplier_b = vec_all(args->multiplier_b),
                                .zero_a = ints_all(args->zero_a),
                                .zero_b = ints_all(args->zero_b),
                                .zero_out = ints_all(args->zero_out),
                                .low = ints_all(args->low),
                                .high = ints_all(args->high)};
    size_t rows = args->rows, columns = args->columns;
    if (args->ld_out == columns && args->ld_a == columns && args->ld_b == columns) {
        columns *= rows;
        rows = 1;
    }
    for (size_t i = 0; i < rows; i++)
        binary_row(&k, args->out + i * args->ld_out, args->a + i * args->ld_a, args->b + i * args->ld_b, columns,
                   is_sum);
}

#endif
