/* SPDX-License-Identifier: Apache-2.0
 *
 * Channels of unlike size before a depthwise convolution, behind an activation that no factor passes: a 1x1
 * convolution whose channels reach from 0.3 to 80, SiLU, a max pool, a depthwise convolution that evens them out.
 * With one scale for all of them the small ones drown. Classes must save them, bit by bit alike on all CPU masks, and
 * leave alone what has readers that would not know of the gains.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <passerby/status.h>

#include "../nn/model_file.h"
#include "../nn/seal.h"
#include "base/bytes.h"
#include "nn/model.h"
#include "quant/lower_int.h"
#include "quant/order_int.h"

enum { CHANNELS = 12, SIZE = 10, PICTURES = 3, ELEMENTS = CHANNELS * SIZE * SIZE };
enum { INPUT, SUMS, MADE, POOLED, OUTPUT, VALUES };

typedef enum variant { BEFORE_DEPTHWISE, BEFORE_DENSE_TOO, SUMMED_TOO, THEN_DENSE } variant;

typedef struct network_case {
    psb_graph parts, graph;
    psb_observation observation;
    psb_pictures pictures;
    const float *gains[VALUES + 3];
} network_case;

static float noise(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return (float)(*state >> 8) / (float)(1 << 23) - 1;
}

/* 0.3 to 80; small ones first unless they are mixed. */
static float reach_of(int32_t channel, bool is_mixed)
{
    return 0.3F * powf(80 / 0.3F, (float)(is_mixed ? channel * 5 % CHANNELS : channel) / (CHANNELS - 1));
}

static int32_t add_value(psb_graph *graph, const char *name)
{
    int32_t value;
    assert_int_equal(psb_graph_add_value(graph, &value, name), PSB_OK);
    graph->values[value].shape = (psb_shape){.rank = 4, .dims = {1, CHANNELS, SIZE, SIZE}};
    return value;
}

static psb_node *add_node(psb_graph *graph, psb_node_kind kind, const char *name, int32_t input, int32_t output)
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

static void build(psb_graph *graph, variant which)
{
    static const char *const names[VALUES] = {"input", "sums", "made", "pooled", "output"};
    const bool is_mixed = which == THEN_DENSE;
    uint32_t state = 7;
    *graph = (psb_graph){.file = "case", .keeps_parts = true};
    for (int32_t v = 0; v < VALUES; v++) assert_int_equal(add_value(graph, names[v]), v);
    float *point = psb_graph_alloc(graph, (size_t)CHANNELS * CHANNELS, sizeof(*point));
    float *taps = psb_graph_alloc(graph, (size_t)CHANNELS * 9, sizeof(*taps));
    assert_true(point && taps);
    for (int32_t i = 0; i < CHANNELS * CHANNELS; i++) point[i] = noise(&state) * reach_of(i / CHANNELS, is_mixed) / 3;
    for (int32_t i = 0; i < CHANNELS * 9; i++) taps[i] = noise(&state) / reach_of(i / 9, is_mixed);
    add_node(graph, PSB_NODE_CONV, "point", INPUT, SUMS)->weights = point;
    add_node(graph, PSB_NODE_UNARY, "silu", SUMS, MADE)->activation.kind = PSB_ACTIVATION_SILU;
    add_node(graph, PSB_NODE_MAX_POOL, "pool", MADE, POOLED);
    psb_node *depthwise = add_node(graph, PSB_NODE_CONV, "depthwise", POOLED, OUTPUT);
    depthwise->weights = taps;
    depthwise->group = CHANNELS;
    depthwise->sliding.kernel[0] = depthwise->sliding.kernel[1] = 3;
    for (int32_t side = 0; side < 4; side++) depthwise->sliding.pads[side] = 1;
    graph->inputs = psb_graph_alloc(graph, 1, sizeof(int32_t));
    graph->outputs = psb_graph_alloc(graph, 2, sizeof(int32_t));
    graph->input_count = graph->output_count = 1;
    graph->outputs[0] = OUTPUT;
    if (which == BEFORE_DENSE_TOO) {
        const int32_t also = add_value(graph, "also");
        add_node(graph, PSB_NODE_CONV, "dense", POOLED, also)->weights = point;
        graph->outputs[graph->output_count++] = also;
    } else if (which == SUMMED_TOO) {
        const int32_t also = add_value(graph, "also"), end = add_value(graph, "end");
        const int32_t both[2] = {POOLED, MADE};
        psb_node *sum;
        assert_int_equal(psb_graph_add_node(graph, &sum, PSB_NODE_BINARY, "sum", (psb_inputs){2, both}, also), PSB_OK);
        sum->binary = PSB_BINARY_ADD;
        sum->residual = -1;
        add_node(graph, PSB_NODE_CONV, "dense", also, end)->weights = point;
        graph->outputs[graph->output_count++] = end;
    }
    if (which == THEN_DENSE) {
        graph->outputs[0] = add_value(graph, "end");
        add_node(graph, PSB_NODE_CONV, "dense", OUTPUT, graph->outputs[0])->weights = point;
    }
    for (int32_t o = 0; o < graph->output_count; o++) graph->values[graph->outputs[o]].is_output = true;
    psb_graph_recount(graph);
}

