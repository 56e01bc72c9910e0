/* SPDX-License-Identifier: Apache-2.0
 *
 * YOLOX begins with "Focus": four slices take every second pixel (even or odd rows, even or odd columns), a
 * concatenation stacks them as 4 c channels, and a k x k convolution reads the stack. Reading the picture itself with a
 * 2k x 2k window and stride 2 is the same sum of the same products, without moving a value: part q of the stack that
 * begins at row dy and column dx holds the taps (2 ky + dy, 2 kx + dx).
 */
#include "nn/pass_int.h"

enum { PARTS = 4 };

/* Where in `picture` a value's rows and columns begin, when it takes every second of both and all channels. */
static bool trace_part(const psb_graph *graph, int32_t value, int32_t *picture, int64_t start[2])
{
    int64_t step[2] = {1, 1};
    start[0] = start[1] = 0;
    for (;;) {
        int32_t producer = graph->values[value].producer;
        if (producer < 0 || graph->nodes[producer].kind != PSB_NODE_SLICE) break;
        const psb_node *node = &graph->nodes[producer];
        const psb_shape *in = &graph->values[node->inputs[0]].shape;
        if (in->rank != 4 || in->dims[0] != 1) return false;
        if (in->dims[1] != graph->values[value].shape.dims[1] || node->start[1] != 0) return false;
        for (int32_t a = 0; a < 2; a++) { /* this slice is nearer to the picture: its steps count more */
            if (node->step[2 + a] < 1) return false;
            start[a] = node->start[2 + a] + node->step[2 + a] * start[a];
            step[a] *= node->step[2 + a];
        }
        value = node->inputs[0];
    }
    *picture = value;
    return step[0] == 2 && step[1] == 2 && start[0] <= 1 && start[1] <= 1;
}

/* The stack's parts, all of one picture of twice its height and width. */
static bool trace_stack(const psb_graph *graph, const psb_node *concat, int32_t *picture, int64_t starts[PARTS][2])
{
    if (concat->kind != PSB_NODE_CONCAT || concat->axis != 1 || concat->input_count != PARTS) return false;
    for (int32_t q = 0; q < PARTS; q++) {
        int32_t source;
        if (!trace_part(graph, concat->inputs[q], &source, starts[q])) return false;
        if (q > 0 && source != *picture) return false;
        *picture = source;
    }
    const psb_shape *whole = &graph->values[*picture].shape, *stack = &graph->values[concat->output].shape;
    return whole->rank == 4 && whole->dims[2] == 2 * stack->dims[2] && whole->dims[3] == 2 * stack->dims[3];
}

static psb_status widen(psb_graph *graph, psb_node *conv, int32_t picture, int64_t starts[PARTS][2])
{
    int64_t channels = graph->values[picture].shape.dims[1], out_channels = graph->values[conv->output].shape.dims[1];
    int32_t height = conv->sliding.kernel[0], width = conv->sliding.kernel[1];
    size_t count = (size_t)(out_channels * channels) * PARTS * (size_t)height * (size_t)width;
    float *weights = psb_graph_alloc(graph, count, sizeof(*weights));
    if (!weights) return PSB_NO_MEMORY;
    for (int64_t o = 0; o < out_channels; o++)
        for (int32_t q = 0; q < PARTS; q++)
            for (int64_t c = 0; c < channels; c++)
                for (int32_t k = 0; k < height * width; k++) {
                    int64_t y = 2 * (k / width) + starts[q][0], x = 2 * (k % width) + starts[q][1];
                    weights[((o * channels + c) * 2 * height + y) * 2 * width + x] +=
                        conv->weights[((o * PARTS + q) * channels + c) * height * width + k];
                }
    conv->weights = weights;
    conv->inputs[0] = picture;
    for (int32_t a = 0; a < 2; a++) {
        conv->sliding.kernel[a] *= 2;
        conv->sliding.stride[a] *= 2;
        conv->sliding.pads[a] *= 2;
        conv->sliding.pads[2 + a] *= 2;
    }
    return PSB_OK;
}

psb_status psb_pass_focus(psb_graph *graph)
{
    for (int32_t n = 0; n < graph->node_count; n++) {
        psb_node *conv = &graph->nodes[n];
        if (conv->kind != PSB_NODE_CONV || conv->group != 1) continue;
        if (conv->sliding.dilation[0] != 1 || conv->sliding.dilation[1] != 1) continue;
        const psb_value *stack = &graph->values[conv->inputs[0]];
        if (stack->producer < 0 || stack->uses != 1 || stack->is_output) continue;
        int32_t picture = -1;
        int64_t starts[PARTS][2];
        if (!trace_stack(graph, &graph->nodes[stack->producer], &picture, starts)) continue;
        psb_status status = widen(graph, conv, picture, starts);
        if (status) return status;
    }
    psb_pass_drop_dead(graph);
    return PSB_OK;
}
