/* SPDX-License-Identifier: Apache-2.0
 *
 * The activations, one value at a time: what every vector form must equal.
 * sigmoid(x) = 1 / (1 + exp(-x)) is right at both ends: exp overflows to infinity where the result is zero.
 */
#include "kernels/activation.h"

#include <math.h>

static float clamp(float x, float low, float high)
{
    x = x > low ? x : low;
    return x < high ? x : high;
}

float psb_activation_apply(psb_activation activation, float x)
{
    switch (activation.kind) {
    case PSB_ACTIVATION_RELU:
        return x > 0.0f ? x : 0.0f;
    case PSB_ACTIVATION_LEAKY_RELU:
        return x < 0.0f ? activation.a * x : x;
    case PSB_ACTIVATION_CLIP:
        return clamp(x, activation.a, activation.b);
    case PSB_ACTIVATION_SIGMOID:
        return 1.0f / (1.0f + expf(-x));
    case PSB_ACTIVATION_SILU:
        return x / (1.0f + expf(-x));
    case PSB_ACTIVATION_HARD_SIGMOID:
        return clamp(activation.a * x + activation.b, 0.0f, 1.0f);
    case PSB_ACTIVATION_HARD_SWISH:
        return x * clamp(activation.a * x + activation.b, 0.0f, 1.0f);
    case PSB_ACTIVATION_NONE:
    case PSB_ACTIVATION_COUNT:
        break;
    }
    return x;
}

const char *psb_activation_name(psb_activation_kind kind)
{
    static const char *const names[PSB_ACTIVATION_COUNT] = {
        [PSB_ACTIVATION_NONE] = "none",
        [PSB_ACTIVATION_RELU] = "relu",
        [PSB_ACTIVATION_LEAKY_RELU] = "leaky",
        [PSB_ACTIVATION_CLIP] = "clip",
        [PSB_ACTIVATION_SIGMOID] = "sigmoid",
        [PSB_ACTIVATION_SILU] = "silu",
        [PSB_ACTIVATION_HARD_SIGMOID] = "hsigmoid",
        [PSB_ACTIVATION_HARD_SWISH] = "hswish",
    };
    return (unsigned)kind < PSB_ACTIVATION_COUNT ? names[kind] : "?";
}
