/* SPDX-License-Identifier: Apache-2.0
 *
 * Two operands, value by value, for AVX-512: sixteen at a time.
 * The loops stand in binary_f32_simd_int.h, the activation in this set's unary_f32.
 */
#include "kernels/binary_f32.h"

#include "kernels/vec_avx512_int.h"

#include "kernels/binary_f32_simd_int.h"

void psb_binary_f32_avx512(const psb_binary_f32_args *args)
{
    binary_run(args, psb_unary_f32_activate_avx512);
}
