/* SPDX-License-Identifier: Apache-2.0
 *
 * ONNX's operators that compute value by value (sums, products, activations), softmax, and the two that change a
 * picture's size (Resize, Pad). What moved from attributes to inputs over the years (bounds, pads, scales) is read from
 * wherever the file's operator set has it.
 */
#include "nn/import_int.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { FIRST_OPSET_OF_CLIP_INPUTS = 11, FIRST_OPSET_OF_PAD_INPUTS = 11, FIRST_OPSET_OF_SOFTMAX_ON_ONE_AXIS = 13 };

/* --- Two operands --- */

/* Shapes are matched from the last dimension on; a dimension of 1 (or none) repeats. */
static psb_status broadcast(psb_import *import, psb_shape *out, const psb_shape *a, const psb_shape *b)
{
    out->rank = a->rank > b->rank ? a->rank : b->rank;
    for (int32_t d = 1; d <= out->rank; d++) {
        int64_t x = d <= a->rank ? a->dims[a->rank - d] : 1, y = d <= b->rank ? b->dims[b->rank - d] : 1;
        if (x != y && x != 1 && y != 1) {
            char left[PSB_SHAPE_TEXT_BYTES], right[PSB_SHAPE_TEXT_BYTES];
            return psb_import_fail(import, PSB_BAD_INPUT, "found operands of %s and %s, expected shapes that match",
                                   psb_shape_text(left, a), psb_shape_text(right, b));
        }
        out->dims[out->rank - d] = x == 1 ? y : x;
    }
    return PSB_OK;
}

static psb_status import_binary(psb_import *import, psb_binary_op op)
{
    int32_t operands[2];
    psb_status status = psb_import_operand(import, &operands[0], 0);
    if (!status) status = psb_import_operand(import, &operands[1], 1);
    if (status) return status;
    psb_shape a = import->graph->values[operands[0]].shape, b = import->graph->values[operands[1]].shape, out;
    if (import->graph->values[operands[0]].floats && import->graph->values[operands[1]].floats)
        return psb_import_fail(import, PSB_UNSUPPORTED, "found two constants, expected at least one computed operand");
    status = broadcast(import, &out, &a, &b);
    psb_node *node;
    if (!status) status = psb_import_emit(import, &node, PSB_NODE_BINARY, (psb_inputs){2, operands}, 0, &out);
    if (!status) node->binary = op;
    return status;
}

psb_status psb_import_add(psb_import *import)
{
    return import_binary(import, PSB_BINARY_ADD);
}

psb_status psb_import_sub(psb_import *import)
{
    return import_binary(import, PSB_BINARY_SUB);
}

psb_status psb_import_mul(psb_import *import)
{
    return import_binary(import, PSB_BINARY_MUL);
}

psb_status psb_import_div(psb_import *import)
{
    return import_binary(import, PSB_BINARY_DIV);
}

/* --- Activations --- */

/* An operand that is computed: constants are not folded through arithmetic. */
static psb_status computed(psb_import *import, int32_t *value_out)
{
    psb_status status = psb_import_operand(import, value_out, 0);
    if (status) return status;
    if (import->graph->values[*value_out].floats)
        return psb_import_fail(import, PSB_UNSUPPORTED, "found a constant operand, expected a computed one");
    return PSB_OK;
}

static psb_status import_unary(psb_import *import, psb_activation activation)
{
    int32_t input;
    psb_status status = computed(import, &input);
    if (status) return status;
    psb_shape shape = import->graph->values[input].shape;
    psb_node *node;
    status = psb_import_emit(import, &node, PSB_NODE_UNARY, (psb_inputs){1, &input}, 0, &shape);
    if (!status) node->activation = activation;
    return status;
}

psb_status psb_import_relu(psb_import *import)
{
    return import_unary(import, (psb_activation){.kind = PSB_ACTIVATION_RELU});
}

psb_status psb_import_sigmoid(psb_import *import)
{
    return import_unary(import, (psb_activation){.kind = PSB_ACTIVATION_SIGMOID});
}

psb_status psb_import_leaky_relu(psb_import *import)
{
    float alpha;
    psb_status status = psb_import_float(import, &alpha, "alpha", 0.01f);
    if (status) return status;
    return import_unary(import, (psb_activation){.kind = PSB_ACTIVATION_LEAKY_RELU, .a = alpha});
}

psb_status psb_import_hard_sigmoid(psb_import *import)
{
    psb_activation activation = {.kind = PSB_ACTIVATION_HARD_SIGMOID};
    psb_status status = psb_import_float(import, &activation.a, "alpha", 0.2f);
    if (!status) status = psb_import_float(import, &activation.b, "beta", 0.5f);
    return status ? status : import_unary(import, activation);
}

psb_status psb_import_hard_swish(psb_import *import)
{
    return import_unary(import, (psb_activation){.kind = PSB_ACTIVATION_HARD_SWISH, .a = 1.0f / 6, .b = 0.5f});
}

