/* SPDX-License-Identifier: Apache-2.0
 *
 * The eight orientations on small pictures of every format and size: each shown sample must be the stored one that the
 * display matrix sends there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <libavutil/display.h>

#include <cmocka.h>

#include "frame/image.h"
#include "media/media_int.h"

enum { MAX_SIDE = 7, STRIDE = 8 };

typedef struct picture {
    psb_image image;
    uint8_t planes[3][STRIDE * STRIDE];
} picture;

static void set_up(picture *what, const psb_image *shape)
{
    memset(what, 0, sizeof(*what));
    what->image = *shape;
    for (int32_t i = 0; i < psb_image_plane_count(shape->format); i++) {
        what->image.plane[i] = what->planes[i];
        what->image.stride_bytes[i] = STRIDE;
    }
}

typedef struct place {
    int32_t x, y;
} place;

/* Where the matrix a, b, c, d (of -1, 0, 1) puts a stored sample: the shown picture begins at 0, so the smallest
 * coordinate of a corner is taken off. */
static place find_place(const int m[4], int32_t width, int32_t height, place from)
{
    return (place){.x = m[0] * from.x + m[2] * from.y + (m[0] < 0 ? width - 1 : 0) + (m[2] < 0 ? height - 1 : 0),
                   .y = m[1] * from.x + m[3] * from.y + (m[1] < 0 ? width - 1 : 0) + (m[3] < 0 ? height - 1 : 0)};
}

static void check_turn(const int m[4], psb_pixel_format format, int32_t width, int32_t height)
{
    static picture from, to;
    const int32_t matrix[9] = {m[0] * 65536, m[1] * 65536, 0, m[2] * 65536, m[3] * 65536, 0, 0, 0, 1 << 30};
    const psb_orientation orientation = psb_orientation_from_matrix(matrix);
    const psb_image stored = {.format = format, .width = width, .height = height};
    set_up(&from, &stored);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < STRIDE * STRIDE; k++) from.planes[i][k] = (uint8_t)(1 + i * STRIDE * STRIDE + k);
    const psb_image shape = psb_orientation_shape(&from.image, orientation);
    set_up(&to, &shape);
    psb_orientation_turn(&to.image, &from.image, orientation);

    const bool is_widened = format == PSB_PIXEL_YUV422 && shape.format == PSB_PIXEL_YUV444;
    for (int32_t i = 0; i < psb_image_plane_count(format); i++) {
        /* a 4:2:2 chroma sample lies under two pixels, each of which becomes a sample of 4:4:4 */
        const int32_t across = is_widened && i ? 2 : 1;
        const int32_t plane_width = is_widened && i ? width : psb_image_plane_width(&from.image, i);
        const int32_t plane_height = psb_image_plane_height(&from.image, i);
        for (int32_t q = 0; q < plane_height; q++)
            for (int32_t p = 0; p < plane_width; p++) {
                const place at = find_place(m, plane_width, plane_height, (place){p, q});
                assert_in_range(at.x, 0, psb_image_plane_width(&to.image, i) - 1);
                assert_in_range(at.y, 0, psb_image_plane_height(&to.image, i) - 1);
                assert_int_equal(to.planes[i][at.y * STRIDE + at.x], from.planes[i][q * STRIDE + p / across]);
            }
    }
}

static void every_orientation_format_and_size(void **state)
{
    (void)state;
    static const int matrices[8][4] = {{1, 0, 0, 1},  {0, 1, -1, 0}, {-1, 0, 0, -1}, {0, -1, 1, 0},
                                       {-1, 0, 0, 1}, {1, 0, 0, -1}, {0, 1, 1, 0},   {0, -1, -1, 0}};
    for (int k = 0; k < 8; k++)
        for (int format = 0; format <= PSB_PIXEL_YUV444; format++)
            for (int32_t width = 1; width <= MAX_SIDE; width++)
                for (int32_t height = 1; height <= MAX_SIDE; height++)
                    check_turn(matrices[k], (psb_pixel_format)format, width, height);
}

static void degrees_of_a_display_matrix(void **state)
{
    (void)state;
    for (int deg = 0; deg < 360; deg += 90) {
        int32_t matrix[9];
        av_display_rotation_set(matrix, deg);
        assert_int_equal(psb_orientation_deg(psb_orientation_from_matrix(matrix)), deg);
        assert_int_equal(psb_orientation_is_upright(psb_orientation_from_matrix(matrix)), deg == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_orientation_format_and_size),
        cmocka_unit_test(degrees_of_a_display_matrix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
