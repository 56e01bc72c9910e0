/* SPDX-License-Identifier: Apache-2.0
 *
 * The tracker as a whole: same input, same output; order of boxes, mirrors and far people change nothing; identities
 * are never reused; memory is flat; wrong input is refused and harms nothing; each failing allocation is survived.
 */
#include <passerby/tracker.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "alloc_count.h"
#include "scene.h"
#include "track/tracker_int.h"

static psb_tracker *tracker_new(const psb_tracker_tuning *tuning)
{
    psb_tracker *tracker = NULL;
    assert_int_equal(psb_tracker_create_tuned(&tracker, tuning), PSB_OK);
    return tracker;
}

static const psb_tracks *step(psb_tracker *tracker, const psb_boxes *boxes, double time_s)
{
    const psb_tracks *tracks = NULL;
    if (psb_tracker_step(tracker, &tracks, boxes, time_s)) fail_msg("%s", psb_error_text());
    return tracks;
}

/* A busy place: two lanes against each other, some stand, boxes jitter and are missed at times. */
static void busy_scene(walkers *scene, int32_t people)
{
    scene_init(scene, 42);
    for (int32_t i = 0; i < people; i++) {
        const double height = 60 + 5 * (i % 17);
        scene_add(scene, 30 + 37.0 * i, 150 + 40 * (i % 9), height, (i % 3 - 1) * 0.8 * height);
    }
    scene->jitter = 0.02;
}

/* Drops about a fifth of the rows and gives the rest five scores. */
static void miss_some(psb_boxes *boxes, psb_rng *rng)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < boxes->count; i++) {
        if (psb_rng_below(rng, 5) == 0) continue;
        const psb_box box = psb_boxes_at(boxes, i);
        boxes->x0_px[kept] = box.x0_px;
        boxes->y0_px[kept] = box.y0_px;
        boxes->x1_px[kept] = box.x1_px;
        boxes->y1_px[kept] = box.y1_px;
        boxes->score[kept++] = (float)(1 + psb_rng_below(rng, 5)) / 5; /* ties are frequent */
    }
    boxes->count = kept;
}

static void assert_same_tracks(const psb_tracks *a, const psb_tracks *b)
{
    assert_int_equal(a->count, b->count);
    const size_t count = (size_t)a->count;
    assert_memory_equal(a->id, b->id, count * sizeof(*a->id));
    assert_memory_equal(a->x0_px, b->x0_px, count * sizeof(*a->x0_px));
    assert_memory_equal(a->y0_px, b->y0_px, count * sizeof(*a->y0_px));
    assert_memory_equal(a->x1_px, b->x1_px, count * sizeof(*a->x1_px));
    assert_memory_equal(a->y1_px, b->y1_px, count * sizeof(*a->y1_px));
    assert_memory_equal(a->score, b->score, count * sizeof(*a->score));
    assert_memory_equal(a->state, b->state, count);
    assert_memory_equal(a->unseen_s, b->unseen_s, count * sizeof(*a->unseen_s));
}

static void same_input_gives_same_output_in_any_order(void **state)
{
    (void)state;
    walkers scene;
    psb_boxes boxes = {0}, shuffled = {0};
    psb_rng rng;
    psb_tracker *one = tracker_new(NULL), *other = tracker_new(NULL);
    busy_scene(&scene, 40);
    psb_rng_init(&rng, 8);
    for (int32_t frame = 0; frame < 200; frame++) {
        int32_t row_of[SCENE_MAX_PEOPLE];
        scene_look(&scene, &boxes, frame / 12.0);
        miss_some(&boxes, &rng);
        for (int32_t i = 0; i < boxes.count; i++) row_of[i] = i;
        for (int32_t i = boxes.count - 1; i > 0; i--) {
            const int32_t k = (int32_t)psb_rng_below(&rng, (uint64_t)i + 1), swapped = row_of[i];
            row_of[i] = row_of[k];
            row_of[k] = swapped;
        }
        shuffled.count = 0;
        for (int32_t i = 0; i < boxes.count; i++)
            assert_int_equal(psb_boxes_append(&shuffled, psb_boxes_at(&boxes, row_of[i]), boxes.score[row_of[i]]),
                             PSB_OK);
        const psb_tracks *a = step(one, &boxes, frame / 12.0), *b = step(other, &shuffled, frame / 12.0);
        assert_same_tracks(a, b);
        for (int32_t i = 0; i < a->count; i++)
            assert_int_equal(a->detection_i[i], b->detection_i[i] < 0 ? -1 : row_of[b->detection_i[i]]);
    }
    psb_boxes_fini(&boxes);
    psb_boxes_fini(&shuffled);
    psb_tracker_destroy(&one);
    psb_tracker_destroy(&other);
}

