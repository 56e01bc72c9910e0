/* SPDX-License-Identifier: Apache-2.0
 *
 * What boxes are worth: the quantile of scores is found on any scale of scores, jitter is found and bounded, and
 * nothing moves when learning is off.
 */
#include "track/scale.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

/* Scores even in [low, low + range]: the learnt score has share_weak of them below. */
static void the_quantile_is_found_on_any_scale(void **state)
{
    (void)state;
    static const double ranges[][2] = {{0, 1}, {0.9, 0.1}, {0.1, 0.3}, {-3, 6}, {20, 100}};
    for (size_t k = 0; k < sizeof(ranges) / sizeof(ranges[0]); k++) {
        psb_rng rng;
        psb_scale scale;
        psb_rng_init(&rng, k);
        psb_scale_init(&scale, &psb_tracker_tuning_default);
        int32_t below = 0, total = 0;
        for (int32_t step = 0; step < 3000; step++) {
            for (int32_t i = 0; i < 10; i++) {
                const double score = ranges[k][0] + ranges[k][1] * psb_rng_unit(&rng);
                psb_scale_note_score(&scale, &psb_tracker_tuning_default, score);
                if (step >= 1000) below += score < scale.usual_score;
                if (step >= 1000) total++;
            }
            psb_scale_learn(&scale, &psb_tracker_tuning_default);
        }
        const double share = (double)below / total;
        if (!(fabs(share - psb_tracker_tuning_default.share_weak) < 0.03))
            fail_msg("scores from %g on: %.3f of them are below", ranges[k][0], share);
    }
}

static void jitter_is_found_and_bounded(void **state)
{
    (void)state;
    psb_scale scale;
    psb_scale_init(&scale, &psb_tracker_tuning_default);
    assert_true(scale.noise == 1);
    for (int32_t step = 0; step < 5000; step++) {
        psb_scale_note_change(&scale, 2 * psb_tracker_tuning_default.usual_jitter);
        psb_scale_learn(&scale, &psb_tracker_tuning_default);
    }
    assert_true(fabs(scale.noise - 2) < 0.01);
    for (int32_t step = 0; step < 50000; step++) {
        psb_scale_note_change(&scale, INFINITY);
        psb_scale_learn(&scale, &psb_tracker_tuning_default);
    }
    assert_true(scale.noise == 3);
    for (int32_t step = 0; step < 50000; step++) {
        psb_scale_note_change(&scale, 0);
        psb_scale_learn(&scale, &psb_tracker_tuning_default);
    }
    assert_true(scale.noise == 0.3);
}

static void nothing_moves_when_learning_is_off(void **state)
{
    (void)state;
    psb_tracker_tuning tuning = psb_tracker_tuning_default;
    tuning.learn_jitter = tuning.learn_score = 0;
    psb_scale scale;
    psb_scale_init(&scale, &tuning);
    for (int32_t step = 0; step < 100; step++) {
        psb_scale_note_change(&scale, 0.2);
        psb_scale_note_score(&scale, &tuning, 0.99);
        psb_scale_learn(&scale, &tuning);
    }
    assert_true(scale.noise == 1 && scale.usual_score == tuning.usual_score);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_quantile_is_found_on_any_scale),
        cmocka_unit_test(jitter_is_found_and_bounded),
        cmocka_unit_test(nothing_moves_when_learning_is_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
