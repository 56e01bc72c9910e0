/* SPDX-License-Identifier: Apache-2.0
 *
 * MP4 out: what goes in comes back through our reader (pictures, times, size, colour), and FFmpeg's own demuxer finds
 * one stream, the right duration, the index in front, and nothing said about the source or the maker.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavformat/avformat.h>

#include <cmocka.h>

#include "make_video.h"
#include "media/reader.h"
#include "media/writer.h"

static char folder[MAKE_PATH_BYTES];
static char path[MAKE_PATH_BYTES];

static int set_up(void **state)
{
    (void)state;
    make_folder(folder);
    make_path(path, folder, ".redacted.mp4.123.tmp"); /* the name says nothing of the form */
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    make_clean(folder);
    return 0;
}

/* Quarters of grey as in make_video.c, full of colour at the last row and column. */
static void paint(const psb_image *image, int frame_i)
{
    for (int32_t y = 0; y < image->height; y++)
        for (int32_t x = 0; x < image->width; x++)
            image->plane[0][y * image->stride_bytes[0] + x] =
                (uint8_t)make_level(frame_i, (x >= image->width / 2) + 2 * (y >= image->height / 2));
    for (int i = 1; i < 3; i++)
        for (int32_t y = 0; y < image->height / 2; y++)
            memset(image->plane[i] + y * image->stride_bytes[i], i == 1 ? 110 : 150, (size_t)image->width / 2);
}

static void write_video(const psb_writer_options *options, const double *times_s, int count)
{
    psb_writer *writer = NULL;
    psb_status status = psb_writer_open(&writer, path, options);
    if (status) fail_msg("%s", psb_error_text());
    for (int i = 0; i < count; i++) {
        psb_image image;
        assert_int_equal(psb_writer_take_image(writer, &image), PSB_OK);
        assert_int_equal(image.format, PSB_PIXEL_YUV420);
        assert_int_equal(image.width, options->width + options->width % 2);
        assert_int_equal(image.height, options->height + options->height % 2);
        paint(&image, i);
        assert_int_equal(psb_writer_put(writer, times_s[i]), PSB_OK);
    }
    assert_int_equal(psb_writer_finish(writer), PSB_OK);
    psb_writer_close(&writer);
    assert_null(writer);
}

static void expect_video(const psb_writer_options *options, const double *times_s, int count, double tolerance_s)
{
    psb_reader *reader = NULL;
    psb_frame *frame = NULL;
    assert_int_equal(psb_reader_open(&reader, path, NULL), PSB_OK);
    for (int i = 0; i < count; i++) {
        assert_int_equal(psb_reader_read(reader, &frame), PSB_OK);
        const psb_image image = psb_frame_image(frame);
        assert_int_equal(image.width, options->width + options->width % 2);
        assert_int_equal(image.height, options->height + options->height % 2);
        assert_int_equal(image.matrix, options->matrix);
        assert_int_equal(image.range, options->range);
        for (int q = 0; q < 4; q++)
            assert_in_range(make_seen_level(&image, q), make_level(i, q) - 4, make_level(i, q) + 4);
        const int last = image.plane[0][(image.height - 1) * image.stride_bytes[0] + image.width - 1];
        assert_in_range(last, make_level(i, 3) - 6, make_level(i, 3) + 6);
        const int chroma = image.plane[2][(image.height / 2 - 1) * image.stride_bytes[2] + image.width / 2 - 1];
        assert_in_range(chroma, 144, 156);
        if (fabs(psb_frame_time_s(frame) - (times_s[i] - times_s[0])) > tolerance_s)
            fail_msg("frame %d: found %.7f s, expected %.7f s", i, psb_frame_time_s(frame), times_s[i] - times_s[0]);
        psb_frame_unref(&frame);
    }
    assert_int_equal(psb_reader_read(reader, &frame), PSB_END);
    assert_int_equal(psb_reader_info_get(reader).decode_errors, 0);
    assert_false(psb_reader_info_get(reader).is_truncated);
    psb_reader_close(&reader);
}

static void even_times(double *times_s, int count, double fps)
{
    for (int i = 0; i < count; i++) times_s[i] = i / fps;
}

static const double half_tick_s = 0.5 / 90000 + 1e-9;

static void sizes_come_back(void **state)
{
    (void)state;
    static const int32_t sizes[][2] = {{96, 64}, {97, 63}, {96, 63}, {33, 64}, {16, 16}};
    double times_s[12];
    even_times(times_s, 12, 7.0);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const psb_writer_options options = {.width = sizes[i][0], .height = sizes[i][1], .fps = 7.0};
        write_video(&options, times_s, 12);
        expect_video(&options, times_s, 12, 2 * half_tick_s);
    }
}

