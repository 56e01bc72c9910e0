/* SPDX-License-Identifier: Apache-2.0
 *
 * Convolutions in integers: bytes in, signed byte weights, int32 sums, and out of them bytes again or, for the last
 * layers of a network, floats. Biases become integers here, in units of what one product is worth; what activation is
 * no clamp becomes a table of 256 bytes. Kernels are as for floats: 1x1 as a product of matrices, depthwise, dense.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "nn/operator_int.h"
#include "nn/sliding_int.h"

enum { PIXELS_TOGETHER = 56 }; /* a multiple of the tiles' 4 and 14 rows; with 80 classes 18 KB of floats */

/* Bytes are what sums are rounded to: the table's side where there is one. Zero scale: floats. */
static psb_encoding rounded_to(const psb_operator *self, const psb_node *node)
{
    return psb_encoding_is_bytes(node->sum) ? node->sum : self->out.encoding;
}

/* What the kernels ask for (requant_u8.h): no byte of any input may bring a sum near the end of its range. */
static psb_status check_range(const psb_operator *self, const psb_node *node, const psb_weights_s8 *weights,
                              int64_t products)
{
    int64_t out_channels = self->out.shape.dims[1];
    for (int64_t c = 0; c < out_channels; c++) {
        int64_t most = llabs((long long)weights->bias[c]);
        for (int64_t p = 0; p < products; p++) most += 255 * (int64_t)abs(node->byte_weights[c * products + p]);
        bool is_float = !psb_encoding_is_bytes(self->out.encoding);
        if (most < INT32_MAX && (is_float || (double)most * (double)weights->multiplier[c] < (double)(1 << 30)))
            continue;
        return psb_fail(PSB_BAD_INPUT, "node \"%.100s\": found sums up to %lld in channel %lld, expected fewer",
                        node->name, (long long)most, (long long)c);
    }
    return PSB_OK;
}

/* Multipliers and integer biases. *memory_out: to be freed. */
static psb_status make_weights(psb_weights_s8 *out, void **memory_out, const psb_operator *self, const psb_node *node)
{
    size_t out_channels = (size_t)self->out.shape.dims[1];
    int32_t *bias = calloc(out_channels, sizeof(*bias) + sizeof(float));
    *memory_out = bias;
    if (!bias) return psb_fail_memory("biases", out_channels * sizeof(*bias));
    float *multiplier = (float *)(void *)(bias + out_channels);
    const psb_encoding shared = rounded_to(self, node);
    for (size_t c = 0; c < out_channels; c++) {
        const psb_encoding made = node->class_count ? node->classes[node->channel_class[c]].sum : shared;
        double product = (double)node->taken.scale * (double)node->weight_scales[c];
        double added = node->bias ? (double)node->bias[c] : 0;
        /* the kernel has one zero point; what a class's own is beside it goes with the bias */
        if (node->class_count) added += ((double)made.zero - (double)shared.zero) * (double)made.scale;
        double whole = nearbyint(added / product);
        if (!(fabs(whole) < (double)(1 << 30)))
            return psb_fail(PSB_BAD_INPUT, "node \"%.100s\": found a bias of %g steps in channel %zu, expected fewer",
                            node->name, whole, c);
        bias[c] = (int32_t)whole;
        multiplier[c] = (float)(psb_encoding_is_bytes(made) ? product / (double)made.scale : product);
    }
    *out = (psb_weights_s8){node->byte_weights, bias, multiplier, node->taken.zero};
    return PSB_OK;
}

/* A table for each class of channels, and behind them the classes of the channels, as lut_u8.h wants both. */
static psb_status make_tables(psb_requant_u8 *requant, psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    const psb_channel_class shared = {.sum = node->sum, .gain = 1};
    const int32_t count = node->class_count ? node->class_count : 1;
    const size_t channels = (size_t)self->out.shape.dims[1], table_bytes = 256 * (size_t)count;
    const size_t bytes = (table_bytes + channels + PSB_LUT_U8_BEHIND + 63) / 64 * 64;
    self->tables = aligned_alloc(64, bytes); /* quarters of a table are cache lines: kernels read them often */
    if (!self->tables) return psb_fail_memory("tables", bytes);
    uint8_t *table = (uint8_t *)self->tables, *class_of = table + table_bytes;
    for (int32_t k = 0; k < count; k++) {
        const psb_channel_class *one = node->class_count ? &node->classes[k] : &shared;
        for (int32_t q = 0; q < 256; q++) {
            float x = psb_activation_apply(node->activation, one->sum.scale * (float)(q - one->sum.zero));
            table[256 * k + q] = psb_encoding_quantise(self->out.encoding, x * one->gain);
        }
    }
    requant->table = table;
    requant->lut = psb_lut_u8_pick(cpu_flags)->run;
    if (!node->class_count) return PSB_OK;
    for (size_t c = 0; c < channels + PSB_LUT_U8_BEHIND; c++) class_of[c] = node->channel_class[c % channels];
    requant->class_of = class_of;
    requant->class_count = count;
    return PSB_OK;
}

