/* SPDX-License-Identifier: Apache-2.0
 *
 * The chain with given boxes: frames come out once, in order, with what belongs to them; the delay line holds what it
 * should, in seconds and in bytes, and lets references go; every N; no pictures; refusals; no allocation once warm.
 */
#include "camera/camera.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "alloc_count.h"
#include "geometry/boxes.h"

enum { FPS = 10 };

/* A frame of 100 x 50 grey pixels that counts itself. */
static uint8_t grey[100 * 50];

static void released(void *user)
{
    (*(int *)user)--;
}

static psb_frame *frame_at(int number, int *alive)
{
    psb_frame *frame = NULL;
    const psb_image image = {
        .format = PSB_PIXEL_GREY, .width = 100, .height = 50, .plane = {grey}, .stride_bytes = {100}};
    assert_int_equal(psb_frame_wrap(&frame, &image, (double)number / FPS, 0, released, alive), PSB_OK);
    (*alive)++;
    return frame;
}

/* One person, walking; score by the caller. */
typedef struct one_box {
    psb_box box;
    float score;
    psb_boxes boxes;
} one_box;

static const psb_boxes *box_at(one_box *out, int number, float score)
{
    const float x = 100 + 8.0f * (float)number;
    out->box = (psb_box){x, 60, x + 40, 160};
    out->score = score;
    out->boxes =
        (psb_boxes){score != 0, 1, &out->box.x0_px, &out->box.y0_px, &out->box.x1_px, &out->box.y1_px, &out->score};
    return &out->boxes;
}

static psb_camera *camera_of(psb_camera_options options)
{
    psb_camera *camera = NULL;
    assert_int_equal(psb_camera_create(&camera, &options), PSB_OK);
    return camera;
}

static void frames_come_out_once_and_in_order(void **state)
{
    (void)state;
    int alive = 0, out_count = 0;
    psb_camera *camera = camera_of((psb_camera_options){.covers = true, .look_back_s = 1});
    psb_camera_result result;
    assert_false(psb_camera_next(camera, &result));
    for (int number = 1; number <= 50; number++) {
        one_box seen;
        psb_frame *frame = frame_at(number, &alive);
        assert_int_equal(psb_camera_step(camera, frame, box_at(&seen, number, 0.9f), number, (double)number / FPS),
                         PSB_OK);
        psb_frame_unref(&frame);
        while (psb_camera_next(camera, &result)) {
            assert_int_equal(result.number, ++out_count);
            assert_non_null(result.frame);
            assert_true(psb_frame_time_s(result.frame) == result.time_s);
            assert_int_equal(result.boxes->count, 1);
            assert_true(result.is_looked_at && !result.is_withheld);
            assert_true(result.boxes->x0_px[0] == 100 + 8.0f * (float)result.number);
            assert_true(result.covers->count >= 1);
        }
        assert_int_equal(out_count, number > 10 ? number - 10 : 0);
        assert_true(alive <= 12); /* a second of frames, and the one that was handed out */
    }
    assert_int_equal(psb_camera_flush(camera), PSB_OK);
    while (psb_camera_next(camera, &result)) assert_int_equal(result.number, ++out_count);
    assert_int_equal(out_count, 50);
    assert_false(psb_camera_next(camera, &result));
    assert_int_equal(psb_camera_track_count(camera), 1);
    assert_int_equal(psb_camera_stage_times(camera, PSB_STAGE_TRACK)->count, 50);
    assert_int_equal(psb_camera_stage_times(camera, PSB_STAGE_NETWORK)->count, 0);
    psb_camera_destroy(&camera);
    assert_null(camera);
    assert_int_equal(alive, 0);
}

/* Frames that were not asked for stay ready, and are released by destroy. */
static void what_is_not_asked_for_is_kept(void **state)
{
    (void)state;
    int alive = 0;
    psb_camera *camera = camera_of((psb_camera_options){.covers = true});
    psb_camera_result result;
    for (int number = 1; number <= 40; number++) {
        psb_frame *frame = frame_at(number, &alive);
        assert_int_equal(psb_camera_step(camera, frame, NULL, number, number), PSB_OK);
        psb_frame_unref(&frame);
    }
    assert_int_equal(alive, 40);
    for (int number = 1; number <= 20; number++) {
        assert_true(psb_camera_next(camera, &result));
        assert_int_equal(result.number, number);
    }
    assert_int_equal(psb_camera_flush(camera), PSB_OK);
    assert_int_equal(alive, 20);
    psb_camera_destroy(&camera);
    assert_int_equal(alive, 0);
}

