/* SPDX-License-Identifier: Apache-2.0
 *
 * Places for values, in three walks over the nodes. First forward, with every value alone in memory, to learn how each
 * would naturally lie and which reshapes must move memory. Then backward, so that a concatenation knows its place
 * before the values it joins, and they can be made inside it. Last forward, final places and the list of steps, with
 * copies where a kernel could not read or write what the strides say.
 */
#include "nn/plan_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { BYTES_BEHIND = 64 };

typedef struct planner {
    psb_plan *plan;
    psb_graph *graph;
    psb_place *natural; /* of each value, from the first walk; buffer is meaningless */
} planner;

void psb_plan_fini(psb_plan *plan)
{
    free(plan->places);
    free(plan->buffers);
    free(plan->steps);
    free(plan->copy_of);
    free(plan->recoded);
    free(plan->outputs);
    free(plan->materialised);
    *plan = (psb_plan){0};
}

/* --- Small pieces --- */

static const psb_shape *shape_of(const planner *self, int32_t value)
{
    return &self->graph->values[value].shape;
}

static bool is_view(const planner *self, int32_t node)
{
    psb_node_kind kind = self->graph->nodes[node].kind;
    return (kind == PSB_NODE_RESHAPE && !self->plan->materialised[node]) || kind == PSB_NODE_TRANSPOSE ||
           kind == PSB_NODE_SLICE;
}

/* The place of a view's output, from its input's; false for a reshape that strides cannot say. */
static bool view_place(const planner *self, const psb_node *node, psb_place *out, const psb_place *in)
{
    const psb_shape *from = shape_of(self, node->inputs[0]), *to = shape_of(self, node->output);
    if (node->kind == PSB_NODE_RESHAPE) return psb_place_reshape(out, to, in, from);
    *out = node->kind == PSB_NODE_TRANSPOSE ? psb_place_transpose(in, from->rank, node->order)
                                            : psb_place_slice(in, from->rank, node->start, node->step);
    return true;
}

static bool makes_picture(psb_node_kind kind)
{
    return kind == PSB_NODE_CONV || kind == PSB_NODE_MAX_POOL || kind == PSB_NODE_AVERAGE_POOL ||
           kind == PSB_NODE_GLOBAL_AVERAGE_POOL || kind == PSB_NODE_RESIZE || kind == PSB_NODE_PAD;
}

/* How a computing node's output would lie if it could choose: value-by-value nodes keep their operand's order. */
static psb_place choose_place(const planner *self, const psb_node *node, const psb_place *places)
{
    const psb_shape *shape = shape_of(self, node->output);
    if (makes_picture(node->kind) || node->kind == PSB_NODE_RESHAPE) return psb_place_natural(shape);
    for (int32_t i = 0; i < node->input_count; i++) {
        int32_t input = node->inputs[i];
        if (self->graph->values[input].floats) continue;
        if (node->kind == PSB_NODE_CONCAT || psb_shape_equal(shape_of(self, input), shape)) {
            psb_place place = psb_place_like(shape, &places[input]);
            if (node->kind == PSB_NODE_SOFTMAX && place.strides[node->axis] != 1) break;
            return place;
        }
    }
    if (node->kind != PSB_NODE_SOFTMAX) return psb_place_natural(shape);
    psb_place innermost = {.buffer = -1}; /* the axis as if its stride were the least */
    psb_place natural = psb_place_natural(shape);
    for (int32_t d = 0; d < shape->rank; d++) innermost.strides[d] = d == node->axis ? 0 : natural.strides[d];
    return psb_place_like(shape, &innermost);
}

static psb_status new_buffer(psb_plan *plan, int32_t *out, size_t size_bytes, const float *constant)
{
    if (plan->buffer_count == plan->buffer_capacity) {
        int32_t wanted = plan->buffer_capacity ? plan->buffer_capacity * 2 : 64;
        psb_buffer *larger = realloc(plan->buffers, (size_t)wanted * sizeof(*larger));
        if (!larger) return psb_fail_memory("buffers", (size_t)wanted * sizeof(*larger));
        plan->buffers = larger;
        plan->buffer_capacity = wanted;
    }
    plan->buffers[plan->buffer_count] =
        (psb_buffer){.bytes = size_bytes, .constant = constant, .first_step = INT32_MAX, .last_step = -1};
    *out = plan->buffer_count++;
    return PSB_OK;
}

