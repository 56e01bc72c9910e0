/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory and bookkeeping of a graph. Small allocations come from blocks that live as long as the graph does, so
 * nothing in it is freed one by one.
 */
#include "nn/graph.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { BLOCK_BYTES = 64 * 1024, FIRST_CAPACITY = 64 };

struct psb_graph_block {
    psb_graph_block *next;
    size_t used_bytes, size_bytes;
    alignas(64) uint8_t data[];
};

void psb_graph_fini(psb_graph *graph)
{
    while (graph->blocks) {
        psb_graph_block *next = graph->blocks->next;
        free(graph->blocks);
        graph->blocks = next;
    }
    free(graph->values);
    free(graph->nodes);
    *graph = (psb_graph){0};
}

void *psb_graph_alloc(psb_graph *graph, size_t count, size_t size_bytes)
{
    if (size_bytes && count > SIZE_MAX / 4 / size_bytes) {
        psb_fail_memory("network", SIZE_MAX);
        return NULL;
    }
    size_t wanted = (count * size_bytes + 15) & ~(size_t)15;
    psb_graph_block *block = graph->blocks;
    if (!block || block->size_bytes - block->used_bytes < wanted) {
        size_t size = wanted > BLOCK_BYTES / 4 ? wanted : BLOCK_BYTES;
        size_t total = (sizeof(*block) + size + 63) & ~(size_t)63;
        psb_graph_block *fresh = aligned_alloc(64, total);
        if (!fresh) {
            psb_fail_memory("network", total);
            return NULL;
        }
        memset(fresh, 0, total);
        fresh->size_bytes = size;
        if (block && wanted == size) { /* a large piece of its own: the open block stays in front */
            fresh->next = block->next;
            block->next = fresh;
        } else {
            fresh->next = block;
            graph->blocks = fresh;
        }
        block = fresh;
    }
    void *piece = block->data + block->used_bytes;
    block->used_bytes += wanted;
    return piece;
}

/* The array with room for one more, or NULL with the array as it was. */
static void *grown(void *array, int32_t *capacity, int32_t count, size_t size_bytes)
{
    if (count < *capacity) return array;
    int32_t wanted = *capacity ? *capacity * 2 : FIRST_CAPACITY;
    void *larger = realloc(array, (size_t)wanted * size_bytes);
    if (larger)
        *capacity = wanted;
    else
        psb_fail_memory("network", (size_t)wanted * size_bytes);
    return larger;
}

static const char *copy_text(psb_graph *graph, const char *text)
{
    char *copy = psb_graph_alloc(graph, strlen(text) + 1, 1);
    if (copy) memcpy(copy, text, strlen(text));
    return copy;
}

psb_status psb_graph_add_value(psb_graph *graph, int32_t *value_out, const char *name)
{
    void *values = grown(graph->values, &graph->value_capacity, graph->value_count, sizeof(*graph->values));
    if (!values) return PSB_NO_MEMORY;
    graph->values = values;
    const char *copy = copy_text(graph, name);
    if (!copy) return PSB_NO_MEMORY;
    graph->values[graph->value_count] = (psb_value){.name = copy, .shape.rank = -1, .producer = -1};
    *value_out = graph->value_count++;
    return PSB_OK;
}

psb_status psb_graph_add_node(psb_graph *graph, psb_node **out, psb_node_kind kind, const char *name, psb_inputs inputs,
                              int32_t output)
{
    void *nodes = grown(graph->nodes, &graph->node_capacity, graph->node_count, sizeof(*graph->nodes));
    if (!nodes) return PSB_NO_MEMORY;
    graph->nodes = nodes;
    psb_node node = {.kind = kind, .input_count = inputs.count, .output = output, .residual = -1, .group = 1};
    for (int32_t d = 0; d < PSB_TENSOR_MAX_RANK; d++) node.step[d] = 1;
    node.sliding = (psb_sliding){.kernel = {1, 1}, .stride = {1, 1}, .dilation = {1, 1}};
    node.name = copy_text(graph, name);
    node.inputs = psb_graph_alloc(graph, (size_t)inputs.count, sizeof(*node.inputs));
    if (!node.name || !node.inputs) return PSB_NO_MEMORY;
    if (inputs.count) memcpy(node.inputs, inputs.values, (size_t)inputs.count * sizeof(*node.inputs));
    graph->nodes[graph->node_count] = node;
    *out = &graph->nodes[graph->node_count++];
    return PSB_OK;
}

