/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading and writing allocate nothing of ours per frame after warm-up, and survive the failure of each allocation
 * that they do make. FFmpeg's own allocations are not counted (tests/support/alloc_count.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc_count.h"
#include "frame/image.h"
#include "make_video.h"
#include "media/reader.h"
#include "media/writer.h"

enum { WARM_UP_FRAMES = 5, HELD_FRAMES = 3 };

/* Reads all, holding a few frames back as a delay line does, writes all; allocations after the warm-up. */
static int count_allocations(const char *input, const char *output, int expected_frames)
{
    psb_reader *reader = NULL;
    psb_writer *writer = NULL;
    psb_frame *held[HELD_FRAMES] = {NULL};
    int count = 0;
    int64_t warm_count = 0;
    const psb_reader_options options = {.fps = 10.0};
    assert_int_equal(psb_reader_open(&reader, input, &options), PSB_OK);
    const psb_reader_info info = psb_reader_info_get(reader);
    const psb_writer_options writing = {.width = info.width, .height = info.height, .fps = info.fps};
    assert_int_equal(psb_writer_open(&writer, output, &writing), PSB_OK);
    for (;;) {
        psb_frame **place = &held[count % HELD_FRAMES];
        psb_frame_unref(place);
        if (psb_reader_read(reader, place)) break;
        psb_image to;
        const psb_image from = psb_frame_image(*place);
        assert_int_equal(psb_writer_take_image(writer, &to), PSB_OK);
        psb_image_to_yuv420(&to, &from);
        assert_int_equal(psb_writer_put(writer, psb_frame_time_s(*place)), PSB_OK);
        if (++count == WARM_UP_FRAMES) warm_count = alloc_count_now();
    }
    const int after = (int)(alloc_count_now() - warm_count);
    assert_int_equal(count, expected_frames);
    for (int i = 0; i < HELD_FRAMES; i++) psb_frame_unref(&held[i]);
    assert_int_equal(psb_writer_finish(writer), PSB_OK);
    psb_writer_close(&writer);
    psb_reader_close(&reader);
    return after;
}

static void none_per_frame(void **state)
{
    (void)state;
    char folder[MAKE_PATH_BYTES], input[MAKE_PATH_BYTES], output[MAKE_PATH_BYTES];
    make_folder(folder);
    make_path(input, folder, "in");
    make_path(output, folder, "out");
    make_video(input, &(make_options){.frames = 50});
    assert_int_equal(count_allocations(input, output, 50), 0);
    make_video(input, &(make_options){.frames = 50, .format = AV_PIX_FMT_YUV420P10LE}); /* converted */
    assert_int_equal(count_allocations(input, output, 50), 0);
    make_video(input, &(make_options){.frames = 50, .rotation_deg = 90}); /* turned */
    assert_int_equal(count_allocations(input, output, 50), 0);
    make_clean(folder);
}

static void none_per_picture(void **state)
{
    (void)state;
    char folder[MAKE_PATH_BYTES], output[MAKE_PATH_BYTES];
    make_folder(folder);
    for (int i = 0; i < 30; i++) {
        char name[16], path[MAKE_PATH_BYTES];
        snprintf(name, sizeof(name), "%d.jpg", i);
        make_picture(make_path(path, folder, name), "mjpeg", AV_PIX_FMT_YUVJ420P, 96, 64, i);
    }
    assert_int_equal(count_allocations(folder, make_path(output, folder, "out"), 30), 0);
    make_clean(folder);
}

/* All of reading and writing; which statuses came back. */
static psb_status copy_video(const char *input, const char *output)
{
    psb_reader *reader = NULL;
    psb_writer *writer = NULL;
    psb_frame *frame = NULL;
    const psb_reader_options options = {.fps = 10.0};
    psb_status status = psb_reader_open(&reader, input, &options);
    if (status) goto done;
    const psb_reader_info info = psb_reader_info_get(reader);
    const psb_writer_options writing = {.width = info.width, .height = info.height, .fps = info.fps};
    status = psb_writer_open(&writer, output, &writing);
    while (!status && !(status = psb_reader_read(reader, &frame))) {
        psb_image to;
        const psb_image from = psb_frame_image(frame);
        status = psb_writer_take_image(writer, &to);
        if (!status) psb_image_to_yuv420(&to, &from);
        if (!status) status = psb_writer_put(writer, psb_frame_time_s(frame));
        psb_frame_unref(&frame);
    }
    if (status == PSB_END) status = psb_writer_finish(writer);
done:
    psb_frame_unref(&frame);
    psb_writer_close(&writer);
    psb_reader_close(&reader);
    return status;
}

static void fail_each(const char *input, const char *output)
{
    for (int64_t n = 1;; n++) {
        assert_true(n < 1000);
        alloc_count_fail_at(n);
        const psb_status status = copy_video(input, output);
        const bool has_failed = alloc_count_has_failed();
        alloc_count_reset();
        assert_int_equal(status, has_failed ? PSB_NO_MEMORY : PSB_OK);
        if (!has_failed) {
            assert_true(n > 5); /* there was something to fail */
            return;
        }
    }
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    char folder[MAKE_PATH_BYTES], pictures[MAKE_PATH_BYTES], input[MAKE_PATH_BYTES], output[MAKE_PATH_BYTES];
    make_folder(folder);
    make_path(input, folder, "in");
    make_path(output, folder, "out");
    make_video(input, &(make_options){.frames = 3});
    fail_each(input, output);
    make_video(input, &(make_options){.frames = 3, .rotation_deg = 90, .format = AV_PIX_FMT_YUV422P10LE});
    fail_each(input, output);
    make_folder(pictures);
    for (int i = 0; i < 3; i++) {
        char name[16], path[MAKE_PATH_BYTES];
        snprintf(name, sizeof(name), "%d.png", i);
        make_picture(make_path(path, pictures, name), "png", AV_PIX_FMT_RGB24, 96, 64, i);
    }
    fail_each(pictures, output);
    make_clean(pictures);
    make_clean(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(none_per_frame), cmocka_unit_test(none_per_picture),
                                       cmocka_unit_test(each_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
