/* SPDX-License-Identifier: Apache-2.0
 *
 * The way into ONNX Runtime, on a fake library: where it is found, what a refusal says, that a run is timed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "peers/onnxruntime.h"

static const float values[6] = {1, 2, 3, 4, 5, 6};
static const psb_peer_input input = {.values = values, .rank = 2, .dims = {2, 3}};

static int64_t ticking_now_ns(void *user)
{
    return *(int64_t *)user += 7;
}

static void test_where_it_is_looked_for(void **state)
{
    (void)state;
    char found[PSB_PEER_PATH_BYTES], folder[] = "/tmp/psb-peers-XXXXXX", path[PSB_PEER_PATH_BYTES];
    assert_int_equal(psb_onnxruntime_find(found, "/nowhere/lib.so", NULL, 0), PSB_ENVIRONMENT);
    assert_non_null(strstr(psb_error_text(), "/nowhere/lib.so"));
    assert_non_null(strstr(psb_error_text(), "make peers"));
    assert_non_null(mkdtemp(folder));
    const char *const folders[] = {"/nowhere", folder};
    assert_int_equal(psb_onnxruntime_find(found, "", folders, 2), PSB_ENVIRONMENT);
    assert_non_null(strstr(psb_error_text(), "make peers"));
#if defined(__aarch64__)
    static const char *const parts[] = {"/node_modules", "/onnxruntime-node", "/bin", "/napi-v9", "/linux", "/arm64"};
#else
    static const char *const parts[] = {"/node_modules", "/onnxruntime-node", "/bin", "/napi-v9", "/linux", "/x64"};
#endif
    size_t length = (size_t)snprintf(path, sizeof(path), "%s", folder), ends[6];
    for (size_t p = 0; p < 6; p++) {
        ends[p] = length += (size_t)snprintf(path + length, sizeof(path) - length, "%s", parts[p]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    snprintf(path + length, sizeof(path) - length, "/libonnxruntime.so.1");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(psb_onnxruntime_find(found, NULL, folders, 2), PSB_OK);
    assert_string_equal(found, path);
    assert_int_equal(psb_onnxruntime_find(found, path, NULL, 0), PSB_OK);
    unlink(path);
    for (size_t p = 6; p-- > 0;) {
        path[ends[p]] = '\0';
        rmdir(path);
    }
    rmdir(folder);
}

static void test_not_a_library(void **state)
{
    (void)state;
    psb_onnxruntime *runtime = NULL;
    assert_int_equal(psb_onnxruntime_open(&runtime, "/proc/self/cmdline"), PSB_ENVIRONMENT);
    assert_null(runtime);
    assert_non_null(strstr(psb_error_text(), "/proc/self/cmdline"));
    assert_int_equal(psb_onnxruntime_open(&runtime, "libm.so.6"), PSB_ENVIRONMENT);
    assert_non_null(strstr(psb_error_text(), "interface"));
}

static void test_sessions(void **state)
{
    int64_t now_ns = 0, duration_ns = 0;
    const psb_clock clock = {ticking_now_ns, &now_ns};
    psb_onnxruntime *runtime = NULL;
    psb_onnxruntime_session *session = NULL;
    assert_int_equal(psb_onnxruntime_open(&runtime, *state), PSB_OK);
    assert_string_equal(psb_onnxruntime_version(runtime), "0.0-fake");
    assert_int_equal(psb_onnxruntime_session_open(&session, runtime, "bad.onnx", &input, &clock), PSB_UNSUPPORTED);
    assert_null(session);
    assert_string_equal(psb_error_text(), "bad.onnx: ONNX Runtime: this model is bad");
    assert_int_equal(psb_onnxruntime_session_open(&session, runtime, "weak.onnx", &input, &clock), PSB_UNSUPPORTED);
    assert_non_null(strstr(psb_error_text(), "too weak"));
    assert_int_equal(psb_onnxruntime_session_open(&session, runtime, "good.onnx", &input, &clock), PSB_OK);
    assert_int_equal(psb_onnxruntime_session_run(session, &duration_ns), PSB_OK);
    assert_int_equal(duration_ns, 7);
    psb_onnxruntime_session_close(&session);
    assert_null(session);
    psb_onnxruntime_session_close(&session);
    psb_onnxruntime_close(&runtime);
    assert_null(runtime);
}

int main(int argc, char **argv)
{
    if (argc < 2) return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_it_is_looked_for),
        cmocka_unit_test(test_not_a_library),
        cmocka_unit_test_prestate(test_sessions, argv[1]),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