/* What becomes of a sum that is to be a byte. */
static psb_status make_requant(psb_requant_u8 *out, psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    psb_encoding made = rounded_to(self, node);
    psb_requant_u8 requant = {.zero = made.zero, .low = 0, .high = 255};
    psb_status status = PSB_OK;
    if (psb_encoding_is_bytes(node->sum)) {
        status = make_tables(&requant, self, node, cpu_flags);
    } else if (node->activation.kind == PSB_ACTIVATION_RELU) {
        requant.low = made.zero;
    } else if (node->activation.kind == PSB_ACTIVATION_CLIP) {
        requant.low = psb_encoding_quantise(made, node->activation.a);
        requant.high = psb_encoding_quantise(made, node->activation.b);
        if (requant.high < requant.low) requant.high = requant.low;
    }
    *out = requant;
    return status;
}

static psb_status alloc_packed(psb_operator *self, size_t bytes)
{
    return psb_operator_alloc_packed(self, (bytes + sizeof(float) - 1) / sizeof(float));
}

static psb_status pack_groups(psb_operator *self, const psb_weights_s8 *weights)
{
    psb_operator_conv_u8 *conv = &self->as.conv_u8;
    const psb_conv_u8s8_args *shape = &conv->dense_args;
    const psb_window *window = &shape->window;
    psb_gemm_u8s8_shape point = {.n = shape->out_channels, .k = window->channels, .segments = 1};
    size_t taps = (size_t)window->channels * (size_t)window->kernel_height * (size_t)window->kernel_width;
    size_t bytes = conv->is_point ? psb_gemm_u8s8_packed_bytes(conv->gemm, &point)
                                  : psb_conv_u8s8_packed_bytes(conv->gemm, window, shape->out_channels);
    conv->packed_group = (bytes + 63) / 64 * 64; /* packed weights begin at cache lines */
    if (conv->packed_group > PSB_GRAPH_MAX_PLAN_BYTES / (size_t)conv->groups)
        return psb_fail(PSB_BAD_INPUT,
                        "node \"%.100s\": found %d groups of %zu bytes of weights, expected 1 GB at most", self->name,
                        conv->groups, bytes);
    psb_status status = alloc_packed(self, conv->packed_group * (size_t)conv->groups);
    for (int32_t g = 0; g < conv->groups && !status; g++) {
        size_t first = (size_t)g * (size_t)shape->out_channels;
        psb_weights_s8 own = *weights;
        own.values += first * taps;
        own.bias += first;
        own.multiplier += first;
        uint8_t *packed = (uint8_t *)self->packed + (size_t)g * conv->packed_group;
        if (conv->is_point)
            psb_gemm_u8s8_pack(conv->gemm, packed, &own, &point);
        else
            psb_conv_u8s8_pack(conv->gemm, packed, &own, window, shape->out_channels);
    }
    return status;
}

static void describe(psb_operator *self, const psb_node *node)
{
    psb_operator_conv_u8 *conv = &self->as.conv_u8;
    snprintf(self->kind_text, sizeof(self->kind_text), "int8 %s %dx%d",
             conv->depthwise    ? "dwconv"
             : conv->groups > 1 ? "grouped conv"
                                : "conv",
             node->sliding.kernel[0], node->sliding.kernel[1]);
    self->kind = self->kind_text;
    self->kernel = conv->depthwise ? conv->depthwise->name : conv->gemm->name;
}

