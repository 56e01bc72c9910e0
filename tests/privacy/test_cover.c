/* SPDX-License-Identifier: Apache-2.0
 *
 * The policy: who is seen late, lost for a while, seen weakly or not looked for is covered all the same; what nobody
 * looked at is withheld; nothing is covered where nobody is; and failing memory withholds instead of showing.
 */
#include "privacy/cover.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alloc_count.h"

enum { FPS = 10, MOST_FRAMES = 600 };

/* What is seen of one person in one frame. */
typedef struct view {
    bool is_looked_at;
    float score; /* 0 = no box */
    bool has_track;
    psb_track_state state;
    float unseen_s;
} view;

/* A person who walks, frame by frame, and the regions that came out. */
typedef struct walk {
    float speed_px_s;
    int frames;
    view views[MOST_FRAMES];
    double delay_s;
    bool is_certain;
    float cover_score;
    psb_regions covers[MOST_FRAMES]; /* copies */
    bool is_withheld[MOST_FRAMES];
} walk;

static psb_box truth_at(const walk *of, int frame)
{
    const float x = 100 + of->speed_px_s * (float)frame / FPS;
    return (psb_box){x, 60, x + 40, 160};
}

static psb_status push(psb_cover *cover, const walk *of, int frame)
{
    const view *seen = &of->views[frame];
    psb_box box = truth_at(of, frame);
    float score = seen->score, unseen_s = seen->unseen_s;
    int64_t id = 1;
    uint8_t state = (uint8_t)seen->state;
    int32_t detection_i = seen->score != 0 ? 0 : -1;
    const int32_t box_count = seen->score != 0, track_count = seen->has_track;
    psb_boxes boxes = {box_count, 1, &box.x0_px, &box.y0_px, &box.x1_px, &box.y1_px, &score};
    psb_tracks tracks = {.count = track_count,
                         .capacity = 1,
                         .id = &id,
                         .x0_px = &box.x0_px,
                         .y0_px = &box.y0_px,
                         .x1_px = &box.x1_px,
                         .y1_px = &box.y1_px,
                         .score = &score,
                         .state = &state,
                         .detection_i = &detection_i,
                         .unseen_s = &unseen_s};
    const psb_cover_look look = {&boxes, &tracks, of->is_certain};
    return psb_cover_push(cover, seen->is_looked_at ? &look : NULL, (double)frame / FPS);
}

static void pop(psb_cover *cover, walk *of, int frame)
{
    const psb_cover_verdict verdict = psb_cover_pop(cover);
    of->is_withheld[frame] = verdict.is_withheld;
    assert_int_equal(psb_regions_copy(&of->covers[frame], verdict.regions), PSB_OK);
}

static void go(walk *of)
{
    psb_cover *cover = NULL;
    const psb_cover_options options = {.cover_score = of->cover_score};
    assert_int_equal(psb_cover_create(&cover, &options), PSB_OK);
    int out = 0;
    for (int frame = 0; frame < of->frames; frame++) {
        assert_int_equal(push(cover, of, frame), PSB_OK);
        for (; out <= frame && (double)(frame - out) / FPS >= of->delay_s - 1e-6; out++) pop(cover, of, out);
        assert_int_equal(psb_cover_held_count(cover), frame + 1 - out);
    }
    for (; out < of->frames; out++) pop(cover, of, out);
    psb_cover_destroy(&cover);
    assert_null(cover);
}

static void walk_fini(walk *of)
{
    for (int frame = 0; frame < of->frames; frame++) psb_regions_fini(&of->covers[frame]);
}

/* A walk in which every frame is looked at and the person is seen well in frames from..to - 1. */
static void walk_init(walk *out, float speed_px_s, int frames, int from, int to)
{
    *out = (walk){.speed_px_s = speed_px_s, .frames = frames, .delay_s = 1.0};
    for (int frame = 0; frame < frames; frame++)
        out->views[frame] = (view){.is_looked_at = true, .score = frame >= from && frame < to ? 0.8f : 0};
}

static bool is_covered(const walk *of, int frame)
{
    const psb_box person = truth_at(of, frame);
    if (of->is_withheld[frame]) return true;
    for (int32_t i = 0; i < of->covers[frame].count; i++) {
        const psb_box region = psb_regions_at(&of->covers[frame], i);
        if (region.x0_px <= person.x0_px && region.y0_px <= person.y0_px && region.x1_px >= person.x1_px &&
            region.y1_px >= person.y1_px)
            return true;
    }
    return false;
}

static float width_of(const walk *of, int frame)
{
    assert_int_equal(of->covers[frame].count, 1);
    return of->covers[frame].x1_px[0] - of->covers[frame].x0_px[0];
}

