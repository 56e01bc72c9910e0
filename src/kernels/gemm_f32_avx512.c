/* SPDX-License-Identifier: Apache-2.0
 *
 * Matrix product for AVX-512: tiles of 14 rows by 32 columns: 28 sums, 2 weights and 1 value take 31 of the 32
 * registers.
 */
#include "kernels/gemm_f32.h"

#include "kernels/vec_avx512_int.h"

enum { GEMM_ROWS = 14 };
#define GEMM_ROWS_LIST(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)

#include "kernels/gemm_f32_simd_int.h"

void psb_gemm_f32_avx512(const psb_gemm_f32_args *args)
{
    gemm_run(args, psb_unary_f32_activate_avx512, psb_binary_f32_avx512);
}
