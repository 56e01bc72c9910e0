/* SPDX-License-Identifier: Apache-2.0
 *
 * The other operators on pictures of features: pools, resize, and padding that no window could take in.
 */
#include "nn/operator_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* --- Pools --- */

static psb_status pool_create(psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    const psb_pool_f32_kernel *kernel = psb_pool_f32_pick(cpu_flags);
    self->kernel = kernel->name;
    if (node->kind == PSB_NODE_MAX_POOL) {
        self->as.pool.run = kernel->max;
        self->kind = "max pool";
    } else if (node->kind == PSB_NODE_AVERAGE_POOL) {
        self->as.pool.run = kernel->average;
        self->kind = "average pool";
    } else {
        self->as.pool.run = kernel->global_average;
        self->kind = "global average";
    }
    return PSB_OK;
}

static psb_status pool_reshape(psb_operator *self, const psb_node *node)
{
    self->as.pool.args.window = psb_operator_window(self, &node->sliding);
    self->as.pool.args.count_padding = node->count_padding;
    if (node->kind == PSB_NODE_MAX_POOL)
        self->workspace_floats = psb_pool_f32_workspace_count(&self->as.pool.args.window);
    return PSB_OK;
}

static void pool_setup(psb_operator *self, void *out, const void *const in[PSB_OPERATOR_INPUTS], void *workspace)
{
    self->as.pool.args.out = out;
    self->as.pool.args.in = in[0];
    self->as.pool.args.workspace = workspace;
}

static void pool_run(const psb_operator *self)
{
    self->as.pool.run(&self->as.pool.args);
}

const psb_operator_class psb_operator_pool_class = {pool_create, pool_reshape, pool_setup, pool_run};

/* --- Resize --- */

/* Where output pixel i lies in the input, in pixels: ONNX's coordinate_transformation_mode. */
static double source_of(const psb_node *node, int32_t axis, int32_t i, int32_t in_size, int32_t out_size)
{
    double scale = node->scale[axis];
    switch (node->coordinates) {
    case PSB_COORDINATES_ASYMMETRIC:
        return i / scale;
    case PSB_COORDINATES_ALIGN_CORNERS:
        return out_size > 1 ? i * ((double)in_size - 1) / (out_size - 1) : 0;
    case PSB_COORDINATES_PYTORCH_HALF_PIXEL:
        return out_size > 1 ? (i + 0.5) / scale - 0.5 : 0;
    default:
        return (i + 0.5) / scale - 0.5;
    }
}

static double round_source(psb_rounding rounding, double x)
{
    switch (rounding) {
    case PSB_ROUNDING_FLOOR:
        return floor(x);
    case PSB_ROUNDING_CEIL:
        return ceil(x);
    case PSB_ROUNDING_PREFER_CEIL:
        return floor(x + 0.5);
    default:
        return ceil(x - 0.5);
    }
}

void psb_resize_table_fill(psb_resize_table to, const psb_node *node, int32_t axis, int32_t in_size, int32_t out_size)
{
    for (int32_t i = 0; i < out_size; i++) {
        double x = source_of(node, axis, i, in_size, out_size);
        double most = in_size - 1;
        double low = node->linear ? x : round_source(node->rounding, x);
        low = low < 0 ? 0 : low > most ? most : low;
        to.first[i] = (int32_t)low;
        to.second[i] = to.first[i] < in_size - 1 ? to.first[i] + 1 : to.first[i];
        to.share[i] = (float)(low - to.first[i]);
    }
}

