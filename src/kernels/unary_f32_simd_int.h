/* SPDX-License-Identifier: Apache-2.0
 *
 * Activations and softmax of rows on vectors, in the names of vec_*_int.h (include one of them first).
 * Each activation has a loop of its own, so that its constants stay in registers.
 */
#ifndef PSB_KERNELS_UNARY_F32_SIMD_INT_H
#define PSB_KERNELS_UNARY_F32_SIMD_INT_H

#include <math.h>
#include <stdbool.h>

#include "kernels/activation_simd_int.h"
#include "kernels/unary_f32.h"

/* SiLU of VEC_SIGMOIDS vectors; in and out may be the same. */
PSB_ALWAYS_INLINE void silu_block(float *out, const float *in)
{
    vec x[VEC_SIGMOIDS], y[VEC_SIGMOIDS];
    PSB_UNROLL
    for (int32_t i = 0; i < VEC_SIGMOIDS; i++) {
        x[i] = vec_max(vec_all(-PSB_EXP_LIMIT), vec_load(in + i * VEC_WIDTH));
        y[i] = vec_min(vec_all(PSB_EXP_LIMIT), x[i]);
    }
    vec_bounded_sigmoids(y, VEC_SIGMOIDS);
    PSB_UNROLL
    for (int32_t i = 0; i < VEC_SIGMOIDS; i++) vec_store(out + i * VEC_WIDTH, vec_mul(x[i], y[i]));
}

PSB_ALWAYS_INLINE void activate_rows(const psb_unary_f32_args *args, psb_activation_kind kind)
{
    vec_activation act = vec_activation_of(args->activation);
    act.kind = kind; /* constant in each caller */
    bool gapless = args->ld_in == args->columns && args->ld_out == args->columns;
    size_t rows = gapless ? 1 : args->rows, columns = gapless ? args->rows * args->columns : args->columns;
    size_t whole = columns / VEC_WIDTH * VEC_WIDTH;
    vec_part part = vec_part_of(columns - whole);

    for (size_t i = 0; i < rows; i++) {
        const float *in = args->in + i * args->ld_in;
        float *out = args->out + i * args->ld_out;
        size_t j = 0;
        if (kind == PSB_ACTIVATION_SILU)
            for (; j + VEC_SIGMOIDS * VEC_WIDTH <= columns; j += VEC_SIGMOIDS * VEC_WIDTH) silu_block(out + j, in + j);
        for (; j < whole; j += VEC_WIDTH) vec_store(out + j, vec_activate(act, vec_load(in + j)));
        if (whole < columns) vec_store_part(out + whole, part, vec_activate(act, vec_load_part(in + whole, part)));
    }
}

PSB_ALWAYS_INLINE void unary_activate(const psb_unary_f32_args *args)
{
    switch (args->activation.kind) {
    case PSB_ACTIVATION_RELU:
        activate_rows(args, PSB_ACTIVATION_RELU);
        break;
    case PSB_ACTIVATION_LEAKY_RELU:
        activate_rows(args, PSB_ACTIVATION_LEAKY_RELU);
        break;
    case PSB_ACTIVATION_CLIP:
        activate_rows(args, PSB_ACTIVATION_CLIP);
        break;
    case PSB_ACTIVATION_SIGMOID:
        activate_rows(args, PSB_ACTIVATION_SIGMOID);
        break;
    case PSB_ACTIVATION_SILU:
        activate_rows(args, PSB_ACTIVATION_SILU);
        break;
    case PSB_ACTIVATION_HARD_SIGMOID:
        activate_rows(args, PSB_ACTIVATION_HARD_SIGMOID);
        break;
    case PSB_ACTIVATION_HARD_SWISH:
        activate_rows(args, PSB_ACTIVATION_HARD_SWISH);
        break;
    case PSB_ACTIVATION_NONE:
    case PSB_ACTIVATION_COUNT:
        activate_rows(args, PSB_ACTIVATION_NONE);
        break;
    }
}

/* exp(x - top), x <= top */
PSB_ALWAYS_INLINE vec exp_below(vec top, vec x)
{
    vec below = vec_min(vec_all(PSB_EXP_LIMIT), vec_sub(top, x)), factor, power;
    vec_exp_of_minus(&factor, &power, &below, 1);
    return vec_mul(factor, power);
}

PSB_ALWAYS_INLINE void softmax_row(float *out, const float *in, size_t columns)
{
    size_t whole = columns / VEC_WIDTH * VEC_WIDTH;
    vec_part part = vec_part_of(columns - whole);
    vec lowest = vec_all(-INFINITY);
    vec largest = whole < columns ? vec_fill(vec_load_part(in + whole, part), part, lowest) : lowest;
    for (size_t j = 0; j < whole; j += VEC_WIDTH) largest = vec_max(largest, vec_load(in + j));

    vec top = vec_all(vec_largest(largest)), sum = vec_all(0.0f);
    for (size_t j = 0; j < whole; j += VEC_WIDTH) {
        vec e = exp_below(top, vec_load(in + j));
        vec_store(out + j, e);
        sum = vec_add(sum, e);
    }
    vec last = vec_all(0.0f);
    if (whole < columns) {
        last = vec_fill(exp_below(top, vec_fill(vec_load_part(in + whole, part), part, top)), part, vec_all(0.0f));
        sum = vec_add(sum, last);
    }

    vec divisor = vec_all(vec_sum(sum));
    for (size_t j = 0; j < whole; j += VEC_WIDTH) vec_store(out + j, vec_div(vec_load(out + j), divisor));
    if (whole < columns) vec_store_part(out + whole, part, vec_div(last, divisor));
}

PSB_ALWAYS_INLINE void unary_softmax(const psb_unary_f32_args *args)
{
    for (size_t i = 0; i < args->rows; i++)
        softmax_row(args->out + i * args->ld_out, args->in + i * args->ld_in, args->columns);
}

#endif
