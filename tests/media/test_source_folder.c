/* SPDX-License-Identifier: Apache-2.0
 *
 * Folders of pictures: their order, their rate and who said it, one size for all, and damaged ones in between.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "make_video.h"
#include "media/reader.h"

static char folder[MAKE_PATH_BYTES];
static char path[MAKE_PATH_BYTES];

static int set_up(void **state)
{
    (void)state;
    make_folder(folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    make_clean(folder);
    return 0;
}

static void jpeg(const char *name, int frame_i)
{
    make_picture(make_path(path, folder, name), "mjpeg", AV_PIX_FMT_YUVJ420P, 96, 64, frame_i);
}

static void png(const char *name, int frame_i)
{
    make_picture(make_path(path, folder, name), "png", AV_PIX_FMT_RGB24, 96, 64, frame_i);
}

/* The next frame has this content, time and number. */
static void expect_frame(psb_reader *reader, int frame_i, double time_s, int64_t number)
{
    psb_frame *frame = NULL;
    const psb_status status = psb_reader_read(reader, &frame);
    if (status) fail_msg("status %d: %s", status, psb_error_text());
    const psb_image image = psb_frame_image(frame);
    for (int q = 0; q < 4; q++)
        assert_in_range(make_seen_level(&image, q), make_level(frame_i, q) - 4, make_level(frame_i, q) + 4);
    assert_true(fabs(psb_frame_time_s(frame) - time_s) < 1e-9);
    assert_int_equal(psb_reader_info_get(reader).frame_number, number);
    assert_int_equal(image.range, PSB_RANGE_FULL);
    assert_int_equal(image.matrix, PSB_COLOR_BT601);
    psb_frame_unref(&frame);
}

static void expect_end(psb_reader **reader)
{
    psb_frame *frame = NULL;
    assert_int_equal(psb_reader_read(*reader, &frame), PSB_END);
    assert_null(frame);
    psb_reader_close(reader);
}

static void natural_order_of_both_kinds(void **state)
{
    (void)state;
    psb_reader *reader = NULL;
    jpeg("a10.jpg", 3);
    png("a2.png", 1);
    jpeg("a1.JPG", 0);
    png("a9.PNG", 2);
    jpeg("b1.jpeg", 4);
    make_file(make_path(path, folder, "a3.txt"), "no picture", 10);
    jpeg(".a3.jpg", 7); /* hidden: some systems leave such beside each picture */
    const psb_reader_options options = {.fps = 4.0};
    assert_int_equal(psb_reader_open(&reader, folder, &options), PSB_OK);
    assert_int_equal(psb_reader_info_get(reader).frame_count, 5);
    assert_int_equal(psb_reader_info_get(reader).frame_number, 0);
    assert_true(psb_reader_info_get(reader).fps == 4.0);
    for (int i = 0; i < 5; i++) expect_frame(reader, i, i / 4.0, i + 1);
    expect_end(&reader);
}

static void the_rate_and_who_said_it(void **state)
{
    (void)state;
    psb_reader *reader = NULL;
    char said[4096] = {0};
    jpeg("1.jpg", 0);
    jpeg("2.jpg", 1);
    FILE *to = fmemopen(said, sizeof(said) - 1, "w");
    assert_non_null(to);
    setbuf(to, NULL);
    const psb_log log = {.to = to, .level = PSB_LOG_INFO};
    const psb_reader_options options = {.log = &log};
    assert_int_equal(psb_reader_open(&reader, folder, &options), PSB_OK);
    assert_true(psb_reader_info_get(reader).fps == 25.0);
    assert_non_null(strstr(said, "25 frames/s are assumed"));
    psb_reader_close(&reader);

    static const char above[] = "[Sequence]\nframeRate=12.5\nseqLength=2\n";
    make_file(make_path(path, folder, "seqinfo.ini"), above, sizeof(above) - 1);
    assert_int_equal(psb_reader_open(&reader, folder, &options), PSB_OK);
    assert_true(psb_reader_info_get(reader).fps == 12.5);
    assert_non_null(strstr(said, "seqinfo.ini"));
    expect_frame(reader, 0, 0.0, 1);
    expect_frame(reader, 1, 0.08, 2);
    expect_end(&reader);

    const psb_reader_options given = {.fps = 3.0, .log = &log}; /* the user's word wins */
    assert_int_equal(psb_reader_open(&reader, folder, &given), PSB_OK);
    assert_true(psb_reader_info_get(reader).fps == 3.0);
    psb_reader_close(&reader);

    make_file(path, "frameRate=fast\n", 15); /* a seqinfo.ini that lies is not passed over */
    assert_int_equal(psb_reader_open(&reader, folder, &options), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "seqinfo.ini"));
    fclose(to);
}

static void a_sequence_folder_with_img1(void **state)
{
    (void)state;
    psb_reader *reader = NULL;
    char below[MAKE_PATH_BYTES], picture[2 * MAKE_PATH_BYTES];
    static const char above[] = "[Sequence]\nframeRate=5\n";
    assert_int_equal(mkdir(make_path(below, folder, "img1"), 0777), 0);
    for (int i = 0; i < 3; i++) {
        snprintf(picture, sizeof(picture), "%s/%06d.jpg", below, i + 1);
        make_picture(picture, "mjpeg", AV_PIX_FMT_YUVJ420P, 96, 64, i);
    }
    make_file(make_path(path, folder, "seqinfo.ini"), above, sizeof(above) - 1);
    const char *const inputs[2] = {folder, below};
    for (int k = 0; k < 2; k++) {
        assert_int_equal(psb_reader_open(&reader, inputs[k], NULL), PSB_OK);
        for (int i = 0; i < 3; i++) expect_frame(reader, i, i / 5.0, i + 1);
        expect_end(&reader);
    }
}

