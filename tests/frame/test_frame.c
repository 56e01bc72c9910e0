/* SPDX-License-Identifier: Apache-2.0
 *
 * References to frames: planes are released exactly once, by the last one; bad shapes are refused and stay the
 * caller's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <math.h>

#include <cmocka.h>

#include <passerby/frame.h>

static uint8_t plane[3][64 * 64];

static psb_image grey(int32_t width, int32_t height)
{
    return (psb_image){
        .format = PSB_PIXEL_GREY, .width = width, .height = height, .plane = {plane[0]}, .stride_bytes = {64}};
}

static void count_release(void *user)
{
    ++*(int *)user;
}

static void released_once_by_the_last(void **state)
{
    (void)state;
    int released = 0;
    psb_frame *frame = NULL;
    const psb_image image = grey(10, 5);
    assert_int_equal(psb_frame_wrap(&frame, &image, 1.5, 77, count_release, &released), PSB_OK);
    psb_frame *second = psb_frame_ref(frame);
    assert_ptr_equal(second, frame);
    psb_frame_unref(&frame);
    assert_null(frame);
    assert_int_equal(released, 0);
    assert_ptr_equal(psb_frame_image(second).plane[0], plane[0]);
    assert_true(psb_frame_time_s(second) == 1.5);
    assert_int_equal(psb_frame_arrival_ns(second), 77);
    psb_frame_unref(&second);
    assert_int_equal(released, 1);
    psb_frame_unref(&second);
    psb_frame_unref(NULL);
    assert_int_equal(released, 1);
}

static void refuses(psb_image image, double time_s)
{
    int released = 0;
    psb_frame *frame = (psb_frame *)&released;
    assert_int_equal(psb_frame_wrap(&frame, &image, time_s, 0, count_release, &released), PSB_BAD_INPUT);
    assert_null(frame);
    assert_int_equal(released, 0);
}

static void refuses_bad_shapes(void **state)
{
    (void)state;
    refuses(grey(0, 5), 0);
    refuses(grey(5, 0), 0);
    refuses(grey(-1, 5), 0);
    refuses(grey(5, PSB_FRAME_MAX_SIDE_PX + 1), 0);
    refuses(grey(65, 5), 0); /* wider than its stride */
    refuses(grey(5, 5), NAN);
    refuses(grey(5, 5), INFINITY);
    psb_image image = grey(5, 5);
    image.plane[0] = NULL;
    refuses(image, 0);
    image = grey(5, 5);
    image.format = PSB_PIXEL_YUV420; /* chroma missing */
    refuses(image, 0);
    image.format = (psb_pixel_format)4;
    refuses(image, 0);
    image = grey(5, 5);
    image.matrix = (psb_color_matrix)3;
    refuses(image, 0);
    image = grey(5, 5);
    image.range = (psb_color_range)2;
    refuses(image, 0);
}

static void unused_planes_are_null(void **state)
{
    (void)state;
    psb_image image = grey(5, 5);
    image.plane[1] = image.plane[2] = plane[1];
    image.stride_bytes[1] = 64;
    psb_frame *frame = NULL;
    assert_int_equal(psb_frame_wrap(&frame, &image, 0, 0, NULL, NULL), PSB_OK);
    assert_null(psb_frame_image(frame).plane[1]);
    assert_null(psb_frame_image(frame).plane[2]);
    assert_int_equal(psb_frame_image(frame).stride_bytes[1], 0);
    psb_frame_unref(&frame);
}

/* Every sample of every plane may be written: sanitizers see where one cannot. */
static void own_memory_holds_all_planes(void **state)
{
    (void)state;
    static const int32_t chroma_divisor[4][2] = {{0, 0}, {2, 2}, {2, 1}, {1, 1}};
    for (int format = PSB_PIXEL_GREY; format <= PSB_PIXEL_YUV444; format++)
        for (int32_t side = 1; side < 70; side += 3) {
            const psb_image shape = {.format = (psb_pixel_format)format, .width = side, .height = 71 - side};
            psb_frame *frame = NULL;
            assert_int_equal(psb_frame_create(&frame, &shape, 0.25, 0), PSB_OK);
            const psb_image image = psb_frame_image(frame);
            for (int i = 0; i < (format == PSB_PIXEL_GREY ? 1 : 3); i++) {
                const int32_t across = i ? chroma_divisor[format][0] : 1, down = i ? chroma_divisor[format][1] : 1;
                assert_int_equal((uintptr_t)image.plane[i] % 64, 0);
                for (int32_t y = 0; y < (shape.height + down - 1) / down; y++)
                    memset(image.plane[i] + y * image.stride_bytes[i], i + 1, (size_t)((side + across - 1) / across));
            }
            assert_int_equal(image.plane[0][0], 1); /* no plane runs into another */
            assert_int_equal(image.plane[0][(shape.height - 1) * image.stride_bytes[0] + side - 1], 1);
            psb_frame_unref(&frame);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(released_once_by_the_last),
        cmocka_unit_test(refuses_bad_shapes),
        cmocka_unit_test(unused_planes_are_null),
        cmocka_unit_test(own_memory_holds_all_planes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
