/* SPDX-License-Identifier: Apache-2.0
 *
 * Work that rides along with a convolution instead of crossing memory again: batch normalisation becomes part of its
 * weights, padding part of its window, an activation and a residual sum part of its last loop. Activations that files
 * spell out (x * sigmoid(x); x * clip(x + 3, 0, 6) / 6) are first recognised as what they are.
 * One walk in the order of the nodes is enough: what a node can join stands before it.
 */
#include "nn/pass_int.h"

#include <math.h>

#include "nn/sliding_int.h"

/* The node that makes this value for one reader only, so that it may be rewritten; else NULL. */
static psb_node *sole_producer(psb_graph *graph, int32_t value)
{
    const psb_value *made = &graph->values[value];
    if (made->producer < 0 || made->uses != 1 || made->is_output) return NULL;
    return &graph->nodes[made->producer];
}

/* `last` ends here; `first`, which stands before it and fed it, makes its output now. */
static void absorb(psb_graph *graph, psb_node *first, psb_node *last)
{
    first->output = last->output;
    graph->values[last->output].producer = (int32_t)(first - graph->nodes);
    last->kind = PSB_NODE_DEAD;
}

static bool scalar(const psb_graph *graph, int32_t value, float *out)
{
    const psb_value *constant = &graph->values[value];
    if (!constant->floats || psb_shape_elements(&constant->shape) != 1) return false;
    *out = constant->floats[0];
    return true;
}

/* node: x * s where s = sigmoid(x) or hard sigmoid(x) is used here only: one activation of x. */
static void find_gated(psb_graph *graph, psb_node *node)
{
    if (node->binary != PSB_BINARY_MUL || node->activation.kind != PSB_ACTIVATION_NONE) return;
    for (int32_t side = 0; side < 2; side++) {
        psb_node *gate = sole_producer(graph, node->inputs[side]);
        if (!gate || gate->kind != PSB_NODE_UNARY || gate->inputs[0] != node->inputs[1 - side]) continue;
        bool smooth = gate->activation.kind == PSB_ACTIVATION_SIGMOID;
        if (!smooth && gate->activation.kind != PSB_ACTIVATION_HARD_SIGMOID) continue;
        node->kind = PSB_NODE_UNARY;
        node->activation = gate->activation;
        node->activation.kind = smooth ? PSB_ACTIVATION_SILU : PSB_ACTIVATION_HARD_SWISH;
        node->inputs[0] = gate->inputs[0];
        node->input_count = 1;
        gate->kind = PSB_NODE_DEAD;
        graph->values[node->inputs[0]].uses--;
        return;
    }
}

/* The node that makes clip(x + b, 0, most) for one reader only, the clip having joined the sum already; else NULL. */
static psb_node *find_clipped_sum(psb_graph *graph, int32_t value, int32_t x, float most, float *shift)
{
    psb_node *sum = sole_producer(graph, value);
    if (!sum || sum->kind != PSB_NODE_BINARY || sum->binary != PSB_BINARY_ADD) return NULL;
    if (sum->activation.kind != PSB_ACTIVATION_CLIP || sum->activation.a != 0 || sum->activation.b != most) return NULL;
    int32_t constant_side = sum->inputs[0] == x ? 1 : 0;
    if (sum->inputs[1 - constant_side] != x || !scalar(graph, sum->inputs[constant_side], shift)) return NULL;
    return sum;
}

/* node: (x * clip(x + b, 0, c)) / c, a hard swish of x. */
static void find_hard_swish(psb_graph *graph, psb_node *node)
{
    float divisor, shift;
    if (node->binary != PSB_BINARY_DIV || node->activation.kind != PSB_ACTIVATION_NONE) return;
    if (!scalar(graph, node->inputs[1], &divisor) || !(divisor > 0)) return;
    psb_node *product = sole_producer(graph, node->inputs[0]);
    if (!product || product->kind != PSB_NODE_BINARY || product->binary != PSB_BINARY_MUL ||
        product->activation.kind != PSB_ACTIVATION_NONE)
        return;
    for (int32_t side = 0; side < 2; side++) {
        int32_t x = product->inputs[1 - side];
        /* a single value of more dimensions than x would give the result those too */
        if (!psb_shape_equal(&graph->values[x].shape, &graph->values[node->output].shape)) continue;
        psb_node *sum = find_clipped_sum(graph, product->inputs[side], x, divisor, &shift);
        if (!sum) continue;
        node->kind = PSB_NODE_UNARY;
        node->activation = (psb_activation){.kind = PSB_ACTIVATION_HARD_SWISH, .a = 1 / divisor, .b = shift / divisor};
        node->inputs[0] = x;
        node->input_count = 1;
        product->kind = PSB_NODE_DEAD;
        sum->kind = PSB_NODE_DEAD;
        graph->values[x].uses--;
        return;
    }
}

static void fuse_activation(psb_graph *graph, psb_node *node)
{
    psb_node *before = sole_producer(graph, node->inputs[0]);
    if (!before || before->activation.kind != PSB_ACTIVATION_NONE) return;
    if (before->kind != PSB_NODE_CONV && before->kind != PSB_NODE_BINARY) return;
    before->activation = node->activation;
    absorb(graph, before, node);
}