/* Left becomes right: the same names, mirrored boxes. The width is a power of two, so mirroring loses little. */
/* A detector that gives 128 times the scores (a power of two: nothing is rounded) finds the same people. */
static void the_scale_of_scores_changes_nothing(void **state)
{
    (void)state;
    walkers scene;
    psb_rng rng;
    psb_boxes boxes = {0};
    busy_scene(&scene, 40);
    psb_rng_init(&rng, 9);
    psb_tracker *plain = tracker_new(&psb_tracker_tuning_default), *large = tracker_new(&psb_tracker_tuning_default);
    for (int32_t frame = 0; frame < 100; frame++) {
        scene_look(&scene, &boxes, frame / 10.0);
        miss_some(&boxes, &rng);
        const psb_tracks *a = step(plain, &boxes, frame / 10.0);
        for (int32_t i = 0; i < boxes.count; i++) boxes.score[i] *= 128;
        const psb_tracks *b = step(large, &boxes, frame / 10.0);
        for (int32_t i = 0; i < b->count; i++) b->score[i] /= 128;
        assert_same_tracks(a, b);
    }
    psb_tracker_destroy(&plain);
    psb_tracker_destroy(&large);
    psb_boxes_fini(&boxes);
}

static void a_mirrored_scene_gives_mirrored_tracks(void **state)
{
    (void)state;
    enum { WIDTH = 2048 };
    walkers scene;
    psb_boxes boxes = {0}, mirrored = {0};
    psb_rng rng;
    psb_tracker *one = tracker_new(NULL), *other = tracker_new(NULL);
    busy_scene(&scene, 30);
    psb_rng_init(&rng, 9);
    for (int32_t frame = 0; frame < 200; frame++) {
        scene_look(&scene, &boxes, frame / 12.0);
        miss_some(&boxes, &rng);
        mirrored.count = 0;
        for (int32_t i = 0; i < boxes.count; i++) {
            const psb_box box = psb_boxes_at(&boxes, i);
            const psb_box flipped = {WIDTH - box.x1_px, box.y0_px, WIDTH - box.x0_px, box.y1_px};
            assert_int_equal(psb_boxes_append(&mirrored, flipped, boxes.score[i]), PSB_OK);
        }
        const psb_tracks *a = step(one, &boxes, frame / 12.0), *b = step(other, &mirrored, frame / 12.0);
        assert_int_equal(a->count, b->count);
        for (int32_t i = 0; i < a->count; i++) {
            assert_int_equal(a->id[i], b->id[i]);
            assert_int_equal(a->detection_i[i], b->detection_i[i]);
            assert_int_equal(a->state[i], b->state[i]);
            assert_true(fabs(a->x0_px[i] + b->x1_px[i] - WIDTH) < 0.02 &&
                        fabs(a->x1_px[i] + b->x0_px[i] - WIDTH) < 0.02);
            assert_true(fabs(a->y0_px[i] - b->y0_px[i]) < 0.02);
        }
    }
    psb_boxes_fini(&boxes);
    psb_boxes_fini(&mirrored);
    psb_tracker_destroy(&one);
    psb_tracker_destroy(&other);
}

