/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing a graph as ONNX: the walk over its nodes, and the pairs of QuantizeLinear and DequantizeLinear between them.
 * A value has one name as floats, whichever way it came to be; what is bytes here is read there behind its pair.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "nn/export_int.h"
#include "nn/import_int.h"
#include "nn/model.h"

void psb_export_pair(psb_export *self, const char *output, const char *input, psb_encoding encoding)
{
    const psb_shape scalar = {0};
    const char *scale = psb_export_tensor(self, "scale", PSB_ONNX_FLOAT, scalar, &encoding.scale);
    const char *zero = psb_export_tensor(self, "zero", PSB_ONNX_UINT8, scalar, &encoding.zero);
    const char *bytes = psb_export_fresh(self, "bytes");
    psb_export_node(self, "QuantizeLinear", bytes, (psb_export_inputs){3, (const char *[]){input, scale, zero}});
    psb_export_node(self, "DequantizeLinear", output, (psb_export_inputs){3, (const char *[]){bytes, scale, zero}});
}

/* A constant becomes an initializer when it is first read. */
static const char *name_of(psb_export *self, int32_t value)
{
    const psb_value *source = &self->graph->values[value];
    if (!self->names[value] && source->floats)
        self->names[value] = psb_export_tensor(self, source->name, PSB_ONNX_FLOAT, source->shape, source->floats);
    return self->names[value];
}

const char *psb_export_operand(psb_export *self, int32_t value, psb_encoding encoding)
{
    const psb_encoding own = self->graph->values[value].encoding;
    if (!psb_encoding_is_bytes(encoding) || psb_encoding_equal(own, encoding)) return name_of(self, value);
    if (!self->recoded[value] || !psb_encoding_equal(self->recoded_as[value], encoding)) {
        const char *fresh = psb_export_fresh(self, self->graph->values[value].name);
        psb_export_pair(self, fresh, name_of(self, value), encoding);
        self->recoded[value] = fresh;
        self->recoded_as[value] = encoding;
    }
    return self->recoded[value];
}

/* Inputs and outputs are called as in the file that the graph came from; all others get a number behind their name. */
static void name_values(psb_export *self)
{
    const psb_graph *graph = self->graph;
    const size_t count = (size_t)graph->value_count + 1;
    self->names = psb_export_alloc(self, count, sizeof(*self->names));
    self->recoded = psb_export_alloc(self, count, sizeof(*self->recoded));
    self->recoded_as = psb_export_alloc(self, count, sizeof(*self->recoded_as));
    if (self->status) return;
    for (int32_t v = 0; v < graph->value_count; v++)
        if (!graph->values[v].floats) self->names[v] = psb_export_fresh(self, graph->values[v].name);
    for (int32_t i = 0; i < graph->input_count; i++)
        self->names[graph->inputs[i]] = graph->values[graph->inputs[i]].name;
    for (int32_t o = 0; o < graph->output_count; o++)
        self->names[graph->outputs[o]] = graph->values[graph->outputs[o]].name;
}

psb_status psb_graph_export(psb_outfile *to, const psb_graph *graph, const psb_encoding *sums)
{
    psb_export self = {.graph = graph, .sums = sums};
    uint8_t *data = NULL;
    size_t size_bytes = 0;
    name_values(&self);
    for (int32_t n = 0; n < graph->node_count && !self.status; n++)
        if (graph->nodes[n].kind != PSB_NODE_DEAD) psb_export_operator(&self, n);
    psb_status status = psb_export_pack(&self, &data, &size_bytes);
    if (!status) status = psb_outfile_write(to, data, size_bytes);
    free(data);
    psb_graph_fini(&self.memory);
    return status;
}
