/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions that follow a convolution, as plain data, so that any kernel can apply them to what it just computed.
 * Fused, they cost a few instructions on values that are still in cache; apart, they cost a pass over memory.
 * psb_activation_apply is the specification; the vector forms stand in vec_*_int.h.
 *
 * Comparison class of every vector form:
 *   none, relu, leaky, clip      exact
 *   sigmoid, silu                4 epsilon of the value, + 8e-30: an exponential of degree 5 (relative error below 1
 *                                epsilon), one sum, one reciprocal, one product; nearly zero where C underflows
 *   hard sigmoid, hard swish     epsilon (1 + |b|), times |x| for the swish: a x is at most 1 + |b| where the result is
 *                                not a bound, and is rounded in C but not in a fused multiply-add
 * NaN stays NaN, but for relu, clip and the hard ones, where it is open.
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
