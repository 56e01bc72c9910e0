/* SPDX-License-Identifier: Apache-2.0
 *
 * Birth and death: tentative at once, believed at the second box, coasting for max_lost_s and no longer at any rate of
 * looks, gone tentative ones sooner, doubled boxes begin nothing.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scene.h"
#include "track/tracker_int.h"

static psb_tracker *tracker;
static const psb_tracks *tracks;
static psb_boxes boxes;

static int set_up(void **state)
{
    (void)state;
    return psb_tracker_create_tuned(&tracker, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    psb_tracker_destroy(&tracker);
    psb_boxes_fini(&boxes);
    return 0;
}

static void step(double time_s)
{
    if (psb_tracker_step(tracker, &tracks, &boxes, time_s)) fail_msg("%s", psb_error_text());
}

static void the_states_of_a_life(void **state)
{
    (void)state;
    walkers scene;
    scene_init(&scene, 1);
    scene_add(&scene, 100, 300, 200, 100);
    scene_look(&scene, &boxes, 0);
    step(0);
    assert_int_equal(tracks->count, 1);
    assert_int_equal(tracks->state[0], PSB_TRACK_TENTATIVE);
    assert_int_equal(tracks->detection_i[0], 0);
    assert_true(tracks->unseen_s[0] == 0);
    for (int32_t frame = 1; frame < 5; frame++) {
        scene_look(&scene, &boxes, frame / 10.0);
        step(frame / 10.0);
        assert_int_equal(tracks->state[0], PSB_TRACK_CONFIRMED);
    }
    const float last_x_px = tracks->x0_px[0];
    boxes.count = 0;
    step(0.5);
    assert_int_equal(tracks->state[0], PSB_TRACK_COASTING);
    assert_int_equal(tracks->detection_i[0], -1);
    assert_true(fabs(tracks->unseen_s[0] - 0.1) < 1e-6);
    assert_true(tracks->score[0] == 0.9F);
    assert_true(tracks->x0_px[0] > last_x_px + 5 && tracks->x0_px[0] < last_x_px + 15); /* walks on */
}

/* Seconds, not frames: at 1 to 60 looks a second a lost person is kept equally long. */
static void lost_people_are_kept_for_seconds(void **state)
{
    (void)state;
    psb_tracker_options options;
    psb_tracker_options_init(&options);
    options.max_lost_s = 2.5F;
    for (int32_t fps = 1; fps <= 60; fps++) {
        walkers scene;
        psb_tracker_destroy(&tracker);
        assert_int_equal(psb_tracker_create(&tracker, &options), PSB_OK);
        scene_init(&scene, 1);
        scene_add(&scene, 100, 300, 200, 0);
        for (int32_t frame = 0; frame < 3; frame++) {
            scene_look(&scene, &boxes, (double)frame / fps);
            step((double)frame / fps);
        }
        boxes.count = 0;
        int32_t misses = 0;
        while (tracks->count > 0) step((double)(2 + ++misses) / fps);
        assert_int_equal(misses, (int32_t)floor(2.5 * fps) + 1);
    }
}

static void tentative_tracks_go_soon(void **state)
{
    (void)state;
    walkers scene;
    scene_init(&scene, 1);
    scene_add(&scene, 100, 300, 200, 0);
    scene_look(&scene, &boxes, 0);
    step(0);
    boxes.count = 0;
    for (int32_t frame = 1; tracks->count > 0; frame++) {
        step(frame / 30.0);
        assert_true(frame / 30.0 < psb_tracker_tuning_default.tentative_s + 0.05);
        if (tracks->count) assert_int_equal(tracks->state[0], PSB_TRACK_TENTATIVE);
    }
}

static void doubled_boxes_begin_nothing(void **state)
{
    (void)state;
    walkers scene;
    scene_init(&scene, 1);
    scene_add(&scene, 300, 300, 200, 0);
    for (int32_t frame = 0; frame < 10; frame++) {
        scene_look(&scene, &boxes, frame / 10.0);
        if (frame > 0) assert_int_equal(psb_boxes_append(&boxes, (psb_box){262, 203, 342, 402}, 0.8F), PSB_OK);
        step(frame / 10.0);
        assert_int_equal(tracks->count, 1);
    }
}

/* A person found again within max_lost_s has the old name; later, a new one. */
static void who_returns_in_time_keeps_the_name(void **state)
{
    (void)state;
    for (int32_t hidden = 5; hidden <= 30; hidden += 25) { /* tenths of a second */
        walkers scene;
        psb_tracker_reset(tracker);
        scene_init(&scene, 1);
        scene_add(&scene, 100, 300, 200, 60);
        int64_t id = 0;
        for (int32_t frame = 0; frame < 20 + hidden + 5; frame++) {
            scene_look(&scene, &boxes, frame / 10.0);
            if (frame >= 20 && frame < 20 + hidden) boxes.count = 0;
            step(frame / 10.0);
            if (frame == 10) id = tracks->id[0];
        }
        assert_int_equal(tracks->count, 1);
        assert_int_equal(tracks->state[0], PSB_TRACK_CONFIRMED);
        assert_true((tracks->id[0] == id) == (hidden == 5));
    }
}

