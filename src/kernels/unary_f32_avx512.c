/* SPDX-License-Identifier: Apache-2.0
 *
 * Activations and softmax of rows for AVX-512: sixteen values at a time.
 * The loops stand in unary_f32_simd_int.h; the other families of this set call them on what they just computed.
 */
#include "kernels/unary_f32.h"

#include "kernels/vec_avx512_int.h"

#include "kernels/unary_f32_simd_int.h"

void psb_unary_f32_activate_avx512(const psb_unary_f32_args *args)
{
    unary_activate(args);
}

void psb_unary_f32_softmax_avx512(const psb_unary_f32_args *args)
{
    unary_softmax(args);
}
