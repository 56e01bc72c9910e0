/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing ONNX: each small network, rewritten by all passes, is written and read again, and computes the same; every
 * allocation on the way may fail. What quantised networks look like in the file is tests/e2e/test_qdq.py's.
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

#include "alloc_count.h"
#include "base/bytes.h"
#include "model_file.h"
#include "nn/model.h"

/* The passes' results are written as they are; only a resize's scale and a fused activation's order of rounding may
 * come back otherwise. */
static const double TOLERANCE = 2e-6;

static char folder[] = "/tmp/psb_export_XXXXXX";
static char file_path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return 1;
    snprintf(file_path, sizeof(file_path), "%s/model.onnx", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(file_path);
    return rmdir(folder);
}

static void fill(const psb_network *network)
{
    for (int32_t i = 0; i < psb_network_info_get(network).inputs; i++) {
        const psb_tensor_view view = psb_network_input(network, i);
        for (int64_t e = 0; e < view_elements(&view); e++) *view_at(&view, e) = (float)((e * 37 + i) % 101) / 40 - 1.2f;
    }
}

static psb_status write_graph(const psb_graph *graph)
{
    psb_outfile *to = NULL;
    psb_status status = psb_outfile_open(&to, file_path);
    if (!status) status = psb_graph_export(to, graph, NULL);
    if (!status) status = psb_outfile_commit(to);
    psb_outfile_close(&to);
    return status;
}

static void compare(const char *name, const psb_network *first, const psb_network *second)
{
    const psb_network_info info = psb_network_info_get(first);
    assert_int_equal(psb_network_info_get(second).outputs, info.outputs);
    for (int32_t o = 0; o < info.outputs; o++) {
        const psb_tensor_view a = psb_network_output(first, o), b = psb_network_output(second, o);
        assert_string_equal(a.name, b.name);
        assert_int_equal(a.rank, b.rank);
        assert_memory_equal(a.dims, b.dims, sizeof(a.dims[0]) * (size_t)a.rank);
        for (int64_t e = 0; e < view_elements(&a); e++) {
            const double found = (double)*view_at(&b, e), expected = (double)*view_at(&a, e);
            if (!(fabs(found - expected) <= TOLERANCE * (1 + fabs(expected))))
                fail_msg("%s: output %d (%s) element %lld: found %g, expected %g", name, o, a.name, (long long)e, found,
                         expected);
        }
    }
}

static void go_round(const char *name)
{
    char path[1024];
    psb_graph graph = {0};
    psb_network *first = NULL, *second = NULL;
    assert_int_equal(psb_graph_read(&graph, data_path(path, "", name, ".onnx"), false), PSB_OK);
    if (write_graph(&graph)) fail_msg("%s: %s", name, psb_error_text());
    psb_graph_fini(&graph);
    assert_int_equal(psb_network_open(&first, path, psb_cpu_detect()), PSB_OK);
    if (psb_network_open(&second, file_path, psb_cpu_detect())) fail_msg("%s: %s", name, psb_error_text());
    fill(first);
    fill(second);
    psb_network_run(first);
    psb_network_run(second);
    compare(name, first, second);
    psb_network_close(&first);
    psb_network_close(&second);
}

static void test_every_network_comes_back(void **state)
{
    (void)state;
    char path[1024], name[64];
    int32_t count = 0;
    FILE *cases = fopen(data_path(path, "", "cases", ".txt"), "r");
    assert_non_null(cases);
    for (; fscanf(cases, "%63s", name) == 1; count++) go_round(name);
    fclose(cases);
    assert_true(count >= 20);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    char path[1024];
    psb_graph graph = {0};
    assert_int_equal(psb_graph_read(&graph, data_path(path, "", "squeeze_excite", ".onnx"), false), PSB_OK);
    int64_t n = 0;
    for (bool has_failed = true; has_failed;) {
        alloc_count_fail_at(++n);
        const psb_status status = write_graph(&graph);
        has_failed = alloc_count_has_failed();
        alloc_count_reset();
        assert_int_equal(status, has_failed ? PSB_NO_MEMORY : PSB_OK);
    }
    assert_true(n > 3);
    psb_graph_fini(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_network_comes_back),
                                       cmocka_unit_test(test_out_of_memory)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
