/* SPDX-License-Identifier: Apache-2.0
 *
 * A clock is what was handed in: the system's never runs backwards, the still one stays, a test's own obeys.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static int64_t counting_now_ns(void *user)
{
    int64_t *ns = user;
    return *ns += 10;
}

static void test_system_clock_moves_forward(void **state)
{
    (void)state;
    const psb_clock clock = psb_clock_system();
    const int64_t start_ns = psb_clock_now_ns(&clock);
    int64_t before_ns = start_ns;
    assert_true(start_ns > 0);
    while (before_ns == start_ns) {
        const int64_t now_ns = psb_clock_now_ns(&clock);
        assert_true(now_ns >= before_ns);
        before_ns = now_ns;
    }
}

static void test_other_clocks_do_what_they_are_told(void **state)
{
    (void)state;
    int64_t ns = 0;
    const psb_clock none = psb_clock_none(), own = {.now_ns = counting_now_ns, .user = &ns};
    assert_int_equal(psb_clock_now_ns(&none), 0);
    assert_int_equal(psb_clock_now_ns(&own), 10);
    assert_int_equal(psb_clock_now_ns(&own), 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_system_clock_moves_forward),
        cmocka_unit_test(test_other_clocks_do_what_they_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