static void colours_come_back(void **state)
{
    (void)state;
    double times_s[3];
    even_times(times_s, 3, 25.0);
    for (int matrix = 0; matrix <= PSB_COLOR_BT2020; matrix++)
        for (int range = 0; range <= PSB_RANGE_FULL; range++) {
            const psb_writer_options options = {.width = 96,
                                                .height = 64,
                                                .fps = 25.0,
                                                .matrix = (psb_color_matrix)matrix,
                                                .range = (psb_color_range)range};
            write_video(&options, times_s, 3);
            expect_video(&options, times_s, 3, 2 * half_tick_s);
        }
}

/* A camera that drops, hurries and sleeps; 40 frames, so that B-frames and their edit list take part. */
static void uneven_times_come_back(void **state)
{
    (void)state;
    double times_s[40];
    uint32_t random = 3;
    for (int i = 0; i < 40; i++) {
        random = random * 1664525u + 1013904223u;
        times_s[i] = (i ? times_s[i - 1] : 0.0) + 0.001 + (random >> 24) / 1000.0 * (i % 13 == 0 ? 10 : 1);
    }
    const psb_writer_options options = {.width = 64, .height = 48, .fps = 10.0};
    write_video(&options, times_s, 40);
    expect_video(&options, times_s, 40, 2 * half_tick_s);
}

static void assert_no_words(const AVDictionary *metadata)
{
    /* what MP4 has to have: brands, language "undetermined", the handler's kind */
    static const char *const unavoidable[] = {"major_brand", "minor_version", "compatible_brands",
                                              "language",    "handler_name",  "vendor_id"};
    const AVDictionaryEntry *entry = NULL;
    while ((entry = av_dict_get(metadata, "", entry, AV_DICT_IGNORE_SUFFIX))) {
        bool is_known = false;
        for (size_t i = 0; i < sizeof(unavoidable) / sizeof(unavoidable[0]); i++)
            is_known |= strcmp(entry->key, unavoidable[i]) == 0;
        if (!is_known) fail_msg("found %s = %s in the output, expected no such word", entry->key, entry->value);
    }
}

static void ffmpeg_finds_one_plain_stream(void **state)
{
    (void)state;
    double times_s[21];
    AVFormatContext *container = NULL;
    even_times(times_s, 21, 7.0);
    const psb_writer_options options = {.width = 96, .height = 64, .fps = 7.0};
    write_video(&options, times_s, 21);
    assert_true(avformat_open_input(&container, path, NULL, NULL) >= 0);
    assert_int_equal(container->nb_streams, 1);
    assert_int_equal(container->nb_chapters, 0);
    assert_non_null(strstr(container->iformat->name, "mp4"));
    assert_no_words(container->metadata);
    const AVStream *stream = container->streams[0];
    assert_no_words(stream->metadata);
    assert_int_equal(stream->codecpar->codec_id, AV_CODEC_ID_H264);
    assert_int_equal(stream->nb_frames, 21);
    assert_int_equal(stream->time_base.den, 90000);
    assert_true(fabs((double)stream->duration / 90000 - 3.0) < 2e-5); /* the last frame lasts 1/7 s too */
    avformat_close_input(&container);

    size_t size_bytes = 0;
    uint8_t *data = make_read(path, &size_bytes);
    size_t index_at = 0, pictures_at = 0;
    for (size_t i = 0; i + 4 < size_bytes; i++) {
        if (!index_at && memcmp(data + i, "moov", 4) == 0) index_at = i;
        if (!pictures_at && memcmp(data + i, "mdat", 4) == 0) pictures_at = i;
        assert_memory_not_equal(data + i, "x264", 4);
        assert_memory_not_equal(data + i, "Lavf", 4);
        assert_memory_not_equal(data + i, "Lavc", 4);
    }
    assert_true(index_at && pictures_at && index_at < pictures_at); /* fast start */
    free(data);
}

static void a_late_start_is_kept(void **state)
{
    (void)state;
    static const double times_s[3] = {5.0, 5.1, 5.2};
    AVFormatContext *container = NULL;
    const psb_writer_options options = {.width = 96, .height = 64, .fps = 10.0};
    write_video(&options, times_s, 3);
    assert_true(avformat_open_input(&container, path, NULL, NULL) >= 0);
    assert_int_equal(container->streams[0]->start_time, 5 * 90000);
    avformat_close_input(&container);
}

static void the_same_bytes_twice(void **state)
{
    (void)state;
    double times_s[30];
    size_t sizes[2];
    uint8_t *data[2];
    even_times(times_s, 30, 10.0);
    const psb_writer_options options = {.width = 96, .height = 64, .fps = 10.0};
    for (int i = 0; i < 2; i++) {
        write_video(&options, times_s, 30);
        data[i] = make_read(path, &sizes[i]);
    }
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(data[0], data[1], sizes[0]);
    free(data[0]);
    free(data[1]);
}

