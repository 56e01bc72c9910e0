/* SPDX-License-Identifier: Apache-2.0
 *
 * ONNX's messages, put together in memory and packed at the end: nodes with their attributes, constants, the model
 * around them. Constants are raw little-endian bytes, as every machine that this is built for has them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "nn/export_int.h"
#include "nn/import_int.h"
#include "onnx.pb-c.h"

/* Per-channel quantisation came with operator set 13, which goes with version 7 of the format. */
enum { OPERATOR_SET = 13, FORMAT_VERSION = 7, NAME_BYTES = 512 };

/* ONNX's numbers for types of attributes. */
enum { ATTRIBUTE_FLOAT = 1, ATTRIBUTE_INT = 2, ATTRIBUTE_STRING = 3, ATTRIBUTE_INTS = 7 };

void *psb_export_alloc(psb_export *self, size_t count, size_t size_bytes)
{
    if (self->status) return NULL;
    void *memory = psb_graph_alloc(&self->memory, count, size_bytes);
    if (!memory) self->status = PSB_NO_MEMORY;
    return memory;
}

/* A copy that messages may point to; they ask for pointers that could be written through. */
static char *copy_text(psb_export *self, const char *text)
{
    const size_t size_bytes = strlen(text) + 1;
    char *copy = psb_export_alloc(self, size_bytes, 1);
    return copy ? memcpy(copy, text, size_bytes) : NULL;
}

const char *psb_export_fresh(psb_export *self, const char *stem)
{
    char name[NAME_BYTES];
    snprintf(name, sizeof(name), "%.400s/%d", stem, self->made++);
    const char *copy = copy_text(self, name);
    return copy ? copy : "";
}

/* An array of pointers with room for one more; NULL behind a failure. */
static void *grown(psb_export *self, void *array, size_t count, size_t *capacity)
{
    if (count < *capacity) return array;
    const size_t wanted = *capacity ? 2 * *capacity : 256;
    void *larger = psb_export_alloc(self, wanted, sizeof(void *));
    if (!larger) return NULL;
    if (count) memcpy(larger, array, count * sizeof(void *));
    *capacity = wanted;
    return larger;
}

/* --- Nodes --- */

Onnx__Node *psb_export_node(psb_export *self, const char *op, const char *output, psb_export_inputs inputs)
{
    Onnx__Node *node = psb_export_alloc(self, 1, sizeof(*node));
    char **texts = psb_export_alloc(self, (size_t)inputs.count + 1, sizeof(*texts));
    if (!node || !texts) return NULL;
    onnx__node__init(node);
    for (int32_t i = 0; i < inputs.count; i++) texts[i] = copy_text(self, inputs.names[i]);
    texts[inputs.count] = copy_text(self, output);
    node->n_input = (size_t)inputs.count;
    node->input = texts;
    node->n_output = 1;
    node->output = texts + inputs.count;
    node->op_type = copy_text(self, op);
    node->name = copy_text(self, psb_export_fresh(self, op));
    Onnx__Node **nodes = grown(self, self->nodes, self->node_count, &self->node_capacity);
    if (self->status || !nodes) return NULL;
    self->nodes = nodes;
    return nodes[self->node_count++] = node;
}

static Onnx__Attribute *add_attribute(psb_export *self, Onnx__Node *node, const char *name, int32_t type)
{
    enum { MOST = 8 }; /* of one node: a pool has six */
    Onnx__Attribute *attribute = psb_export_alloc(self, 1, sizeof(*attribute));
    if (!attribute) return NULL;
    *attribute = (Onnx__Attribute)ONNX__ATTRIBUTE__INIT;
    if (!node->attribute) node->attribute = psb_export_alloc(self, MOST, sizeof(Onnx__Attribute *));
    if (node->attribute && node->n_attribute < MOST) node->attribute[node->n_attribute++] = attribute;
    attribute->name = copy_text(self, name);
    attribute->has_type = true;
    attribute->type = type;
    return self->status ? NULL : attribute;
}

void psb_export_int(psb_export *self, Onnx__Node *node, const char *name, int64_t value)
{
    Onnx__Attribute *attribute = add_attribute(self, node, name, ATTRIBUTE_INT);
    if (!attribute) return;
    attribute->has_i = true;
    attribute->i = value;
}

void psb_export_ints(psb_export *self, Onnx__Node *node, const char *name, const int64_t *values, size_t count)
{
    Onnx__Attribute *attribute = add_attribute(self, node, name, ATTRIBUTE_INTS);
    int64_t *copy = psb_export_alloc(self, count, sizeof(*copy));
    if (!attribute || !copy) return;
    attribute->ints = memcpy(copy, values, count * sizeof(*copy));
    attribute->n_ints = count;
}

void psb_export_float(psb_export *self, Onnx__Node *node, const char *name, float value)
{
    Onnx__Attribute *attribute = add_attribute(self, node, name, ATTRIBUTE_FLOAT);
    if (!attribute) return;
    attribute->has_f = true;
    attribute->f = value;
}

void psb_export_word(psb_export *self, Onnx__Node *node, const char *name, const char *word)
{
    Onnx__Attribute *attribute = add_attribute(self, node, name, ATTRIBUTE_STRING);
    char *copy = copy_text(self, word);
    if (!attribute || !copy) return;
    attribute->has_s = true;
    attribute->s = (ProtobufCBinaryData){strlen(copy), (uint8_t *)copy};
}

