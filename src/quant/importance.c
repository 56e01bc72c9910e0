/* SPDX-License-Identifier: Apache-2.0
 *
 * A squared error e in channel c becomes e * w[o][c]^2 in a convolution's sum o, and what counts is that beside the
 * sum's own variance: a quiet channel that is read with large weights is as dear as a loud one read with small ones.
 * One walk backward adds this up over all readers; concatenations, sums and pools hand on what their output's
 * channels cost, activations by how much of a channel's variance they let through; what nobody weighs counts by its
 * own mean square.
 */
#include "quant/importance_int.h"

#include <math.h>
#include <stdbool.h>

static const double LEAST_SQUARE = 1e-12;

static double own_weight(const psb_statistics *seen)
{
    double sum = 0;
    for (int32_t c = 0; c < seen->channels; c++) sum += seen->channel_square[c];
    sum /= seen->channels;
    return 1 / (sum > LEAST_SQUARE ? sum : LEAST_SQUARE);
}

static double variance(const psb_statistics *seen, int32_t c)
{
    const double square = seen->channel_square[c], mean = seen->channel_mean[c];
    return fmax(fmax(square - mean * mean, square * 1e-4), LEAST_SQUARE);
}

static void weigh_conv(psb_observation *observation, const psb_node *node)
{
    psb_statistics *in = &observation->values[node->inputs[0]];
    const psb_statistics *out = &observation->values[node->output];
    const int32_t own = in->channels / node->group, out_group = out->channels / node->group;
    const int32_t taps = node->sliding.kernel[0] * node->sliding.kernel[1];
    for (int32_t o = 0; o < out->channels; o++) {
        const double cost = 1 / variance(out, o);
        for (int32_t c = 0; c < own; c++) {
            const float *weights = node->weights + ((int64_t)o * own + c) * taps;
            double sum = 0;
            for (int32_t t = 0; t < taps; t++) sum += (double)weights[t] * (double)weights[t];
            in->channel_weight[o / out_group * own + c] += sum * cost;
        }
    }
}

/* Channel c of the input is channel first + c of the output, or the other way round all are alike. */
static void hand_on(psb_statistics *in, const psb_statistics *out, int32_t first)
{
    const bool matches = first + in->channels <= out->channels && in->channels > 1;
    double mean = 0;
    for (int32_t c = 0; c < out->channels; c++) mean += out->channel_weight[c] / out->channels;
    for (int32_t c = 0; c < in->channels; c++) in->channel_weight[c] += matches ? out->channel_weight[first + c] : mean;
}

void psb_importance_fill(psb_observation *observation, const psb_graph *graph)
{
    for (int32_t n = graph->node_count - 1; n >= 0; n--) {
        const psb_node *node = &graph->nodes[n];
        if (node->kind == PSB_NODE_DEAD) continue;
        psb_statistics *out = &observation->values[node->output];
        bool is_weighed = false;
        for (int32_t c = 0; c < out->channels; c++) is_weighed = is_weighed || out->channel_weight[c] > 0;
        for (int32_t c = 0; c < out->channels && !is_weighed; c++) out->channel_weight[c] = own_weight(out);
        if (node->kind == PSB_NODE_CONV) {
            weigh_conv(observation, node);
            continue;
        }
        if (node->kind == PSB_NODE_UNARY) {
            psb_statistics *in = &observation->values[node->inputs[0]];
            for (int32_t c = 0; c < in->channels; c++)
                in->channel_weight[c] += out->channel_weight[c] * variance(out, c) / variance(in, c);
            continue;
        }
        const bool joins_channels = node->kind == PSB_NODE_CONCAT && node->axis == 1;
        for (int32_t i = 0, first = 0; i < node->input_count; i++) {
            psb_statistics *in = &observation->values[node->inputs[i]];
            if (in->channels > 0) hand_on(in, out, first);
            if (joins_channels) first += in->channels;
        }
    }
}