/* With what is learnt of the whole picture off, people far away change not a bit of a track. */
static void far_people_change_nothing(void **state)
{
    (void)state;
    walkers scene;
    psb_boxes boxes = {0};
    psb_rng rng;
    psb_tracker_tuning tuning = psb_tracker_tuning_default;
    tuning.sway_reach = tuning.learn_score = tuning.learn_jitter = tuning.high_forget_s = 0;
    psb_tracker *alone = tracker_new(&tuning), *crowded = tracker_new(&tuning);
    busy_scene(&scene, 10);
    psb_rng_init(&rng, 10);
    for (int32_t frame = 0; frame < 150; frame++) {
        scene_look(&scene, &boxes, frame / 12.0);
        miss_some(&boxes, &rng);
        const int32_t near_count = boxes.count;
        const psb_tracks *few = step(alone, &boxes, frame / 12.0);
        for (int32_t i = 0; i < 25; i++) {
            const float x = 20000 + 80.0F * (float)i + 3.0F * (float)frame;
            assert_int_equal(psb_boxes_append(&boxes, (psb_box){x, 9000, x + 40, 9100}, 0.9F), PSB_OK);
        }
        const psb_tracks *many = step(crowded, &boxes, frame / 12.0);
        for (int32_t i = 0; i < few->count; i++) { /* names differ, so tracks are compared by their boxes */
            int32_t same = 0;
            for (int32_t k = 0; k < many->count; k++)
                same += few->x0_px[i] == many->x0_px[k] && few->y0_px[i] == many->y0_px[k] &&
                        few->x1_px[i] == many->x1_px[k] && few->y1_px[i] == many->y1_px[k] &&
                        few->state[i] == many->state[k] && few->detection_i[i] == many->detection_i[k];
            assert_int_equal(same, 1);
        }
        boxes.count = near_count;
    }
    psb_boxes_fini(&boxes);
    psb_tracker_destroy(&alone);
    psb_tracker_destroy(&crowded);
}

static void identities_are_never_reused(void **state)
{
    (void)state;
    walkers scene;
    psb_boxes boxes = {0};
    psb_tracker *tracker = tracker_new(NULL);
    int64_t highest_before = 0;
    for (int32_t round = 0; round < 5; round++) {
        int64_t highest = highest_before;
        busy_scene(&scene, 20);
        for (int32_t frame = 0; frame < 20; frame++) {
            scene_look(&scene, &boxes, frame / 10.0);
            const psb_tracks *tracks = step(tracker, &boxes, frame / 10.0);
            for (int32_t i = 0; i < tracks->count; i++) {
                assert_true(tracks->id[i] > highest_before);
                if (i) assert_true(tracks->id[i] > tracks->id[i - 1]);
                if (tracks->id[i] > highest) highest = tracks->id[i];
            }
        }
        assert_true(highest > highest_before);
        highest_before = highest;
        psb_tracker_reset(tracker);
    }
    assert_true(tracker->scale.noise == 1 && tracker->scale.usual_score == psb_tracker_tuning_default.usual_score);
    psb_boxes_fini(&boxes);
    psb_tracker_destroy(&tracker);
}

/* 1,000,000 frames of people who come and go: after the first ones, not one allocation. */
static void memory_is_flat(void **state)
{
    (void)state;
    psb_boxes boxes = {0};
    psb_tracker *tracker = tracker_new(NULL);
    int32_t most = 0;
    for (int32_t frame = 0; frame < 1000000; frame++) {
        boxes.count = 0;
        for (int32_t i = 0; i < 4; i++) { /* each walks 3 s, is away 1 s */
            const int32_t phase = (frame + 13 * i) % 40;
            if (phase >= 30) continue;
            const float x = 100.0F * (float)i + 6.0F * (float)phase, y = 50.0F + 120.0F * (float)i;
            assert_int_equal(psb_boxes_append(&boxes, (psb_box){x, y, x + 40, y + 100}, 0.8F), PSB_OK);
        }
        const psb_tracks *tracks = step(tracker, &boxes, frame / 10.0);
        most = tracks->count > most ? tracks->count : most;
        if (frame == 1000) alloc_count_reset();
    }
    assert_int_equal(alloc_count_now(), 0);
    assert_true(most <= 12);
    assert_true(tracker->next_id > 90000);
    psb_boxes_fini(&boxes);
    psb_tracker_destroy(&tracker);
}

