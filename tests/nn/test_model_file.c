/* SPDX-License-Identifier: Apache-2.0
 *
 * The .psb file: what is written reads back to a network that computes the same bits; every flipped or missing byte is
 * noticed; and a body that was changed by someone who can compute a checksum is refused or is a network that runs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <passerby/status.h>

#include "base/bytes.h"
#include "model_file.h"
#include "nn/model.h"
#include "seal.h"

enum { MAX_CASES = 64 };

static char folder[] = "/tmp/psb_model_XXXXXX";
static char file_path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return 1;
    snprintf(file_path, sizeof(file_path), "%s/model.psb", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(file_path);
    return rmdir(folder);
}

/* Writes the case as .psb and gives its bytes. */
static psb_bytes stored(const char *name)
{
    char path[1024];
    psb_graph graph = {0};
    psb_outfile *to = NULL;
    psb_bytes bytes = {0};
    assert_int_equal(psb_graph_read(&graph, data_path(path, "", name, ".onnx"), false), PSB_OK);
    assert_int_equal(psb_outfile_open(&to, file_path), PSB_OK);
    if (psb_model_write(to, &graph, "model: x", 8)) fail_msg("%s: %s", name, psb_error_text());
    assert_int_equal(psb_outfile_commit(to), PSB_OK);
    psb_outfile_close(&to);
    psb_graph_fini(&graph);
    assert_int_equal(psb_bytes_read(&bytes, file_path, 1 << 24), PSB_OK);
    return bytes;
}

static void fill(const psb_network *network)
{
    float value = 0;
    for (int32_t i = 0; i < psb_network_info_get(network).inputs; i++) {
        psb_tensor_view view = psb_network_input(network, i);
        for (int64_t e = 0; e < view_elements(&view); e++) {
            value = value > 0.9F ? value - 1.77F : value + 0.31F;
            *view_at(&view, e) = value;
        }
    }
}

static void test_round_trip_computes_the_same_bits(void **state)
{
    (void)state;
    char path[1024], name[64];
    int32_t count = 0;
    FILE *cases = fopen(data_path(path, "", "cases", ".txt"), "r");
    assert_non_null(cases);
    for (; fscanf(cases, "%63s", name) == 1; count++) {
        psb_network *direct = NULL, *read = NULL;
        psb_bytes bytes = stored(name);
        assert_int_equal(psb_network_open(&direct, data_path(path, "", name, ".onnx"), 0), PSB_OK);
        if (psb_network_parse(&read, "case.psb", bytes.data, bytes.size_bytes, 0))
            fail_msg("%s: %s", name, psb_error_text());
        fill(direct);
        fill(read);
        psb_network_run(direct);
        psb_network_run(read);
        const psb_network_info info = psb_network_info_get(direct);
        assert_int_equal(psb_network_info_get(read).nodes_planned, info.nodes_planned);
        assert_int_equal(psb_network_info_get(read).weights_count, info.weights_count);
        for (int32_t o = 0; o < info.outputs; o++) {
            psb_tensor_view expected = psb_network_output(direct, o), found = psb_network_output(read, o);
            assert_string_equal(found.name, expected.name);
            assert_int_equal(view_elements(&found), view_elements(&expected));
            for (int64_t e = 0; e < view_elements(&found); e++)
                assert_memory_equal(view_at(&found, e), view_at(&expected, e), sizeof(float));
        }
        psb_network_close(&direct);
        psb_network_close(&read);
        psb_bytes_fini(&bytes);
    }
    fclose(cases);
    assert_in_range(count, 20, MAX_CASES);
}

static void refuse(const uint8_t *data, size_t size)
{
    psb_network *network = NULL;
    psb_status status = psb_network_parse(&network, "bad.psb", data, size, 0);
    assert_true(status == PSB_BAD_INPUT || status == PSB_UNSUPPORTED);
    assert_null(network);
    assert_true(strlen(psb_error_text()) > 10);
}

static void test_every_damaged_byte_is_noticed(void **state)
{
    (void)state;
    psb_bytes bytes = stored("silu");
    for (size_t at = 0; at < bytes.size_bytes; at++) {
        bytes.data[at] ^= 1U << (at % 8);
        refuse(bytes.data, bytes.size_bytes);
        bytes.data[at] ^= 1U << (at % 8);
    }
    for (size_t size = 0; size < bytes.size_bytes; size++) refuse(bytes.data, size);
    refuse(bytes.data, bytes.size_bytes + 1); /* the zero that psb_bytes puts there */
    bytes.data[8] = PSB_MODEL_VERSION + 1;
    psb_network *network = NULL;
    assert_int_equal(psb_network_parse(&network, "new.psb", bytes.data, bytes.size_bytes, 0), PSB_UNSUPPORTED);
    assert_non_null(strstr(psb_error_text(), "version"));
    psb_bytes_fini(&bytes);
}

/* Bounded here as in the fuzz target: a plan that is taken must run inside its own memory. */
static int32_t open_and_run(const uint8_t *body, size_t size)
{
    psb_network *network = NULL;
    uint8_t *file = seal(body, size);
    psb_status status = psb_network_parse(&network, "hostile.psb", file, PSB_MODEL_HEADER_BYTES + size, 0);
    if (status) assert_null(network);
    if (!status && psb_network_info_get(network).macs < 1 << 20 && psb_network_info_get(network).arena_bytes < 1 << 20)
        psb_network_run(network);
    psb_network_close(&network);
    free(file);
    return status ? 0 : 1;
}

static void test_hostile_bodies_are_refused_or_run(void **state)
{
    (void)state;
    static const char *const names[] = {"conv_point", "pools", "shuffle", "resize"};
    static const uint8_t values[] = {0, 2, 255};
    int32_t taken = 0, tried = 0;
    for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
        psb_bytes bytes = stored(names[n]);
        uint8_t *body = bytes.data + PSB_MODEL_HEADER_BYTES;
        const size_t size = bytes.size_bytes - PSB_MODEL_HEADER_BYTES;
        assert_int_equal(open_and_run(body, size), 1);
        for (size_t at = 0; at < size; at++)
            for (size_t v = 0; v < sizeof(values); v++, tried++) {
                const uint8_t was = body[at];
                body[at] = values[v];
                taken += open_and_run(body, size);
                body[at] = was;
            }
        psb_bytes_fini(&bytes);
    }
    assert_in_range(taken, 1, tried - 1);
}

static void test_descriptor_comes_back(void **state)
{
    (void)state;
    const char *text = NULL;
    size_t size = 0;
    psb_bytes bytes = stored("silu");
    assert_int_equal(psb_model_descriptor(&text, &size, "m.psb", bytes.data, bytes.size_bytes), PSB_OK);
    assert_int_equal(size, 8);
    assert_memory_equal(text, "model: x", 8);
    assert_int_equal(psb_model_descriptor(&text, &size, "m.psb", bytes.data, bytes.size_bytes - 1), PSB_BAD_INPUT);
    assert_null(text);
    psb_bytes_fini(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip_computes_the_same_bits),
        cmocka_unit_test(test_every_damaged_byte_is_noticed),
        cmocka_unit_test(test_hostile_bodies_are_refused_or_run),
        cmocka_unit_test(test_descriptor_comes_back),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