/* Gives the value a buffer of its own in this layout. */
static psb_status settle(planner *self, int32_t value, psb_place place)
{
    size_t elements = (size_t)psb_shape_elements(shape_of(self, value));
    /* integer kernels read channels by fours, so a little behind the last */
    bool is_bytes = psb_encoding_is_bytes(self->graph->values[value].encoding);
    size_t size_bytes = is_bytes ? elements + BYTES_BEHIND : elements * sizeof(float);
    psb_status status = new_buffer(self->plan, &place.buffer, size_bytes, self->graph->values[value].floats);
    if (status) return status;
    self->plan->buffers[place.buffer].is_bytes = is_bytes;
    self->plan->places[value] = place;
    return PSB_OK;
}

static psb_place row_major(const psb_shape *shape)
{
    psb_place place = {.buffer = -1};
    int64_t stride = 1;
    for (int32_t d = shape->rank - 1; d >= 0; d--) {
        place.strides[d] = stride;
        stride *= shape->dims[d];
    }
    return place;
}

/* --- Walk 1: how values would lie alone --- */

static void walk_natural(planner *self)
{
    psb_graph *graph = self->graph;
    for (int32_t v = 0; v < graph->value_count; v++)
        self->natural[v] =
            graph->values[v].floats ? row_major(&graph->values[v].shape) : psb_place_natural(&graph->values[v].shape);
    for (int32_t n = 0; n < graph->node_count; n++) {
        const psb_node *node = &graph->nodes[n];
        if (node->kind == PSB_NODE_DEAD) continue;
        psb_place place;
        if (is_view(self, n) && view_place(self, node, &place, &self->natural[node->inputs[0]])) {
            self->natural[node->output] = place;
            continue;
        }
        if (node->kind == PSB_NODE_RESHAPE) self->plan->materialised[n] = true;
        self->natural[node->output] = choose_place(self, node, self->natural);
    }
}

/* --- Walk 2: concatenations in place --- */

/* May the node that computes this value write with these strides? */
static bool can_write(const planner *self, int32_t value, const psb_place *place)
{
    int32_t producer = self->graph->values[value].producer;
    if (producer < 0 || is_view(self, producer)) return false; /* graph inputs and constants lie elsewhere */
    const psb_node *node = &self->graph->nodes[producer];
    if (makes_picture(node->kind)) return psb_place_is_picture(place, shape_of(self, value));
    if (node->kind == PSB_NODE_SOFTMAX)
        return place->strides[node->axis] == 1 || shape_of(self, value)->dims[node->axis] == 1;
    return true;
}

/* Puts the computed value behind `value` (through reshapes and transposes) where `place` says, if it can lie there. */
static void place_source(planner *self, int32_t value, psb_place place)
{
    for (;;) {
        int32_t producer = self->graph->values[value].producer;
        if (producer < 0 || !is_view(self, producer)) break;
        const psb_node *node = &self->graph->nodes[producer];
        const psb_shape *from = shape_of(self, node->inputs[0]), *to = shape_of(self, node->output);
        psb_place back;
        if (node->kind == PSB_NODE_SLICE) return;
        if (node->kind == PSB_NODE_TRANSPOSE)
            back = psb_place_transpose_back(&place, from->rank, node->order);
        else if (!psb_place_reshape(&back, from, &place, to))
            return;
        place = back;
        value = node->inputs[0];
    }
    if (self->plan->places[value].buffer < 0 && can_write(self, value, &place)) self->plan->places[value] = place;
}

/* The part of a concatenation's place that its input i fills. */
static psb_place part_place(const planner *self, const psb_node *concat, int32_t input_i)
{
    psb_place place = self->plan->places[concat->output];
    for (int32_t i = 0; i < input_i; i++)
        place.offset += shape_of(self, concat->inputs[i])->dims[concat->axis] * place.strides[concat->axis];
    return place;
}

static psb_status walk_concats(planner *self)
{
    psb_graph *graph = self->graph;
    for (int32_t n = graph->node_count - 1; n >= 0; n--) {
        const psb_node *node = &graph->nodes[n];
        if (node->kind != PSB_NODE_CONCAT) continue;
        if (self->plan->places[node->output].buffer < 0) {
            psb_status status = settle(self, node->output, self->natural[node->output]);
            if (status) return status;
        }
        psb_encoding whole = graph->values[node->output].encoding;
        for (int32_t i = 0; i < node->input_count; i++)
            if (psb_encoding_equal(graph->values[node->inputs[i]].encoding, whole))
                place_source(self, node->inputs[i], part_place(self, node, i));
    }
    return PSB_OK;
}

