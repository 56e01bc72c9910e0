/* SPDX-License-Identifier: Apache-2.0
 *
 * Resize for AVX-512: sixteen channels at a time.
 * The loops stand in resize_f32_simd_int.h.
 */
#include "kernels/resize_f32.h"

#include "kernels/vec_avx512_int.h"

#include "kernels/resize_f32_simd_int.h"

void psb_resize_f32_nearest_avx512(const psb_resize_f32_args *args)
{
    resize_nearest(args);
}

void psb_resize_f32_bilinear_avx512(const psb_resize_f32_args *args)
{
    resize_bilinear(args);
}
