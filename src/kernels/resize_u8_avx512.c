/* SPDX-License-Identifier: Apache-2.0
 *
 * Resizing bytes for AVX-512.
 * The loops stand in resize_u8_simd_int.h.
 */
#include "kernels/resize_u8.h"

#include "kernels/resize_u8_simd_int.h"

void psb_resize_u8_nearest_avx512(const psb_resize_u8_args *args)
{
    resize_nearest_run(args);
}

void psb_resize_u8_bilinear_avx512(const psb_resize_u8_args *args)
{
    resize_bilinear_run(args);
}
