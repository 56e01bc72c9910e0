/* SPDX-License-Identifier: Apache-2.0
 *
 * Convolutions: 1x1 as a product of matrices, depthwise, dense, and groups of the first and third. A dilated window is
 * packed as the larger window with zeros between its taps: rare in detectors, and exact.
 */
#include "nn/operator_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "nn/sliding_int.h"

/* The weights with zeros between the taps, or the weights themselves. *spread_out: to be freed. */
static psb_status spread(const float **out, float **spread_out, const psb_node *node, size_t kernels)
{
    const psb_sliding *sliding = &node->sliding;
    *out = node->weights;
    *spread_out = NULL;
    if (sliding->dilation[0] == 1 && sliding->dilation[1] == 1) return PSB_OK;
    size_t height = (size_t)psb_sliding_reach(sliding, 0), width = (size_t)psb_sliding_reach(sliding, 1);
    if (height * width > PSB_GRAPH_MAX_PLAN_BYTES / sizeof(float) / kernels)
        return psb_fail(PSB_BAD_INPUT,
                        "node \"%.100s\": found a dilated window of %zu x %zu, expected at most 1 GB of weights",
                        node->name, height, width);
    float *wide = calloc(kernels * height * width, sizeof(*wide));
    if (!wide) return psb_fail_memory("dilated weights", kernels * height * width * sizeof(*wide));
    size_t taps_y = (size_t)sliding->kernel[0], taps_x = (size_t)sliding->kernel[1];
    for (size_t k = 0; k < kernels; k++)
        for (size_t y = 0; y < taps_y; y++)
            for (size_t x = 0; x < taps_x; x++)
                wide[(k * height + y * (size_t)sliding->dilation[0]) * width + x * (size_t)sliding->dilation[1]] =
                    node->weights[(k * taps_y + y) * taps_x + x];
    *out = *spread_out = wide;
    return PSB_OK;
}

static psb_status pack_depthwise(psb_operator *self, const float *weights, const float *bias)
{
    const psb_window *window = &self->as.conv.depthwise_args.window;
    psb_status status = psb_operator_alloc_packed(self, psb_dwconv_f32_packed_count(window));
    if (!status) psb_dwconv_f32_pack(self->packed, weights, bias, window);
    return status;
}

static psb_status pack_groups(psb_operator *self, const float *weights, const float *bias)
{
    psb_operator_conv *conv = &self->as.conv;
    const psb_conv_f32_args *shape = &conv->dense_args;
    size_t taps =
        (size_t)shape->window.channels * (size_t)shape->window.kernel_height * (size_t)shape->window.kernel_width;
    if (taps > PSB_GRAPH_MAX_PLAN_BYTES / sizeof(float)) /* also keeps it within the kernels' int32_t */
        return psb_fail(PSB_BAD_INPUT, "node \"%.100s\": found windows of %zu values, expected at most 2^28",
                        self->name, taps);
    size_t count = conv->is_point ? psb_gemm_f32_packed_count(conv->gemm, shape->out_channels, shape->window.channels)
                                  : psb_conv_f32_packed_count(conv->gemm, &shape->window, shape->out_channels);
    conv->packed_group = (count + 15) / 16 * 16; /* packed weights begin at cache lines */
    if (conv->packed_group > PSB_GRAPH_MAX_PLAN_BYTES / (size_t)conv->groups)
        return psb_fail(PSB_BAD_INPUT, "node \"%.100s\": found %d groups of %zu weights, expected at most 1 GB",
                        self->name, conv->groups, count);
    psb_status status = psb_operator_alloc_packed(self, conv->packed_group * (size_t)conv->groups);
    if (status) return status;
    for (int32_t g = 0; g < conv->groups; g++) {
        float *packed = self->packed + (size_t)g * conv->packed_group;
        const float *own = weights + (size_t)g * (size_t)shape->out_channels * taps;
        const float *own_bias = bias ? bias + (size_t)g * (size_t)shape->out_channels : NULL;
        if (conv->is_point)
            psb_gemm_f32_pack(conv->gemm, packed, own, own_bias, shape->out_channels, shape->window.channels);
        else
            psb_conv_f32_pack(conv->gemm, packed, own, own_bias, &shape->window, shape->out_channels);
    }
    return PSB_OK;
}

