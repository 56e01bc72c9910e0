/* SPDX-License-Identifier: Apache-2.0
 *
 * Shapes anew, node by node in order: each kind's rule is applied to the old shapes first, so that a rounding up (a
 * pool's ceil mode) or a cut is recognised as what it was, and then to the new ones. A node whose old output does not
 * follow from its old inputs by a rule, or whose constants only fit the old size, is refused rather than guessed.
 */
#include "nn/graph_resize_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "nn/sliding_int.h"

typedef struct resizer {
    psb_graph *graph;
    psb_shape *old; /* of each value, before */
} resizer;

static const psb_shape *old_of(const resizer *self, int32_t value)
{
    return &self->old[value];
}

static const psb_shape *new_of(const resizer *self, int32_t value)
{
    return &self->graph->values[value].shape;
}

static bool is_picture(const psb_shape *shape)
{
    return shape->rank == 4 && shape->dims[0] == 1;
}

static int64_t slide(int64_t in, const psb_sliding *sliding, int32_t axis, bool rounds_up)
{
    int64_t room = in + sliding->pads[axis] + sliding->pads[axis + 2] - psb_sliding_reach(sliding, axis);
    if (room < 0) return 0;
    return (room + (rounds_up ? sliding->stride[axis] - 1 : 0)) / sliding->stride[axis] + 1;
}

static bool resize_sliding(const resizer *self, const psb_node *node, psb_shape *out)
{
    const psb_shape *was_in = old_of(self, node->inputs[0]), *in = new_of(self, node->inputs[0]);
    if (!is_picture(in) || in->dims[1] != was_in->dims[1]) return false;
    for (int32_t a = 0; a < 2; a++) {
        int64_t was = out->dims[2 + a];
        bool rounds_up = slide(was_in->dims[2 + a], &node->sliding, a, false) != was;
        if (rounds_up && slide(was_in->dims[2 + a], &node->sliding, a, true) != was) return false;
        out->dims[2 + a] = slide(in->dims[2 + a], &node->sliding, a, rounds_up);
    }
    return out->dims[2] > 0 && out->dims[3] > 0 && psb_sliding_windows_touch(&node->sliding, in, out);
}

static bool resize_pad(const resizer *self, const psb_node *node, psb_shape *out)
{
    const psb_shape *in = new_of(self, node->inputs[0]);
    for (int32_t a = 0; a < 2; a++)
        out->dims[2 + a] = in->dims[2 + a] + node->sliding.pads[a] + node->sliding.pads[a + 2];
    return true;
}

static bool resize_resize(const resizer *self, const psb_node *node, psb_shape *out)
{
    const psb_shape *was_in = old_of(self, node->inputs[0]), *in = new_of(self, node->inputs[0]);
    for (int32_t a = 0; a < 2; a++) {
        if ((int64_t)floor((double)was_in->dims[2 + a] * node->scale[a]) != out->dims[2 + a]) return false;
        out->dims[2 + a] = (int64_t)floor((double)in->dims[2 + a] * node->scale[a]);
        if (out->dims[2 + a] < 1) return false;
    }
    return true;
}

static bool resize_concat(const resizer *self, const psb_node *node, psb_shape *out)
{
    int64_t along = 0;
    *out = *new_of(self, node->inputs[0]);
    for (int32_t i = 0; i < node->input_count; i++) {
        const psb_shape *in = new_of(self, node->inputs[i]);
        for (int32_t d = 0; d < out->rank; d++)
            if (d != node->axis && in->dims[d] != out->dims[d]) return false;
        along += in->dims[node->axis];
    }
    out->dims[node->axis] = along;
    return true;
}

/* The wider of both on each axis; one of them may be a constant, which then has to fit as it is. */
static bool resize_binary(const resizer *self, const psb_node *node, psb_shape *out)
{
    for (int32_t d = 0; d < out->rank; d++) out->dims[d] = 1;
    for (int32_t i = 0; i < 2; i++) {
        const psb_shape *in = new_of(self, node->inputs[i]);
        int32_t shift = out->rank - in->rank;
        for (int32_t d = 0; d < in->rank; d++) {
            int64_t *wide = &out->dims[d + shift];
            if (*wide == 1) *wide = in->dims[d];
            if (in->dims[d] != 1 && in->dims[d] != *wide) return false;
        }
    }
    return true;
}

static bool resize_transpose(const resizer *self, const psb_node *node, psb_shape *out)
{
    const psb_shape *in = new_of(self, node->inputs[0]);
    for (int32_t d = 0; d < out->rank; d++) out->dims[d] = in->dims[node->order[d]];
    return true;
}

/* A cut that ran to the end does so again; one within an axis that stays is the same. */
static bool resize_slice(const resizer *self, const psb_node *node, psb_shape *out)
{
    const psb_shape *was_in = old_of(self, node->inputs[0]), *in = new_of(self, node->inputs[0]);
    for (int32_t d = 0; d < out->rank; d++) {
        int64_t step = node->step[d], start = node->start[d];
        if (in->dims[d] == was_in->dims[d]) continue;
        if (step < 1 || (was_in->dims[d] - start + step - 1) / step != out->dims[d]) return false;
        out->dims[d] = (in->dims[d] - start + step - 1) / step;
        if (out->dims[d] < 1) return false;
    }
    return true;
}

