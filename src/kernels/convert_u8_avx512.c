/* SPDX-License-Identifier: Apache-2.0
 *
 * Floats to bytes and back for AVX-512: sixteen at a time.
 * The loops stand in convert_u8_simd_int.h.
 */
#include "kernels/convert_u8.h"

#include "kernels/vec_u8_avx512_int.h"

#include "kernels/convert_u8_simd_int.h"

void psb_convert_u8_quantise_avx512(const psb_convert_u8_args *args)
{
    quantise_run(args);
}

void psb_convert_u8_dequantise_avx512(const psb_convert_u8_args *args)
{
    dequantise_run(args);
}
