/* SPDX-License-Identifier: Apache-2.0
 *
 * Peaks on a clock that advances by a known step: the rates are then known too.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernels/peak.h"
#include "timing/peaks.h"

enum { MS = 1000000 };

static int64_t ticking_now_ns(void *user)
{
    return *(int64_t *)user += MS;
}

static void test_rates_are_work_by_time(void **state)
{
    (void)state;
    int64_t now_ns = 0;
    const psb_clock clock = {ticking_now_ns, &now_ns};
    psb_peaks peaks;
    assert_int_equal(psb_peaks_measure(&peaks, 0, &clock), PSB_OK);
    assert_string_equal(peaks.kernels, "c");
    assert_true(fabs(peaks.memory_gb_s - (double)(128 << 20) / MS) < 1e-9); /* each burst lasts 1 ms */
    assert_true(fabs(peaks.int8_gops - PSB_PEAK_GROUP * peaks.fp32_gflops) < 1e-9);
    assert_true(peaks.fp32_gflops > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rates_are_work_by_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
