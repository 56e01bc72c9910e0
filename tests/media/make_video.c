/* SPDX-License-Identifier: Apache-2.0
 *
 * See make_video.h. Kept plain: one picture, one encoder, one muxer; every call asserted.
 */
#include "make_video.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/log.h>
#include <libavutil/pixdesc.h>

#include <cmocka.h>

/* libx265 keeps some memory for good; the leak sanitizer asks here before it complains of it. */
PSB_API const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libx265";
}

int make_level(int frame_i, int quarter_i)
{
    static const int levels[4] = {60, 100, 150, 220};
    return quarter_i == 0 ? 30 + frame_i % 12 * 5 : levels[quarter_i];
}

int make_seen_level(const psb_image *image, int quarter_i)
{
    const int32_t left = image->width / 4 + quarter_i % 2 * image->width / 2 - 2;
    const int32_t top = image->height / 4 + quarter_i / 2 * image->height / 2 - 2;
    int sum = 0;
    for (int32_t y = top; y < top + 4; y++)
        for (int32_t x = left; x < left + 4; x++) sum += image->plane[0][y * image->stride_bytes[0] + x];
    return sum / 16;
}

/* Every row and column has a border of noise, so that a packet is not a few bytes. */
static int noise(int frame_i, int x, int y)
{
    uint32_t mixed = (uint32_t)(frame_i * 7919 + x * 104729 + y * 1299709) * 2654435761u;
    mixed ^= mixed >> 15;
    return (int)(mixed * 2246822519u >> 25); /* 0..127 */
}

/* Planar formats of 8 or 10 bits, and packed or planar RGB of 8 (where the grey is R = G = B). */
static void paint(AVFrame *picture, int frame_i)
{
    const AVPixFmtDescriptor *about = av_pix_fmt_desc_get(picture->format);
    for (int c = 0; c < about->nb_components; c++) {
        const AVComponentDescriptor *part = &about->comp[c];
        const bool is_chroma = (c == 1 || c == 2) && !(about->flags & AV_PIX_FMT_FLAG_RGB);
        const int width = is_chroma ? AV_CEIL_RSHIFT(picture->width, about->log2_chroma_w) : picture->width;
        const int height = is_chroma ? AV_CEIL_RSHIFT(picture->height, about->log2_chroma_h) : picture->height;
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                const int quarter = (x >= width / 2) + 2 * (y >= height / 2);
                const bool is_border = x < width / 8 || y < height / 8;
                const int grey = is_border ? 60 + noise(frame_i, x, y) : make_level(frame_i, quarter);
                const int level = (is_chroma ? 128 : grey) << (part->depth - 8);
                uint8_t *at = picture->data[part->plane] + y * picture->linesize[part->plane] + x * part->step;
                at[part->offset] = (uint8_t)level;
                if (part->depth > 8) at[part->offset + 1] = (uint8_t)(level >> 8);
            }
    }
}

static AVCodecContext *open_encoder(const make_options *o, bool has_global_header)
{
    const AVCodec *codec = avcodec_find_encoder_by_name(o->encoder);
    assert_non_null(codec);
    AVCodecContext *encoder = avcodec_alloc_context3(codec);
    assert_non_null(encoder);
    encoder->width = o->width;
    encoder->height = o->height;
    encoder->pix_fmt = o->format;
    encoder->time_base = o->times_ms ? (AVRational){1, 1000} : (AVRational){1, o->fps};
    encoder->framerate = (AVRational){o->fps, 1};
    encoder->gop_size = o->gop;
    encoder->colorspace = o->matrix ? o->matrix : AVCOL_SPC_UNSPECIFIED;
    encoder->color_range = o->range;
    encoder->thread_count = 1;
    encoder->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
    encoder->flags |= AV_CODEC_FLAG_QSCALE;
    encoder->global_quality = 2 * FF_QP2LAMBDA;
    if (has_global_header) encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (o->is_interlaced) encoder->flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME;
    AVDictionary *settings = NULL;
    if (strcmp(o->encoder, "libx264") == 0) av_dict_set(&settings, "preset", "ultrafast", 0);
    if (strcmp(o->encoder, "libx264") == 0) av_dict_set(&settings, "crf", "10", 0);
    if (strcmp(o->encoder, "libx265") == 0) av_dict_set(&settings, "x265-params", "log-level=none", 0);
    assert_true(avcodec_open2(encoder, codec, &settings) >= 0);
    av_dict_free(&settings);
    return encoder;
}

static void add_rotation(AVStream *stream, int rotation_deg)
{
    if (!rotation_deg) return;
    uint8_t *matrix = av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(int32_t));
    assert_non_null(matrix);
    av_display_rotation_set((int32_t *)matrix, rotation_deg);
}

