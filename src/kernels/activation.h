/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions that follow a convolution, as plain data, so that any kernel can apply them to what it just computed.
 * Fused, they cost a few instructions on values that are still in cache; apart, they cost a pass over memory.
 * psb_activation_apply is the specification; the vector forms stand in vec_*_int.h.
 *
 * Comparison class of every vector form: |fast - spec| <= 8 epsilon (|spec| + 1e-30). sigmoid and silu go through an
 * exponential of degree 5 (relative error below 2 epsilon, measured over all exponents by check_unary_f32), one
 * addition, one division; the others are exact up to one contracted multiply-add. All are NaN for NaN but RELU, CLIP,
 * HSWISH and HSIGMOID, where it is open.
 */
#ifndef PSB_KERNELS_ACTIVATION_H
#define PSB_KERNELS_ACTIVATION_H

typedef enum psb_activation_kind {
    PSB_ACTIVATION_NONE,         /* x */
    PSB_ACTIVATION_RELU,         /* max(x, 0) */
    PSB_ACTIVATION_LEAKY_RELU,   /* x < 0 ? a x : x */
    PSB_ACTIVATION_CLIP,         /* min(max(x, a), b) */
    PSB_ACTIVATION_SIGMOID,      /* 1 / (1 + exp(-x)) */
    PSB_ACTIVATION_SILU,         /* x / (1 + exp(-x)) */
    PSB_ACTIVATION_HARD_SIGMOID, /* min(max(a x + b, 0), 1) */
    PSB_ACTIVATION_HARD_SWISH,   /* x min(max(a x + b, 0), 1): a = 1/6, b = 1/2 is the usual one */
    PSB_ACTIVATION_COUNT
} psb_activation_kind;

/* All zero = none. */
typedef struct psb_activation {
    psb_activation_kind kind;
    float a, b;
} psb_activation;

float psb_activation_apply(psb_activation activation, float x);

/* "none", "relu", ... */
const char *psb_activation_name(psb_activation_kind kind);

#endif
