/* SPDX-License-Identifier: Apache-2.0
 *
 * Chains of sightings: a walker at 25 and at 2 looks a second is one chain, also through a gap and when boxes are weak;
 * what is too far, too different in size or too long ago is not; evidence fades; memory is bounded and reused.
 */
#include "privacy/sightings_int.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alloc_count.h"
#include "base/rng.h"

static psb_box person(float x_px, float y_px, float height_px)
{
    return (psb_box){x_px, y_px, x_px + 0.4f * height_px, y_px + height_px};
}

static void look(psb_sightings *sightings, double time_s, const psb_boxes *boxes)
{
    assert_int_equal(
        psb_sightings_add(sightings,
                          &(psb_sightings_look){.boxes = boxes, .time_s = time_s, .min_score = 0.05f, .gap_s = 1.5}),
        PSB_OK);
}

static void look_at_one(psb_sightings *sightings, double time_s, psb_box box, float score)
{
    psb_boxes boxes = {1, 1, &box.x0_px, &box.y0_px, &box.x1_px, &box.y1_px, &score};
    look(sightings, time_s, &boxes);
}

static void a_walker_is_one_chain(void **state)
{
    (void)state;
    const double rates_fps[] = {1, 2, 7, 25, 60};
    for (size_t i = 0; i < sizeof(rates_fps) / sizeof(rates_fps[0]); i++) {
        psb_sightings sightings;
        assert_int_equal(psb_sightings_init(&sightings), PSB_OK);
        for (int frame = 0; frame < 4 * rates_fps[i]; frame++) {
            const double time_s = frame / rates_fps[i];
            look_at_one(&sightings, time_s, person((float)(80 * time_s), 50, 100), frame % 3 ? 0.06f : 0.5f);
        }
        assert_int_equal(sightings.chain_count, 1);
        const psb_sighting *newest = psb_sightings_at(&sightings, sightings.chains[0]);
        assert_true(fabsf(newest->vx_px_s - 80) < 1 && fabsf(newest->vy_px_s) < 1);
        psb_sightings_fini(&sightings);
    }
}

static void a_gap_is_bridged_along_the_way(void **state)
{
    (void)state;
    psb_sightings sightings;
    assert_int_equal(psb_sightings_init(&sightings), PSB_OK);
    for (int frame = 0; frame < 10; frame++)
        look_at_one(&sightings, 0.1 * frame, person(20.0f * (float)frame, 0, 100), 0.5f);
    look_at_one(&sightings, 0.9 + 0.8, person(20.0f * 17, 0, 100), 0.5f);
    assert_int_equal(sightings.chain_count, 1);
    look_at_one(&sightings, 1.7 + 1.6, person(20.0f * 33, 0, 100), 0.5f); /* longer than gap_s */
    assert_int_equal(sightings.chain_count, 2);
    psb_sightings_fini(&sightings);
}

static void strangers_are_not_linked(void **state)
{
    (void)state;
    const psb_box strangers[] = {person(60, 0, 100), person(0, 60, 100), person(300, 0, 100), person(0, 0, 180),
                                 person(30, 50, 50)};
    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
        psb_sightings sightings;
        assert_int_equal(psb_sightings_init(&sightings), PSB_OK);
        look_at_one(&sightings, 0, person(0, 0, 100), 0.9f);
        look_at_one(&sightings, 0.1, strangers[i], 0.9f);
        assert_int_equal(sightings.chain_count, 2);
        assert_int_equal(psb_sightings_at(&sightings, sightings.chains[1])->before, -1);
        psb_sightings_fini(&sightings);
    }
}

static void weak_boxes_below_the_floor_are_no_sightings(void **state)
{
    (void)state;
    psb_sightings sightings;
    assert_int_equal(psb_sightings_init(&sightings), PSB_OK);
    look_at_one(&sightings, 0, person(0, 0, 100), 0.04f);
    assert_int_equal(sightings.chain_count, 0);
    look_at_one(&sightings, 1, person(0, 0, 100), NAN); /* a score that says nothing counts as certain */
    assert_int_equal(sightings.chain_count, 1);
    assert_true(psb_sightings_at(&sightings, 0)->score == 1.0f);
    psb_box box = person(300, 0, 100);
    float score = -3;
    psb_boxes boxes = {1, 1, &box.x0_px, &box.y0_px, &box.x1_px, &box.y1_px, &score};
    const psb_sightings_look certain = {.boxes = &boxes, .time_s = 2, .min_score = 0.05f, .is_certain = true};
    assert_int_equal(psb_sightings_add(&sightings, &certain), PSB_OK);
    assert_int_equal(sightings.chain_count, 2);
    psb_sightings_fini(&sightings);
}

