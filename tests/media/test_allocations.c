/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading and writing allocate nothing of ours per frame after warm-up. The linker's --wrap (see meson.build) replaces
 * the calls in our own objects only, so FFmpeg's own allocations are not counted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "frame/image.h"
#include "make_video.h"
#include "media/reader.h"
#include "media/writer.h"

static int allocation_count;

void *__real_malloc(size_t size_bytes);
void *__wrap_malloc(size_t size_bytes);
void *__real_calloc(size_t count, size_t size_bytes);
void *__wrap_calloc(size_t count, size_t size_bytes);
void *__real_realloc(void *memory, size_t size_bytes);
void *__wrap_realloc(void *memory, size_t size_bytes);
void *__real_aligned_alloc(size_t align_bytes, size_t size_bytes);
void *__wrap_aligned_alloc(size_t align_bytes, size_t size_bytes);

void *__wrap_malloc(size_t size_bytes)
{
    allocation_count++;
    return __real_malloc(size_bytes);
}

void *__wrap_calloc(size_t count, size_t size_bytes)
{
    allocation_count++;
    return __real_calloc(count, size_bytes);
}

void *__wrap_realloc(void *memory, size_t size_bytes)
{
    allocation_count++;
    return __real_realloc(memory, size_bytes);
}

void *__wrap_aligned_alloc(size_t align_bytes, size_t size_bytes)
{
    allocation_count++;
    return __real_aligned_alloc(align_bytes, size_bytes);
}

enum { WARM_UP_FRAMES = 5, HELD_FRAMES = 3 };

/* Reads all, holding a few frames back as a delay line does, writes all; allocations after the warm-up. */
static int count_allocations(const char *input, const char *output, int expected_frames)
{
    psb_reader *reader = NULL;
    psb_writer *writer = NULL;
    psb_frame *held[HELD_FRAMES] = {NULL};
    int count = 0, warm_count = 0;
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
        if (++count == WARM_UP_FRAMES) warm_count = allocation_count;
    }
    const int after = allocation_count - warm_count;
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(none_per_frame), cmocka_unit_test(none_per_picture)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
