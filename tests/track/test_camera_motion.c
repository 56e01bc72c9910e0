/* SPDX-License-Identifier: Apache-2.0
 *
 * The camera's motion from pictures of a textured wall: shifts, turns and zooms are found to parts of a pixel, alike on
 * every CPU path; a fixed camera is only watched and wakes in the picture in which it moves; trams, crowds, the dark,
 * noise and lamps are not taken for motion; nothing is allocated once warm.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "alloc_count.h"
#include "base/cpu.h"
#include "geometry/boxes.h"
#include "picture.h"
#include "track/camera_motion.h"

enum { WIDTH = 640, HEIGHT = 480, FPS = 10 };

static psb_motion_finder *finder_with(uint32_t cpu_flags)
{
    psb_motion_finder *finder = NULL;
    assert_int_equal(psb_motion_finder_create_with(&finder, NULL, cpu_flags), PSB_OK);
    return finder;
}

static psb_motion_finder *new_finder(void)
{
    return finder_with(psb_cpu_detect());
}

/* Takes the frame. Returns whether the motion is known. */
static bool step(psb_motion_finder *finder, psb_camera_motion *out, psb_frame *frame)
{
    bool is_known = false;
    assert_int_equal(psb_motion_finder_step(finder, out, &is_known, frame), PSB_OK);
    psb_frame_unref(&frame);
    return is_known;
}

static bool step_view(psb_motion_finder *finder, psb_camera_motion *out, wall_view *view, int32_t number)
{
    return step(finder, out, wall_view_look(view, (double)number / FPS));
}

static double error_px(const psb_camera_motion *a, const psb_camera_motion *b)
{
    double most = 0;
    for (int32_t corner = 0; corner < 4; corner++) {
        const double x = corner % 2 ? WIDTH : 0, y = corner / 2 ? HEIGHT : 0;
        most = fmax(most, hypot((a->along - b->along) * x - (a->across - b->across) * y + a->x_px - b->x_px,
                                (a->across - b->across) * x + (a->along - b->along) * y + a->y_px - b->y_px));
    }
    return most;
}

static double middle_error_px(const psb_camera_motion *a, const psb_camera_motion *b)
{
    const double x = 0.5 * WIDTH, y = 0.5 * HEIGHT;
    return hypot((a->along - b->along) * x - (a->across - b->across) * y + a->x_px - b->x_px,
                 (a->across - b->across) * x + (a->along - b->along) * y + a->y_px - b->y_px);
}

static bool is_none(psb_camera_motion m)
{
    return m.along == 1 && m.across == 0 && m.x_px == 0 && m.y_px == 0;
}

/* One step from rest, at the corner that is farthest off. */
static void shifts_turns_and_zooms_are_found(void **state)
{
    (void)state;
    static const struct {
        double x_px, y_px, zoom, turn, noise, light, most_px;
    } cases[] = {
        {3, -2, 1, 0, 0, 1, 0.4},           {-17.3, 8.6, 1, 0, 0, 1, 0.4},     {40, 31, 1, 0, 0, 1, 0.4},
        {-75, 60, 1, 0, 0, 1, 0.5},         {0, 0, 1, 0.03, 0, 1, 0.5},        {6, 2, 1, -0.08, 0, 1, 0.6},
        {0, 0, 1.05, 0, 0, 1, 0.5},         {-9, 4, 0.93, 0.04, 0, 1, 0.6},    {12, -7, 1.01, 0.01, 12, 1, 0.8},
        {12, -7, 1.01, 0.01, 2, 0.25, 0.8}, {12, -7, 1.01, 0.01, 0, 0.7, 0.6},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        psb_camera_motion found, motion;
        wall_view view;
        wall_view_init(&view, WIDTH, HEIGHT);
        view.noise = cases[i].noise;
        if (cases[i].noise > 0) view.light = cases[i].light;
        psb_motion_finder *finder = new_finder();
        assert_false(step_view(finder, &found, &view, 0));
        assert_true(is_none(found));
        motion = wall_view_motion(&view, cases[i].x_px, cases[i].y_px, cases[i].zoom, cases[i].turn);
        wall_view_move(&view, motion);
        view.light = cases[i].light; /* without noise: a lamp is switched in the same moment */
        if (!step_view(finder, &found, &view, 1)) fail_msg("case %d: not known", (int)i);
        if (!(error_px(&found, &motion) < cases[i].most_px))
            fail_msg("case %d: off by %.2f px", (int)i, error_px(&found, &motion));
        psb_motion_finder_destroy(&finder);
    }
}

