/* SPDX-License-Identifier: Apache-2.0
 *
 * Rectangles over all corners in and around small pictures of every format, compared with a definition per pixel;
 * labels stay inside; colours are those of H.273's equations.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "frame/draw.h"
#include "frame/image.h"

enum { STRIDE = 128, ROWS = 32, UNTOUCHED = 7 };

typedef struct picture {
    psb_image image;
    uint8_t planes[3][STRIDE * ROWS];
} picture;

static void set_up(picture *what, psb_pixel_format format, int32_t width, int32_t height)
{
    memset(what->planes, UNTOUCHED, sizeof(what->planes));
    what->image = (psb_image){.format = format, .width = width, .height = height};
    for (int32_t i = 0; i < psb_image_plane_count(format); i++) {
        what->image.plane[i] = what->planes[i];
        what->image.stride_bytes[i] = STRIDE;
    }
}

static bool is_on_rectangle(int32_t x, int32_t y, const int32_t corner[4], int32_t thick)
{
    if (x < corner[0] || y < corner[1] || x >= corner[2] || y >= corner[3]) return false;
    return x < corner[0] + thick || y < corner[1] + thick || x >= corner[2] - thick || y >= corner[3] - thick;
}

/* A sample is coloured when any pixel of the picture below it is. */
static bool is_sample_on(const psb_image *image, int32_t plane_i, int32_t x, int32_t y, const int32_t corner[4],
                         int32_t thick)
{
    const int32_t across = plane_i && image->format != PSB_PIXEL_YUV444 ? 2 : 1;
    const int32_t down = plane_i && image->format == PSB_PIXEL_YUV420 ? 2 : 1;
    for (int32_t v = y * down; v < y * down + down && v < image->height; v++)
        for (int32_t u = x * across; u < x * across + across && u < image->width; u++)
            if (is_on_rectangle(u, v, corner, thick)) return true;
    return false;
}

static void check_rectangle(psb_pixel_format format, int32_t width, int32_t height, const int32_t corner[4],
                            int32_t thick)
{
    static picture what;
    const psb_color color = {100, 150, 200};
    const int values[3] = {100, 150, 200};
    set_up(&what, format, width, height);
    psb_draw_rectangle(&what.image, (psb_area){corner[0], corner[1], corner[2], corner[3]}, thick, color);
    for (int32_t i = 0; i < psb_image_plane_count(format); i++)
        for (int32_t y = 0; y < psb_image_plane_height(&what.image, i) + 1; y++)
            for (int32_t x = 0; x < psb_image_plane_width(&what.image, i) + 1; x++) {
                const bool is_inside =
                    x < psb_image_plane_width(&what.image, i) && y < psb_image_plane_height(&what.image, i);
                const bool is_on = is_inside && is_sample_on(&what.image, i, x, y, corner, thick);
                if (what.planes[i][y * STRIDE + x] != (is_on ? values[i] : UNTOUCHED))
                    fail_msg("format %d %dx%d corners %d %d %d %d thick %d plane %d at %d, %d", format, width, height,
                             corner[0], corner[1], corner[2], corner[3], thick, i, x, y);
            }
}

static void rectangles_by_definition(void **state)
{
    (void)state;
    static const int32_t sizes[][2] = {{1, 1}, {4, 4}, {5, 3}, {7, 6}};
    for (int format = 0; format <= PSB_PIXEL_YUV444; format++)
        for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
            for (int32_t x0 = -2; x0 < 8; x0++)
                for (int32_t y0 = -2; y0 < 7; y0++)
                    for (int32_t x1 = x0; x1 < 10; x1 += 2)
                        for (int32_t y1 = y0; y1 < 9; y1++)
                            check_rectangle((psb_pixel_format)format, sizes[s][0], sizes[s][1],
                                            (int32_t[4]){x0, y0, x1, y1}, 1 + (x0 + y0 + y1) % 3 * (x0 > 0));
}

