/* SPDX-License-Identifier: Apache-2.0
 *
 * Integer matrix product in plain C: the specification of gemm_u8s8.h. It reads the same packed panels as the fast
 * kernels do (here four columns wide), one output at a time.
 */
#include "kernels/gemm_u8s8.h"

enum { COLUMNS = 4, GROUP = PSB_GEMM_U8S8_GROUP }; /* of the list's row; n is padded to whole panels */

static size_t groups_per_segment(const psb_gemm_u8s8_args *args)
{
    return ((size_t)args->k + GROUP - 1) / GROUP;
}

static size_t segment_count(const psb_gemm_u8s8_args *args)
{
    return args->segments ? (size_t)args->segments : 1;
}

static const unsigned char *panel_of(const psb_gemm_u8s8_args *args, int32_t j)
{
    size_t weight_bytes = segment_count(args) * groups_per_segment(args) * GROUP;
    return (const unsigned char *)args->packed +
           (size_t)(j / COLUMNS) * COLUMNS * (sizeof(int32_t) + sizeof(float) + weight_bytes);
}

static int32_t product(const psb_gemm_u8s8_args *args, int32_t i, int32_t j)
{
    const unsigned char *panel = panel_of(args, j);
    int32_t sum = ((const int32_t *)(const void *)panel)[j % COLUMNS];
    const int8_t *weights = (const int8_t *)(panel + COLUMNS * (sizeof(int32_t) + sizeof(float)));
    for (size_t s = 0; s < segment_count(args); s++) {
        const uint8_t *a = args->a + (size_t)i * args->lda + s * args->segment_stride;
        for (size_t p = 0; p < (size_t)args->k; p++) {
            size_t group = s * groups_per_segment(args) + p / GROUP;
            sum += a[p] * weights[(group * COLUMNS + (size_t)(j % COLUMNS)) * GROUP + p % GROUP];
        }
    }
    return sum;
}

void psb_gemm_u8s8_c(const psb_gemm_u8s8_args *args)
{
    for (int32_t i = 0; i < args->m; i++)
        for (int32_t j = 0; j < args->n; j++) {
            int32_t sum = product(args, i, j);
            const unsigned char *panel = panel_of(args, j);
            float multiplier = ((const float *)(const void *)(panel + COLUMNS * sizeof(int32_t)))[j % COLUMNS];
            size_t at = (size_t)i * args->ldc + (size_t)j;
            if (args->c)
                args->c[at] = psb_requant_u8_value(&args->requant, sum, multiplier, (size_t)j);
            else
                args->c_f32[at] = (float)sum * multiplier;
        }
}
