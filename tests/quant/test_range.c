/* SPDX-License-Identifier: Apache-2.0
 *
 * The search of ranges on histograms whose best answer is known: an even spread is kept whole, a lone outlier is cut
 * off, zero is exact, and what an activation flattens is not paid for.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quant/range_int.h"

static double bins[PSB_HISTOGRAM_BINS];

static psb_statistics spread(float least, float most)
{
    memset(bins, 0, sizeof(bins));
    return (psb_statistics){.channels = 1, .count = PSB_HISTOGRAM_BINS, .least = least, .most = most, .bins = bins};
}

static psb_encoding choose(const psb_statistics *seen, psb_activation_kind kind)
{
    return psb_range_choose(&seen, 1, (psb_activation){.kind = kind});
}

static void test_an_even_spread_is_kept_whole(void **state)
{
    (void)state;
    psb_statistics seen = spread(0, 255);
    for (int32_t b = 0; b < PSB_HISTOGRAM_BINS; b++) bins[b] = 1;
    const psb_encoding encoding = choose(&seen, PSB_ACTIVATION_NONE);
    assert_int_equal(encoding.zero, 0);
    assert_true(fabsf(encoding.scale - 1) < 0.1F);
}

static void test_an_outlier_is_cut_off(void **state)
{
    (void)state;
    psb_statistics seen = spread(0, 100);
    for (int32_t b = 0; b < PSB_HISTOGRAM_BINS / 10; b++) bins[b] = 1e6;
    bins[PSB_HISTOGRAM_BINS - 1] = 1;
    const psb_encoding encoding = choose(&seen, PSB_ACTIVATION_NONE);
    assert_true(encoding.scale * 255 < 20);
    assert_true(encoding.scale * 255 > 9.5F);
}

static void test_zero_is_exact(void **state)
{
    (void)state;
    psb_statistics seen = spread(-3.3F, 7.1F);
    for (int32_t b = 0; b < PSB_HISTOGRAM_BINS; b++) bins[b] = 1;
    const psb_encoding encoding = choose(&seen, PSB_ACTIVATION_NONE);
    assert_in_range(encoding.zero, 60, 100);
    seen = spread(2, 7); /* zero is in the range also of what is never zero */
    for (int32_t b = 0; b < PSB_HISTOGRAM_BINS; b++) bins[b] = 1;
    assert_int_equal(choose(&seen, PSB_ACTIVATION_NONE).zero, 0);
}

static void test_what_an_activation_flattens_costs_nothing(void **state)
{
    (void)state;
    psb_statistics seen = spread(-100, 5);
    for (int32_t b = 0; b < PSB_HISTOGRAM_BINS; b++) bins[b] = 1;
    assert_true(choose(&seen, PSB_ACTIVATION_NONE).scale * 255 > 90);
    assert_true(choose(&seen, PSB_ACTIVATION_SILU).scale * 255 < 25);
}

/* A leaky ReLU lets half of the values through as they are: with one scale on both sides those are rounded once. */
static void test_what_passes_unchanged_is_rounded_once(void **state)
{
    (void)state;
    const psb_activation leaky = {.kind = PSB_ACTIVATION_LEAKY_RELU, .a = 0.1F};
    static double result_bins[PSB_HISTOGRAM_BINS];
    psb_statistics sums = spread(-4, 10),
                   results = {
                       .channels = 1, .count = PSB_HISTOGRAM_BINS, .least = -0.4F, .most = 10, .bins = result_bins};
    for (int32_t b = 0; b < PSB_HISTOGRAM_BINS; b++) bins[b] = result_bins[b] = 1;
    psb_encoding sum, made;
    psb_range_choose_pair(&sum, &made, &sums, &results, leaky);
    assert_true(sum.scale == made.scale);
    assert_true((float)(255 - made.zero) * made.scale > 9); /* and nothing much is cut off for it */
    assert_true((float)(255 - sum.zero) * sum.scale > 9);
    for (int32_t q = sum.zero; q < 256; q++) {
        const float x = sum.scale * (float)(q - sum.zero);
        assert_true(fabsf(x / made.scale - nearbyintf(x / made.scale)) < 1e-3F);
    }
}

static void test_weights_are_symmetric_and_close(void **state)
{
    (void)state;
    const float weights[5] = {-1, 0.5F, 0.25F, 0, 1};
    int8_t bytes[5];
    const float scale = psb_range_weights(bytes, weights, 5);
    for (int32_t i = 0; i < 5; i++) assert_true(fabsf(weights[i] - scale * (float)bytes[i]) < 0.01F);
    assert_int_equal(bytes[0], -bytes[4]);
    const float zeros[2] = {0, 0};
    assert_true(psb_range_weights(bytes, zeros, 2) > 0);
    assert_int_equal(bytes[0], 0);
}

static void test_weights_are_rounded_to_the_nearest(void **state)
{
    (void)state;
    float weights[97];
    int8_t bytes[97];
    for (int32_t i = 0; i < 97; i++) weights[i] = (float)(i * 61 % 97 - 48) / 48;
    const float scale = psb_range_weights(bytes, weights, 97);
    for (int32_t i = 0; i < 97; i++)
        if (abs(bytes[i]) < 127) assert_true(fabsf(weights[i] - scale * (float)bytes[i]) <= 0.501F * scale);
}

/* Two thousand weights on a grid, and one a twentieth beyond it: that one is better cut than all others moved. */
static void test_one_weight_is_cut_for_the_others(void **state)
{
    (void)state;
    enum { COUNT = 2001 };
    static float weights[COUNT];
    static int8_t bytes[COUNT];
    const float grid = 0.95F / 127;
    for (int32_t i = 0; i < COUNT - 1; i++) weights[i] = grid * (float)(i % 253 - 126);
    weights[COUNT - 1] = 1;
    const float scale = psb_range_weights(bytes, weights, COUNT);
    assert_true(fabsf(scale / grid - 1) < 1e-5F);
    for (int32_t i = 0; i < COUNT - 1; i++) assert_int_equal(bytes[i], i % 253 - 126);
    assert_int_equal(bytes[COUNT - 1], 127);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_even_spread_is_kept_whole),
        cmocka_unit_test(test_an_outlier_is_cut_off),
        cmocka_unit_test(test_zero_is_exact),
        cmocka_unit_test(test_what_an_activation_flattens_costs_nothing),
        cmocka_unit_test(test_what_passes_unchanged_is_rounded_once),
        cmocka_unit_test(test_weights_are_symmetric_and_close),
        cmocka_unit_test(test_weights_are_rounded_to_the_nearest),
        cmocka_unit_test(test_one_weight_is_cut_for_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
