/* SPDX-License-Identifier: Apache-2.0
 *
 * Preprocessing against a reference in double: a picture of RGB, each pixel with the chroma sample of its place,
 * bilinear with half-pixel centres. Colours are drawn inside RGB's cube, where interpolating before or after the
 * conversion is the same; then within 0.06 of a level: rounding downwards is at most 1/256 of a level in each plane,
 * times at most 255/219 + 255/224 (1.772 + 0.345 + 0.714), and weights of 14 and 15 bits add at most 255/2^15 +
 * 255/2^16 each.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "alloc_count.h"
#include "base/cpu.h"
#include "detect/prepare.h"
#include "frame/image.h"

enum { MOST_SIDE = 300, GUARD = 0x7f };

static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)*state * below) >> 32);
}

/* Planes with strides wider than the picture; luma 90..160 and chroma 108..148 stay inside RGB's cube. */
static psb_image draw_image(psb_pixel_format format, int32_t width, int32_t height, uint32_t *seed)
{
    psb_image image = {.format = format,
                       .matrix = (psb_color_matrix)draw(seed, 3),
                       .range = (psb_color_range)draw(seed, 2),
                       .width = width,
                       .height = height};
    for (int32_t p = 0; p < psb_image_plane_count(format); p++) {
        const int32_t w = psb_image_plane_width(&image, p), h = psb_image_plane_height(&image, p);
        image.stride_bytes[p] = w + (ptrdiff_t)draw(seed, 9);
        image.plane[p] = malloc((size_t)(image.stride_bytes[p] * h));
        assert_non_null(image.plane[p]);
        memset(image.plane[p], 0, (size_t)(image.stride_bytes[p] * h));
        for (int32_t y = 0; y < h; y++)
            for (int32_t x = 0; x < w; x++)
                image.plane[p][y * image.stride_bytes[p] + x] =
                    (uint8_t)(p ? 108 + draw(seed, 41) : 90 + draw(seed, 71));
    }
    return image;
}

static void free_image(psb_image *image)
{
    for (int32_t p = 0; p < 3; p++) free(image->plane[p]);
    *image = (psb_image){0};
}

static double sample(const psb_image *image, int32_t p, int32_t x, int32_t y)
{
    const int32_t sx = p && (image->format == PSB_PIXEL_YUV420 || image->format == PSB_PIXEL_YUV422);
    const int32_t sy = p && image->format == PSB_PIXEL_YUV420;
    return image->plane[p][(y >> sy) * image->stride_bytes[p] + (x >> sx)];
}

/* One pixel of the picture as R, G, B. ITU-T H.273, equations 38 to 40 and table 4. */
static void rgb_at(double rgb[3], const psb_image *image, int32_t x, int32_t y)
{
    static const double kr_kb[][2] = {{0.299, 0.114}, {0.2126, 0.0722}, {0.2627, 0.0593}};
    const double kr = kr_kb[image->matrix][0], kb = kr_kb[image->matrix][1];
    const bool is_full = image->range == PSB_RANGE_FULL, is_grey = image->format == PSB_PIXEL_GREY;
    const double luma = (sample(image, 0, x, y) - (is_full ? 0 : 16)) * (is_full ? 1.0 : 255.0 / 219.0);
    const double scale = is_full ? 1.0 : 255.0 / 224.0;
    const double cb = is_grey ? 0 : (sample(image, 1, x, y) - 128) * scale;
    const double cr = is_grey ? 0 : (sample(image, 2, x, y) - 128) * scale;
    rgb[0] = luma + 2 * (1 - kr) * cr;
    rgb[2] = luma + 2 * (1 - kb) * cb;
    rgb[1] = (luma - kr * rgb[0] - kb * rgb[2]) / (1 - kr - kb);
    for (int32_t c = 0; c < 3; c++) rgb[c] = fmin(fmax(rgb[c], 0), 255);
}