/* conv, then y = x * factor + shift: one convolution with scaled weights. Sums in double, rounded once. */
static psb_status fold_affine(psb_graph *graph, psb_node *node)
{
    psb_node *conv = sole_producer(graph, node->inputs[0]);
    int64_t channels = graph->values[node->output].shape.dims[1];
    if (!conv || conv->kind != PSB_NODE_CONV || conv->activation.kind != PSB_ACTIVATION_NONE || conv->residual >= 0) {
        node->kind = PSB_NODE_CONV; /* nothing to join: a depthwise 1x1 convolution does the same */
        node->group = (int32_t)channels;
        return PSB_OK;
    }
    int64_t taps =
        graph->values[conv->inputs[0]].shape.dims[1] / conv->group * conv->sliding.kernel[0] * conv->sliding.kernel[1];
    float *weights = psb_graph_alloc(graph, (size_t)(channels * taps), sizeof(float));
    float *bias = psb_graph_alloc(graph, (size_t)channels, sizeof(float));
    if (!weights || !bias) return PSB_NO_MEMORY;
    for (int64_t c = 0; c < channels; c++) {
        double factor = node->weights[c];
        for (int64_t t = 0; t < taps; t++) weights[c * taps + t] = (float)(conv->weights[c * taps + t] * factor);
        bias[c] = (float)((conv->bias ? conv->bias[c] : 0) * factor + node->bias[c]);
    }
    conv->weights = weights;
    conv->bias = bias;
    absorb(graph, conv, node);
    return PSB_OK;
}

/* Some window reaches past the padding below or to the right, as ceil_mode allows. */
static bool windows_overhang(const psb_sliding *sliding, const psb_shape *in, const psb_shape *out)
{
    for (int32_t a = 0; a < 2; a++) {
        int64_t padded = in->dims[2 + a] + sliding->pads[a] + sliding->pads[2 + a];
        if ((out->dims[2 + a] - 1) * sliding->stride[a] + psb_sliding_reach(sliding, a) > padded) return true;
    }
    return false;
}

/* Zero padding before a convolution or an average is the window's own, as long as every window keeps a real pixel. An
 * average then counts the padding, and so may not overhang: it would count what lies beyond, too. */
static void fold_pad(psb_graph *graph, psb_node *node)
{
    psb_node *pad = sole_producer(graph, node->inputs[0]);
    if (!pad || pad->kind != PSB_NODE_PAD || pad->pad_value != 0) return;
    psb_sliding sliding = node->sliding;
    bool has_own = false;
    for (int32_t side = 0; side < 4; side++) {
        has_own = has_own || sliding.pads[side] != 0;
        sliding.pads[side] += pad->sliding.pads[side];
    }
    if (node->kind == PSB_NODE_AVERAGE_POOL && has_own && !node->count_padding) return;
    const psb_shape *in = &graph->values[pad->inputs[0]].shape, *out = &graph->values[node->output].shape;
    if (node->kind == PSB_NODE_AVERAGE_POOL && windows_overhang(&sliding, in, out)) return;
    if (!psb_sliding_windows_touch(&sliding, in, out)) return;
    node->sliding = sliding;
    node->count_padding = true;
    node->inputs[0] = pad->inputs[0];
    pad->kind = PSB_NODE_DEAD;
}

/* conv + y, both of the sum's shape: the convolution adds y while it writes. It moves to where the sum stood, since y
 * may be made between the two. Only products of matrices (1x1) know how. */
static void fuse_residual(psb_graph *graph, psb_node *node)
{
    if (node->binary != PSB_BINARY_ADD) return;
    for (int32_t side = 0; side < 2; side++) {
        psb_node *conv = sole_producer(graph, node->inputs[side]);
        int32_t other = node->inputs[1 - side];
        if (!conv || conv->kind != PSB_NODE_CONV || conv->residual >= 0 || !psb_sliding_is_point(&conv->sliding) ||
            conv->group != 1 || graph->values[other].floats)
            continue;
        if (node->activation.kind != PSB_ACTIVATION_NONE && conv->activation.kind != PSB_ACTIVATION_NONE) continue;
        const psb_shape *sum = &graph->values[node->output].shape;
        if (!psb_shape_equal(&graph->values[other].shape, sum)) continue;
        if (!psb_shape_equal(&graph->values[conv->output].shape, sum)) continue; /* one pixel for all, e.g. */
        psb_node joined = *conv;
        joined.residual = other;
        joined.residual_first = conv->activation.kind == PSB_ACTIVATION_NONE;
        if (joined.residual_first) joined.activation = node->activation;
        joined.output = node->output;
        conv->kind = PSB_NODE_DEAD;
        *node = joined;
        return;
    }
}

psb_status psb_pass_fuse(psb_graph *graph)
{
    psb_graph_recount(graph);
    for (int32_t n = 0; n < graph->node_count; n++) {
        psb_node *node = &graph->nodes[n];
        psb_status status = PSB_OK;
        if (node->kind == PSB_NODE_BINARY) find_gated(graph, node);
        if (node->kind == PSB_NODE_BINARY) find_hard_swish(graph, node);
        if (node->kind == PSB_NODE_BINARY) fuse_residual(graph, node);
        if (node->kind == PSB_NODE_UNARY) fuse_activation(graph, node);
        if (node->kind == PSB_NODE_AFFINE) status = fold_affine(graph, node);
        if (node->kind == PSB_NODE_CONV || node->kind == PSB_NODE_AVERAGE_POOL) fold_pad(graph, node);
        if (status) return status;
    }
    psb_graph_recount(graph);
    return PSB_OK;
}
