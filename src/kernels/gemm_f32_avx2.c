/* SPDX-License-Identifier: Apache-2.0
 *
 * Matrix product for AVX2 and FMA: tiles of 6 rows by 16 columns: 12 sums, 2 weights and 1 value take 15 of the 16
 * registers.
 */
#include "kernels/gemm_f32.h"

#include "kernels/vec_avx2_int.h"

enum { GEMM_ROWS = 6 };
#define GEMM_ROWS_LIST(X) X(1) X(2) X(3) X(4) X(5) X(6)

#include "kernels/gemm_f32_simd_int.h"

void psb_gemm_f32_avx2(const psb_gemm_f32_args *args)
{
    gemm_run(args, psb_unary_f32_activate_avx2, psb_binary_f32_avx2);
}
