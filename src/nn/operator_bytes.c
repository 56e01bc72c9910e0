/* SPDX-License-Identifier: Apache-2.0
 *
 * The other operators on bytes: pools, resizes, tables (activations, and changes of scale), sums and products, copies,
 * and the two ways between bytes and floats.
 */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "nn/operator_int.h"

/* --- Pools: one scale on both sides --- */

static psb_status pool_create(psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    const psb_pool_u8_kernel *kernel = psb_pool_u8_pick(cpu_flags);
    self->kernel = kernel->name;
    if (node->kind == PSB_NODE_MAX_POOL) {
        self->as.pool_u8.run = kernel->max;
        self->kind = "int8 max pool";
    } else if (node->kind == PSB_NODE_AVERAGE_POOL) {
        self->as.pool_u8.run = kernel->average;
        self->kind = "int8 average pool";
    } else {
        self->as.pool_u8.run = kernel->global_average;
        self->kind = "int8 global average";
    }
    return PSB_OK;
}

static psb_status pool_reshape(psb_operator *self, const psb_node *node)
{
    self->as.pool_u8.args.window = psb_operator_window(self, &node->sliding);
    self->as.pool_u8.args.count_padding = node->count_padding;
    self->as.pool_u8.args.zero = self->in[0].encoding.zero;
    return PSB_OK;
}

static void pool_setup(psb_operator *self, void *out, const void *const in[PSB_OPERATOR_INPUTS], void *workspace)
{
    (void)workspace;
    self->as.pool_u8.args.out = out;
    self->as.pool_u8.args.in = in[0];
}

static void pool_run(const psb_operator *self)
{
    self->as.pool_u8.run(&self->as.pool_u8.args);
}

const psb_operator_class psb_operator_pool_u8_class = {pool_create, pool_reshape, pool_setup, pool_run};

/* --- Resize --- */

static void fill_resize(const psb_operator *self, const psb_node *node, int32_t axis, int32_t *first, int32_t *share)
{
    int32_t in_size = (int32_t)self->in[0].shape.dims[2 + axis], out_size = (int32_t)self->out.shape.dims[2 + axis];
    float *shares = self->packed;
    psb_resize_table_fill((psb_resize_table){first, first + out_size, shares}, node, axis, in_size, out_size);
    for (int32_t i = 0; i < out_size; i++) share[i] = (int32_t)lrintf(shares[i] * PSB_RESIZE_U8_ONE);
}

static psb_status resize_create(psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    const psb_resize_u8_kernel *kernel = psb_resize_u8_pick(cpu_flags);
    self->kernel = kernel->name;
    self->kind = node->linear ? "int8 resize bilinear" : "int8 resize nearest";
    self->as.resize_u8.run = node->linear ? kernel->bilinear : kernel->nearest;
    size_t height = (size_t)self->out.shape.dims[2], width = (size_t)self->out.shape.dims[3];
    self->tables = calloc(3 * (height + width), sizeof(*self->tables));
    self->packed = calloc(height + width, sizeof(*self->packed));
    if (!self->tables || !self->packed) return psb_fail_memory("resize tables", 3 * (height + width) * sizeof(int32_t));
    self->packed_floats = height + width;
    fill_resize(self, node, 0, self->tables, self->tables + 2 * height);
    fill_resize(self, node, 1, self->tables + 3 * height, self->tables + 3 * height + 2 * width);
    return PSB_OK;
}

static psb_status resize_reshape(psb_operator *self, const psb_node *node)
{
    psb_window window = psb_operator_window(self, &node->sliding);
    int32_t *y = self->tables, *x = y + 3 * (size_t)window.out_height;
    self->as.resize_u8.args = (psb_resize_u8_args){
        .out_height = window.out_height,
        .out_width = window.out_width,
        .channels = window.channels,
        .in_row = window.in_row,
        .in_pixel = window.in_pixel,
        .out_row = window.out_row,
        .out_pixel = window.out_pixel,
        .y0 = y,
        .y1 = y + window.out_height,
        .fy = y + 2 * (size_t)window.out_height,
        .x0 = x,
        .x1 = x + window.out_width,
        .fx = x + 2 * (size_t)window.out_width,
    };
    return PSB_OK;
}

static void resize_setup(psb_operator *self, void *out, const void *const in[PSB_OPERATOR_INPUTS], void *workspace)
{
    (void)workspace;
    self->as.resize_u8.args.out = out;
    self->as.resize_u8.args.in = in[0];
}

static void resize_run(const psb_operator *self)
{
    self->as.resize_u8.run(&self->as.resize_u8.args);
}

const psb_operator_class psb_operator_resize_u8_class = {resize_create, resize_reshape, resize_setup, resize_run};

/* --- Tables: an activation from one scale to another. A copy to another scale is the one that does nothing --- */

