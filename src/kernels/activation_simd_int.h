/* SPDX-License-Identifier: Apache-2.0
 *
 * The activations on vectors, in the names of vec_*_int.h (include one of them first).
 * exp(x) = 2^n exp(r), n = round(x / ln 2), |r| <= ln(2)/2; n ln 2 is subtracted in two parts (Cody & Waite, Software
 * Manual for the Elementary Functions, 1980), exp(r) is a polynomial of degree 5 that is exact in its first two terms;
 * the other four were fitted to the least largest relative error (1.06e-7, 0.9 epsilon) by reweighted least squares.
 */
#ifndef PSB_KERNELS_ACTIVATION_SIMD_INT_H
#define PSB_KERNELS_ACTIVATION_SIMD_INT_H

#include <stdint.h>

#include "base/compiler.h"
#include "kernels/activation.h"

#define PSB_EXP_LIMIT 87.0f /* exp(-87) = 1.6e-38 and exp(87) = 6.1e37 are ordinary floats, and so is 1 + exp(87) */

/* How many vectors the functions below take at once: one alone is a chain of dependent multiply-adds, longer than a
 * processor looks ahead; with four, and the constants, the 32 registers of AVX-512 are full. */
enum { VEC_SIGMOIDS = VEC_WIDTH == 16 ? 4 : 2 };

/* exp(-x) as a factor near one and a power of two, so that who adds to their product can do both in one step.
 * |x| <= PSB_EXP_LIMIT, or NaN; count is a constant in each caller. Adding 1.5 * 2^23 + 127 rounds to a whole number n
 * and leaves n + 127 in the lowest bits: the exponent field of 2^n, once shifted up. s is -r, so the polynomial's signs
 * alternate. */
PSB_ALWAYS_INLINE void vec_exp_of_minus(vec factor[], vec power[], const vec x[], const int32_t count)
{
    static const float coefficients[] = {0x1.572a06p-5f, -0x1.5557aep-3f, 0x1.fffdfcp-2f, -1.0f, 1.0f};
    const vec rounder = vec_all(0x1.8000fep23f);
    vec s[VEC_SIGMOIDS];
    PSB_UNROLL
    for (int32_t i = 0; i < count; i++) power[i] = vec_fma(x[i], vec_all(-0x1.715476p+0f), rounder);
    PSB_UNROLL
    for (int32_t i = 0; i < count; i++) s[i] = vec_fma(vec_sub(power[i], rounder), vec_all(0x1.62e400p-1f), x[i]);
    PSB_UNROLL
    for (int32_t i = 0; i < count; i++) {
        s[i] = vec_fma(vec_sub(power[i], rounder), vec_all(0x1.7f7d1cp-20f), s[i]);
        factor[i] = vec_all(-0x1.10627ap-7f);
    }
    PSB_UNROLL
    for (int32_t c = 0; c < 5; c++) {
        PSB_UNROLL
        for (int32_t i = 0; i < count; i++) factor[i] = vec_fma(factor[i], s[i], vec_all(coefficients[c]));
    }
    PSB_UNROLL
    for (int32_t i = 0; i < count; i++) power[i] = vec_from_exponent(power[i]);
}

/* x = 1 / (1 + exp(-x)), |x| <= PSB_EXP_LIMIT, or NaN. */
PSB_ALWAYS_INLINE void vec_bounded_sigmoids(vec x[], const int32_t count)
{
    vec factor[VEC_SIGMOIDS], power[VEC_SIGMOIDS];
    vec_exp_of_minus(factor, power, x, count);
    PSB_UNROLL
    for (int32_t i = 0; i < count; i++) factor[i] = vec_fma(factor[i], power[i], vec_all(1.0f));
    PSB_UNROLL
    for (int32_t i = 0; i < count; i++) x[i] = vec_reciprocal(factor[i]);
}

PSB_ALWAYS_INLINE vec vec_bounded_sigmoid(vec x)
{
    vec_bounded_sigmoids(&x, 1);
    return x;
}

/* An activation with its two numbers spread over vectors, made once per call. */
typedef struct vec_activation {
    psb_activation_kind kind;
    vec a, b;
} vec_activation;

PSB_ALWAYS_INLINE vec_activation vec_activation_of(psb_activation activation)
{
    return (vec_activation){activation.kind, vec_all(activation.a), vec_all(activation.b)};
}

PSB_ALWAYS_INLINE vec vec_hard_sigmoid(vec_activation act, vec x)
{
    return vec_min(vec_all(1.0f), vec_max(vec_all(0.0f), vec_fma(act.a, x, act.b)));
}

/* To be called with a constant act.kind: the switch then vanishes. */
PSB_ALWAYS_INLINE vec vec_activate(vec_activation act, vec x)
{
    switch (act.kind) {
    case PSB_ACTIVATION_RELU:
        return vec_max(vec_all(0.0f), x);
    case PSB_ACTIVATION_LEAKY_RELU:
        return vec_where_negative(x, vec_mul(x, act.a));
    case PSB_ACTIVATION_CLIP:
        return vec_min(act.b, vec_max(act.a, x));
    case PSB_ACTIVATION_SIGMOID:
        return vec_bounded_sigmoid(vec_min(vec_all(PSB_EXP_LIMIT), vec_max(vec_all(-PSB_EXP_LIMIT), x)));
    case PSB_ACTIVATION_SILU:
        /* bounded below, so that -large times a sigmoid that cannot reach zero stays nearly zero */
        x = vec_max(vec_all(-PSB_EXP_LIMIT), x);
        return vec_mul(x, vec_bounded_sigmoid(vec_min(vec_all(PSB_EXP_LIMIT), x)));
    case PSB_ACTIVATION_HARD_SIGMOID:
        return vec_hard_sigmoid(act, x);
    case PSB_ACTIVATION_HARD_SWISH:
        return vec_mul(x, vec_hard_sigmoid(act, x));
    case PSB_ACTIVATION_NONE:
    case PSB_ACTIVATION_COUNT:
        break;
    }
    return x;
}

#endif
