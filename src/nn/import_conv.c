/* SPDX-License-Identifier: Apache-2.0
 *
 * ONNX's operators with a sliding window (Conv, MaxPool, AveragePool, GlobalAveragePool) and the batch normalisation
 * that follows one. Sizes after ONNX's operator documents; ceil_mode as in ONNX 1.16 and PyTorch: a window that would
 * begin in the padding below or to the right is dropped.
 */
#include "nn/import_int.h"

#include <math.h>
#include <string.h>

#include "nn/sliding_int.h"

enum { MAX_KERNEL = 1024, MAX_STRIDE = 1024, MAX_PAD = 1024, MAX_PIXELS = 1 << 20 };

typedef struct limits {
    int32_t least, most;
} limits;

/* `count` numbers from an attribute, each within the limits; what *out holds stays where there is none. */
static psb_status small_ints(psb_import *import, int32_t *out, int32_t count, const char *name, limits within,
                             bool *found)
{
    const int64_t *ints;
    int32_t got;
    psb_status status = psb_import_ints(import, &ints, &got, name);
    if (status) return status;
    *found = ints != NULL;
    if (!ints) return PSB_OK;
    if (got != count)
        return psb_import_fail(import, PSB_UNSUPPORTED, "attribute %s: found %d numbers, expected %d", name, got,
                               count);
    for (int32_t i = 0; i < count; i++) {
        if (ints[i] < within.least || ints[i] > within.most)
            return psb_import_fail(import, PSB_BAD_INPUT, "attribute %s: found %lld, expected %d to %d", name,
                                   (long long)ints[i], within.least, within.most);
        out[i] = (int32_t)ints[i];
    }
    return PSB_OK;
}

/* Pads so that the output has ceil(in / stride) pixels; the odd one goes below and right, or above and left. */
static void pad_to_same(psb_sliding *sliding, const psb_shape *in, bool odd_at_end)
{
    for (int32_t a = 0; a < 2; a++) {
        int64_t size = in->dims[2 + a], stride = sliding->stride[a];
        int64_t reach = psb_sliding_reach(sliding, a);
        int64_t total = ((size + stride - 1) / stride - 1) * stride + reach - size;
        if (total < 0) total = 0;
        int32_t less = (int32_t)(total / 2), more = (int32_t)(total - total / 2);
        sliding->pads[a] = odd_at_end ? less : more;
        sliding->pads[2 + a] = odd_at_end ? more : less;
    }
}

static psb_status read_sliding(psb_import *import, psb_sliding *sliding, const psb_shape *in, bool *kernel_found)
{
    bool found;
    char automatic[32];
    psb_status status = small_ints(import, sliding->kernel, 2, "kernel_shape", (limits){1, MAX_KERNEL}, kernel_found);
    if (!status) status = small_ints(import, sliding->stride, 2, "strides", (limits){1, MAX_STRIDE}, &found);
    if (!status) status = small_ints(import, sliding->dilation, 2, "dilations", (limits){1, MAX_KERNEL}, &found);
    if (!status) status = small_ints(import, sliding->pads, 4, "pads", (limits){0, MAX_PAD}, &found);
    if (!status) status = psb_import_word(import, automatic, "auto_pad", "NOTSET");
    if (status) return status;
    bool upper = strcmp(automatic, "SAME_UPPER") == 0;
    if (upper || strcmp(automatic, "SAME_LOWER") == 0)
        pad_to_same(sliding, in, upper);
    else if (strcmp(automatic, "VALID") == 0)
        memset(sliding->pads, 0, sizeof(sliding->pads));
    else if (strcmp(automatic, "NOTSET") != 0)
        return psb_import_fail(import, PSB_BAD_INPUT,
                               "attribute auto_pad: found \"%s\", expected NOTSET, VALID, "
                               "SAME_UPPER or SAME_LOWER",
                               automatic);
    return PSB_OK;
}

