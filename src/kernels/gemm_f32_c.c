/* SPDX-License-Identifier: Apache-2.0
 *
 * Matrix product in plain C: the specification of gemm_f32.h. It reads the same packed panels as the fast kernels do
 * (here four columns wide), one output at a time.
 */
#include "kernels/gemm_f32.h"

static float product(const psb_gemm_f32_args *args, int32_t i, int32_t j)
{
    enum { COLUMNS = 4 }; /* of the list's row; n is padded to whole panels */
    size_t segments = args->segments ? (size_t)args->segments : 1, k = (size_t)args->k;
    const float *panel = args->packed + (size_t)(j / COLUMNS) * COLUMNS * (segments * k + 1);
    const float *w = panel + j % COLUMNS;
    float sum = *w;
    for (size_t s = 0; s < segments; s++) {
        const float *a = args->a + (size_t)i * args->lda + s * args->segment_stride;
        for (size_t p = 0; p < k; p++) {
            w += COLUMNS;
            sum += a[p] * *w;
        }
    }
    return sum;
}

void psb_gemm_f32_c(const psb_gemm_f32_args *args)
{
    for (int32_t i = 0; i < args->m; i++) {
        const float *residual = args->residual ? args->residual + (size_t)i * args->ld_residual : NULL;
        float *c = args->c + (size_t)i * args->ldc;
        for (int32_t j = 0; j < args->n; j++) {
            float x = product(args, i, j);
            if (residual && args->residual_before_activation) x += residual[j];
            x = psb_activation_apply(args->activation, x);
            if (residual && !args->residual_before_activation) x += residual[j];
            c[j] = x;
        }
    }
}
