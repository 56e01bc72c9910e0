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

typedef struct occlusion {
    int32_t known_frames, hidden_frames;
    float beside_px, shift_px;
} occlusion;

/* One stands (row 0), another beside (row 1) is gone for a while and comes back shifted. The identity behind. */
static int64_t identity_behind(float margin, occlusion o)
{
    psb_tracker_options options;
    psb_tracker *tracker = NULL;
    const psb_tracks *tracks = NULL;
    psb_boxes boxes = {0};
    psb_tracker_options_init(&options);
    options.doubt_margin = margin;
    assert_int_equal(psb_tracker_create(&tracker, &options), PSB_OK);
    int64_t id = 0, highest = 0;
    for (int32_t frame = 0; frame < o.known_frames + o.hidden_frames + 12; frame++) {
        const bool is_hidden = frame >= o.known_frames && frame < o.known_frames + o.hidden_frames;
        const float x = 100 + o.beside_px + (frame >= o.known_frames ? o.shift_px : 0);
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

static const occlusion short_and_straight = {20, 8, 24, 0}, short_and_shifted = {20, 8, 24, 16};

static void who_comes_out_elsewhere_is_somebody_new(void **state)
{
    (void)state;
    assert_int_equal(identity_behind(1, short_and_shifted), 3);
    assert_int_equal(identity_behind(-1, short_and_shifted), 2);
}

static void who_comes_out_as_expected_keeps_the_name(void **state)
{
    (void)state;
    assert_int_equal(identity_behind(0, short_and_straight), 2);
}

static void a_margin_of_one_doubts_each_occlusion(void **state)
{
    (void)state;
    assert_int_equal(identity_behind(1, short_and_straight), 3);
}

static void a_gap_without_cover_is_no_doubt(void **state)
{
    (void)state;
    assert_int_equal(identity_behind(1, (occlusion){20, 8, 300, 16}), 2);
}

/* The least margin, in hundredths, at which the name is lost. */
static int32_t least_doubt(occlusion o)
{
    int32_t margin = 1;
    while (margin < 100 && identity_behind((float)margin / 100, o) == 2) margin++;
    return margin;
}

static void a_longer_absence_is_more_doubt(void **state)
{
    (void)state;
    assert_true(least_doubt((occlusion){20, 30, 24, 0}) < least_doubt(short_and_straight));
}

static void who_was_known_longer_is_doubted_less(void **state)
{
    (void)state;
    assert_true(least_doubt((occlusion){200, 8, 24, 16}) > least_doubt(short_and_shifted));
}

static void a_smaller_lead_is_more_doubt(void **state)
{
    (void)state;
    assert_true(least_doubt(short_and_shifted) < least_doubt(short_and_straight));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_comes_out_elsewhere_is_somebody_new),
        cmocka_unit_test(who_comes_out_as_expected_keeps_the_name),
        cmocka_unit_test(a_margin_of_one_doubts_each_occlusion),
        cmocka_unit_test(a_gap_without_cover_is_no_doubt),
        cmocka_unit_test(a_longer_absence_is_more_doubt),
        cmocka_unit_test(who_was_known_longer_is_doubted_less),
        cmocka_unit_test(a_smaller_lead_is_more_doubt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