/* Output height and width; every window must hold a real pixel, which is what the kernels are made for. */
static psb_status slide(psb_import *import, psb_shape *out, psb_sliding *sliding, const psb_shape *in, bool ceiling)
{
    for (int32_t a = 0; a < 2; a++) {
        int64_t size = in->dims[2 + a], stride = sliding->stride[a];
        int64_t reach = psb_sliding_reach(sliding, a);
        int64_t span = size + sliding->pads[a] + sliding->pads[2 + a] - reach;
        if (size > MAX_PIXELS || span < 0)
            return psb_import_fail(import, PSB_BAD_INPUT,
                                   "found a window of %lld over %lld pixels and pads %d and %d, "
                                   "expected one that fits into at most %d pixels",
                                   (long long)reach, (long long)size, sliding->pads[a], sliding->pads[2 + a],
                                   MAX_PIXELS);
        int64_t count = (span + (ceiling ? stride - 1 : 0)) / stride + 1;
        if (ceiling && (count - 1) * stride >= size + sliding->pads[a]) count--;
        out->dims[2 + a] = count;
    }
    if (!psb_sliding_windows_touch(sliding, in, out))
        return psb_import_fail(import, PSB_UNSUPPORTED,
                               "found windows that hold nothing but padding, expected pads "
                               "smaller than the window");
    return PSB_OK;
}

/* Weights and biases of a convolution over `channels`; node->group says into how many parts they are cut. */
static psb_status read_weights(psb_import *import, psb_node *node, psb_shape *kernel, int64_t channels)
{
    int32_t value;
    int64_t weight_count, bias_count, group;
    psb_status status = psb_import_picture(import, &value, 1);
    if (!status) status = psb_import_floats(import, &node->weights, &weight_count, 1);
    if (!status) status = psb_import_floats(import, &node->bias, &bias_count, 2);
    if (!status) status = psb_import_int(import, &group, "group", 1);
    if (status) return status;
    *kernel = import->graph->values[value].shape;
    int64_t out_channels = kernel->dims[0];
    if (group < 1 || channels % group || out_channels % group || kernel->dims[1] != channels / group)
        return psb_import_fail(import, PSB_BAD_INPUT,
                               "found weights for %lld to %lld channels in %lld groups, expected weights for the "
                               "input's %lld channels",
                               (long long)kernel->dims[1], (long long)out_channels, (long long)group,
                               (long long)channels);
    if (node->bias && bias_count != out_channels)
        return psb_import_fail(import, PSB_BAD_INPUT, "found %lld biases, expected %lld", (long long)bias_count,
                               (long long)out_channels);
    if (kernel->dims[2] > MAX_KERNEL || kernel->dims[3] > MAX_KERNEL || out_channels > PSB_IMPORT_MAX_CHANNELS)
        return psb_import_fail(import, PSB_UNSUPPORTED,
                               "found a window of %lld x %lld to %lld channels, expected at most %d x %d to %d",
                               (long long)kernel->dims[2], (long long)kernel->dims[3], (long long)out_channels,
                               MAX_KERNEL, MAX_KERNEL, PSB_IMPORT_MAX_CHANNELS);
    node->group = (int32_t)group;
    return PSB_OK;
}

psb_status psb_import_conv(psb_import *import)
{
    int32_t input;
    psb_node read = {0};
    psb_shape kernel;
    psb_status status = psb_import_features(import, &input, 0);
    if (status) return status;
    const psb_shape in = import->graph->values[input].shape;
    status = read_weights(import, &read, &kernel, in.dims[1]);
    if (status) return status;
    psb_sliding sliding = {
        .kernel = {(int32_t)kernel.dims[2], (int32_t)kernel.dims[3]}, .stride = {1, 1}, .dilation = {1, 1}};
    bool found;
    status = read_sliding(import, &sliding, &in, &found);
    if (status) return status;
    if (sliding.kernel[0] != kernel.dims[2] || sliding.kernel[1] != kernel.dims[3])
        return psb_import_fail(
            import, PSB_BAD_INPUT, "attribute kernel_shape: found %d x %d, expected the weights' %lld x %lld",
            sliding.kernel[0], sliding.kernel[1], (long long)kernel.dims[2], (long long)kernel.dims[3]);
    psb_shape out = {.rank = 4, .dims = {1, kernel.dims[0]}};
    status = slide(import, &out, &sliding, &in, false);
    psb_node *node;
    if (!status) status = psb_import_emit(import, &node, PSB_NODE_CONV, (psb_inputs){1, &input}, 0, &out);
    if (status) return status;
    node->sliding = sliding;
    node->group = read.group;
    node->weights = read.weights;
    node->bias = read.bias;
    return PSB_OK;
}

