/* SPDX-License-Identifier: Apache-2.0
 *
 * Operators on values in any number of dimensions: activations, softmax, sums and products of two operands, copies.
 * Each becomes rows and columns for its kernel, and a walk over what dimensions are left (nest_int.h; mostly none).
 */
#include "nn/operator_int.h"

/* --- Activations and softmax --- */

static psb_status unary_create(psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    self->as.unary.kernel = psb_unary_f32_pick(cpu_flags);
    self->as.unary.args.activation = node->activation;
    self->kernel = self->as.unary.kernel->name;
    self->kind = node->kind == PSB_NODE_SOFTMAX ? "softmax" : psb_activation_name(node->activation.kind);
    return PSB_OK;
}

static psb_status unary_reshape(psb_operator *self, const psb_node *node)
{
    const int64_t *const strides[PSB_NEST_OPERANDS] = {self->out.strides, self->in[0].strides};
    int32_t last = node->kind == PSB_NODE_SOFTMAX ? node->axis : -1;
    self->as.unary.nest = psb_nest_make(&self->out.shape, 2, strides, last);
    const psb_nest *nest = &self->as.unary.nest;
    psb_unary_f32_args *args = &self->as.unary.args;
    args->rows = nest->rows;
    args->columns = nest->columns;
    args->ld_out = nest->row_stride[0];
    args->ld_in = nest->row_stride[1];
    return PSB_OK;
}

static void unary_setup(psb_operator *self, void *out, const void *const in[PSB_OPERATOR_INPUTS], void *workspace)
{
    (void)workspace;
    self->as.unary.args.out = out;
    self->as.unary.args.in = in[0];
}

static void walk_unary(const psb_operator *self, psb_unary_f32_fn *kernel)
{
    psb_unary_f32_args args = self->as.unary.args;
    int64_t place[PSB_TENSOR_MAX_RANK] = {0}, offset[PSB_NEST_OPERANDS] = {0};
    do {
        args.out = self->as.unary.args.out + offset[0];
        args.in = self->as.unary.args.in + offset[1];
        kernel(&args);
    } while (psb_nest_next(&self->as.unary.nest, place, offset));
}

static void unary_run(const psb_operator *self)
{
    walk_unary(self, self->as.unary.kernel->activate);
}

static void softmax_run(const psb_operator *self)
{
    walk_unary(self, self->as.unary.kernel->softmax);
}

const psb_operator_class psb_operator_unary_class = {unary_create, unary_reshape, unary_setup, unary_run};
const psb_operator_class psb_operator_softmax_class = {unary_create, unary_reshape, unary_setup, softmax_run};

/* --- Two operands --- */

static psb_status binary_create(psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    static const char *const names[PSB_BINARY_COUNT] = {"add", "sub", "mul", "div"};
    self->as.binary.kernel = psb_binary_f32_pick(cpu_flags);
    self->as.binary.args.op = node->binary;
    self->as.binary.args.activation = node->activation;
    self->kernel = self->as.binary.kernel->name;
    self->kind = names[node->binary];
    return PSB_OK;
}

/* The operand's strides under the output's dimensions: those that it lacks or has once repeat. */
static void broadcast_strides(int64_t strides[PSB_TENSOR_MAX_RANK], const psb_operand *operand, const psb_shape *out)
{
    int32_t shift = out->rank - operand->shape.rank;
    for (int32_t d = 0; d < out->rank; d++)
        strides[d] = d < shift || operand->shape.dims[d - shift] == 1 ? 0 : operand->strides[d - shift];
}

static psb_status binary_reshape(psb_operator *self, const psb_node *node)
{
    (void)node;
    int64_t a[PSB_TENSOR_MAX_RANK] = {0}, b[PSB_TENSOR_MAX_RANK] = {0};
    broadcast_strides(a, &self->in[0], &self->out.shape);
    broadcast_strides(b, &self->in[1], &self->out.shape);
    const int64_t *const strides[PSB_NEST_OPERANDS] = {self->out.strides, a, b};
    self->as.binary.nest = psb_nest_make(&self->out.shape, PSB_NEST_OPERANDS, strides, -1);
    const psb_nest *nest = &self->as.binary.nest;
    psb_binary_f32_args *args = &self->as.binary.args;
    args->rows = nest->rows;
    args->columns = nest->columns;
    args->ld_out = nest->row_stride[0];
    args->ld_a = nest->row_stride[1];
    args->ld_b = nest->row_stride[2];
    args->step_a = nest->column_step[1];
    args->step_b = nest->column_step[2];
    return PSB_OK;
}

static void binary_setup(psb_operator *self, void *out, const void *const in[PSB_OPERATOR_INPUTS], void *workspace)
{
    (void)workspace;
    self->as.binary.args.out = out;
    self->as.binary.args.a = in[0];
    self->as.binary.args.b = in[1];
}

static void binary_run(const psb_operator *self)
{
    psb_binary_f32_args args = self->as.binary.args;
    int64_t place[PSB_TENSOR_MAX_RANK] = {0}, offset[PSB_NEST_OPERANDS] = {0};
    do {
        args.out = self->as.binary.args.out + offset[0];
        args.a = self->as.binary.args.a + offset[1];
        args.b = self->as.binary.args.b + offset[2];
        self->as.binary.kernel->run(&args);
    } while (psb_nest_next(&self->as.binary.nest, place, offset));
}

const psb_operator_class psb_operator_binary_class = {binary_create, binary_reshape, binary_setup, binary_run};

/* --- Copies --- */

static psb_status copy_create(psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    (void)node;
    self->as.copy.kernel = psb_copy_f32_pick(cpu_flags);
    self->kernel = self->as.copy.kernel->name;
    self->kind = "copy";
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
    self->as.copy.shape = psb_copy_f32_plan(&shape);
    return PSB_OK;
}

static void copy_setup(psb_operator *self, void *out, const void *const in[PSB_OPERATOR_INPUTS], void *workspace)
{
    (void)workspace;
    self->as.copy.out = out;
    self->as.copy.in = in[0];
}

static void copy_run(const psb_operator *self)
{
    self->as.copy.kernel->run(self->as.copy.out, self->as.copy.in, &self->as.copy.shape);
}

const psb_operator_class psb_operator_copy_class = {copy_create, copy_reshape, copy_setup, copy_run};