/* --- Walk 3: final places and steps --- */

static psb_status add_step(planner *self, int32_t node)
{
    psb_plan *plan = self->plan;
    if (plan->step_count == plan->step_capacity) {
        int32_t wanted = plan->step_capacity ? plan->step_capacity * 2 : 64;
        int32_t *larger = realloc(plan->steps, (size_t)wanted * sizeof(*larger));
        if (!larger) return psb_fail_memory("steps", (size_t)wanted * sizeof(*larger));
        plan->steps = larger;
        plan->step_capacity = wanted;
    }
    plan->steps[plan->step_count++] = node;
    return PSB_OK;
}

/* A new value of this shape with a place to be filled in. */
static psb_status add_value(planner *self, int32_t *value_out, const char *name, const psb_shape *shape)
{
    psb_plan *plan = self->plan;
    psb_shape copy = *shape; /* the graph's values may move */
    psb_status status = psb_graph_add_value(self->graph, value_out, name);
    if (status) return status;
    if (*value_out >= plan->place_capacity) {
        size_t wanted = (size_t)plan->place_capacity * 2 + 16;
        psb_place *places = realloc(plan->places, wanted * sizeof(*places));
        if (!places) return psb_fail_memory("places", wanted * sizeof(*places));
        plan->places = places;
        int32_t *copies = realloc(plan->copy_of, wanted * sizeof(*copies));
        if (!copies) return psb_fail_memory("places", wanted * sizeof(*copies));
        plan->copy_of = copies;
        int32_t *recoded = realloc(plan->recoded, wanted * sizeof(*recoded));
        if (!recoded) return psb_fail_memory("places", wanted * sizeof(*recoded));
        plan->recoded = recoded;
        plan->place_capacity = (int32_t)wanted;
    }
    self->graph->values[*value_out].shape = copy;
    plan->places[*value_out] = (psb_place){.buffer = -1};
    plan->copy_of[*value_out] = plan->recoded[*value_out] = -1;
    return PSB_OK;
}

/* A step that copies `value` to `place`, which has the value's shape. *copy_out is the value that lies there. */
static psb_status add_copy_as(planner *self, int32_t *copy_out, int32_t value, psb_place place, psb_encoding encoding)
{
    const char *name = self->graph->values[value].name;
    psb_status status = add_value(self, copy_out, name, shape_of(self, value));
    if (status) return status;
    self->graph->values[*copy_out].encoding = encoding;
    if (place.buffer < 0)
        status = settle(self, *copy_out, place);
    else
        self->plan->places[*copy_out] = place;
    psb_node *node;
    if (!status)
        status = psb_graph_add_node(self->graph, &node, PSB_NODE_COPY, self->graph->values[value].name,
                                    (psb_inputs){1, &value}, *copy_out);
    return status ? status : add_step(self, self->graph->node_count - 1);
}

static psb_status add_copy(planner *self, int32_t *copy_out, int32_t value, psb_place place)
{
    return add_copy_as(self, copy_out, value, place, self->graph->values[value].encoding);
}

/* The operand in this encoding: itself, else a copy in the same order of dimensions, its one copy where it can be. */
static psb_status need_encoding(planner *self, int32_t *value, psb_encoding encoding)
{
    psb_plan *plan = self->plan;
    if (psb_encoding_equal(self->graph->values[*value].encoding, encoding)) return PSB_OK;
    int32_t copy = plan->recoded[*value];
    if (copy < 0 || !psb_encoding_equal(self->graph->values[copy].encoding, encoding)) {
        psb_place place = psb_place_like(shape_of(self, *value), &plan->places[*value]);
        psb_status status = add_copy_as(self, &copy, *value, place, encoding);
        if (status) return status;
        self->plan->recoded[*value] = copy;
    }
    *value = copy;
    return PSB_OK;
}

/* The operand as a picture: itself where it lies so, else its one copy. */
static psb_status need_picture(planner *self, int32_t *value)
{
    psb_plan *plan = self->plan;
    if (psb_place_is_picture(&plan->places[*value], shape_of(self, *value))) return PSB_OK;
    int32_t copy = plan->copy_of[*value];
    if (copy < 0) {
        psb_status status = add_copy(self, &copy, *value, psb_place_natural(shape_of(self, *value)));
        if (status) return status;
        self->plan->copy_of[*value] = copy;
    }
    *value = copy;
    return PSB_OK;
}