static void every_cpu_path_finds_the_same(void **state)
{
    (void)state;
    psb_motion_finder *plain = finder_with(0), *best = new_finder();
    psb_camera_motion a, b;
    wall_view view;
    wall_view_init(&view, 1280, 720);
    view.noise = 4;
    for (int32_t number = 0; number < 6; number++) {
        psb_frame *frame = wall_view_look(&view, (double)number / FPS);
        const bool is_known = step(plain, &a, psb_frame_ref(frame));
        assert_int_equal(step(best, &b, frame), is_known);
        assert_int_equal(is_known, number > 0);
        assert_memory_equal(&a, &b, sizeof(a));
        wall_view_move(&view, wall_view_motion(&view, 7.3 * number, -3, 1.005, 0.004));
    }
    psb_motion_finder_destroy(&plain);
    psb_motion_finder_destroy(&best);
}

/* Rest is rest exactly, also under noise; then only places are watched; the first picture that moved is measured. */
static void a_fixed_camera_is_watched_and_wakes(void **state)
{
    (void)state;
    psb_motion_finder *finder = new_finder();
    psb_camera_motion found;
    wall_view view;
    wall_view_init(&view, WIDTH, HEIGHT);
    view.noise = 5;
    assert_false(step_view(finder, &found, &view, 0));
    for (int32_t number = 1; number < 4 * FPS; number++) {
        assert_true(step_view(finder, &found, &view, number));
        assert_true(is_none(found));
        const psb_motion_answer answer = psb_motion_finder_report(finder).answer;
        assert_true(answer == PSB_MOTION_STILL || answer == PSB_MOTION_WATCHED);
        if (number < FPS) assert_int_equal(answer, PSB_MOTION_STILL);
        if (number > FPS && number < 2 * FPS) assert_int_equal(answer, PSB_MOTION_WATCHED);
    }
    for (int32_t number = 4 * FPS; number < 5 * FPS; number++) {
        const psb_camera_motion motion = wall_view_motion(&view, number % 2 ? 6 : -9, 5, 1, 0.002);
        wall_view_move(&view, motion);
        assert_true(step_view(finder, &found, &view, number));
        assert_true(error_px(&found, &motion) < 0.8);
    }
    psb_motion_finder_destroy(&finder);
}

/* A tenth of a pixel a picture is nothing; after a hundred it is ten pixels. */
static void a_slow_drift_adds_up(void **state)
{
    (void)state;
    psb_motion_finder *finder = new_finder();
    psb_camera_motion found, sum = psb_camera_motion_none(), truth = sum;
    wall_view view;
    wall_view_init(&view, WIDTH, HEIGHT);
    view.noise = 3;
    for (int32_t number = 0; number < 20 * FPS; number++) {
        const bool is_known = step_view(finder, &found, &view, number);
        assert_int_equal(is_known, number > 0);
        sum = psb_camera_motion_then(&sum, &found);
        /* of the middle: turns and zooms that are nothing add up as well, at the corners */
        assert_true(middle_error_px(&sum, &truth) < 1 + 0.08 * hypot(truth.x_px, truth.y_px));
        const psb_camera_motion motion = wall_view_motion(&view, 0.3, 0.1, 1, 0);
        wall_view_move(&view, motion);
        truth = psb_camera_motion_then(&truth, &motion);
    }
    psb_motion_finder_destroy(&finder);
}

/* A tram that fills seven tenths of a fixed camera's width does not move the camera, watched or not. */
static void a_tram_is_not_the_camera(void **state)
{
    (void)state;
    psb_motion_finder *finder = new_finder();
    psb_camera_motion found;
    wall_view view;
    wall_view_init(&view, WIDTH, HEIGHT);
    view.noise = 2;
    for (int32_t number = 0; number < 10 * FPS; number++) {
        psb_frame *frame = wall_view_look(&view, (double)number / FPS);
        wall_view_put_thing(frame, number * 11 % (3 * WIDTH) - WIDTH, 40, WIDTH * 7 / 10, 400, 1);
        assert_int_equal(step(finder, &found, frame), number > 0);
        assert_true(is_none(found));
    }
    psb_motion_finder_destroy(&finder);
}

/* People fill more than half of the picture and walk one way: known as people, they do not count; the camera's own
 * motion behind them does. */