psb_status psb_graph_borrow(psb_graph *graph, const psb_graph *of)
{
    *graph = (psb_graph){.file = of->file, .nodes_in_file = of->nodes_in_file, .keeps_parts = of->keeps_parts};
    graph->values = calloc((size_t)of->value_count + 1, sizeof(*graph->values));
    graph->nodes = calloc((size_t)of->node_count + 1, sizeof(*graph->nodes));
    graph->inputs = psb_graph_alloc(graph, (size_t)of->input_count + 1, sizeof(*graph->inputs));
    graph->outputs = psb_graph_alloc(graph, (size_t)of->output_count + 1, sizeof(*graph->outputs));
    if (!graph->values || !graph->nodes || !graph->inputs || !graph->outputs)
        return psb_fail_memory("copy of a network", (size_t)of->node_count * sizeof(*graph->nodes));
    memcpy(graph->values, of->values, (size_t)of->value_count * sizeof(*graph->values));
    memcpy(graph->nodes, of->nodes, (size_t)of->node_count * sizeof(*graph->nodes));
    memcpy(graph->inputs, of->inputs, (size_t)of->input_count * sizeof(*graph->inputs));
    memcpy(graph->outputs, of->outputs, (size_t)of->output_count * sizeof(*graph->outputs));
    graph->value_count = graph->value_capacity = of->value_count;
    graph->node_count = graph->node_capacity = of->node_count;
    graph->input_count = of->input_count;
    graph->output_count = of->output_count;
    for (int32_t n = 0; n < graph->node_count; n++) { /* the plan writes into these */
        psb_node *node = &graph->nodes[n];
        int32_t *inputs = psb_graph_alloc(graph, (size_t)node->input_count + 1, sizeof(*inputs));
        if (!inputs) return PSB_NO_MEMORY;
        if (node->input_count) memcpy(inputs, node->inputs, (size_t)node->input_count * sizeof(*inputs));
        node->inputs = inputs;
    }
    return PSB_OK;
}

void psb_graph_recount(psb_graph *graph)
{
    for (int32_t v = 0; v < graph->value_count; v++) {
        graph->values[v].producer = -1;
        graph->values[v].uses = 0;
    }
    for (int32_t n = 0; n < graph->node_count; n++) {
        const psb_node *node = &graph->nodes[n];
        if (node->kind == PSB_NODE_DEAD) continue;
        graph->values[node->output].producer = n;
        for (int32_t i = 0; i < node->input_count; i++) graph->values[node->inputs[i]].uses++;
        if (node->residual >= 0) graph->values[node->residual].uses++;
    }
}

psb_encoding psb_graph_taken(const psb_graph *graph, const psb_node *node, int32_t value)
{
    const psb_encoding own = graph->values[value].encoding, made = graph->values[node->output].encoding;
    if (node->kind == PSB_NODE_CONV) return node->taken; /* float32 where it computes in that */
    if (!psb_encoding_is_bytes(made)) return (psb_encoding){0};
    /* tables and sums take any bytes; pools and resizes copy or average what they find */
    const bool takes_any = node->kind == PSB_NODE_UNARY || node->kind == PSB_NODE_BINARY;
    return takes_any && psb_encoding_is_bytes(own) ? own : made;
}

int64_t psb_shape_elements(const psb_shape *shape)
{
    int64_t count = 1;
    for (int32_t d = 0; d < shape->rank; d++) count *= shape->dims[d];
    return count;
}

bool psb_shape_equal(const psb_shape *a, const psb_shape *b)
{
    if (a->rank != b->rank) return false;
    for (int32_t d = 0; d < a->rank; d++)
        if (a->dims[d] != b->dims[d]) return false;
    return true;
}

const char *psb_shape_text(char text[PSB_SHAPE_TEXT_BYTES], const psb_shape *shape)
{
    if (shape->rank <= 0) snprintf(text, PSB_SHAPE_TEXT_BYTES, "%s", shape->rank ? "unknown" : "scalar");
    size_t used = 0;
    for (int32_t d = 0; d < shape->rank; d++)
        used += (size_t)snprintf(text + used, PSB_SHAPE_TEXT_BYTES - used, "%s%lld", d ? "x" : "",
                                 (long long)shape->dims[d]);
    return text;
}