static int64_t product(const int64_t *dims, int32_t begin, int32_t end)
{
    int64_t elements = 1;
    for (int32_t d = begin; d < end; d++) elements *= dims[d];
    return elements;
}

/* Axes are paired in the smallest groups of equal extent: one to one, or several that become one. A group that splits
 * an axis, or mixes, can only stay as it is. Axes of extent 1 join the group before them. */
static bool resize_reshape(const resizer *self, const psb_node *node, psb_shape *out)
{
    const psb_shape *was_in = old_of(self, node->inputs[0]), *in = new_of(self, node->inputs[0]);
    const psb_shape was_out = *out;
    for (int32_t i = 0, o = 0; i < was_in->rank && o < was_out.rank;) {
        int32_t i_end = i + 1, o_end = o + 1;
        int64_t extent_in = was_in->dims[i], extent_out = was_out.dims[o];
        while (extent_in != extent_out) {
            if (extent_in < extent_out && i_end < was_in->rank)
                extent_in *= was_in->dims[i_end++];
            else if (extent_out < extent_in && o_end < was_out.rank)
                extent_out *= was_out.dims[o_end++];
            else
                return false;
        }
        int64_t now = product(in->dims, i, i_end);
        if (o_end - o == 1)
            out->dims[o] = now;
        else if (now != extent_in)
            return false;
        i = i_end;
        o = o_end;
    }
    return psb_shape_elements(in) == psb_shape_elements(out);
}

static bool resize_node(const resizer *self, const psb_node *node, psb_shape *out)
{
    switch (node->kind) {
    case PSB_NODE_CONV:
    case PSB_NODE_MAX_POOL:
    case PSB_NODE_AVERAGE_POOL:
        return resize_sliding(self, node, out);
    case PSB_NODE_GLOBAL_AVERAGE_POOL:
        return true;
    case PSB_NODE_PAD:
        return resize_pad(self, node, out);
    case PSB_NODE_RESIZE:
        return resize_resize(self, node, out);
    case PSB_NODE_CONCAT:
        return resize_concat(self, node, out);
    case PSB_NODE_BINARY:
        return resize_binary(self, node, out);
    case PSB_NODE_TRANSPOSE:
        return resize_transpose(self, node, out);
    case PSB_NODE_SLICE:
        return resize_slice(self, node, out);
    case PSB_NODE_RESHAPE:
        return resize_reshape(self, node, out);
    default: /* element by element */
        *out = *new_of(self, node->inputs[0]);
        return true;
    }
}

/* A convolution's residual has its output's shape; nothing outgrows what the importer allows. */
static bool result_is_sound(const resizer *self, const psb_node *node, const psb_shape *out)
{
    double elements = 1; /* in floating point, where it cannot overflow */
    for (int32_t d = 0; d < out->rank; d++) elements *= (double)out->dims[d];
    if (elements > (double)PSB_GRAPH_MAX_ELEMENTS) return false;
    return node->kind != PSB_NODE_CONV || node->residual < 0 || psb_shape_equal(new_of(self, node->residual), out);
}

static psb_status resize_input(psb_graph *graph, int32_t height_px, int32_t width_px)
{
    if (graph->input_count != 1 || !is_picture(&graph->values[graph->inputs[0]].shape))
        return psb_fail(PSB_BAD_INPUT, "%s: found %d inputs or no picture, expected one picture to give another size",
                        graph->file, graph->input_count);
    int64_t *dims = graph->values[graph->inputs[0]].shape.dims;
    dims[2] = height_px;
    dims[3] = width_px;
    return PSB_OK;
}

psb_status psb_graph_resize(psb_graph *graph, int32_t height_px, int32_t width_px)
{
    resizer self = {.graph = graph, .old = calloc((size_t)graph->value_count + 1, sizeof(psb_shape))};
    if (!self.old) return psb_fail_memory("shapes of a network", (size_t)graph->value_count * sizeof(psb_shape));
    for (int32_t v = 0; v < graph->value_count; v++) self.old[v] = graph->values[v].shape;
    psb_status status = resize_input(graph, height_px, width_px);
    for (int32_t n = 0; n < graph->node_count && !status; n++) {
        const psb_node *node = &graph->nodes[n];
        if (node->kind == PSB_NODE_DEAD) continue;
        psb_shape shape = *old_of(&self, node->output);
        if (!resize_node(&self, node, &shape) || !result_is_sound(&self, node, &shape))
            status = psb_fail(PSB_UNSUPPORTED, "%s: node \"%.100s\": found that it does not follow an input of %dx%d",
                              graph->file, node->name, width_px, height_px);
        graph->values[node->output].shape = shape;
    }
    free(self.old);
    return status;
}