static void case_init(network_case *self, variant which, bool no_classes)
{
    uint32_t state = 99;
    *self = (network_case){.pictures = {.count = PICTURES, .capacity = PICTURES, .floats = ELEMENTS}};
    build(&self->parts, which);
    self->pictures.values = malloc((size_t)PICTURES * ELEMENTS * sizeof(float));
    assert_non_null(self->pictures.values);
    for (int32_t i = 0; i < PICTURES * ELEMENTS; i++) self->pictures.values[i] = noise(&state);
    assert_int_equal(psb_observation_init(&self->observation, &self->parts, &self->pictures, 0), PSB_OK);
    assert_int_equal(psb_graph_borrow(&self->graph, &self->parts), PSB_OK);
    const bool stays_float[8] = {false};
    const psb_lower_options options = {.stays_float = stays_float, .no_classes = no_classes};
    if (psb_lower(&self->graph, self->gains, &self->observation, &options)) fail_msg("%s", psb_error_text());
}

static void case_fini(network_case *self)
{
    psb_graph_fini(&self->graph);
    psb_graph_fini(&self->parts);
    psb_observation_fini(&self->observation);
    psb_pictures_fini(&self->pictures);
}

/* The first output for every picture; the caller frees it. */
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

static float *run_exact(network_case *self)
{
    psb_network *network;
    psb_graph copy = {0};
    assert_int_equal(psb_graph_borrow(&copy, &self->parts), PSB_OK);
    assert_int_equal(psb_network_make(&network, &copy, 0), PSB_OK);
    psb_graph_fini(&copy);
    return run(network, &self->pictures);
}

/* Through the file, as who runs it will have it. */
static float *run_rounded(network_case *self, uint32_t flags)
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

static double worst_channel_db(const float *exact, const float *found)
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

static double measure(variant which, bool no_classes)
{
    network_case self;
    case_init(&self, which, no_classes);
    float *exact = run_exact(&self), *found = run_rounded(&self, 0);
    const double db = worst_channel_db(exact, found);
    free(exact);
    free(found);
    case_fini(&self);
    return db;
}

static void test_small_channels_are_saved(void **state)
{
    (void)state;
    const double without_db = measure(BEFORE_DEPTHWISE, true), with_db = measure(BEFORE_DEPTHWISE, false);
    if (without_db > 12 || with_db < 30) fail_msg("found %.1f dB, with classes %.1f", without_db, with_db);
}

static void test_dense_readers_are_given_their_share(void **state)
{
    (void)state;
    const double without_db = measure(BEFORE_DENSE_TOO, true), with_db = measure(BEFORE_DENSE_TOO, false);
    if (with_db < without_db + 10) fail_msg("found %.1f dB, with classes %.1f", without_db, with_db);
}

static void test_every_instruction_set_makes_the_same_bits(void **state)
{
    (void)state;
    network_case self;
    case_init(&self, BEFORE_DEPTHWISE, false);
    assert_true(self.graph.nodes[0].class_count > 2);
    float *first = run_rounded(&self, 0);
    for (int32_t mask_i = 0; mask_i < MASK_COUNT; mask_i++) {
        uint32_t flags;
        if (!mask_flags(&flags, mask_i)) continue;
        float *found = run_rounded(&self, flags);
        assert_memory_equal(found, first, (size_t)PICTURES * ELEMENTS * sizeof(float));
        free(found);
    }
    free(first);
    case_fini(&self);
}

