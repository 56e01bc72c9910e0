/* SPDX-License-Identifier: Apache-2.0
 *
 * Checking a graph that came from outside, node by node: what each reads is made before, shapes follow from each
 * other, windows touch the picture, bytes stand only where integer kernels can take and make them. The importer makes
 * sure of the same things on its own way in; a .psb file with a right checksum may still be anybody's.
 */
#include "nn/graph_check_int.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "kernels/dwconv_u8s8.h"
#include "nn/import_int.h"
#include "nn/sliding_int.h"

enum { MAX_SLIDING = 1 << 12, MAX_PRODUCTS = 1 << 16, MAX_STEP = 1 << 30 };

typedef struct checker {
    const psb_graph *graph;
    bool *made; /* of each value: by what stands before */
} checker;

static const psb_value *input_of(const checker *self, const psb_node *node, int32_t i)
{
    return &self->graph->values[node->inputs[i]];
}

static const psb_value *output_of(const checker *self, const psb_node *node)
{
    return &self->graph->values[node->output];
}

static bool is_bytes(const psb_value *value)
{
    return psb_encoding_is_bytes(value->encoding);
}

static bool is_picture(const psb_shape *shape)
{
    return shape->rank == 4 && shape->dims[0] == 1 && shape->dims[1] <= PSB_IMPORT_MAX_CHANNELS;
}

static bool sliding_is_sound(const psb_sliding *sliding, const psb_shape *in, const psb_shape *out)
{
    for (int32_t a = 0; a < 2; a++) {
        if (sliding->kernel[a] < 1 || sliding->kernel[a] > MAX_SLIDING) return false;
        if (sliding->stride[a] < 1 || sliding->stride[a] > MAX_SLIDING) return false;
        if (sliding->dilation[a] < 1 || sliding->dilation[a] > MAX_SLIDING) return false;
    }
    for (int32_t side = 0; side < 4; side++)
        if (sliding->pads[side] < 0 || sliding->pads[side] > MAX_SLIDING) return false;
    return psb_sliding_windows_touch(sliding, in, out);
}

/* --- Kinds --- */

/* Bytes come out of a clamp, or of a sum's table; floats of neither. */
static bool activation_is_sound(const psb_node *node, bool makes_bytes)
{
    bool has_table = psb_encoding_is_bytes(node->sum);
    bool clamps = node->activation.kind == PSB_ACTIVATION_NONE || node->activation.kind == PSB_ACTIVATION_RELU ||
                  node->activation.kind == PSB_ACTIVATION_CLIP;
    return makes_bytes ? clamps || has_table : !has_table;
}

static bool scales_are_sound(const float *scales, int64_t count)
{
    for (int64_t c = 0; c < count; c++)
        if (!(scales[c] >= 1e-30F && scales[c] <= 1e30F)) return false;
    return true;
}

/* Groups have no classes of their own. */
static bool classes_are_sound(const psb_node *node, int64_t channels, bool is_grouped, bool makes_bytes)
{
    if (node->class_count == 0) return true;
    if (is_grouped || !makes_bytes || !node->classes || !node->channel_class ||
        node->class_count > PSB_REQUANT_U8_MOST_CLASSES || !psb_encoding_equal(node->classes[0].sum, node->sum))
        return false;
    for (int32_t k = 0; k < node->class_count; k++)
        if (!scales_are_sound(&node->classes[k].sum.scale, 1) || !scales_are_sound(&node->classes[k].gain, 1))
            return false;
    for (int64_t c = 0; c < channels; c++)
        if (node->channel_class[c] >= node->class_count) return false;
    return true;
}

static bool is_depthwise(const psb_node *node, const psb_shape *in, const psb_shape *out)
{
    return node->group > 1 && node->group == in->dims[1] && out->dims[1] == in->dims[1];
}

