/* SPDX-License-Identifier: Apache-2.0
 *
 * Video files in: every allowed container and the pixel formats that cameras write; times; damage; and what is refused,
 * by which words. Inputs are made by make_video.c.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "make_video.h"
#include "media/reader.h"

static char folder[MAKE_PATH_BYTES];
static char path[MAKE_PATH_BYTES];
static char other[MAKE_PATH_BYTES];

static int set_up(void **state)
{
    (void)state;
    make_folder(folder);
    make_path(path, folder, "input.bin"); /* the name must not matter */
    make_path(other, folder, "cut.bin");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    make_clean(folder);
    return 0;
}

typedef struct reading { /* what a whole file gave */
    psb_reader_info info;
    int count;
    double times_s[64];
    int levels[64][4];
    psb_image shape; /* of the first frame */
    psb_status status;
} reading;

static int64_t ticking_clock(void *user)
{
    return ++*(int64_t *)user;
}

static reading read_all(const char *input, const char *allow_codec)
{
    reading all = {0};
    int64_t now_ns = 0;
    psb_reader *reader = NULL;
    psb_frame *frame = NULL;
    const psb_reader_options options = {.allow_codec = allow_codec, .clock = {ticking_clock, &now_ns}};
    all.status = psb_reader_open(&reader, input, &options);
    if (all.status) {
        assert_null(reader);
        return all;
    }
    while ((all.status = psb_reader_read(reader, &frame)) == PSB_OK) {
        const psb_image image = psb_frame_image(frame);
        if (all.count == 0) all.shape = image;
        if (all.count < 64) {
            all.times_s[all.count] = psb_frame_time_s(frame);
            for (int q = 0; q < 4; q++) all.levels[all.count][q] = make_seen_level(&image, q);
        }
        assert_true(isfinite(psb_frame_time_s(frame)));
        if (all.count > 0 && all.count < 64) assert_true(all.times_s[all.count] > all.times_s[all.count - 1]);
        assert_int_equal(psb_frame_arrival_ns(frame), all.count + 1);
        all.count++;
        psb_frame_unref(&frame);
        assert_int_equal(psb_reader_info_get(reader).frame_number, all.count);
    }
    assert_null(frame);
    if (all.status == PSB_END) assert_int_equal(psb_reader_read(reader, &frame), PSB_END); /* and again */
    all.info = psb_reader_info_get(reader);
    psb_reader_close(&reader);
    assert_null(reader);
    return all;
}

static void assert_near(int found, int expected, int tolerance)
{
    if (abs(found - expected) > tolerance) fail_msg("found %d, expected %d within %d", found, expected, tolerance);
}

/* All twelve frames, in order, at their times, with their content. */
static void assert_whole(const reading *all, double fps, double tolerance_s)
{
    assert_int_equal(all->status, PSB_END);
    assert_int_equal(all->count, 12);
    assert_int_equal(all->info.decode_errors, 0);
    assert_false(all->info.is_truncated);
    assert_true(fabs(all->info.fps - fps) < 0.01);
    for (int i = 0; i < 12; i++) {
        assert_true(fabs(all->times_s[i] - i / fps) <= tolerance_s);
        for (int q = 0; q < 4; q++) assert_near(all->levels[i][q], make_level(i, q), 4);
    }
}

static void refuses(const char *input, psb_status status, const char *words)
{
    const reading all = read_all(input, NULL);
    assert_int_equal(all.status, status);
    if (!strstr(psb_error_text(), words) || !strstr(psb_error_text(), input))
        fail_msg("found \"%s\", expected the file's name and \"%s\"", psb_error_text(), words);
}

