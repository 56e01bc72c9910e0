/* SPDX-License-Identifier: Apache-2.0
 *
 * The filter of one coordinate: cut time steps change nothing, a constant speed is found, variances stay sane.
 */
#include "track/motion.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void near(double found, double expected, double relative)
{
    if (!(fabs(found - expected) <= relative * fmax(fabs(expected), 1e-9)))
        fail_msg("%.12g, expected %.12g", found, expected);
}

/* Ten steps of 20 ms are one of 200 ms: the mean exactly, the variances as far as the simple noise term goes. */
static void cut_steps_are_one_step(void **state)
{
    (void)state;
    psb_axis one, ten;
    psb_axis_init(&one, 100, 4, 900);
    one.rate = 30;
    one.covar = 10;
    ten = one;
    psb_axis_predict(&one, psb_stride_of(0.2, 2.8), 50);
    for (int32_t i = 0; i < 10; i++) psb_axis_predict(&ten, psb_stride_of(0.02, 2.8), 50);
    near(ten.value, one.value, 1e-12);
    near(ten.rate, one.rate, 1e-12);
    near(ten.var_value, one.var_value, 0.01);
    near(ten.covar, one.covar, 0.01);
    near(ten.var_rate, one.var_rate, 0.01);
}

static void no_time_changes_nothing(void **state)
{
    (void)state;
    psb_axis axis, before;
    psb_axis_init(&axis, 5, 1, 2);
    axis.rate = 3;
    before = axis;
    psb_axis_predict(&axis, psb_stride_of(0, 1), 10);
    assert_memory_equal(&axis, &before, sizeof(axis));
}

static void a_constant_speed_is_found(void **state)
{
    (void)state;
    for (int32_t fps = 2; fps <= 60; fps *= 2) {
        psb_axis axis;
        psb_axis_init(&axis, 0, 1, 100);
        for (int32_t i = 1; i <= 5 * fps; i++) {
            psb_axis_predict(&axis, psb_stride_of(1.0 / fps, 100), 1);
            psb_axis_update(&axis, 20.0 * i / fps, 1);
        }
        near(axis.rate, 20, 0.05);
        near(axis.value, 100, 0.01);
    }
}

static void an_unseen_rate_dies_out(void **state)
{
    (void)state;
    psb_axis axis;
    psb_axis_init(&axis, 0, 1, 1);
    axis.rate = 10;
    psb_axis_predict(&axis, psb_stride_of(1000, 2), 0);
    near(axis.value, 20, 1e-9); /* rate times forget_s, and no further */
    assert_true(axis.rate < 1e-9);
}

/* Whatever comes, variances stay positive and the matrix stays one. */
static void variances_stay_sane(void **state)
{
    (void)state;
    psb_axis axis;
    psb_axis_init(&axis, 0, 1e-9, 1e9);
    for (int32_t i = 0; i < 100000; i++) {
        psb_axis_predict(&axis, psb_stride_of(i % 7 ? 0.001 : 50, 1.5), i % 11 ? 1e-6 : 1e6);
        psb_axis_update(&axis, i % 5 ? 1e6 : -1e6, i % 3 ? 1e-12 : 1e12);
        assert_true(isfinite(axis.value) && isfinite(axis.rate));
        assert_true(axis.var_value > 0 && axis.var_rate >= 0);
        assert_true(axis.covar * axis.covar <= axis.var_value * axis.var_rate * (1 + 1e-6));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_steps_are_one_step),    cmocka_unit_test(no_time_changes_nothing),
        cmocka_unit_test(a_constant_speed_is_found), cmocka_unit_test(an_unseen_rate_dies_out),
        cmocka_unit_test(variances_stay_sane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