static void a_late_detection_is_covered_by_the_look_back(void **state)
{
    (void)state;
    psb_camera *camera = camera_of((psb_camera_options){.covers = true, .look_back_s = 1});
    psb_camera_result result;
    int covered_from = 0;
    for (int number = 1; number <= 60; number++) {
        one_box seen;
        const psb_boxes *boxes = box_at(&seen, number, number >= 30 ? 0.9f : 0);
        assert_int_equal(psb_camera_step(camera, NULL, boxes, number, (double)number / FPS), PSB_OK);
        while (psb_camera_next(camera, &result)) {
            assert_null(result.frame);
            if (!covered_from && result.covers->count) covered_from = (int)result.number;
            if (covered_from) assert_true(result.covers->count > 0);
        }
    }
    assert_int_equal(covered_from, 20);
    psb_camera_destroy(&camera);
}

static void without_covers_there_is_no_delay(void **state)
{
    (void)state;
    psb_camera *camera = camera_of((psb_camera_options){.look_back_s = 5});
    psb_camera_result result;
    for (int number = 1; number <= 20; number++) {
        one_box seen;
        assert_int_equal(psb_camera_step(camera, NULL, box_at(&seen, number, 0.9f), number, (double)number / FPS),
                         PSB_OK);
        assert_true(psb_camera_next(camera, &result));
        assert_int_equal(result.number, number);
        assert_int_equal(result.covers->count, 0);
        assert_false(result.is_withheld);
        assert_false(psb_camera_next(camera, &result));
    }
    psb_camera_destroy(&camera);
}

static void the_bound_in_bytes_shortens_the_line(void **state)
{
    (void)state;
    char text[4096] = "";
    FILE *to = fmemopen(text, sizeof(text), "w");
    const psb_log log = {to, PSB_LOG_WARNING};
    int alive = 0, out_count = 0;
    psb_camera *camera = camera_of(
        (psb_camera_options){.covers = true, .look_back_s = 1, .look_back_bytes = 4 * 100 * 50 + 1, .log = &log});
    psb_camera_result result;
    for (int number = 1; number <= 30; number++) {
        psb_frame *frame = frame_at(number, &alive);
        one_box seen;
        assert_int_equal(psb_camera_step(camera, frame, box_at(&seen, number, 0.9f), number, (double)number / FPS),
                         PSB_OK);
        psb_frame_unref(&frame);
        while (psb_camera_next(camera, &result)) assert_int_equal(result.number, ++out_count);
        assert_int_equal(out_count, number > 4 ? number - 4 : 0);
        assert_true(alive <= 6);
    }
    psb_camera_destroy(&camera);
    fclose(to);
    const char *notice = strstr(text, "look-back shortened from 1.00 s to 0.40 s");
    assert_non_null(notice);
    assert_null(strstr(notice + 1, "look-back shortened")); /* said once */
}

static void every_nth_frame_is_looked_at_and_all_are_covered(void **state)
{
    (void)state;
    psb_camera *camera = camera_of((psb_camera_options){.covers = true, .look_back_s = 1, .every = 5});
    psb_camera_result result;
    int out_count = 0;
    for (int number = 1; number <= 80; number++) {
        one_box seen;
        if (number == 80)
            assert_int_equal(psb_camera_flush(camera), PSB_OK);
        else
            assert_int_equal(psb_camera_step(camera, NULL, box_at(&seen, number, 0.9f), number, (double)number / FPS),
                             PSB_OK);
        while (psb_camera_next(camera, &result)) {
            out_count++;
            assert_int_equal(result.is_looked_at, (result.number - 1) % 5 == 0);
            assert_int_equal(result.boxes->count, result.is_looked_at);
            if (!result.is_looked_at) assert_int_equal(result.tracks->count, 0);
            assert_false(result.is_withheld);
            assert_true(result.covers->count > 0);
        }
    }
    assert_int_equal(out_count, 79);
    psb_camera_destroy(&camera);
}