static void every_container_and_codec(void **state)
{
    (void)state;
    static const struct {
        const char *container, *encoder, *decoder;
        double tolerance_s; /* Matroska's and TS's clocks: 1 ms, 1/90000 s */
    } cases[] = {
        {"mp4", "libx264", "h264", 1e-9},    {"mov", "mpeg4", "mpeg4", 1e-9},  {"matroska", "libx264", "h264", 1e-3},
        {"mpegts", "libx264", "h264", 2e-5}, {"avi", "mjpeg", "mjpeg", 1e-9},  {"avi", "mpeg4", "mpeg4", 1e-9},
        {"h264", "libx264", "h264", 1e-9},   {"matroska", "png", "png", 1e-3}, {"webm", "libvpx", "vp8", 1e-3},
        {"webm", "libvpx-vp9", "vp9", 1e-3}, {"mp4", "libx265", "hevc", 1e-9}, {"hevc", "libx265", "hevc", 1e-9},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const enum AVPixelFormat format = strcmp(cases[i].encoder, "mjpeg") == 0 ? AV_PIX_FMT_YUVJ420P
                                          : strcmp(cases[i].encoder, "png") == 0 ? AV_PIX_FMT_GRAY8
                                                                                 : AV_PIX_FMT_YUV420P;
        /* raw streams say no rate that a demuxer believes without asking: 25 is FFmpeg's word for it */
        const bool is_raw = strcmp(cases[i].container, "h264") == 0 || strcmp(cases[i].container, "hevc") == 0;
        make_video(path, &(make_options){.container = cases[i].container,
                                         .encoder = cases[i].encoder,
                                         .format = format,
                                         .fps = is_raw ? 25 : 10});
        const reading all = read_all(path, NULL);
        assert_whole(&all, is_raw ? 25.0 : 10.0, cases[i].tolerance_s);
        assert_string_equal(all.info.codec, cases[i].decoder);
        assert_int_equal(all.info.width, 96);
        assert_int_equal(all.info.height, 64);
        assert_int_equal(all.info.rotation_deg, 0);
    }
}

static void every_pixel_format(void **state)
{
    (void)state;
    static const struct {
        const char *container, *encoder;
        enum AVPixelFormat format;
        psb_pixel_format expected;
        psb_color_range range;
    } cases[] = {
        {"mp4", "libx264", AV_PIX_FMT_YUV420P, PSB_PIXEL_YUV420, PSB_RANGE_LIMITED},
        {"mp4", "libx264", AV_PIX_FMT_YUV422P, PSB_PIXEL_YUV422, PSB_RANGE_LIMITED},
        {"mp4", "libx264", AV_PIX_FMT_YUV444P, PSB_PIXEL_YUV444, PSB_RANGE_LIMITED},
        {"mp4", "libx264", AV_PIX_FMT_GRAY8, PSB_PIXEL_YUV420,
         PSB_RANGE_LIMITED}, /* what FFmpeg's decoder makes of it */
        {"matroska", "ffv1", AV_PIX_FMT_GRAY8, PSB_PIXEL_GREY, PSB_RANGE_LIMITED},
        {"mp4", "libx264", AV_PIX_FMT_YUV420P10LE, PSB_PIXEL_YUV420, PSB_RANGE_LIMITED},
        {"mp4", "libx264", AV_PIX_FMT_YUV422P10LE, PSB_PIXEL_YUV422, PSB_RANGE_LIMITED},
        {"mp4", "libx264", AV_PIX_FMT_YUV444P10LE, PSB_PIXEL_YUV444, PSB_RANGE_LIMITED},
        {"matroska", "ffv1", AV_PIX_FMT_GRAY10LE, PSB_PIXEL_GREY, PSB_RANGE_LIMITED},
        {"mp4", "libx264", AV_PIX_FMT_YUVJ420P, PSB_PIXEL_YUV420, PSB_RANGE_FULL},
        {"mp4", "libx264rgb", AV_PIX_FMT_RGB24, PSB_PIXEL_YUV444, PSB_RANGE_FULL}, /* decodes to gbrp */
        {"avi", "mjpeg", AV_PIX_FMT_YUVJ422P, PSB_PIXEL_YUV422, PSB_RANGE_FULL},
        {"avi", "mjpeg", AV_PIX_FMT_YUVJ444P, PSB_PIXEL_YUV444, PSB_RANGE_FULL},
        {"matroska", "png", AV_PIX_FMT_RGBA, PSB_PIXEL_YUV444, PSB_RANGE_FULL},
        {"matroska", "ffv1", AV_PIX_FMT_YUV411P, PSB_PIXEL_YUV444, PSB_RANGE_LIMITED},
        {"matroska", "ffv1", AV_PIX_FMT_YUV440P, PSB_PIXEL_YUV444, PSB_RANGE_LIMITED},
        {"matroska", "ffv1", AV_PIX_FMT_YUV410P, PSB_PIXEL_YUV420, PSB_RANGE_LIMITED},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_video(path, &(make_options){
                             .container = cases[i].container, .encoder = cases[i].encoder, .format = cases[i].format});
        const reading all = read_all(path, "ffv1");
        assert_whole(&all, 10.0, 1e-3);
        assert_int_equal(all.shape.format, cases[i].expected);
        assert_int_equal(all.shape.range, cases[i].range);
        assert_int_equal(all.shape.matrix, PSB_COLOR_BT601);
    }
}