/* 300 people in a frame, at uneven times from 20 ms to 1 s: all are followed, none twice. */
static void three_hundred_people_at_uneven_times(void **state)
{
    (void)state;
    walkers scene;
    psb_boxes boxes = {0};
    psb_rng rng;
    psb_tracker *tracker = tracker_new(NULL);
    scene_init(&scene, 3);
    for (int32_t i = 0; i < 300; i++)
        scene_add(&scene, 100 + 60 * (i % 20), 100 + 130 * (i / 20), 100, (i / 20 % 3 - 1) * 30);
    scene.jitter = 0.01;
    psb_rng_init(&rng, 12);
    double time_s = 0;
    int64_t id_of[300] = {0};
    for (int32_t frame = 0; frame < 60; frame++) {
        scene_look(&scene, &boxes, time_s);
        const psb_tracks *tracks = step(tracker, &boxes, time_s);
        assert_int_equal(tracks->count, 300);
        for (int32_t i = 0; i < 300; i++) {
            const int32_t track_i = scene_track_of(tracks, i);
            assert_true(track_i >= 0);
            if (frame == 0) id_of[i] = tracks->id[track_i];
            assert_int_equal(tracks->id[track_i], id_of[i]);
        }
        time_s += frame % 5 ? 0.02 + 0.1 * psb_rng_unit(&rng) : 1;
    }
    psb_boxes_fini(&boxes);
    psb_tracker_destroy(&tracker);
}

static void assert_refused(psb_tracker *tracker, const psb_boxes *boxes, double time_s, const char *part)
{
    const psb_tracks *tracks = (const psb_tracks *)&tracker;
    assert_int_equal(psb_tracker_step(tracker, &tracks, boxes, time_s), PSB_BAD_INPUT);
    assert_null(tracks);
    if (!strstr(psb_error_text(), part)) fail_msg("\"%s\" does not say \"%s\"", psb_error_text(), part);
}

static void wrong_input_is_refused_and_harms_nothing(void **state)
{
    (void)state;
    walkers scene;
    psb_boxes boxes = {0}, wrong = {0};
    psb_tracker *tracker = tracker_new(NULL);
    scene_init(&scene, 1);
    scene_add(&scene, 100, 300, 200, 50);
    for (int32_t frame = 0; frame < 5; frame++) {
        scene_look(&scene, &boxes, frame / 10.0);
        step(tracker, &boxes, frame / 10.0);
    }
    assert_refused(tracker, &boxes, 0.4, "expected more than");
    assert_refused(tracker, &boxes, 0.3, "expected more than");
    assert_refused(tracker, &boxes, NAN, "finite");
    assert_refused(tracker, &boxes, INFINITY, "finite");
    static const psb_box wrong_boxes[] = {{NAN, 0, 1, 1}, {0, 0, INFINITY, 1}, {5, 0, 5, 1}, {0, 9, 1, 3}};
    for (size_t i = 0; i < sizeof(wrong_boxes) / sizeof(wrong_boxes[0]); i++) {
        wrong.count = 0;
        assert_int_equal(psb_boxes_append(&wrong, wrong_boxes[i], 0.5F), PSB_OK);
        assert_refused(tracker, &wrong, 0.5, "box 0");
    }
    wrong.count = 0;
    assert_int_equal(psb_boxes_append(&wrong, (psb_box){0, 0, 1, 1}, NAN), PSB_OK);
    assert_refused(tracker, &wrong, 0.5, "score");
    wrong.count = -1;
    assert_refused(tracker, &wrong, 0.5, "-1 boxes");
    scene_look(&scene, &boxes, 0.5);
    const psb_tracks *tracks = step(tracker, &boxes, 0.5);
    assert_int_equal(tracks->count, 1);
    assert_int_equal(tracks->id[0], 1);
    psb_boxes_fini(&boxes);
    psb_boxes_fini(&wrong);
    psb_tracker_destroy(&tracker);
}

