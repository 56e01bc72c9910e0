/* SPDX-License-Identifier: Apache-2.0
 *
 * The histogram's bound, for every octave and both of its ends: never too short, at most 1/32 too long; and ranks
 * against a sorted array.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/histogram.h"
#include "base/rng.h"

static void check_one(int64_t duration_ns)
{
    psb_histogram *histogram = calloc(1, sizeof(*histogram));
    assert_non_null(histogram);
    psb_histogram_add(histogram, duration_ns);
    const double told_ns = psb_histogram_ms(histogram, 0.5) * 1e6, true_ns = (double)duration_ns;
    free(histogram);
    assert_true(told_ns >= true_ns * (1 - 1e-12)); /* the division by 1e6 and back */
    assert_true(told_ns <= true_ns * (1 + 1.0 / 32) * (1 + 1e-12));
}

static void test_every_octave_within_its_bound(void **state)
{
    (void)state;
    for (int64_t i = 0; i < 300; i++) check_one(i);
    for (int bits = 8; bits < 63; bits++) {
        const int64_t power = INT64_C(1) << bits;
        check_one(power - 1);
        check_one(power);
        check_one(power + power / 3);
    }
    check_one(INT64_MAX);
}

static int compare_int64(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void test_ranks_against_sorting(void **state)
{
    enum { COUNT = 1000 };
    static psb_histogram histogram;
    static int64_t durations[COUNT];
    (void)state;
    psb_rng rng;
    psb_rng_init(&rng, 1);
    for (int i = 0; i < COUNT; i++) {
        durations[i] = (int64_t)(psb_rng_next(&rng) >> (34 + psb_rng_below(&rng, 20)));
        psb_histogram_add(&histogram, durations[i]);
    }
    qsort(durations, COUNT, sizeof(durations[0]), compare_int64);
    static const double fractions[] = {0.001, 0.01, 0.5, 0.9, 0.99, 0.999, 1};
    for (size_t i = 0; i < sizeof(fractions) / sizeof(fractions[0]); i++) {
        const double true_ms = (double)durations[(int)(fractions[i] * COUNT + 0.5) - 1] / 1e6;
        const double told_ms = psb_histogram_ms(&histogram, fractions[i]);
        assert_true(told_ms >= true_ms && told_ms <= true_ms * (1 + 1.0 / 32));
    }
    assert_int_equal(histogram.count, COUNT);
}

static void test_edges(void **state)
{
    static psb_histogram histogram;
    (void)state;
    assert_true(psb_histogram_ms(&histogram, 0.5) == 0);
    psb_histogram_add(&histogram, -5);
    assert_true(psb_histogram_ms(&histogram, 0) == 0);
    psb_histogram_add(&histogram, 63000000);
    assert_true(psb_histogram_ms(&histogram, 0) == 0);
    assert_true(psb_histogram_ms(&histogram, 2) >= 63);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_octave_within_its_bound),
        cmocka_unit_test(test_ranks_against_sorting),
        cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