static bool integer_conv_is_sound(const checker *self, const psb_node *node)
{
    const psb_shape *in = &input_of(self, node, 0)->shape, *out = &output_of(self, node)->shape;
    const psb_sliding *sliding = &node->sliding;
    int64_t taps = (int64_t)sliding->kernel[0] * sliding->kernel[1];
    if (!node->weight_scales || node->weights || node->residual >= 0) return false;
    if (!psb_encoding_is_bytes(node->taken) || sliding->dilation[0] != 1 || sliding->dilation[1] != 1) return false;
    if (taps > MAX_PRODUCTS || in->dims[1] / node->group > MAX_PRODUCTS / taps) return false;
    if (!scales_are_sound(node->weight_scales, out->dims[1])) return false;
    const bool depthwise = is_depthwise(node, in, out), makes_bytes = is_bytes(output_of(self, node));
    const bool is_grouped = node->group != 1 && !depthwise;
    if (depthwise && (taps > PSB_DWCONV_U8S8_MOST_TAPS || !makes_bytes)) return false;
    return classes_are_sound(node, out->dims[1], is_grouped, makes_bytes) && activation_is_sound(node, makes_bytes);
}

/* The residual is float32 in the end, so it is not asked what it is stored as. */
static bool residual_is_sound(const checker *self, const psb_node *node)
{
    if (node->residual < 0) return true;
    const psb_value *residual = &self->graph->values[node->residual];
    return psb_sliding_is_point(&node->sliding) && node->group == 1 && self->made[node->residual] &&
           psb_shape_equal(&residual->shape, &output_of(self, node)->shape);
}

static bool conv_is_sound(const checker *self, const psb_node *node)
{
    if (node->input_count != 1) return false;
    const psb_shape *in = &input_of(self, node, 0)->shape, *out = &output_of(self, node)->shape;
    if (!is_picture(in) || !is_picture(out) || !sliding_is_sound(&node->sliding, in, out)) return false;
    if (node->group < 1 || in->dims[1] % node->group != 0 || out->dims[1] % node->group != 0) return false;
    if (node->byte_weights) return integer_conv_is_sound(self, node);
    if (!node->weights || is_bytes(output_of(self, node)) || psb_encoding_is_bytes(node->taken)) return false;
    return residual_is_sound(self, node);
}

static bool pool_is_sound(const checker *self, const psb_node *node)
{
    if (node->input_count != 1) return false;
    const psb_shape *in = &input_of(self, node, 0)->shape, *out = &output_of(self, node)->shape;
    if (!is_picture(in) || !is_picture(out) || in->dims[1] != out->dims[1]) return false;
    if (node->kind == PSB_NODE_GLOBAL_AVERAGE_POOL) return out->dims[2] == 1 && out->dims[3] == 1;
    return node->sliding.dilation[0] == 1 && node->sliding.dilation[1] == 1 &&
           sliding_is_sound(&node->sliding, in, out);
}

static bool broadcasts(const psb_shape *in, const psb_shape *out)
{
    int32_t shift = out->rank - in->rank;
    if (shift < 0) return false;
    for (int32_t d = 0; d < in->rank; d++)
        if (in->dims[d] != 1 && in->dims[d] != out->dims[d + shift]) return false;
    return true;
}

/* Integer sums and products take two computed operands, the second perhaps a value for each channel. */
static bool integer_binary_is_sound(const checker *self, const psb_node *node)
{
    const psb_value *a = input_of(self, node, 0), *b = input_of(self, node, 1);
    if (!is_bytes(a) || !is_bytes(b) || !psb_shape_equal(&a->shape, &output_of(self, node)->shape)) return false;
    if (node->binary != PSB_BINARY_ADD && node->binary != PSB_BINARY_MUL) return false;
    if (node->activation.kind != PSB_ACTIVATION_NONE && node->activation.kind != PSB_ACTIVATION_RELU) return false;
    if (psb_shape_equal(&a->shape, &b->shape)) return true;
    return is_picture(&a->shape) && b->shape.rank == 4 && b->shape.dims[1] == a->shape.dims[1] &&
           b->shape.dims[2] == 1 && b->shape.dims[3] == 1;
}

static bool binary_is_sound(const checker *self, const psb_node *node)
{
    if (node->input_count != 2) return false;
    const psb_value *out = output_of(self, node);
    for (int32_t i = 0; i < 2; i++)
        if (!broadcasts(&input_of(self, node, i)->shape, &out->shape)) return false;
    return !is_bytes(out) || integer_binary_is_sound(self, node);
}