static psb_status create(psb_operator *self, const psb_node *node, uint32_t cpu_flags)
{
    psb_operator_conv_u8 *conv = &self->as.conv_u8;
    int64_t channels = self->in[0].shape.dims[1], out_channels = self->out.shape.dims[1];
    int64_t products = channels / node->group * node->sliding.kernel[0] * node->sliding.kernel[1];
    psb_window window = psb_operator_window(self, &node->sliding);
    psb_weights_s8 weights;
    void *memory = NULL;
    conv->is_point = psb_sliding_is_point(&node->sliding);
    conv->groups = node->group;
    self->macs = out_channels * self->out.shape.dims[2] * self->out.shape.dims[3] * products;
    psb_requant_u8 requant;
    psb_status status = make_requant(&requant, self, node, cpu_flags);
    if (!status) status = make_weights(&weights, &memory, self, node);
    if (!status) status = check_range(self, node, &weights, products);
    if (status) goto done;
    if (node->group > 1 && node->group == channels && out_channels == channels) {
        conv->depthwise = psb_dwconv_u8s8_pick(cpu_flags);
        conv->depthwise_args =
            (psb_dwconv_u8s8_args){.window = window, .in_zero = node->taken.zero, .requant = requant};
        status = alloc_packed(self, psb_dwconv_u8s8_packed_bytes(conv->depthwise, &window));
        if (!status) psb_dwconv_u8s8_pack(conv->depthwise, self->packed, &weights, &window);
    } else {
        conv->gemm = psb_gemm_u8s8_pick(cpu_flags);
        window.channels /= node->group;
        conv->dense_args = (psb_conv_u8s8_args){.window = window,
                                                .out_channels = (int32_t)(out_channels / node->group),
                                                .in_zero = node->taken.zero,
                                                .requant = requant};
        status = pack_groups(self, &weights);
    }
    if (!psb_encoding_is_bytes(self->out.encoding) && node->activation.kind != PSB_ACTIVATION_NONE)
        conv->activate = psb_unary_f32_pick(cpu_flags);
    describe(self, node);
done:
    free(memory);
    return status;
}

static void shape_activation(psb_operator *self, const psb_node *node)
{
    psb_operator_conv_u8 *conv = &self->as.conv_u8;
    const int64_t *const strides[PSB_NEST_OPERANDS] = {self->out.strides, self->out.strides};
    conv->nest = psb_nest_make(&self->out.shape, 2, strides, -1);
    conv->activate_args = (psb_unary_f32_args){
        .rows = conv->nest.rows,
        .columns = conv->nest.columns,
        .ld_out = conv->nest.row_stride[0],
        .ld_in = conv->nest.row_stride[1],
        .activation = node->activation,
    };
}

static psb_status reshape(psb_operator *self, const psb_node *node)
{
    psb_operator_conv_u8 *conv = &self->as.conv_u8;
    if (conv->activate) shape_activation(self, node);
    if (conv->depthwise) return PSB_OK;
    const psb_window *window = &conv->dense_args.window;
    conv->in_group = (size_t)window->channels;
    conv->out_group = (size_t)conv->dense_args.out_channels;
    conv->bands = 1;
    if (!conv->is_point) {
        self->workspace_floats = psb_conv_u8s8_workspace_bytes(window) / sizeof(float) + 1;
        return PSB_OK;
    }
    if (conv->activate && window->out_pixel != conv->out_group)
        self->workspace_floats = PIXELS_TOGETHER * conv->out_group;
    conv->in_band = window->in_row;
    conv->out_band = window->out_row;
    size_t width = (size_t)window->out_width;
    bool gapless = conv->in_band == width * window->in_pixel && conv->out_band == width * window->out_pixel;
    if (!gapless) conv->bands = window->out_height;
    conv->point_args = (psb_gemm_u8s8_args){
        .ldc = window->out_pixel,
        .lda = window->in_pixel,
        .m = window->out_width * (gapless ? window->out_height : 1),
        .n = conv->dense_args.out_channels,
        .k = window->channels,
        .segments = 1,
        .requant = conv->dense_args.requant,
    };
    return PSB_OK;
}

static void setup(psb_operator *self, void *out, const void *const in[PSB_OPERATOR_INPUTS], void *workspace)
{
    psb_operator_conv_u8 *conv = &self->as.conv_u8;
    bool is_bytes = psb_encoding_is_bytes(self->out.encoding);
    conv->depthwise_args.out = conv->dense_args.out = conv->point_args.c = is_bytes ? out : NULL;
    conv->dense_args.out_f32 = conv->point_args.c_f32 = is_bytes ? NULL : out;
    conv->depthwise_args.in = conv->dense_args.in = conv->point_args.a = in[0];
    conv->depthwise_args.packed = self->packed;
    conv->dense_args.workspace = workspace;
    conv->gapless = workspace;
    conv->activate_args.out = is_bytes ? NULL : out;
    conv->activate_args.in = is_bytes ? NULL : out;
}