/* Value-by-value kernels walk the output's innermost dimension, in which operands may step by 1 or stand still. */
static psb_status need_stride(planner *self, int32_t *value, const psb_node *node)
{
    const psb_shape *out = shape_of(self, node->output), *in = shape_of(self, *value);
    const psb_place *to = &self->plan->places[node->output], *from = &self->plan->places[*value];
    int32_t shift = out->rank - in->rank;
    for (int32_t d = shift; d < out->rank; d++) {
        bool innermost = node->kind == PSB_NODE_SOFTMAX ? d == node->axis : to->strides[d] == 1 && out->dims[d] != 1;
        if (!innermost || in->dims[d - shift] == 1 || from->strides[d - shift] == 1) continue;
        psb_place model = {.buffer = -1}; /* the output's order, as far as the operand has its dimensions */
        for (int32_t i = 0; i < in->rank; i++) model.strides[i] = to->strides[i + shift];
        int32_t copy;
        psb_status status = add_copy(self, &copy, *value, psb_place_like(in, &model));
        if (status) return status;
        *value = copy;
        return PSB_OK;
    }
    return PSB_OK;
}

static psb_status plan_compute(planner *self, int32_t node_i)
{
    int32_t output = self->graph->nodes[node_i].output;
    psb_status status = PSB_OK;
    if (self->plan->places[output].buffer < 0)
        status = settle(self, output, choose_place(self, &self->graph->nodes[node_i], self->plan->places));
    int32_t input_count = self->graph->nodes[node_i].input_count;
    for (int32_t i = 0; i < input_count && !status; i++) {
        psb_node node = self->graph->nodes[node_i]; /* by value: copies move the array */
        int32_t value = node.inputs[i];
        status = need_encoding(self, &value, psb_graph_taken(self->graph, &node, value));
        if (status) return status;
        status = makes_picture(node.kind) ? need_picture(self, &value) : need_stride(self, &value, &node);
        node.inputs[i] = value;
    }
    int32_t residual = self->graph->nodes[node_i].residual;
    if (residual >= 0 && !status) {
        status = need_encoding(self, &residual, (psb_encoding){0}); /* integer convolutions have none */
        if (!status) status = need_picture(self, &residual);
        self->graph->nodes[node_i].residual = residual;
    }
    return status ? status : add_step(self, node_i);
}

/* A reshape that moves memory: the copy runs over whichever shape both sides can be seen in, else through a
 * row-major one. */
static psb_status plan_reshape(planner *self, int32_t node_i)
{
    const psb_node node = self->graph->nodes[node_i];
    psb_plan *plan = self->plan;
    psb_place place;
    if (plan->places[node.output].buffer < 0) {
        if (view_place(self, &node, &place, &plan->places[node.inputs[0]]) && !plan->materialised[node_i]) {
            plan->places[node.output] = place;
            return PSB_OK;
        }
        psb_status status = settle(self, node.output, psb_place_natural(shape_of(self, node.output)));
        if (status) return status;
    }
    int32_t source = node.inputs[0], copy;
    if (!psb_place_reshape(&place, shape_of(self, source), &self->plan->places[node.output],
                           shape_of(self, node.output))) {
        psb_status status = add_copy(self, &copy, source, row_major(shape_of(self, source)));
        if (status) return status;
        source = copy;
        int32_t flat; /* the row-major copy under the output's shape */
        status = add_value(self, &flat, self->graph->values[node.output].name, shape_of(self, node.output));
        if (status) return status;
        if (!psb_place_reshape(&self->plan->places[flat], shape_of(self, flat), &self->plan->places[copy],
                               shape_of(self, copy)))
            return psb_fail(PSB_BUG, "a row-major tensor could not be reshaped");
        source = flat;
        place = self->plan->places[node.output];
    }
    return add_copy(self, &copy, source, place);
}

static psb_status plan_concat(planner *self, int32_t node_i)
{
    const psb_node node = self->graph->nodes[node_i];
    for (int32_t i = 0; i < node.input_count; i++) {
        psb_place part = part_place(self, &node, i);
        int32_t copy;
        if (psb_place_equal(&self->plan->places[node.inputs[i]], &part, shape_of(self, node.inputs[i]))) continue;
        psb_encoding whole = self->graph->values[node.output].encoding;
        psb_status status = add_copy_as(self, &copy, node.inputs[i], part, whole);
        if (status) return status;
    }
    return PSB_OK;
}

