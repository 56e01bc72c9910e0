/* SPDX-License-Identifier: Apache-2.0
 *
 * A network for another size of input: there and back again it computes the same bits as before; a crop's worth of
 * picture gives the same values in a larger input wherever no border reaches; and what holds to its size is refused.
 * (tests/e2e/test_shared.py compares a real network with its exporter's own version for the other size.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <passerby/status.h>

#include "base/error.h"
#include "model_file.h"
#include "nn/graph_resize_int.h"
#include "nn/model.h"
#include "nn/model_source.h"

/* A multiple of every stride in the cases, so that what rounded up or down does the same again on the way back. */
enum { ROOM_PX = 12 };

static psb_network *make(psb_graph *graph)
{
    psb_network *network = NULL;
    if (psb_network_make(&network, graph, 0)) fail_msg("%s", psb_error_text());
    return network;
}

static void fill_and_run(psb_network *network)
{
    psb_tensor_view view = psb_network_input(network, 0);
    float value = 0;
    for (int64_t e = 0; e < view_elements(&view); e++) {
        value = value > 0.9F ? value - 1.77F : value + 0.31F;
        *view_at(&view, e) = value;
    }
    psb_network_run(network);
}

static void assert_same(const psb_network *a, const psb_network *b, const char *name)
{
    for (int32_t o = 0; o < psb_network_info_get(a).outputs; o++) {
        const psb_tensor_view left = psb_network_output(a, o), right = psb_network_output(b, o);
        assert_int_equal(left.rank, right.rank);
        assert_memory_equal(left.dims, right.dims, (size_t)left.rank * sizeof(left.dims[0]));
        for (int64_t e = 0; e < view_elements(&left); e++)
            if (memcmp(view_at(&left, e), view_at(&right, e), sizeof(float)) != 0)
                fail_msg("%s: output %d differs at %lld", name, o, (long long)e);
    }
}

/* Resizes there and back; false where the network holds to its size, which is then said. */
static bool there_and_back(psb_graph *graph)
{
    const psb_shape was = graph->values[graph->inputs[0]].shape;
    const int64_t height = was.dims[2], width = was.dims[3];
    const psb_status status = psb_graph_resize(graph, (int32_t)height + ROOM_PX, (int32_t)width + ROOM_PX);
    if (status) {
        assert_int_equal(status, PSB_UNSUPPORTED);
        assert_non_null(strstr(psb_error_text(), "node \""));
        return false;
    }
    assert_int_equal(graph->values[graph->inputs[0]].shape.dims[3], width + ROOM_PX);
    psb_graph borrowed = {0}; /* a plan appends to its graph */
    assert_int_equal(psb_graph_borrow(&borrowed, graph), PSB_OK);
    psb_network *wide = make(&borrowed);
    fill_and_run(wide);
    psb_network_close(&wide);
    psb_graph_fini(&borrowed);
    if (psb_graph_resize(graph, (int32_t)height, (int32_t)width)) fail_msg("%s", psb_error_text());
    return true;
}

static void test_there_and_back_computes_the_same_bits(void **state)
{
    (void)state;
    char path[1024], name[64];
    int32_t resized = 0;
    FILE *cases = fopen(data_path(path, "", "cases", ".txt"), "r");
    assert_non_null(cases);
    while (fscanf(cases, "%63s", name) == 1) {
        psb_graph plain = {0}, changed = {0};
        assert_int_equal(psb_graph_read(&plain, data_path(path, "", name, ".onnx"), false), PSB_OK);
        assert_int_equal(psb_graph_read(&changed, path, false), PSB_OK);
        const psb_shape *in = &plain.values[plain.inputs[0]].shape;
        if (plain.input_count == 1 && in->rank == 4 && in->dims[0] == 1 && there_and_back(&changed)) {
            psb_network *a = make(&plain), *b = make(&changed);
            fill_and_run(a);
            fill_and_run(b);
            assert_same(a, b, name);
            psb_network_close(&a);
            psb_network_close(&b);
            resized++;
        }
        psb_graph_fini(&plain);
        psb_graph_fini(&changed);
    }
    fclose(cases);
    assert_in_range(resized, 12, 1000);
}