static void who_is_seen_is_covered_with_a_margin(void **state)
{
    (void)state;
    walk of;
    walk_init(&of, 80, 40, 0, 40);
    go(&of);
    for (int frame = 0; frame < of.frames; frame++) {
        const psb_box person = truth_at(&of, frame);
        assert_true(is_covered(&of, frame));
        assert_int_equal(of.covers[frame].count, 1);
        assert_true(of.covers[frame].x0_px[0] < person.x0_px - 1 && of.covers[frame].y0_px[0] < person.y0_px - 1);
        assert_true(width_of(&of, frame) < 1.5f * 40);
    }
    walk_fini(&of);
}

static void the_look_back_covers_before_the_first_detection(void **state)
{
    (void)state;
    walk of;
    walk_init(&of, 80, 60, 30, 60);
    go(&of);
    for (int frame = 0; frame < 19; frame++) assert_int_equal(of.covers[frame].count, 0);
    assert_int_equal(of.covers[20].count,
                     1); /* let go with one sighting known: covered, but which way is not known yet */
    for (int frame = 21; frame < 60; frame++) assert_true(is_covered(&of, frame));
    assert_true(width_of(&of, 21) > width_of(&of, 25) && width_of(&of, 25) > width_of(&of, 30));
    walk_fini(&of);

    walk_init(&of, 80, 60, 30, 60); /* without a delay nobody can know */
    of.delay_s = 0;
    go(&of);
    for (int frame = 0; frame < 30; frame++) assert_int_equal(of.covers[frame].count, 0);
    for (int frame = 30; frame < 60; frame++) assert_true(is_covered(&of, frame));
    walk_fini(&of);
}

/* Seen in part and weakly at one look, well at the next, half a second later: the whole person is covered at both looks
 * and between. */
static void who_comes_in_is_covered_whole(void **state)
{
    (void)state;
    psb_cover *cover = NULL;
    const psb_tracks tracks = {0};
    assert_int_equal(psb_cover_create(&cover, NULL), PSB_OK);
    for (int frame = 0; frame < 10; frame++) {
        float x0 = 100, y0 = frame == 0 ? 125 : 60, x1 = 140, y1 = frame == 0 ? 190 : 160,
              score = frame == 0 ? 0.07f : 0.8f;
        const psb_boxes boxes = {1, 1, &x0, &y0, &x1, &y1, &score};
        const psb_cover_look look = {.boxes = &boxes, .tracks = &tracks};
        assert_int_equal(psb_cover_push(cover, frame % 5 ? NULL : &look, 0.1 * frame), PSB_OK);
    }
    for (int frame = 0; frame < 6; frame++) {
        const psb_regions *regions = psb_cover_pop(cover).regions;
        float top_px = 1000;
        for (int32_t i = 0; i < regions->count; i++) top_px = fminf(top_px, regions->y0_px[i]);
        assert_true(top_px < 60);
    }
    psb_cover_destroy(&cover);
}

static void a_gap_between_two_detections_is_covered(void **state)
{
    (void)state;
    walk of;
    walk_init(&of, 80, 60, 10, 50);
    for (int frame = 25; frame < 34; frame++) of.views[frame].score = 0;
    go(&of);
    for (int frame = 10; frame < 50; frame++) {
        assert_true(is_covered(&of, frame));
        assert_true(width_of(&of, frame) < 2 * 40); /* tightly: both ends are known */
    }
    walk_fini(&of);
}

static void who_is_lost_is_covered_where_they_went(void **state)
{
    (void)state;
    walk of;
    walk_init(&of, 80, 60, 0, 20);
    go(&of);
    for (int frame = 20; frame < 26; frame++) {
        assert_true(is_covered(&of, frame));
        assert_true(width_of(&of, frame) > width_of(&of, frame - 1));
    }
    for (int frame = 35; frame < 60; frame++) assert_int_equal(of.covers[frame].count, 0);
    walk_fini(&of);
}

/* One doubtful box says that somebody may be here now, and no more. */
static void doubtful_boxes_are_not_carried_on(void **state)
{
    (void)state;
    walk of;
    walk_init(&of, 80, 60, 0, 0);
    of.views[30].score = 0.2f;
    go(&of);
    for (int frame = 0; frame < 60; frame++) assert_int_equal(of.covers[frame].count, frame == 30);
    walk_fini(&of);
}