static psb_status lut_create(psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    const psb_lut_u8_kernel *kernel = psb_lut_u8_pick(cpu_flags);
    psb_encoding from = self->in[0].encoding;
    self->kernel = kernel->name;
    self->kind = node->kind == PSB_NODE_COPY ? "int8 rescale" : "int8 table";
    self->as.lut_u8.run = kernel->run;
    for (int32_t q = 0; q < 256; q++) {
        float x = psb_activation_apply(node->activation, from.scale * (float)(q - from.zero));
        self->as.lut_u8.table[q] = psb_encoding_quantise(self->out.encoding, x);
    }
    return PSB_OK;
}

static psb_status lut_reshape(psb_operator *self, const psb_node *node)
{
    (void)node;
    const int64_t *const strides[PSB_NEST_OPERANDS] = {self->out.strides, self->in[0].strides};
    psb_nest *nest = &self->as.lut_u8.nest;
    *nest = psb_nest_make(&self->out.shape, 2, strides, -1);
    self->as.lut_u8.args = (psb_lut_u8_args){
        .table = self->as.lut_u8.table,
        .rows = nest->rows,
        .columns = nest->columns,
        .ld_out = nest->row_stride[0],
        .ld_in = nest->row_stride[1],
    };
    return PSB_OK;
}

static void lut_setup(psb_operator *self, void *out, const void *const in[PSB_OPERATOR_INPUTS], void *workspace)
{
    (void)workspace;
    self->as.lut_u8.args.out = out;
    self->as.lut_u8.args.in = in[0];
}

static void lut_run(const psb_operator *self)
{
    psb_lut_u8_args args = self->as.lut_u8.args;
    int64_t place[PSB_TENSOR_MAX_RANK] = {0}, offset[PSB_NEST_OPERANDS] = {0};
    do {
        args.out = self->as.lut_u8.args.out + offset[0];
        args.in = self->as.lut_u8.args.in + offset[1];
        self->as.lut_u8.run(&args);
    } while (psb_nest_next(&self->as.lut_u8.nest, place, offset));
}

const psb_operator_class psb_operator_lut_u8_class = {lut_create, lut_reshape, lut_setup, lut_run};

/* --- Sums and products: of one shape, or the second operand a value for each channel --- */

static psb_status binary_create(psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    const psb_binary_u8_kernel *kernel = psb_binary_u8_pick(cpu_flags);
    psb_encoding a = self->in[0].encoding, b = self->in[1].encoding, out = self->out.encoding;
    self->kernel = kernel->name;
    bool multiplies = node->binary == PSB_BINARY_MUL;
    self->kind = multiplies ? "int8 mul" : "int8 add";
    self->as.binary_u8.run = multiplies ? kernel->multiply : kernel->add;
    psb_binary_u8_args *args = &self->as.binary_u8.args;
    *args = (psb_binary_u8_args){.multiplier_a = (multiplies ? a.scale * b.scale : a.scale) / out.scale,
                                 .multiplier_b = b.scale / out.scale,
                                 .zero_a = a.zero,
                                 .zero_b = b.zero,
                                 .zero_out = out.zero,
                                 .high = 255};
    if (node->activation.kind == PSB_ACTIVATION_RELU) args->low = out.zero;
    float most = multiplies ? 255 * 255 * args->multiplier_a : 255 * (args->multiplier_a + args->multiplier_b);
    if (!(most < (float)(1 << 29)))
        return psb_fail(PSB_BAD_INPUT, "node \"%.100s\": found results of up to %g steps, expected fewer", node->name,
                        (double)most);
    return PSB_OK;
}

static psb_status binary_reshape(psb_operator *self, const psb_node *node)
{
    int64_t gate[PSB_TENSOR_MAX_RANK] = {0};
    const psb_shape *out = &self->out.shape, *b = &self->in[1].shape;
    for (int32_t d = 0; d < out->rank; d++) gate[d] = b->dims[d] == 1 && out->dims[d] != 1 ? 0 : self->in[1].strides[d];
    const int64_t *const strides[PSB_NEST_OPERANDS] = {self->out.strides, self->in[0].strides, gate};
    psb_nest *nest = &self->as.binary_u8.nest;
    *nest = psb_nest_make(&self->out.shape, PSB_NEST_OPERANDS, strides, -1);
    if (nest->column_step[2] != 1)
        return psb_fail(PSB_BAD_INPUT, "node \"%.100s\": found bytes that repeat along a row, expected one per channel",
                        node->name);
    psb_binary_u8_args *args = &self->as.binary_u8.args;
    args->rows = nest->rows;
    args->columns = nest->columns;
    args->ld_out = nest->row_stride[0];
    args->ld_a = nest->row_stride[1];
    args->ld_b = nest->row_stride[2];
    return PSB_OK;
}

static void binary_setup(psb_operator *self, void *out, const void *const in[PSB_OPERATOR_INPUTS], void *workspace)
{
    (void)workspace;
    self->as.binary_u8.args.out = out;
    self->as.binary_u8.args.a = in[0];
    self->as.binary_u8.args.b = in[1];
}