static void odd_sizes(void **state)
{
    (void)state;
    make_video(path,
               &(make_options){
                   .container = "avi", .encoder = "mjpeg", .format = AV_PIX_FMT_YUVJ420P, .width = 97, .height = 63});
    reading all = read_all(path, NULL);
    assert_whole(&all, 10.0, 1e-9);
    assert_int_equal(all.shape.width, 97);
    assert_int_equal(all.shape.height, 63);
    /* with a turn, the odd sides change places */
    make_video(path, &(make_options){.encoder = "mjpeg",
                                     .container = "mov",
                                     .format = AV_PIX_FMT_YUVJ420P,
                                     .width = 97,
                                     .height = 63,
                                     .rotation_deg = 90});
    all = read_all(path, NULL);
    assert_int_equal(all.shape.width, 63);
    assert_int_equal(all.shape.height, 97);
    assert_int_equal(all.count, 12);
}

static void colours_tagged_and_not(void **state)
{
    (void)state;
    static const struct {
        int height;
        enum AVColorSpace tag;
        psb_color_matrix expected;
    } cases[] = {
        {64, AVCOL_SPC_RGB /* 0: untagged */, PSB_COLOR_BT601},
        {718, AVCOL_SPC_RGB, PSB_COLOR_BT601},
        {720, AVCOL_SPC_RGB, PSB_COLOR_BT709},
        {64, AVCOL_SPC_BT709, PSB_COLOR_BT709},
        {720, AVCOL_SPC_SMPTE170M, PSB_COLOR_BT601},
        {720, AVCOL_SPC_BT470BG, PSB_COLOR_BT601},
        {64, AVCOL_SPC_BT2020_NCL, PSB_COLOR_BT2020},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_video(path, &(make_options){.height = cases[i].height, .matrix = cases[i].tag, .frames = 2});
        const reading all = read_all(path, NULL);
        assert_int_equal(all.count, 2);
        assert_int_equal(all.shape.matrix, cases[i].expected);
        assert_int_equal(all.shape.range, PSB_RANGE_LIMITED);
    }
    make_video(path, &(make_options){.range = AVCOL_RANGE_JPEG, .frames = 2});
    const reading all = read_all(path, NULL);
    assert_int_equal(all.shape.range, PSB_RANGE_FULL);
}