/* Finite is not friendly: the largest floats, the smallest boxes, a million seconds between two looks. */
static void extreme_input_is_survived(void **state)
{
    (void)state;
    psb_boxes boxes = {0};
    psb_tracker *tracker = tracker_new(NULL);
    static const psb_box extremes[] = {{-3.4e38F, -3.4e38F, 3.4e38F, 3.4e38F},
                                       {0, 0, 1e-45F, 1e-45F},
                                       {3.3e38F, 0, 3.4e38F, 1},
                                       {-1e-30F, 1e30F, 1e-30F, 2e30F}};
    for (int32_t frame = 0; frame < 40; frame++) {
        boxes.count = 0;
        for (size_t i = 0; i < 4; i++)
            for (int32_t copies = 0; copies < 3; copies++)
                assert_int_equal(psb_boxes_append(&boxes, extremes[(i + (size_t)frame) % 4], frame % 2 ? 1e30F : 0.5F),
                                 PSB_OK);
        const psb_tracks *tracks =
            step(tracker, &boxes, frame % 3 ? frame * 1e-6 + 1e6 * (frame / 3) : 1e6 * (frame / 3));
        for (int32_t i = 0; i < tracks->count; i++) assert_false(isnan(tracks->x0_px[i]) || isnan(tracks->y1_px[i]));
    }
    psb_boxes_fini(&boxes);
    psb_tracker_destroy(&tracker);
}

static void options_are_checked(void **state)
{
    (void)state;
    psb_tracker *tracker = NULL;
    psb_tracker_options options;
    psb_tracker_options_init(&options);
    assert_int_equal(psb_tracker_create(&tracker, NULL), PSB_OK);
    psb_tracker_destroy(&tracker);
    assert_null(tracker);
    psb_tracker_destroy(&tracker);
    psb_tracker_destroy(NULL);
    assert_int_equal(psb_tracker_create(&tracker, &options), PSB_OK);
    psb_tracker_destroy(&tracker);
    static const float wrong_s[] = {-1, 0.01F, 61, NAN, INFINITY};
    for (size_t i = 0; i < sizeof(wrong_s) / sizeof(wrong_s[0]); i++) {
        options.max_lost_s = wrong_s[i];
        assert_int_equal(psb_tracker_create(&tracker, &options), PSB_BAD_INPUT);
        assert_null(tracker);
        assert_non_null(strstr(psb_error_text(), "max_lost_s"));
    }
    options.max_lost_s = 0;
    options.min_score = 1.5F;
    assert_int_equal(psb_tracker_create(&tracker, &options), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "min_score"));
    options = (psb_tracker_options){0};
    assert_int_equal(psb_tracker_create(&tracker, &options), PSB_BAD_INPUT);
}

/* The n-th allocation fails, for each n: PSB_NO_MEMORY, no leak, and the tracker goes on. */
static void each_failing_allocation_is_survived(void **state)
{
    (void)state;
    walkers scene;
    psb_boxes boxes = {0};
    busy_scene(&scene, 60);
    scene_look(&scene, &boxes, 0);
    bool has_failed = true;
    for (int64_t n = 1; has_failed; n++) {
        psb_tracker *tracker = NULL;
        const psb_tracks *tracks = NULL;
        alloc_count_fail_at(n);
        psb_status status = psb_tracker_create_tuned(&tracker, NULL);
        for (int32_t frame = 0; frame < 3 && !status; frame++)
            status = psb_tracker_step(tracker, &tracks, &boxes, frame);
        has_failed = alloc_count_has_failed();
        alloc_count_reset();
        assert_int_equal(status, has_failed ? PSB_NO_MEMORY : PSB_OK);
        if (tracker) assert_int_equal(step(tracker, &boxes, 10)->count >= 60, 1);
        psb_tracker_destroy(&tracker);
        assert_true(n < 1000);
    }
    psb_boxes_fini(&boxes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_input_gives_same_output_in_any_order),
        cmocka_unit_test(the_scale_of_scores_changes_nothing),
        cmocka_unit_test(a_mirrored_scene_gives_mirrored_tracks),
        cmocka_unit_test(far_people_change_nothing),
        cmocka_unit_test(identities_are_never_reused),
        cmocka_unit_test(memory_is_flat),
        cmocka_unit_test(three_hundred_people_at_uneven_times),
        cmocka_unit_test(wrong_input_is_refused_and_harms_nothing),
        cmocka_unit_test(extreme_input_is_survived),
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(each_failing_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
