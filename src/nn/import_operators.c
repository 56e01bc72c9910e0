/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of ONNX operators that passerby knows. A new one is a function in an import_FAMILY.c and a row here
 * (docs/howto-add-an-operator.md).
 */
#include <string.h>

#include "nn/import_int.h"
#include "onnx.pb-c.h"

typedef struct operator_row {
    const char *name;
    int32_t inputs_least, inputs_most; /* counting those that are left out */
    int32_t outputs_most;
    psb_import_fn *import;
} operator_row;

static const operator_row rows[] = {
    {"Add", 2, 2, 1, psb_import_add},
    {"AveragePool", 1, 1, 1, psb_import_average_pool},
    {"BatchNormalization", 5, 5, 1, psb_import_batch_normalization},
    {"Clip", 1, 3, 1, psb_import_clip},
    {"Concat", 1, PSB_GRAPH_MAX_INPUTS, 1, psb_import_concat},
    {"Constant", 0, 0, 1, psb_import_constant},
    {"Conv", 2, 3, 1, psb_import_conv},
    {"Div", 2, 2, 1, psb_import_div},
    {"Flatten", 1, 1, 1, psb_import_flatten},
    {"Gather", 2, 2, 1, psb_import_gather},
    {"GlobalAveragePool", 1, 1, 1, psb_import_global_average_pool},
    {"HardSigmoid", 1, 1, 1, psb_import_hard_sigmoid},
    {"HardSwish", 1, 1, 1, psb_import_hard_swish},
    {"Identity", 1, 1, 1, psb_import_identity},
    {"LeakyRelu", 1, 1, 1, psb_import_leaky_relu},
    {"MaxPool", 1, 1, 1, psb_import_max_pool},
    {"Mul", 2, 2, 1, psb_import_mul},
    {"Pad", 1, 4, 1, psb_import_pad},
    {"Relu", 1, 1, 1, psb_import_relu},
    {"Reshape", 1, 2, 1, psb_import_reshape},
    {"Resize", 1, 4, 1, psb_import_resize},
    {"Sigmoid", 1, 1, 1, psb_import_sigmoid},
    {"Slice", 1, 5, 1, psb_import_slice},
    {"Softmax", 1, 1, 1, psb_import_softmax},
    {"Split", 1, 2, PSB_GRAPH_MAX_INPUTS, psb_import_split},
    {"Squeeze", 1, 2, 1, psb_import_squeeze},
    {"Sub", 2, 2, 1, psb_import_sub},
    {"Transpose", 1, 1, 1, psb_import_transpose},
    {"Unsqueeze", 1, 2, 1, psb_import_unsqueeze},
};

static const operator_row *find_row(const Onnx__Node *node)
{
    if (!node->op_type || (node->domain && node->domain[0] && strcmp(node->domain, "ai.onnx") != 0)) return NULL;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
        if (strcmp(rows[r].name, node->op_type) == 0) return &rows[r];
    return NULL;
}

/* Later outputs may be named "": not wanted. */
static int32_t wanted_outputs(const Onnx__Node *node)
{
    int32_t count = 0;
    for (size_t o = 0; o < node->n_output; o++)
        if (node->output[o][0]) count = (int32_t)o + 1;
    return count;
}

psb_status psb_import_node(psb_import *import)
{
    const Onnx__Node *node = import->node;
    const operator_row *row = find_row(node);
    if (!row)
        return psb_import_fail(import, PSB_UNSUPPORTED,
                               "found operator %.60s%s%.60s, expected one of docs/howto-add-an-operator.md",
                               node->domain ? node->domain : "", node->domain && node->domain[0] ? ":" : "",
                               node->op_type ? node->op_type : "\"\"");
    if (import->input_count < row->inputs_least || import->input_count > row->inputs_most)
        return psb_import_fail(import, PSB_BAD_INPUT, "found %d inputs, expected %d to %d", import->input_count,
                               row->inputs_least, row->inputs_most);
    import->output_count = wanted_outputs(node);
    if (import->output_count < 1 || import->output_count > row->outputs_most || !node->output[0][0])
        return psb_import_fail(import, PSB_BAD_INPUT, "found %d outputs, expected 1 to %d", import->output_count,
                               row->outputs_most);
    return row->import(import);
}
