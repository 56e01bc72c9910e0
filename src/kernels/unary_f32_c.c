/* SPDX-License-Identifier: Apache-2.0
 *
 * Activations and softmax of rows in plain C: the specification of unary_f32.h.
 * Softmax subtracts the row's largest value first, so that no exponential overflows.
 */
#include <math.h>

#include "kernels/unary_f32.h"

void psb_unary_f32_activate_c(const psb_unary_f32_args *args)
{
    for (size_t i = 0; i < args->rows; i++)
        for (size_t j = 0; j < args->columns; j++)
            args->out[i * args->ld_out + j] = psb_activation_apply(args->activation, args->in[i * args->ld_in + j]);
}

void psb_unary_f32_softmax_c(const psb_unary_f32_args *args)
{
    for (size_t i = 0; i < args->rows; i++) {
        const float *in = args->in + i * args->ld_in;
        float *out = args->out + i * args->ld_out;
        float largest = in[0], sum = 0.0f;
        for (size_t j = 1; j < args->columns; j++) largest = in[j] > largest ? in[j] : largest;
        for (size_t j = 0; j < args->columns; j++) {
            out[j] = expf(in[j] - largest); /* the largest becomes 1: no overflow, whatever the row */
            sum += out[j];
        }
        for (size_t j = 0; j < args->columns; j++) out[j] /= sum;
    }
}
