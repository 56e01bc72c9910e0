/* SPDX-License-Identifier: Apache-2.0
 *
 * The ground floor of the importer: attributes, operands and constants of one node of the file, each checked for type
 * and size, each refusal in one sentence that names the node.
 */
#include "nn/import_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "onnx.pb-c.h"

/* ONNX's numbers for attribute types. */
enum { TYPE_FLOAT = 1, TYPE_INT = 2, TYPE_STRING = 3, TYPE_TENSOR = 4, TYPE_FLOATS = 6, TYPE_INTS = 7 };

static const char *type_name(int32_t type)
{
    static const char *const names[] = {"nothing", "float", "int",     "string",  "tensor", "graph",
                                        "floats",  "ints",  "strings", "tensors", "graphs"};
    return type >= 0 && type < (int32_t)(sizeof(names) / sizeof(names[0])) ? names[type] : "another type";
}

const char *psb_import_label(const psb_import *import)
{
    const Onnx__Node *node = import->node;
    if (node->name && node->name[0]) return node->name;
    return node->n_output && node->output[0][0] ? node->output[0] : "unnamed";
}

psb_status psb_import_fail(const psb_import *import, psb_status status, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return psb_fail(status, "%s: node \"%.100s\" (%.40s): %s", import->graph->file, psb_import_label(import),
                    import->node->op_type ? import->node->op_type : "", text);
}

/* The attribute, or NULL where the node has none. */
static psb_status find(const psb_import *import, const Onnx__Attribute **out, const char *name, int32_t type)
{
    *out = NULL;
    for (size_t a = 0; a < import->node->n_attribute; a++) {
        const Onnx__Attribute *attribute = import->node->attribute[a];
        if (!attribute->name || strcmp(attribute->name, name) != 0) continue;
        if (attribute->type != type)
            return psb_import_fail(import, PSB_BAD_INPUT, "attribute %s: found %s, expected %s", name,
                                   type_name(attribute->type), type_name(type));
        *out = attribute;
        return PSB_OK;
    }
    return PSB_OK;
}

psb_status psb_import_int(const psb_import *import, int64_t *out, const char *name, int64_t otherwise)
{
    const Onnx__Attribute *attribute;
    psb_status status = find(import, &attribute, name, TYPE_INT);
    *out = !status && attribute ? attribute->i : otherwise;
    return status;
}

psb_status psb_import_float(const psb_import *import, float *out, const char *name, float otherwise)
{
    const Onnx__Attribute *attribute;
    psb_status status = find(import, &attribute, name, TYPE_FLOAT);
    *out = !status && attribute ? attribute->f : otherwise;
    return status;
}

psb_status psb_import_ints(const psb_import *import, const int64_t **out, int32_t *count_out, const char *name)
{
    const Onnx__Attribute *attribute;
    psb_status status = find(import, &attribute, name, TYPE_INTS);
    *out = NULL;
    *count_out = 0;
    if (status || !attribute) return status;
    if (attribute->n_ints > PSB_GRAPH_MAX_INPUTS)
        return psb_import_fail(import, PSB_BAD_INPUT, "attribute %s: found %zu numbers, expected at most %d", name,
                               attribute->n_ints, PSB_GRAPH_MAX_INPUTS);
    *out = attribute->ints;
    *count_out = (int32_t)attribute->n_ints;
    return PSB_OK;
}

psb_status psb_import_word(const psb_import *import, char out[32], const char *name, const char *otherwise)
{
    const Onnx__Attribute *attribute;
    psb_status status = find(import, &attribute, name, TYPE_STRING);
    if (status) return status;
    if (!attribute) {
        snprintf(out, 32, "%s", otherwise);
        return PSB_OK;
    }
    if (attribute->s.len >= 32 || memchr(attribute->s.data ? (const char *)attribute->s.data : "", 0, attribute->s.len))
        return psb_import_fail(import, PSB_BAD_INPUT, "attribute %s: found %zu bytes, expected a word", name,
                               attribute->s.len);
    if (attribute->s.len) memcpy(out, attribute->s.data, attribute->s.len);
    out[attribute->s.len] = 0;
    return PSB_OK;
}

psb_status psb_import_tensor(const psb_import *import, const Onnx__Tensor **out, const char *name)
{
    const Onnx__Attribute *attribute;
    psb_status status = find(import, &attribute, name, TYPE_TENSOR);
    *out = !status && attribute ? attribute->t : NULL;
    return status;
}

