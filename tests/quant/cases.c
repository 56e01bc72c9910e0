/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of this room build and run; see the header.
 */
#include "cases.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include <passerby/status.h>

#include "../nn/model_file.h"
#include "nn/model.h"

float noise(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return (float)(*state >> 8) / (float)(1 << 23) - 1;
}

float reach_of(int32_t channel, bool is_mixed)
{
    return 0.3F * powf(80 / 0.3F, (float)(is_mixed ? channel * 5 % CHANNELS : channel) / (CHANNELS - 1));
}

int32_t add_value(psb_graph *graph, const char *name)
{
    int32_t value;
    assert_int_equal(psb_graph_add_value(graph, &value, name), PSB_OK);
    graph->values[value].shape = (psb_shape){.rank = 4, .dims = {1, CHANNELS, SIZE, SIZE}};
    return value;
}

psb_node *add_node(psb_graph *graph, psb_node_kind kind, const char *name, int32_t input, int32_t output)
{
    psb_node *node;
    assert_int_equal(psb_graph_add_node(graph, &node, kind, name, (psb_inputs){1, &input}, output), PSB_OK);
    const int32_t size = kind == PSB_NODE_MAX_POOL ? 3 : 1;
    node->residual = -1;
    node->group = 1;
    node->sliding = (psb_sliding){.kernel = {size, size}, .stride = {1, 1}, .dilation = {1, 1}};
    for (int32_t side = 0; side < 4; side++) node->sliding.pads[side] = size / 2;
    return node;
}

psb_node *add_depthwise(psb_graph *graph, const float *taps, int32_t input, int32_t output)
{
    psb_node *depthwise = add_node(graph, PSB_NODE_CONV, "depthwise", input, output);
    depthwise->weights = taps;
    depthwise->group = CHANNELS;
    depthwise->sliding.kernel[0] = depthwise->sliding.kernel[1] = 3;
    for (int32_t side = 0; side < 4; side++) depthwise->sliding.pads[side] = 1;
    return depthwise;
}

void set_ends(psb_graph *graph, int32_t input, const int32_t *outputs, int32_t output_count)
{
    graph->inputs = psb_graph_alloc(graph, 1, sizeof(int32_t));
    graph->outputs = psb_graph_alloc(graph, (size_t)output_count, sizeof(int32_t));
    assert_true(graph->inputs && graph->outputs);
    graph->inputs[0] = input;
    graph->input_count = 1;
    graph->output_count = output_count;
    for (int32_t o = 0; o < output_count; o++) {
        graph->outputs[o] = outputs[o];
        graph->values[outputs[o]].is_output = true;
    }
    psb_graph_recount(graph);
}

void fill_pictures(psb_pictures *pictures, float mean)
{
    uint32_t state = 99;
    *pictures = (psb_pictures){.count = PICTURES, .capacity = PICTURES, .floats = ELEMENTS};
    pictures->values = malloc((size_t)PICTURES * ELEMENTS * sizeof(float));
    assert_non_null(pictures->values);
    for (int32_t i = 0; i < PICTURES * ELEMENTS; i++) pictures->values[i] = mean + noise(&state);
}

void case_fini(network_case *self)
{
    psb_graph_fini(&self->graph);
    psb_graph_fini(&self->parts);
    psb_observation_fini(&self->observation);
    psb_pictures_fini(&self->pictures);
}

static float *run(psb_network *network, const psb_pictures *pictures)
{
    float *values = malloc((size_t)PICTURES * ELEMENTS * sizeof(*values));
    assert_non_null(values);
    const psb_tensor_view input = psb_network_input(network, 0), output = psb_network_output(network, 0);
    for (int32_t p = 0; p < PICTURES; p++) {
        psb_pictures_put(pictures, p, &input);
        psb_network_run(network);
        for (int32_t e = 0; e < ELEMENTS; e++) values[p * ELEMENTS + e] = *view_at(&output, e);
    }
    psb_network_close(&network);
    return values;
}

float *run_exact(network_case *self)
{
    psb_network *network;
    psb_graph copy = {0};
    assert_int_equal(psb_graph_borrow(&copy, &self->parts), PSB_OK);
    assert_int_equal(psb_network_make(&network, &copy, 0), PSB_OK);
    psb_graph_fini(&copy);
    return run(network, &self->pictures);
}

float *run_rounded(network_case *self, uint32_t flags)
{
    char path[] = "/tmp/psb_classes_XXXXXX";
    psb_outfile *to = NULL;
    psb_network *network = NULL;
    const int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    assert_int_equal(psb_outfile_open(&to, path), PSB_OK);
    if (psb_model_write(to, &self->graph, "", 0)) fail_msg("%s", psb_error_text());
    assert_int_equal(psb_outfile_commit(to), PSB_OK);
    psb_outfile_close(&to);
    if (psb_network_open(&network, path, flags)) fail_msg("%s", psb_error_text());
    unlink(path);
    return run(network, &self->pictures);
}

double worst_channel_db(const float *exact, const float *found)
{
    double worst = INFINITY;
    for (int32_t c = 0; c < CHANNELS; c++) {
        double signal = 0, error = 1e-30;
        for (int32_t i = 0; i < PICTURES * ELEMENTS; i++) {
            if (i / (SIZE * SIZE) % CHANNELS != c) continue;
            signal += (double)exact[i] * (double)exact[i];
            error += ((double)exact[i] - (double)found[i]) * ((double)exact[i] - (double)found[i]);
        }
        worst = fmin(worst, 10 * log10(signal / error));
    }
    return worst;
}
