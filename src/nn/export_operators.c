/* SPDX-License-Identifier: Apache-2.0
 *
 * How each kind of node is written. Activations stand as nodes of their own behind what they were fused into, because
 * ONNX has no fused ones; where the result is bytes, the pair behind them is what a runtime fuses them by.
 * A clamp that the bytes' range does anyhow (ReLU where zero is the lowest byte) is left out: ONNX Runtime recognises
 * an integer convolution only with the quantisation right behind it.
 */
#include <math.h>

#include "base/error.h"
#include "nn/export_int.h"
#include "nn/import_int.h"
#include "nn/operator_int.h"
#include "nn/sliding_int.h"

static psb_export_inputs one(const char *const *name)
{
    return (psb_export_inputs){1, name};
}

static Onnx__Node *write_unary(psb_export *self, const char *op, const char *output, const char *input)
{
    return psb_export_node(self, op, output, one(&input));
}

/* --- Activations --- */

/* What x is multiplied by in a swish; rounded to bytes where x is, so that the product is one of bytes. */
static const char *write_gate(psb_export *self, const char *x, psb_activation activation, bool rounds)
{
    const psb_encoding unit = {.scale = 1.0F / 255};
    const char *gate = psb_export_fresh(self, "gate");
    if (activation.kind == PSB_ACTIVATION_SILU) {
        write_unary(self, "Sigmoid", gate, x);
    } else {
        Onnx__Node *node = write_unary(self, "HardSigmoid", gate, x);
        psb_export_float(self, node, "alpha", activation.a);
        psb_export_float(self, node, "beta", activation.b);
    }
    if (!rounds) return gate;
    const char *rounded = psb_export_fresh(self, "gate");
    psb_export_pair(self, rounded, gate, unit);
    return rounded;
}

/* rounds: between bytes. */
static void write_activation(psb_export *self, const char *output, const char *x, psb_activation activation,
                             bool rounds)
{
    Onnx__Node *node;
    switch (activation.kind) {
    case PSB_ACTIVATION_RELU:
        write_unary(self, "Relu", output, x);
        break;
    case PSB_ACTIVATION_LEAKY_RELU:
        node = write_unary(self, "LeakyRelu", output, x);
        psb_export_float(self, node, "alpha", activation.a);
        break;
    case PSB_ACTIVATION_CLIP:
        psb_export_node(self, "Clip", output,
                        (psb_export_inputs){3, (const char *[]){x, psb_export_scalar(self, activation.a),
                                                                psb_export_scalar(self, activation.b)}});
        break;
    case PSB_ACTIVATION_SIGMOID:
        write_unary(self, "Sigmoid", output, x);
        break;
    case PSB_ACTIVATION_HARD_SIGMOID:
        node = write_unary(self, "HardSigmoid", output, x);
        psb_export_float(self, node, "alpha", activation.a);
        psb_export_float(self, node, "beta", activation.b);
        break;
    case PSB_ACTIVATION_SILU:
    case PSB_ACTIVATION_HARD_SWISH:
        psb_export_node(self, "Mul", output,
                        (psb_export_inputs){2, (const char *[]){x, write_gate(self, x, activation, rounds)}});
        break;
    default:
        break;
    }
}

/* Does rounding to these bytes do the clamp anyhow? */
static bool is_in_range(psb_activation activation, psb_encoding encoding)
{
    if (activation.kind == PSB_ACTIVATION_NONE) return true;
    if (activation.kind == PSB_ACTIVATION_RELU) return encoding.zero == 0;
    return activation.kind == PSB_ACTIVATION_CLIP && psb_encoding_quantise(encoding, activation.a) == 0 &&
           psb_encoding_quantise(encoding, activation.b) == 255;
}

/* What follows an operator until its node's value is made: its result rounded to `sum` where that is given, the
 * activation, the value's own bytes. */
typedef struct ending {
    psb_encoding sum, out;
    bool acts;
} ending;