/* quarters: 0 upper left, 1 upper right, 2 lower left, 3 lower right */
static void rotation_is_applied(void **state)
{
    (void)state;
    static const struct {
        int deg;
        int from[4]; /* which stored quarter is shown in each place */
    } cases[] = {{90, {2, 0, 3, 1}}, {180, {3, 2, 1, 0}}, {270, {1, 3, 0, 2}}};
    static const enum AVPixelFormat formats[] = {AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUV420P10LE};
    for (size_t f = 0; f < 3; f++)
        for (size_t i = 0; i < 3; i++) {
            make_video(path, &(make_options){.rotation_deg = cases[i].deg, .format = formats[f]});
            const reading all = read_all(path, NULL);
            assert_int_equal(all.count, 12);
            assert_int_equal(all.info.rotation_deg, cases[i].deg);
            assert_int_equal(all.info.width, cases[i].deg == 180 ? 96 : 64);
            assert_int_equal(all.info.height, cases[i].deg == 180 ? 64 : 96);
            for (int k = 0; k < 12; k++)
                for (int q = 0; q < 4; q++) assert_near(all.levels[k][q], make_level(k, cases[i].from[q]), 4);
        }
}

static void interlaced_is_noted(void **state)
{
    (void)state;
    make_video(path, &(make_options){.encoder = "mpeg4", .container = "avi", .is_interlaced = true});
    reading all = read_all(path, NULL);
    assert_int_equal(all.count, 12);
    assert_true(all.info.is_interlaced);
    make_video(path, &(make_options){.encoder = "mpeg4", .container = "avi"});
    all = read_all(path, NULL);
    assert_false(all.info.is_interlaced);
}

static void uneven_times_are_kept(void **state)
{
    (void)state;
    static const int times_ms[12] = {40, 80, 100, 240, 241, 300, 1000, 1001, 1040, 2000, 2500, 2540};
    static const char *const containers[] = {"matroska", "mp4"};
    for (int c = 0; c < 2; c++) {
        make_video(path, &(make_options){.container = containers[c], .times_ms = times_ms});
        const reading all = read_all(path, NULL);
        assert_int_equal(all.count, 12);
        for (int i = 0; i < 12; i++) assert_true(fabs(all.times_s[i] - (times_ms[i] - 40) / 1000.0) < 1e-4);
    }
}

static void repeated_times_are_repaired(void **state)
{
    (void)state;
    static const int times_ms[12] = {0, 100, 100, 200, 300, 300, 300, 400, 500, 600, 700, 800};
    make_video(path, &(make_options){
                         .container = "matroska", .encoder = "png", .format = AV_PIX_FMT_GRAY8, .times_ms = times_ms});
    const reading all = read_all(path, NULL);
    assert_int_equal(all.count, 12);                /* read_all asserts that times grow */
    assert_true(fabs(all.times_s[3] - 0.2) < 1e-9); /* the good times after a repair stay */
    assert_true(all.times_s[2] > 0.1 && all.times_s[2] < 0.2);
    assert_true(fabs(all.times_s[11] - 0.8) < 1e-9);
}

/* Two recordings one behind the other, as MPEG-TS allows: the second's clock begins anew. */
static void a_restarted_clock_goes_on(void **state)
{
    (void)state;
    size_t size_bytes = 0;
    int times_ms[20]; /* with a pause, which must be seen in both */
    for (int i = 0; i < 20; i++) times_ms[i] = 100 * i + (i >= 12 ? 700 : 0);
    make_video(path, &(make_options){.container = "mpegts", .frames = 20, .gop = 1, .times_ms = times_ms});
    uint8_t *once = make_read(path, &size_bytes);
    uint8_t *twice = malloc(2 * size_bytes);
    assert_non_null(twice);
    memcpy(twice, once, size_bytes);
    memcpy(twice + size_bytes, once, size_bytes);
    make_file(other, twice, 2 * size_bytes);
    const reading all = read_all(other, NULL);
    assert_in_range(all.count, 38, 40); /* at the seam the demuxer may lose a packet */
    int pauses = 0;
    for (int i = 1; i < all.count; i++) {
        const double step_s = all.times_s[i] - all.times_s[i - 1];
        pauses += step_s > 0.7;
        assert_true(step_s > 0.01 && step_s < 0.9);
    }
    assert_int_equal(pauses, 2);
    free(once);
    free(twice);
}