static psb_status resize_create(psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    const psb_resize_f32_kernel *kernel = psb_resize_f32_pick(cpu_flags);
    self->kernel = kernel->name;
    self->kind = node->linear ? "resize bilinear" : "resize nearest";
    self->as.resize.run = node->linear ? kernel->bilinear : kernel->nearest;
    int32_t height = (int32_t)self->out.shape.dims[2], width = (int32_t)self->out.shape.dims[3];
    size_t count = (size_t)(height + width);
    self->tables = malloc(2 * count * sizeof(*self->tables));
    self->packed = malloc(count * sizeof(*self->packed));
    if (!self->tables || !self->packed) return psb_fail_memory("resize tables", 3 * count * sizeof(float));
    self->packed_floats = 3 * count;
    int32_t *y0 = self->tables, *y1 = y0 + height, *x0 = y1 + height, *x1 = x0 + width;
    const psb_shape *in = &self->in[0].shape;
    psb_resize_table_fill((psb_resize_table){y0, y1, self->packed}, node, 0, (int32_t)in->dims[2], height);
    psb_resize_table_fill((psb_resize_table){x0, x1, self->packed + height}, node, 1, (int32_t)in->dims[3], width);
    return PSB_OK;
}

static psb_status resize_reshape(psb_operator *self, const psb_node *node)
{
    psb_window window = psb_operator_window(self, &node->sliding);
    int32_t height = window.out_height, width = window.out_width;
    self->as.resize.args = (psb_resize_f32_args){
        .out_height = height,
        .out_width = width,
        .channels = window.channels,
        .in_row = window.in_row,
        .in_pixel = window.in_pixel,
        .out_row = window.out_row,
        .out_pixel = window.out_pixel,
        .y0 = self->tables,
        .y1 = self->tables + height,
        .x0 = self->tables + 2 * height,
        .x1 = self->tables + 2 * height + width,
        .fy = self->packed,
        .fx = self->packed + height,
    };
    return PSB_OK;
}

static void resize_setup(psb_operator *self, void *out, const void *const in[PSB_OPERATOR_INPUTS], void *workspace)
{
    (void)workspace;
    self->as.resize.args.out = out;
    self->as.resize.args.in = in[0];
}

static void resize_run(const psb_operator *self)
{
    self->as.resize.run(&self->as.resize.args);
}

const psb_operator_class psb_operator_resize_class = {resize_create, resize_reshape, resize_setup, resize_run};

/* --- Padding: everything the constant, then the picture into its middle --- */

static psb_status pad_create(psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    self->as.pad.kernel = psb_copy_f32_pick(cpu_flags);
    self->as.pad.value = node->pad_value;
    self->kernel = self->as.pad.kernel->name;
    self->kind = "pad";
    return PSB_OK;
}

static psb_status pad_reshape(psb_operator *self, const psb_node *node)
{
    psb_copy_f32_shape shape = {.rank = 4};
    for (int32_t d = 0; d < 4; d++) {
        shape.dims[d] = self->in[0].shape.dims[d];
        shape.out_strides[d] = self->out.strides[d];
        shape.in_strides[d] = self->in[0].strides[d];
    }
    self->as.pad.shape = psb_copy_f32_plan(&shape);
    self->as.pad.inside = node->sliding.pads[0] * self->out.strides[2] + node->sliding.pads[1] * self->out.strides[3];
    return PSB_OK;
}

static void pad_setup(psb_operator *self, void *out, const void *const in[PSB_OPERATOR_INPUTS], void *workspace)
{
    (void)workspace;
    self->as.pad.out = out;
    self->as.pad.in = in[0];
}

static void pad_run(const psb_operator *self)
{
    const psb_shape *shape = &self->out.shape;
    const int64_t *strides = self->out.strides;
    for (int64_t y = 0; y < shape->dims[2]; y++)
        for (int64_t x = 0; x < shape->dims[3]; x++)
            for (int64_t c = 0; c < shape->dims[1]; c++)
                self->as.pad.out[y * strides[2] + x * strides[3] + c * strides[1]] = self->as.pad.value;
    self->as.pad.kernel->run(self->as.pad.out + self->as.pad.inside, self->as.pad.in, &self->as.pad.shape);
}

const psb_operator_class psb_operator_pad_class = {pad_create, pad_reshape, pad_setup, pad_run};
