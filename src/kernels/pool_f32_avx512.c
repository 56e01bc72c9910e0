/* SPDX-License-Identifier: Apache-2.0
 *
 * Pools for AVX-512: sixteen channels at a time.
 * The loops stand in pool_f32_simd_int.h.
 */
#include "kernels/pool_f32.h"

#include "kernels/vec_avx512_int.h"

#include "kernels/pool_f32_simd_int.h"

void psb_pool_f32_max_avx512(const psb_pool_f32_args *args)
{
    pool_max(args);
}

void psb_pool_f32_average_avx512(const psb_pool_f32_args *args)
{
    pool_average(args);
}

void psb_pool_f32_global_avx512(const psb_pool_f32_args *args)
{
    pool_global(args);
}
