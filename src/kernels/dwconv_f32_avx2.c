/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution for AVX2 and FMA: eight channels at a time.
 * The loops stand in dwconv_f32_simd_int.h, the activation in this set's unary_f32.
 */
#include "kernels/dwconv_f32.h"

#include "kernels/vec_avx2_int.h"

#include "kernels/dwconv_f32_simd_int.h"

void psb_dwconv_f32_avx2(const psb_dwconv_f32_args *args)
{
    dwconv_run(args, psb_unary_f32_activate_avx2);
}
