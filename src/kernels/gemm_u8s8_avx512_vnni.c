/* SPDX-License-Identifier: Apache-2.0
 *
 * Integer matrix product for AVX-512 with VNNI, as in processors that lack VBMI: the table follows in a pass
 * of its own. All of it stands in gemm_u8s8_vnni_int.h.
 */
#include "kernels/gemm_u8s8.h"

#include "kernels/gemm_u8s8_vnni_int.h"

void psb_gemm_u8s8_avx512_vnni(const psb_gemm_u8s8_args *args)
{
    gemm_run(args);
}