/* y = (x - mean) / sqrt(variance + epsilon) * scale + shift, as one product and one sum. */
psb_status psb_import_batch_normalization(psb_import *import)
{
    int32_t input;
    float epsilon;
    int64_t training;
    psb_status status = psb_import_features(import, &input, 0);
    if (!status) status = psb_import_float(import, &epsilon, "epsilon", 1e-5f);
    if (!status) status = psb_import_int(import, &training, "training_mode", 0);
    if (status) return status;
    if (training) return psb_import_fail(import, PSB_UNSUPPORTED, "found training_mode, expected a trained network");
    const psb_shape shape = import->graph->values[input].shape;
    const float *given[4]; /* scale, shift, mean, variance */
    for (int32_t g = 0; g < 4; g++) {
        int64_t count;
        status = psb_import_floats(import, &given[g], &count, g + 1);
        if (status) return status;
        if (count != shape.dims[1])
            return psb_import_fail(import, PSB_BAD_INPUT,
                                   "input %d: found %lld values, expected one for each of %lld "
                                   "channels",
                                   g + 2, (long long)count, (long long)shape.dims[1]);
    }
    float *factors = psb_graph_alloc(import->graph, (size_t)shape.dims[1], sizeof(float));
    float *shifts = psb_graph_alloc(import->graph, (size_t)shape.dims[1], sizeof(float));
    if (!factors || !shifts) return PSB_NO_MEMORY;
    for (int64_t c = 0; c < shape.dims[1]; c++) {
        double factor = given[0][c] / sqrt((double)given[3][c] + epsilon);
        factors[c] = (float)factor;
        shifts[c] = (float)(given[1][c] - given[2][c] * factor);
    }
    psb_node *node;
    status = psb_import_emit(import, &node, PSB_NODE_AFFINE, (psb_inputs){1, &input}, 0, &shape);
    if (status) return status;
    node->weights = factors;
    node->bias = shifts;
    return PSB_OK;
}

static psb_status import_pool(psb_import *import, psb_node_kind kind)
{
    int32_t input;
    int64_t ceiling, count_padding, order;
    psb_status status = psb_import_features(import, &input, 0);
    if (!status) status = psb_import_int(import, &ceiling, "ceil_mode", 0);
    if (!status) status = psb_import_int(import, &count_padding, "count_include_pad", 0);
    if (!status) status = psb_import_int(import, &order, "storage_order", 0);
    if (status) return status;
    const psb_shape in = import->graph->values[input].shape;
    psb_sliding sliding = {.stride = {1, 1}, .dilation = {1, 1}};
    bool found;
    status = read_sliding(import, &sliding, &in, &found);
    if (status) return status;
    if (!found) return psb_import_fail(import, PSB_BAD_INPUT, "found no attribute kernel_shape, expected one");
    if (ceiling && count_padding)
        return psb_import_fail(import, PSB_UNSUPPORTED, "found ceil_mode with count_include_pad, expected one of them");
    if (sliding.dilation[0] != 1 || sliding.dilation[1] != 1)
        return psb_import_fail(import, PSB_UNSUPPORTED, "attribute dilations: found %d x %d, expected 1 x 1 in a pool",
                               sliding.dilation[0], sliding.dilation[1]);
    psb_shape out = {.rank = 4, .dims = {1, in.dims[1]}};
    status = slide(import, &out, &sliding, &in, ceiling != 0);
    psb_node *node;
    if (!status) status = psb_import_emit(import, &node, kind, (psb_inputs){1, &input}, 0, &out);
    if (status) return status;
    node->sliding = sliding;
    node->count_padding = count_padding != 0;
    return PSB_OK;
}

psb_status psb_import_max_pool(psb_import *import)
{
    return import_pool(import, PSB_NODE_MAX_POOL);
}

psb_status psb_import_average_pool(psb_import *import)
{
    return import_pool(import, PSB_NODE_AVERAGE_POOL);
}

psb_status psb_import_global_average_pool(psb_import *import)
{
    int32_t input;
    psb_status status = psb_import_features(import, &input, 0);
    if (status) return status;
    const psb_shape in = import->graph->values[input].shape;
    psb_shape out = {.rank = 4, .dims = {1, in.dims[1], 1, 1}};
    psb_node *node;
    return psb_import_emit(import, &node, PSB_NODE_GLOBAL_AVERAGE_POOL, (psb_inputs){1, &input}, 0, &out);
}
