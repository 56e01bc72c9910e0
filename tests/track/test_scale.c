/* SPDX-License-Identifier: Apache-2.0
 *
 * What boxes are worth: trust does not depend on the scale of scores nor on clutter, the quantile of scores is found
 * on any scale, jitter is found and bounded, and nothing moves when learning is off.
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

/* Three good boxes and clutter, best first, as scale_take_scores wants them. */
static void teach(psb_scale *scale, float factor, float offset, int32_t clutter_count)
{
    enum { MOST = 256 };
    float score[MOST] = {0.9F, 0.8F, 0.85F};
    psb_boxes boxes = {.count = 3 + clutter_count, .capacity = MOST, .score = score};
    for (int32_t i = 3; i < boxes.count; i++) score[i] = 0.125F;
    for (int32_t i = 0; i < boxes.count; i++) score[i] = factor * score[i] + offset;
    for (int32_t step = 0; step < 20; step++) psb_scale_take_scores(scale, &boxes, 0.99);
}

static void trust_knows_no_scale(void **state)
{
    (void)state;
    psb_scale plain, large, shifted, cluttered, untaught;
    psb_scale *const all[] = {&plain, &large, &shifted, &cluttered, &untaught};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) psb_scale_init(all[i], &psb_tracker_tuning_default);
    teach(&plain, 1, 0, 1);
    teach(&large, 64, 0, 1);
    teach(&shifted, 4, -2, 1);
    teach(&cluttered, 1, 0, 200);
    assert_true(fabs(psb_scale_trust(&plain, 0.86) - 1) < 0.01);
    assert_true(fabs(psb_scale_trust(&plain, 0.43) - 0.5) < 0.01);
    assert_true(psb_scale_trust(&plain, 7) == 1);
    assert_true(psb_scale_trust(&large, 64 * 0.43) == psb_scale_trust(&plain, 0.43));
    assert_true(psb_scale_trust(&shifted, 4 * 0.125 - 2) == 0); /* the worst it ever gave */
    assert_true(psb_scale_trust(&shifted, 4 * 0.86 - 2) > 0.98);
    assert_true(fabs(psb_scale_trust(&cluttered, 0.43) - psb_scale_trust(&plain, 0.43)) < 0.01);
    assert_true(psb_scale_trust(&untaught, 0.43) == 0.43);
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

/* Steps in which the best box and this many of trust 0.6 are seen; of these, so many in a hundred are sure. */
static void teach_faith(psb_scale *scale, int32_t steps, int32_t weak_count, int32_t sure_percent, bool is_best_sure)
{
    int32_t sum = 0;
    for (int32_t step = 0; step < steps; step++) {
        psb_scale_note_box(scale, 1, is_best_sure);
        for (int32_t i = 0; i < weak_count; i++) {
            sum += sure_percent;
            psb_scale_note_box(scale, 0.6, sum >= 100);
            if (sum >= 100) sum -= 100;
        }
    }
}

static void faith_is_how_often_boxes_are_peoples(void **state)
{
    (void)state;
    psb_scale fresh, clutter, people, hasty;
    psb_scale *const all[] = {&fresh, &clutter, &people, &hasty};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) psb_scale_init(all[i], &psb_tracker_tuning_default);
    assert_true(psb_scale_faith(&fresh, 1) == 1 && psb_scale_faith(&fresh, 0.1) == 0);
    assert_true(psb_scale_faith(&fresh, 0.6) > 0.4 && psb_scale_faith(&fresh, 0.6) < 0.6);
    assert_true(psb_scale_faith(&fresh, 7) == 1 && psb_scale_faith(&fresh, -7) == 0);

    teach_faith(&clutter, 1000, 3, 5, true);
    assert_true(psb_scale_faith(&clutter, 0.6) < 0.08 && psb_scale_faith(&clutter, 0.6) > 0.04);
    assert_true(psb_scale_faith(&clutter, 1) == 1);
    assert_true(psb_scale_faith(&clutter, 0.7) == psb_scale_faith(&fresh, 0.7)); /* of another class nothing is known */

    teach_faith(&people, 1000, 1, 80, true);
    assert_true(fabs(psb_scale_faith(&people, 0.6) - 0.8) < 0.03);

    teach_faith(&hasty, 1000, 1, 20,
                false); /* nobody stays: no box is followed, and that is not the weak ones' fault */
    assert_true(psb_scale_faith(&hasty, 0.6) == 1);

    psb_boxes none = {0};
    for (int32_t step = 0; step < 100; step++) psb_scale_take_scores(&clutter, &none, 0.5);
    assert_true(fabs(psb_scale_faith(&clutter, 0.6) - psb_scale_faith(&fresh, 0.6)) < 1e-6); /* forgotten */
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
        cmocka_unit_test(the_quantile_is_found_on_any_scale),   cmocka_unit_test(trust_knows_no_scale),
        cmocka_unit_test(faith_is_how_often_boxes_are_peoples), cmocka_unit_test(jitter_is_found_and_bounded),
        cmocka_unit_test(nothing_moves_when_learning_is_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
