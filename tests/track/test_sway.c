/* SPDX-License-Identifier: Apache-2.0
 *
 * The camera's movement: a jump that all share is followed, one person's run is not taken for it, and a pan keeps
 * identities where without it they slip to the neighbour.
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

/* A row of people close together, whom a shift of nearly their distance can confuse. Returns how many identities
 * the first twelve persons had in all. */
static int32_t identities_under_pan(const psb_tracker_tuning *tuning, double jump_px_per_frame)
{
    enum { PEOPLE = 12 };
    walkers scene;
    psb_boxes boxes = {0};
    psb_tracker *tracker = NULL;
    const psb_tracks *tracks = NULL;
    scene_init(&scene, 4);
    for (int32_t i = 0; i < PEOPLE; i++) scene_add(&scene, 100 + 45 * i + (i % 3) * 9, 200 + (i % 4) * 6, 100, 0);
    scene.jitter = 0.01;
    assert_int_equal(psb_tracker_create_tuned(&tracker, tuning), PSB_OK);
    int64_t highest = 0;
    for (int32_t frame = 0; frame < 80; frame++) {
        /* at rest for a while, then a hand that swings to and fro */
        const double shift = frame < 20 ? 0 : jump_px_per_frame * 4 * sin((frame - 20) / 4.0);
        scene_look(&scene, &boxes, 0);
        for (int32_t i = 0; i < boxes.count; i++) {
            boxes.x0_px[i] += (float)shift;
            boxes.x1_px[i] += (float)shift;
        }
        assert_int_equal(psb_tracker_step(tracker, &tracks, &boxes, frame / 10.0), PSB_OK);
        for (int32_t i = 0; i < tracks->count; i++) highest = tracks->id[i] > highest ? tracks->id[i] : highest;
        if (frame < 20) continue;
        for (int32_t i = 0; i < PEOPLE; i++) /* persons keep the order in which they were born */
            for (int32_t k = i + 1; k < PEOPLE; k++) {
                const int32_t a = scene_track_of(tracks, i), b = scene_track_of(tracks, k);
                assert_true(a != b || a < 0);
            }
    }
    psb_boxes_fini(&boxes);
    psb_tracker_destroy(&tracker);
    return (int32_t)highest;
}

static void a_swinging_camera_keeps_identities(void **state)
{
    (void)state;
    psb_tracker_tuning without = psb_tracker_tuning_default;
    without.sway_reach = 0;
    const int32_t with_sway = identities_under_pan(&psb_tracker_tuning_default, 35);
    const int32_t without_sway = identities_under_pan(&without, 35);
    assert_int_equal(with_sway, 12);
    assert_true(without_sway > 12);
}

/* All stand, one runs: nobody else's prediction may move. */
static void a_single_runner_is_no_sway(void **state)
{
    (void)state;
    walkers scene;
    psb_boxes boxes = {0};
    psb_tracker *tracker = NULL;
    const psb_tracks *tracks = NULL;
    scene_init(&scene, 5);
    for (int32_t i = 0; i < 6; i++) scene_add(&scene, 100 + 150 * i, 200, 100, 0);
    scene_add(&scene, 100, 450, 100, 300);
    scene.jitter = 0.02;
    assert_int_equal(psb_tracker_create_tuned(&tracker, NULL), PSB_OK);
    for (int32_t frame = 0; frame < 30; frame++) {
        scene_look(&scene, &boxes, frame / 10.0);
        assert_int_equal(psb_tracker_step(tracker, &tracks, &boxes, frame / 10.0), PSB_OK);
        assert_true(tracker->sway.x_px_s == 0 && tracker->sway.y_px_s == 0);
    }
    psb_boxes_fini(&boxes);
    psb_tracker_destroy(&tracker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_swinging_camera_keeps_identities),
        cmocka_unit_test(a_single_runner_is_no_sway),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
