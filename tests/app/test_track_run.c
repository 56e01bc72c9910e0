/* SPDX-License-Identifier: Apache-2.0
 *
 * A whole track run, looked at from inside: nothing of ours is allocated for a frame, and whichever allocation fails,
 * the run says so and leaves nothing behind. The videos are written here: a bright block that walks over black.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc_count.h"
#include "app/track_run.h"
#include "media/writer.h"

enum { WIDTH = 160, HEIGHT = 128, SHORT_FRAMES = 40, LONG_FRAMES = 120, FPS = 10 };

static char folder[] = "/tmp/psb_track_run_XXXXXX";
static char short_video[64], long_video[64], detections[64], output[64];

static void paint(const psb_image *image, int32_t frame)
{
    for (int32_t y = 0; y < image->height; y++) {
        memset(image->plane[0] + y * image->stride_bytes[0], 16, (size_t)image->width);
        if (y >= 40 && y < 72) memset(image->plane[0] + y * image->stride_bytes[0] + frame % 140, 235, 16);
    }
    for (int32_t p = 1; p < 3; p++)
        for (int32_t y = 0; y < image->height / 2; y++)
            memset(image->plane[p] + y * image->stride_bytes[p], 128, (size_t)image->width / 2);
}

static void write_video(char path[64], const char *name, int32_t frames)
{
    snprintf(path, 64, "%s/%s.mp4", folder, name);
    const psb_writer_options options = {.width = WIDTH, .height = HEIGHT, .fps = FPS};
    psb_writer *writer = NULL;
    assert_int_equal(psb_writer_open(&writer, path, &options), PSB_OK);
    for (int32_t frame = 0; frame < frames; frame++) {
        psb_image image;
        assert_int_equal(psb_writer_take_image(writer, &image), PSB_OK);
        paint(&image, frame);
        assert_int_equal(psb_writer_put(writer, (double)frame / FPS), PSB_OK);
    }
    assert_int_equal(psb_writer_finish(writer), PSB_OK);
    psb_writer_close(&writer);
}

static int make_inputs(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    write_video(short_video, "short", SHORT_FRAMES);
    write_video(long_video, "long", LONG_FRAMES);
    snprintf(detections, sizeof(detections), "%s/det.txt", folder);
    snprintf(output, sizeof(output), "%s/out", folder);
    FILE *file = fopen(detections, "w");
    assert_non_null(file);
    for (int32_t frame = 0; frame < LONG_FRAMES; frame++)
        fprintf(file, "%d,-1,%d,40,16,32,0.9\n", frame + 1, frame % 140);
    return fclose(file);
}

static int entries_in(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir) return -1;
    int count = 0;
    for (struct dirent *entry; (entry = readdir(dir));)
        count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
    closedir(dir);
    return count;
}

static void remove_all(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir) return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        char name[512];
        snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        unlink(name);
    }
    closedir(dir);
    rmdir(path);
}

/* After each test, also a failed one: the next begins with nothing. */
static int remove_output(void **state)
{
    (void)state;
    remove_all(output);
    return 0;
}

static int remove_inputs(void **state)
{
    (void)state;
    remove_all(folder);
    return 0;
}

static psb_status track(const char *video, bool with_model, int32_t threads)
{
    const psb_app app = {.who = "test", .quiet = true, .clock = psb_clock_system()};
    const psb_track_options options = {
        .model = with_model ? BLOB_MODEL : NULL,
        .detections = with_model ? NULL : detections,
        .output = output,
        .look_back_s = 1,
        .every = 1,
        .threads = threads,
    };
    return psb_track_run(&app, video, &options);
}

/* After warm-up (the look-back's second, the tracker's first people) longer takes no more, however threads run. */
static void test_no_allocation_for_a_frame(void **state)
{
    (void)state;
    for (int32_t threads = 1; threads <= 2; threads++) {
        alloc_count_reset();
        assert_int_equal(track(short_video, true, threads), PSB_OK);
        const int64_t short_count = alloc_count_now();
        alloc_count_reset();
        assert_int_equal(track(long_video, true, threads), PSB_OK);
        const int64_t long_count = alloc_count_now();
        assert_true(short_count > 0);
        if (long_count > short_count)
            fail_msg("%lld allocations for %d frames, %lld for %d", (long long)long_count, LONG_FRAMES,
                     (long long)short_count, SHORT_FRAMES);
    }
}

static void test_each_allocation_may_fail(void **state)
{
    (void)state;
    for (int64_t n = 1;; n++) {
        assert_true(n < 10000);
        alloc_count_fail_at(n);
        const psb_status status = track(short_video, false, 1);
        const bool has_failed = alloc_count_has_failed();
        alloc_count_reset();
        if (!has_failed) {
            assert_int_equal(status, PSB_OK);
            assert_int_equal(entries_in(output), 5);
            break;
        }
        if (status != PSB_OK) {
            if (status != PSB_NO_MEMORY) fail_msg("allocation %lld: %s", (long long)n, psb_error_text());
            assert_true(entries_in(output) <= 0);
        }
        remove_all(output);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_no_allocation_for_a_frame, remove_output),
        cmocka_unit_test_teardown(test_each_allocation_may_fail, remove_output),
    };
    return cmocka_run_group_tests(tests, make_inputs, remove_inputs);
}
