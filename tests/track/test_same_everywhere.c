/* SPDX-License-Identifier: Apache-2.0
 *
 * The same boxes give the same tracks, to the last bit, whatever built the tracker and whichever processor runs it:
 * a long scene's whole output is one number, and the number stands here. Every build of CI (gcc, clang, sanitizers)
 * runs this file. The tracker has no code that is chosen by the processor, and calls nothing in libm that is (sqrt,
 * fmin and fmax are exact everywhere; its exp is its own, track/decay.h). Who changes what the tracker decides
 * changes the number: the test prints the new one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <passerby/tracker.h>

#include "base/rng.h"
#include "geometry/boxes.h"

enum { PEOPLE = 14, FRAMES = 4000 };

static const uint64_t expected = 0x51802feeec71fea5U;

typedef struct walker {
    double x, y, speed, height;
} walker;

static void begin_walk(walker *w, psb_rng *rng)
{
    const bool goes_right = psb_rng_below(rng, 2) == 0;
    w->height = 60 + 120 * psb_rng_unit(rng);
    w->speed = (goes_right ? 1 : -1) * (0.5 + psb_rng_unit(rng)) * w->height;
    w->x = goes_right ? -20 : 1300;
    w->y = 200 + 400 * psb_rng_unit(rng);
}

/* Walkers with jitter, weak boxes, missed ones and clutter, in a camera that sways now and then. */
static void look(psb_boxes *boxes, walker *walkers, psb_rng *rng, double step_s, int32_t frame)
{
    const double sway_px = frame % 400 < 60 ? 12 * psb_rng_unit(rng) : 0;
    boxes->count = 0;
    for (int32_t i = 0; i < PEOPLE; i++) {
        walker *const w = &walkers[i];
        w->x += w->speed * step_s;
        if (w->x < -40 || w->x > 1320) begin_walk(w, rng);
        const double draw = psb_rng_unit(rng), jitter_px = 0.04 * w->height * (psb_rng_unit(rng) - 0.5);
        if (draw < 0.12) continue;
        const double x = w->x + jitter_px + sway_px, y = w->y - jitter_px, half = 0.2 * w->height;
        const float score = (float)(draw < 0.25 ? 0.2 + draw : 0.6 + 0.4 * psb_rng_unit(rng));
        const psb_box box = {(float)(x - half), (float)(y - w->height), (float)(x + half), (float)y};
        assert_int_equal(psb_boxes_append(boxes, box, score), PSB_OK);
    }
    if (psb_rng_below(rng, 3) == 0) {
        const float x = (float)(1200 * psb_rng_unit(rng)), y = (float)(600 * psb_rng_unit(rng));
        assert_int_equal(psb_boxes_append(boxes, (psb_box){x, y, x + 30, y + 80}, 0.3F), PSB_OK);
    }
}

static void mix(uint64_t *hash, const void *data, size_t size_bytes)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size_bytes; i++) *hash = (*hash ^ bytes[i]) * 1099511628211U; /* FNV-1a */
}

static void mix_tracks(uint64_t *hash, const psb_tracks *t)
{
    const size_t count = (size_t)t->count;
    mix(hash, t->id, count * sizeof(*t->id));
    mix(hash, t->x0_px, count * sizeof(*t->x0_px));
    mix(hash, t->y0_px, count * sizeof(*t->y0_px));
    mix(hash, t->x1_px, count * sizeof(*t->x1_px));
    mix(hash, t->y1_px, count * sizeof(*t->y1_px));
    mix(hash, t->score, count * sizeof(*t->score));
    mix(hash, t->state, count * sizeof(*t->state));
    mix(hash, t->detection_i, count * sizeof(*t->detection_i));
    mix(hash, t->unseen_s, count * sizeof(*t->unseen_s));
}

static void a_long_scene_gives_one_number(void **state)
{
    (void)state;
    psb_rng rng;
    walker walkers[PEOPLE];
    psb_boxes boxes = {0};
    psb_tracker *tracker = NULL;
    uint64_t hash = 14695981039346656037U;
    double time_s = 0;
    psb_rng_init(&rng, 11);
    for (int32_t i = 0; i < PEOPLE; i++) {
        begin_walk(&walkers[i], &rng);
        walkers[i].x = 1280 * psb_rng_unit(&rng);
    }
    assert_int_equal(psb_tracker_create(&tracker, NULL), PSB_OK);
    for (int32_t frame = 0; frame < FRAMES; frame++) {
        const psb_tracks *tracks = NULL;
        const double step_s = frame % 1000 < 700 ? 0.04 : 0.05 + 0.2 * psb_rng_unit(&rng);
        time_s += step_s;
        look(&boxes, walkers, &rng, step_s, frame);
        assert_int_equal(psb_tracker_step(tracker, &tracks, &boxes, time_s), PSB_OK);
        mix_tracks(&hash, tracks);
    }
    if (hash != expected)
        fail_msg("found 0x%llx, expected 0x%llx: another build differs, or the tracker decides otherwise than before",
                 (unsigned long long)hash, (unsigned long long)expected);
    psb_tracker_destroy(&tracker);
    psb_boxes_fini(&boxes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_long_scene_gives_one_number)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