/* The bounds were attributes until operator set 10 and are inputs since. */
psb_status psb_import_clip(psb_import *import)
{
    psb_activation activation = {.kind = PSB_ACTIVATION_CLIP, .a = -FLT_MAX, .b = FLT_MAX};
    psb_status status;
    if (import->opset < FIRST_OPSET_OF_CLIP_INPUTS) {
        status = psb_import_float(import, &activation.a, "min", -FLT_MAX);
        if (!status) status = psb_import_float(import, &activation.b, "max", FLT_MAX);
        return status ? status : import_unary(import, activation);
    }
    const float *bounds[2];
    for (int32_t b = 0; b < 2; b++) {
        int64_t count;
        status = psb_import_floats(import, &bounds[b], &count, b + 1);
        if (status) return status;
        if (bounds[b] && count != 1)
            return psb_import_fail(import, PSB_BAD_INPUT, "input %d: found %lld values, expected one", b + 2,
                                   (long long)count);
    }
    if (bounds[0]) activation.a = bounds[0][0];
    if (bounds[1]) activation.b = bounds[1][0];
    return import_unary(import, activation);
}

/* Before operator set 13 softmax runs over all dimensions from `axis` on; only where that is one dimension is it
 * ours. */
psb_status psb_import_softmax(psb_import *import)
{
    int32_t input, axis;
    int64_t given;
    bool old = import->opset < FIRST_OPSET_OF_SOFTMAX_ON_ONE_AXIS;
    psb_status status = computed(import, &input);
    if (!status) status = psb_import_int(import, &given, "axis", old ? 1 : -1);
    if (status) return status;
    psb_shape shape = import->graph->values[input].shape;
    status = psb_import_axis(import, &axis, given, shape.rank);
    if (status) return status;
    for (int32_t d = axis + 1; d < shape.rank && old; d++)
        if (shape.dims[d] != 1)
            return psb_import_fail(import, PSB_UNSUPPORTED,
                                   "found axis %d before dimensions larger than 1 in operator "
                                   "set %lld, expected the last one",
                                   axis, (long long)import->opset);
    psb_node *node;
    status = psb_import_emit(import, &node, PSB_NODE_SOFTMAX, (psb_inputs){1, &input}, 0, &shape);
    if (!status) node->axis = axis;
    return status;
}

/* --- Size --- */

typedef struct word_row {
    const char *word;
    int32_t meaning;
} word_row;

static psb_status choose(psb_import *import, int32_t *out, const char *name, const char *otherwise,
                         const word_row *rows, size_t count)
{
    char word[32];
    psb_status status = psb_import_word(import, word, name, otherwise);
    if (status) return status;
    for (size_t r = 0; r < count; r++)
        if (strcmp(rows[r].word, word) == 0) {
            *out = rows[r].meaning;
            return PSB_OK;
        }
    return psb_import_fail(import, PSB_UNSUPPORTED, "attribute %s: found \"%s\", expected \"%s\" or a like one", name,
                           word, rows[0].word);
}

/* Output size and exact scale, from the scales (input 3, or 2 until operator set 10) or the sizes (input 4). */
static psb_status resize_to(psb_import *import, psb_shape *out, double scale[2], const psb_shape *in)
{
    const float *scales;
    const int64_t *sizes;
    int64_t scale_count, size_count;
    psb_status status = psb_import_floats(import, &scales, &scale_count, import->opset < 11 ? 1 : 2);
    if (!status) status = psb_import_integers(import, &sizes, &size_count, 3);
    if (status) return status;
    if ((size_count != 4) == (scale_count != 4))
        return psb_import_fail(import, PSB_BAD_INPUT, "found %lld scales and %lld sizes, expected 4 of one kind",
                               (long long)scale_count, (long long)size_count);
    *out = *in;
    for (int32_t d = 0; d < 4; d++) {
        double factor = scale_count == 4 ? scales[d] : (double)sizes[d] / (double)in->dims[d];
        double size = scale_count == 4 ? floor((double)in->dims[d] * factor) : (double)sizes[d];
        if (!(factor > 0) || !(size >= 1) || size > (1 << 20) || (d < 2 && size != (double)in->dims[d]))
            return psb_import_fail(import, PSB_UNSUPPORTED,
                                   "dimension %d: found a factor of %g, expected 1 for batch and "
                                   "channels, and 1 to 2^20 pixels",
                                   d + 1, factor);
        out->dims[d] = (int64_t)size;
        if (d >= 2) scale[d - 2] = factor;
    }
    return PSB_OK;
}

