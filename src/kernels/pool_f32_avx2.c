/* SPDX-License-Identifier: Apache-2.0
 *
 * Pools for AVX2 and FMA: eight channels at a time.
 * The loops stand in pool_f32_simd_int.h.
 */
#include "kernels/pool_f32.h"

#include "kernels/vec_avx2_int.h"

#include "kernels/pool_f32_simd_int.h"

void psb_pool_f32_max_avx2(const psb_pool_f32_args *args)
{
    pool_max(args);
}

void psb_pool_f32_average_avx2(const psb_pool_f32_args *args)
{
    pool_average(args);
}

void psb_pool_f32_global_avx2(const psb_pool_f32_args *args)
{
    pool_global(args);
}