static void a_cut_file_gives_what_it_has(void **state)
{
    (void)state;
    static const struct {
        const char *container, *settings;
    } cases[] = {{"mp4", "movflags=+faststart"},
                 {"mp4", "movflags=+frag_keyframe+empty_moov"},
                 {"matroska", NULL},
                 {"mpegts", NULL},
                 {"h264", NULL},
                 {"avi", NULL}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const bool is_avi = strcmp(cases[i].container, "avi") == 0;
        make_video(path, &(make_options){.container = cases[i].container,
                                         .settings = cases[i].settings,
                                         .encoder = is_avi ? "mpeg4" : NULL});
        for (int percent = 60; percent < 99; percent += 3) {
            make_cut(other, path, percent / 100.0);
            const reading all = read_all(other, NULL);
            if (all.status != PSB_END) fail_msg("%s cut at %d %%: %s", cases[i].container, percent, psb_error_text());
            assert_in_range(all.count, 1, 12);
            if (!all.info.is_truncated) fail_msg("%s cut at %d %% was not noticed", cases[i].container, percent);
            for (int k = 0; k < all.count - 1; k++) assert_near(all.levels[k][3], make_level(k, 3), 4);
        }
    }
}

static void a_file_without_its_index_is_refused(void **state)
{
    (void)state;
    make_video(path, &(make_options){.container = "mp4"});
    make_cut(other, path, 0.5);
    refuses(other, PSB_BAD_INPUT, "cut before its index");
}

static void a_damaged_packet_is_counted_and_skipped(void **state)
{
    (void)state;
    size_t size_bytes = 0;
    make_video(path, &(make_options){.container = "mov", .encoder = "png", .format = AV_PIX_FMT_RGB24});
    uint8_t *data = make_read(path, &size_bytes);
    int found = 0; /* the fifth picture loses its signature */
    for (size_t i = 0; i + 8 < size_bytes; i++)
        if (memcmp(data + i, "\x89PNG\r\n\x1a\n", 8) == 0 && ++found == 5) data[i + 1] = 'Q';
    assert_int_equal(found, 12);
    make_file(other, data, size_bytes);
    free(data);
    const reading all = read_all(other, NULL);
    assert_int_equal(all.status, PSB_END);
    assert_int_equal(all.count, 11);
    assert_int_equal(all.info.decode_errors, 1);
    assert_false(all.info.is_truncated);
    assert_true(fabs(all.times_s[4] - 0.5) < 1e-9); /* its time stays empty */
}

/* Random bytes changed, all over: the reader must end by itself, in one of the ways its header names. */
static void flipped_bytes_end_cleanly(void **state)
{
    (void)state;
    static const struct {
        const char *container, *encoder;
        enum AVPixelFormat format;
    } cases[] = {{"mp4", "libx264", AV_PIX_FMT_YUV420P},
                 {"matroska", "libx264", AV_PIX_FMT_YUV420P},
                 {"mpegts", "mpeg4", AV_PIX_FMT_YUV420P},
                 {"avi", "mjpeg", AV_PIX_FMT_YUVJ422P}};
    uint32_t random = 20260822;
    int whole = 0, refused = 0;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_video(path, &(make_options){
                             .container = cases[i].container, .encoder = cases[i].encoder, .format = cases[i].format});
        size_t size_bytes = 0;
        uint8_t *good = make_read(path, &size_bytes);
        uint8_t *bad = malloc(size_bytes);
        assert_non_null(bad);
        for (int round = 0; round < 40; round++) {
            memcpy(bad, good, size_bytes);
            for (int k = 0; k < 1 + round; k++) {
                random = random * 1664525u + 1013904223u;
                const size_t at = (size_t)((uint64_t)random * size_bytes >> 32);
                random = random * 1664525u + 1013904223u;
                bad[at] = (uint8_t)(random >> 24);
            }
            make_file(other, bad, size_bytes);
            const reading all = read_all(other, NULL);
            if (all.status != PSB_END && all.status != PSB_BAD_INPUT) fail_msg("%d: %s", all.status, psb_error_text());
            whole += all.status == PSB_END;
            refused += all.status == PSB_BAD_INPUT;
        }
        free(good);
        free(bad);
    }
    assert_true(whole > 50);  /* most damage leaves something to see */
    assert_true(refused > 2); /* and some does not: both ways were taken */
}