/* What later operator sets can ask for and would be another picture. */
static psb_status refuse_resize_extras(psb_import *import)
{
    static const word_row policies[] = {{"stretch", 0}};
    const int64_t *axes;
    int64_t antialias;
    int32_t axis_count, policy;
    psb_status status = psb_import_int(import, &antialias, "antialias", 0);
    if (!status) status = psb_import_ints(import, &axes, &axis_count, "axes");
    if (!status) status = choose(import, &policy, "keep_aspect_ratio_policy", "stretch", policies, 1);
    if (status) return status;
    if (antialias || axes)
        return psb_import_fail(import, PSB_UNSUPPORTED, "found attribute %s, expected a resize without",
                               antialias ? "antialias" : "axes");
    return PSB_OK;
}

psb_status psb_import_resize(psb_import *import)
{
    static const word_row modes[] = {{"nearest", 0}, {"linear", 1}};
    static const word_row coordinates[] = {{"half_pixel", PSB_COORDINATES_HALF_PIXEL},
                                           {"pytorch_half_pixel", PSB_COORDINATES_PYTORCH_HALF_PIXEL},
                                           {"asymmetric", PSB_COORDINATES_ASYMMETRIC},
                                           {"align_corners", PSB_COORDINATES_ALIGN_CORNERS}};
    static const word_row roundings[] = {{"round_prefer_floor", PSB_ROUNDING_PREFER_FLOOR},
                                         {"round_prefer_ceil", PSB_ROUNDING_PREFER_CEIL},
                                         {"floor", PSB_ROUNDING_FLOOR},
                                         {"ceil", PSB_ROUNDING_CEIL}};
    int32_t input, mode = 0, coordinate = 0, rounding = 0;
    psb_status status = psb_import_features(import, &input, 0);
    if (!status) status = refuse_resize_extras(import);
    if (!status) status = choose(import, &mode, "mode", "nearest", modes, 2);
    /* set 10 had no coordinate attribute and meant asymmetric with floor */
    if (!status)
        status = choose(import, &coordinate, "coordinate_transformation_mode",
                        import->opset < 11 ? "asymmetric" : "half_pixel", coordinates, 4);
    if (!status)
        status = choose(import, &rounding, "nearest_mode", import->opset < 11 ? "floor" : "round_prefer_floor",
                        roundings, 4);
    if (status) return status;
    psb_shape in = import->graph->values[input].shape, out;
    double scale[2];
    status = resize_to(import, &out, scale, &in);
    psb_node *node;
    if (!status) status = psb_import_emit(import, &node, PSB_NODE_RESIZE, (psb_inputs){1, &input}, 0, &out);
    if (status) return status;
    node->linear = mode == 1;
    node->coordinates = (psb_coordinates)coordinate;
    node->rounding = (psb_rounding)rounding;
    memcpy(node->scale, scale, sizeof(scale));
    return PSB_OK;
}

/* The eight pads and the value: inputs since operator set 11, attributes before. */
static psb_status read_pads(psb_import *import, const int64_t **pads, float *value)
{
    int32_t attribute_count = 0;
    int64_t pad_count, value_count = 1;
    const float *constant = NULL;
    psb_status status;
    *value = 0;
    if (import->opset < FIRST_OPSET_OF_PAD_INPUTS) {
        status = psb_import_ints(import, pads, &attribute_count, "pads");
        if (!status) status = psb_import_float(import, value, "value", 0);
        pad_count = attribute_count;
    } else {
        status = psb_import_integers(import, pads, &pad_count, 1);
        if (!status) status = psb_import_floats(import, &constant, &value_count, 2);
    }
    if (status) return status;
    if (pad_count != 8 || import->input_count > 3 || (constant && value_count != 1))
        return psb_import_fail(import, PSB_UNSUPPORTED, "found %lld pads, expected 8 and one value",
                               (long long)pad_count);
    if (constant) *value = *constant;
    return PSB_OK;
}

/* Pads of the picture's four sides by a constant. */
psb_status psb_import_pad(psb_import *import)
{
    static const word_row modes[] = {{"constant", 0}};
    int32_t input, mode;
    float value;
    const int64_t *pads;
    psb_status status = psb_import_features(import, &input, 0);
    if (!status) status = choose(import, &mode, "mode", "constant", modes, 1);
    if (!status) status = read_pads(import, &pads, &value);
    if (status) return status;
    psb_shape out = import->graph->values[input].shape;
    for (int32_t p = 0; p < 8; p++) {
        if (pads[p] < 0 || pads[p] > 1024 || (p % 4 < 2 && pads[p] != 0))
            return psb_import_fail(import, PSB_UNSUPPORTED,
                                   "found a pad of %lld, expected 0 to 1024 pixels, and 0 for batch and channels",
                                   (long long)pads[p]);
        out.dims[p % 4] += pads[p];
    }
    psb_node *node;
    status = psb_import_emit(import, &node, PSB_NODE_PAD, (psb_inputs){1, &input}, 0, &out);
    if (status) return status;
    for (int32_t side = 0; side < 4; side++) node->sliding.pads[side] = (int32_t)pads[side < 2 ? 2 + side : 4 + side];
    node->pad_value = value;
    return PSB_OK;
}
