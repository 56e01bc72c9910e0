/* SPDX-License-Identifier: Apache-2.0
 *
 * Floats to bytes and back for AVX2: eight at a time.
 * The loops stand in convert_u8_simd_int.h.
 */
#include "kernels/convert_u8.h"

#include "kernels/vec_u8_avx2_int.h"

#include "kernels/convert_u8_simd_int.h"

void psb_convert_u8_quantise_avx2(const psb_convert_u8_args *args)
{
    quantise_run(args);
}

void psb_convert_u8_dequantise_avx2(const psb_convert_u8_args *args)
{
    dequantise_run(args);
}
