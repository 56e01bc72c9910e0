/* SPDX-License-Identifier: Apache-2.0
 *
 * times.csv: with and without a heading, growing or refused.
 */
#include "formats/mot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* The readers take a path; the text is put where they find it. */
static const char *file_with(const char *text)
{
    static char path[64];
    snprintf(path, sizeof(path), "/tmp/psb_test_times_%ld", (long)getpid());
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
    return path;
}

static void rows_are_read(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "frame,time_s\n1,0\n3,0.08\n4,0.12\n",
        "1,0\r\n3,0.08\r\n4,0.12",
        "\n1 0\n3 8e-2\n\n4 , .12\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        psb_frame_times times;
        if (psb_frame_times_read(&times, file_with(texts[i]))) fail_msg("%s", psb_error_text());
        assert_int_equal(times.count, 3);
        assert_true(times.frame[0] == 1 && times.frame[1] == 3 && times.frame[2] == 4);
        assert_true(times.time_s[0] == 0 && times.time_s[1] == 0.08 && times.time_s[2] == 0.12);
        psb_frame_times_fini(&times);
        assert_null(times.frame);
        psb_frame_times_fini(&times);
    }
}

static void wrong_rows_are_named(void **state)
{
    (void)state;
    static const char frame[] = "a whole number from 1 to 1000000000, above the one before";
    static const char time[] = "a number of seconds from -1e9 to 1e9, above the one before";
    static const struct {
        const char *text, *place, *expected;
    } cases[] = {
        {"frame,time_s\n", ":1: found no rows, expected ", "frame,time_s"},
        {"1,0\n1,1\n", ":2: frame: found \"1\", expected ", frame},
        {"5,0\n4,1\n", ":2: frame: found \"4\", expected ", frame},
        {"0,0\n", ":1: frame: found \"0\", expected ", frame},
        {"1,0\n2,0\n", ":2: time_s: found \"0\", expected ", time},
        {"1,0\n2,nan\n", ":2: time_s: found \"nan\", expected ", time},
        {"1\n", ":1: time_s: found the end of the line, expected ", time},
        {"1,0\nframe,time_s\n", ":2: frame: found \"frame\", expected ", frame},
        {"1,0,7\n", ":1: after time_s: found \"7\", expected ", "the end of the line"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        psb_frame_times times;
        char expected[256];
        const char *const path = file_with(cases[i].text);
        assert_int_equal(psb_frame_times_read(&times, path), PSB_BAD_INPUT);
        assert_null(times.frame);
        snprintf(expected, sizeof(expected), "%s%s%s", path, cases[i].place, cases[i].expected);
        assert_string_equal(psb_error_text(), expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_are_read), cmocka_unit_test(wrong_rows_are_named)};
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove(file_with(""));
    return failed;
}
