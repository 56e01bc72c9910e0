/* SPDX-License-Identifier: Apache-2.0
 *
 * The front door: read, rewrite, plan, make operators, and from then on only run them in order. The graph and the
 * plan are gone once the operators have what they need: weights lie in memory once, as their kernels want them.
 */
#include "nn/network.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "nn/graph_resize_int.h"
#include "nn/import_int.h"
#include "nn/model.h"
#include "nn/model_source.h"
#include "nn/operator_int.h"
#include "nn/pass_int.h"
#include "nn/plan_int.h"

enum { ALIGN_BYTES = 64 };

struct psb_network {
    psb_arena kept; /* names, and constants that are operands */
    uint8_t *arena;
    float *workspace;
    int32_t operator_count, input_count, output_count;
    psb_operator *operators;
    psb_activation_kind *fused; /* of each operator */
    psb_tensor_view *inputs, *outputs;
    psb_network_info info;
};

static size_t round_up(size_t bytes)
{
    return (bytes + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
}

static psb_operand operand_of(const psb_graph *graph, const psb_plan *plan, int32_t value)
{
    psb_operand operand = {.shape = graph->values[value].shape, .encoding = graph->values[value].encoding};
    memcpy(operand.strides, plan->places[value].strides, sizeof(operand.strides));
    return operand;
}

static void *address_of(const psb_network *network, const psb_plan *plan, int32_t value)
{
    const psb_place *place = &plan->places[value];
    const psb_buffer *buffer = &plan->buffers[place->buffer];
    /* constants are only ever operands, which kernels read */
    uint8_t *base = buffer->constant ? (uint8_t *)(uintptr_t)buffer->constant : network->arena + buffer->offset_bytes;
    return base + place->offset * (buffer->is_bytes ? 1 : (int64_t)sizeof(float));
}

/* --- What outlives the graph --- */

static bool is_operand(const psb_buffer *buffer)
{
    return buffer->constant && buffer->first_step <= buffer->last_step;
}

static size_t text_cost(const char *text)
{
    return psb_arena_cost_bytes(strlen(text) + 1, 1);
}

/* Copies constant operands; room for names is left. No sum can overflow: all of it lies in memory already. */
static psb_status keep_constants(psb_network *network, const psb_graph *graph, psb_plan *plan)
{
    size_t size_bytes = 0;
    for (int32_t s = 0; s < plan->step_count; s++) size_bytes += text_cost(graph->nodes[plan->steps[s]].name);
    for (int32_t i = 0; i < graph->input_count; i++) size_bytes += text_cost(graph->values[graph->inputs[i]].name);
    for (int32_t o = 0; o < graph->output_count; o++) size_bytes += text_cost(graph->values[graph->outputs[o]].name);
    for (int32_t b = 0; b < plan->buffer_count; b++)
        if (is_operand(&plan->buffers[b])) size_bytes += psb_arena_cost_bytes(plan->buffers[b].bytes, 1);
    psb_status status = psb_arena_init(&network->kept, size_bytes);
    for (int32_t b = 0; b < plan->buffer_count && !status; b++) {
        psb_buffer *buffer = &plan->buffers[b];
        if (!is_operand(buffer)) continue;
        float *copy = psb_arena_get(&network->kept, buffer->bytes, 1);
        if (!copy) return PSB_NO_MEMORY;
        memcpy(copy, buffer->constant, buffer->bytes);
        buffer->constant = copy;
    }
    return status;
}

/* The copy of a name for which keep_constants left room. */
static const char *keep_text(psb_network *network, const char *text)
{
    char *copy = psb_arena_get(&network->kept, strlen(text) + 1, 1);
    return copy ? memcpy(copy, text, strlen(text) + 1) : "";
}

/* create and reshape of every step. */
static psb_status make_operators(psb_network *network, const psb_graph *graph, const psb_plan *plan, uint32_t cpu_flags,
                                 size_t *workspace_floats)
{
    network->operators = calloc((size_t)plan->step_count + 1, sizeof(*network->operators));
    network->fused = calloc((size_t)plan->step_count + 1, sizeof(*network->fused));
    if (!network->operators || !network->fused)
        return psb_fail_memory("operators", (size_t)plan->step_count * sizeof(*network->operators));
    *workspace_floats = 0;
    for (int32_t s = 0; s < plan->step_count; s++) {
        const psb_node *node = &graph->nodes[plan->steps[s]];
        psb_operand in[PSB_OPERATOR_INPUTS], out = operand_of(graph, plan, node->output);
        int32_t count = 0;
        for (; count < node->input_count; count++) in[count] = operand_of(graph, plan, node->inputs[count]);
        if (node->residual >= 0) in[count++] = operand_of(graph, plan, node->residual);
        psb_operator *fresh = &network->operators[network->operator_count++];
        psb_status status = psb_operator_init(fresh, node, &out, in, count, cpu_flags);
        if (status == PSB_BAD_INPUT) status = psb_fail(status, "%s: %s", graph->file, psb_error_text());
        if (status) return status;
        network->fused[s] = node->activation.kind;
        if (fresh->workspace_floats > *workspace_floats) *workspace_floats = fresh->workspace_floats;
        network->info.packed_bytes += fresh->packed_floats * sizeof(float);
        network->info.macs += fresh->macs;
        if (network->info.packed_bytes + plan->arena_bytes + *workspace_floats * sizeof(float) >
            PSB_GRAPH_MAX_PLAN_BYTES)
            return psb_fail(PSB_BAD_INPUT, "%s: found a plan of more than %zu bytes of memory, expected at most 1 GB",
                            graph->file, PSB_GRAPH_MAX_PLAN_BYTES);
    }
    return PSB_OK;
}

static void bind_operators(psb_network *network, const psb_graph *graph, const psb_plan *plan)
{
    for (int32_t s = 0; s < plan->step_count; s++) {
        const psb_node *node = &graph->nodes[plan->steps[s]];
        const void *in[PSB_OPERATOR_INPUTS] = {0};
        int32_t count = 0;
        for (; count < node->input_count; count++) in[count] = address_of(network, plan, node->inputs[count]);
        if (node->residual >= 0) in[count] = address_of(network, plan, node->residual);
        psb_operator *bound = &network->operators[s];
        bound->name = keep_text(network, node->name);
        bound->class->setup(bound, address_of(network, plan, node->output), in, network->workspace);
    }
}

static psb_tensor_view view_of(psb_network *network, const psb_graph *graph, const psb_plan *plan, int32_t value)
{
    const psb_value *source = &graph->values[value];
    const bool is_bytes = psb_encoding_is_bytes(source->encoding);
    void *const address = address_of(network, plan, value);
    psb_tensor_view view = {.name = keep_text(network, source->name),
                            .data = is_bytes ? NULL : address,
                            .bytes = is_bytes ? address : NULL,
                            .byte_scale = source->encoding.scale,
                            .byte_zero = source->encoding.zero,
                            .rank = source->shape.rank};
    memcpy(view.dims, source->shape.dims, sizeof(view.dims));
    memcpy(view.strides, plan->places[value].strides, sizeof(view.strides));
    return view;
}

static psb_status make_views(psb_network *network, const psb_graph *graph, const psb_plan *plan)
{
    network->inputs = calloc((size_t)graph->input_count, sizeof(*network->inputs));
    network->outputs = calloc((size_t)graph->output_count, sizeof(*network->outputs));
    if (!network->inputs || !network->outputs) return psb_fail_memory("views", sizeof(*network->inputs));
    for (; network->input_count < graph->input_count; network->input_count++)
        network->inputs[network->input_count] = view_of(network, graph, plan, graph->inputs[network->input_count]);
    for (; network->output_count < graph->output_count; network->output_count++)
        network->outputs[network->output_count] = view_of(network, graph, plan, plan->outputs[network->output_count]);
    return PSB_OK;
}

/* The arena begins as zeros: an input that nobody wrote is at least always the same. */
static psb_status alloc_arena(psb_network *network, size_t arena_bytes, size_t workspace_floats)
{
    size_t arena = round_up(arena_bytes + 1), workspace = round_up(workspace_floats * sizeof(float) + 1);
    network->arena = aligned_alloc(ALIGN_BYTES, arena);
    network->workspace = aligned_alloc(ALIGN_BYTES, workspace);
    if (!network->arena || !network->workspace) return psb_fail_memory("arena", arena + workspace);
    memset(network->arena, 0, arena);
    memset(network->workspace, 0, workspace);
    network->info.arena_bytes = arena_bytes + workspace_floats * sizeof(float);
    return PSB_OK;
}

/* Scalars that the rewritten graph computes with, as models' tables count them. */
static int64_t count_weights(const psb_graph *graph)
{
    int64_t count = 0;
    for (int32_t n = 0; n < graph->node_count; n++) {
        const psb_node *node = &graph->nodes[n];
        if (node->kind != PSB_NODE_CONV) continue;
        int64_t channels = graph->values[node->inputs[0]].shape.dims[1];
        int64_t out_channels = graph->values[node->output].shape.dims[1];
        count += out_channels * (channels / node->group) * node->sliding.kernel[0] * node->sliding.kernel[1];
        count += node->bias ? out_channels : 0;
    }
    return count;
}

psb_status psb_network_make(psb_network **out, psb_graph *graph, uint32_t cpu_flags)
{
    *out = NULL;
    psb_plan plan = {0};
    size_t workspace_floats = 0;
    psb_network *network = calloc(1, sizeof(*network));
    if (!network) return psb_fail_memory("network", sizeof(*network));
    network->info.weights_count = count_weights(graph);
    psb_status status = psb_plan_make(&plan, graph);
    if (!status) status = make_operators(network, graph, &plan, cpu_flags, &workspace_floats);
    if (!status) status = alloc_arena(network, plan.arena_bytes, workspace_floats);
    if (!status) status = keep_constants(network, graph, &plan);
    if (status) goto done;
    bind_operators(network, graph, &plan);
    status = make_views(network, graph, &plan);
    if (status) goto done;
    network->info.nodes_in_file = graph->nodes_in_file;
    network->info.nodes_planned = network->operator_count;
    network->info.inputs = network->input_count;
    network->info.outputs = network->output_count;
    *out = network;
    network = NULL;
done:
    psb_plan_fini(&plan);
    psb_network_close(&network);
    return status;
}

/* The encoding in which all that read this value take it; a zero one where they differ or take floats. */
static psb_encoding taken_by_all(const psb_graph *graph, int32_t value)
{
    psb_encoding taken = {0};
    if (graph->values[value].is_output) return taken;
    for (int32_t n = 0; n < graph->node_count; n++) {
        const psb_node *node = &graph->nodes[n];
        if (node->kind == PSB_NODE_DEAD) continue;
        if (node->residual == value) return (psb_encoding){0};
        for (int32_t i = 0; i < node->input_count; i++) {
            if (node->inputs[i] != value) continue;
            const bool agrees = !psb_encoding_is_bytes(taken) || psb_encoding_equal(taken, node->taken);
            if (node->kind != PSB_NODE_CONV || !node->byte_weights || !agrees) return (psb_encoding){0};
            taken = node->taken;
        }
    }
    return taken;
}

psb_status psb_network_parse_with(psb_network **out, const char *name, const void *data, size_t size_bytes,
                                  const psb_network_options *options, uint32_t cpu_flags)
{
    psb_graph graph = {0};
    *out = NULL;
    const psb_network_size size = options->size;
    bool is_stored = psb_model_is_file(data, size_bytes);
    psb_status status =
        is_stored ? psb_model_parse(&graph, name, data, size_bytes) : psb_import_onnx(&graph, name, data, size_bytes);
    if (!status && !is_stored) status = psb_pass_all(&graph); /* a stored graph is rewritten already */
    if (!status && size.width_px > 0) status = psb_graph_resize(&graph, size.height_px, size.width_px);
    for (int32_t i = 0; i < graph.input_count && options->writes_bytes && !status; i++)
        graph.values[graph.inputs[i]].encoding = taken_by_all(&graph, graph.inputs[i]);
    if (!status) status = psb_network_make(out, &graph, cpu_flags);
    psb_graph_fini(&graph);
    return status;
}

psb_status psb_network_parse(psb_network **out, const char *name, const void *data, size_t size_bytes,
                             uint32_t cpu_flags)
{
    return psb_network_parse_with(out, name, data, size_bytes, &(psb_network_options){0}, cpu_flags);
}

psb_status psb_network_open(psb_network **out, const char *path, uint32_t cpu_flags)
{
    return psb_network_open_with(out, path, &(psb_network_options){0}, cpu_flags);
}

psb_status psb_network_open_with(psb_network **out, const char *path, const psb_network_options *options,
                                 uint32_t cpu_flags)
{
    psb_model_source source;
    *out = NULL;
    psb_status status = psb_model_source_open(&source, path, PSB_GRAPH_MAX_FILE_BYTES);
    if (!status) status = psb_network_parse_with(out, path, source.data, source.size_bytes, options, cpu_flags);
    psb_model_source_close(&source);
    return status;
}

void psb_network_close(psb_network **network)
{
    if (!network || !*network) return;
    psb_network *old = *network;
    for (int32_t o = 0; o < old->operator_count; o++) psb_operator_fini(&old->operators[o]);
    free(old->operators);
    free(old->fused);
    free(old->inputs);
    free(old->outputs);
    free(old->arena);
    free(old->workspace);
    psb_arena_fini(&old->kept);
    free(old);
    *network = NULL;
}

psb_network_info psb_network_info_get(const psb_network *network)
{
    return network->info;
}

psb_tensor_view psb_network_input(const psb_network *network, int32_t input_i)
{
    return network->inputs[input_i];
}

psb_tensor_view psb_network_output(const psb_network *network, int32_t output_i)
{
    return network->outputs[output_i];
}

int32_t psb_network_step_count(const psb_network *network)
{
    return network->operator_count;
}

psb_network_step psb_network_step_at(const psb_network *network, int32_t step_i)
{
    const psb_operator *step = &network->operators[step_i];
    psb_network_step description = {
        .op = step->kind,
        .node_name = step->name,
        .fused = psb_activation_name(network->fused[step_i]),
        .kernel = step->kernel,
        .rank = step->out.shape.rank,
        .macs = step->macs,
    };
    memcpy(description.dims, step->out.shape.dims, sizeof(description.dims));
    return description;
}

void psb_network_run(psb_network *network)
{
    for (int32_t o = 0; o < network->operator_count; o++) network->operators[o].class->run(&network->operators[o]);
}

void psb_network_run_timed(psb_network *network, int64_t *durations_ns, const psb_clock *clock)
{
    int64_t begin_ns = psb_clock_now_ns(clock);
    for (int32_t o = 0; o < network->operator_count; o++) {
        network->operators[o].class->run(&network->operators[o]);
        const int64_t end_ns = psb_clock_now_ns(clock);
        durations_ns[o] = end_ns - begin_ns;
        begin_ns = end_ns;
    }
}
