/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames and their truth: the same bytes everywhere (the hashes are committed), boxes that hold exactly the pixels of
 * their figures, visibility that falls behind things, no allocation per frame, and no leak or crash where one fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc_count.h"
#include "frame/image.h"
#include "synth/synth.h"

static psb_synth *open_scene(const char *url)
{
    psb_synth_settings settings;
    psb_synth *synth = NULL;
    assert_int_equal(psb_synth_settings_from_url(&settings, url), PSB_OK);
    assert_int_equal(psb_synth_create(&synth, &settings, 4, psb_clock_system()), PSB_OK);
    return synth;
}

/* FNV-1a over all planes. */
static uint64_t hash_of(const psb_frame *frame)
{
    const psb_image image = psb_frame_image(frame);
    uint64_t hash = 0xcbf29ce484222325u;
    for (int32_t i = 0; i < 3; i++)
        for (int32_t y = 0; y < psb_image_plane_height(&image, i); y++)
            for (int32_t x = 0; x < psb_image_plane_width(&image, i); x++)
                hash = (hash ^ image.plane[i][y * image.stride_bytes[i] + x]) * 0x100000001b3u;
    return hash;
}

static uint64_t hash_of_frame(const char *url, int32_t frame_i)
{
    psb_synth *synth = open_scene(url);
    psb_frame *frame = NULL;
    for (int32_t i = 0; i <= frame_i; i++) {
        psb_frame_unref(&frame);
        assert_int_equal(psb_synth_read(synth, &frame), PSB_OK);
    }
    const uint64_t hash = hash_of(frame);
    psb_frame_unref(&frame);
    psb_synth_destroy(&synth);
    return hash;
}

/* Pictures of all scenes and lights. To write them anew after a change that is meant to be seen: run the test, copy. */
static void same_bytes_everywhere(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        uint64_t hash;
    } rows[] = {
        {"synth://plaza?size=480x270", 0x15d3378783361457u},
        {"synth://plaza?size=480x270&seed=100001&light=changing&people=30", 0x259c6a30713e413bu},
        {"synth://street?size=480x270&light=dusk&rain=0.6", 0x2d0af01729941b84u},
        {"synth://corridor?size=480x270&light=changing&noise=9", 0x366321508b1f4ceeu},
        {"synth://carpark?size=480x800&fps=7", 0xb6d4bae6b562480eu},
        {"synth://carpark?size=480x270&light=overcast&tilt=40&camera_height=9&fov=90", 0xd2f9b185286d6fa7u},
    };
    bool is_same = true;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const uint64_t hash = hash_of_frame(rows[i].url, 12);
        if (hash != rows[i].hash) print_error("{\"%s\", 0x%016llx},\n", rows[i].url, (unsigned long long)hash);
        is_same = is_same && hash == rows[i].hash;
    }
    assert_true(is_same);
}

static void ends_after_its_frames(void **state)
{
    (void)state;
    psb_synth *synth = open_scene("synth://plaza?frames=3&size=320x180&fps=10");
    psb_frame *frame = NULL;
    for (int32_t i = 0; i < 3; i++) {
        assert_int_equal(psb_synth_read(synth, &frame), PSB_OK);
        assert_true(psb_frame_time_s(frame) == i / 10.0);
        psb_frame_unref(&frame);
    }
    assert_int_equal(psb_synth_read(synth, &frame), PSB_END);
    assert_null(frame);
    psb_synth_destroy(&synth);
}

/* The id canvas of one person alone: every box edge is touched, nothing lies outside, and what is counted is there. */
static void boxes_hold_their_pixels(void **state)
{
    (void)state;
    psb_synth *synth = open_scene("synth://plaza?people=14&frames=60&fps=5&size=640x360&noise=0");
    psb_frame *frame = NULL;
    int32_t whole = 0, hidden = 0;
    while (psb_synth_read(synth, &frame) == PSB_OK) {
        const uint8_t *who = NULL;
        int32_t count = 0;
        const psb_image canvas = psb_synth_canvas(synth, &who);
        const psb_synth_person *people = psb_synth_truth(synth, &count);
        for (int32_t i = 0; i < count; i++) {
            const psb_synth_person *person = &people[i];
            int32_t seen = 0, x0 = canvas.width, y0 = canvas.height, x1 = 0, y1 = 0;
            for (int32_t at = 0; at < canvas.width * canvas.height; at++) {
                if (who[at] != i + 1) continue;
                const int32_t x = at % canvas.width, y = at / canvas.width;
                seen++;
                x0 = x < x0 ? x : x0;
                x1 = x + 1 > x1 ? x + 1 : x1;
                y0 = y < y0 ? y : y0;
                y1 = y + 1 > y1 ? y + 1 : y1;
            }
            assert_int_equal(seen, person->seen);
            assert_true(person->seen <= person->pixels);
            hidden += person->seen * 10 < person->pixels * 7;
            if (seen)
                assert_true(x0 >= person->left && y0 >= person->top && x1 <= person->left + person->width &&
                            y1 <= person->top + person->height);
            if (person->seen != person->pixels) continue;
            whole++;
            assert_true(x0 == person->left && y0 == person->top && x1 == person->left + person->width &&
                        y1 == person->top + person->height);
        }
        psb_frame_unref(&frame);
    }
    assert_true(whole > 200 && hidden > 5);
    psb_synth_destroy(&synth);
}

