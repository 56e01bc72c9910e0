/* SPDX-License-Identifier: Apache-2.0
 *
 * What is drawn: a box and a number for who was seen, a thin box for who is not yet believed, nothing for predictions;
 * always inside the box, and with the head left free but for the lines.
 */
#include "camera/overlay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 120, HEIGHT = 100, GROUND = 77 };

typedef struct drawing {
    uint8_t y[WIDTH * HEIGHT], u[WIDTH * HEIGHT / 4], v[WIDTH * HEIGHT / 4];
} drawing;

/* One track from (x0, y0) to (x1, y1) over flat ground. */
static void draw(drawing *out, psb_track_state track, float x0, float y0, float x1, float y1)
{
    int64_t id = 7;
    float score = 0.9f, unseen_s = 0;
    uint8_t state = (uint8_t)track;
    int32_t detection_i = 0;
    const psb_tracks tracks = {1, 1, &id, &x0, &y0, &x1, &y1, &score, &state, &detection_i, &unseen_s};
    const psb_image image = {.format = PSB_PIXEL_YUV420,
                             .width = WIDTH,
                             .height = HEIGHT,
                             .plane = {out->y, out->u, out->v},
                             .stride_bytes = {WIDTH, WIDTH / 2, WIDTH / 2}};
    memset(out, GROUND, sizeof(*out));
    psb_overlay_draw(&image, &tracks);
}

/* Luma pixels that are not ground any more, within a rectangle. */
static int count_drawn(const drawing *at, int x0, int y0, int x1, int y1)
{
    int count = 0;
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++) count += at->y[y * WIDTH + x] != GROUND;
    return count;
}

static void who_was_seen_has_a_box_and_a_number(void **state)
{
    (void)state;
    static drawing at;
    draw(&at, PSB_TRACK_CONFIRMED, 20.4f, 10.3f, 60.2f, 90.1f);
    const int all = count_drawn(&at, 0, 0, WIDTH, HEIGHT);
    assert_int_equal(all, count_drawn(&at, 20, 10, 60, 90)); /* nothing outside the box */
    assert_int_equal(count_drawn(&at, 20, 10, 60, 12), 80);
    assert_int_equal(count_drawn(&at, 20, 10, 22, 90), 160);
    assert_int_equal(count_drawn(&at, 22, 12, 58, 70), 0); /* the number stands at the feet */
    assert_true(count_drawn(&at, 22, 80, 58, 88) > 10);
    for (int y = 6; y < 40; y++) assert_int_equal(at.u[y * WIDTH / 2 + 11], GROUND); /* lines keep to their chroma */
    draw(&at, PSB_TRACK_CONFIRMED, 21.4f, 11.2f, 60.2f, 90.1f);
    assert_int_equal(count_drawn(&at, 0, 0, 22, HEIGHT) + count_drawn(&at, 0, 0, WIDTH, 12), 0);
}

static void who_is_not_believed_has_a_thin_box(void **state)
{
    (void)state;
    static drawing at;
    draw(&at, PSB_TRACK_TENTATIVE, 20, 10, 60, 90);
    assert_int_equal(count_drawn(&at, 20, 10, 60, 11), 40);
    assert_int_equal(count_drawn(&at, 21, 11, 59, 89), 0);
}

static void predictions_are_not_drawn(void **state)
{
    (void)state;
    static drawing at;
    draw(&at, PSB_TRACK_COASTING, 20, 10, 60, 90);
    assert_int_equal(count_drawn(&at, 0, 0, WIDTH, HEIGHT), 0);
}

static void far_corners_are_clipped(void **state)
{
    (void)state;
    static drawing at;
    draw(&at, PSB_TRACK_CONFIRMED, -1e30f, -50, 1e30f, 50);
    assert_int_equal(count_drawn(&at, 0, 48, WIDTH, 50), 2 * WIDTH);
    assert_int_equal(count_drawn(&at, 0, 51, WIDTH, HEIGHT), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_was_seen_has_a_box_and_a_number),
        cmocka_unit_test(who_is_not_believed_has_a_thin_box),
        cmocka_unit_test(predictions_are_not_drawn),
        cmocka_unit_test(far_corners_are_clipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
