/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking ahead: gaps are filled on the line, early boxes of a believed track return, tentative ones alone go, two
 * tracks of one walk become one, and a straight walk with jitter is straighter afterwards.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "geometry/boxes.h"
#include "track/offline.h"

typedef struct scene {
    psb_offline offline;
    psb_tracks tracks;
    bool knows_motion;
    psb_camera_motion motion; /* since the look before */
} scene;

/* One look at one walker, 100 px high, 100 px/s to the right. */
static void look(scene *s, int32_t frame, int64_t id, uint8_t state, double jitter_px)
{
    const float x = (float)(100 + 4 * frame + jitter_px);
    s->tracks.count = 0;
    assert_int_equal(psb_tracks_reserve(&s->tracks, 1), PSB_OK);
    if (id) {
        s->tracks.count = 1;
        s->tracks.id[0] = id;
        s->tracks.x0_px[0] = x;
        s->tracks.y0_px[0] = 50;
        s->tracks.x1_px[0] = x + 40;
        s->tracks.y1_px[0] = 150;
        s->tracks.score[0] = 0.9F;
        s->tracks.state[0] = state;
        s->tracks.detection_i[0] = state == PSB_TRACK_COASTING ? -1 : 0;
    }
    assert_int_equal(psb_offline_add(&s->offline, &s->tracks, s->knows_motion ? &s->motion : NULL, frame, frame / 25.0),
                     PSB_OK);
}

static void fini(scene *s)
{
    psb_offline_fini(&s->offline);
    psb_tracks_fini(&s->tracks);
}

static void a_gap_is_filled_on_the_line_and_early_boxes_return(void **state)
{
    (void)state;
    scene s = {0};
    for (int32_t frame = 1; frame <= 30; frame++)
        look(&s, frame, frame >= 10 && frame < 18 ? 0 : 7, frame < 3 ? PSB_TRACK_TENTATIVE : PSB_TRACK_CONFIRMED, 0);
    assert_int_equal(psb_offline_finish(&s.offline), PSB_OK);
    assert_int_equal(s.offline.count, 30);
    for (int32_t i = 0; i < 30; i++) {
        const psb_sighting one = s.offline.sightings[i];
        assert_int_equal(one.look_i, i);
        assert_int_equal(one.id, 7);
        assert_int_equal(one.is_filled, i + 1 >= 10 && i + 1 < 18);
        assert_true(fabs(one.box.x0_px - (100 + 4 * (i + 1))) < 1e-3);
    }
    fini(&s);
}

static void two_tracks_of_one_walk_become_one(void **state)
{
    (void)state;
    scene s = {0};
    for (int32_t frame = 1; frame <= 60; frame++)
        look(&s, frame, frame < 20 ? 1 : frame < 40 ? 0 : 2, PSB_TRACK_CONFIRMED, 0);
    assert_int_equal(psb_offline_finish(&s.offline), PSB_OK);
    assert_int_equal(s.offline.count, 60);
    for (int64_t i = 0; i < 60; i++) assert_int_equal(s.offline.sightings[i].id, 1);
    fini(&s);
}

static void another_walk_is_not_linked_and_the_never_believed_go(void **state)
{
    (void)state;
    scene s = {0};
    for (int32_t frame = 1; frame <= 60; frame++)
        look(&s, frame, frame < 20 ? 1 : frame < 40 ? 0 : 2, PSB_TRACK_CONFIRMED, frame >= 40 ? 150 : 0);
    for (int32_t frame = 61; frame <= 64; frame++) look(&s, frame, 3, PSB_TRACK_TENTATIVE, 0);
    assert_int_equal(psb_offline_finish(&s.offline), PSB_OK);
    assert_int_equal(s.offline.count, 19 + 21);
    assert_int_equal(s.offline.sightings[39].id, 2);
    fini(&s);
}

static void jitter_is_smoothed(void **state)
{
    (void)state;
    scene s = {0};
    for (int32_t frame = 1; frame <= 60; frame++) look(&s, frame, 1, PSB_TRACK_CONFIRMED, frame % 2 ? 3 : -3);
    assert_int_equal(psb_offline_finish(&s.offline), PSB_OK);
    for (int64_t i = 5; i < 55; i++)
        assert_true(fabs(s.offline.sightings[i].box.x0_px - (100 + 4.0 * (double)(i + 1))) < 1);
    fini(&s);
}

/* The walker of look() in a hand that jumps by up to 60 px from look to look: the way is known where the motion is. */
static void shake(scene *s, int32_t from, int32_t end, int64_t id, bool is_known)
{
    for (int32_t frame = from; frame < end; frame++) {
        const double before_px = (frame - 1) * 37 % 61, now_px = frame * 37 % 61;
        s->knows_motion = is_known;
        s->motion = (psb_camera_motion){1, 0, now_px - before_px, 0};
        look(s, frame, id, PSB_TRACK_CONFIRMED, now_px);
    }
}

/* The farthest that a filled box is off the walker's place. */
static double worst_filled_px(bool is_known)
{
    scene s = {0};
    shake(&s, 1, 30, 1, is_known);
    shake(&s, 30, 40, 0, is_known);
    shake(&s, 40, 70, 1, is_known);
    assert_int_equal(psb_offline_finish(&s.offline), PSB_OK);
    assert_int_equal(s.offline.count, 69);
    double worst_px = 0;
    for (int32_t i = 0; i < 69; i++) {
        const int32_t frame = i + 1;
        const double off_px = s.offline.sightings[i].box.x0_px - (100 + 4.0 * frame + frame * 37 % 61);
        if (s.offline.sightings[i].is_filled && fabs(off_px) > worst_px) worst_px = fabs(off_px);
    }
    fini(&s);
    return worst_px;
}

static void a_moving_hand_is_taken_out(void **state)
{
    (void)state;
    assert_true(worst_filled_px(true) < 1e-3);
    assert_true(worst_filled_px(false) > 20);
    scene s = {0};
    shake(&s, 1, 20, 1, true);
    shake(&s, 20, 40, 0, true);
    shake(&s, 40, 60, 2, true);
    assert_int_equal(psb_offline_finish(&s.offline), PSB_OK);
    assert_int_equal(s.offline.count, 59);
    for (int64_t i = 0; i < 59; i++) assert_int_equal(s.offline.sightings[i].id, 1);
    fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gap_is_filled_on_the_line_and_early_boxes_return),
        cmocka_unit_test(two_tracks_of_one_walk_become_one),
        cmocka_unit_test(another_walk_is_not_linked_and_the_never_believed_go),
        cmocka_unit_test(jitter_is_smoothed),
        cmocka_unit_test(a_moving_hand_is_taken_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
