/* SPDX-License-Identifier: Apache-2.0
 *
 * One step of a network at work. Life of an operator, after XNNPACK:
 *   create   kernel picked for the CPU flags, weights packed: what does not depend on where things lie
 *   reshape  sizes and strides made into the kernel's arguments; says how much workspace it wants
 *   setup    pointers bound
 *   run      no allocation, no failure, no question that could have been answered before
 */
#ifndef PSB_NN_OPERATOR_INT_H
#define PSB_NN_OPERATOR_INT_H

#include "kernels/binary_f32.h"
#include "kernels/conv_f32.h"
#include "kernels/binary_u8.h"
#include "kernels/conv_u8s8.h"
#include "kernels/convert_u8.h"
#include "kernels/copy_f32.h"
#include "kernels/copy_u8.h"
#include "kernels/dwconv_f32.h"
#include "kernels/dwconv_u8s8.h"
#include "kernels/gemm_f32.h"
#include "kernels/gemm_u8s8.h"
#include "kernels/lut_u8.h"
#include "kernels/pool_f32.h"
#include "kernels/pool_u8.h"
#include "kernels/resize_f32.h"
#include "kernels/resize_u8.h"
#include "kernels/unary_f32.h"
#include "nn/graph.h"
#include "nn/nest_int.h"

enum { PSB_OPERATOR_INPUTS = 3 }; /* two operands, one residual */

typedef struct psb_operand {
    psb_shape shape;
    psb_encoding encoding;
    int64_t strides[PSB_TENSOR_MAX_RANK]; /* in elements: floats or bytes */
} psb_operand;

typedef struct psb_operator psb_operator;

typedef struct psb_operator_class {
    psb_status (*create)(psb_operator *self, const psb_node *node, uint32_t cpu_flags);
    psb_status (*reshape)(psb_operator *self, const psb_node *node);
    void (*setup)(psb_operator *self, void *out, const void *const in[PSB_OPERATOR_INPUTS], void *workspace);
    void (*run)(const psb_operator *self);
} psb_operator_class;

/* A convolution of any kind. Depthwise: dw. Else `groups` products or dense convolutions, one after another; `bands`
 * rows of a product where the picture's rows do not follow each other without a gap. */
typedef struct psb_operator_conv {
    const psb_gemm_f32_kernel *gemm;
    const psb_dwconv_f32_kernel *depthwise;
    psb_dwconv_f32_args depthwise_args;
    psb_conv_f32_args dense_args;
    psb_gemm_f32_args point_args;
    bool is_point;
    int32_t groups, bands;
    size_t in_band, out_band, residual_band; /* floats from band to band */
    size_t in_group, out_group, packed_group;
} psb_operator_conv;

/* The same of bytes; strides in elements of input and output. */
typedef struct psb_operator_conv_u8 {
    const psb_gemm_u8s8_kernel *gemm;
    const psb_dwconv_u8s8_kernel *depthwise;
    psb_dwconv_u8s8_args depthwise_args;
    psb_conv_u8s8_args dense_args;
    psb_gemm_u8s8_args point_args;
    bool is_point;
    int32_t groups, bands;
    size_t in_band, out_band, in_group, out_group, packed_group;
    const psb_unary_f32_kernel *activate; /* behind floats, or NULL */
    psb_unary_f32_args activate_args;
    psb_nest nest;  /* of activate */
    float *gapless; /* workspace */
} psb_operator_conv_u8;

struct psb_operator {
    const psb_operator_class *class;
    const char *name;          /* the node's, then the network's copy */
    const char *kind, *kernel; /* "conv 3x3", "avx512"; for people */
    char kind_text[32];
    psb_operand out, in[PSB_OPERATOR_INPUTS];
    float *packed;   /* weights, owned; or NULL */
    int32_t *tables; /* coordinates of a resize or bytes of a convolution, owned; or NULL */
    size_t packed_floats, workspace_floats;
    int64_t macs;
    union {
        psb_operator_conv conv;
        psb_operator_conv_u8 conv_u8;
        struct {
            psb_pool_u8_fn *run;
            psb_pool_u8_args args;
        } pool_u8;
        struct {
            psb_resize_u8_fn *run;
            psb_resize_u8_args args;
        } resize_u8;
        struct {
            psb_lut_u8_fn *run;
            psb_lut_u8_args args;
            psb_nest nest;
            uint8_t table[256];
        } lut_u8;
        struct {
            psb_binary_u8_fn *run;
            psb_binary_u8_args args;
            psb_nest nest;
        } binary_u8;
        struct {
            const psb_copy_u8_kernel *kernel;
            psb_copy_f32_shape shape;
            uint8_t *out;
            const uint8_t *in;
        } copy_u8;
        struct {
            psb_convert_u8_fn *run;
            psb_convert_u8_args args;
            psb_nest nest;
            bool to_bytes;
        } convert;
        struct {
            psb_pool_f32_fn *run;
            psb_pool_f32_args args;
        } pool;
        struct {
            psb_resize_f32_fn *run;
            psb_resize_f32_args args;
        } resize;
        struct {
            const psb_unary_f32_kernel *kernel;
            psb_unary_f32_args args;
            psb_nest nest;
        } unary;
        struct {
            const psb_binary_f32_kernel *kernel;
            psb_binary_f32_args args;
            psb_nest nest;
        } binary;
        struct {
            const psb_copy_f32_kernel *kernel;
            psb_copy_f32_shape shape;
            float *out;
            const float *in;
        } copy;
        struct {
            const psb_copy_f32_kernel *kernel;
            psb_copy_f32_shape shape;
            float *out;
            const float *in;
            float value;
            int64_t inside; /* floats from the output's first pixel to the input's first pixel in it */
        } pad;
    } as;
};

extern const psb_operator_class psb_operator_conv_class, psb_operator_pool_class, psb_operator_resize_class,
    psb_operator_unary_class, psb_operator_softmax_class, psb_operator_binary_class, psb_operator_copy_class,
    psb_operator_pad_class;
extern const psb_operator_class psb_operator_conv_u8_class, psb_operator_pool_u8_class, psb_operator_resize_u8_class,
    psb_operator_lut_u8_class, psb_operator_binary_u8_class, psb_operator_copy_u8_class, psb_operator_convert_class;

/* Where the rows and columns of a resize come from: ONNX's rules of coordinates and rounding. */
typedef struct psb_resize_table { /* for each output row or column; nearest uses first only */
    int32_t *first, *second;
    float *share; /* of the second */
} psb_resize_table;

void psb_resize_table_fill(psb_resize_table to, const psb_node *node, int32_t axis, int32_t in_size, int32_t out_size);

/* The byte that stands for x. */
uint8_t psb_encoding_quantise(psb_encoding encoding, float x);

/* create and reshape. The operands' shapes and strides are given; `node` is read, not kept. On failure the caller still
 * calls psb_operator_fini. */
psb_status psb_operator_init(psb_operator *self, const psb_node *node, const psb_operand *out, const psb_operand *in,
                             int32_t input_count, uint32_t cpu_flags);
void psb_operator_fini(psb_operator *self);

/* Memory for packed weights, 64-byte aligned, as self->packed; at most 1 GB. */
psb_status psb_operator_alloc_packed(psb_operator *self, size_t floats);

/* The window of a picture operator, from its operands and the node's sliding window (dilation: as if spread). */
psb_window psb_operator_window(const psb_operator *self, const psb_sliding *sliding);

#endif