static psb_status walk_steps(planner *self)
{
    psb_graph *graph = self->graph;
    int32_t node_count = graph->node_count; /* copies are appended behind */
    for (int32_t n = 0; n < node_count; n++) {
        psb_node_kind kind = graph->nodes[n].kind;
        psb_status status;
        if (kind == PSB_NODE_DEAD) continue;
        if (kind == PSB_NODE_RESHAPE)
            status = plan_reshape(self, n);
        else if (kind == PSB_NODE_CONCAT)
            status = plan_concat(self, n);
        else if (is_view(self, n)) {
            const psb_node *node = &graph->nodes[n];
            view_place(self, node, &self->plan->places[node->output], &self->plan->places[node->inputs[0]]);
            status = PSB_OK;
        } else
            status = plan_compute(self, n);
        if (status) return status;
    }
    return PSB_OK;
}

/* Who reads the outputs wants float32. */
static psb_status walk_outputs(planner *self)
{
    for (int32_t o = 0; o < self->graph->output_count; o++) {
        self->plan->outputs[o] = self->graph->outputs[o];
        psb_status status = need_encoding(self, &self->plan->outputs[o], (psb_encoding){0});
        if (status) return status;
    }
    return PSB_OK;
}

/* --- Lifetimes --- */

static void touch(psb_plan *plan, int32_t value, int32_t step)
{
    psb_buffer *buffer = &plan->buffers[plan->places[value].buffer];
    if (step < buffer->first_step) buffer->first_step = step;
    if (step > buffer->last_step) buffer->last_step = step;
}

/* Inputs and outputs keep their memory all the time: an input may be written in part, an output read late. */
static void find_lifetimes(planner *self)
{
    psb_plan *plan = self->plan;
    const psb_graph *graph = self->graph;
    for (int32_t s = 0; s < plan->step_count; s++) {
        const psb_node *node = &graph->nodes[plan->steps[s]];
        for (int32_t i = 0; i < node->input_count; i++) touch(plan, node->inputs[i], s);
        if (node->residual >= 0) touch(plan, node->residual, s);
        touch(plan, node->output, s);
    }
    for (int32_t i = 0; i < graph->input_count; i++) {
        touch(plan, graph->inputs[i], 0);
        touch(plan, graph->inputs[i], plan->step_count);
    }
    for (int32_t o = 0; o < graph->output_count; o++) touch(plan, plan->outputs[o], plan->step_count);
}

static psb_status alloc_plan(planner *self)
{
    psb_plan *plan = self->plan;
    const psb_graph *graph = self->graph;
    size_t values = (size_t)graph->value_count + 1;
    plan->place_capacity = graph->value_count;
    plan->places = malloc(values * sizeof(*plan->places));
    plan->copy_of = malloc(values * sizeof(*plan->copy_of));
    plan->recoded = malloc(values * sizeof(*plan->recoded));
    plan->outputs = calloc((size_t)graph->output_count + 1, sizeof(*plan->outputs));
    plan->materialised = calloc((size_t)graph->node_count + 1, sizeof(*plan->materialised));
    self->natural = malloc(values * sizeof(*self->natural));
    if (!plan->places || !plan->copy_of || !plan->recoded || !plan->outputs || !plan->materialised || !self->natural)
        return psb_fail_memory("plan", values * sizeof(*plan->places));
    for (int32_t v = 0; v < graph->value_count; v++) {
        plan->places[v] = (psb_place){.buffer = -1};
        plan->copy_of[v] = plan->recoded[v] = -1;
    }
    return PSB_OK;
}

static psb_status settle_ends(planner *self)
{
    const psb_graph *graph = self->graph;
    psb_status status = PSB_OK;
    for (int32_t v = 0; v < graph->value_count && !status; v++)
        if (graph->values[v].floats) status = settle(self, v, self->natural[v]);
    for (int32_t i = 0; i < graph->input_count && !status; i++)
        status = settle(self, graph->inputs[i], self->natural[graph->inputs[i]]);
    return status;
}

psb_status psb_plan_make(psb_plan *plan, psb_graph *graph)
{
    planner self = {.plan = plan, .graph = graph};
    psb_status status = alloc_plan(&self);
    if (status) goto done;
    walk_natural(&self);
    status = settle_ends(&self);
    if (!status) status = walk_concats(&self);
    if (!status) status = walk_steps(&self);
    if (!status) status = walk_outputs(&self);
    if (status) goto done;
    find_lifetimes(&self);
    status = psb_plan_overlay(plan, graph->file);
done:
    free(self.natural);
    return status;
}
