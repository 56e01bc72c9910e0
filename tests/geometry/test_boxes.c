/* SPDX-License-Identifier: Apache-2.0
 *
 * Columns: rows survive growth, columns are aligned and apart, bounds are refused, fini leaves zero.
 */
#include "geometry/boxes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static psb_box box_number(int32_t i)
{
    const float at = (float)i;
    return (psb_box){at, at + 0.25F, at + 1, at + 2};
}

static void rows_survive_growth(void **state)
{
    (void)state;
    psb_boxes boxes;
    assert_int_equal(psb_boxes_init(&boxes, 0), PSB_OK);
    for (int32_t i = 0; i < 1000; i++)
        assert_int_equal(psb_boxes_append(&boxes, box_number(i), (float)i / 1000), PSB_OK);
    assert_int_equal(boxes.count, 1000);
    assert_true(boxes.capacity >= 1000);
    for (int32_t i = 0; i < 1000; i++) {
        const psb_box expected = box_number(i), found = psb_boxes_at(&boxes, i);
        assert_memory_equal(&found, &expected, sizeof(found));
        assert_true(boxes.score[i] == (float)i / 1000);
    }
    psb_boxes_fini(&boxes);
    assert_null(boxes.x0_px);
    assert_int_equal(boxes.count, 0);
    psb_boxes_fini(&boxes); /* all zero is accepted */
}

/* Every column written to its last row, then read: columns that overlap would show. */
static void columns_are_apart(void **state)
{
    (void)state;
    for (int32_t capacity = 1; capacity < 70; capacity++) {
        psb_tracks tracks;
        assert_int_equal(psb_tracks_init(&tracks, capacity), PSB_OK);
        tracks.count = tracks.capacity;
        for (int32_t i = 0; i < tracks.count; i++) {
            tracks.id[i] = i;
            tracks.x0_px[i] = (float)i;
            tracks.y0_px[i] = (float)i + 100;
            tracks.x1_px[i] = (float)i + 200;
            tracks.y1_px[i] = (float)i + 300;
            tracks.score[i] = (float)i + 400;
            tracks.state[i] = (uint8_t)i;
            tracks.detection_i[i] = -i;
            tracks.unseen_s[i] = (float)i + 500;
        }
        assert_int_equal(psb_tracks_reserve(&tracks, 3 * capacity), PSB_OK);
        for (int32_t i = 0; i < tracks.count; i++) {
            assert_int_equal(tracks.id[i], i);
            assert_true(tracks.x0_px[i] == (float)i && tracks.y0_px[i] == (float)i + 100);
            assert_true(tracks.x1_px[i] == (float)i + 200 && tracks.y1_px[i] == (float)i + 300);
            assert_true(tracks.score[i] == (float)i + 400 && tracks.unseen_s[i] == (float)i + 500);
            assert_int_equal(tracks.state[i], i);
            assert_int_equal(tracks.detection_i[i], -i);
        }
        const void *const columns[] = {tracks.id,    tracks.x0_px, tracks.y0_px,       tracks.x1_px,   tracks.y1_px,
                                       tracks.score, tracks.state, tracks.detection_i, tracks.unseen_s};
        for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
            assert_int_equal((uintptr_t)columns[i] % 64, 0);
        psb_tracks_fini(&tracks);
    }
}

static void copies_hold_the_same_rows_and_no_more(void **state)
{
    (void)state;
    psb_boxes from = {0}, to = {0};
    for (int32_t i = 0; i < 5; i++) assert_int_equal(psb_boxes_append(&from, box_number(i), 0.5F), PSB_OK);
    for (int32_t i = 0; i < 9; i++) assert_int_equal(psb_boxes_append(&to, box_number(50), 0.1F), PSB_OK);
    assert_int_equal(psb_boxes_copy(&to, &from), PSB_OK);
    assert_int_equal(to.count, 5);
    assert_memory_equal(to.y1_px, from.y1_px, 5 * sizeof(float));
    assert_int_equal(psb_boxes_copy(&to, &to), PSB_OK);
    assert_int_equal(to.count, 5);
    from.count = 0;
    assert_int_equal(psb_boxes_copy(&to, &from), PSB_OK);
    assert_int_equal(to.count, 0);
    psb_boxes_fini(&from);
    psb_boxes_fini(&to);

    psb_tracks one = {0}, other = {0};
    assert_int_equal(psb_tracks_init(&one, 2), PSB_OK);
    one.count = 2;
    memset(one.state, PSB_TRACK_COASTING, 2);
    one.id[1] = INT64_MAX;
    assert_int_equal(psb_tracks_copy(&other, &one), PSB_OK);
    assert_int_equal(other.count, 2);
    assert_true(other.id[1] == INT64_MAX && other.state[0] == PSB_TRACK_COASTING);
    psb_tracks_fini(&one);
    psb_tracks_fini(&other);
}

static void capacities_out_of_range_are_refused(void **state)
{
    (void)state;
    psb_boxes boxes;
    psb_tracks tracks;
    assert_int_equal(psb_boxes_init(&boxes, -1), PSB_BAD_INPUT);
    assert_null(boxes.x0_px);
    assert_int_equal(psb_boxes_init(&boxes, PSB_BOXES_MAX + 1), PSB_BAD_INPUT);
    assert_int_equal(psb_tracks_init(&tracks, -5), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "-5"));
}

static void a_valid_box_is_finite_and_not_empty(void **state)
{
    (void)state;
    assert_true(psb_box_is_valid((psb_box){-5, -5, 0, 0}));
    assert_false(psb_box_is_valid((psb_box){0, 0, 0, 1}));
    assert_false(psb_box_is_valid((psb_box){0, 2, 1, 1}));
    assert_false(psb_box_is_valid((psb_box){0, 0, INFINITY, 1}));
    assert_false(psb_box_is_valid((psb_box){NAN, 0, 1, 1}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_survive_growth),
        cmocka_unit_test(columns_are_apart),
        cmocka_unit_test(copies_hold_the_same_rows_and_no_more),
        cmocka_unit_test(capacities_out_of_range_are_refused),
        cmocka_unit_test(a_valid_box_is_finite_and_not_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
