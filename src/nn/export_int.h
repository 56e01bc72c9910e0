/* SPDX-License-Identifier: Apache-2.0
 *
 * From a graph to an ONNX file, shared by the exporter's files. Quantised values are written as QuantizeLinear and
 * DequantizeLinear ("QDQ"): each operator stands between floats, each value that is bytes here passes through a pair
 * of them, and a runtime that knows the pattern computes in bytes what lies between two pairs.
 * The first failure sticks: behind it nothing is written, so only the end of the walk has to ask.
 */
#ifndef PSB_NN_EXPORT_INT_H
#define PSB_NN_EXPORT_INT_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "nn/graph.h"

/* The file's messages; onnx.pb-c.h, made from onnx.proto, has them. */
typedef struct Onnx__Node Onnx__Node;
typedef struct Onnx__Tensor Onnx__Tensor;

typedef struct psb_export {
    const psb_graph *graph;
    const psb_encoding *sums; /* of each node (nn/model.h) */
    psb_graph memory;         /* of all messages and names: a graph without nodes */
    const char **names;       /* of each value as floats */
    const char **recoded;     /* of each value, in the encoding last asked for that was not its own */
    psb_encoding *recoded_as;
    size_t node_count, node_capacity, tensor_count, tensor_capacity;
    Onnx__Node **nodes;
    Onnx__Tensor **tensors;
    int32_t made; /* names so far */
    psb_status status;
} psb_export;

typedef struct psb_export_inputs { /* a view */
    int32_t count;
    const char *const *names; /* "" = left out */
} psb_export_inputs;

/* --- Messages (export_message.c). Texts live as long as the export --- */

/* Zeroed memory, NULL behind a failure. */
void *psb_export_alloc(psb_export *self, size_t count, size_t size_bytes);

/* A name that no other value has, beginning with the stem. */
const char *psb_export_fresh(psb_export *self, const char *stem);

/* A node that makes `output`; NULL behind a failure, which the attributes' functions take. */
Onnx__Node *psb_export_node(psb_export *self, const char *op, const char *output, psb_export_inputs inputs);
void psb_export_int(psb_export *self, Onnx__Node *node, const char *name, int64_t value);
void psb_export_ints(psb_export *self, Onnx__Node *node, const char *name, const int64_t *values, size_t count);
void psb_export_float(psb_export *self, Onnx__Node *node, const char *name, float value);
void psb_export_word(psb_export *self, Onnx__Node *node, const char *name, const char *word);

/* Constants: their names. The type's number is ONNX's; data is copied; rank 0 is a scalar. */
const char *psb_export_tensor(psb_export *self, const char *stem, int32_t type, psb_shape shape, const void *data);
const char *psb_export_scalar(psb_export *self, float value);
const char *psb_export_list_of(psb_export *self, const int64_t *values, size_t count);

/* The whole file in memory; to be freed. */
psb_status psb_export_pack(psb_export *self, uint8_t **out, size_t *size_bytes_out);

/* --- Quantisation (export.c) --- */

/* Through QuantizeLinear and DequantizeLinear; `output` names the result. */
void psb_export_pair(psb_export *self, const char *output, const char *input, psb_encoding encoding);

/* The value as floats that stand on bytes of this encoding; of a zero encoding: as it is. */
const char *psb_export_operand(psb_export *self, int32_t value, psb_encoding encoding);

/* --- Operators (export_operators.c) --- */

void psb_export_operator(psb_export *self, int32_t node_i);

#endif
