/* SPDX-License-Identifier: Apache-2.0
 *
 * A convolution's output channels may come in any order if all who read them know it: dense convolutions have their
 * weights' columns moved along, depthwise ones their rows, and then their own output is in that order too; what works
 * channel by channel hands the order on. Where a value's order would be seen from outside, or be mixed with another's
 * (a concatenation, a sum, a view), it is left alone.
 */
#include "quant/order_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static int64_t channels_of(const psb_graph *graph, int32_t value)
{
    return graph->values[value].shape.dims[1];
}

static bool is_depthwise(const psb_graph *graph, const psb_node *node)
{
    return node->kind == PSB_NODE_CONV && node->group > 1 && node->group == channels_of(graph, node->inputs[0]) &&
           node->group == channels_of(graph, node->output);
}

static bool is_by_channel(const psb_node *node)
{
    return node->kind == PSB_NODE_MAX_POOL || node->kind == PSB_NODE_AVERAGE_POOL ||
           node->kind == PSB_NODE_GLOBAL_AVERAGE_POOL || node->kind == PSB_NODE_RESIZE || node->kind == PSB_NODE_UNARY;
}

/* What a reader makes of another order of its input's channels. */
typedef enum order_effect { ORDER_ENDS, ORDER_GOES_ON, ORDER_MUST_NOT_CHANGE } order_effect;

static order_effect effect_on(const psb_graph *graph, const psb_node *node)
{
    if (is_by_channel(node)) return ORDER_GOES_ON;
    if (node->kind != PSB_NODE_CONV || !node->byte_weights) return ORDER_MUST_NOT_CHANGE;
    if (is_depthwise(graph, node)) return ORDER_GOES_ON;
    return node->group == 1 ? ORDER_ENDS : ORDER_MUST_NOT_CHANGE;
}

static bool reads_moving(const psb_node *node, const bool *moves)
{
    for (int32_t i = 0; i < node->input_count; i++)
        if (moves[node->inputs[i]]) return true;
    return node->kind == PSB_NODE_CONV && node->residual >= 0 && moves[node->residual];
}

/* Finds the values whose order changes with that of `value`; false where one of them must not. moves: all false. */
static bool find_moving(bool *moves, const psb_graph *graph, int32_t value)
{
    moves[value] = true;
    for (int32_t n = 0; n < graph->node_count; n++) { /* makers stand before readers */
        const psb_node *node = &graph->nodes[n];
        if (node->kind == PSB_NODE_DEAD || !reads_moving(node, moves)) continue;
        const order_effect effect = effect_on(graph, node);
        if (effect == ORDER_MUST_NOT_CHANGE) return false;
        if (effect == ORDER_GOES_ON) moves[node->output] = true;
    }
    for (int32_t v = 0; v < graph->value_count; v++)
        if (moves[v] && graph->values[v].is_output) return false;
    return true;
}

/* order[i]: which channel becomes channel i; those of a class keep their order. */
static void sort_by_class(int32_t *order, const psb_node *node, int64_t channels)
{
    int32_t count = 0;
    for (int32_t k = 0; k < node->class_count; k++)
        for (int32_t c = 0; c < channels; c++)
            if (node->channel_class[c] == k) order[count++] = c;
}

/* A copy of count elements in the order, or of NULL NULL; clears *is_whole where there is no memory. */
static const void *reordered(psb_graph *graph, const void *of, const int32_t *order, int64_t count, size_t size_bytes,
                             bool *is_whole)
{
    if (!of) return NULL;
    uint8_t *made = psb_graph_alloc(graph, (size_t)count, size_bytes);
    *is_whole = *is_whole && made;
    for (int64_t i = 0; i < count && made; i++)
        memcpy(made + (size_t)i * size_bytes, (const uint8_t *)of + (size_t)order[i] * size_bytes, size_bytes);
    return made;
}

static int64_t taps_of(const psb_node *node)
{
    return (int64_t)node->sliding.kernel[0] * node->sliding.kernel[1];
}

/* What the convolution makes, of `products` weights each. */
static bool move_outputs(psb_graph *graph, psb_node *node, const int32_t *order, int64_t products)
{
    const int64_t count = channels_of(graph, node->output);
    bool is_whole = true;
    node->byte_weights = reordered(graph, node->byte_weights, order, count, (size_t)products, &is_whole);
    node->weight_scales = reordered(graph, node->weight_scales, order, count, sizeof(float), &is_whole);
    node->bias = reordered(graph, node->bias, order, count, sizeof(float), &is_whole);
    node->channel_class = reordered(graph, node->channel_class, order, count, 1, &is_whole);
    return is_whole;
}

/* What the dense convolution reads. */
static bool move_inputs(psb_graph *graph, psb_node *node, const int32_t *order)
{
    const int64_t count = channels_of(graph, node->inputs[0]), outputs = channels_of(graph, node->output);
    const size_t taps = (size_t)taps_of(node), row = (size_t)count * taps;
    int8_t *made = psb_graph_alloc(graph, (size_t)outputs, row);
    if (!made) return false;
    for (size_t o = 0; o < (size_t)outputs; o++)
        for (int64_t i = 0; i < count; i++)
            memcpy(made + o * row + (size_t)i * taps, node->byte_weights + o * row + (size_t)order[i] * taps, taps);
    node->byte_weights = made;
    return true;
}

/* `source` makes the first of the moving values. */
static bool move_all(psb_graph *graph, const bool *moves, const int32_t *order, psb_node *source)
{
    const int64_t products = channels_of(graph, source->inputs[0]) * taps_of(source);
    bool is_whole = move_outputs(graph, source, order, products);
    for (int32_t n = 0; n < graph->node_count && is_whole; n++) {
        psb_node *node = &graph->nodes[n];
        if (node->kind != PSB_NODE_CONV || !moves[node->inputs[0]]) continue;
        is_whole = is_depthwise(graph, node) ? move_outputs(graph, node, order, taps_of(node))
                                             : move_inputs(graph, node, order);
    }
    return is_whole;
}

psb_status psb_order_channels(psb_graph *graph)
{
    psb_status status = PSB_OK;
    bool *moves = calloc((size_t)graph->value_count + 1, sizeof(*moves));
    if (!moves) return psb_fail_memory("channels in order", (size_t)graph->value_count);
    for (int32_t n = 0; n < graph->node_count && !status; n++) {
        psb_node *node = &graph->nodes[n];
        if (node->kind != PSB_NODE_CONV || node->class_count < 2 || node->group != 1) continue;
        memset(moves, 0, (size_t)graph->value_count);
        if (!find_moving(moves, graph, node->output)) continue;
        const int64_t channels = channels_of(graph, node->output);
        int32_t *order = calloc((size_t)channels, sizeof(*order));
        if (!order) {
            status = psb_fail_memory("channels in order", (size_t)channels * sizeof(*order));
            break;
        }
        sort_by_class(order, node, channels);
        if (!move_all(graph, moves, order, node)) status = PSB_NO_MEMORY;
        free(order);
    }
    free(moves);
    return status;
}
