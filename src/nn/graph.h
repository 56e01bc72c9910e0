/* SPDX-License-Identifier: Apache-2.0
 *
 * The network between its file and its plan: values (tensors with a name and a shape) and nodes that make one value
 * each. The importer lowers ONNX's many operators to the few kinds below; passes then rewrite the list; the plan turns
 * what is left into steps. Nodes stand in an order in which every input is made before it is used.
 * Everything a graph points to lives in its own memory and goes with it.
 */
#ifndef PSB_NN_GRAPH_H
#define PSB_NN_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <passerby/status.h>

#include "kernels/activation.h"
#include "kernels/binary_f32.h"
#include "nn/network.h"

enum {
    PSB_GRAPH_MAX_NODES = 100000,
    PSB_GRAPH_MAX_INPUTS = 256, /* of one node: the widest concatenation of a known detector has 20 */
};
#define PSB_GRAPH_MAX_FILE_BYTES ((size_t)512 << 20)
#define PSB_GRAPH_MAX_ELEMENTS   (INT64_C(1) << 31)
#define PSB_GRAPH_MAX_PLAN_BYTES ((size_t)1 << 30)

typedef struct psb_shape {
    int32_t rank; /* -1: not known yet */
    int64_t dims[PSB_TENSOR_MAX_RANK];
} psb_shape;

/* How a value's elements are stored. All zero: float32. Else bytes q, each for scale * (q - zero). */
typedef struct psb_encoding {
    float scale; /* 0: float32 */
    uint8_t zero;
} psb_encoding;

static inline bool psb_encoding_is_bytes(psb_encoding encoding)
{
    return encoding.scale > 0;
}

static inline bool psb_encoding_equal(psb_encoding a, psb_encoding b)
{
    return a.scale == b.scale && a.zero == b.zero; /* stored, not computed: exact */
}

typedef struct psb_value {
    const char *name;
    psb_shape shape;
    psb_encoding encoding;
    const float *floats;     /* a constant's, dense, row-major; else NULL */
    const int64_t *integers; /* an integer constant's (shapes, axes, indices); else NULL */
    int32_t producer;        /* node, or -1 for inputs and constants; kept by psb_graph_recount */
    int32_t uses;            /* by nodes, kept by psb_graph_recount */
    bool is_output;
} psb_value;

typedef enum psb_node_kind {
    PSB_NODE_DEAD, /* removed; skipped by everyone */
    PSB_NODE_CONV,
    PSB_NODE_AFFINE, /* x * weights[c] + bias[c] on axis 1: batch normalisation at inference */
    PSB_NODE_MAX_POOL,
    PSB_NODE_AVERAGE_POOL,
    PSB_NODE_GLOBAL_AVERAGE_POOL,
    PSB_NODE_BINARY,
    PSB_NODE_UNARY,
    PSB_NODE_SOFTMAX,
    PSB_NODE_RESIZE,
    PSB_NODE_PAD,
    PSB_NODE_CONCAT,
    PSB_NODE_RESHAPE, /* this and the next two only look at the same values in another way */
    PSB_NODE_TRANSPOSE,
    PSB_NODE_SLICE,
    PSB_NODE_COPY, /* made by the plan: the same values in another layout or encoding */
    PSB_NODE_KIND_COUNT
} psb_node_kind;

/* A sliding window, of a convolution or a pool. pads: top, left, bottom, right. */
typedef struct psb_sliding {
    int32_t kernel[2], stride[2], dilation[2], pads[4]; /* height, width */
} psb_sliding;

typedef enum psb_coordinates {
    PSB_COORDINATES_HALF_PIXEL,
    PSB_COORDINATES_PYTORCH_HALF_PIXEL,
    PSB_COORDINATES_ASYMMETRIC,
    PSB_COORDINATES_ALIGN_CORNERS,
} psb_coordinates;

typedef enum psb_rounding {
    PSB_ROUNDING_PREFER_FLOOR,
    PSB_ROUNDING_PREFER_CEIL,
    PSB_ROUNDING_FLOOR,
    PSB_ROUNDING_CEIL,
} psb_rounding;

/* Output channels of an integer convolution that share a table: where a sum is rounded to, and what the activation's
 * result is multiplied by before it becomes a byte of the value's encoding. Who reads it has that in its weights. */
