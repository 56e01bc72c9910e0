/* SPDX-License-Identifier: Apache-2.0
 *
 * ONNX's operators that compute nothing: they name, reshape, reorder, cut or join values. In the graph they are
 * RESHAPE, TRANSPOSE, SLICE (also each part of a Split, and a Gather whose indices are evenly spaced) and CONCAT;
 * whether any of them moves memory is the plan's business.
 */
#include "nn/import_int.h"

#include <string.h>

#include "base/error.h"
#include "onnx.pb-c.h"

psb_status psb_import_constant(psb_import *import)
{
    const Onnx__Tensor *tensor;
    psb_status status = psb_import_tensor(import, &tensor, "value");
    if (status) return status;
    if (!tensor) return psb_import_fail(import, PSB_UNSUPPORTED, "found no attribute value, expected a tensor in it");
    int32_t value;
    status = psb_graph_add_value(import->graph, &value, import->node->output[0]);
    if (!status) status = psb_import_contents(import->graph, value, tensor, "constant");
    if (!status) psb_import_bind(import, 0, value);
    return status;
}

psb_status psb_import_identity(psb_import *import)
{
    if (import->inputs[0] < 0) return psb_import_fail(import, PSB_BAD_INPUT, "input 1 is left out, expected a tensor");
    psb_import_bind(import, 0, import->inputs[0]);
    return PSB_OK;
}

/* A reshaped constant is the same constant under another shape; a computed value becomes a RESHAPE node. */
static psb_status emit_reshape(psb_import *import, int32_t input, const psb_shape *shape)
{
    const psb_value source = import->graph->values[input];
    if (!source.floats) {
        psb_node *node;
        return psb_import_emit(import, &node, PSB_NODE_RESHAPE, (psb_inputs){1, &input}, 0, shape);
    }
    int32_t value;
    psb_status status = psb_graph_add_value(import->graph, &value, import->node->output[0]);
    if (status) return status;
    import->graph->values[value].shape = *shape;
    import->graph->values[value].floats = source.floats;
    psb_import_bind(import, 0, value);
    return PSB_OK;
}

/* The shape that a Reshape asks for: 0 keeps the input's dimension, one -1 takes what is left. */
static psb_status resolve_shape(psb_import *import, psb_shape *out, const psb_shape *in, const int64_t *dims)
{
    int64_t total = psb_shape_elements(in), known = 1;
    int32_t open = -1;
    for (int32_t d = 0; d < out->rank; d++) {
        out->dims[d] = dims[d] == 0 && d < in->rank ? in->dims[d] : dims[d];
        if (dims[d] == -1 && open < 0) {
            open = d;
            continue;
        }
        if (out->dims[d] < 1 || out->dims[d] > total / known)
            return psb_import_fail(import, PSB_BAD_INPUT, "dimension %d: found %lld, expected a part of %lld elements",
                                   d + 1, (long long)dims[d], (long long)total);
        known *= out->dims[d];
    }
    if (open >= 0) out->dims[open] = total / known;
    if (psb_shape_elements(out) == total) return PSB_OK;
    char from[PSB_SHAPE_TEXT_BYTES], to[PSB_SHAPE_TEXT_BYTES];
    return psb_import_fail(import, PSB_BAD_INPUT, "found %s to be reshaped to %s, expected as many elements",
                           psb_shape_text(from, in), psb_shape_text(to, out));
}

psb_status psb_import_reshape(psb_import *import)
{
    int32_t input;
    const int64_t *dims;
    int64_t count, allow_zero;
    psb_status status = psb_import_operand(import, &input, 0);
    if (!status) status = psb_import_integers(import, &dims, &count, 1);
    if (!status) status = psb_import_int(import, &allow_zero, "allowzero", 0);
    if (status) return status;
    if (!dims || count > PSB_TENSOR_MAX_RANK || allow_zero)
        return psb_import_fail(import, PSB_UNSUPPORTED,
                               "found a shape of %lld dimensions, expected 0 to %d, none empty", (long long)count,
                               PSB_TENSOR_MAX_RANK);
    const psb_shape in = import->graph->values[input].shape;
    psb_shape out = {.rank = (int32_t)count};
    status = resolve_shape(import, &out, &in, dims);
    return status ? status : emit_reshape(import, input, &out);
}

psb_status psb_import_flatten(psb_import *import)
{
    int32_t input;
    int64_t axis;
    psb_status status = psb_import_operand(import, &input, 0);
    if (!status) status = psb_import_int(import, &axis, "axis", 1);
    if (status) return status;
    const psb_shape in = import->graph->values[input].shape;
    if (axis < -in.rank || axis > in.rank)
        return psb_import_fail(import, PSB_BAD_INPUT, "found axis %lld, expected 0 to %d", (long long)axis, in.rank);
    if (axis < 0) axis += in.rank;
    psb_shape out = {.rank = 2, .dims = {1, 1}};
    for (int32_t d = 0; d < in.rank; d++) out.dims[d >= axis] *= in.dims[d];
    return emit_reshape(import, input, &out);
}

