/* SPDX-License-Identifier: Apache-2.0
 *
 * Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", ICCV 2019, section 4.1: where
 * f(s x) = s f(x), a convolution's output channel may be divided by s and the next one's input channel multiplied by
 * it. Weights have a scale for each output channel here, so the first convolution and a depthwise second one take any s
 * for nothing, and channels are brought to the full reach of their tensor; a dense second one would pay in its weights'
 * spread, so it gets the geometric mean of both wishes. Reaches are those seen on pictures.
 */
#include "quant/equalise_int.h"

#include <math.h>
#include <string.h>

enum { MOST_SCALE = 64 };

static bool is_homogeneous(psb_activation_kind kind)
{
    return kind == PSB_ACTIVATION_NONE || kind == PSB_ACTIVATION_RELU || kind == PSB_ACTIVATION_LEAKY_RELU;
}

/* The only reader of this value, or NULL. */
static psb_node *sole_reader(psb_graph *graph, int32_t value)
{
    psb_node *found = NULL;
    if (graph->values[value].uses != 1 || graph->values[value].is_output) return NULL;
    for (int32_t n = 0; n < graph->node_count && !found; n++)
        for (int32_t i = 0; i < graph->nodes[n].input_count && graph->nodes[n].kind != PSB_NODE_DEAD; i++)
            if (graph->nodes[n].inputs[i] == value) found = &graph->nodes[n];
    return found;
}

static bool is_depthwise(const psb_graph *graph, const psb_node *node)
{
    const int64_t channels = graph->values[node->inputs[0]].shape.dims[1];
    return node->group > 1 && node->group == channels && graph->values[node->output].shape.dims[1] == channels;
}

static int64_t taps_of(const psb_node *node)
{
    return (int64_t)node->sliding.kernel[0] * node->sliding.kernel[1];
}

/* The largest weight that reads input channel c of a dense convolution. */
static float column_reach(const psb_graph *graph, const psb_node *node, int64_t c)
{
    const int64_t channels = graph->values[node->inputs[0]].shape.dims[1], taps = taps_of(node);
    const int64_t out_channels = graph->values[node->output].shape.dims[1];
    float reach = 0;
    for (int64_t o = 0; o < out_channels; o++)
        for (int64_t t = 0; t < taps; t++) reach = fmaxf(reach, fabsf(node->weights[(o * channels + c) * taps + t]));
    return reach;
}

/* What every channel of the value between is multiplied by. */
static void choose_scales(float *scale, const psb_graph *graph, const psb_node *second, const psb_statistics *between)
{
    const bool depthwise = is_depthwise(graph, second);
    float largest = 0, largest_column = 0;
    for (int32_t c = 0; c < between->channels; c++) largest = fmaxf(largest, between->channel_reach[c]);
    for (int32_t c = 0; c < between->channels && !depthwise; c++)
        largest_column = fmaxf(largest_column, column_reach(graph, second, c));
    for (int32_t c = 0; c < between->channels; c++) {
        const float reach = fmaxf(between->channel_reach[c], largest / MOST_SCALE);
        scale[c] = reach > 0 ? largest / reach : 1;
        if (depthwise || !(reach > 0)) continue;
        const float column = fmaxf(column_reach(graph, second, c), largest_column / MOST_SCALE);
        scale[c] = column > 0 ? sqrtf(fmaxf(1, scale[c] * column / largest_column)) : 1;
    }
}

static psb_status scale_pair(psb_graph *graph, psb_node *first, psb_node *second, const psb_statistics *between)
{
    const int64_t channels = between->channels, second_outs = graph->values[second->output].shape.dims[1];
    const int64_t first_taps = graph->values[first->inputs[0]].shape.dims[1] / first->group * taps_of(first);
    const int64_t second_taps = taps_of(second);
    const bool depthwise = is_depthwise(graph, second);
    const size_t second_count = (size_t)(depthwise ? channels : channels * second_outs) * (size_t)second_taps;
    float *scale = psb_graph_alloc(graph, (size_t)channels, sizeof(*scale));
    float *weights = psb_graph_alloc(graph, (size_t)(channels * first_taps), sizeof(*weights));
    float *bias = psb_graph_alloc(graph, (size_t)channels, sizeof(*bias));
    float *next = psb_graph_alloc(graph, second_count, sizeof(*next));
    if (!scale || !weights || !bias || !next) return PSB_NO_MEMORY;
    choose_scales(scale, graph, second, between);
    for (int64_t c = 0; c < channels; c++) {
        for (int64_t t = 0; t < first_taps; t++)
            weights[c * first_taps + t] = first->weights[c * first_taps + t] * scale[c];
        bias[c] = first->bias ? first->bias[c] * scale[c] : 0;
    }
    for (size_t i = 0; i < second_count; i++)
        next[i] = second->weights[i] / scale[(int64_t)(i / (size_t)second_taps) % channels];
    first->weights = weights;
    first->bias = bias;
    second->weights = next;
    return PSB_OK;
}

psb_status psb_equalise(psb_graph *graph, int32_t *pairs_out, const psb_observation *observation)
{
    *pairs_out = 0;
    psb_graph_recount(graph);
    for (int32_t n = 0; n < graph->node_count; n++) {
        psb_node *first = &graph->nodes[n];
        if (first->kind != PSB_NODE_CONV || !is_homogeneous(first->activation.kind)) continue;
        int32_t value = first->output;
        psb_node *second = sole_reader(graph, value);
        if (second && second->kind == PSB_NODE_UNARY && is_homogeneous(second->activation.kind)) {
            value = second->output;
            second = sole_reader(graph, value);
        }
        if (!second || second->kind != PSB_NODE_CONV || !second->weights) continue;
        if (second->group != 1 && !is_depthwise(graph, second)) continue;
        psb_status status = scale_pair(graph, first, second, &observation->values[value]);
        if (status) return status;
        ++*pairs_out;
    }
    return PSB_OK;
}
