/* SPDX-License-Identifier: Apache-2.0
 *
 * Channels brought to like ranges, and the bias that takes a mean error back. A 1x1 convolution whose channels reach
 * from 0.3 to 80, ReLU, and a second convolution that evens them out: in floats nothing may change, in bytes the small
 * channels must be saved. Classes (classes.c), which would save them too, are left out.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include <passerby/status.h>

#include "cases.h"
#include "quant/equalise_int.h"

enum { INPUT, SUMS, MADE, OUTPUT, VALUES };

static void build(psb_graph *graph, psb_activation_kind activation, bool is_depthwise)
{
    static const char *const names[VALUES] = {"input", "sums", "made", "output"};
    uint32_t state = 7;
    *graph = (psb_graph){.file = "case", .keeps_parts = true};
    for (int32_t v = 0; v < VALUES; v++) assert_int_equal(add_value(graph, names[v]), v);
    float *first = psb_graph_alloc(graph, (size_t)CHANNELS * CHANNELS, sizeof(*first));
    float *bias = psb_graph_alloc(graph, (size_t)CHANNELS, sizeof(*bias));
    float *second = psb_graph_alloc(graph, (size_t)CHANNELS * CHANNELS, sizeof(*second));
    assert_true(first && bias && second);
    for (int32_t i = 0; i < CHANNELS * CHANNELS; i++) first[i] = noise(&state) * reach_of(i / CHANNELS, false) / 3;
    for (int32_t c = 0; c < CHANNELS; c++) bias[c] = noise(&state) * reach_of(c, false) / 3;
    for (int32_t i = 0; i < CHANNELS * CHANNELS; i++) /* a depthwise one takes the first 9 * CHANNELS */
        second[i] = noise(&state) / reach_of(is_depthwise ? i / 9 % CHANNELS : i % CHANNELS, false);
    psb_node *point = add_node(graph, PSB_NODE_CONV, "point", INPUT, SUMS);
    point->weights = first;
    point->bias = bias;
    add_node(graph, PSB_NODE_UNARY, "activation", SUMS, MADE)->activation.kind = activation;
    if (is_depthwise)
        add_depthwise(graph, second, MADE, OUTPUT);
    else
        add_node(graph, PSB_NODE_CONV, "dense", MADE, OUTPUT)->weights = second;
    set_ends(graph, INPUT, (const int32_t[]){OUTPUT}, 1);
}

static void observe(network_case *self)
{
    psb_observation_fini(&self->observation);
    assert_int_equal(psb_observation_init(&self->observation, &self->parts, &self->pictures, 0), PSB_OK);
}

static void case_init(network_case *self, psb_activation_kind activation, bool is_depthwise, float mean)
{
    *self = (network_case){0};
    build(&self->parts, activation, is_depthwise);
    fill_pictures(&self->pictures, mean);
    observe(self);
}

static void make_bytes(network_case *self)
{
    static const bool stays_float[MOST_VALUES] = {false};
    const psb_lower_options options = {.stays_float = stays_float, .no_classes = true};
    assert_int_equal(psb_graph_borrow(&self->graph, &self->parts), PSB_OK);
    if (psb_lower(&self->graph, self->gains, &self->observation, &options)) fail_msg("%s", psb_error_text());
}

static double measure(bool is_depthwise, bool is_equalised, double *floats_db)
{
    network_case self;
    int32_t pairs = 0;
    case_init(&self, PSB_ACTIVATION_RELU, is_depthwise, 0);
    float *exact = run_exact(&self);
    if (is_equalised) {
        assert_int_equal(psb_equalise(&self.parts, &pairs, &self.observation), PSB_OK);
        assert_int_equal(pairs, 1);
        observe(&self);
    }
    float *equalised = run_exact(&self);
    *floats_db = worst_channel_db(exact, equalised);
    make_bytes(&self);
    float *found = run_rounded(&self, 0);
    const double db = worst_channel_db(exact, found);
    free(exact);
    free(equalised);
    free(found);
    case_fini(&self);
    return db;
}

static void test_small_channels_are_saved(void **state)
{
    (void)state;
    double floats_db;
    const double without_db = measure(true, false, &floats_db), with_db = measure(true, true, &floats_db);
    if (without_db > 6 || with_db < 24) fail_msg("found %.1f dB, equalised %.1f", without_db, with_db);
    if (floats_db < 100) fail_msg("found %.1f dB in floats, expected the same network", floats_db);
}

static void test_dense_readers_share_the_factor(void **state)
{
    (void)state;
    double floats_db;
    const double without_db = measure(false, false, &floats_db), with_db = measure(false, true, &floats_db);
    if (with_db < without_db + 3) fail_msg("found %.1f dB, equalised %.1f", without_db, with_db);
    if (floats_db < 100) fail_msg("found %.1f dB in floats, expected the same network", floats_db);
}

/* SiLU of a multiple is no multiple. */
static void test_only_what_passes_factors_is_equalised(void **state)
{
    (void)state;
    network_case self;
    int32_t pairs = -1;
    case_init(&self, PSB_ACTIVATION_SILU, true, 0);
    assert_int_equal(psb_equalise(&self.parts, &pairs, &self.observation), PSB_OK);
    assert_int_equal(pairs, 0);
    case_fini(&self);
}

/* One convolution of inputs about 4: what rounding its weights adds up to is an offset of each channel, larger than
 * what rounding the inputs scatters. The bias takes it back. */
static void test_the_bias_takes_the_mean_error_back(void **state)
{
    (void)state;
    network_case self = {.parts = {.file = "case", .keeps_parts = true}};
    uint32_t seed = 5;
    const int32_t input = add_value(&self.parts, "input"), output = add_value(&self.parts, "output");
    float *weights = psb_graph_alloc(&self.parts, (size_t)CHANNELS * CHANNELS, sizeof(*weights));
    assert_non_null(weights);
    for (int32_t i = 0; i < CHANNELS * CHANNELS; i++) weights[i] = noise(&seed);
    add_node(&self.parts, PSB_NODE_CONV, "point", input, output)->weights = weights;
    set_ends(&self.parts, input, &output, 1);
    fill_pictures(&self.pictures, 4);
    observe(&self);
    make_bytes(&self);
    float *exact = run_exact(&self), *found = run_rounded(&self, 0);
    for (int32_t c = 0; c < CHANNELS; c++) {
        double error = 0, square = 0;
        for (int32_t i = 0; i < PICTURES * ELEMENTS; i++) {
            if (i / (SIZE * SIZE) % CHANNELS != c) continue;
            const double one = (double)found[i] - (double)exact[i];
            error += one / (PICTURES * SIZE * SIZE);
            square += one * one / (PICTURES * SIZE * SIZE);
        }
        const double scatter = sqrt(square - error * error);
        if (scatter <= 0 || fabs(error) > scatter / 3)
            fail_msg("channel %d: found a mean error of %g, expected it near 0; the scatter is %g", c, error, scatter);
    }
    free(exact);
    free(found);
    case_fini(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_channels_are_saved),
        cmocka_unit_test(test_dense_readers_share_the_factor),
        cmocka_unit_test(test_only_what_passes_factors_is_equalised),
        cmocka_unit_test(test_the_bias_takes_the_mean_error_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