/* Axes from the second input (since operator set 13) or the attribute before. */
static psb_status read_axes(psb_import *import, const int64_t **axes, int64_t *count)
{
    if (import->input_count > 1) return psb_import_integers(import, axes, count, 1);
    int32_t attribute_count;
    psb_status status = psb_import_ints(import, axes, &attribute_count, "axes");
    *count = attribute_count;
    return status;
}

psb_status psb_import_squeeze(psb_import *import)
{
    int32_t input;
    const int64_t *axes;
    int64_t count;
    psb_status status = psb_import_operand(import, &input, 0);
    if (!status) status = read_axes(import, &axes, &count);
    if (status) return status;
    const psb_shape in = import->graph->values[input].shape;
    bool gone[PSB_TENSOR_MAX_RANK] = {false};
    for (int64_t a = 0; a < count; a++) {
        int32_t axis;
        status = psb_import_axis(import, &axis, axes[a], in.rank);
        if (status) return status;
        if (in.dims[axis] != 1)
            return psb_import_fail(import, PSB_BAD_INPUT, "dimension %d: found %lld, expected 1", axis + 1,
                                   (long long)in.dims[axis]);
        gone[axis] = true;
    }
    psb_shape out = {0};
    for (int32_t d = 0; d < in.rank; d++)
        if (axes ? !gone[d] : in.dims[d] != 1) out.dims[out.rank++] = in.dims[d];
    return emit_reshape(import, input, &out);
}

psb_status psb_import_unsqueeze(psb_import *import)
{
    int32_t input;
    const int64_t *axes;
    int64_t count;
    psb_status status = psb_import_operand(import, &input, 0);
    if (!status) status = read_axes(import, &axes, &count);
    if (status) return status;
    const psb_shape in = import->graph->values[input].shape;
    psb_shape out = {.rank = in.rank + (int32_t)count};
    if (count < 1 || count > PSB_TENSOR_MAX_RANK || out.rank > PSB_TENSOR_MAX_RANK)
        return psb_import_fail(import, PSB_UNSUPPORTED, "found %lld axes, expected at most %d dimensions in all",
                               (long long)count, PSB_TENSOR_MAX_RANK);
    for (int64_t a = 0; a < count; a++) {
        int32_t axis;
        status = psb_import_axis(import, &axis, axes[a], out.rank);
        if (status) return status;
        if (out.dims[axis])
            return psb_import_fail(import, PSB_BAD_INPUT, "found axis %d twice, expected each once", axis);
        out.dims[axis] = 1;
    }
    for (int32_t d = 0, from = 0; d < out.rank; d++)
        if (!out.dims[d]) out.dims[d] = in.dims[from++];
    return emit_reshape(import, input, &out);
}

psb_status psb_import_transpose(psb_import *import)
{
    int32_t input, count;
    const int64_t *order;
    psb_status status = psb_import_operand(import, &input, 0);
    if (!status) status = psb_import_ints(import, &order, &count, "perm");
    if (status) return status;
    const psb_shape in = import->graph->values[input].shape;
    if (import->graph->values[input].floats)
        return psb_import_fail(import, PSB_UNSUPPORTED, "found a constant operand, expected a computed one");
    if (order && count != in.rank)
        return psb_import_fail(import, PSB_BAD_INPUT, "attribute perm: found %d axes, expected %d", count, in.rank);
    psb_shape out = {.rank = in.rank};
    int32_t from[PSB_TENSOR_MAX_RANK] = {0};
    bool taken[PSB_TENSOR_MAX_RANK] = {false};
    for (int32_t d = 0; d < in.rank; d++) {
        int64_t axis = order ? order[d] : in.rank - 1 - d;
        if (axis < 0 || axis >= in.rank || taken[axis])
            return psb_import_fail(import, PSB_BAD_INPUT, "attribute perm: found %lld, expected each of %d axes once",
                                   (long long)axis, in.rank);
        taken[axis] = true;
        from[d] = (int32_t)axis;
        out.dims[d] = in.dims[axis];
    }
    psb_node *node;
    status = psb_import_emit(import, &node, PSB_NODE_TRANSPOSE, (psb_inputs){1, &input}, 0, &out);
    if (!status) memcpy(node->order, from, sizeof(from));
    return status;
}

typedef struct slice {
    psb_shape shape; /* of what is cut out */
    int64_t start[PSB_TENSOR_MAX_RANK], step[PSB_TENSOR_MAX_RANK];
} slice;

