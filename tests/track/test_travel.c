/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the camera went: between any two looks it is the product of the motions between them, there and back is
 * nowhere, and an hour of walking ahead loses no digits.
 */
#include "track/travel.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rng.h"

enum { LOOKS = 300 };

static psb_camera_motion drawn_motion(psb_rng *rng)
{
    const double turn = 0.02 * (psb_rng_unit(rng) - 0.5), zoom = 1 + 0.02 * (psb_rng_unit(rng) - 0.5);
    return (psb_camera_motion){zoom * cos(turn), zoom * sin(turn), 40 * (psb_rng_unit(rng) - 0.5),
                               40 * (psb_rng_unit(rng) - 0.5)};
}

static void assert_same(psb_camera_motion a, psb_camera_motion b)
{
    assert_true(fabs(a.along - b.along) < 1e-9 && fabs(a.across - b.across) < 1e-9);
    assert_true(fabs(a.x_px - b.x_px) < 1e-6 && fabs(a.y_px - b.y_px) < 1e-6);
}

static void between_two_looks_is_the_product(void **state)
{
    (void)state;
    psb_travel travel = {0};
    psb_camera_motion motions[LOOKS];
    psb_rng rng;
    psb_rng_init(&rng, 1);
    for (int32_t i = 0; i < LOOKS; i++) {
        motions[i] = drawn_motion(&rng);
        assert_int_equal(psb_travel_add(&travel, i % 50 == 49 ? NULL : &motions[i]), PSB_OK);
        if (i % 50 == 49) motions[i] = psb_camera_motion_none();
    }
    for (int32_t from = 0; from < LOOKS; from += 7) {
        psb_camera_motion product = psb_camera_motion_none();
        for (int32_t to = from; to < LOOKS; to++) {
            if (to > from) product = psb_camera_motion_then(&product, &motions[to]);
            assert_same(psb_travel_between(&travel, from, to), product);
            const psb_camera_motion there = psb_travel_between(&travel, from, to);
            const psb_camera_motion back = psb_travel_between(&travel, to, from);
            assert_same(psb_camera_motion_then(&there, &back), psb_camera_motion_none());
        }
    }
    psb_travel_fini(&travel);
}

static void an_hour_ahead_loses_no_digits(void **state)
{
    (void)state;
    const psb_camera_motion ahead = {1.01, 0, -3.2, -2.4}; /* about the place 320, 240; in 36,000 looks by 10^155 */
    psb_travel travel = {0};
    for (int32_t i = 0; i < 36000; i++) assert_int_equal(psb_travel_add(&travel, &ahead), PSB_OK);
    const psb_camera_motion way = psb_travel_between(&travel, 35900, 35975);
    double m[4] = {330, 240, 10, 20};
    psb_travel_carry(m, &way);
    const double zoom = pow(1.01, 75);
    assert_true(fabs(m[0] - (320 + 10 * zoom)) < 1e-6 && fabs(m[1] - 240) < 1e-6);
    assert_true(fabs(m[2] - 10 * zoom) < 1e-6 && fabs(m[3] - 20 * zoom) < 1e-6);
    psb_travel_fini(&travel);
}

static void a_fixed_camera_goes_nowhere(void **state)
{
    (void)state;
    psb_travel travel = {0};
    for (int32_t i = 0; i < 100; i++) assert_int_equal(psb_travel_add(&travel, NULL), PSB_OK);
    assert_false(travel.has_moved);
    assert_same(psb_travel_between(&travel, 0, 99), psb_camera_motion_none());
    psb_travel_fini(&travel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(between_two_looks_is_the_product),
        cmocka_unit_test(an_hour_ahead_loses_no_digits),
        cmocka_unit_test(a_fixed_camera_goes_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