static bool unary_is_sound(const checker *self, const psb_node *node)
{
    if (node->input_count != 1) return false;
    const psb_value *in = input_of(self, node, 0), *out = output_of(self, node);
    return psb_shape_equal(&in->shape, &out->shape) && (!is_bytes(out) || is_bytes(in));
}

static bool softmax_is_sound(const checker *self, const psb_node *node)
{
    if (node->input_count != 1) return false;
    const psb_value *in = input_of(self, node, 0), *out = output_of(self, node);
    return psb_shape_equal(&in->shape, &out->shape) && node->axis < out->shape.rank && !is_bytes(out);
}

static bool resize_is_sound(const checker *self, const psb_node *node)
{
    if (node->input_count != 1) return false;
    const psb_shape *in = &input_of(self, node, 0)->shape, *out = &output_of(self, node)->shape;
    for (int32_t a = 0; a < 2; a++)
        if (!(node->scale[a] >= 1e-6 && node->scale[a] <= 1e6)) return false;
    return is_picture(in) && is_picture(out) && in->dims[1] == out->dims[1];
}

static bool pad_is_sound(const checker *self, const psb_node *node)
{
    if (node->input_count != 1) return false;
    const psb_value *in = input_of(self, node, 0), *out = output_of(self, node);
    const int32_t *pads = node->sliding.pads;
    if (!is_picture(&in->shape) || !is_picture(&out->shape) || in->shape.dims[1] != out->shape.dims[1]) return false;
    for (int32_t side = 0; side < 4; side++)
        if (pads[side] < 0 || pads[side] > MAX_SLIDING) return false;
    return out->shape.dims[2] == in->shape.dims[2] + pads[0] + pads[2] &&
           out->shape.dims[3] == in->shape.dims[3] + pads[1] + pads[3] && !is_bytes(out);
}

static bool concat_is_sound(const checker *self, const psb_node *node)
{
    const psb_shape *out = &output_of(self, node)->shape;
    int64_t along = 0;
    if (node->input_count < 1 || node->axis >= out->rank) return false;
    for (int32_t i = 0; i < node->input_count; i++) {
        const psb_shape *in = &input_of(self, node, i)->shape;
        if (in->rank != out->rank) return false;
        for (int32_t d = 0; d < out->rank; d++)
            if (d != node->axis && in->dims[d] != out->dims[d]) return false;
        along += in->dims[node->axis];
    }
    return along == out->dims[node->axis];
}

static bool transpose_is_sound(const psb_node *node, const psb_shape *in, const psb_shape *out)
{
    uint32_t seen = 0;
    if (in->rank != out->rank) return false;
    for (int32_t d = 0; d < out->rank; d++) {
        if (node->order[d] >= out->rank || (seen & 1U << node->order[d])) return false;
        if (out->dims[d] != in->dims[node->order[d]]) return false;
        seen |= 1U << node->order[d];
    }
    return true;
}

static bool slice_is_sound(const psb_node *node, const psb_shape *in, const psb_shape *out)
{
    if (in->rank != out->rank) return false;
    for (int32_t d = 0; d < out->rank; d++) {
        int64_t step = node->step[d], start = node->start[d];
        if (step == 0 || step > MAX_STEP || step < -MAX_STEP) return false;
        if (start < 0 || start >= in->dims[d]) return false;
        int64_t last = start + (out->dims[d] - 1) * step;
        if (last < 0 || last >= in->dims[d]) return false;
    }
    return true;
}

/* A view has its source's bytes. */
static bool view_is_sound(const checker *self, const psb_node *node)
{
    if (node->input_count != 1) return false;
    const psb_value *in = input_of(self, node, 0), *out = output_of(self, node);
    if (!psb_encoding_equal(in->encoding, out->encoding)) return false;
    if (node->kind == PSB_NODE_TRANSPOSE) return transpose_is_sound(node, &in->shape, &out->shape);
    if (node->kind == PSB_NODE_SLICE) return slice_is_sound(node, &in->shape, &out->shape);
    return psb_shape_elements(&in->shape) == psb_shape_elements(&out->shape);
}