/* All of a value, to be cut from; a constant is not. */
static psb_status slice_from(psb_import *import, slice *out, int32_t input)
{
    if (import->graph->values[input].floats)
        return psb_import_fail(import, PSB_UNSUPPORTED, "found a constant operand, expected a computed one");
    *out = (slice){.shape = import->graph->values[input].shape, .step = {1, 1, 1, 1, 1, 1}};
    return PSB_OK;
}

/* The cut piece, as output output_i. */
static psb_status emit_slice(psb_import *import, int32_t input, int32_t output_i, const slice *cut)
{
    psb_node *node;
    psb_status status = psb_import_emit(import, &node, PSB_NODE_SLICE, (psb_inputs){1, &input}, output_i, &cut->shape);
    if (status) return status;
    memcpy(node->start, cut->start, sizeof(node->start));
    memcpy(node->step, cut->step, sizeof(node->step));
    return PSB_OK;
}

/* starts, ends, axes and steps are inputs since operator set 10, attributes (without steps) before. */
static psb_status read_slice(psb_import *import, const int64_t *lists[4], int64_t counts[4])
{
    static const char *const names[3] = {"starts", "ends", "axes"};
    for (int32_t l = 0; l < 4; l++) {
        int32_t count = 0;
        psb_status status;
        if (import->opset >= 10)
            status = psb_import_integers(import, &lists[l], &counts[l], l + 1);
        else if (l < 3) {
            status = psb_import_ints(import, &lists[l], &count, names[l]);
            counts[l] = count;
        } else {
            lists[l] = NULL;
            counts[l] = 0;
            status = PSB_OK;
        }
        if (status) return status;
        if ((l < 2 && !lists[l]) || (lists[l] && (counts[l] != counts[0] || counts[l] > PSB_TENSOR_MAX_RANK)))
            return psb_import_fail(import, PSB_BAD_INPUT, "found lists of %lld and %lld numbers, expected equal ones",
                                   (long long)counts[0], (long long)counts[l]);
    }
    return PSB_OK;
}

/* Where a slice begins and how many it takes, after ONNX's clamping of starts and ends. */
static int64_t slice_span(int64_t *start, int64_t end, int64_t step, int64_t size)
{
    int64_t least = step > 0 ? 0 : -1, most = step > 0 ? size : size - 1;
    if (*start < 0) *start = *start < -size ? -1 : *start + size;
    if (end < 0) end = end < -size ? -1 : end + size;
    if (*start < 0) *start = 0;
    if (*start > most) *start = most;
    if (end < least) end = least;
    if (end > most) end = most;
    if (step > 0) return end > *start ? (end - *start - 1) / step + 1 : 0;
    return *start > end ? (*start - end - 1) / -step + 1 : 0;
}

psb_status psb_import_slice(psb_import *import)
{
    int32_t input;
    const int64_t *lists[4]; /* starts, ends, axes, steps */
    int64_t counts[4];
    slice cut;
    psb_status status = psb_import_operand(import, &input, 0);
    if (!status) status = read_slice(import, lists, counts);
    if (!status) status = slice_from(import, &cut, input);
    if (status) return status;
    const psb_shape in = cut.shape;
    for (int32_t s = 0; s < (int32_t)counts[0]; s++) {
        int32_t axis;
        status = psb_import_axis(import, &axis, lists[2] ? lists[2][s] : s, in.rank);
        if (status) return status;
        int64_t step = lists[3] ? lists[3][s] : 1;
        if (step == 0 || step > PSB_GRAPH_MAX_ELEMENTS || step < -PSB_GRAPH_MAX_ELEMENTS)
            return psb_import_fail(import, PSB_BAD_INPUT, "found a step of %lld, expected a small one that is not 0",
                                   (long long)step);
        cut.step[axis] = step;
        cut.start[axis] = lists[0][s];
        cut.shape.dims[axis] = slice_span(&cut.start[axis], lists[1][s], step, in.dims[axis]);
    }
    return emit_slice(import, input, 0, &cut);
}

/* The axis and, where the file gives them, the sizes: an input since operator set 13, an attribute before. */
static psb_status read_split(psb_import *import, int32_t *axis, const int64_t **sizes, int32_t rank)
{
    int32_t attribute_count = 0;
    int64_t given, count;
    psb_status status = psb_import_int(import, &given, "axis", 0);
    if (!status) status = psb_import_axis(import, axis, given, rank);
    if (!status) status = psb_import_ints(import, sizes, &attribute_count, "split");
    count = attribute_count;
    if (!status && import->input_count > 1) status = psb_import_integers(import, sizes, &count, 1);
    if (!status && *sizes && count != import->output_count)
        return psb_import_fail(import, PSB_BAD_INPUT, "found %lld sizes for %d outputs, expected as many",
                               (long long)count, import->output_count);
    return status;
}