static psb_status create(psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    psb_operator_conv *conv = &self->as.conv;
    int64_t channels = self->in[0].shape.dims[1], out_channels = self->out.shape.dims[1];
    bool depthwise = node->group > 1 && node->group == channels && out_channels == channels;
    conv->gemm = psb_gemm_f32_pick(cpu_flags);
    conv->is_point = psb_sliding_is_point(&node->sliding);
    conv->groups = node->group;
    psb_window window = psb_operator_window(self, &node->sliding);
    self->macs = out_channels * self->out.shape.dims[2] * self->out.shape.dims[3] * (channels / node->group) *
                 node->sliding.kernel[0] * node->sliding.kernel[1];
    const float *weights;
    float *wide;
    psb_status status = spread(&weights, &wide, node, (size_t)(out_channels * (channels / node->group)));
    if (status) return status;
    if (depthwise) {
        conv->depthwise = psb_dwconv_f32_pick(cpu_flags);
        conv->depthwise_args = (psb_dwconv_f32_args){.window = window, .activation = node->activation};
        status = pack_depthwise(self, weights, node->bias);
    } else {
        window.channels /= node->group;
        conv->dense_args = (psb_conv_f32_args){
            .window = window, .out_channels = (int32_t)(out_channels / node->group), .activation = node->activation};
        status = pack_groups(self, weights, node->bias);
    }
    free(wide);
    snprintf(self->kind_text, sizeof(self->kind_text), "%s %dx%d",
             depthwise          ? "dwconv"
             : conv->groups > 1 ? "grouped conv"
                                : "conv",
             node->sliding.kernel[0], node->sliding.kernel[1]);
    self->kind = self->kind_text;
    self->kernel = depthwise ? conv->depthwise->name : conv->gemm->name;
    return status;
}

/* Floats from one row of pixels to the next, where there is more than one. */
static size_t row_of(const psb_operand *operand, size_t pixel)
{
    return operand->shape.dims[2] > 1 ? (size_t)operand->strides[2] : pixel * (size_t)operand->shape.dims[3];
}

static size_t pixel_of(const psb_operand *operand)
{
    return (size_t)(operand->shape.dims[3] > 1 ? operand->strides[3] : operand->shape.dims[1]);
}

static psb_status reshape(psb_operator *self, const psb_node *node)
{
    psb_operator_conv *conv = &self->as.conv;
    if (conv->depthwise) return PSB_OK;
    const psb_window *window = &conv->dense_args.window;
    conv->in_group = (size_t)window->channels;
    conv->out_group = (size_t)conv->dense_args.out_channels;
    conv->bands = 1;
    if (!conv->is_point) {
        self->workspace_floats = psb_conv_f32_workspace_count(window);
        return PSB_OK;
    }
    bool adds = node->residual >= 0;
    const psb_operand *residual = adds ? &self->in[1] : &self->out;
    size_t residual_pixel = pixel_of(residual);
    conv->in_band = window->in_row;
    conv->out_band = window->out_row;
    conv->residual_band = row_of(residual, residual_pixel);
    size_t width = (size_t)window->out_width;
    bool gapless = conv->in_band == width * window->in_pixel && conv->out_band == width * window->out_pixel &&
                   conv->residual_band == width * residual_pixel;
    if (!gapless) conv->bands = window->out_height;
    conv->point_args = (psb_gemm_f32_args){
        .ldc = window->out_pixel,
        .lda = window->in_pixel,
        .ld_residual = residual_pixel,
        .m = window->out_width * (gapless ? window->out_height : 1),
        .n = conv->dense_args.out_channels,
        .k = window->channels,
        .activation = node->activation,
        .residual_before_activation = node->residual_first,
    };
    return PSB_OK;
}

static void setup(psb_operator *self, void *out, const void *const in[PSB_OPERATOR_INPUTS], void *workspace)
{
    psb_operator_conv *conv = &self->as.conv;
    conv->depthwise_args.out = conv->dense_args.out = conv->point_args.c = out;
    conv->depthwise_args.in = conv->dense_args.in = conv->point_args.a = in[0];
    conv->depthwise_args.packed = self->packed;
    conv->dense_args.workspace = workspace;
    conv->point_args.residual = in[1];
}

static void run_point(const psb_operator *self, int32_t group)
{
    const psb_operator_conv *conv = &self->as.conv;
    psb_gemm_f32_args args = conv->point_args;
    args.packed = self->packed + (size_t)group * conv->packed_group;
    args.a += (size_t)group * conv->in_group;
    args.c += (size_t)group * conv->out_group;
    if (args.residual) args.residual += (size_t)group * conv->out_group;
    for (int32_t band = 0; band < conv->bands; band++) {
        conv->gemm->run(&args);
        args.a += conv->in_band;
        args.c += conv->out_band;
        if (args.residual) args.residual += conv->residual_band;
    }
}

static void run(const psb_operator *self)
{
    const psb_operator_conv *conv = &self->as.conv;
    if (conv->depthwise) {
        conv->depthwise->run(&conv->depthwise_args);
        return;
    }
    for (int32_t group = 0; group < conv->groups; group++) {
        if (conv->is_point) {
            run_point(self, group);
            continue;
        }
        psb_conv_f32_args args = conv->dense_args;
        args.packed = self->packed + (size_t)group * conv->packed_group;
        args.in += (size_t)group * conv->in_group;
        args.out += (size_t)group * conv->out_group;
        psb_conv_f32_run(conv->gemm, &args);
    }
}

const psb_operator_class psb_operator_conv_class = {create, reshape, setup, run};
