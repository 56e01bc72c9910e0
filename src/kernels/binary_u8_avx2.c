/* SPDX-License-Identifier: Apache-2.0
 *
 * Sum and product of bytes for AVX2: eight at a time.
 * The loops stand in binary_u8_simd_int.h.
 */
#include "kernels/binary_u8.h"

#include "kernels/vec_u8_avx2_int.h"

#include "kernels/binary_u8_simd_int.h"

void psb_binary_u8_add_avx2(const psb_binary_u8_args *args)
{
    binary_run(args, true);
}

void psb_binary_u8_multiply_avx2(const psb_binary_u8_args *args)
{
    binary_run(args, false);
}
