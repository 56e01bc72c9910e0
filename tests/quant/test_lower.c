/* SPDX-License-Identifier: Apache-2.0
 *
 * Lowering the small networks of tests/nn/data (numpy's outputs beside them): what comes out computes in bytes, close
 * to floating point, the same bits under every CPU mask, without allocating, and again the same from its .psb file.
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
#include "alloc_count.h"
#include "base/bytes.h"
#include "nn/model.h"
#include "quant/equalise_int.h"
#include "quant/lower_int.h"

enum { PICTURES = 4 };

/* Random in the range that the cases' own inputs have, by a fixed sequence. */
static psb_pictures pictures_for(const char *path)
{
    psb_network *network = NULL;
    assert_int_equal(psb_network_open(&network, path, 0), PSB_OK);
    psb_tensor_view view = psb_network_input(network, 0);
    psb_pictures pictures = {.count = PICTURES, .capacity = PICTURES, .floats = view_elements(&view)};
    pictures.values = malloc(PICTURES * (size_t)pictures.floats * sizeof(float));
    assert_non_null(pictures.values);
    uint32_t state = 12345;
    for (int64_t i = 0; i < PICTURES * pictures.floats; i++) {
        state = state * 1664525U + 1013904223U;
        pictures.values[i] = (float)(state >> 8) / (float)(1 << 23) - 1;
    }
    psb_network_close(&network);
    return pictures;
}

typedef struct lowered {
    psb_graph parts, graph;
    psb_observation observation;
    psb_pictures pictures;
    bool *stays_float;
    int32_t pairs;
} lowered;

static void lowered_init(lowered *self, const char *name, bool floats)
{
    char path[1024];
    *self = (lowered){0};
    data_path(path, "", name, ".onnx");
    self->pictures = pictures_for(path);
    assert_int_equal(psb_graph_read(&self->parts, path, true), PSB_OK);
    self->parts.file = "case";
    assert_int_equal(psb_observation_init(&self->observation, &self->parts, &self->pictures, 0), PSB_OK);
    assert_int_equal(psb_equalise(&self->parts, &self->pairs, &self->observation), PSB_OK);
    psb_observation_fini(&self->observation);
    assert_int_equal(psb_observation_init(&self->observation, &self->parts, &self->pictures, 0), PSB_OK);
    self->stays_float = calloc((size_t)self->parts.node_count + 1, sizeof(bool));
    for (int32_t n = 0; n < self->parts.node_count; n++) self->stays_float[n] = floats;
    assert_int_equal(psb_graph_borrow(&self->graph, &self->parts), PSB_OK);
    const psb_lower_options options = {.stays_float = self->stays_float};
    if (psb_lower(&self->graph, NULL, &self->observation, &options)) fail_msg("%s: %s", name, psb_error_text());
}

static void lowered_fini(lowered *self)
{
    psb_graph_fini(&self->graph);
    psb_graph_fini(&self->parts);
    psb_observation_fini(&self->observation);
    psb_pictures_fini(&self->pictures);
    free(self->stays_float);
}

/* Through the file, so that its reader sees every kind of node in bytes. */
static psb_network *reopen(lowered *self, const char *name, uint32_t flags)
{
    char path[] = "/tmp/psb_lower_XXXXXX";
    psb_outfile *to = NULL;
    psb_network *network = NULL;
    const int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    assert_int_equal(psb_outfile_open(&to, path), PSB_OK);
    if (psb_model_write(to, &self->graph, "", 0)) fail_msg("%s: %s", name, psb_error_text());
    assert_int_equal(psb_outfile_commit(to), PSB_OK);
    psb_outfile_close(&to);
    if (psb_network_open(&network, path, flags)) fail_msg("%s: %s", name, psb_error_text());
    unlink(path);
    return network;
}

static int64_t output_count(const psb_network *network)
{
    int64_t count = 0;
    for (int32_t o = 0; o < psb_network_info_get(network).outputs; o++) {
        psb_tensor_view view = psb_network_output(network, o);
        count += view_elements(&view);
    }
    return count;
}