static ending ending_of(const psb_export *self, const psb_node *node, psb_encoding sum)
{
    ending e = {sum, self->graph->values[node->output].encoding, node->activation.kind != PSB_ACTIVATION_NONE};
    if (!psb_encoding_is_bytes(e.out) || psb_encoding_is_bytes(sum)) return e;
    e.acts = !is_in_range(node->activation, e.out);
    if (e.acts) e.sum = e.out;
    return e;
}

/* Where the operator itself writes to: the value's own name, where nothing follows. */
static const char *begin(psb_export *self, const psb_node *node, ending e)
{
    const bool is_all = !e.acts && !psb_encoding_is_bytes(e.sum) && !psb_encoding_is_bytes(e.out);
    return is_all ? self->names[node->output] : psb_export_fresh(self, "result");
}

static void finish(psb_export *self, const psb_node *node, ending e, const char *made)
{
    const bool makes_bytes = psb_encoding_is_bytes(e.out);
    const char *own = self->names[node->output];
    if (psb_encoding_is_bytes(e.sum)) {
        const char *sum = e.acts || makes_bytes ? psb_export_fresh(self, "sum") : own;
        psb_export_pair(self, sum, made, e.sum);
        made = sum;
    }
    if (e.acts) {
        const char *acted = makes_bytes ? psb_export_fresh(self, "result") : own;
        write_activation(self, acted, made, node->activation, makes_bytes);
        made = acted;
    }
    if (makes_bytes) psb_export_pair(self, own, made, e.out);
}

/* Input input_i as the node takes it. */
static const char *operand_of(psb_export *self, const psb_node *node, int32_t input_i)
{
    const int32_t value = node->inputs[input_i];
    return psb_export_operand(self, value, psb_graph_taken(self->graph, node, value));
}

/* --- Windows --- */

static void write_window(psb_export *self, Onnx__Node *made, const psb_node *node)
{
    const psb_sliding *s = &node->sliding;
    const int64_t kernel[] = {s->kernel[0], s->kernel[1]}, stride[] = {s->stride[0], s->stride[1]};
    const int64_t pads[] = {s->pads[0], s->pads[1], s->pads[2], s->pads[3]};
    psb_export_ints(self, made, "kernel_shape", kernel, 2);
    psb_export_ints(self, made, "strides", stride, 2);
    psb_export_ints(self, made, "pads", pads, 4);
}

static psb_shape weights_shape(const psb_graph *graph, const psb_node *node)
{
    return (psb_shape){.rank = 4,
                       .dims = {graph->values[node->output].shape.dims[1],
                                graph->values[node->inputs[0]].shape.dims[1] / node->group, node->sliding.kernel[0],
                                node->sliding.kernel[1]}};
}

/* Weights of an integer convolution as floats: bytes behind a DequantizeLinear with a scale for each channel. */
static const char *write_byte_weights(psb_export *self, const psb_node *node)
{
    const psb_shape shape = weights_shape(self->graph, node), channels = {.rank = 1, .dims = {shape.dims[0]}};
    const int8_t *zeros = psb_export_alloc(self, (size_t)shape.dims[0], sizeof(*zeros));
    if (!zeros) return "";
    const char *inputs[] = {psb_export_tensor(self, "weights", PSB_ONNX_INT8, shape, node->byte_weights),
                            psb_export_tensor(self, "scales", PSB_ONNX_FLOAT, channels, node->weight_scales),
                            psb_export_tensor(self, "zeros", PSB_ONNX_INT8, channels, zeros)};
    const char *output = psb_export_fresh(self, "weights");
    Onnx__Node *made = psb_export_node(self, "DequantizeLinear", output, (psb_export_inputs){3, inputs});
    psb_export_int(self, made, "axis", 0);
    return output;
}