static void drain(AVCodecContext *encoder, AVFormatContext *container)
{
    AVPacket *packet = av_packet_alloc();
    assert_non_null(packet);
    while (avcodec_receive_packet(encoder, packet) >= 0) {
        packet->stream_index = 0;
        av_packet_rescale_ts(packet, encoder->time_base, container->streams[0]->time_base);
        if (!packet->duration)
            packet->duration = av_rescale_q(1, av_inv_q(encoder->framerate), container->streams[0]->time_base);
        assert_true(av_write_frame(container, packet) >= 0);
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
}

static make_options with_defaults(const make_options *given)
{
    make_options o = *given;
    if (!o.container) o.container = "mp4";
    if (!o.encoder) o.encoder = "libx264";
    if (!o.width) o.width = 96;
    if (!o.height) o.height = 64;
    if (!o.frames) o.frames = 12;
    if (!o.fps) o.fps = 10;
    if (!o.gop) o.gop = 4;
    return o;
}

void make_video(const char *path, const make_options *options)
{
    const make_options o = with_defaults(options);
    av_log_set_level(AV_LOG_QUIET);
    AVFormatContext *container = NULL;
    AVDictionary *settings = NULL;
    assert_true(avformat_alloc_output_context2(&container, NULL, o.container, path) >= 0);
    AVCodecContext *encoder = open_encoder(&o, container->oformat->flags & AVFMT_GLOBALHEADER);
    AVStream *stream = avformat_new_stream(container, NULL);
    stream->time_base = encoder->time_base;
    stream->avg_frame_rate = encoder->framerate;
    assert_true(avcodec_parameters_from_context(stream->codecpar, encoder) >= 0);
    add_rotation(stream, o.rotation_deg);
    assert_true(avio_open(&container->pb, path, AVIO_FLAG_WRITE) >= 0);
    if (o.settings) av_dict_parse_string(&settings, o.settings, "=", ":", 0);
    assert_true(avformat_write_header(container, &settings) >= 0);
    av_dict_free(&settings);

    AVFrame *picture = av_frame_alloc();
    picture->format = o.format;
    picture->width = o.width;
    picture->height = o.height;
    assert_true(av_frame_get_buffer(picture, 0) >= 0);
    for (int i = 0; i < o.frames; i++) {
        assert_true(av_frame_make_writable(picture) >= 0);
        paint(picture, i);
        picture->pts = o.times_ms ? o.times_ms[i] : i;
        picture->quality = encoder->global_quality;
        picture->interlaced_frame = o.is_interlaced;
        assert_true(avcodec_send_frame(encoder, picture) >= 0);
        drain(encoder, container);
    }
    avcodec_send_frame(encoder, NULL);
    drain(encoder, container);
    assert_true(av_write_trailer(container) >= 0);
    avio_closep(&container->pb);
    av_frame_free(&picture);
    avcodec_free_context(&encoder);
    avformat_free_context(container);
}

void make_sound(const char *path)
{
    AVFormatContext *container = NULL;
    uint8_t samples[800] = {0};
    AVPacket *packet = av_packet_alloc();
    assert_true(avformat_alloc_output_context2(&container, NULL, "matroska", path) >= 0);
    AVCodecParameters *sound = avformat_new_stream(container, NULL)->codecpar;
    sound->codec_type = AVMEDIA_TYPE_AUDIO;
    sound->codec_id = AV_CODEC_ID_PCM_S16LE;
    sound->sample_rate = 8000;
    sound->bits_per_coded_sample = 16;
    av_channel_layout_default(&sound->ch_layout, 1);
    assert_true(avio_open(&container->pb, path, AVIO_FLAG_WRITE) >= 0);
    assert_true(avformat_write_header(container, NULL) >= 0);
    packet->data = samples;
    packet->size = sizeof(samples);
    packet->pts = packet->dts = 0;
    packet->duration = 50;
    assert_true(av_write_frame(container, packet) >= 0);
    assert_true(av_write_trailer(container) >= 0);
    avio_closep(&container->pb);
    avformat_free_context(container);
    av_packet_free(&packet);
}

void make_picture(const char *path, const char *encoder, enum AVPixelFormat format, int width, int height, int frame_i)
{
    const make_options o = {.encoder = encoder, .format = format, .width = width, .height = height, .fps = 1, .gop = 1};
    AVCodecContext *codec = open_encoder(&o, false);
    AVFrame *picture = av_frame_alloc();
    AVPacket *packet = av_packet_alloc();
    picture->format = format;
    picture->width = width;
    picture->height = height;
    picture->quality = codec->global_quality;
    picture->pts = 0;
    assert_true(av_frame_get_buffer(picture, 0) >= 0);
    paint(picture, frame_i);
    assert_true(avcodec_send_frame(codec, picture) >= 0);
    avcodec_send_frame(codec, NULL);
    assert_true(avcodec_receive_packet(codec, packet) >= 0);
    make_file(path, packet->data, (size_t)packet->size);
    av_packet_free(&packet);
    av_frame_free(&picture);
    avcodec_free_context(&codec);
}

void make_file(const char *path, const void *data, size_t size_bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size_bytes, file), size_bytes);
    assert_int_equal(fclose(file), 0);
}

uint8_t *make_read(const char *path, size_t *size_out)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *size_out = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(*size_out + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *size_out, file), *size_out);
    fclose(file);
    return data;
}

void make_cut(const char *to, const char *from, double fraction)
{
    size_t size_bytes = 0;
    uint8_t *data = make_read(from, &size_bytes);
    make_file(to, data, (size_t)((double)size_bytes * fraction));
    free(data);
}

void make_folder(char out[MAKE_PATH_BYTES])
{
    snprintf(out, MAKE_PATH_BYTES, "/tmp/psb_media_XXXXXX");
    assert_non_null(mkdtemp(out));
}

void make_clean(const char *folder)
{
    DIR *listing = opendir(folder);
    assert_non_null(listing);
    for (const struct dirent *entry = readdir(listing); entry; entry = readdir(listing)) {
        char path[2 * MAKE_PATH_BYTES + 8];
        struct stat about;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
            make_clean(path);
        else
            unlink(path);
    }
    closedir(listing);
    rmdir(folder);
}

const char *make_path(char out[MAKE_PATH_BYTES], const char *folder, const char *name)
{
    snprintf(out, MAKE_PATH_BYTES, "%s/%s", folder, name);
    return out;
}
