/* SPDX-License-Identifier: Apache-2.0
 *
 * Decimal numbers: against strtod where both must agree to the last bit, and what is no number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/number.h"

static void test_exact(void **state)
{
    (void)state;
    static const char *const texts[] = {"0",      "-0",
                                        "1",      "+7",
                                        "416",    "0.01",
                                        "57.375", "123.675",
                                        ".5",     "5.",
                                        "1e3",    "1E-3",
                                        "2.5e+2", "0.00005",
                                        "1e22",   "1e-22",
                                        "00012",  "1234567890123",
                                        "0.1",    "114",
                                        "1e-5",   "9007199254740991"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        double value = -1.0;
        assert_int_equal(psb_number_scan(&value, texts[i]), strlen(texts[i]));
        assert_true(value == strtod(texts[i], NULL));
    }
}

static void test_near(void **state)
{
    (void)state;
    static const char *const texts[] = {"3.14159265358979323846264338327950288", "1.7e308",  "2.3e-308", "4.9e-320",
                                        "123456789012345678901234567890",        "0.1e-300", "1e-9999"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        double value = -1.0, expected = strtod(texts[i], NULL);
        assert_int_equal(psb_number_scan(&value, texts[i]), strlen(texts[i]));
        assert_true(fabs(value - expected) <= 4e-16 * expected + 1e-323);
    }
}

/* A number of a hundred thousand digits is still a number, and costs no more than reading it. */
static void test_long(void **state)
{
    (void)state;
    enum { LENGTH = 100000 };
    char *text = malloc(LENGTH + 1);
    double value = -1.0;
    assert_non_null(text);
    memset(text, '0', LENGTH);
    text[LENGTH] = '\0';
    text[1] = '.';
    text[LENGTH - 1] = '5';
    assert_int_equal(psb_number_scan(&value, text), LENGTH);
    assert_true(value == 0.0);
    text[1] = '0';
    text[0] = '1';
    assert_int_equal(psb_number_scan(&value, text), 0);
    free(text);
}

/* What stands behind the end is not read, and does not count. */
static void test_until(void **state)
{
    (void)state;
    static const char text[] = "-12.75e1";
    static const struct {
        size_t size, used;
        double value;
    } rows[] = {{0, 0, 0},   {1, 0, 0},      {2, 2, -1},     {3, 3, -12},
                {4, 4, -12}, {6, 6, -12.75}, {7, 6, -12.75}, {8, 8, -127.5}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *const exact = malloc(rows[i].size + 1); /* its end is what a sanitizer watches */
        double value = -1.0;
        assert_non_null(exact);
        memcpy(exact, text, rows[i].size);
        assert_int_equal(psb_number_scan_until(&value, exact, exact + rows[i].size), rows[i].used);
        assert_true(value == rows[i].value);
        free(exact);
    }
}

/* Numbers as files have them, and around the borders of the quick way: always the nearest double. */
static void test_quick_way(void **state)
{
    (void)state;
    char text[64];
    for (uint64_t i = 0; i < 200000; i++) {
        const uint64_t bits = i * 0x9E3779B97F4A7C15U;
        const int decimals = (int)(i % 7), size = snprintf(text, sizeof(text), "%s%llu.%0*llu", i % 3 ? "" : "-",
                                                           (unsigned long long)(bits >> (20 + i % 40)), decimals + 1,
                                                           (unsigned long long)(bits % 10000));
        double value = 0;
        assert_int_equal(psb_number_scan(&value, text), size);
        const double expected = strtod(text, NULL);
        assert_true(size > 17 ? fabs(value - expected) <= 0x1p-52 * fabs(expected) : value == expected);
    }
    static const char *const borders[] = {"9007199254740992",     "9007199254740993",          "18446744073709551616",
                                          "99999999999999999999", "0.00000000000000000000001", "1844674407370955161.5"};
    for (size_t i = 0; i < sizeof(borders) / sizeof(borders[0]); i++) {
        double value = 0;
        assert_int_equal(psb_number_scan(&value, borders[i]), strlen(borders[i]));
        assert_true(fabs(value - strtod(borders[i], NULL)) <= 0x1p-52 * value);
    }
}

static void test_stops(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t used;
    } rows[] = {{"", 0},   {"-", 0},     {".", 0},  {"nan", 0},  {"inf", 0},   {"-inf", 0},
                {"e5", 0}, {"1e999", 0}, {"1s", 1}, {"1.5m", 3}, {"0x10", 1},  {"1,5", 1},
                {"1e", 1}, {"1e+", 1},   {"1 ", 1}, {" 1", 0},   {"1.2.3", 3}, {"1_000", 1}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        double value = -1.0;
        assert_int_equal(psb_number_scan(&value, rows[i].text), rows[i].used);
        if (rows[i].used == 0) assert_true(value == 0.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_exact),     cmocka_unit_test(test_near),
                                       cmocka_unit_test(test_long),      cmocka_unit_test(test_until),
                                       cmocka_unit_test(test_quick_way), cmocka_unit_test(test_stops)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
