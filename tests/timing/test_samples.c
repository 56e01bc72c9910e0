/* SPDX-License-Identifier: Apache-2.0
 *
 * Figures by hand: medians, nearest ranks, and what is absent one sample before it may be said.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "timing/samples.h"

enum { MS = 1000000, MOST = 1000 };

/* count samples of 1, 2, ... count ms, in an order that is not sorted. */
static psb_samples_figures figures_of(int32_t count)
{
    psb_samples samples;
    psb_samples_figures figures;
    assert_int_equal(psb_samples_init(&samples, MOST), PSB_OK);
    for (int32_t i = count; i > 0; i--)
        if (i % 2) psb_samples_add(&samples, (int64_t)i * MS);
    for (int32_t i = 2; i <= count; i += 2) psb_samples_add(&samples, (int64_t)i * MS);
    assert_int_equal(psb_samples_figures_get(&samples, &figures), PSB_OK);
    assert_int_equal(figures.samples, count);
    psb_samples_fini(&samples);
    return figures;
}

static void test_medians(void **state)
{
    (void)state;
    assert_true(isnan(figures_of(0).median_ms));
    assert_true(figures_of(1).median_ms == 1);
    assert_true(figures_of(2).median_ms == 1.5);
    assert_true(figures_of(5).median_ms == 3);
    assert_true(figures_of(5).best_ms == 1);
}

static void test_p90_needs_64_samples(void **state)
{
    (void)state;
    assert_true(isnan(figures_of(63).p90_ms));
    assert_true(figures_of(64).p90_ms == 58); /* 57.6: the 58th is the first that 90 % do not exceed */
    assert_true(figures_of(70).p90_ms == 63); /* 63 exactly */
}

static void test_p99_needs_662_samples(void **state)
{
    (void)state;
    assert_true(isnan(figures_of(661).p99_ms));
    assert_true(figures_of(662).p99_ms == 656); /* 655.38 */
    assert_true(figures_of(700).p99_ms == 693); /* 693 exactly */
    assert_true(figures_of(661).p90_ms == 595); /* 594.9 */
}

static void test_what_does_not_fit_is_not_kept(void **state)
{
    (void)state;
    psb_samples samples;
    assert_int_equal(psb_samples_init(&samples, 2), PSB_OK);
    for (int32_t i = 0; i < 5; i++) psb_samples_add(&samples, i);
    assert_int_equal(samples.count, 2);
    assert_int_equal(samples.durations_ns[1], 1);
    psb_samples_fini(&samples);
    assert_null(samples.durations_ns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_medians),
        cmocka_unit_test(test_p90_needs_64_samples),
        cmocka_unit_test(test_p99_needs_662_samples),
        cmocka_unit_test(test_what_does_not_fit_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
