/* SPDX-License-Identifier: Apache-2.0
 *
 * What all operators share: the table from kind to class, their memory, and the geometry of windows.
 */
#include "nn/operator_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "nn/sliding_int.h"

/* The class of a node that makes bytes, or of an integer convolution. */
static const psb_operator_class *class_of_bytes(psb_node_kind kind)
{
    switch (kind) {
    case PSB_NODE_CONV:
        return &psb_operator_conv_u8_class;
    case PSB_NODE_MAX_POOL:
    case PSB_NODE_AVERAGE_POOL:
    case PSB_NODE_GLOBAL_AVERAGE_POOL:
        return &psb_operator_pool_u8_class;
    case PSB_NODE_BINARY:
        return &psb_operator_binary_u8_class;
    case PSB_NODE_UNARY:
        return &psb_operator_lut_u8_class;
    case PSB_NODE_RESIZE:
        return &psb_operator_resize_u8_class;
    default:
        return NULL;
    }
}

static const psb_operator_class *class_of_floats(psb_node_kind kind)
{
    switch (kind) {
    case PSB_NODE_CONV:
        return &psb_operator_conv_class;
    case PSB_NODE_MAX_POOL:
    case PSB_NODE_AVERAGE_POOL:
    case PSB_NODE_GLOBAL_AVERAGE_POOL:
        return &psb_operator_pool_class;
    case PSB_NODE_BINARY:
        return &psb_operator_binary_class;
    case PSB_NODE_UNARY:
        return &psb_operator_unary_class;
    case PSB_NODE_SOFTMAX:
        return &psb_operator_softmax_class;
    case PSB_NODE_RESIZE:
        return &psb_operator_resize_class;
    case PSB_NODE_PAD:
        return &psb_operator_pad_class;
    default:
        return NULL; /* views and what the passes resolve never become steps */
    }
}

static const psb_operator_class *class_of_copy(psb_encoding out, psb_encoding in)
{
    bool to_bytes = psb_encoding_is_bytes(out), from_bytes = psb_encoding_is_bytes(in);
    if (to_bytes != from_bytes) return &psb_operator_convert_class;
    if (!to_bytes) return &psb_operator_copy_class;
    return psb_encoding_equal(out, in) ? &psb_operator_copy_u8_class : &psb_operator_lut_u8_class;
}

static const psb_operator_class *class_of(const psb_node *node, psb_encoding out, psb_encoding in)
{
    if (node->kind == PSB_NODE_COPY) return class_of_copy(out, in);
    bool is_bytes = node->kind == PSB_NODE_CONV ? node->byte_weights != NULL : psb_encoding_is_bytes(out);
    return is_bytes ? class_of_bytes(node->kind) : class_of_floats(node->kind);
}

uint8_t psb_encoding_quantise(psb_encoding encoding, float x)
{
    float q = nearbyintf(x / encoding.scale) + encoding.zero;
    return (uint8_t)(q >= 255 ? 255 : q >= 0 ? q : 0); /* not-a-number is 0 */
}

psb_status psb_operator_init(psb_operator *self, const psb_node *node, const psb_operand *out, const psb_operand *in,
                             int32_t input_count, uint32_t cpu_flags)
{
    *self = (psb_operator){.name = node->name, .out = *out};
    self->class = class_of(node, out->encoding, input_count > 0 ? in[0].encoding : (psb_encoding){0});
    if (!self->class) return psb_fail(PSB_BUG, "node \"%.100s\" became a step but computes nothing", node->name);
    for (int32_t i = 0; i < input_count; i++) self->in[i] = in[i];
    psb_status status = self->class->create(self, node, cpu_flags);
    return status ? status : self->class->reshape(self, node);
}

void psb_operator_fini(psb_operator *self)
{
    free(self->packed);
    free(self->tables);
    *self = (psb_operator){0};
}

psb_status psb_operator_alloc_packed(psb_operator *self, size_t floats)
{
    if (floats > PSB_GRAPH_MAX_PLAN_BYTES / sizeof(float))
        return psb_fail(PSB_BAD_INPUT, "node \"%.100s\": found %zu packed weights, expected at most 1 GB of them",
                        self->name, floats);
    size_t bytes = (floats * sizeof(float) + 63) / 64 * 64;
    self->packed = aligned_alloc(64, bytes);
    if (!self->packed) return psb_fail_memory("packed weights", bytes);
    memset(self->packed, 0, bytes);
    self->packed_floats = floats;
    return PSB_OK;
}

psb_window psb_operator_window(const psb_operator *self, const psb_sliding *sliding)
{
    const psb_operand *in = &self->in[0], *out = &self->out;
    psb_window window = {
        .channels = (int32_t)in->shape.dims[1],
        .in_height = (int32_t)in->shape.dims[2],
        .in_width = (int32_t)in->shape.dims[3],
        .out_height = (int32_t)out->shape.dims[2],
        .out_width = (int32_t)out->shape.dims[3],
        .kernel_height = (int32_t)psb_sliding_reach(sliding, 0),
        .kernel_width = (int32_t)psb_sliding_reach(sliding, 1),
        .stride_y = sliding->stride[0],
        .stride_x = sliding->stride[1],
        .pad_top = sliding->pads[0],
        .pad_left = sliding->pads[1],
    };
    /* along a dimension of one the stride means nothing; kernels want it as if there were more */
    window.in_pixel = (size_t)(window.in_width > 1 ? in->strides[3] : window.channels);
    window.in_row = window.in_height > 1 ? (size_t)in->strides[2] : window.in_pixel * (size_t)window.in_width;
    window.out_pixel = (size_t)(window.out_width > 1 ? out->strides[3] : out->shape.dims[1]);
    window.out_row = window.out_height > 1 ? (size_t)out->strides[2] : window.out_pixel * (size_t)window.out_width;
    return window;
}