/* Steps until the first person (row 0), seen for seen_frames, is no longer reported as there; another stands in front
 * of them where is_covered. */
static int32_t steps_believed(int32_t seen_frames, bool is_covered)
{
    walkers scene, other;
    psb_tracker_reset(tracker);
    scene_init(&scene, 1);
    scene_add(&scene, 300, 300, 200, 0);
    scene_add(&scene, is_covered ? 310 : 900, 380, 400, 0);
    other = scene;
    other.people = 1;
    other.x_px[0] = scene.x_px[1];
    other.y_px[0] = scene.y_px[1];
    other.height_px[0] = 400;
    int64_t id = 0;
    for (int32_t frame = 0; frame < seen_frames + 90; frame++) {
        scene_look(frame < seen_frames ? &scene : &other, &boxes, frame / 30.0);
        step(frame / 30.0);
        int32_t row_i = scene_track_of(tracks, 0);
        if (frame == 0) id = tracks->id[row_i];
        for (row_i = 0; row_i < tracks->count && tracks->id[row_i] != id;) row_i++;
        if (frame < seen_frames) continue;
        assert_true(row_i < tracks->count && tracks->detection_i[row_i] == -1);
        if (tracks->state[row_i] == PSB_TRACK_COASTING) return frame - seen_frames;
        assert_int_equal(tracks->state[row_i], PSB_TRACK_CONFIRMED);
    }
    fail_msg("believed for ever");
    return 0;
}

/* Who was seen long is believed to be there for some moments unseen, who was hardly seen for none; behind somebody
 * longer, because there nobody could be seen. */
static void a_missed_box_is_no_absence(void **state)
{
    (void)state;
    const int32_t young = steps_believed(3, false), known = steps_believed(30, false), old = steps_believed(300, false);
    assert_true(young <= 1 && known > young && old > known && old < 30);
    assert_true(steps_believed(30, true) > 2 * known);
}

/* In how many of the last 100 of 600 steps a lamp post is reported that scores two thirds of a person, once as much;
 * two people walk by, and the detector sees such things at ever new places, too. */
static int32_t steps_with_post(double faith_least)
{
    psb_tracker_tuning tuning = psb_tracker_tuning_default;
    tuning.faith_least = faith_least;
    psb_tracker_destroy(&tracker);
    assert_int_equal(psb_tracker_create_tuned(&tracker, &tuning), PSB_OK);
    walkers scene;
    scene_init(&scene, 1);
    scene_add(&scene, 100, 300, 200, 20);
    scene_add(&scene, 900, 600, 220, -20);
    int32_t reported = 0;
    for (int32_t frame = 0; frame < 600; frame++) {
        scene_look(&scene, &boxes, frame / 30.0);
        const float score = frame < 3 ? 0.9F : 0.6F, x_px = (float)(100 + frame * 137 % 1000);
        assert_int_equal(psb_boxes_append(&boxes, (psb_box){500, 20, 540, 120}, score), PSB_OK);
        assert_int_equal(psb_boxes_append(&boxes, (psb_box){x_px, 800, x_px + 40, 900}, 0.6F), PSB_OK);
        assert_int_equal(psb_boxes_append(&boxes, (psb_box){x_px, 1000, x_px + 40, 1100}, 0.6F), PSB_OK);
        step(frame / 30.0);
        if (frame < 500) continue;
        const int32_t post = scene_track_of(tracks, 2);
        reported += post >= 0 && tracks->state[post] == PSB_TRACK_CONFIRMED;
        for (int32_t row_i = 0; row_i < 2; row_i++)
            assert_int_equal(tracks->state[scene_track_of(tracks, row_i)], PSB_TRACK_CONFIRMED);
    }
    return reported;
}

static void who_lives_on_clutters_boxes_is_not_believed(void **state)
{
    (void)state;
    assert_int_equal(steps_with_post(psb_tracker_tuning_default.faith_least), 0);
    assert_int_equal(steps_with_post(0), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_states_of_a_life, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lost_people_are_kept_for_seconds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tentative_tracks_go_soon, set_up, tear_down),
        cmocka_unit_test_setup_teardown(doubled_boxes_begin_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_returns_in_time_keeps_the_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_lives_on_clutters_boxes_is_not_believed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missed_box_is_no_absence, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