/* Biases in units of what one product is worth, rounded as the integer operator rounds them. */
static const char *write_integer_bias(psb_export *self, const psb_node *node)
{
    const int64_t count = self->graph->values[node->output].shape.dims[1];
    const psb_shape channels = {.rank = 1, .dims = {count}};
    int32_t *bias = psb_export_alloc(self, (size_t)count, sizeof(*bias));
    float *units = psb_export_alloc(self, (size_t)count, sizeof(*units));
    if (!bias || !units) return "";
    for (int64_t c = 0; c < count; c++) {
        const double unit = (double)node->taken.scale * (double)node->weight_scales[c];
        bias[c] = (int32_t)nearbyint((double)node->bias[c] / unit);
        units[c] = (float)unit;
    }
    const char *inputs[] = {psb_export_tensor(self, "bias", PSB_ONNX_INT32, channels, bias),
                            psb_export_tensor(self, "scales", PSB_ONNX_FLOAT, channels, units)};
    const char *output = psb_export_fresh(self, "bias");
    Onnx__Node *made = psb_export_node(self, "DequantizeLinear", output, (psb_export_inputs){2, inputs});
    psb_export_int(self, made, "axis", 0);
    return output;
}

static void write_conv(psb_export *self, const char *output, const psb_node *node)
{
    const psb_shape shape = weights_shape(self->graph, node), channels = {.rank = 1, .dims = {shape.dims[0]}};
    const bool is_integer = node->byte_weights != NULL;
    const char *inputs[3] = {operand_of(self, node, 0)};
    inputs[1] = is_integer ? write_byte_weights(self, node)
                           : psb_export_tensor(self, "weights", PSB_ONNX_FLOAT, shape, node->weights);
    if (node->bias)
        inputs[2] = is_integer ? write_integer_bias(self, node)
                               : psb_export_tensor(self, "bias", PSB_ONNX_FLOAT, channels, node->bias);
    Onnx__Node *made = psb_export_node(self, "Conv", output, (psb_export_inputs){node->bias ? 3 : 2, inputs});
    write_window(self, made, node);
    psb_export_ints(self, made, "dilations", (int64_t[]){node->sliding.dilation[0], node->sliding.dilation[1]}, 2);
    psb_export_int(self, made, "group", node->group);
}

/* The sum with a convolution in floats, before or behind its activation. */
static void export_residual(psb_export *self, const psb_node *node)
{
    const char *sum[2] = {psb_export_fresh(self, "result"),
                          psb_export_operand(self, node->residual, (psb_encoding){0})};
    const bool acts = node->activation.kind != PSB_ACTIVATION_NONE;
    const char *own = self->names[node->output];
    write_conv(self, sum[0], node);
    if (acts && !node->residual_first) {
        const char *acted = psb_export_fresh(self, "result");
        write_activation(self, acted, sum[0], node->activation, false);
        sum[0] = acted;
    }
    const char *added = acts && node->residual_first ? psb_export_fresh(self, "result") : own;
    psb_export_node(self, "Add", added, (psb_export_inputs){2, sum});
    if (added != own) write_activation(self, own, added, node->activation, false);
}

static void export_conv(psb_export *self, const psb_node *node)
{
    if (node->residual >= 0) {
        export_residual(self, node);
        return;
    }
    psb_encoding sum = node->sum;
    if (node->byte_weights && self->sums && !psb_encoding_is_bytes(self->graph->values[node->output].encoding))
        sum = self->sums[node - self->graph->nodes];
    const ending e = ending_of(self, node, sum);
    const char *made = begin(self, node, e);
    write_conv(self, made, node);
    finish(self, node, e, made);
}

/* Some window hangs over the padding, as only ceil_mode allows. */
static bool has_overhang(const psb_graph *graph, const psb_node *node)
{
    for (int32_t a = 0; a < 2; a++) {
        const int64_t in = graph->values[node->inputs[0]].shape.dims[2 + a];
        const int64_t out = graph->values[node->output].shape.dims[2 + a];
        const int64_t padded = in + node->sliding.pads[a] + node->sliding.pads[2 + a];
        if ((out - 1) * node->sliding.stride[a] + psb_sliding_reach(&node->sliding, a) > padded) return true;
    }
    return false;
}

