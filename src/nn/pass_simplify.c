/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of the passes, and the two simplest: bypass what changes nothing, drop what nobody needs.
 */
#include "nn/pass_int.h"

#include <stdlib.h>

#include "base/error.h"

psb_status psb_pass_all(psb_graph *graph)
{
    psb_status status = psb_pass_bypass(graph);
    if (status) return status;
    psb_pass_drop_dead(graph);
    status = psb_pass_focus(graph);
    if (!status) status = psb_pass_fuse(graph);
    if (status) return status;
    psb_pass_drop_dead(graph);
    return PSB_OK;
}

static bool changes_nothing(const psb_graph *graph, const psb_node *node)
{
    const psb_shape *in = &graph->values[node->inputs[0]].shape, *out = &graph->values[node->output].shape;
    switch (node->kind) {
    case PSB_NODE_RESHAPE:
    case PSB_NODE_RESIZE: /* at equal sizes every coordinate rule but a shifted one maps a pixel to itself */
    case PSB_NODE_PAD:
        if (node->kind == PSB_NODE_RESIZE && (node->scale[0] != 1 || node->scale[1] != 1)) return false;
        return psb_shape_equal(in, out);
    case PSB_NODE_TRANSPOSE:
        for (int32_t d = 0; d < out->rank; d++)
            if (node->order[d] != d) return false;
        return true;
    case PSB_NODE_SLICE:
        for (int32_t d = 0; d < out->rank; d++)
            if (node->start[d] != 0) return false;
        return psb_shape_equal(in, out); /* so that steps are 1 where they matter */
    case PSB_NODE_UNARY:
        return node->activation.kind == PSB_ACTIVATION_NONE;
    default:
        return false;
    }
}

psb_status psb_pass_bypass(psb_graph *graph)
{
    int32_t *stands_for = malloc(((size_t)graph->value_count + 1) * sizeof(*stands_for));
    if (!stands_for) return psb_fail_memory("value map", (size_t)graph->value_count * sizeof(*stands_for));
    for (int32_t v = 0; v < graph->value_count; v++) stands_for[v] = v;
    for (int32_t n = 0; n < graph->node_count; n++) { /* inputs come first, so one walk resolves chains */
        psb_node *node = &graph->nodes[n];
        if (node->kind == PSB_NODE_DEAD) continue;
        for (int32_t i = 0; i < node->input_count; i++) node->inputs[i] = stands_for[node->inputs[i]];
        if (graph->values[node->output].is_output || !changes_nothing(graph, node)) continue;
        stands_for[node->output] = node->inputs[0];
        node->kind = PSB_NODE_DEAD;
    }
    free(stands_for);
    psb_graph_recount(graph);
    return PSB_OK;
}

void psb_pass_drop_dead(psb_graph *graph)
{
    psb_graph_recount(graph);
    for (int32_t n = graph->node_count - 1; n >= 0; n--) {
        psb_node *node = &graph->nodes[n];
        if (node->kind == PSB_NODE_DEAD) continue;
        if (graph->values[node->output].uses > 0 || graph->values[node->output].is_output) continue;
        for (int32_t i = 0; i < node->input_count; i++) graph->values[node->inputs[i]].uses--;
        if (node->residual >= 0) graph->values[node->residual].uses--;
        node->kind = PSB_NODE_DEAD;
    }
    psb_graph_recount(graph);
}
