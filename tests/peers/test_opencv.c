/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenCV's process, on the end-to-end tests' network: it runs, or it says that it is not installed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "peers/opencv.h"

enum { VALUES = 3 * 128 * 160, PATH_BYTES = 4096 };

static void test_runs_or_says_what_installs_it(void **state)
{
    char path[PATH_BYTES];
    psb_opencv *opencv = NULL;
    float *values = calloc(VALUES, sizeof(*values));
    assert_non_null(values);
    const psb_peer_input input = {.values = values, .rank = 4, .dims = {1, 3, 128, 160}};
    snprintf(path, sizeof(path), "%s/tests/e2e/data/blob.onnx", (const char *)*state);
    const psb_status status = psb_opencv_open(&opencv, path, &input);
    if (status) {
        assert_int_equal(status, PSB_ENVIRONMENT);
        assert_non_null(strstr(psb_error_text(), "make peers"));
        print_message("OpenCV is not installed here: only its absence was tested\n");
    }
    for (int32_t run = 0; run < 3 && !status; run++) {
        int64_t duration_ns = 0;
        assert_int_equal(psb_opencv_run(opencv, &duration_ns), PSB_OK);
        assert_true(duration_ns > 1000 && duration_ns < INT64_C(60000000000));
    }
    assert_true(status || psb_opencv_version(opencv)[0] >= '0');
    psb_opencv_close(&opencv);
    if (!status) {
        assert_int_equal(psb_opencv_open(&opencv, "/nowhere/model.onnx", &input), PSB_UNSUPPORTED);
        assert_non_null(strstr(psb_error_text(), "/nowhere/model.onnx: OpenCV:"));
    }
    assert_null(opencv);
    free(values);
}

int main(int argc, char **argv)
{
    if (argc < 2) return 2;
    const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_runs_or_says_what_installs_it, argv[1])};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