static void people_are_left_out(void **state)
{
    (void)state;
    enum { PEOPLE = 5 };
    psb_motion_finder *finder = new_finder();
    psb_camera_motion found;
    psb_tracks people;
    wall_view view;
    assert_int_equal(psb_tracks_init(&people, PEOPLE), PSB_OK);
    wall_view_init(&view, WIDTH, HEIGHT);
    for (int32_t number = 0; number < 12; number++) {
        psb_frame *frame = wall_view_look(&view, (double)number / FPS);
        people.count = PEOPLE;
        for (int32_t i = 0; i < PEOPLE; i++) {
            const int32_t x = 12 * number + 128 * i - 100, y = 60 + 10 * i;
            wall_view_put_thing(frame, x, y, 64, 400, i);
            people.x0_px[i] = (float)x;
            people.y0_px[i] = (float)y;
            people.x1_px[i] = (float)x + 64;
            people.y1_px[i] = (float)y + 400;
        }
        const psb_camera_motion motion = wall_view_motion(&view, -4, 2, 1, 0);
        assert_int_equal(step(finder, &found, frame), number > 0);
        if (number > 0) assert_true(error_px(&found, &motion) < 0.8);
        psb_motion_finder_set_people(finder, &people);
        wall_view_move(&view, motion);
    }
    psb_tracks_fini(&people);
    psb_motion_finder_destroy(&finder);
}

/* More boxes than are kept, at any place: the largest stay, nothing is written beyond. */
static void the_largest_of_many_people_count(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    psb_motion_finder *finder = new_finder();
    psb_camera_motion found;
    psb_tracks people;
    wall_view view;
    assert_int_equal(psb_tracks_init(&people, MANY), PSB_OK);
    wall_view_init(&view, WIDTH, HEIGHT);
    step_view(finder, &found, &view, 0);
    for (int32_t i = 0; i < MANY; i++) {
        people.x0_px[i] = (float)(i * 7 % 2000 - 500);
        people.y0_px[i] = (float)(i * 13 % 2000 - 500);
        people.x1_px[i] = people.x0_px[i] + (i == MANY - 1 ? 1e6F : 2);
        people.y1_px[i] = people.y0_px[i] + (i == MANY - 1 ? 1e6F : 2);
    }
    people.x0_px[MANY - 1] = people.y0_px[MANY - 1] = -1000;
    people.count = MANY;
    psb_motion_finder_set_people(finder, &people);
    assert_false(step_view(finder, &found, &view, 1)); /* one of them covers everything */
    psb_tracks_fini(&people);
    psb_motion_finder_destroy(&finder);
}

/* Two pictures that have nothing in common, and what follows; black; flat noise; too small; another size. */
static void what_cannot_be_known_is_not_known(void **state)
{
    (void)state;
    psb_motion_finder *finder = new_finder();
    psb_camera_motion found;
    wall_view view;
    wall_view_init(&view, WIDTH, HEIGHT);
    assert_false(step_view(finder, &found, &view, 0));
    view.which = 50;
    assert_false(step_view(finder, &found, &view, 1)); /* a cut */
    assert_true(step_view(finder, &found, &view, 2));
    view.light = 0;
    assert_false(step_view(finder, &found, &view, 3));
    assert_false(step_view(finder, &found, &view, 4)); /* black */
    view.noise = 8;
    for (int32_t number = 5; number < 30; number++) {
        assert_false(step_view(finder, &found, &view, number)); /* noise */
        assert_true(is_none(found));
    }
    wall_view_init(&view, 100, 80);
    for (int32_t number = 30; number < 33; number++) assert_false(step_view(finder, &found, &view, number));
    wall_view_init(&view, WIDTH, HEIGHT);
    assert_false(step_view(finder, &found, &view, 33));
    assert_true(step_view(finder, &found, &view, 34));
    psb_motion_finder_destroy(&finder);
}

/* A fixed camera whose light goes out for a picture has not moved. */
static void one_dark_picture_does_not_wake(void **state)
{
    (void)state;
    psb_motion_finder *finder = new_finder();
    psb_camera_motion found;
    wall_view view;
    wall_view_init(&view, WIDTH, HEIGHT);
    for (int32_t number = 0; number < 3 * FPS; number++) {
        view.light = number == 25 ? 0 : 1;
        assert_int_equal(step_view(finder, &found, &view, number), number > 0 && number != 26);
        assert_true(is_none(found));
    }
    psb_motion_finder_destroy(&finder);
}