typedef struct psb_channel_class {
    psb_encoding sum;
    float gain;
} psb_channel_class;

typedef struct psb_node {
    psb_node_kind kind;
    const char *name; /* the file's, or its output's where it has none */
    int32_t input_count;
    int32_t *inputs; /* values */
    int32_t output;  /* value */

    psb_activation activation; /* of UNARY; fused behind CONV and BINARY */
    psb_sliding sliding;       /* CONV, pools; PAD uses its pads */
    int32_t group;
    const float *weights, *bias; /* CONV: [out][in / group][kh][kw], bias or NULL; AFFINE: one of each per channel */
    /* CONV in integers, where byte_weights is not NULL: as weights, but each for itself * weight_scales[out channel].
     * The input is taken in this encoding. A sum is first rounded to `sum`, and the activation looked up in a table,
     * where sum is given and the output is bytes. No residual. */
    const int8_t *byte_weights;
    const float *weight_scales;
    psb_encoding taken, sum;
    int32_t class_count; /* 0: all channels are rounded to `sum`, gain 1; else classes[0].sum is `sum` */
    const psb_channel_class *classes;
    const uint8_t *channel_class; /* of each output channel */
    int32_t residual;             /* CONV: value that is added, or -1 */
    bool residual_first;          /* before the activation, else behind it */
    psb_binary_op binary;
    bool count_padding; /* AVERAGE_POOL */
    bool linear;        /* RESIZE: else nearest */
    psb_coordinates coordinates;
    psb_rounding rounding;
    double scale[2]; /* RESIZE: height, width, out / in */
    float pad_value;
    int32_t axis;                       /* CONCAT, SOFTMAX */
    int32_t order[PSB_TENSOR_MAX_RANK]; /* TRANSPOSE: ONNX's perm */
    int64_t start[PSB_TENSOR_MAX_RANK]; /* SLICE, one for each axis */
    int64_t step[PSB_TENSOR_MAX_RANK];  /* SLICE, negative runs backwards */
} psb_node;

typedef struct psb_inputs { /* a view */
    int32_t count;
    const int32_t *values;
} psb_inputs;

typedef struct psb_graph_block psb_graph_block;

typedef struct psb_graph { /* init by = {0}, fini */
    const char *file;      /* for messages; the caller's, outlives the graph */
    int32_t value_count, value_capacity;
    psb_value *values;
    int32_t node_count, node_capacity;
    psb_node *nodes;
    int32_t input_count, output_count;
    int32_t *inputs, *outputs; /* values */
    int32_t nodes_in_file;
    bool keeps_parts; /* psb_pass_fuse leaves what follows a convolution apart: for who looks at it piece by piece */
    psb_graph_block *blocks; /* of psb_graph_alloc */
} psb_graph;

void psb_graph_fini(psb_graph *graph);

/* Zeroed memory, aligned to 16 bytes, that lives as long as the graph; NULL (and the sentence) where there is none.
 * count * size is checked. */
void *psb_graph_alloc(psb_graph *graph, size_t count, size_t size_bytes);

/* Appends; the pointers of earlier values and nodes may move. */
psb_status psb_graph_add_value(psb_graph *graph, int32_t *value_out, const char *name);
psb_status psb_graph_add_node(psb_graph *graph, psb_node **out, psb_node_kind kind, const char *name, psb_inputs inputs,
                              int32_t output);

/* Fills an all-zero graph with the same nodes and values, to be changed or planned apart. Weights, constants and names
 * stay `of`'s, which must outlive the copy. */
psb_status psb_graph_borrow(psb_graph *graph, const psb_graph *of);

/* Producers and uses of all values, from the nodes. */
void psb_graph_recount(psb_graph *graph);

/* The encoding in which a computing node takes this operand, the first or a later one. */
psb_encoding psb_graph_taken(const psb_graph *graph, const psb_node *node, int32_t value);

/* Product of the dimensions; shapes are checked when made, so this cannot overflow. */
int64_t psb_shape_elements(const psb_shape *shape);

bool psb_shape_equal(const psb_shape *a, const psb_shape *b);

/* "1x3x416x416" into text; returns text. */
enum { PSB_SHAPE_TEXT_BYTES = 128 };
const char *psb_shape_text(char text[PSB_SHAPE_TEXT_BYTES], const psb_shape *shape);

#endif