/* The same colours at the top left of a larger input: a padded 3x3 window sees the same values until the old border. */
static void test_values_stay_in_their_places(void **state)
{
    (void)state;
    char path[1024];
    psb_graph small = {0}, large = {0};
    assert_int_equal(psb_graph_read(&small, data_path(path, "", "focus", ".onnx"), false), PSB_OK);
    assert_int_equal(psb_graph_read(&large, path, false), PSB_OK);
    const psb_shape *in = &small.values[small.inputs[0]].shape;
    if (psb_graph_resize(&large, (int32_t)in->dims[2] + 8, (int32_t)in->dims[3] + 8)) fail_msg("%s", psb_error_text());
    psb_network *a = make(&small), *b = make(&large);
    psb_tensor_view left = psb_network_input(a, 0), right = psb_network_input(b, 0);
    for (int64_t c = 0; c < 3; c++)
        for (int64_t y = 0; y < left.dims[2]; y++)
            for (int64_t x = 0; x < left.dims[3]; x++) {
                const float value = (float)((c * 31 + y * 17 + x * 7) % 23) / 23.0F;
                left.data[c * left.strides[1] + y * left.strides[2] + x * left.strides[3]] = value;
                right.data[c * right.strides[1] + y * right.strides[2] + x * right.strides[3]] = value;
            }
    psb_network_run(a);
    psb_network_run(b);
    left = psb_network_output(a, 0);
    right = psb_network_output(b, 0);
    assert_int_equal(right.dims[3], left.dims[3] + 2);
    for (int64_t c = 0; c < left.dims[1]; c++)
        for (int64_t y = 0; y + 1 < left.dims[2]; y++)
            for (int64_t x = 0; x + 1 < left.dims[3]; x++)
                assert_float_equal(left.data[c * left.strides[1] + y * left.strides[2] + x * left.strides[3]],
                                   right.data[c * right.strides[1] + y * right.strides[2] + x * right.strides[3]],
                                   1e-5F);
    psb_network_close(&a);
    psb_network_close(&b);
    psb_graph_fini(&small);
    psb_graph_fini(&large);
}

static void test_what_holds_to_its_size_is_refused(void **state)
{
    (void)state;
    char path[1024];
    psb_graph graph = {0};
    assert_int_equal(psb_graph_read(&graph, data_path(path, "", "reshapes", ".onnx"), false), PSB_OK);
    const psb_shape *in = &graph.values[graph.inputs[0]].shape;
    assert_int_equal(psb_graph_resize(&graph, (int32_t)in->dims[2] + 1, (int32_t)in->dims[3] + 1), PSB_UNSUPPORTED);
    psb_graph_fini(&graph);
}

/* The program carries a model, or says that it carries none; a file of that name is not meant. */
static void test_the_builtin_source(void **state)
{
    (void)state;
    psb_model_source source;
    size_t card_bytes = 0;
    psb_model_builtin_card(&card_bytes);
    const psb_status status = psb_model_source_open(&source, PSB_MODEL_BUILTIN, 1);
    assert_int_equal(status, card_bytes > 0 ? PSB_OK : PSB_UNSUPPORTED);
    if (!status) assert_true(psb_model_is_file(source.data, source.size_bytes));
    psb_model_source_close(&source);
    assert_null(source.data);
    assert_false(psb_model_is_builtin("./builtin"));
    assert_int_equal(psb_model_source_open(&source, "/nowhere/at/all", 1), PSB_BAD_INPUT);
    psb_model_source_close(&source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back_computes_the_same_bits),
        cmocka_unit_test(test_values_stay_in_their_places),
        cmocka_unit_test(test_what_holds_to_its_size_is_refused),
        cmocka_unit_test(test_the_builtin_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
