/* SPDX-License-Identifier: Apache-2.0
 *
 * The tracker's own exp(-x): as exact as libm's within two units of the last place, and the same bits everywhere.
 */
#include "track/decay.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rng.h"

static void it_is_exp(void **state)
{
    (void)state;
    psb_rng rng;
    psb_rng_init(&rng, 5);
    for (int32_t i = 0; i < 200000; i++) {
        const double x = psb_rng_unit(&rng) * (i % 4 == 0 ? 1e-6 : i % 4 == 1 ? 1 : i % 4 == 2 ? 20 : 700);
        const double expected = exp(-x);
        assert_true(fabs(psb_decay(x) - expected) <= 2 * 0x1p-52 * expected);
    }
}

static void its_ends_are_safe(void **state)
{
    (void)state;
    assert_true(psb_decay(0) == 1 && psb_decay(-3) == 1 && psb_decay(NAN) == 1);
    assert_true(psb_decay(700) > 0 && psb_decay(700.1) == 0 && psb_decay(INFINITY) == 0);
}

/* One sum over many: any other rounding anywhere, be it fused or of another table, moves it. */
static void its_bits_are_the_same_everywhere(void **state)
{
    (void)state;
    uint64_t sum = 0;
    for (int32_t i = 1; i <= 100000; i++) {
        const double value = psb_decay(i * 0.001953125 * (1 + i % 3));
        uint64_t bits;
        memcpy(&bits, &value, sizeof(bits));
        sum = (sum ^ bits) * 1099511628211U;
    }
    assert_true(sum == 0x8db89e39d6852597U);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_exp),
        cmocka_unit_test(its_ends_are_safe),
        cmocka_unit_test(its_bits_are_the_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