static void what_lies_inside_is_covered_once(void **state)
{
    (void)state;
    psb_cover *cover = NULL;
    float x0[] = {100, 105, 400}, y0[] = {100, 120, 100}, x1[] = {150, 145, 450}, y1[] = {220, 200, 220};
    float score[] = {0.9f, 0.5f, 0.9f};
    const psb_boxes boxes = {3, 3, x0, y0, x1, y1, score};
    const psb_tracks tracks = {0};
    assert_int_equal(psb_cover_create(&cover, NULL), PSB_OK);
    assert_int_equal(psb_cover_push(cover, &(psb_cover_look){.boxes = &boxes, .tracks = &tracks}, 0), PSB_OK);
    assert_int_equal(psb_cover_pop(cover).regions->count, 2);
    psb_cover_destroy(&cover);
}

/* A track without any detection, in frames from..to - 1; coasting ones were last seen a frame before. */
static void set_track(walk *of, int from, int to, psb_track_state state)
{
    for (int frame = from; frame < to; frame++) {
        of->views[frame].has_track = true;
        of->views[frame].state = state;
        of->views[frame].unseen_s = state == PSB_TRACK_COASTING ? (float)(frame + 1 - from) / FPS : 0;
    }
}

static void tracks_of_every_state_are_covered(void **state)
{
    (void)state;
    walk of;
    for (psb_track_state track = PSB_TRACK_TENTATIVE; track <= PSB_TRACK_COASTING; track++) {
        walk_init(&of, 80, 40, 0, 0);
        set_track(&of, 10, 25, track);
        of.delay_s = 0; /* nothing is known of what comes */
        go(&of);
        for (int frame = 10; frame < 25; frame++) assert_true(is_covered(&of, frame));
        for (int frame = 11; frame < 25 && track == PSB_TRACK_COASTING; frame++)
            assert_true(width_of(&of, frame) > width_of(&of, frame - 1));
        assert_int_equal(of.covers[30].count, 0);
        walk_fini(&of);
    }
}

/* Unseen for half a second and for the second that is known ahead: gone. Without a look ahead it takes all of 1.5 s. */
static void coasting_tracks_are_let_go(void **state)
{
    (void)state;
    walk of;
    for (int with_delay = 0; with_delay < 2; with_delay++) {
        walk_init(&of, 80, 60, 0, 0);
        set_track(&of, 10, 50, PSB_TRACK_COASTING);
        of.delay_s = with_delay;
        go(&of);
        const int last = with_delay ? 14 : 24;
        for (int frame = 10; frame < 40; frame++) assert_int_equal(of.covers[frame].count, frame <= last);
        walk_fini(&of);
    }
}

/* The tracker predicted wrongly and then found the person again: covered where the person went, tightly. */
static void a_coasting_track_that_is_found_again_is_bridged(void **state)
{
    (void)state;
    psb_cover *cover = NULL;
    assert_int_equal(psb_cover_create(&cover, NULL), PSB_OK);
    for (int frame = 0; frame < 9; frame++) {
        const bool is_seen = frame == 0 || frame == 8;
        float x0 = is_seen ? 100 + 10.0f * (float)frame : 400, y0 = 60, x1 = x0 + 40, y1 = 160, score = 0.9f;
        float unseen_s = is_seen ? 0 : 0.1f * (float)frame;
        int64_t id = 5;
        uint8_t track_state = is_seen ? PSB_TRACK_CONFIRMED : PSB_TRACK_COASTING;
        int32_t detection_i = is_seen ? 0 : -1;
        const psb_boxes boxes = {0};
        const psb_tracks tracks = {1, 1, &id, &x0, &y0, &x1, &y1, &score, &track_state, &detection_i, &unseen_s};
        const psb_cover_look look = {.boxes = &boxes, .tracks = &tracks};
        assert_int_equal(psb_cover_push(cover, &look, 0.1 * frame), PSB_OK);
    }
    for (int frame = 0; frame < 9; frame++) {
        const psb_regions *regions = psb_cover_pop(cover).regions;
        assert_int_equal(regions->count, 1);
        const float x0 = 100 + 10.0f * (float)frame;
        assert_true(regions->x0_px[0] < x0 && regions->x1_px[0] > x0 + 40);
        assert_true(regions->x1_px[0] - regions->x0_px[0] < 1.28f * 40);
    }
    psb_cover_destroy(&cover);
}