static void binary_run(const psb_operator *self)
{
    psb_binary_u8_args args = self->as.binary_u8.args;
    int64_t place[PSB_TENSOR_MAX_RANK] = {0}, offset[PSB_NEST_OPERANDS] = {0};
    do {
        args.out = self->as.binary_u8.args.out + offset[0];
        args.a = self->as.binary_u8.args.a + offset[1];
        args.b = self->as.binary_u8.args.b + offset[2];
        self->as.binary_u8.run(&args);
    } while (psb_nest_next(&self->as.binary_u8.nest, place, offset));
}

const psb_operator_class psb_operator_binary_u8_class = {binary_create, binary_reshape, binary_setup, binary_run};

/* --- Copies of bytes as they are --- */

static psb_status copy_create(psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    (void)node;
    self->as.copy_u8.kernel = psb_copy_u8_pick(cpu_flags);
    self->kernel = self->as.copy_u8.kernel->name;
    self->kind = "int8 copy";
    return PSB_OK;
}

static psb_status copy_reshape(psb_operator *self, const psb_node *node)
{
    (void)node;
    psb_copy_f32_shape shape = {.rank = self->out.shape.rank};
    for (int32_t d = 0; d < shape.rank; d++) {
        shape.dims[d] = self->out.shape.dims[d];
        shape.out_strides[d] = self->out.strides[d];
        shape.in_strides[d] = self->in[0].strides[d];
    }
    self->as.copy_u8.shape = psb_copy_f32_plan(&shape);
    return PSB_OK;
}

static void copy_setup(psb_operator *self, void *out, const void *const in[PSB_OPERATOR_INPUTS], void *workspace)
{
    (void)workspace;
    self->as.copy_u8.out = out;
    self->as.copy_u8.in = in[0];
}

static void copy_run(const psb_operator *self)
{
    self->as.copy_u8.kernel->run(self->as.copy_u8.out, self->as.copy_u8.in, &self->as.copy_u8.shape);
}

const psb_operator_class psb_operator_copy_u8_class = {copy_create, copy_reshape, copy_setup, copy_run};

/* --- Between bytes and floats --- */

static psb_status convert_create(psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    (void)node;
    const psb_convert_u8_kernel *kernel = psb_convert_u8_pick(cpu_flags);
    bool to_bytes = psb_encoding_is_bytes(self->out.encoding);
    psb_encoding bytes = to_bytes ? self->out.encoding : self->in[0].encoding;
    self->kernel = kernel->name;
    self->kind = to_bytes ? "quantise" : "dequantise";
    self->as.convert.to_bytes = to_bytes;
    self->as.convert.run = to_bytes ? kernel->quantise : kernel->dequantise;
    self->as.convert.args =
        (psb_convert_u8_args){.scale = to_bytes ? 1 / bytes.scale : bytes.scale, .zero = bytes.zero};
    return PSB_OK;
}

static psb_status convert_reshape(psb_operator *self, const psb_node *node)
{
    (void)node;
    const int64_t *const strides[PSB_NEST_OPERANDS] = {self->out.strides, self->in[0].strides};
    psb_nest *nest = &self->as.convert.nest;
    *nest = psb_nest_make(&self->out.shape, 2, strides, -1);
    psb_convert_u8_args *args = &self->as.convert.args;
    args->rows = nest->rows;
    args->columns = nest->columns;
    args->ld_bytes = nest->row_stride[self->as.convert.to_bytes ? 0 : 1];
    args->ld_floats = nest->row_stride[self->as.convert.to_bytes ? 1 : 0];
    return PSB_OK;
}

static void convert_setup(psb_operator *self, void *out, const void *const in[PSB_OPERATOR_INPUTS], void *workspace)
{
    (void)workspace;
    psb_convert_u8_args *args = &self->as.convert.args;
    void *source = (void *)(uintptr_t)in[0]; /* the kernel reads that side */
    args->bytes = self->as.convert.to_bytes ? out : source;
    args->floats = self->as.convert.to_bytes ? source : out;
}

static void convert_run(const psb_operator *self)
{
    psb_convert_u8_args args = self->as.convert.args;
    const int32_t bytes_i = self->as.convert.to_bytes ? 0 : 1;
    int64_t place[PSB_TENSOR_MAX_RANK] = {0}, offset[PSB_NEST_OPERANDS] = {0};
    do {
        args.bytes = self->as.convert.args.bytes + offset[bytes_i];
        args.floats = self->as.convert.args.floats + offset[1 - bytes_i];
        self->as.convert.run(&args);
    } while (psb_nest_next(&self->as.convert.nest, place, offset));
}

const psb_operator_class psb_operator_convert_class = {convert_create, convert_reshape, convert_setup, convert_run};
