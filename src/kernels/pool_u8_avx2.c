/* SPDX-License-Identifier: Apache-2.0
 *
 * Byte pools for AVX2.
 * The loops stand in pool_u8_simd_int.h.
 */
#include "kernels/pool_u8.h"

#include "kernels/vec_u8_avx2_int.h"

#include "kernels/pool_u8_simd_int.h"

void psb_pool_u8_max_avx2(const psb_pool_u8_args *args)
{
    pool_max_run(args);
}

void psb_pool_u8_average_avx2(const psb_pool_u8_args *args)
{
    pool_average_run(args);
}

void psb_pool_u8_global_avx2(const psb_pool_u8_args *args)
{
    pool_global_run(args);
}
