/* SPDX-License-Identifier: Apache-2.0
 *
 * Integer matrix product for AVX-512 with VNNI, and VBMI, which looks up tables in registers.
 * All of it stands in gemm_u8s8_vnni_int.h.
 */
#include "kernels/gemm_u8s8.h"

#include "kernels/gemm_u8s8_vnni_int.h"

void psb_gemm_u8s8_avx512_vbmi(const psb_gemm_u8s8_args *args)
{
    gemm_run(args);
}