static bool overlap(const psb_synth_person *a, const psb_synth_person *b)
{
    return a->left < b->left + b->width && b->left < a->left + a->width && a->top < b->top + b->height &&
           b->top < a->top + a->height;
}

/* Somebody whose box meets no other's and the picture's border is hidden by a thing alone. */
static void things_hide_people(void **state)
{
    (void)state;
    psb_synth *synth = open_scene("synth://carpark?people=12&frames=80&fps=4&size=640x360&light=day&seed=2");
    psb_frame *frame = NULL;
    int32_t by_thing = 0, by_border = 0;
    while (psb_synth_read(synth, &frame) == PSB_OK) {
        int32_t count = 0;
        const psb_synth_person *people = psb_synth_truth(synth, &count);
        for (int32_t i = 0; i < count; i++) {
            bool is_alone = true;
            for (int32_t j = 0; j < count; j++) is_alone = is_alone && (i == j || !overlap(&people[i], &people[j]));
            if (!is_alone || people[i].seen == people[i].pixels) continue;
            const bool is_inside = people[i].left >= 0 && people[i].top >= 0 &&
                                   people[i].left + people[i].width <= 640 && people[i].top + people[i].height <= 360;
            by_thing += is_inside;
            by_border += !is_inside;
        }
        psb_frame_unref(&frame);
    }
    assert_true(by_thing > 5 && by_border > 5);
    psb_synth_destroy(&synth);
}

/* Nobody: the canvas is the backdrop, the truth is empty. */
static void nobody_is_nobody(void **state)
{
    (void)state;
    psb_synth *synth = open_scene("synth://street?people=0&frames=2&size=320x180&noise=0");
    psb_frame *frame = NULL;
    uint64_t hash[2];
    for (int32_t i = 0; i < 2; i++) {
        int32_t count = 1;
        assert_int_equal(psb_synth_read(synth, &frame), PSB_OK);
        hash[i] = hash_of(frame);
        psb_synth_truth(synth, &count);
        assert_int_equal(count, 0);
        psb_frame_unref(&frame);
    }
    assert_true(hash[0] == hash[1]);
    psb_synth_destroy(&synth);
}

/* The same seed at another rate is the same world: frame 5 at 5 frames/s is frame 25 at 25, noise apart. */
static void rate_does_not_change_the_world(void **state)
{
    (void)state;
    const uint64_t slow = hash_of_frame("synth://plaza?noise=0&size=320x180&fps=5", 5);
    assert_true(slow == hash_of_frame("synth://plaza?noise=0&size=320x180&fps=25", 25));
    assert_true(slow != hash_of_frame("synth://plaza?noise=0&size=320x180&fps=25", 26));
    assert_true(slow != hash_of_frame("synth://plaza?noise=0&size=320x180&fps=5&seed=2", 5));
}

static void nothing_is_allocated_per_frame(void **state)
{
    (void)state;
    psb_synth *synth = open_scene("synth://corridor?people=30&frames=40&size=640x360&rain=0.5");
    psb_frame *frame = NULL;
    int64_t warm = 0;
    for (int32_t i = 0; i < 40; i++) {
        assert_int_equal(psb_synth_read(synth, &frame), PSB_OK);
        psb_frame_unref(&frame);
        if (i == 3) warm = alloc_count_now();
    }
    assert_int_equal(alloc_count_now(), warm);
    psb_synth_destroy(&synth);
}

static void survives_each_failing_allocation(void **state)
{
    (void)state;
    psb_synth_settings settings;
    assert_int_equal(psb_synth_settings_from_url(&settings, "synth://plaza?size=160x96&people=2"), PSB_OK);
    for (int64_t n = 1;; n++) {
        psb_synth *synth = NULL;
        psb_frame *frame = NULL;
        alloc_count_fail_at(n);
        psb_status status = psb_synth_create(&synth, &settings, 4, psb_clock_system());
        if (!status) status = psb_synth_read(synth, &frame);
        const bool has_failed = alloc_count_has_failed();
        assert_int_equal(status, has_failed ? PSB_NO_MEMORY : PSB_OK);
        psb_frame_unref(&frame);
        psb_synth_destroy(&synth);
        if (!has_failed) break;
    }
    alloc_count_reset();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes_everywhere),
        cmocka_unit_test(ends_after_its_frames),
        cmocka_unit_test(boxes_hold_their_pixels),
        cmocka_unit_test(things_hide_people),
        cmocka_unit_test(nobody_is_nobody),
        cmocka_unit_test(rate_does_not_change_the_world),
        cmocka_unit_test(nothing_is_allocated_per_frame),
        cmocka_unit_test(survives_each_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