static double reference(const psb_image *image, const psb_placement *at, int32_t x, int32_t y, int32_t rgb_i)
{
    const double sx = fmin(fmax((x + 0.5) * image->width / at->width_px - 0.5, 0), image->width - 1);
    const double sy = fmin(fmax((y + 0.5) * image->height / at->height_px - 0.5, 0), image->height - 1);
    const int32_t x0 = (int32_t)sx, y0 = (int32_t)sy;
    const int32_t x1 = x0 + 1 < image->width ? x0 + 1 : x0, y1 = y0 + 1 < image->height ? y0 + 1 : y0;
    double a[3], b[3], c[3], d[3];
    rgb_at(a, image, x0, y0);
    rgb_at(b, image, x1, y0);
    rgb_at(c, image, x0, y1);
    rgb_at(d, image, x1, y1);
    const double top = a[rgb_i] + (b[rgb_i] - a[rgb_i]) * (sx - x0);
    const double bottom = c[rgb_i] + (d[rgb_i] - c[rgb_i]) * (sx - x0);
    return top + (bottom - top) * (sy - y0);
}

/* A view of the layout drawn: channels innermost, innermost with a gap, or planes. */
static psb_tensor_view make_view(float *data, const psb_descriptor_input *input, int32_t layout)
{
    const int64_t w = input->width, h = input->height;
    psb_tensor_view view = {.name = "in", .data = data, .rank = 4, .dims = {1, 3, h, w}};
    static const int64_t pixels[] = {3, 4, 1};
    const int64_t pixel = pixels[layout];
    const int64_t strides[] = {3 * w * h, layout == 2 ? w * h : 1, pixel * w, pixel};
    memcpy(view.strides, strides, sizeof(strides));
    return view;
}

static void check_picture(const psb_descriptor_input *input, psb_prepare *prepare, const psb_image *image,
                          int32_t layout)
{
    static float values[4 * MOST_SIDE * MOST_SIDE + 1];
    const psb_tensor_view view = make_view(values, input, layout);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) values[i] = NAN;
    assert_int_equal(psb_prepare_run(prepare, &view, image), PSB_OK);
    const psb_placement *at = &prepare->placement;
    for (int32_t y = 0; y < input->height; y++) {
        for (int32_t x = 0; x < input->width; x++) {
            const int32_t px = x - at->left_px, py = y - at->top_px;
            const bool is_inside = px >= 0 && py >= 0 && px < at->width_px && py < at->height_px;
            for (int32_t c = 0; c < 3; c++) {
                const double value = (double)values[c * view.strides[1] + y * view.strides[2] + x * view.strides[3]];
                const double level = (value * (double)input->std[c] + (double)input->mean[c]) / (double)input->scale;
                const double expected =
                    is_inside ? reference(image, at, px, py, input->is_rgb ? c : 2 - c) : (double)input->pad;
                if (!(fabs(level - expected) <= 0.06))
                    fail_msg("%dx%d to %dx%d, format %d, x %d y %d channel %d: %g, expected %g", image->width,
                             image->height, input->width, input->height, image->format, x, y, c, level, expected);
            }
        }
    }
    /* Between channels and behind the tensor nothing was written. */
    const int64_t used = layout == 1 ? 4 : 3;
    for (int64_t i = layout == 1 ? 3 : used * input->width * input->height; i <= 4 * input->width * input->height;
         i += 4)
        assert_true(isnan(values[i]));
}

static psb_descriptor_input draw_input(uint32_t *seed)
{
    psb_descriptor_input input = {.width = 8 + (int32_t)draw(seed, 120),
                                  .height = 8 + (int32_t)draw(seed, 90),
                                  .is_rgb = draw(seed, 2),
                                  .scale = draw(seed, 2) ? 1.0f : 1.0f / 255.0f,
                                  .is_letterbox = draw(seed, 3) > 0,
                                  .is_centered = draw(seed, 2),
                                  .pad = (float)draw(seed, 256)};
    for (int32_t c = 0; c < 3; c++) {
        input.mean[c] = draw(seed, 2) ? 0.0f : (float)draw(seed, 1000) / 8.0f * input.scale;
        input.std[c] = draw(seed, 2) ? 1.0f : (float)(1 + draw(seed, 1000)) / 8.0f;
    }
    return input;
}

