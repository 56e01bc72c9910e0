/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is which box: crossings, weak boxes only for believed tracks, and which of two tracks keeps the only box.
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

/* Two walk through each other at every usual frame rate; for a moment both boxes are nearly one. */
static void people_who_cross_keep_their_names(void **state)
{
    (void)state;
    static const double rates_fps[] = {5, 7, 10, 14, 25, 30, 60};
    for (size_t k = 0; k < sizeof(rates_fps) / sizeof(rates_fps[0]); k++) {
        walkers scene;
        int64_t left_id = 0, right_id = 0;
        scene_init(&scene, k);
        scene_add(&scene, 100, 300, 200, 150);
        scene_add(&scene, 700, 310, 205, -150);
        scene.jitter = 0.01;
        psb_tracker_reset(tracker);
        const int32_t frames = (int32_t)(4 * rates_fps[k]);
        for (int32_t frame = 0; frame < frames; frame++) {
            scene_look(&scene, &boxes, frame / rates_fps[k]);
            step(frame / rates_fps[k]);
            const int32_t left = scene_track_of(tracks, 0), right = scene_track_of(tracks, 1);
            assert_true(left >= 0 && right >= 0);
            if (frame == 0) left_id = tracks->id[left], right_id = tracks->id[right];
            if (tracks->id[left] != left_id || tracks->id[right] != right_id)
                fail_msg("%g frames/s: names changed in frame %d", rates_fps[k], (int)frame);
        }
    }
}

static void weak_boxes_feed_tracks_but_begin_none(void **state)
{
    (void)state;
    walkers scene;
    scene_init(&scene, 1);
    scene_add(&scene, 100, 300, 200, 50);
    for (int32_t frame = 0; frame < 30; frame++) {
        scene_look(&scene, &boxes, frame / 10.0);
        if (frame >= 5) boxes.score[0] = 0.55F; /* half hidden from here on */
        assert_int_equal(psb_boxes_append(&boxes, (psb_box){900, 300, 960, 450}, 0.55F), PSB_OK); /* a lamp post */
        step(frame / 10.0);
        assert_int_equal(tracks->count, 1);
        assert_int_equal(tracks->id[0], 1);
        assert_int_equal(tracks->detection_i[0], 0);
    }
}

static void boxes_below_the_least_score_are_nothing(void **state)
{
    (void)state;
    walkers scene;
    scene_init(&scene, 1);
    scene_add(&scene, 100, 300, 200, 0);
    for (int32_t frame = 0; frame < 5; frame++) {
        scene_look(&scene, &boxes, frame / 10.0);
        if (frame >= 3) boxes.score[0] = 0.05F;
        step(frame / 10.0);
        assert_int_equal(tracks->detection_i[0], frame >= 3 ? -1 : 0);
    }
}

/* Two tracks, one box that is seen of late by one of them: it stays with that one, frame after frame. */
static void the_only_box_does_not_change_hands(void **state)
{
    (void)state;
    walkers scene;
    scene_init(&scene, 2);
    scene_add(&scene, 300, 300, 200, 0);
    scene_add(&scene, 330, 302, 200, 0);
    scene.jitter = 0.02;
    int64_t kept_id = 0;
    for (int32_t frame = 0; frame < 40; frame++) {
        if (frame == 10) scene.jitter = 0.05;
        scene_look(&scene, &boxes, frame / 10.0);
        if (frame >= 10) boxes.count = 1; /* the second stands behind the first from now on */
        step(frame / 10.0);
        const int32_t track_i = scene_track_of(tracks, 0);
        assert_true(track_i >= 0);
        if (frame == 10) kept_id = tracks->id[track_i];
        if (frame > 10) assert_int_equal(tracks->id[track_i], kept_id);
    }
}

static void covers_are_found_in_both_directions(void **state)
{
    (void)state;
    walkers scene;
    scene_init(&scene, 3);
    scene_add(&scene, 300, 300, 200, 0);
    scene_add(&scene, 320, 310, 100, 0);
    scene_add(&scene, 900, 310, 100, 0);
    for (int32_t frame = 0; frame < 5; frame++) {
        scene_look(&scene, &boxes, frame / 10.0);
        step(frame / 10.0);
    }
    /* 40 x 100 within 80 x 200 */
    assert_true(fabs(tracker->targets[0].covered - 0.25) < 0.02);
    assert_true(fabs(tracker->targets[1].covered - 1) < 0.02);
    assert_true(tracker->targets[2].covered == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(people_who_cross_keep_their_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(weak_boxes_feed_tracks_but_begin_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(boxes_below_the_least_score_are_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_only_box_does_not_change_hands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(covers_are_found_in_both_directions, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