/* Drawn is everybody in every frame between two looks, on the way; nobody after the last. */
static void between_looks_people_are_drawn(void **state)
{
    (void)state;
    int alive = 0, drawn_count = 0;
    psb_camera *camera = camera_of((psb_camera_options){.covers = true, .look_back_s = 1, .every = 5});
    psb_camera_result result;
    for (int number = 1; number <= 80; number++) {
        one_box seen;
        psb_frame *frame = frame_at(number, &alive);
        assert_int_equal(psb_camera_step(camera, frame, box_at(&seen, number, 0.9f), number, (double)number / FPS),
                         PSB_OK);
        psb_frame_unref(&frame);
        if (number == 80) assert_int_equal(psb_camera_flush(camera), PSB_OK);
        while (psb_camera_next(camera, &result)) {
            assert_int_equal(result.drawn->count, result.number <= 76);
            if (result.number > 76) continue;
            box_at(&seen, (int)result.number, 0.9f);
            assert_float_equal(result.drawn->x0_px[0], seen.box.x0_px, 4);
            assert_float_equal(result.drawn->y1_px[0], seen.box.y1_px, 4);
            drawn_count++;
        }
    }
    assert_int_equal(drawn_count, 76);
    psb_camera_destroy(&camera);
    assert_int_equal(alive, 0);
}

/* A fast camera of small pictures: the bound in bytes is far, that in frames is reached. */
static void the_bound_in_frames_shortens_the_line(void **state)
{
    (void)state;
    int out_count = 0;
    psb_camera *camera = camera_of((psb_camera_options){.covers = true, .look_back_s = 60});
    psb_camera_result result;
    for (int number = 1; number <= PSB_CAMERA_HELD_FRAMES + 10; number++) {
        one_box seen;
        assert_int_equal(psb_camera_step(camera, NULL, box_at(&seen, number, 0), number, (double)number / 1000),
                         PSB_OK);
        while (psb_camera_next(camera, &result)) assert_int_equal(result.number, ++out_count);
    }
    assert_int_equal(out_count, 10);
    psb_camera_destroy(&camera);
}

static void frames_nobody_looks_at_are_withheld(void **state)
{
    (void)state;
    psb_camera *camera = camera_of((psb_camera_options){.covers = true, .look_back_s = 0.5});
    psb_camera_result result;
    for (int number = 1; number <= 20; number++) {
        assert_int_equal(psb_camera_step(camera, NULL, NULL, number, (double)number / FPS), PSB_OK);
        while (psb_camera_next(camera, &result)) assert_true(result.is_withheld && !result.is_looked_at);
    }
    psb_camera_destroy(&camera);
}

/* Boxes below min_score are not reported, but covered: they are somebody's. */
static void min_score_parts_reported_from_covered(void **state)
{
    (void)state;
    psb_camera *camera = camera_of((psb_camera_options){.covers = true, .min_score = 0.5f});
    psb_camera_result result;
    one_box seen;
    assert_int_equal(psb_camera_step(camera, NULL, box_at(&seen, 1, 0.3f), 1, 0.1), PSB_OK);
    assert_true(psb_camera_next(camera, &result));
    assert_int_equal(result.boxes->count, 0);
    assert_int_equal(result.covers->count, 1);
    assert_int_equal(psb_camera_step(camera, NULL, box_at(&seen, 2, 0.7f), 2, 0.2), PSB_OK);
    assert_true(psb_camera_next(camera, &result));
    assert_int_equal(result.boxes->count, 1);
    psb_camera_destroy(&camera);

    camera = camera_of((psb_camera_options){.covers = true}); /* by default every given box counts, of any score */
    assert_int_equal(psb_camera_step(camera, NULL, box_at(&seen, 1, -2), 1, 0.1), PSB_OK);
    assert_true(psb_camera_next(camera, &result));
    assert_int_equal(result.boxes->count, 1);
    assert_int_equal(result.covers->count, 1);
    psb_camera_destroy(&camera);
}

