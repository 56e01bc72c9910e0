/* SPDX-License-Identifier: Apache-2.0
 *
 * The scanner: numbers against strtod, what is not a number, line ends of every kind, and the messages.
 */
#include "formats/scan_int.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

static bool scan(const char *text, double *out)
{
    const char *at = text;
    return psb_scan_number(out, &at, text + strlen(text));
}

static void numbers_equal_strtod_where_they_must(void **state)
{
    (void)state;
    static const char *const texts[] = {"0",        "1",
                                        "-1",       "+1",
                                        "0.5",      ".5",
                                        "5.",       "-0.25",
                                        "1e3",      "1E+3",
                                        "1e-3",     "912.8",
                                        "482.9",    "0.995474",
                                        "1e22",     "-1e-22",
                                        "007",      "1.00",
                                        "1234567",  "0.0001",
                                        "99999.99", "1e0",
                                        "-0",       "4503599627370497",
                                        "0e999",    "0.000000000000000000000000001e27"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        double value = NAN;
        assert_true(scan(texts[i], &value));
        const double expected = strtod(texts[i], NULL);
        if (value != expected) fail_msg("%s: %.17g, expected %.17g", texts[i], value, expected);
    }
}

/* Any number of digits: two units in the last place at most. */
static void random_numbers_are_near_strtod(void **state)
{
    (void)state;
    psb_rng rng;
    psb_rng_init(&rng, 3);
    for (int32_t trial = 0; trial < 100000; trial++) {
        char text[64];
        const int32_t decimals = (int32_t)psb_rng_below(&rng, 30);
        const double scale = pow(10, (double)psb_rng_below(&rng, 44) - 15);
        snprintf(text, sizeof(text), trial % 2 ? "%.*f" : "%.*e", decimals, (psb_rng_unit(&rng) - 0.5) * scale);
        double value = NAN;
        assert_true(scan(text, &value));
        const double expected = strtod(text, NULL);
        if (!(fabs(value - expected) <= 2 * 2.220446049250313e-16 * fabs(expected)))
            fail_msg("%s: %.17g, expected %.17g", text, value, expected);
    }
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",      ".",     "-",     "+",    "-.",  "e5",  "1e",   "1e+",
                                        "1e5.5", "1.2.3", "--1",   "0x10", "nan", "inf", "-inf", "NaN",
                                        "1e999", "12a",   "1_000", "1 ",   " 1x", "\t"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        double value = 77;
        if (strcmp(texts[i], "1 ") == 0) {
            assert_true(scan(texts[i], &value)); /* a blank ends a number */
            continue;
        }
        if (scan(texts[i], &value)) fail_msg("\"%s\" was read as %g", texts[i], value);
        assert_true(value == 77);
    }
}

static void lines_end_in_every_way(void **state)
{
    (void)state;
    static const char text[] = "\xEF\xBB\xBF"
                               "1\r\n2\n\n \t\n3\r4\r\r\n5";
    static const struct {
        double value;
        int64_t line_i;
    } expected[] = {{1, 1}, {2, 2}, {3, 5}, {4, 6}, {5, 8}};
    psb_scan lines;
    psb_scan_init(&lines, "f", text, sizeof(text) - 1);
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        double value = 0;
        assert_true(psb_scan_line(&lines));
        assert_int_equal(psb_scan_column(&lines, &value, "n", "a number"), PSB_OK);
        assert_true(value == expected[i].value);
        assert_int_equal(lines.line_i, expected[i].line_i);
        assert_true(psb_scan_line_is_done(&lines));
    }
    assert_false(psb_scan_line(&lines));
}

static void messages_are_printable_and_bounded(void **state)
{
    (void)state;
    char text[4096];
    memset(text, 1, sizeof(text));
    psb_scan lines;
    double value = 0;
    psb_scan_init(&lines, "f.txt", text, sizeof(text));
    assert_true(psb_scan_line(&lines));
    assert_int_equal(psb_scan_column(&lines, &value, "frame", "a number"), PSB_BAD_INPUT);
    assert_string_equal(psb_error_text(),
                        "f.txt:1: frame: found \"????????????????????????????????????????\", expected a number");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_equal_strtod_where_they_must), cmocka_unit_test(random_numbers_are_near_strtod),
        cmocka_unit_test(what_is_no_number_is_refused),         cmocka_unit_test(lines_end_in_every_way),
        cmocka_unit_test(messages_are_printable_and_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