static void mpeg4_is_the_last_resort(void **state)
{
    (void)state;
    double times_s[20];
    psb_writer *writer = NULL;
    even_times(times_s, 20, 7.0);
    psb_writer_options options = {.width = 97, .height = 64, .fps = 7.0, .encoder = "mpeg4"};
    write_video(&options, times_s, 20);
    expect_video(&options, times_s, 20, 3 * half_tick_s); /* its clock has 45 kHz */
    assert_int_equal(psb_writer_open(&writer, path, &options), PSB_OK);
    assert_string_equal(psb_writer_encoder(writer), "mpeg4");
    psb_writer_close(&writer);
    options.encoder = "libx264";
    assert_int_equal(psb_writer_open(&writer, path, &options), PSB_OK);
    assert_string_equal(psb_writer_encoder(writer), "libx264");
    psb_writer_close(&writer);
    options.encoder = "gif"; /* an encoder, but none of ours */
    assert_int_equal(psb_writer_open(&writer, path, &options), PSB_UNSUPPORTED);
    assert_null(writer);
}

static void says_which_encoder(void **state)
{
    (void)state;
    char said[512] = {0};
    psb_writer *writer = NULL;
    FILE *to = fmemopen(said, sizeof(said) - 1, "w");
    assert_non_null(to);
    setbuf(to, NULL);
    const psb_log log = {.to = to, .level = PSB_LOG_INFO};
    const psb_writer_options options = {.width = 96, .height = 64, .fps = 7.0, .log = &log};
    assert_int_equal(psb_writer_open(&writer, path, &options), PSB_OK);
    assert_non_null(strstr(said, psb_writer_encoder(writer)));
    psb_writer_close(&writer);
    fclose(to);
}

static void wrong_use_is_refused(void **state)
{
    (void)state;
    psb_writer *writer = NULL;
    psb_image image;
    const psb_writer_options good = {.width = 96, .height = 64, .fps = 10.0};
    const psb_writer_options bad[] = {{.width = 0, .height = 64, .fps = 10.0},
                                      {.width = 96, .height = PSB_FRAME_MAX_SIDE_PX + 1, .fps = 10.0},
                                      {.width = 96, .height = 64, .fps = 0.0},
                                      {.width = 96, .height = 64, .fps = NAN},
                                      {.width = 96, .height = 64, .fps = 1001.0}};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(psb_writer_open(&writer, path, &bad[i]), PSB_BAD_INPUT);
        assert_null(writer);
    }
    assert_int_equal(psb_writer_open(&writer, "/nonexistent/out.mp4", &good), PSB_ENVIRONMENT);
    assert_non_null(strstr(psb_error_text(), "/nonexistent/out.mp4"));

    assert_int_equal(psb_writer_open(&writer, path, &good), PSB_OK);
    assert_int_equal(psb_writer_put(writer, 0.0), PSB_BUG); /* nothing was taken */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(psb_writer_take_image(writer, &image), PSB_OK);
        paint(&image, 0);
        assert_int_equal(psb_writer_put(writer, i ? 1.0 : NAN), i ? PSB_OK : PSB_BAD_INPUT);
    }
    assert_int_equal(psb_writer_take_image(writer, &image), PSB_OK);
    paint(&image, 1);
    assert_int_equal(psb_writer_put(writer, 1.0), PSB_BAD_INPUT);
    assert_int_equal(psb_writer_put(writer, 1.1), PSB_OK); /* the picture is still there */
    assert_int_equal(psb_writer_finish(writer), PSB_OK);
    psb_writer_close(&writer);
}

/* /dev/full takes no byte: the failure must come out, at the latest by finish. */
static void a_full_disk_is_told(void **state)
{
    (void)state;
    psb_writer *writer = NULL;
    if (access("/dev/full", W_OK) != 0) skip();
    const psb_writer_options options = {.width = 96, .height = 64, .fps = 10.0};
    psb_status status = psb_writer_open(&writer, "/dev/full", &options);
    for (int i = 0; i < 30 && !status; i++) {
        psb_image image;
        status = psb_writer_take_image(writer, &image);
        if (status) break;
        paint(&image, i);
        status = psb_writer_put(writer, i / 10.0);
    }
    if (!status) status = psb_writer_finish(writer);
    assert_int_equal(status, PSB_ENVIRONMENT);
    assert_non_null(strstr(psb_error_text(), "/dev/full"));
    psb_writer_close(&writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_come_back),          cmocka_unit_test(colours_come_back),
        cmocka_unit_test(uneven_times_come_back),   cmocka_unit_test(ffmpeg_finds_one_plain_stream),
        cmocka_unit_test(a_late_start_is_kept),     cmocka_unit_test(the_same_bytes_twice),
        cmocka_unit_test(mpeg4_is_the_last_resort), cmocka_unit_test(says_which_encoder),
        cmocka_unit_test(wrong_use_is_refused),     cmocka_unit_test(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
