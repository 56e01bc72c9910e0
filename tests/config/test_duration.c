/* SPDX-License-Identifier: Apache-2.0
 *
 * Durations: every unit, and the texts that leave the reader in doubt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <passerby/status.h>

#include "config/duration.h"

static void test_good(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double seconds;
    } rows[] = {{"1s", 1.0},    {"500ms", 0.5}, {"2m", 120.0}, {"1h", 3600.0},       {"1.5s", 1.5},
                {".25s", 0.25}, {"0", 0.0},     {"0ms", 0.0},  {"1000h", 3600000.0}, {"1e3ms", 1.0}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        double seconds = -1.0;
        assert_int_equal(psb_duration_parse(&seconds, rows[i].text), PSB_OK);
        assert_float_equal(seconds, rows[i].seconds, 1e-12 * (1.0 + rows[i].seconds));
    }
}

static void test_bad(void **state)
{
    (void)state;
    static const char *const texts[] = {"",    "1",   "s",   "-1s", "+1s",   "1 s", "1S",     "1sec",
                                        "nan", "inf", "1s ", "1d",  "1001h", "1us", "1e999s", "5 minutes"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        double seconds = -1.0;
        assert_int_equal(psb_duration_parse(&seconds, texts[i]), PSB_BAD_INPUT);
        assert_true(seconds == 0.0);
        assert_non_null(strstr(psb_error_text(), "expected a duration"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_good), cmocka_unit_test(test_bad)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