static void what_is_not_a_video_is_refused(void **state)
{
    (void)state;
    char missing[MAKE_PATH_BYTES];
    uint8_t noise[5000];
    uint32_t random = 7;
    for (size_t i = 0; i < sizeof(noise); i++) noise[i] = (uint8_t)((random = random * 1664525u + 1013904223u) >> 24);
    refuses(make_path(missing, folder, "nothing.mp4"), PSB_BAD_INPUT, "not found");
    refuses("/dev/null", PSB_BAD_INPUT, "device");
    make_file(other, noise, sizeof(noise));
    refuses(other, PSB_BAD_INPUT, "no video");
    make_file(other, noise, 0);
    refuses(other, PSB_BAD_INPUT, "empty file");
    make_file(other, "once upon a time\n", 17);
    refuses(other, PSB_BAD_INPUT, "no video");
    make_sound(other);
    refuses(other, PSB_BAD_INPUT, "no video stream");
}

static void unlisted_decoders_and_containers_are_refused_by_name(void **state)
{
    (void)state;
    make_video(path, &(make_options){.container = "matroska", .encoder = "ffv1"});
    refuses(path, PSB_BAD_INPUT, "--allow-codec ffv1");
    reading all = read_all(path, "msmpeg4v3,ffv1");
    assert_whole(&all, 10.0, 1e-3);

    make_video(path, &(make_options){.container = "avi", .encoder = "msmpeg4"});
    refuses(path, PSB_BAD_INPUT, "codec msmpeg4v3 is not on the list");
    all = read_all(path, "msmpeg4v3");
    assert_int_equal(all.count, 12);

    static const char y4m[] = "YUV4MPEG2 W8 H8 F25:1 C420\nFRAME\n................................................"
                              "................................................";
    make_file(path, y4m, sizeof(y4m) - 1);
    refuses(path, PSB_BAD_INPUT, "--allow-codec yuv4mpegpipe");
    all = read_all(path, "yuv4mpegpipe,rawvideo");
    assert_int_equal(all.count, 1);

    /* a playlist may name other files: its demuxer is not on the list */
    static const char playlist[] = "ffconcat version 1.0\nfile /etc/passwd\n";
    make_file(path, playlist, sizeof(playlist) - 1);
    refuses(path, PSB_BAD_INPUT, "--allow-codec concat");
}

static void a_change_of_size_is_refused(void **state)
{
    (void)state;
    size_t first_bytes = 0, second_bytes = 0;
    make_video(path, &(make_options){.container = "h264"});
    uint8_t *first = make_read(path, &first_bytes);
    make_video(path, &(make_options){.container = "h264", .width = 64, .height = 48});
    uint8_t *second = make_read(path, &second_bytes);
    uint8_t *both = malloc(first_bytes + second_bytes);
    assert_non_null(both);
    memcpy(both, first, first_bytes);
    memcpy(both + first_bytes, second, second_bytes);
    make_file(path, both, first_bytes + second_bytes);
    refuses(path, PSB_BAD_INPUT, "frame 13: found 64x48 pixels, expected 96x64");
    free(first);
    free(second);
    free(both);
}

