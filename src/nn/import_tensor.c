/* SPDX-License-Identifier: Apache-2.0
 *
 * Constants: the contents of initializers and of Constant nodes, as float32 or as int64. ONNX stores them as raw
 * little-endian bytes or as typed lists; both are copied once, so the file's memory can go.
 */
#include "nn/import_int.h"

#include <string.h>

#include "base/error.h"
#include "onnx.pb-c.h"

static psb_status tensor_shape(psb_graph *graph, psb_shape *shape, const Onnx__Tensor *tensor, const char *place,
                               const char *name)
{
    if (tensor->n_dims > PSB_TENSOR_MAX_RANK)
        return psb_fail(PSB_UNSUPPORTED, "%s: %s \"%.100s\": found %zu dimensions, expected at most %d", graph->file,
                        place, name, tensor->n_dims, PSB_TENSOR_MAX_RANK);
    int64_t elements = 1;
    shape->rank = (int32_t)tensor->n_dims;
    for (size_t d = 0; d < tensor->n_dims; d++) {
        int64_t size = tensor->dims[d];
        if (size < 0 || (elements > 0 && size > PSB_GRAPH_MAX_ELEMENTS / elements))
            return psb_fail(PSB_BAD_INPUT, "%s: %s \"%.100s\": found dimension %lld, expected at most 2^31 elements",
                            graph->file, place, name, (long long)size);
        elements *= size;
        shape->dims[d] = size;
    }
    return PSB_OK;
}

/* Where the values lie: raw bytes or a typed list, whichever the tensor has. */
static const void *tensor_bytes(const Onnx__Tensor *tensor, size_t *size_bytes_out, size_t *element_bytes_out)
{
    bool wide = tensor->data_type == PSB_ONNX_INT64, is_float = tensor->data_type == PSB_ONNX_FLOAT;
    *element_bytes_out = wide ? sizeof(int64_t) : sizeof(int32_t);
    *size_bytes_out = tensor->has_raw_data ? tensor->raw_data.len
                      : is_float           ? tensor->n_float_data * sizeof(float)
                      : wide               ? tensor->n_int64_data * sizeof(int64_t)
                                           : tensor->n_int32_data * sizeof(int32_t);
    return tensor->has_raw_data ? (const void *)tensor->raw_data.data
           : is_float           ? (const void *)tensor->float_data
           : wide               ? (const void *)tensor->int64_data
                                : (const void *)tensor->int32_data;
}

static psb_status copy_contents(psb_graph *graph, psb_value *value, const Onnx__Tensor *tensor, const void *bytes,
                                size_t size_bytes, size_t count)
{
    if (tensor->data_type == PSB_ONNX_FLOAT) {
        float *floats = psb_graph_alloc(graph, count, sizeof(float));
        if (!floats) return PSB_NO_MEMORY;
        if (count) memcpy(floats, bytes, size_bytes);
        value->floats = floats;
        return PSB_OK;
    }
    int64_t *integers = psb_graph_alloc(graph, count, sizeof(int64_t));
    if (!integers) return PSB_NO_MEMORY;
    value->integers = integers;
    if (count && tensor->data_type == PSB_ONNX_INT64) memcpy(integers, bytes, size_bytes);
    for (size_t i = 0; i < count && tensor->data_type == PSB_ONNX_INT32; i++) {
        int32_t number;
        memcpy(&number, (const uint8_t *)bytes + i * sizeof(number), sizeof(number));
        integers[i] = number;
    }
    return PSB_OK;
}

psb_status psb_import_contents(psb_graph *graph, int32_t value, const Onnx__Tensor *tensor, const char *place)
{
    const char *name = graph->values[value].name;
    if (tensor->data_location != 0 || tensor->n_external_data > 0)
        return psb_fail(PSB_UNSUPPORTED, "%s: %s \"%.100s\": found external data, expected values inside the file",
                        graph->file, place, name);
    if (tensor->data_type != PSB_ONNX_FLOAT && tensor->data_type != PSB_ONNX_INT64 &&
        tensor->data_type != PSB_ONNX_INT32)
        return psb_fail(PSB_UNSUPPORTED, "%s: %s \"%.100s\": found element type %d, expected float32, int32 or int64",
                        graph->file, place, name, tensor->data_type);
    psb_status status = tensor_shape(graph, &graph->values[value].shape, tensor, place, name);
    if (status) return status;
    size_t count = (size_t)psb_shape_elements(&graph->values[value].shape);
    size_t size_bytes, element_bytes;
    const void *bytes = tensor_bytes(tensor, &size_bytes, &element_bytes);
    if (size_bytes != count * element_bytes) /* before memory is asked for what the file does not hold */
        return psb_fail(PSB_BAD_INPUT, "%s: %s \"%.100s\": found %zu bytes of values, expected %zu", graph->file, place,
                        name, size_bytes, count * element_bytes);
    return copy_contents(graph, &graph->values[value], tensor, bytes, size_bytes, count);
}