static void nothing_is_allocated_once_warm(void **state)
{
    (void)state;
    enum { PICTURES = 8 };
    psb_motion_finder *finder = new_finder();
    psb_camera_motion found;
    psb_frame *frame[PICTURES];
    wall_view view;
    wall_view_init(&view, WIDTH, HEIGHT);
    for (int32_t i = 0; i < PICTURES; i++) {
        frame[i] = wall_view_look(&view, i);
        wall_view_move(&view, wall_view_motion(&view, 5, 1, 1, 0));
    }
    bool is_known = false;
    assert_int_equal(psb_motion_finder_step(finder, &found, &is_known, frame[0]), PSB_OK);
    alloc_count_reset();
    for (int32_t i = 1; i < PICTURES; i++) {
        assert_int_equal(psb_motion_finder_step(finder, &found, &is_known, frame[i]), PSB_OK);
        assert_true(is_known);
    }
    assert_int_equal(alloc_count_now(), 0);
    for (int32_t i = 0; i < PICTURES; i++) psb_frame_unref(&frame[i]);
    psb_motion_finder_destroy(&finder);
}

static void failing_memory_is_reported(void **state)
{
    (void)state;
    wall_view view;
    wall_view_init(&view, WIDTH, HEIGHT);
    psb_frame *frame = wall_view_look(&view, 0);
    for (int64_t n = 1;; n++) {
        psb_motion_finder *finder = NULL;
        psb_camera_motion found;
        bool is_known = false;
        alloc_count_fail_at(n);
        psb_status status = psb_motion_finder_create(&finder, NULL);
        if (!status) status = psb_motion_finder_step(finder, &found, &is_known, frame);
        const bool has_failed = alloc_count_has_failed();
        alloc_count_reset();
        assert_int_equal(status, has_failed ? PSB_NO_MEMORY : PSB_OK);
        if (finder) assert_int_equal(psb_motion_finder_step(finder, &found, &is_known, frame), PSB_OK); /* again */
        psb_motion_finder_destroy(&finder);
        if (!has_failed) break;
    }
    psb_frame_unref(&frame);
}

static void wrong_options_are_refused(void **state)
{
    (void)state;
    psb_motion_finder *finder = NULL;
    psb_motion_finder_options options;
    psb_motion_finder_options_init(&options);
    options.still_s = -1;
    assert_int_equal(psb_motion_finder_create(&finder, &options), PSB_BAD_INPUT);
    options.still_s = NAN;
    assert_int_equal(psb_motion_finder_create(&finder, &options), PSB_BAD_INPUT);
    options = (psb_motion_finder_options){.size = 1};
    assert_int_equal(psb_motion_finder_create(&finder, &options), PSB_BAD_INPUT);
    assert_null(finder);
    psb_motion_finder_destroy(&finder);
}

static void motions_are_composed_and_taken_back(void **state)
{
    (void)state;
    const psb_camera_motion a = {0.98, 0.05, 12, -3}, b = {1.03, -0.02, -4, 9};
    const psb_camera_motion both = psb_camera_motion_then(&a, &b), back = psb_camera_motion_back(&a);
    const psb_camera_motion none = psb_camera_motion_none(), again = psb_camera_motion_then(&a, &back);
    const double x = a.along * 50 - a.across * 70 + a.x_px, y = a.across * 50 + a.along * 70 + a.y_px;
    const double to_x = b.along * x - b.across * y + b.x_px, to_y = b.across * x + b.along * y + b.y_px;
    assert_true(fabs(both.along * 50 - both.across * 70 + both.x_px - to_x) < 1e-9);
    assert_true(fabs(both.across * 50 + both.along * 70 + both.y_px - to_y) < 1e-9);
    assert_true(error_px(&again, &none) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shifts_turns_and_zooms_are_found),
        cmocka_unit_test(every_cpu_path_finds_the_same),
        cmocka_unit_test(a_fixed_camera_is_watched_and_wakes),
        cmocka_unit_test(a_slow_drift_adds_up),
        cmocka_unit_test(a_tram_is_not_the_camera),
        cmocka_unit_test(people_are_left_out),
        cmocka_unit_test(the_largest_of_many_people_count),
        cmocka_unit_test(what_cannot_be_known_is_not_known),
        cmocka_unit_test(one_dark_picture_does_not_wake),
        cmocka_unit_test(nothing_is_allocated_once_warm),
        cmocka_unit_test(failing_memory_is_reported),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(motions_are_composed_and_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