static void check_many(uint32_t cpu_flags)
{
    static const psb_pixel_format formats[] = {PSB_PIXEL_GREY, PSB_PIXEL_YUV420, PSB_PIXEL_YUV422, PSB_PIXEL_YUV444};
    static const int32_t edges[][2] = {{1, 1}, {2, 1}, {1, 2}, {3, 3}, {1, 50}, {50, 1}, {2, 2}, {17, 5}};
    uint32_t seed = 3;
    for (int32_t round = 0; round < 160; round++) {
        const psb_descriptor_input input = draw_input(&seed);
        const size_t edge = (size_t)round / 4;
        const bool is_edge = edge < sizeof(edges) / sizeof(edges[0]);
        const int32_t width = is_edge ? edges[edge][0] : 1 + (int32_t)draw(&seed, MOST_SIDE);
        const int32_t height = is_edge ? edges[edge][1] : 1 + (int32_t)draw(&seed, MOST_SIDE);
        psb_image image = draw_image(formats[round % 4], width, height, &seed);
        psb_prepare prepare;
        psb_prepare_init(&prepare, &input, cpu_flags);
        check_picture(&input, &prepare, &image, (int32_t)draw(&seed, 3));
        psb_prepare_fini(&prepare);
        free_image(&image);
    }
}

/* The same picture in bytes: the floats quantised, nearly everywhere the very byte, nowhere more than a step off. The
 * encodings drawn cover the values, end within them, or are much finer. */
static void check_bytes(const psb_descriptor_input *input, psb_prepare *prepare, const psb_image *image, uint32_t *seed,
                        int64_t counts[2])
{
    static float values[4 * MOST_SIDE * MOST_SIDE + 1];
    static uint8_t bytes[4 * MOST_SIDE * MOST_SIDE + 1];
    const psb_tensor_view floats = make_view(values, input, (int32_t)draw(seed, 3));
    psb_tensor_view view = floats;
    const float step = input->scale / input->std[0] * (float)(1 + draw(seed, 300)) / 150.0f;
    view.data = NULL;
    view.bytes = bytes;
    view.byte_scale = step;
    view.byte_zero = (uint8_t)draw(seed, 256);
    memset(bytes, GUARD, sizeof(bytes));
    assert_int_equal(psb_prepare_run(prepare, &floats, image), PSB_OK);
    assert_int_equal(psb_prepare_run(prepare, &view, image), PSB_OK);
    int64_t written = 0;
    for (int32_t y = 0; y < input->height; y++)
        for (int32_t x = 0; x < input->width; x++)
            for (int32_t c = 0; c < 3; c++, written++) {
                const int64_t at = c * view.strides[1] + y * view.strides[2] + x * view.strides[3];
                const double exact = nearbyint((double)values[at] / (double)step) + view.byte_zero;
                const int32_t expected = (int32_t)fmin(fmax(exact, 0), 255), found = bytes[at];
                if (abs(found - expected) > 1)
                    fail_msg("x %d y %d channel %d: %d, expected %d", x, y, c, found, expected);
                counts[0] += found == expected;
            }
    counts[1] += written;
    int64_t guards = 0;
    for (size_t i = 0; i < sizeof(bytes); i++) guards += bytes[i] == GUARD;
    assert_true(guards >= (int64_t)sizeof(bytes) - written);
}

static void test_bytes(void **state)
{
    (void)state;
    static const psb_pixel_format formats[] = {PSB_PIXEL_GREY, PSB_PIXEL_YUV420, PSB_PIXEL_YUV422, PSB_PIXEL_YUV444};
    uint32_t seed = 5;
    int64_t counts[2] = {0, 0};
    for (int32_t round = 0; round < 120; round++) {
        const psb_descriptor_input input = draw_input(&seed);
        const int32_t width = 1 + (int32_t)draw(&seed, MOST_SIDE), height = 1 + (int32_t)draw(&seed, MOST_SIDE);
        psb_image image = draw_image(formats[round % 4], width, height, &seed);
        psb_prepare prepare;
        psb_prepare_init(&prepare, &input, round % 2 ? psb_cpu_detect() : 0);
        check_bytes(&input, &prepare, &image, &seed, counts);
        psb_prepare_fini(&prepare);
        free_image(&image);
    }
    if ((double)counts[0] < 0.999 * (double)counts[1])
        fail_msg("%lld of %lld bytes are equal", (long long)counts[0], (long long)counts[1]);
}

static void test_c(void **state)
{
    (void)state;
    check_many(0);
}

static void test_best(void **state)
{
    (void)state;
    check_many(psb_cpu_detect());
}