/* All outputs of all pictures, one after another; the caller frees them. */
static float *outputs_of(psb_network *network, const psb_pictures *pictures)
{
    const int64_t each = output_count(network);
    float *values = malloc((size_t)(PICTURES * each) * sizeof(*values));
    assert_non_null(values);
    psb_tensor_view input = psb_network_input(network, 0);
    int64_t at = 0;
    for (int32_t p = 0; p < PICTURES; p++) {
        psb_pictures_put(pictures, p, &input);
        alloc_count_reset();
        psb_network_run(network);
        assert_int_equal(alloc_count_now(), 0);
        for (int32_t o = 0; o < psb_network_info_get(network).outputs; o++) {
            psb_tensor_view view = psb_network_output(network, o);
            for (int64_t e = 0; e < view_elements(&view); e++) values[at++] = *view_at(&view, e);
        }
    }
    return values;
}

/* Written to a file and opened for who writes bytes. */
static psb_network *reopen_for_bytes(lowered *self, uint32_t flags)
{
    char path[] = "/tmp/psb_lower_XXXXXX";
    const int place = mkstemp(path);
    assert_true(place >= 0);
    close(place);
    psb_bytes file = {0};
    psb_outfile *to = NULL;
    psb_network *network = NULL;
    const psb_network_options options = {.writes_bytes = true};
    assert_int_equal(psb_outfile_open(&to, path), PSB_OK);
    assert_int_equal(psb_model_write(to, &self->graph, "", 0), PSB_OK);
    assert_int_equal(psb_outfile_commit(to), PSB_OK);
    psb_outfile_close(&to);
    assert_int_equal(psb_bytes_read(&file, path, 1 << 20), PSB_OK);
    if (psb_network_parse_with(&network, path, file.data, file.size_bytes, &options, flags))
        fail_msg("%s: %s", path, psb_error_text());
    psb_bytes_fini(&file);
    unlink(path);
    return network;
}

/* One step less than with floats as inputs, and the same bits. */
static void test_inputs_of_bytes(void **state)
{
    (void)state;
    lowered self;
    lowered_init(&self, "conv_dense", false);
    const uint32_t flags = psb_cpu_detect();
    psb_network *floats = reopen(&self, "conv_dense", flags);
    psb_network *bytes = reopen_for_bytes(&self, flags);
    assert_int_equal(psb_network_info_get(bytes).nodes_planned, psb_network_info_get(floats).nodes_planned - 1);
    const psb_tensor_view from = psb_network_input(floats, 0), to = psb_network_input(bytes, 0);
    assert_null(to.data);
    assert_non_null(to.bytes);
    assert_true(to.byte_scale > 0);
    for (int64_t e = 0; e < view_elements(&from); e++) { /* every byte */
        int64_t at = 0, rest = e;
        for (int32_t d = to.rank - 1; d >= 0; d--) {
            at += rest % to.dims[d] * to.strides[d];
            rest /= to.dims[d];
        }
        to.bytes[at] = (uint8_t)(e * 7);
        *view_at(&from, e) = to.byte_scale * (float)((int32_t)(uint8_t)(e * 7) - to.byte_zero);
    }
    psb_network_run(floats);
    psb_network_run(bytes);
    for (int32_t o = 0; o < psb_network_info_get(floats).outputs; o++) {
        const psb_tensor_view a = psb_network_output(floats, o), b = psb_network_output(bytes, o);
        for (int64_t e = 0; e < view_elements(&a); e++) assert_true(*view_at(&a, e) == *view_at(&b, e));
    }
    psb_network_close(&floats);
    psb_network_close(&bytes);
    lowered_fini(&self);
    lowered_init(&self, "conv_dense", true); /* a network in floats stays one */
    bytes = reopen_for_bytes(&self, flags);
    assert_non_null(psb_network_input(bytes, 0).data);
    assert_null(psb_network_input(bytes, 0).bytes);
    psb_network_close(&bytes);
    lowered_fini(&self);
}

static double snr_db(const float *exact, const float *found, int64_t count)
{
    double signal = 0, noise = 1e-30;
    for (int64_t i = 0; i < count; i++) {
        signal += (double)exact[i] * (double)exact[i];
        noise += ((double)exact[i] - (double)found[i]) * ((double)exact[i] - (double)found[i]);
    }
    return 10 * log10(signal / noise);
}

static int32_t integer_steps(const psb_network *network)
{
    int32_t count = 0;
    for (int32_t s = 0; s < psb_network_step_count(network); s++)
        count += strncmp(psb_network_step_at(network, s).op, "int8 ", 5) == 0;
    return count;
}