static void absurd_corners_are_clipped(void **state)
{
    (void)state;
    static picture what;
    set_up(&what, PSB_PIXEL_YUV420, 5, 5);
    psb_draw_rectangle(&what.image, (psb_area){INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX}, INT32_MAX,
                       (psb_color){1, 2, 3});
    assert_int_equal(what.planes[0][4 * STRIDE + 4], 1);
    assert_int_equal(what.planes[1][2 * STRIDE + 2], 2);
    assert_int_equal(what.planes[0][5], UNTOUCHED);
    set_up(&what, PSB_PIXEL_YUV420, 5, 5);
    psb_draw_rectangle(&what.image, (psb_area){3, 3, 2, 2}, 1, (psb_color){1, 2, 3});
    psb_draw_rectangle(&what.image, (psb_area){0, 0, 5, 5}, 0, (psb_color){1, 2, 3});
    assert_int_equal(what.planes[0][0], UNTOUCHED);
    psb_draw_label(&what.image, INT32_MAX, INT32_MIN, INT32_MAX, (psb_color){1, 2, 3}, "12");
    psb_draw_label(&what.image, 0, 0, 0, (psb_color){1, 2, 3}, "12");
    assert_int_equal(what.planes[0][5], UNTOUCHED);
    assert_int_equal(what.planes[0][5 * STRIDE], UNTOUCHED);
}

/* Wherever it is asked for, the label is the same picture, wholly inside. */
static void labels_stay_inside(void **state)
{
    (void)state;
    static picture what;
    static const int32_t places[][2] = {{0, 0}, {-50, 4}, {200, 200}, {10, 20}, {99, 1}};
    for (int format = 0; format <= PSB_PIXEL_YUV444; format++)
        for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++) {
            set_up(&what, (psb_pixel_format)format, 61, 23);
            psb_draw_label(&what.image, places[p][0], places[p][1], 1, (psb_color){50, 90, 90}, "#7 0.91");
            int ground = 0, ink = 0;
            for (int32_t y = 0; y < ROWS; y++)
                for (int32_t x = 0; x < STRIDE; x++) {
                    const uint8_t value = what.planes[0][y * STRIDE + x];
                    if (x >= 61 || y >= 23) assert_int_equal(value, UNTOUCHED);
                    ground += value == 50;
                    ink += value == 235;
                }
            assert_int_equal(ground + ink, (7 * 6 + 1) * 9);
            assert_true(ink > 7 * 5); /* seven letters of which one is a blank and one a dot */
        }
}

static void ink_differs_from_its_ground(void **state)
{
    (void)state;
    static picture what;
    for (int range = 0; range < 2; range++)
        for (int y = range ? 0 : 16; y <= (range ? 255 : 235); y++) {
            set_up(&what, PSB_PIXEL_GREY, 20, 12);
            what.image.range = (psb_color_range)range;
            psb_draw_label(&what.image, 0, 12, 1, (psb_color){(uint8_t)y, 128, 128}, "1");
            const int ink = what.planes[0][(12 - 9 + 1) * STRIDE + 3]; /* the top of the one: third column */
            assert_true(ink == (range ? 0 : 16) || ink == (range ? 255 : 235));
            assert_true(ink - y >= 109 || y - ink >= 109);
        }
}

static void letters_are_different(void **state)
{
    (void)state;
    static picture one, two;
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ#-.,:/%()+=_? ";
    for (size_t i = 0; i < sizeof(letters) - 1; i++)
        for (size_t j = 0; j < i; j++) {
            const char left[2] = {letters[i], 0}, right[2] = {letters[j], 0};
            set_up(&one, PSB_PIXEL_GREY, 20, 12);
            set_up(&two, PSB_PIXEL_GREY, 20, 12);
            psb_draw_label(&one.image, 0, 12, 1, (psb_color){50, 0, 0}, left);
            psb_draw_label(&two.image, 0, 12, 1, (psb_color){50, 0, 0}, right);
            assert_memory_not_equal(one.planes[0], two.planes[0], sizeof(one.planes[0]));
        }
    set_up(&two, PSB_PIXEL_GREY, 20, 12);
    psb_draw_label(&two.image, 0, 12, 1, (psb_color){50, 0, 0}, "?");
    set_up(&one, PSB_PIXEL_GREY, 20, 12);
    psb_draw_label(&one.image, 0, 12, 1, (psb_color){50, 0, 0}, "\xc3"); /* not ASCII */
    assert_memory_equal(one.planes[0], two.planes[0], sizeof(one.planes[0]));
}