static void frames_outlive_their_reader(void **state)
{
    (void)state;
    psb_reader *reader = NULL;
    psb_frame *frames[13] = {NULL};
    make_video(path, &(make_options){0});
    const psb_reader_options options = {.max_frames = 12};
    assert_int_equal(psb_reader_open(&reader, path, &options), PSB_OK);
    assert_int_equal(psb_reader_info_get(reader).frame_count, 12);
    for (int i = 0; i < 12; i++) assert_int_equal(psb_reader_read(reader, &frames[i]), PSB_OK);
    assert_int_equal(psb_reader_read(reader, &frames[12]), PSB_END);
    psb_reader_close(&reader);
    for (int i = 0; i < 12; i++) {
        const psb_image image = psb_frame_image(frames[i]);
        assert_near(make_seen_level(&image, 0), make_level(i, 0), 4);
        psb_frame_unref(&frames[i]);
    }
}

static void frames_are_bounded(void **state)
{
    (void)state;
    psb_reader *reader = NULL;
    psb_frame *held[2] = {NULL}, *third = NULL;
    make_video(path, &(make_options){0});
    const psb_reader_options options = {.max_frames = 2};
    assert_int_equal(psb_reader_open(&reader, path, &options), PSB_OK);
    assert_int_equal(psb_reader_read(reader, &held[0]), PSB_OK);
    assert_int_equal(psb_reader_read(reader, &held[1]), PSB_OK);
    assert_int_equal(psb_reader_read(reader, &third), PSB_NO_MEMORY);
    psb_frame_unref(&held[0]);
    psb_frame_unref(&held[1]);
    psb_reader_close(&reader);

    const psb_reader_options absurd = {.max_frames = 4097};
    assert_int_equal(psb_reader_open(&reader, path, &absurd), PSB_BAD_INPUT);
}

/* A minute's look-back of a fast camera: all of them come home at once. (ASan sees one place too few.) */
static void the_bound_itself_can_be_reached(void **state)
{
    (void)state;
    enum { MOST = 4096 };
    psb_reader *reader = NULL;
    psb_frame **held = calloc(MOST, sizeof(*held)), *one_more = NULL;
    assert_non_null(held);
    make_video(path, &(make_options){.encoder = "mpeg4", .width = 16, .height = 16, .frames = MOST + 1, .fps = 1000});
    const psb_reader_options options = {.max_frames = MOST};
    assert_int_equal(psb_reader_open(&reader, path, &options), PSB_OK);
    for (int i = 0; i < MOST; i++) assert_int_equal(psb_reader_read(reader, &held[i]), PSB_OK);
    assert_int_equal(psb_reader_read(reader, &one_more), PSB_NO_MEMORY);
    for (int i = 0; i < MOST; i++) psb_frame_unref(&held[i]);
    psb_reader_close(&reader);
    free(held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_container_and_codec),
        cmocka_unit_test(every_pixel_format),
        cmocka_unit_test(odd_sizes),
        cmocka_unit_test(colours_tagged_and_not),
        cmocka_unit_test(rotation_is_applied),
        cmocka_unit_test(interlaced_is_noted),
        cmocka_unit_test(uneven_times_are_kept),
        cmocka_unit_test(repeated_times_are_repaired),
        cmocka_unit_test(a_restarted_clock_goes_on),
        cmocka_unit_test(a_cut_file_gives_what_it_has),
        cmocka_unit_test(a_file_without_its_index_is_refused),
        cmocka_unit_test(a_damaged_packet_is_counted_and_skipped),
        cmocka_unit_test(flipped_bytes_end_cleanly),
        cmocka_unit_test(what_is_not_a_video_is_refused),
        cmocka_unit_test(unlisted_decoders_and_containers_are_refused_by_name),
        cmocka_unit_test(a_change_of_size_is_refused),
        cmocka_unit_test(frames_outlive_their_reader),
        cmocka_unit_test(frames_are_bounded),
        cmocka_unit_test(the_bound_itself_can_be_reached),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