/* While it is not found again, each look's own prediction is believed. */
static void a_coasting_track_is_where_the_tracker_has_it(void **state)
{
    (void)state;
    psb_cover *cover = NULL;
    assert_int_equal(psb_cover_create(&cover, NULL), PSB_OK);
    for (int frame = 0; frame < 3; frame++) {
        float x0 = frame == 1 ? 400 : 100, y0 = 60, x1 = x0 + 40, y1 = 160, score = 0.9f;
        float unseen_s = 0.1f * (float)(frame + 1);
        int64_t id = 5;
        uint8_t track_state = PSB_TRACK_COASTING;
        int32_t detection_i = -1;
        const psb_boxes boxes = {0};
        const psb_tracks tracks = {1, 1, &id, &x0, &y0, &x1, &y1, &score, &track_state, &detection_i, &unseen_s};
        const psb_cover_look look = {.boxes = &boxes, .tracks = &tracks};
        assert_int_equal(psb_cover_push(cover, &look, 0.1 * frame), PSB_OK);
    }
    for (int frame = 0; frame < 3; frame++) {
        const psb_regions *regions = psb_cover_pop(cover).regions;
        assert_int_equal(regions->count, 1);
        assert_true(regions->x0_px[0] < (frame == 1 ? 400 : 100) && regions->x1_px[0] > (frame == 1 ? 440 : 140));
    }
    psb_cover_destroy(&cover);
}

static void weak_boxes_count_near_strong_ones(void **state)
{
    (void)state;
    walk of;
    walk_init(&of, 80, 60, 0, 0);
    for (int frame = 0; frame < 60; frame++) of.views[frame].score = 0.06f;
    go(&of);
    for (int frame = 0; frame < 60; frame++) assert_int_equal(of.covers[frame].count, 0);
    walk_fini(&of);

    walk_init(&of, 80, 60, 0, 0);
    for (int frame = 0; frame < 60; frame++) of.views[frame].score = frame == 30 ? 0.7f : 0.06f;
    go(&of);
    for (int frame = 20; frame < 50; frame++) assert_true(is_covered(&of, frame)); /* before it and after */
    for (int frame = 0; frame < 19; frame++) assert_int_equal(of.covers[frame].count, 0);
    walk_fini(&of);

    walk_init(&of, 80, 60, 0, 0);
    for (int frame = 0; frame < 60; frame++) of.views[frame].score = 0.12f;
    go(&of);
    for (int frame = 0; frame < 60; frame++) assert_true(is_covered(&of, frame)); /* PSB_COVER_SCORE is 0.1 */
    walk_fini(&of);

    walk_init(&of, 80, 60, 0, 0);
    of.cover_score = 0.2f;
    for (int frame = 0; frame < 60; frame++) of.views[frame].score = 0.12f;
    go(&of);
    for (int frame = 0; frame < 60; frame++) assert_int_equal(of.covers[frame].count, 0);
    walk_fini(&of);
}

static void certain_boxes_are_covered_whatever_their_score(void **state)
{
    (void)state;
    const float scores[] = {-3, 0.001f, 70, NAN};
    for (size_t i = 0; i < sizeof(scores) / sizeof(scores[0]); i++) {
        walk of;
        walk_init(&of, 80, 30, 0, 0);
        of.is_certain = true;
        for (int frame = 0; frame < 30; frame++) of.views[frame].score = scores[i];
        go(&of);
        for (int frame = 0; frame < 30; frame++) assert_true(is_covered(&of, frame));
        walk_fini(&of);
    }
}

/* Looks at every 2nd, 5th, 9th frame: the frames between are covered too, with and without a look ahead, from the first
 * look on, and tightly where both looks are known. */
static void frames_between_looks_are_covered(void **state)
{
    (void)state;
    const int every[] = {2, 5, 9};
    for (int with_delay = 0; with_delay < 2; with_delay++)
        for (size_t i = 0; i < sizeof(every) / sizeof(every[0]); i++) {
            walk of;
            walk_init(&of, 60, 80, 0, 80);
            of.delay_s = with_delay;
            for (int frame = 0; frame < 80; frame++) {
                const bool is_due = frame % every[i] == 0;
                of.views[frame] = (view){is_due, is_due ? 0.8f : 0, is_due, PSB_TRACK_CONFIRMED, 0};
            }
            go(&of);
            for (int frame = with_delay ? 0 : every[i]; frame < 80; frame++) {
                assert_false(of.is_withheld[frame]);
                assert_true(is_covered(&of, frame) || (!with_delay && frame < 2 * every[i]));
                if (with_delay && frame < 80 - every[i]) assert_true(width_of(&of, frame) < 1.5f * 40);
            }
            walk_fini(&of);
        }
}