static void write_pool(psb_export *self, const char *output, const psb_node *node)
{
    const char *input = operand_of(self, node, 0);
    if (node->kind == PSB_NODE_GLOBAL_AVERAGE_POOL) {
        write_unary(self, "GlobalAveragePool", output, input);
        return;
    }
    const bool is_max = node->kind == PSB_NODE_MAX_POOL;
    Onnx__Node *made = write_unary(self, is_max ? "MaxPool" : "AveragePool", output, input);
    write_window(self, made, node);
    psb_export_int(self, made, "ceil_mode", has_overhang(self->graph, node));
    if (!is_max) psb_export_int(self, made, "count_include_pad", node->count_padding);
}

/* --- Size --- */

static void write_resize(psb_export *self, const char *output, const psb_node *node)
{
    static const char *const coordinates[] = {[PSB_COORDINATES_HALF_PIXEL] = "half_pixel",
                                              [PSB_COORDINATES_PYTORCH_HALF_PIXEL] = "pytorch_half_pixel",
                                              [PSB_COORDINATES_ASYMMETRIC] = "asymmetric",
                                              [PSB_COORDINATES_ALIGN_CORNERS] = "align_corners"};
    static const char *const roundings[] = {[PSB_ROUNDING_PREFER_FLOOR] = "round_prefer_floor",
                                            [PSB_ROUNDING_PREFER_CEIL] = "round_prefer_ceil",
                                            [PSB_ROUNDING_FLOOR] = "floor",
                                            [PSB_ROUNDING_CEIL] = "ceil"};
    const psb_shape *in = &self->graph->values[node->inputs[0]].shape, *out = &self->graph->values[node->output].shape;
    const float scales[4] = {1, 1, (float)node->scale[0], (float)node->scale[1]};
    const bool is_exact = floor((double)in->dims[2] * (double)scales[2]) == (double)out->dims[2] &&
                          floor((double)in->dims[3] * (double)scales[3]) == (double)out->dims[3];
    const char *inputs[4] = {operand_of(self, node, 0), "", "", ""};
    if (is_exact) /* else by sizes, of which the reader makes its scales */
        inputs[2] = psb_export_tensor(self, "scales", PSB_ONNX_FLOAT, (psb_shape){.rank = 1, .dims = {4}}, scales);
    else
        inputs[3] = psb_export_list_of(self, out->dims, 4);
    Onnx__Node *made = psb_export_node(self, "Resize", output, (psb_export_inputs){is_exact ? 3 : 4, inputs});
    psb_export_word(self, made, "mode", node->linear ? "linear" : "nearest");
    psb_export_word(self, made, "coordinate_transformation_mode", coordinates[node->coordinates]);
    if (!node->linear) psb_export_word(self, made, "nearest_mode", roundings[node->rounding]);
}

static void write_pad(psb_export *self, const char *output, const psb_node *node)
{
    const int32_t *pads = node->sliding.pads;
    const int64_t all[8] = {0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]};
    const char *inputs[3] = {operand_of(self, node, 0), psb_export_list_of(self, all, 8),
                             psb_export_scalar(self, node->pad_value)};
    psb_export_node(self, "Pad", output, (psb_export_inputs){3, inputs});
}

/* --- Views and joins --- */

static void write_slice(psb_export *self, const char *output, const psb_node *node)
{
    const psb_shape *in = &self->graph->values[node->inputs[0]].shape, *out = &self->graph->values[node->output].shape;
    int64_t starts[PSB_TENSOR_MAX_RANK], ends[PSB_TENSOR_MAX_RANK], axes[PSB_TENSOR_MAX_RANK];
    int64_t steps[PSB_TENSOR_MAX_RANK];
    size_t count = 0;
    for (int32_t d = 0; d < in->rank; d++) {
        if (in->dims[d] == out->dims[d] && node->step[d] == 1) continue;
        const int64_t last = node->start[d] + (out->dims[d] - 1) * node->step[d];
        starts[count] = node->start[d];
        ends[count] = node->step[d] > 0 ? last + 1 : last > 0 ? last - 1 : INT64_MIN;
        axes[count] = d;
        steps[count++] = node->step[d];
    }
    const char *inputs[5] = {operand_of(self, node, 0), psb_export_list_of(self, starts, count),
                             psb_export_list_of(self, ends, count), psb_export_list_of(self, axes, count),
                             psb_export_list_of(self, steps, count)};
    psb_export_node(self, "Slice", output, (psb_export_inputs){5, inputs});
}