/* Nothing but integers, and the exact ways in and out of them: the same bits from every instruction set. */
static bool is_exact(const psb_network *network)
{
    for (int32_t s = 0; s < psb_network_step_count(network); s++) {
        const psb_network_step step = psb_network_step_at(network, s);
        const bool is_integer = strncmp(step.op, "int8 ", 5) == 0 || strstr(step.op, "quantise");
        const bool is_plain = !strcmp(step.fused, "none") || !strcmp(step.fused, "relu") || !strcmp(step.fused, "clip");
        if (!is_integer || !is_plain) return false;
    }
    return true;
}

static float *exact_outputs(const char *name, const psb_pictures *pictures, int64_t *count_out)
{
    char path[1024];
    psb_network *network = NULL;
    assert_int_equal(psb_network_open(&network, data_path(path, "", name, ".onnx"), 0), PSB_OK);
    float *values = outputs_of(network, pictures);
    *count_out = PICTURES * output_count(network);
    psb_network_close(&network);
    return values;
}

static int32_t exact_count; /* comparisons of two instruction sets, bit by bit */

static void check_case(const char *name, double least_db, int32_t least_steps)
{
    lowered self;
    int64_t count;
    lowered_init(&self, name, false);
    float *exact = exact_outputs(name, &self.pictures, &count), *first = NULL;
    for (int32_t mask_i = 0; mask_i < MASK_COUNT; mask_i++) {
        uint32_t flags;
        if (!mask_flags(&flags, mask_i)) continue;
        psb_network *network = reopen(&self, name, flags);
        float *found = outputs_of(network, &self.pictures);
        if (snr_db(exact, found, count) < least_db || integer_steps(network) < least_steps) {
            for (int32_t s = 0; s < psb_network_step_count(network); s++)
                print_message("%s (%s)\n", psb_network_step_at(network, s).op,
                              psb_network_step_at(network, s).node_name);
            fail_msg("%s: found %.1f dB and %d integer steps, expected %.1f and %d", name, snr_db(exact, found, count),
                     integer_steps(network), least_db, least_steps);
        }
        if (first && is_exact(network)) {
            exact_count++;
            assert_memory_equal(found, first, (size_t)count * sizeof(float));
        }
        if (first)
            free(found);
        else
            first = found;
        psb_network_close(&network);
    }
    free(first);
    free(exact);
    lowered_fini(&self);
}

/* Eight bits give a tensor of even spread about 45 dB; each case is a layer or three. */
static void test_networks_in_bytes_stay_close(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double least_db;
        int32_t least_steps;
    } cases[] = {
        {"conv_point", 30, 1},     {"conv_dense", 30, 1},   {"conv_depthwise", 30, 1},
        {"conv_grouped", 30, 1},   {"conv_same", 30, 1},    {"conv_stride_point", 30, 1},
        {"batch_norm", 28, 1},     {"silu", 26, 1},         {"hard_swish", 26, 1},
        {"residual", 26, 1},       {"focus", 30, 1},        {"pools", 20, 0},
        {"resize", 20, 0},         {"concat", 26, 0},       {"shuffle", 26, 0},
        {"squeeze_excite", 20, 1}, {"yolox_head", 20, 1},   {"slices", 20, 0},
        {"reshapes", 20, 0},       {"conv_dilated", 80, 0},
    };
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++)
        check_case(cases[c].name, cases[c].least_db, cases[c].least_steps);
    uint32_t flags;
    if (mask_flags(&flags, 1)) assert_true(exact_count >= 8);
}

static void test_layers_may_all_stay_in_floats(void **state)
{
    (void)state;
    lowered self;
    int64_t count;
    lowered_init(&self, "residual", true);
    psb_network *network = reopen(&self, "residual", 0);
    float *exact = exact_outputs("residual", &self.pictures, &count), *found = outputs_of(network, &self.pictures);
    assert_int_equal(integer_steps(network), 0);
    assert_true(snr_db(exact, found, count) > 100);
    free(exact);
    free(found);
    psb_network_close(&network);
    lowered_fini(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inputs_of_bytes),
        cmocka_unit_test(test_networks_in_bytes_stay_close),
        cmocka_unit_test(test_layers_may_all_stay_in_floats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