static void evidence_fades(void **state)
{
    (void)state;
    psb_sightings sightings;
    assert_int_equal(psb_sightings_init(&sightings), PSB_OK);
    look_at_one(&sightings, 0, person(0, 0, 100), 0.8f);
    look_at_one(&sightings, 1, person(0, 0, 100), 0.06f);
    look_at_one(&sightings, 2, person(0, 0, 100), 0.06f);
    const psb_sighting *newest = psb_sightings_at(&sightings, sightings.chains[0]);
    assert_true(fabsf(newest->evidence - psb_evidence_after(0.8f, 2)) < 1e-6f);
    assert_true(newest->evidence < 0.8f && newest->evidence > 0.06f);
    assert_true(psb_evidence_after(0.5f, 0) == 0.5f);
    psb_sightings_fini(&sightings);
}

/* Two who cross: each box has one follower, and what is linked is nearer together than the other way round. */
static void every_box_is_linked_once(void **state)
{
    (void)state;
    psb_rng rng;
    psb_sightings sightings;
    psb_rng_init(&rng, 9);
    assert_int_equal(psb_sightings_init(&sightings), PSB_OK);
    enum { PEOPLE = 40, LOOKS = 30 };
    float x0[PEOPLE], y0[PEOPLE], x1[PEOPLE], y1[PEOPLE], score[PEOPLE];
    psb_boxes boxes = {PEOPLE, PEOPLE, x0, y0, x1, y1, score};
    for (int frame = 0; frame < LOOKS; frame++) {
        for (int i = 0; i < PEOPLE; i++) {
            const float step = (float)(i % 2 ? frame : -frame);
            const psb_box box = person(200 + 13.0f * (float)i + step, 40.0f * (float)(i % 7), 100);
            x0[i] = box.x0_px, y0[i] = box.y0_px, x1[i] = box.x1_px, y1[i] = box.y1_px;
            score[i] = (float)psb_rng_unit(&rng) * 0.9f + 0.06f;
        }
        look(&sightings, 0.04 * frame, &boxes);
        int followers[PEOPLE * LOOKS] = {0};
        for (int64_t number = 0; number < sightings.end; number++) {
            const int64_t before = psb_sightings_at(&sightings, number)->before;
            if (before >= 0) assert_int_equal(++followers[before], 1);
        }
    }
    assert_int_equal(sightings.chain_count, PEOPLE);
    psb_sightings_fini(&sightings);
}

static void the_past_is_forgotten_and_its_memory_reused(void **state)
{
    (void)state;
    psb_sightings sightings;
    assert_int_equal(psb_sightings_init(&sightings), PSB_OK);
    for (int frame = 0; frame < 5000; frame++) {
        const double time_s = 0.04 * frame;
        look_at_one(&sightings, time_s, person((float)(frame * 31 % 1000), 0, 100), 0.5f);
        psb_sightings_forget(&sightings, time_s - 1.5, 1.0);
        if (frame == 1000) alloc_count_reset();
    }
    assert_int_equal(alloc_count_now(), 0);
    assert_true(sightings.end - sightings.first < 70);
    assert_null(psb_sightings_at(&sightings, 0));
    assert_null(psb_sightings_at(&sightings, -1));
    assert_null(psb_sightings_at(&sightings, sightings.end));
    psb_sightings_forget(&sightings, 1e9, 1.0);
    assert_int_equal(sightings.chain_count, 0);
    psb_sightings_fini(&sightings);
}

static void failing_memory_is_reported(void **state)
{
    (void)state;
    for (int64_t n = 1;; n++) {
        psb_sightings sightings = {0};
        psb_box box = person(0, 0, 100);
        float score = 0.5f;
        psb_boxes boxes = {1, 1, &box.x0_px, &box.y0_px, &box.x1_px, &box.y1_px, &score};
        psb_sightings_look at = {.boxes = &boxes, .min_score = 0.05f, .gap_s = 1};
        alloc_count_fail_at(n);
        psb_status status = psb_sightings_init(&sightings);
        for (; !status && at.time_s < 1; at.time_s += 0.5) status = psb_sightings_add(&sightings, &at);
        const bool has_failed = alloc_count_has_failed();
        alloc_count_reset();
        assert_int_equal(status, has_failed ? PSB_NO_MEMORY : PSB_OK);
        psb_sightings_fini(&sightings);
        if (!has_failed) break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walker_is_one_chain),
        cmocka_unit_test(a_gap_is_bridged_along_the_way),
        cmocka_unit_test(strangers_are_not_linked),
        cmocka_unit_test(weak_boxes_below_the_floor_are_no_sightings),
        cmocka_unit_test(evidence_fades),
        cmocka_unit_test(every_box_is_linked_once),
        cmocka_unit_test(the_past_is_forgotten_and_its_memory_reused),
        cmocka_unit_test(failing_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
