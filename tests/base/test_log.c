/* SPDX-License-Identifier: Apache-2.0
 *
 * Log lines: their form, the level's gate, the cut at 2048 bytes, and no control character of a file's name let
 * through.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"

static size_t read_back(FILE *file, char *out, size_t size_bytes)
{
    rewind(file);
    const size_t got = fread(out, 1, size_bytes - 1, file);
    out[got] = 0;
    fclose(file);
    return got;
}

static void test_form_and_gate(void **state)
{
    (void)state;
    char text[256];
    FILE *file = tmpfile();
    const psb_log log = {.to = file, .level = PSB_LOG_INFO};
    psb_log_line(&log, PSB_LOG_WARNING, "%s:%d", "a", 1);
    psb_log_line(&log, PSB_LOG_INFO, "b");
    psb_log_line(&log, PSB_LOG_DEBUG, "not said");
    psb_log_line(&log, PSB_LOG_ERROR, "c");
    read_back(file, text, sizeof(text));
    assert_string_equal(text, "passerby: warning: a:1\npasserby: info: b\npasserby: error: c\n");
}

static void test_silence(void **state)
{
    (void)state;
    const psb_log nowhere = {.to = NULL, .level = PSB_LOG_DEBUG};
    psb_log_line(NULL, PSB_LOG_ERROR, "x");
    psb_log_line(&nowhere, PSB_LOG_ERROR, "x");
}

static void test_long_lines_and_control_characters(void **state)
{
    (void)state;
    char text[4096], longer[3000];
    memset(longer, 'y', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = 0;
    FILE *file = tmpfile();
    const psb_log log = {.to = file, .level = PSB_LOG_DEBUG};
    psb_log_line(&log, PSB_LOG_ERROR, "%s", longer);
    assert_int_equal(read_back(file, text, sizeof(text)), 2048);
    assert_int_equal(text[2047], '\n');

    file = tmpfile();
    const psb_log other = {.to = file, .level = PSB_LOG_DEBUG};
    psb_log_line(&other, PSB_LOG_ERROR, "a\033[2J\npasserby: b\x7f \xc3\xa4");
    read_back(file, text, sizeof(text));
    assert_string_equal(text, "passerby: error: a?[2J?passerby: b? \xc3\xa4\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form_and_gate),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_long_lines_and_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
