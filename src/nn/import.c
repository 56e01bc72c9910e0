/* SPDX-License-Identifier: Apache-2.0
 *
 * The importer's way through a file: unpack within a budget of memory, collect who makes which value, order the nodes
 * so that inputs are made first, and lower them one by one.
 * The surprise: protobuf-c gives a 150-byte struct for a submessage of 2 bytes, so a small hostile file could ask for
 * a lot of memory; the budget (a multiple of the file's size) ends that.
 */
#include "nn/import_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "onnx.pb-c.h"

enum { BUDGET_PER_BYTE = 6, BUDGET_FLOOR_BYTES = 64 << 20, OLDEST_OPSET = 7, NEWEST_OPSET = 21 };

typedef struct budget {
    size_t used_bytes, limit_bytes;
    bool is_spent, has_failed; /* the budget's end; the system's */
} budget;

static void *budget_alloc(void *data, size_t size)
{
    budget *left = data;
    if (size > left->limit_bytes - left->used_bytes) {
        left->is_spent = true;
        return NULL;
    }
    left->used_bytes += size;
    void *memory = malloc(size ? size : 1);
    if (!memory) left->has_failed = true;
    return memory;
}

static void budget_free(void *data, void *pointer)
{
    (void)data;
    free(pointer);
}

static int compare_names(const void *a, const void *b)
{
    const psb_import_name *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static psb_import_name *find_name(const psb_import *import, const char *name)
{
    psb_import_name key = {.name = name};
    return bsearch(&key, import->names, (size_t)import->name_count, sizeof(key), compare_names);
}

void psb_import_bind(psb_import *import, int32_t output_i, int32_t value)
{
    psb_import_name *entry = find_name(import, import->node->output[output_i]);
    if (entry) entry->value = value;
}

/* --- Values that are there before any node runs --- */

static psb_status add_initializers(psb_import *import)
{
    for (size_t t = 0; t < import->source->n_initializer; t++) {
        const Onnx__Tensor *tensor = import->source->initializer[t];
        int32_t value;
        psb_status status = psb_graph_add_value(import->graph, &value, tensor->name ? tensor->name : "");
        if (status) return status;
        status = psb_import_contents(import->graph, value, tensor, "initializer");
        if (status) return status;
        import->names[import->name_count++] =
            (psb_import_name){.name = tensor->name ? tensor->name : "", .node = -1, .value = value};
    }
    return PSB_OK;
}

static psb_status input_shape(psb_import *import, psb_shape *shape, const Onnx__ValueInfo *input)
{
    const char *file = import->graph->file;
    const Onnx__TensorType *type = input->type ? input->type->tensor_type : NULL;
    if (!type || type->elem_type != PSB_ONNX_FLOAT)
        return psb_fail(PSB_UNSUPPORTED, "%s: input \"%.100s\": found element type %d, expected float32 (1)", file,
                        input->name, type ? type->elem_type : 0);
    size_t rank = type->shape ? type->shape->n_dim : 0;
    if (rank < 1 || rank > PSB_TENSOR_MAX_RANK)
        return psb_fail(PSB_UNSUPPORTED, "%s: input \"%.100s\": found %zu dimensions, expected 1 to %d", file,
                        input->name, rank, PSB_TENSOR_MAX_RANK);
    int64_t elements = 1;
    shape->rank = (int32_t)rank;
    for (size_t d = 0; d < rank; d++) {
        const Onnx__Dimension *dimension = type->shape->dim[d];
        int64_t size = dimension->has_dim_value ? dimension->dim_value : d == 0 ? 1 : 0; /* a batch symbol is 1 */
        if (size < 1)
            return psb_fail(PSB_UNSUPPORTED, "%s: input \"%.100s\": dimension %zu is %s, expected a fixed size", file,
                            input->name, d + 1, dimension->has_dim_value ? "not positive" : "a symbol");
        if (size > PSB_GRAPH_MAX_ELEMENTS / elements)
            return psb_fail(PSB_BAD_INPUT, "%s: input \"%.100s\": found more than 2^31 elements, expected at most 2^31",
                            file, input->name);
        elements *= size;
        shape->dims[d] = size;
    }
    return PSB_OK;
}

/* Old files list their initializers among the inputs; those are constants, not inputs. */
static psb_status add_inputs(psb_import *import)
{
    psb_graph *graph = import->graph;
    qsort(import->names, (size_t)import->name_count, sizeof(*import->names), compare_names);
    graph->inputs = psb_graph_alloc(graph, import->source->n_input, sizeof(*graph->inputs));
    if (!graph->inputs) return PSB_NO_MEMORY;
    int32_t initializers = import->name_count;
    for (size_t i = 0; i < import->source->n_input; i++) {
        const Onnx__ValueInfo *input = import->source->input[i];
        if (!input->name) return psb_fail(PSB_BAD_INPUT, "%s: input %zu has no name", graph->file, i + 1);
        psb_import_name key = {.name = input->name};
        if (bsearch(&key, import->names, (size_t)initializers, sizeof(key), compare_names)) continue;
        psb_shape shape;
        psb_status status = input_shape(import, &shape, input);
        if (status) return status;
        int32_t value;
        status = psb_graph_add_value(graph, &value, input->name);
        if (status) return status;
        graph->values[value].shape = shape;
        graph->inputs[graph->input_count++] = value;
        import->names[import->name_count++] = (psb_import_name){.name = input->name, .node = -1, .value = value};
    }
    return PSB_OK;
}

static psb_status collect_names(psb_import *import)
{
    const Onnx__Graph *source = import->source;
    size_t count = source->n_initializer + source->n_input;
    for (size_t n = 0; n < source->n_node; n++) count += source->node[n]->n_output;
    if (count > INT32_MAX / 2)
        return psb_fail(PSB_BAD_INPUT, "%s: found %zu names, expected fewer", import->graph->file, count);
    import->names = calloc(count + 1, sizeof(*import->names));
    if (!import->names) return psb_fail_memory("names", count * sizeof(*import->names));
    psb_status status = add_initializers(import);
    if (!status) status = add_inputs(import);
    if (status) return status;
    for (size_t n = 0; n < source->n_node; n++)
        for (size_t o = 0; o < source->node[n]->n_output; o++)
            if (source->node[n]->output[o][0])
                import->names[import->name_count++] =
                    (psb_import_name){.name = source->node[n]->output[o], .node = (int32_t)n, .value = -1};
    qsort(import->names, (size_t)import->name_count, sizeof(*import->names), compare_names);
    for (int32_t n = 1; n < import->name_count; n++)
        if (strcmp(import->names[n - 1].name, import->names[n].name) == 0)
            return psb_fail(PSB_BAD_INPUT, "%s: \"%.100s\" is made twice, expected every name once",
                            import->graph->file, import->names[n].name);
    return PSB_OK;
}

/* --- The order of nodes --- */

typedef struct order_frame {
    int32_t node;
    size_t next_input;
} order_frame;

enum { UNSEEN, OPEN, DONE };

/* Walks from one node to all it needs, deepest first, without recursion; a node met while still open closes a cycle. */
static psb_status order_from(psb_import *import, int32_t root, uint8_t *state, order_frame *stack, int32_t *order,
                             int32_t *order_count)
{
    if (state[root] != UNSEEN) return PSB_OK;
    int32_t depth = 0;
    stack[depth++] = (order_frame){.node = root};
    state[root] = OPEN;
    while (depth > 0) {
        order_frame *top = &stack[depth - 1];
        const Onnx__Node *node = import->source->node[top->node];
        if (top->next_input == node->n_input) {
            state[top->node] = DONE;
            order[(*order_count)++] = top->node;
            depth--;
            continue;
        }
        const char *input = node->input[top->next_input++];
        if (!input[0]) continue;
        import->node = node;
        const psb_import_name *maker = find_name(import, input);
        if (!maker)
            return psb_import_fail(import, PSB_BAD_INPUT,
                                   "found input \"%.100s\", expected the name of an input, initializer or output",
                                   input);
        if (maker->node < 0 || state[maker->node] == DONE) continue;
        if (state[maker->node] == OPEN)
            return psb_import_fail(
                import, PSB_BAD_INPUT,
                "input \"%.100s\" depends on this node's own output, expected a graph without cycles", input);
        state[maker->node] = OPEN;
        stack[depth++] = (order_frame){.node = maker->node};
    }
    return PSB_OK;
}

static psb_status lower(psb_import *import, const Onnx__Node *node)
{
    import->node = node;
    if (node->n_input > PSB_GRAPH_MAX_INPUTS || node->n_output > PSB_GRAPH_MAX_INPUTS)
        return psb_import_fail(import, PSB_UNSUPPORTED, "found %zu inputs and %zu outputs, expected at most %d",
                               node->n_input, node->n_output, PSB_GRAPH_MAX_INPUTS);
    import->input_count = (int32_t)node->n_input;
    import->output_count = (int32_t)node->n_output;
    for (int32_t i = 0; i < import->input_count; i++) {
        const char *name = node->input[i];
        import->inputs[i] = name[0] ? find_name(import, name)->value : -1;
        if (name[0] && import->inputs[i] < 0)
            return psb_import_fail(import, PSB_UNSUPPORTED, "input \"%.100s\" is an optional output that is not made",
                                   name);
    }
    return psb_import_node(import);
}

static psb_status lower_all(psb_import *import)
{
    size_t count = import->source->n_node;
    uint8_t *state = calloc(count + 1, 1);
    order_frame *stack = calloc(count + 1, sizeof(*stack));
    int32_t *order = calloc(count + 1, sizeof(*order));
    int32_t order_count = 0;
    psb_status status = PSB_OK;
    if (!state || !stack || !order) status = psb_fail_memory("node order", count);
    for (size_t n = 0; n < count && !status; n++)
        status = order_from(import, (int32_t)n, state, stack, order, &order_count);
    for (int32_t n = 0; n < order_count && !status; n++) status = lower(import, import->source->node[order[n]]);
    free(order);
    free(stack);
    free(state);
    return status;
}

static psb_status mark_outputs(psb_import *import)
{
    psb_graph *graph = import->graph;
    graph->outputs = psb_graph_alloc(graph, import->source->n_output, sizeof(*graph->outputs));
    if (!graph->outputs) return PSB_NO_MEMORY;
    for (size_t o = 0; o < import->source->n_output; o++) {
        const char *name = import->source->output[o]->name;
        const psb_import_name *entry = name ? find_name(import, name) : NULL;
        if (!entry || entry->value < 0)
            return psb_fail(PSB_BAD_INPUT, "%s: output \"%.100s\" is made by no node", graph->file, name ? name : "");
        if (graph->values[entry->value].integers || graph->values[entry->value].floats)
            return psb_fail(PSB_UNSUPPORTED, "%s: output \"%.100s\": found a constant, expected computed values",
                            graph->file, name);
        graph->values[entry->value].is_output = true;
        graph->outputs[graph->output_count++] = entry->value;
    }
    return PSB_OK;
}

static psb_status check_model(psb_import *import, const Onnx__Model *model)
{
    const char *file = import->graph->file;
    if (!model->graph || model->graph->n_node == 0)
        return psb_fail(PSB_BAD_INPUT, "%s: found no nodes, expected an ONNX network", file);
    import->source = model->graph;
    if (import->source->n_node >= PSB_GRAPH_MAX_NODES)
        return psb_fail(PSB_BAD_INPUT, "%s: found %zu nodes, expected fewer than %d", file, import->source->n_node,
                        PSB_GRAPH_MAX_NODES);
    for (size_t o = 0; o < model->n_opset_import; o++) {
        const Onnx__OperatorSet *set = model->opset_import[o];
        if (!set->domain || !set->domain[0] || strcmp(set->domain, "ai.onnx") == 0) import->opset = set->version;
    }
    if (import->opset < OLDEST_OPSET || import->opset > NEWEST_OPSET)
        return psb_fail(PSB_UNSUPPORTED, "%s: found operator set %lld, expected %d to %d", file,
                        (long long)import->opset, OLDEST_OPSET, NEWEST_OPSET);
    import->graph->nodes_in_file = (int32_t)import->source->n_node;
    return PSB_OK;
}

static psb_status unpack_failure(const budget *left, const char *name, size_t size_bytes)
{
    if (left->has_failed) return psb_fail_memory("ONNX file", left->used_bytes);
    if (left->is_spent)
        return psb_fail(PSB_BAD_INPUT, "%s: found more pieces than expected in a file of %zu bytes", name, size_bytes);
    return psb_fail(PSB_BAD_INPUT, "%s: found %zu bytes that are not, or not all of, an ONNX file", name, size_bytes);
}

psb_status psb_import_onnx(psb_graph *graph, const char *name, const void *data, size_t size_bytes)
{
    graph->file = name;
    if (size_bytes > PSB_GRAPH_MAX_FILE_BYTES)
        return psb_fail(PSB_BAD_INPUT, "%s: found %zu bytes, expected at most 512 MB", name, size_bytes);
    budget left = {.limit_bytes = size_bytes * BUDGET_PER_BYTE + BUDGET_FLOOR_BYTES};
    ProtobufCAllocator allocator = {.alloc = budget_alloc, .free = budget_free, .allocator_data = &left};
    psb_import import = {.graph = graph};
    Onnx__Model *model = onnx__model__unpack(&allocator, size_bytes, data);
    psb_status status = PSB_OK;
    if (!model) {
        status = unpack_failure(&left, name, size_bytes);
        goto done;
    }
    status = check_model(&import, model);
    if (!status) status = collect_names(&import);
    if (!status) status = lower_all(&import);
    if (!status) status = mark_outputs(&import);
    if (!status && (graph->input_count == 0 || graph->output_count == 0))
        status = psb_fail(PSB_BAD_INPUT, "%s: found %d inputs and %d outputs, expected at least one of each", name,
                          graph->input_count, graph->output_count);
    if (!status) psb_graph_recount(graph);
done:
    free(import.names);
    if (model) onnx__model__free_unpacked(model, &allocator);
    return status;
}