static void run_point(const psb_operator *self, int32_t group)
{
    const psb_operator_conv_u8 *conv = &self->as.conv_u8;
    psb_gemm_u8s8_args args = conv->point_args;
    args.packed = (const uint8_t *)self->packed + (size_t)group * conv->packed_group;
    args.a += (size_t)group * conv->in_group;
    if (args.c) args.c += (size_t)group * conv->out_group;
    if (args.c_f32) args.c_f32 += (size_t)group * conv->out_group;
    for (int32_t band = 0; band < conv->bands; band++) {
        conv->gemm->run(&args);
        args.a += conv->in_band;
        if (args.c) args.c += conv->out_band;
        if (args.c_f32) args.c_f32 += conv->out_band;
    }
}

static void run_dense(const psb_operator *self, int32_t group)
{
    const psb_operator_conv_u8 *conv = &self->as.conv_u8;
    psb_conv_u8s8_args args = conv->dense_args;
    args.packed = (const uint8_t *)self->packed + (size_t)group * conv->packed_group;
    args.in += (size_t)group * conv->in_group;
    if (args.out) args.out += (size_t)group * conv->out_group;
    if (args.out_f32) args.out_f32 += (size_t)group * conv->out_group;
    psb_conv_u8s8_run(conv->gemm, &args);
}

static void run_activation(const psb_operator_conv_u8 *conv)
{
    psb_unary_f32_args args = conv->activate_args;
    int64_t place[PSB_TENSOR_MAX_RANK] = {0}, offset[PSB_NEST_OPERANDS] = {0};
    do {
        args.out = conv->activate_args.out + offset[0];
        args.in = conv->activate_args.in + offset[1];
        conv->activate->activate(&args);
    } while (psb_nest_next(&conv->nest, place, offset));
}

/* Rows without gaps to rows with gaps. */
static void spread_rows(float *to, size_t ld, const float *from, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) to[i * ld + j] = from[i * columns + j];
}

/* A 1x1 convolution to floats with an activation behind it, some pixels at a time, so that the floats are still in the
 * cache when the activation comes. Pixels with gaps, as one score of several heads has, are made without: else there
 * would be an activation for each. */
static void run_activated_point(const psb_operator *self)
{
    const psb_operator_conv_u8 *conv = &self->as.conv_u8;
    const size_t columns = (size_t)conv->point_args.n, ld = conv->point_args.ldc;
    const bool has_gaps = ld != columns;
    float *out = conv->point_args.c_f32;
    psb_gemm_u8s8_args product = conv->point_args;
    psb_unary_f32_args activation = {
        .columns = columns, .ld_out = columns, .ld_in = columns, .activation = conv->activate_args.activation};
    product.packed = self->packed;
    product.ldc = columns;
    for (int32_t left = conv->point_args.m; left > 0; left -= PIXELS_TOGETHER) {
        product.m = left < PIXELS_TOGETHER ? left : PIXELS_TOGETHER;
        product.c_f32 = has_gaps ? conv->gapless : out;
        conv->gemm->run(&product);
        activation.out = product.c_f32;
        activation.in = product.c_f32;
        activation.rows = (size_t)product.m;
        conv->activate->activate(&activation);
        if (has_gaps) spread_rows(out, ld, product.c_f32, activation.rows, columns);
        product.a += (size_t)product.m * product.lda;
        out += (size_t)product.m * ld;
    }
}

static void run(const psb_operator *self)
{
    const psb_operator_conv_u8 *conv = &self->as.conv_u8;
    if (conv->activate && conv->is_point && conv->groups == 1 && conv->bands == 1) {
        run_activated_point(self);
        return;
    }
    if (conv->depthwise) conv->depthwise->run(&conv->depthwise_args);
    for (int32_t group = 0; group < conv->groups && !conv->depthwise; group++)
        if (conv->is_point)
            run_point(self, group);
        else
            run_dense(self, group);
    if (conv->activate) run_activation(conv);
}

const psb_operator_class psb_operator_conv_u8_class = {create, reshape, setup, run};
