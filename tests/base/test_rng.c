/* SPDX-License-Identifier: Apache-2.0
 *
 * The generator against its definition (first outputs of xoshiro256** from the state 1, 2, 3, 4, worked out by hand
 * from the paper; SplitMix64's published first output for seed 0), and the evenness of bounded numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"

static void test_known_numbers(void **state)
{
    (void)state;
    /* rotl(2 * 5, 7) * 9 = 11520. Then s = {7, 0, 262146, 6 << 45}: 0. Then s[1] = 7 ^ 0 ^ 262146 = 262149 ... */
    psb_rng rng = {{1, 2, 3, 4}};
    assert_true(psb_rng_next(&rng) == 11520);
    assert_true(psb_rng_next(&rng) == 0);
    assert_true(psb_rng_next(&rng) == 1509978240);
    psb_rng_init(&rng, 0);
    assert_true(rng.state[0] == UINT64_C(0xe220a8397b1dcdaf));
}

static void test_same_seed_same_numbers(void **state)
{
    (void)state;
    psb_rng a, b, c;
    psb_rng_init(&a, 42);
    psb_rng_init(&b, 42);
    psb_rng_init(&c, 43);
    int32_t equal_count = 0;
    for (int i = 0; i < 1000; i++) {
        const uint64_t number = psb_rng_next(&a);
        assert_true(number == psb_rng_next(&b));
        equal_count += number == psb_rng_next(&c);
    }
    assert_int_equal(equal_count, 0);
}

static void test_bounded_numbers_are_even(void **state)
{
    enum { BOUND = 10, DRAWS = 100000 };
    (void)state;
    psb_rng rng;
    int32_t counts[BOUND] = {0};
    psb_rng_init(&rng, 1);
    for (int i = 0; i < DRAWS; i++) {
        const uint64_t number = psb_rng_below(&rng, BOUND);
        assert_true(number < BOUND);
        counts[number]++;
    }
    /* five standard deviations of a binomial (10^5, 1/10) are 474 */
    for (int i = 0; i < BOUND; i++) assert_in_range(counts[i], DRAWS / BOUND - 474, DRAWS / BOUND + 474);
    for (int i = 0; i < 100; i++) assert_true(psb_rng_below(&rng, 1) == 0);
    /* a bound just over 2^63: without rejection, the lower half would come twice as often */
    const uint64_t large = (UINT64_C(1) << 63) + 1;
    int32_t low_count = 0;
    for (int i = 0; i < 1000; i++) low_count += psb_rng_below(&rng, large) < large / 2;
    assert_in_range(low_count, 420, 580);
}

static void test_unit_stays_below_one(void **state)
{
    (void)state;
    psb_rng rng;
    double sum = 0;
    psb_rng_init(&rng, 3);
    for (int i = 0; i < 100000; i++) {
        const double unit = psb_rng_unit(&rng);
        assert_true(unit >= 0 && unit < 1);
        sum += unit;
    }
    assert_true(sum > 49500 && sum < 50500); /* 5.5 standard deviations */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_numbers),
        cmocka_unit_test(test_same_seed_same_numbers),
        cmocka_unit_test(test_bounded_numbers_are_even),
        cmocka_unit_test(test_unit_stays_below_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
