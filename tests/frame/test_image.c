/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies and conversions of whole pictures, exhaustive over small sizes: each sample is compared with a definition
 * written per pixel, and what lies outside the planes must stay as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "frame/image.h"

enum { MAX_SIDE = 9, STRIDE = 16, PLANE_BYTES = STRIDE * STRIDE, UNTOUCHED = 0xa5 };

typedef struct picture {
    psb_image image;
    uint8_t planes[3][PLANE_BYTES];
} picture;

static void set_up(picture *what, psb_pixel_format format, int32_t width, int32_t height)
{
    memset(what, 0, sizeof(*what));
    memset(what->planes, UNTOUCHED, sizeof(what->planes));
    what->image = (psb_image){.format = format, .width = width, .height = height};
    for (int32_t i = 0; i < psb_image_plane_count(format); i++) {
        what->image.plane[i] = what->planes[i];
        what->image.stride_bytes[i] = STRIDE;
    }
}

static void fill_noise(picture *what, uint32_t seed)
{
    for (int32_t i = 0; i < psb_image_plane_count(what->image.format); i++)
        for (int32_t y = 0; y < psb_image_plane_height(&what->image, i); y++)
            for (int32_t x = 0; x < psb_image_plane_width(&what->image, i); x++) {
                seed = seed * 1664525u + 1013904223u;
                what->planes[i][y * STRIDE + x] = (uint8_t)(seed >> 24);
            }
}

static void assert_untouched_outside(const picture *what)
{
    for (int32_t i = 0; i < 3; i++) {
        const int32_t width =
            i < psb_image_plane_count(what->image.format) ? psb_image_plane_width(&what->image, i) : 0;
        const int32_t height =
            i < psb_image_plane_count(what->image.format) ? psb_image_plane_height(&what->image, i) : 0;
        for (int32_t y = 0; y < STRIDE; y++)
            for (int32_t x = 0; x < STRIDE; x++)
                if (x >= width || y >= height) assert_int_equal(what->planes[i][y * STRIDE + x], UNTOUCHED);
    }
}

static void sizes_of_planes(void **state)
{
    (void)state;
    const psb_image odd = {.format = PSB_PIXEL_YUV420, .width = 7, .height = 5};
    assert_int_equal(psb_image_plane_width(&odd, 0), 7);
    assert_int_equal(psb_image_plane_width(&odd, 1), 4);
    assert_int_equal(psb_image_plane_height(&odd, 2), 3);
    const psb_image wide = {.format = PSB_PIXEL_YUV422, .width = 7, .height = 5};
    assert_int_equal(psb_image_plane_width(&wide, 1), 4);
    assert_int_equal(psb_image_plane_height(&wide, 1), 5);
    const psb_image full = {.format = PSB_PIXEL_YUV444, .width = 7, .height = 5};
    assert_int_equal(psb_image_plane_width(&full, 2), 7);
    assert_int_equal(psb_image_plane_height(&full, 2), 5);
    assert_int_equal(psb_image_plane_count(PSB_PIXEL_GREY), 1);
    assert_int_equal(psb_image_plane_count(PSB_PIXEL_YUV422), 3);
}

static void copies_exactly(void **state)
{
    (void)state;
    for (int format = 0; format <= PSB_PIXEL_YUV444; format++)
        for (int32_t width = 1; width <= MAX_SIDE; width++)
            for (int32_t height = 1; height <= MAX_SIDE; height++) {
                picture from, to;
                set_up(&from, (psb_pixel_format)format, width, height);
                set_up(&to, (psb_pixel_format)format, width, height);
                fill_noise(&from, (uint32_t)(width * 100 + height));
                psb_image_copy(&to.image, &from.image);
                assert_memory_equal(to.planes, from.planes, sizeof(to.planes));
                assert_untouched_outside(&to);
            }
}

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* The chroma sample of 4:2:0 at (x, y) by definition: the mean of the samples under its four pixels that exist, the
 * last row or column twice at odd ends (which is what padding means). */
static int expected_chroma(const picture *from, int32_t plane_i, int32_t x, int32_t y)
{
    const psb_image *image = &from->image;
    const int32_t last_y = image->height - 1, last_x = image->width - 1;
    const uint8_t *samples = from->planes[plane_i];
    const int32_t above = 2 * y, below = smaller(2 * y + 1, last_y);
    const int32_t left = 2 * x, right = smaller(2 * x + 1, last_x);
    switch (image->format) {
    case PSB_PIXEL_GREY:
        return 128;
    case PSB_PIXEL_YUV420:
        return samples[y * STRIDE + x];
    case PSB_PIXEL_YUV422:
        return (samples[above * STRIDE + x] + samples[below * STRIDE + x] + 1) / 2;
    case PSB_PIXEL_YUV444:
        break;
    }
    return (samples[above * STRIDE + left] + samples[above * STRIDE + right] + samples[below * STRIDE + left] +
            samples[below * STRIDE + right] + 2) /
           4;
}

static void check_420(const picture *to, const picture *from)
{
    for (int32_t y = 0; y < to->image.height; y++)
        for (int32_t x = 0; x < to->image.width; x++)
            assert_int_equal(
                to->planes[0][y * STRIDE + x],
                from->planes[0][smaller(y, from->image.height - 1) * STRIDE + smaller(x, from->image.width - 1)]);
    for (int32_t i = 1; i < 3; i++)
        for (int32_t y = 0; y < to->image.height / 2; y++)
            for (int32_t x = 0; x < to->image.width / 2; x++)
                assert_int_equal(to->planes[i][y * STRIDE + x], expected_chroma(from, i, x, y));
}

static void to_420_by_definition(void **state)
{
    (void)state;
    for (int format = 0; format <= PSB_PIXEL_YUV444; format++)
        for (int32_t width = 1; width <= MAX_SIDE; width++)
            for (int32_t height = 1; height <= MAX_SIDE; height++) {
                picture from, to;
                set_up(&from, (psb_pixel_format)format, width, height);
                set_up(&to, PSB_PIXEL_YUV420, width + width % 2, height + height % 2);
                fill_noise(&from, (uint32_t)(format * 10000 + width * 100 + height));
                psb_image_to_yuv420(&to.image, &from.image);
                check_420(&to, &from);
                assert_untouched_outside(&to);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_of_planes),
        cmocka_unit_test(copies_exactly),
        cmocka_unit_test(to_420_by_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
