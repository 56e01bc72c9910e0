/* SPDX-License-Identifier: Apache-2.0
 *
 * The peak loops in C: their definition. Compilers see that the products of dot are the same in every round and would
 * make them once; the empty instruction hides that from them, here as in the other variants.
 */
#include "base/compiler.h"
#include "kernels/peak.h"

void psb_peak_fma_c(psb_peak_args *args)
{
    for (int64_t round = 0; round < args->rounds; round++)
        for (int32_t i = 0; i < PSB_PEAK_SUMS; i++) args->sums_f32[i] = args->factor * args->sums_f32[i] + args->addend;
}

void psb_peak_dot_c(psb_peak_args *args)
{
    for (int64_t round = 0; round < args->rounds; round++) {
        PSB_ASM volatile("" : "+m"(args->bytes));
        for (int32_t i = 0; i < PSB_PEAK_SUMS; i++) {
            uint32_t sum = (uint32_t)args->sums_s32[i];
            for (int32_t k = 0; k < PSB_PEAK_GROUP; k++) sum += (uint32_t)(args->bytes[k] * args->weights[k]);
            args->sums_s32[i] = (int32_t)sum;
        }
    }
}

void psb_peak_read_c(psb_peak_args *args)
{
    float sum = 0;
    for (size_t i = 0; i < args->word_count; i++) sum += args->words[i];
    args->word_sum = sum;
}
