/* SPDX-License-Identifier: Apache-2.0
 *
 * From the bytes of an ONNX file to a graph. The importer walks the file's nodes in an order that makes inputs first,
 * and hands each to the function of its operator (import_operators.c has the table), which checks attributes and
 * shapes and emits nodes of the graph's few kinds. Everything that can be wrong with a file is found here or in the
 * plan, so that running cannot fail.
 */
#ifndef PSB_NN_IMPORT_INT_H
#define PSB_NN_IMPORT_INT_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "nn/graph.h"

/* Fills an all-zero graph. `name` stands for the file in messages. Errors: PSB_BAD_INPUT for what is not a valid
 * network, PSB_UNSUPPORTED for what is valid but not ours, PSB_NO_MEMORY; the caller calls psb_graph_fini always. */
psb_status psb_import_onnx(psb_graph *graph, const char *name, const void *data, size_t size_bytes);

/* --- Below: shared by the importer's files. --- */

/* The file's messages; onnx.pb-c.h, made from onnx.proto, has them. */
typedef struct Onnx__Graph Onnx__Graph;
typedef struct Onnx__Node Onnx__Node;
typedef struct Onnx__Tensor Onnx__Tensor;

/* ONNX's numbers for element types. */
enum { PSB_ONNX_FLOAT = 1, PSB_ONNX_UINT8 = 2, PSB_ONNX_INT8 = 3, PSB_ONNX_INT32 = 6, PSB_ONNX_INT64 = 7 };

enum { PSB_IMPORT_MAX_CHANNELS = 1 << 20 }; /* so that channels fit an int32_t with room to round up */

typedef struct psb_import_name { /* who makes the value of this name */
    const char *name;
    int32_t node;  /* of the file, or -1: initializer or graph input */
    int32_t value; /* of the graph, -1 until it is made */
} psb_import_name;

typedef struct psb_import {
    psb_graph *graph;
    const Onnx__Graph *source;
    int64_t opset;
    int32_t name_count;
    psb_import_name *names; /* sorted */

    /* the node at hand */
    const Onnx__Node *node;
    int32_t input_count, output_count;
    int32_t inputs[PSB_GRAPH_MAX_INPUTS]; /* values, -1 = left out */
} psb_import;

typedef psb_status psb_import_fn(psb_import *import);

/* The operators' functions, a family in each import_FAMILY.c. */
psb_import_fn psb_import_conv, psb_import_batch_normalization;
psb_import_fn psb_import_max_pool, psb_import_average_pool, psb_import_global_average_pool;
psb_import_fn psb_import_resize, psb_import_pad;
psb_import_fn psb_import_add, psb_import_sub, psb_import_mul, psb_import_div;
psb_import_fn psb_import_relu, psb_import_leaky_relu, psb_import_clip, psb_import_sigmoid, psb_import_hard_sigmoid,
    psb_import_hard_swish, psb_import_softmax;
psb_import_fn psb_import_constant, psb_import_identity, psb_import_reshape, psb_import_flatten, psb_import_transpose,
    psb_import_squeeze, psb_import_unsqueeze, psb_import_slice, psb_import_split, psb_import_gather, psb_import_concat;

/* Runs the function of the node's operator, or says that there is none. */
psb_status psb_import_node(psb_import *import);

/* The node's name, or its first output's. */
const char *psb_import_label(const psb_import *import);

/* "FILE: node "NAME" (OP): " and the rest. */
psb_status psb_import_fail(const psb_import *import, psb_status status, const char *format, ...) PSB_FORMAT(3, 4);

/* Attributes: *out is the default where the node has none; PSB_BAD_INPUT for another type. */
psb_status psb_import_int(const psb_import *import, int64_t *out, const char *name, int64_t otherwise);
psb_status psb_import_float(const psb_import *import, float *out, const char *name, float otherwise);
psb_status psb_import_ints(const psb_import *import, const int64_t **out, int32_t *count_out, const char *name);
psb_status psb_import_word(const psb_import *import, char out[32], const char *name, const char *otherwise);
psb_status psb_import_tensor(const psb_import *import, const Onnx__Tensor **out, const char *name);

/* Input i as a float tensor of known shape; *value_out is its index. */
psb_status psb_import_operand(const psb_import *import, int32_t *value_out, int32_t input_i);
/* The same, of rank 4 (NCHW, or a convolution's weights); and with a batch of 1. */
psb_status psb_import_picture(const psb_import *import, int32_t *value_out, int32_t input_i);
psb_status psb_import_features(const psb_import *import, int32_t *value_out, int32_t input_i);
/* Input i as float or integer constants, dense. An input left out gives NULL and count 0. */
psb_status psb_import_floats(const psb_import *import, const float **out, int64_t *count_out, int32_t input_i);
psb_status psb_import_integers(const psb_import *import, const int64_t **out, int64_t *count_out, int32_t input_i);
/* Axes count from the end where negative. */
psb_status psb_import_axis(const psb_import *import, int32_t *out, int64_t axis, int32_t rank);

/* A node of the graph that makes the file node's output output_i with this shape. *out is valid until the next. */
psb_status psb_import_emit(psb_import *import, psb_node **out, psb_node_kind kind, psb_inputs inputs, int32_t output_i,
                           const psb_shape *shape);
/* The file node's output output_i is this value (where a node only passes one on, or makes a constant). */
void psb_import_bind(psb_import *import, int32_t output_i, int32_t value);
/* Dimensions of 1 or more, at most 2^31 elements. */
psb_status psb_import_check_shape(const psb_import *import, const psb_shape *shape);

/* A value with the tensor's contents. place: what to call it in messages. */
psb_status psb_import_contents(psb_graph *graph, int32_t value, const Onnx__Tensor *tensor, const char *place);

#endif
