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
#include "cases.h"
#include "nn/model.h"
#include "quant/order_int.h"

enum { INPUT, SUMS, MADE, POOLED, OUTPUT, VALUES };

typedef enum variant { BEFORE_DEPTHWISE, BEFORE_DENSE_TOO, SUMMED_TOO, THEN_DENSE } variant;

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
    add_depthwise(graph, taps, POOLED, OUTPUT);
    int32_t outputs[2] = {OUTPUT, -1}, output_count = 1;
    if (which == BEFORE_DENSE_TOO) {
        const int32_t also = add_value(graph, "also");
        add_node(graph, PSB_NODE_CONV, "dense", POOLED, also)->weights = point;
        outputs[output_count++] = also;
    } else if (which == SUMMED_TOO) {
        const int32_t also = add_value(graph, "also"), end = add_value(graph, "end");
        const int32_t both[2] = {POOLED, MADE};
        psb_node *sum;
        assert_int_equal(psb_graph_add_node(graph, &sum, PSB_NODE_BINARY, "sum", (psb_inputs){2, both}, also), PSB_OK);
        sum->binary = PSB_BINARY_ADD;
        sum->residual = -1;
        add_node(graph, PSB_NODE_CONV, "dense", also, end)->weights = point;
        outputs[output_count++] = end;
    }
    if (which == THEN_DENSE) {
        outputs[0] = add_value(graph, "end");
        add_node(graph, PSB_NODE_CONV, "dense", OUTPUT, outputs[0])->weights = point;
    }
    set_ends(graph, INPUT, outputs, output_count);
}

static void case_init(network_case *self, variant which, bool no_classes)
{
    *self = (network_case){0};
    build(&self->parts, which);
    fill_pictures(&self->pictures, 0);
    assert_int_equal(psb_observation_init(&self->observation, &self->parts, &self->pictures, 0), PSB_OK);
    assert_int_equal(psb_graph_borrow(&self->graph, &self->parts), PSB_OK);
    const bool stays_float[8] = {false};
    const psb_lower_options options = {.stays_float = stays_float, .no_classes = no_classes};
    if (psb_lower(&self->graph, self->gains, &self->observation, &options)) fail_msg("%s", psb_error_text());
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