/* --- Constants --- */

static size_t bytes_of(int32_t type)
{
    if (type == PSB_ONNX_INT64) return sizeof(int64_t);
    return type == PSB_ONNX_UINT8 || type == PSB_ONNX_INT8 ? 1 : sizeof(float);
}

const char *psb_export_tensor(psb_export *self, const char *stem, int32_t type, psb_shape shape, const void *data)
{
    const size_t size_bytes = (size_t)psb_shape_elements(&shape) * bytes_of(type);
    const char *name = psb_export_fresh(self, stem);
    Onnx__Tensor *tensor = psb_export_alloc(self, 1, sizeof(*tensor));
    int64_t *dims = psb_export_alloc(self, (size_t)shape.rank + 1, sizeof(*dims));
    uint8_t *copy = psb_export_alloc(self, size_bytes, 1);
    if (!tensor || !dims || !copy) return "";
    onnx__tensor__init(tensor);
    tensor->name = copy_text(self, name);
    tensor->has_data_type = true;
    tensor->data_type = type;
    tensor->n_dims = (size_t)shape.rank;
    tensor->dims = memcpy(dims, shape.dims, (size_t)shape.rank * sizeof(*dims));
    tensor->has_raw_data = true;
    tensor->raw_data = (ProtobufCBinaryData){size_bytes, memcpy(copy, data, size_bytes)};
    Onnx__Tensor **tensors = grown(self, self->tensors, self->tensor_count, &self->tensor_capacity);
    if (self->status || !tensors) return "";
    self->tensors = tensors;
    tensors[self->tensor_count++] = tensor;
    return name;
}

const char *psb_export_scalar(psb_export *self, float value)
{
    return psb_export_tensor(self, "number", PSB_ONNX_FLOAT, (psb_shape){0}, &value);
}

const char *psb_export_list_of(psb_export *self, const int64_t *values, size_t count)
{
    return psb_export_tensor(self, "list", PSB_ONNX_INT64, (psb_shape){.rank = 1, .dims = {(int64_t)count}}, values);
}

/* --- The model --- */

static Onnx__ValueInfo *make_info(psb_export *self, int32_t value)
{
    const psb_shape *shape = &self->graph->values[value].shape;
    struct parts {
        Onnx__ValueInfo info;
        Onnx__Type type;
        Onnx__TensorType tensor;
        Onnx__Shape shape;
        Onnx__Dimension *places[PSB_TENSOR_MAX_RANK], dims[PSB_TENSOR_MAX_RANK];
    } *parts = psb_export_alloc(self, 1, sizeof(*parts));
    if (!parts) return NULL;
    onnx__value_info__init(&parts->info);
    onnx__type__init(&parts->type);
    onnx__tensor_type__init(&parts->tensor);
    onnx__shape__init(&parts->shape);
    for (int32_t d = 0; d < shape->rank; d++) {
        onnx__dimension__init(&parts->dims[d]);
        parts->dims[d].has_dim_value = true;
        parts->dims[d].dim_value = shape->dims[d];
        parts->places[d] = &parts->dims[d];
    }
    parts->shape.n_dim = (size_t)shape->rank;
    parts->shape.dim = parts->places;
    parts->tensor.has_elem_type = true;
    parts->tensor.elem_type = PSB_ONNX_FLOAT;
    parts->tensor.shape = &parts->shape;
    parts->type.tensor_type = &parts->tensor;
    parts->info.type = &parts->type;
    parts->info.name = copy_text(self, self->names[value]);
    return &parts->info;
}

static Onnx__ValueInfo **make_infos(psb_export *self, const int32_t *values, int32_t count)
{
    Onnx__ValueInfo **infos = psb_export_alloc(self, (size_t)count, sizeof(Onnx__ValueInfo *));
    for (int32_t i = 0; i < count && infos; i++) infos[i] = make_info(self, values[i]);
    return infos;
}

psb_status psb_export_pack(psb_export *self, uint8_t **out, size_t *size_bytes_out)
{
    const psb_graph *graph = self->graph;
    Onnx__Model model = ONNX__MODEL__INIT;
    Onnx__Graph body = ONNX__GRAPH__INIT;
    Onnx__OperatorSet set = ONNX__OPERATOR_SET__INIT, *sets[] = {&set};
    *out = NULL;
    body.n_node = self->node_count;
    body.node = self->nodes;
    body.n_initializer = self->tensor_count;
    body.initializer = self->tensors;
    body.n_input = (size_t)graph->input_count;
    body.input = make_infos(self, graph->inputs, graph->input_count);
    body.n_output = (size_t)graph->output_count;
    body.output = make_infos(self, graph->outputs, graph->output_count);
    body.name = copy_text(self, "passerby");
    set.domain = copy_text(self, "");
    set.has_version = true;
    set.version = OPERATOR_SET;
    model.has_ir_version = true;
    model.ir_version = FORMAT_VERSION;
    model.graph = &body;
    model.n_opset_import = 1;
    model.opset_import = sets;
    if (self->status) return self->status;
    const size_t size_bytes = onnx__model__get_packed_size(&model);
    uint8_t *data = malloc(size_bytes);
    if (!data) return psb_fail_memory("ONNX file", size_bytes);
    *size_bytes_out = onnx__model__pack(&model, data);
    *out = data;
    return PSB_OK;
}