static bool node_is_sound(const checker *self, const psb_node *node)
{
    switch (node->kind) {
    case PSB_NODE_CONV:
        return conv_is_sound(self, node);
    case PSB_NODE_MAX_POOL:
    case PSB_NODE_AVERAGE_POOL:
    case PSB_NODE_GLOBAL_AVERAGE_POOL:
        return pool_is_sound(self, node);
    case PSB_NODE_BINARY:
        return binary_is_sound(self, node);
    case PSB_NODE_UNARY:
        return unary_is_sound(self, node);
    case PSB_NODE_SOFTMAX:
        return softmax_is_sound(self, node);
    case PSB_NODE_RESIZE:
        return resize_is_sound(self, node);
    case PSB_NODE_PAD:
        return pad_is_sound(self, node);
    case PSB_NODE_CONCAT:
        return concat_is_sound(self, node);
    case PSB_NODE_RESHAPE:
    case PSB_NODE_TRANSPOSE:
    case PSB_NODE_SLICE:
        return view_is_sound(self, node);
    default:
        return false;
    }
}

/* --- The whole --- */

static psb_status check_node(checker *self, int32_t node_i)
{
    const psb_graph *graph = self->graph;
    const psb_node *node = &graph->nodes[node_i];
    for (int32_t i = 0; i < node->input_count; i++)
        if (!self->made[node->inputs[i]])
            return psb_fail(PSB_BAD_INPUT, "%s: node %d \"%.100s\": found an input that nothing before makes",
                            graph->file, node_i, node->name);
    if (self->made[node->output])
        return psb_fail(PSB_BAD_INPUT, "%s: node %d \"%.100s\": found an output that is made already", graph->file,
                        node_i, node->name);
    if (!node_is_sound(self, node))
        return psb_fail(PSB_BAD_INPUT, "%s: node %d \"%.100s\": found shapes or numbers that do not belong together",
                        graph->file, node_i, node->name);
    self->made[node->output] = true;
    return PSB_OK;
}

static psb_status check_ends(const checker *self)
{
    const psb_graph *graph = self->graph;
    for (int32_t o = 0; o < graph->output_count; o++) {
        const psb_value *value = &graph->values[graph->outputs[o]];
        if (!self->made[graph->outputs[o]] || value->producer < 0)
            return psb_fail(PSB_BAD_INPUT, "%s: output %d \"%.100s\" is made by no node", graph->file, o, value->name);
    }
    return PSB_OK;
}

static psb_status check_begins(checker *self)
{
    const psb_graph *graph = self->graph;
    if (graph->input_count < 1 || graph->output_count < 1)
        return psb_fail(PSB_BAD_INPUT, "%s: found %d inputs and %d outputs, expected some", graph->file,
                        graph->input_count, graph->output_count);
    for (int32_t v = 0; v < graph->value_count; v++) {
        self->made[v] = graph->values[v].floats != NULL;
        if (self->made[v] && is_bytes(&graph->values[v]))
            return psb_fail(PSB_BAD_INPUT, "%s: value \"%.100s\": found a constant in bytes, expected floats",
                            graph->file, graph->values[v].name);
    }
    for (int32_t i = 0; i < graph->input_count; i++) {
        int32_t v = graph->inputs[i];
        if (self->made[v] || is_bytes(&graph->values[v]))
            return psb_fail(PSB_BAD_INPUT, "%s: input %d: found a constant, bytes, or the same one twice", graph->file,
                            i);
        self->made[v] = true;
    }
    return PSB_OK;
}

psb_status psb_graph_check(const psb_graph *graph)
{
    checker self = {.graph = graph, .made = calloc((size_t)graph->value_count + 1, sizeof(bool))};
    if (!self.made) return psb_fail_memory("check of a model", (size_t)graph->value_count);
    psb_status status = check_begins(&self);
    for (int32_t n = 0; n < graph->node_count && !status; n++) status = check_node(&self, n);
    if (!status) status = check_ends(&self);
    free(self.made);
    return status;
}