static void write_reshape(psb_export *self, const char *output, const psb_node *node)
{
    const psb_shape *shape = &self->graph->values[node->output].shape;
    const char *inputs[2] = {operand_of(self, node, 0), psb_export_list_of(self, shape->dims, (size_t)shape->rank)};
    psb_export_node(self, "Reshape", output, (psb_export_inputs){2, inputs});
}

static void write_transpose(psb_export *self, const char *output, const psb_node *node)
{
    int64_t order[PSB_TENSOR_MAX_RANK];
    const int32_t rank = self->graph->values[node->output].shape.rank;
    for (int32_t d = 0; d < rank; d++) order[d] = node->order[d];
    psb_export_ints(self, write_unary(self, "Transpose", output, operand_of(self, node, 0)), "perm", order,
                    (size_t)rank);
}

static void write_concat(psb_export *self, const char *output, const psb_node *node)
{
    const char *inputs[PSB_GRAPH_MAX_INPUTS];
    for (int32_t i = 0; i < node->input_count; i++) inputs[i] = operand_of(self, node, i);
    psb_export_int(self, psb_export_node(self, "Concat", output, (psb_export_inputs){node->input_count, inputs}),
                   "axis", node->axis);
}

static void write_binary(psb_export *self, const char *output, const psb_node *node)
{
    static const char *const ops[] = {
        [PSB_BINARY_ADD] = "Add", [PSB_BINARY_SUB] = "Sub", [PSB_BINARY_MUL] = "Mul", [PSB_BINARY_DIV] = "Div"};
    const char *inputs[2] = {operand_of(self, node, 0), operand_of(self, node, 1)};
    psb_export_node(self, ops[node->binary], output, (psb_export_inputs){2, inputs});
}

/* --- All --- */

/* The operator without what was fused behind it. */
static void write_operator(psb_export *self, const char *output, const psb_node *node)
{
    switch (node->kind) {
    case PSB_NODE_MAX_POOL:
    case PSB_NODE_AVERAGE_POOL:
    case PSB_NODE_GLOBAL_AVERAGE_POOL:
        write_pool(self, output, node);
        break;
    case PSB_NODE_BINARY:
        write_binary(self, output, node);
        break;
    case PSB_NODE_SOFTMAX:
        psb_export_int(self, write_unary(self, "Softmax", output, operand_of(self, node, 0)), "axis", node->axis);
        break;
    case PSB_NODE_RESIZE:
        write_resize(self, output, node);
        break;
    case PSB_NODE_PAD:
        write_pad(self, output, node);
        break;
    case PSB_NODE_CONCAT:
        write_concat(self, output, node);
        break;
    case PSB_NODE_RESHAPE:
        write_reshape(self, output, node);
        break;
    case PSB_NODE_TRANSPOSE:
        write_transpose(self, output, node);
        break;
    case PSB_NODE_SLICE:
        write_slice(self, output, node);
        break;
    default:
        self->status =
            psb_fail(PSB_BUG, "node \"%.100s\" of kind %d cannot be written as ONNX", node->name, (int)node->kind);
    }
}

void psb_export_operator(psb_export *self, int32_t node_i)
{
    const psb_node *node = &self->graph->nodes[node_i];
    if (node->kind == PSB_NODE_CONV) {
        export_conv(self, node);
        return;
    }
    if (node->kind == PSB_NODE_UNARY) { /* nothing but its activation */
        const psb_encoding out = self->graph->values[node->output].encoding;
        const bool makes_bytes = psb_encoding_is_bytes(out);
        const char *made = makes_bytes ? psb_export_fresh(self, "result") : self->names[node->output];
        write_activation(self, made, operand_of(self, node, 0), node->activation, makes_bytes);
        if (makes_bytes) psb_export_pair(self, self->names[node->output], made, out);
        return;
    }
    const ending e = ending_of(self, node, (psb_encoding){0});
    const char *made = begin(self, node, e);
    write_operator(self, made, node);
    finish(self, node, e, made);
}