/* Between two looks a track without a detection of its own is covered along its way. */
static void tracks_between_looks_are_covered(void **state)
{
    (void)state;
    walk of;
    walk_init(&of, 60, 60, 0, 0);
    for (int frame = 0; frame < 60; frame++)
        of.views[frame] = (view){frame % 5 == 0, 0, frame % 5 == 0, PSB_TRACK_COASTING, 0.1f};
    go(&of);
    for (int frame = 0; frame < 60; frame++) {
        assert_false(of.is_withheld[frame]);
        if (frame < 56) assert_true(is_covered(&of, frame));
    }
    walk_fini(&of);
}

static void what_nobody_looked_at_is_withheld(void **state)
{
    (void)state;
    walk of;
    walk_init(&of, 0, 100, 0, 0);
    for (int frame = 0; frame < 100; frame++) of.views[frame].is_looked_at = frame == 30 || frame == 40;
    go(&of);
    for (int frame = 0; frame < 100; frame++) assert_int_equal(of.is_withheld[frame], frame < 20 || frame > 50);
    walk_fini(&of);

    walk_init(&of, 0, 100, 0, 0); /* without a delay no look is known before it came */
    of.delay_s = 0;
    for (int frame = 0; frame < 100; frame++) of.views[frame].is_looked_at = frame == 30;
    go(&of);
    for (int frame = 0; frame < 100; frame++) assert_int_equal(of.is_withheld[frame], frame < 30 || frame > 40);
    walk_fini(&of);
}

static void nothing_is_allocated_once_warm(void **state)
{
    (void)state;
    psb_cover *cover = NULL;
    walk of;
    walk_init(&of, 80, MOST_FRAMES, 0, MOST_FRAMES);
    for (int frame = 0; frame < MOST_FRAMES; frame++) {
        of.views[frame].has_track = true;
        of.views[frame].is_looked_at = frame % 3 != 0;
        if (frame % 17 > 12) of.views[frame].score = 0;
    }
    assert_int_equal(psb_cover_create(&cover, NULL), PSB_OK);
    for (int frame = 0; frame < MOST_FRAMES; frame++) {
        assert_int_equal(push(cover, &of, frame), PSB_OK);
        if (frame >= 10) assert_false(psb_cover_pop(cover).is_withheld);
        if (frame == 60) alloc_count_reset();
    }
    assert_int_equal(alloc_count_now(), 0);
    psb_cover_destroy(&cover);
}

/* The n-th allocation fails: push says so, or the frame is withheld; nobody is shown. */
static void failing_memory_shows_nobody(void **state)
{
    (void)state;
    for (int64_t n = 1;; n++) {
        psb_cover *cover = NULL;
        walk of;
        walk_init(&of, 80, 40, 0, 40);
        for (int frame = 0; frame < 40; frame++) of.views[frame].has_track = true;
        alloc_count_fail_at(n);
        psb_status status = psb_cover_create(&cover, NULL);
        int pushed = 0;
        for (; !status && pushed < of.frames; pushed++) status = push(cover, &of, pushed);
        bool was_withheld = false;
        for (int frame = 0; cover && psb_cover_held_count(cover) > 0; frame++) {
            const psb_cover_verdict verdict = psb_cover_pop(cover);
            was_withheld = was_withheld || verdict.is_withheld;
            assert_true(verdict.is_withheld || verdict.regions->count > 0);
        }
        const bool has_failed = alloc_count_has_failed();
        alloc_count_reset();
        assert_int_equal(has_failed, status != PSB_OK || was_withheld);
        psb_cover_destroy(&cover);
        if (!has_failed) break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_seen_is_covered_with_a_margin),
        cmocka_unit_test(the_look_back_covers_before_the_first_detection),
        cmocka_unit_test(who_comes_in_is_covered_whole),
        cmocka_unit_test(a_gap_between_two_detections_is_covered),
        cmocka_unit_test(who_is_lost_is_covered_where_they_went),
        cmocka_unit_test(doubtful_boxes_are_not_carried_on),
        cmocka_unit_test(what_lies_inside_is_covered_once),
        cmocka_unit_test(tracks_of_every_state_are_covered),
        cmocka_unit_test(coasting_tracks_are_let_go),
        cmocka_unit_test(a_coasting_track_that_is_found_again_is_bridged),
        cmocka_unit_test(a_coasting_track_is_where_the_tracker_has_it),
        cmocka_unit_test(weak_boxes_count_near_strong_ones),
        cmocka_unit_test(certain_boxes_are_covered_whatever_their_score),
        cmocka_unit_test(frames_between_looks_are_covered),
        cmocka_unit_test(tracks_between_looks_are_covered),
        cmocka_unit_test(what_nobody_looked_at_is_withheld),
        cmocka_unit_test(nothing_is_allocated_once_warm),
        cmocka_unit_test(failing_memory_shows_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
