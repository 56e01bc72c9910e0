/* SPDX-License-Identifier: Apache-2.0
 *
 * Doubt: who vanishes behind somebody and comes out elsewhere than expected is a new identity, unless the margin is 0;
 * who comes out as expected, or was never covered, keeps the old one. Identities are never reused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "geometry/boxes.h"
#include "track/tracker_int.h"

/* One stands (row 0), another beside (row 1) is gone for eight frames and comes back shifted. The identity behind. */
static int64_t identity_behind(float margin, float beside_px, float shift_px)
{
    psb_tracker_options options;
    psb_tracker *tracker = NULL;
    const psb_tracks *tracks = NULL;
    psb_boxes boxes = {0};
    psb_tracker_options_init(&options);
    options.doubt_margin = margin;
    assert_int_equal(psb_tracker_create(&tracker, &options), PSB_OK);
    int64_t id = 0, highest = 0;
    for (int32_t frame = 0; frame < 40; frame++) {
        const bool is_hidden = frame >= 20 && frame < 28;
        const float x = 100 + beside_px + (frame >= 28 ? shift_px : 0);
        boxes.count = 0;
        assert_int_equal(psb_boxes_append(&boxes, (psb_box){100, 100, 140, 200}, 0.9F), PSB_OK);
        if (!is_hidden) assert_int_equal(psb_boxes_append(&boxes, (psb_box){x, 98, x + 40, 198}, 0.9F), PSB_OK);
        assert_int_equal(psb_tracker_step(tracker, &tracks, &boxes, frame / 25.0), PSB_OK);
        for (int32_t i = 0; i < tracks->count; i++) {
            if (i > 0) assert_true(tracks->id[i] > tracks->id[i - 1]);
            if (tracks->detection_i[i] == 1) id = tracks->id[i];
            if (tracks->id[i] > highest) highest = tracks->id[i];
        }
    }
    assert_true(highest >= id);
    psb_tracker_destroy(&tracker);
    psb_boxes_fini(&boxes);
    return id;
}

static void who_comes_out_elsewhere_is_somebody_new(void **state)
{
    (void)state;
    assert_int_equal(identity_behind(1, 24, 16), 3);
    assert_int_equal(identity_behind(-1, 24, 16), 2);
}

static void who_comes_out_as_expected_keeps_the_name(void **state)
{
    (void)state;
    assert_int_equal(identity_behind(0, 24, 0), 2);
}

static void a_gap_without_cover_is_no_doubt(void **state)
{
    (void)state;
    assert_int_equal(identity_behind(1, 300, 16), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_comes_out_elsewhere_is_somebody_new),
        cmocka_unit_test(who_comes_out_as_expected_keeps_the_name),
        cmocka_unit_test(a_gap_without_cover_is_no_doubt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
