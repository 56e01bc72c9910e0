/* SPDX-License-Identifier: Apache-2.0
 *
 * Who was seen at both looks is drawn on the way; who was seen at one, or only predicted at one, is not.
 */
#include "camera/between.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "geometry/boxes.h"

static void put(psb_tracks *to, int64_t id, float x0_px, int32_t detection_i)
{
    assert_int_equal(psb_tracks_reserve(to, to->count + 1), PSB_OK);
    const int32_t i = to->count++;
    to->id[i] = id;
    to->x0_px[i] = x0_px;
    to->y0_px[i] = 2 * x0_px;
    to->x1_px[i] = x0_px + 10;
    to->y1_px[i] = 2 * x0_px + 30;
    to->score[i] = 0.5f;
    to->state[i] = PSB_TRACK_CONFIRMED;
    to->detection_i[i] = detection_i;
    to->unseen_s[i] = 0;
}

static void only_who_was_seen_twice(void **state)
{
    (void)state;
    psb_tracks before = {0}, after = {0}, between = {0};
    put(&before, 2, 100, 0);
    put(&before, 3, 200, 1);
    put(&before, 5, 300, -1); /* only predicted */
    put(&before, 7, 400, 2);
    put(&before, 9, 500, 3); /* seen no more */
    put(&after, 1, 0, 0);
    put(&after, 3, 240, 1);
    put(&after, 5, 300, 2);
    put(&after, 7, 400, -1);
    put(&after, 8, 400, 3);
    assert_int_equal(
        psb_tracks_between(&between, (psb_timed_tracks){&before, 10}, (psb_timed_tracks){&after, 10.4}, 10.1), PSB_OK);
    assert_int_equal(between.count, 1);
    assert_int_equal(between.id[0], 3);
    const psb_box box = psb_tracks_at(&between, 0);
    assert_float_equal(box.x0_px, 210, 0.01);
    assert_float_equal(box.y0_px, 420, 0.01);
    assert_float_equal(box.x1_px, 220, 0.01);
    assert_float_equal(box.y1_px, 450, 0.01);
    assert_int_equal(between.detection_i[0], -1);
    assert_int_equal(between.state[0], PSB_TRACK_CONFIRMED);
    assert_float_equal(between.unseen_s[0], 0.1, 1e-5);

    after.count = 0; /* nobody left: the memory is used again, and nothing of before stays */
    assert_int_equal(psb_tracks_between(&between, (psb_timed_tracks){&before, 0}, (psb_timed_tracks){&after, 1}, 0.5),
                     PSB_OK);
    assert_int_equal(between.count, 0);
    psb_tracks_fini(&before);
    psb_tracks_fini(&after);
    psb_tracks_fini(&between);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_who_was_seen_twice)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