psb_status psb_import_split(psb_import *import)
{
    int32_t input, axis;
    const int64_t *sizes;
    slice cut;
    psb_status status = psb_import_operand(import, &input, 0);
    if (!status) status = slice_from(import, &cut, input);
    if (!status) status = read_split(import, &axis, &sizes, cut.shape.rank);
    if (status) return status;
    int32_t parts = import->output_count;
    int64_t left = cut.shape.dims[axis], even = (left + parts - 1) / parts;
    for (int32_t p = 0; p < parts; p++) {
        int64_t size = sizes ? sizes[p] : even < left ? even : left;
        if (size < 1 || size > left || (p + 1 == parts && size != left))
            return psb_import_fail(import, PSB_BAD_INPUT,
                                   "part %d: found %lld of %lld that are left, expected parts that make up the whole",
                                   p + 1, (long long)size, (long long)left);
        cut.shape.dims[axis] = size;
        if (import->node->output[p][0]) status = emit_slice(import, input, p, &cut);
        if (status) return status;
        cut.start[axis] += size;
        left -= size;
    }
    return PSB_OK;
}

/* Start and step of indices that are evenly spaced; negative ones count from the end. */
static psb_status read_indices(psb_import *import, slice *cut, int32_t axis)
{
    const int64_t *indices;
    int64_t count, size = cut->shape.dims[axis], first = 0, step = 1;
    psb_status status = psb_import_integers(import, &indices, &count, 1);
    if (status) return status;
    if (!indices || count < 1 || import->graph->values[import->inputs[1]].shape.rank > 1)
        return psb_import_fail(import, PSB_UNSUPPORTED, "found %lld indices, expected one index or a list of them",
                               (long long)count);
    for (int64_t i = 0; i < count; i++) {
        if (indices[i] < -size || indices[i] >= size)
            return psb_import_fail(import, PSB_BAD_INPUT, "found index %lld, expected one of %lld",
                                   (long long)indices[i], (long long)size);
        int64_t index = indices[i] < 0 ? indices[i] + size : indices[i];
        if (i == 0) first = index;
        if (i == 1) step = index - first;
        if (index != first + i * step || step == 0)
            return psb_import_fail(import, PSB_UNSUPPORTED,
                                   "found indices in no even order, expected evenly spaced ones");
    }
    cut->start[axis] = first;
    cut->step[axis] = step;
    cut->shape.dims[axis] = count;
    return PSB_OK;
}

/* Evenly spaced indices make a slice; a single index (a scalar) also drops its axis. */
psb_status psb_import_gather(psb_import *import)
{
    int32_t input, axis;
    int64_t given;
    slice cut;
    psb_status status = psb_import_operand(import, &input, 0);
    if (!status) status = slice_from(import, &cut, input);
    if (!status) status = psb_import_int(import, &given, "axis", 0);
    if (!status) status = psb_import_axis(import, &axis, given, cut.shape.rank);
    if (!status) status = read_indices(import, &cut, axis);
    if (!status) status = emit_slice(import, input, 0, &cut);
    if (status || import->graph->values[import->inputs[1]].shape.rank == 1) return status;
    psb_shape out = cut.shape;
    for (int32_t d = axis; d + 1 < out.rank; d++) out.dims[d] = out.dims[d + 1];
    out.rank--;
    return emit_reshape(import, import->graph->value_count - 1, &out); /* binds the output's name anew */
}

psb_status psb_import_concat(psb_import *import)
{
    int32_t axis = 0, inputs[PSB_GRAPH_MAX_INPUTS];
    int64_t given;
    psb_shape out = {0};
    psb_status status = psb_import_int(import, &given, "axis", 1);
    for (int32_t i = 0; i < import->input_count && !status; i++) {
        status = psb_import_operand(import, &inputs[i], i);
        if (status) return status;
        const psb_value *value = &import->graph->values[inputs[i]];
        if (i == 0) {
            out = value->shape;
            status = psb_import_axis(import, &axis, given, out.rank);
            continue;
        }
        psb_shape expected = out;
        if (value->shape.rank == out.rank) expected.dims[axis] = value->shape.dims[axis];
        if (!psb_shape_equal(&expected, &value->shape)) {
            char found[PSB_SHAPE_TEXT_BYTES], first[PSB_SHAPE_TEXT_BYTES];
            return psb_import_fail(import, PSB_BAD_INPUT, "input %d: found %s, expected %s but for axis %d", i + 1,
                                   psb_shape_text(found, &value->shape), psb_shape_text(first, &out), axis);
        }
        out.dims[axis] += value->shape.dims[axis];
    }
    if (status) return status;
    if (import->input_count == 1) {
        psb_import_bind(import, 0, inputs[0]);
        return PSB_OK;
    }
    psb_node *node;
    status = psb_import_emit(import, &node, PSB_NODE_CONCAT, (psb_inputs){import->input_count, inputs}, 0, &out);
    if (!status) node->axis = axis;
    return status;
}