static void another_size_is_refused_by_name(void **state)
{
    (void)state;
    psb_reader *reader = NULL;
    psb_frame *frame = NULL;
    jpeg("1.jpg", 0);
    make_picture(make_path(path, folder, "2.png"), "png", AV_PIX_FMT_RGB24, 98, 64, 1);
    assert_int_equal(psb_reader_open(&reader, folder, NULL), PSB_OK);
    assert_int_equal(psb_reader_read(reader, &frame), PSB_OK);
    psb_frame_unref(&frame);
    assert_int_equal(psb_reader_read(reader, &frame), PSB_BAD_INPUT);
    assert_null(frame);
    assert_non_null(strstr(psb_error_text(), "2.png: found 98x64 pixels, expected 96x64"));
    psb_reader_close(&reader);
}

static void damaged_pictures_are_counted_and_keep_their_number(void **state)
{
    (void)state;
    psb_reader *reader = NULL;
    char whole[MAKE_PATH_BYTES];
    for (int i = 0; i < 6; i++) {
        char name[16];
        snprintf(name, sizeof(name), "%d.jpg", i + 1);
        jpeg(name, i);
    }
    jpeg("7.jpg", 6);
    make_path(whole, folder, "7.jpg");
    make_cut(make_path(path, folder, "2.jpg"), whole, 0.6);  /* half a picture */
    make_file(make_path(path, folder, "3.jpg"), "hello", 5); /* none at all */
    make_file(make_path(path, folder, "5.jpg"), "", 0);
    png("8.png", 7);
    make_cut(make_path(path, folder, "6.jpg"), make_path(whole, folder, "8.png"), 0.6); /* and of the other kind */
    const psb_reader_options options = {.fps = 10.0};
    assert_int_equal(psb_reader_open(&reader, folder, &options), PSB_OK);
    expect_frame(reader, 0, 0.0, 1);
    expect_frame(reader, 3, 0.3, 4);
    expect_frame(reader, 6, 0.6, 7);
    expect_frame(reader, 7, 0.7, 8);
    assert_int_equal(psb_reader_info_get(reader).decode_errors, 4);
    expect_end(&reader);
}

static void a_folder_without_pictures_is_refused(void **state)
{
    (void)state;
    psb_reader *reader = NULL;
    assert_int_equal(psb_reader_open(&reader, folder, NULL), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "without pictures"));
    make_file(make_path(path, folder, "notes.txt"), "x", 1);
    assert_int_equal(psb_reader_open(&reader, folder, NULL), PSB_BAD_INPUT);
    make_file(make_path(path, folder, "1.jpg"), "hello", 5); /* pictures of which none decodes */
    assert_int_equal(psb_reader_open(&reader, folder, NULL), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "no frame could be decoded"));
    assert_null(reader);
}

static void one_picture_is_a_video_of_one_frame(void **state)
{
    (void)state;
    psb_reader *reader = NULL;
    jpeg("two.jpg", 2);
    jpeg("three.jpg", 3);
    assert_int_equal(psb_reader_open(&reader, make_path(path, folder, "two.jpg"), NULL), PSB_OK);
    assert_int_equal(psb_reader_info_get(reader).frame_count, 1);
    expect_frame(reader, 2, 0.0, 1);
    expect_end(&reader);
}

/* Formats of pictures that need a conversion, compared with the grey that went in. */
static void kinds_of_pictures(void **state)
{
    (void)state;
    static const struct {
        const char *encoder;
        enum AVPixelFormat format;
        psb_pixel_format expected;
    } cases[] = {{"png", AV_PIX_FMT_GRAY8, PSB_PIXEL_GREY},        {"png", AV_PIX_FMT_RGB24, PSB_PIXEL_YUV444},
                 {"png", AV_PIX_FMT_RGBA, PSB_PIXEL_YUV444},       {"mjpeg", AV_PIX_FMT_YUVJ422P, PSB_PIXEL_YUV422},
                 {"mjpeg", AV_PIX_FMT_YUVJ444P, PSB_PIXEL_YUV444}, {"mjpeg", AV_PIX_FMT_YUVJ420P, PSB_PIXEL_YUV420}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        psb_reader *reader = NULL;
        psb_frame *frame = NULL;
        make_picture(make_path(path, folder, "picture"), cases[i].encoder, cases[i].format, 33, 17, 5);
        assert_int_equal(psb_reader_open(&reader, path, NULL), PSB_OK);
        assert_int_equal(psb_reader_read(reader, &frame), PSB_OK);
        const psb_image image = psb_frame_image(frame);
        assert_int_equal(image.format, cases[i].expected);
        assert_int_equal(image.width, 33);
        assert_int_equal(image.height, 17);
        assert_in_range(make_seen_level(&image, 3), make_level(5, 3) - 3, make_level(5, 3) + 3);
        psb_frame_unref(&frame);
        psb_reader_close(&reader);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(natural_order_of_both_kinds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_rate_and_who_said_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sequence_folder_with_img1, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_size_is_refused_by_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_pictures_are_counted_and_keep_their_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_without_pictures_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_picture_is_a_video_of_one_frame, set_up, tear_down),
        cmocka_unit_test_setup_teardown(kinds_of_pictures, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