static void scale_enlarges_by_whole_pixels(void **state)
{
    (void)state;
    static picture small, large;
    set_up(&small, PSB_PIXEL_GREY, 20, 12);
    set_up(&large, PSB_PIXEL_GREY, 60, 32);
    psb_draw_label(&small.image, 0, 9, 1, (psb_color){50, 0, 0}, "R2");
    psb_draw_label(&large.image, 0, 27, 3, (psb_color){50, 0, 0}, "R2");
    for (int32_t y = 0; y < 27; y++)
        for (int32_t x = 0; x < 39; x++)
            assert_int_equal(large.planes[0][y * STRIDE + x], small.planes[0][y / 3 * STRIDE + x / 3]);
}

/* The identity's colour back to RGB: the same colour in every matrix and range, up to rounding. */
static void colours_are_the_same_everywhere(void **state)
{
    (void)state;
    static const double weights[3][2] = {{0.299, 0.114}, {0.2126, 0.0722}, {0.2627, 0.0593}};
    static const double red_of_0[3] = {230, 25, 75};
    for (int matrix = 0; matrix < 3; matrix++)
        for (int range = 0; range < 2; range++) {
            const psb_color color = psb_color_of_id(0, (psb_color_matrix)matrix, (psb_color_range)range);
            const double kr = weights[matrix][0], kb = weights[matrix][1];
            const double y = range ? color.y : (color.y - 16) * 255.0 / 219.0;
            const double u = (color.u - 128) * (range ? 1.0 : 255.0 / 224.0);
            const double v = (color.v - 128) * (range ? 1.0 : 255.0 / 224.0);
            const double r = y + 2.0 * (1.0 - kr) * v, b = y + 2.0 * (1.0 - kb) * u;
            const double g = (y - kr * r - kb * b) / (1.0 - kr - kb);
            /* half a step of luma and of chroma, times the largest gain (1.88 for blue in BT.2020) and 255/219 */
            assert_true(r > red_of_0[0] - 2 && r < red_of_0[0] + 2);
            assert_true(g > red_of_0[1] - 2 && g < red_of_0[1] + 2);
            assert_true(b > red_of_0[2] - 2 && b < red_of_0[2] + 2);
        }
    const psb_color three = psb_color_of_id(3, PSB_COLOR_BT709, PSB_RANGE_LIMITED);
    const psb_color fifteen = psb_color_of_id(15, PSB_COLOR_BT709, PSB_RANGE_LIMITED);
    assert_memory_equal(&three, &fifteen, sizeof(three));
    for (int64_t id = 1; id < 12; id++) {
        const psb_color color = psb_color_of_id(id, PSB_COLOR_BT709, PSB_RANGE_LIMITED);
        const psb_color before = psb_color_of_id(id - 1, PSB_COLOR_BT709, PSB_RANGE_LIMITED);
        assert_memory_not_equal(&color, &before, sizeof(color));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rectangles_by_definition),
        cmocka_unit_test(absurd_corners_are_clipped),
        cmocka_unit_test(labels_stay_inside),
        cmocka_unit_test(ink_differs_from_its_ground),
        cmocka_unit_test(letters_are_different),
        cmocka_unit_test(scale_enlarges_by_whole_pixels),
        cmocka_unit_test(colours_are_the_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
