/* SPDX-License-Identifier: Apache-2.0
 *
 * The record: a step's pairs with terms that add up, the margin of a match between two, and a ring that keeps the
 * newest.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "geometry/boxes.h"
#include "track/tracker_int.h"

static psb_tracker *two_people(psb_boxes *boxes, float apart_px)
{
    psb_tracker *tracker = NULL;
    const psb_tracks *tracks = NULL;
    assert_int_equal(psb_tracker_create(&tracker, NULL), PSB_OK);
    assert_int_equal(psb_boxes_append(boxes, (psb_box){100, 100, 140, 200}, 0.9F), PSB_OK);
    assert_int_equal(psb_boxes_append(boxes, (psb_box){100 + apart_px, 100, 140 + apart_px, 200}, 0.8F), PSB_OK);
    for (int32_t frame = 0; frame < 4; frame++)
        assert_int_equal(psb_tracker_step(tracker, &tracks, boxes, frame / 25.0), PSB_OK);
    return tracker;
}

static void a_match_has_its_terms_and_its_margin(void **state)
{
    (void)state;
    psb_boxes boxes = {0};
    psb_tracker *tracker = two_people(&boxes, 20);
    const psb_record *record = tracker->record;
    assert_int_equal(psb_record_step_count(record), 4);
    assert_int_equal(psb_record_oldest_step(record), 0);
    const psb_step_record step = psb_record_step_at(record, 3);
    assert_true(step.time_s == 3 / 25.0);
    int32_t matched = 0, lost = 0;
    double similarity[2][2] = {{0}};
    for (int64_t i = step.first; i < step.first + step.count; i++) {
        const psb_candidate c = psb_record_candidate_at(record, i);
        assert_true(fabs(c.overlap + c.place + c.size - c.similarity) < 1e-6);
        assert_in_range(c.id, 1, 2);
        similarity[c.id - 1][c.box_i] = c.similarity;
        matched += c.fate == PSB_FATE_MATCHED;
        lost += c.fate == PSB_FATE_LOST;
        if (c.fate == PSB_FATE_MATCHED) assert_int_equal(c.box_i, c.id - 1);
    }
    assert_int_equal(matched, 2);
    assert_int_equal(lost, 2);
    const double margin = similarity[0][0] + similarity[1][1] - similarity[0][1] - similarity[1][0];
    for (int64_t i = step.first; i < step.first + step.count; i++) {
        const psb_candidate c = psb_record_candidate_at(record, i);
        if (c.fate == PSB_FATE_MATCHED) assert_true(fabs(c.margin - margin) < 1e-5);
    }
    psb_tracker_destroy(&tracker);
    psb_boxes_fini(&boxes);
}

static void who_is_far_is_said_to_be_and_who_is_alone_has_no_runner_up(void **state)
{
    (void)state;
    psb_boxes boxes = {0};
    psb_tracker *tracker = two_people(&boxes, 500);
    const psb_step_record step = psb_record_step_at(tracker->record, 3);
    assert_int_equal(step.count, 2);
    for (int64_t i = step.first; i < step.first + step.count; i++) {
        assert_int_equal(psb_record_candidate_at(tracker->record, i).fate, PSB_FATE_MATCHED);
        assert_true(isinf(psb_record_candidate_at(tracker->record, i).margin));
    }
    psb_tracker_destroy(&tracker);
    psb_boxes_fini(&boxes);
}

static void the_ring_keeps_the_newest_whole_steps(void **state)
{
    (void)state;
    enum { STEPS = 3000, EACH = 100 };
    psb_record *record = NULL;
    psb_candidate candidates[EACH] = {0};
    int32_t rows[EACH];
    for (int32_t i = 0; i < EACH; i++) {
        candidates[i].box_i = i;
        rows[i] = EACH - 1 - i;
    }
    assert_int_equal(psb_record_create(&record), PSB_OK);
    for (int32_t step = 0; step < STEPS; step++) {
        for (int32_t i = 0; i < EACH; i++) candidates[i].id = step;
        psb_record_add(record, step, NULL, candidates, EACH, rows);
    }
    const int64_t oldest = psb_record_oldest_step(record);
    assert_int_equal(oldest, STEPS - PSB_RECORD_CANDIDATES / EACH);
    for (int64_t s = oldest; s < STEPS; s++) {
        const psb_step_record step = psb_record_step_at(record, s);
        assert_true(step.time_s == (double)s);
        for (int64_t i = 0; i < step.count; i++) {
            const psb_candidate c = psb_record_candidate_at(record, step.first + i);
            assert_int_equal(c.id, s);
            assert_int_equal(c.box_i, EACH - 1 - i);
        }
    }
    psb_record_destroy(&record);
    assert_null(record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_match_has_its_terms_and_its_margin),
        cmocka_unit_test(who_is_far_is_said_to_be_and_who_is_alone_has_no_runner_up),
        cmocka_unit_test(the_ring_keeps_the_newest_whole_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