psb_status psb_import_operand(const psb_import *import, int32_t *value_out, int32_t input_i)
{
    *value_out = -1;
    if (input_i >= import->input_count || import->inputs[input_i] < 0)
        return psb_import_fail(import, PSB_BAD_INPUT, "input %d is left out, expected a tensor", input_i + 1);
    const psb_value *value = &import->graph->values[import->inputs[input_i]];
    if (value->integers)
        return psb_import_fail(import, PSB_UNSUPPORTED, "input \"%.60s\": found integers, expected float32",
                               value->name);
    if (psb_shape_elements(&value->shape) == 0)
        return psb_import_fail(import, PSB_BAD_INPUT, "input \"%.60s\": found an empty tensor, expected values",
                               value->name);
    *value_out = import->inputs[input_i];
    return PSB_OK;
}

psb_status psb_import_picture(const psb_import *import, int32_t *value_out, int32_t input_i)
{
    psb_status status = psb_import_operand(import, value_out, input_i);
    if (status) return status;
    const psb_value *value = &import->graph->values[*value_out];
    if (value->shape.rank != 4)
        return psb_import_fail(import, PSB_UNSUPPORTED, "input \"%.60s\": found %d dimensions, expected 4 (NCHW)",
                               value->name, value->shape.rank);
    if (value->shape.dims[1] > PSB_IMPORT_MAX_CHANNELS)
        return psb_import_fail(import, PSB_UNSUPPORTED, "input \"%.60s\": found %lld channels, expected at most %d",
                               value->name, (long long)value->shape.dims[1], PSB_IMPORT_MAX_CHANNELS);
    return PSB_OK;
}

psb_status psb_import_features(const psb_import *import, int32_t *value_out, int32_t input_i)
{
    psb_status status = psb_import_picture(import, value_out, input_i);
    if (status) return status;
    int64_t batch = import->graph->values[*value_out].shape.dims[0];
    if (batch != 1)
        return psb_import_fail(import, PSB_UNSUPPORTED, "found a batch of %lld, expected 1", (long long)batch);
    return PSB_OK;
}

psb_status psb_import_floats(const psb_import *import, const float **out, int64_t *count_out, int32_t input_i)
{
    *out = NULL;
    *count_out = 0;
    if (input_i >= import->input_count || import->inputs[input_i] < 0) return PSB_OK;
    const psb_value *value = &import->graph->values[import->inputs[input_i]];
    if (!value->floats)
        return psb_import_fail(import, PSB_UNSUPPORTED, "input \"%.60s\": found %s, expected float32 constants",
                               value->name, value->integers ? "integers" : "computed values");
    *out = value->floats;
    *count_out = psb_shape_elements(&value->shape);
    return PSB_OK;
}

psb_status psb_import_integers(const psb_import *import, const int64_t **out, int64_t *count_out, int32_t input_i)
{
    *out = NULL;
    *count_out = 0;
    if (input_i >= import->input_count || import->inputs[input_i] < 0) return PSB_OK;
    const psb_value *value = &import->graph->values[import->inputs[input_i]];
    if (!value->integers)
        return psb_import_fail(import, PSB_UNSUPPORTED, "input \"%.60s\": found %s, expected integer constants",
                               value->name, value->floats ? "float32" : "computed values");
    *out = value->integers;
    *count_out = psb_shape_elements(&value->shape);
    return PSB_OK;
}

psb_status psb_import_axis(const psb_import *import, int32_t *out, int64_t axis, int32_t rank)
{
    *out = 0;
    if (axis < -rank || axis >= rank)
        return psb_import_fail(import, PSB_BAD_INPUT, "found axis %lld, expected one of %d dimensions", (long long)axis,
                               rank);
    *out = (int32_t)(axis < 0 ? axis + rank : axis);
    return PSB_OK;
}

psb_status psb_import_check_shape(const psb_import *import, const psb_shape *shape)
{
    int64_t elements = 1;
    for (int32_t d = 0; d < shape->rank; d++) {
        if (shape->dims[d] < 1)
            return psb_import_fail(import, PSB_BAD_INPUT,
                                   "dimension %d of its output would be %lld, expected 1 or more", d + 1,
                                   (long long)shape->dims[d]);
        if (shape->dims[d] > PSB_GRAPH_MAX_ELEMENTS / elements)
            return psb_import_fail(import, PSB_BAD_INPUT,
                                   "found an output shape of more than 2^31 elements, expected at most 2^31");
        elements *= shape->dims[d];
    }
    return PSB_OK;
}

psb_status psb_import_emit(psb_import *import, psb_node **out, psb_node_kind kind, psb_inputs inputs, int32_t output_i,
                           const psb_shape *shape)
{
    psb_status status = psb_import_check_shape(import, shape);
    if (status) return status;
    int32_t value;
    status = psb_graph_add_value(import->graph, &value, import->node->output[output_i]);
    if (status) return status;
    import->graph->values[value].shape = *shape;
    psb_import_bind(import, output_i, value);
    return psb_graph_add_node(import->graph, out, kind, psb_import_label(import), inputs, value);
}