/* The gains are known to who compares, on both sides of a pool; and the small channels have the large ones. */
static void test_gains_are_told(void **state)
{
    (void)state;
    network_case self;
    case_init(&self, BEFORE_DEPTHWISE, false);
    assert_non_null(self.gains[MADE]);
    assert_non_null(self.gains[POOLED]);
    assert_null(self.gains[OUTPUT]);
    for (int32_t c = 0; c < CHANNELS; c++) assert_true(self.gains[MADE][c] == self.gains[POOLED][c]);
    for (int32_t c = 1; c < CHANNELS; c++) assert_true(self.gains[MADE][c - 1] >= self.gains[MADE][c]);
    assert_true(self.gains[MADE][0] > 16 && self.gains[MADE][CHANNELS - 1] == 1);
    case_fini(&self);
}

/* A sum of two values has no weights that a gain could go to. */
static void test_who_is_summed_keeps_one_scale(void **state)
{
    (void)state;
    network_case self;
    case_init(&self, SUMMED_TOO, false);
    assert_int_equal(self.graph.nodes[0].class_count, 0);
    assert_null(self.gains[MADE]);
    case_fini(&self);
}

static bool is_sorted(const psb_node *node)
{
    for (int32_t c = 1; c < CHANNELS; c++)
        if (node->channel_class[c - 1] > node->channel_class[c]) return false;
    return true;
}

/* Wherever nobody outside sees the order: on both sides of the pool, and of the depthwise convolution. */
static void test_order_changes_nothing_but_the_order(void **state)
{
    (void)state;
    static const variant variants[] = {THEN_DENSE, BEFORE_DEPTHWISE, BEFORE_DENSE_TOO};
    for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
        network_case self;
        case_init(&self, variants[i], false);
        psb_node *point = &self.graph.nodes[0];
        const uint8_t *before = point->channel_class;
        assert_true(point->class_count > 2);
        assert_int_equal(is_sorted(point), variants[i] != THEN_DENSE);
        float *first = run_rounded(&self, 0);
        if (psb_order_channels(&self.graph)) fail_msg("%s", psb_error_text());
        assert_true(is_sorted(point));
        assert_int_equal(point->channel_class == before, variants[i] != THEN_DENSE);
        float *found = run_rounded(&self, 0);
        assert_memory_equal(found, first, (size_t)PICTURES * ELEMENTS * sizeof(float));
        free(first);
        free(found);
        case_fini(&self);
    }
}

/* Classes come out of a file that may be anybody's: one byte after the other is changed. */
static void test_hostile_classes_are_refused_or_run(void **state)
{
    (void)state;
    static const uint8_t values[] = {0, 8, 255};
    network_case self;
    char path[] = "/tmp/psb_classes_XXXXXX";
    psb_outfile *to = NULL;
    psb_bytes file = {0};
    case_init(&self, BEFORE_DEPTHWISE, false);
    const int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    assert_int_equal(psb_outfile_open(&to, path), PSB_OK);
    assert_int_equal(psb_model_write(to, &self.graph, "", 0), PSB_OK);
    assert_int_equal(psb_outfile_commit(to), PSB_OK);
    psb_outfile_close(&to);
    assert_int_equal(psb_bytes_read(&file, path, PSB_GRAPH_MAX_FILE_BYTES), PSB_OK);
    unlink(path);
    uint8_t *body = file.data + PSB_MODEL_HEADER_BYTES;
    const size_t size = file.size_bytes - PSB_MODEL_HEADER_BYTES;
    int32_t taken = 0;
    for (size_t at = 0; at < size; at++)
        for (size_t v = 0; v < sizeof(values); v++) {
            psb_network *network = NULL;
            const uint8_t was = body[at];
            body[at] = values[v];
            uint8_t *sealed = seal(body, size);
            const psb_status status =
                psb_network_parse(&network, "hostile.psb", sealed, PSB_MODEL_HEADER_BYTES + size, 0);
            if (!status && psb_network_info_get(network).arena_bytes < 1 << 20) psb_network_run(network);
            taken += !status;
            psb_network_close(&network);
            free(sealed);
            body[at] = was;
        }
    assert_in_range(taken, 1, 3 * size - 1);
    psb_bytes_fini(&file);
    case_fini(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_channels_are_saved),
        cmocka_unit_test(test_dense_readers_are_given_their_share),
        cmocka_unit_test(test_every_instruction_set_makes_the_same_bits),
        cmocka_unit_test(test_gains_are_told),
        cmocka_unit_test(test_who_is_summed_keeps_one_scale),
        cmocka_unit_test(test_order_changes_nothing_but_the_order),
        cmocka_unit_test(test_hostile_classes_are_refused_or_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