static void wrong_order_and_boxes_are_refused(void **state)
{
    (void)state;
    psb_camera *camera = camera_of((psb_camera_options){.covers = true});
    psb_camera_result result;
    one_box seen;
    assert_int_equal(psb_camera_step(camera, NULL, NULL, 0, 0), PSB_BAD_INPUT);
    assert_int_equal(psb_camera_step(camera, NULL, NULL, 1, NAN), PSB_BAD_INPUT);
    assert_int_equal(psb_camera_step(camera, NULL, NULL, 7, 1), PSB_OK);
    assert_int_equal(psb_camera_step(camera, NULL, NULL, 7, 2), PSB_BAD_INPUT);
    assert_int_equal(psb_camera_step(camera, NULL, NULL, 8, 1), PSB_BAD_INPUT);
    box_at(&seen, 8, 0.9f);
    seen.box.x1_px = NAN;
    assert_int_equal(psb_camera_step(camera, NULL, &seen.boxes, 8, 2), PSB_BAD_INPUT);
    assert_int_equal(psb_camera_step(camera, NULL, box_at(&seen, 9, 0.9f), 9, 3), PSB_OK);
    assert_true(psb_camera_next(camera, &result));
    assert_int_equal(result.number, 7);
    assert_true(psb_camera_next(camera, &result));
    assert_int_equal(result.number, 9); /* what was refused is not held */
    assert_false(psb_camera_next(camera, &result));
    psb_camera_destroy(&camera);
}

static void nothing_is_allocated_once_warm(void **state)
{
    (void)state;
    psb_camera *camera = camera_of((psb_camera_options){.covers = true, .look_back_s = 1, .every = 2});
    psb_camera_result result;
    for (int number = 1; number <= 600; number++) {
        one_box seen;
        const psb_boxes *boxes = box_at(&seen, number, number % 23 ? 0.9f : 0);
        assert_int_equal(psb_camera_step(camera, NULL, boxes, number, (double)number / FPS), PSB_OK);
        while (psb_camera_next(camera, &result)) assert_false(result.is_withheld);
        if (number == 100) alloc_count_reset();
    }
    assert_int_equal(alloc_count_now(), 0);
    psb_camera_destroy(&camera);
}

/* The n-th allocation fails: create or step says so, or the frame is withheld; no reference is lost. */
static void failing_memory_is_reported(void **state)
{
    (void)state;
    for (int64_t n = 1;; n++) {
        int alive = 0;
        psb_camera *camera = NULL;
        psb_camera_result result;
        bool was_withheld = false;
        psb_frame *frames[20];
        for (int i = 0; i < 20; i++) frames[i] = frame_at(i + 1, &alive);
        alloc_count_fail_at(n);
        psb_status status = psb_camera_create(&camera, &(psb_camera_options){.covers = true, .look_back_s = 1});
        for (int i = 0; !status && i < 20; i++) {
            one_box seen;
            status = psb_camera_step(camera, frames[i], box_at(&seen, i + 1, 0.9f), i + 1, (double)(i + 1) / FPS);
            while (!status && psb_camera_next(camera, &result)) {
                was_withheld = was_withheld || result.is_withheld;
                assert_true(result.is_withheld || result.covers->count > 0);
            }
        }
        const bool has_failed = alloc_count_has_failed();
        alloc_count_reset();
        assert_int_equal(has_failed, status == PSB_NO_MEMORY || was_withheld);
        for (int i = 0; i < 20; i++) psb_frame_unref(&frames[i]);
        psb_camera_destroy(&camera);
        assert_int_equal(alive, 0);
        if (!has_failed) break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_out_once_and_in_order),
        cmocka_unit_test(what_is_not_asked_for_is_kept),
        cmocka_unit_test(a_late_detection_is_covered_by_the_look_back),
        cmocka_unit_test(without_covers_there_is_no_delay),
        cmocka_unit_test(the_bound_in_bytes_shortens_the_line),
        cmocka_unit_test(every_nth_frame_is_looked_at_and_all_are_covered),
        cmocka_unit_test(between_looks_people_are_drawn),
        cmocka_unit_test(the_bound_in_frames_shortens_the_line),
        cmocka_unit_test(frames_nobody_looks_at_are_withheld),
        cmocka_unit_test(min_score_parts_reported_from_covered),
        cmocka_unit_test(wrong_order_and_boxes_are_refused),
        cmocka_unit_test(nothing_is_allocated_once_warm),
        cmocka_unit_test(failing_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