/* The rule of the descriptors' README, on its own examples and at its halves. */
static void test_placement(void **state)
{
    (void)state;
    const psb_descriptor_input box = {.width = 416, .height = 416, .is_letterbox = true};
    psb_placement p = psb_placement_of(&box, 768, 576);
    assert_int_equal(p.width_px, 416);
    assert_int_equal(p.height_px, 312);
    assert_int_equal(p.left_px + p.top_px, 0);
    /* 1224 x 370: 370 * 416 / 1224 = 125.75 */
    p = psb_placement_of(&box, 1224, 370);
    assert_int_equal(p.height_px, 126);
    assert_true(p.scale_y == 126.0 / 370.0 && p.scale_x == 416.0 / 1224.0);
    /* 832 x 5 and 832 x 7: 2.5 and 3.5, both to the even neighbour */
    assert_int_equal(psb_placement_of(&box, 832, 5).height_px, 2);
    assert_int_equal(psb_placement_of(&box, 832, 7).height_px, 4);
    assert_int_equal(psb_placement_of(&box, 16384, 1).height_px, 1);
    const psb_descriptor_input middle = {.width = 320, .height = 320, .is_letterbox = true, .is_centered = true};
    p = psb_placement_of(&middle, 1224, 370);
    assert_int_equal(p.height_px, 97);
    assert_int_equal(p.top_px, 111); /* 111 above, 112 below */
    const psb_descriptor_input stretch = {.width = 320, .height = 200};
    p = psb_placement_of(&stretch, 1224, 370);
    assert_int_equal(p.width_px, 320);
    assert_int_equal(p.height_px, 200);

    float columns[5][1] = {{20.0f}, {111.0f}, {-10.0f}, {330.0f}, {1.0f}};
    psb_boxes boxes = {.count = 1,
                       .capacity = 1,
                       .x0_px = columns[0],
                       .y0_px = columns[1],
                       .x1_px = columns[2],
                       .y1_px = columns[3],
                       .score = columns[4]};
    p = psb_placement_of(&middle, 1224, 370);
    psb_placement_take_back(&p, &boxes);
    assert_float_equal(boxes.x0_px[0], 20.0 * 1224 / 320, 1e-4);
    assert_float_equal(boxes.y0_px[0], 0.0, 1e-4);
    assert_float_equal(boxes.x1_px[0], -10.0 * 1224 / 320, 1e-4);
    assert_float_equal(boxes.y1_px[0], 219.0 * 370 / 97, 1e-3);
}

/* Nothing is allocated but when size or format change, and the tables follow when they do. */
static void test_allocation(void **state)
{
    (void)state;
    uint32_t seed = 9;
    const psb_descriptor_input input = draw_input(&seed);
    static float values[4 * MOST_SIDE * MOST_SIDE];
    const psb_tensor_view view = make_view(values, &input, 0);
    psb_prepare prepare;
    psb_image small = draw_image(PSB_PIXEL_YUV420, 60, 44, &seed), large = draw_image(PSB_PIXEL_YUV420, 97, 101, &seed);
    psb_image grey = draw_image(PSB_PIXEL_GREY, 97, 101, &seed);
    psb_prepare_init(&prepare, &input, psb_cpu_detect());
    assert_int_equal(psb_prepare_run(&prepare, &view, &small), PSB_OK);
    alloc_count_reset();
    for (int32_t i = 0; i < 5; i++) assert_int_equal(psb_prepare_run(&prepare, &view, &small), PSB_OK);
    assert_int_equal(alloc_count_now(), 0);
    check_picture(&input, &prepare, &large, 0);
    check_picture(&input, &prepare, &grey, 0);
    check_picture(&input, &prepare, &small, 0);
    assert_int_equal(alloc_count_now(), 3);
    /* Out of memory for another size: said, and the old size still works. */
    alloc_count_fail_at(1);
    assert_int_equal(psb_prepare_run(&prepare, &view, &large), PSB_NO_MEMORY);
    alloc_count_reset();
    check_picture(&input, &prepare, &small, 0);
    psb_prepare_fini(&prepare);
    psb_prepare_fini(&prepare);
    free_image(&small);
    free_image(&large);
    free_image(&grey);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_c), cmocka_unit_test(test_best),
                                       cmocka_unit_test(test_bytes), cmocka_unit_test(test_placement),
                                       cmocka_unit_test(test_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
