/* SPDX-License-Identifier: Apache-2.0
 *
 * One MP4 with one video stream. Nothing of the source reaches the file but the pictures that are handed in, and
 * nothing of the maker either: no titles, dates, tags of the encoder (bitexact), chapters, sound.
 * The clock is MPEG's 90 kHz, fine enough for every camera's rate; B-frames are allowed, and the muxer's edit list
 * keeps the first picture at its own time. Which encoder works is found out by opening it (encoder.c).
 */
#include "media/writer.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/log.h>

#include "base/error.h"
#include "media/encoder_int.h"
#include "media/media_int.h"

struct psb_writer {
    char *name; /* in messages */
    psb_encoder encoder;
    AVFormatContext *container;
    AVStream *stream; /* of container */
    AVFrame *picture; /* the one that callers fill */
    AVPacket *packet;
    int64_t last_stamp;   /* of the last put, in 1/90000 s; AV_NOPTS_VALUE before */
    int64_t frame_stamps; /* nominal duration of a frame */
    bool is_taken;
    bool has_header;
};

static psb_status fail_write(const psb_writer *writer, const char *what, int code)
{
    char text[AV_ERROR_MAX_STRING_SIZE];
    if (code == AVERROR(ENOMEM)) return psb_fail(PSB_NO_MEMORY, "%s: out of memory while %s", writer->name, what);
    return psb_fail(PSB_ENVIRONMENT, "%s: %s failed: %s", writer->name, what,
                    psb_media_error(text, sizeof(text), code));
}

static psb_status open_container(psb_writer *writer, const char *path)
{
    AVDictionary *settings = NULL;
    psb_status status = PSB_OK;
    char *url = av_asprintf("file:%s", path); /* no name is taken for another protocol */
    if (!url) return psb_fail_memory("a path", strlen(path) + 6);
    int code = avformat_alloc_output_context2(&writer->container, NULL, "mp4", url);
    if (code >= 0) code = avio_open(&writer->container->pb, url, AVIO_FLAG_WRITE);
    if (code < 0) {
        status = fail_write(writer, "opening", code);
        goto done;
    }
    writer->container->flags |= AVFMT_FLAG_BITEXACT;
    writer->stream = avformat_new_stream(writer->container, NULL);
    if (!writer->stream) {
        status = fail_write(writer, "opening", AVERROR(ENOMEM));
        goto done;
    }
    writer->stream->time_base = writer->encoder.codec->time_base;
    writer->stream->avg_frame_rate = writer->encoder.codec->framerate;
    code = avcodec_parameters_from_context(writer->stream->codecpar, writer->encoder.codec);
    av_dict_set(&settings, "movflags", "+faststart", 0);
    if (code >= 0) code = avformat_write_header(writer->container, &settings);
    if (code < 0)
        status = fail_write(writer, "writing", code);
    else
        writer->has_header = true;
done:
    av_dict_free(&settings);
    av_free(url);
    return status;
}

static psb_status check_options(const psb_writer_options *options)
{
    if (options->width < 1 || options->height < 1 || options->width > PSB_FRAME_MAX_SIDE_PX ||
        options->height > PSB_FRAME_MAX_SIDE_PX)
        return psb_fail(PSB_BAD_INPUT, "writer: found %dx%d pixels, expected sides of 1 to %d", (int)options->width,
                        (int)options->height, PSB_FRAME_MAX_SIDE_PX);
    if (!isfinite(options->fps) || options->fps <= 0.0 || options->fps > 1000.0)
        return psb_fail(PSB_BAD_INPUT, "writer: found %g frames/s, expected a rate up to 1000", options->fps);
    return PSB_OK;
}

psb_status psb_writer_open(psb_writer **out, const char *path, const psb_writer_options *options)
{
    *out = NULL;
    psb_status status = check_options(options);
    if (status) return status;
    av_log_set_level(AV_LOG_QUIET); /* see reader.c */

    psb_writer *writer = calloc(1, sizeof(*writer));
    if (!writer) return psb_fail_memory("a writer", sizeof(*writer));
    status = PSB_NO_MEMORY;
    const char *name = options->name ? options->name : path;
    const size_t name_bytes = strlen(name) + 1;
    writer->name = malloc(name_bytes);
    writer->picture = av_frame_alloc();
    writer->packet = av_packet_alloc();
    if (!writer->name || !writer->picture || !writer->packet) {
        psb_fail_memory("a writer", name_bytes);
        goto done;
    }
    memcpy(writer->name, name, name_bytes);
    writer->last_stamp = AV_NOPTS_VALUE;
    writer->frame_stamps = llround(PSB_WRITER_CLOCK_HZ / options->fps);

    status = psb_encoder_init(&writer->encoder, options);
    if (!status) status = open_container(writer, path);
    if (status) goto done;
    psb_log_line(options->log, PSB_LOG_INFO, "%s: written by %s", name, psb_writer_encoder(writer));
    *out = writer;
    writer = NULL;
done:
    psb_writer_close(&writer);
    return status;
}

psb_status psb_writer_take_image(psb_writer *writer, psb_image *image_out)
{
    AVFrame *picture = writer->picture;
    const AVCodecContext *codec = writer->encoder.codec;
    memset(image_out, 0, sizeof(*image_out));
    /* libx264 has copied it by now; an encoder that still looks at the last one keeps it, and a new one is made */
    if (!picture->buf[0] || !av_frame_is_writable(picture)) {
        av_frame_unref(picture);
        picture->format = AV_PIX_FMT_YUV420P;
        picture->width = codec->width;
        picture->height = codec->height;
        picture->color_range = codec->color_range;
        picture->colorspace = codec->colorspace;
        const int code = av_frame_get_buffer(picture, 0);
        if (code < 0) return fail_write(writer, "encoding", code);
    }
    *image_out = (psb_image){.format = PSB_PIXEL_YUV420,
                             .matrix = writer->encoder.matrix,
                             .range = writer->encoder.range,
                             .width = picture->width,
                             .height = picture->height};
    for (int i = 0; i < 3; i++) {
        image_out->plane[i] = picture->data[i];
        image_out->stride_bytes[i] = picture->linesize[i];
    }
    writer->is_taken = true;
    return PSB_OK;
}

/* libx264 begins its first packet with a text about itself and its settings; it belongs to no picture. In Annex B form:
 * start code, one byte of which five bits are the kind of unit (ITU-T H.264, 7.3.1), up to the next start code. */
static void skip_leading_sei(AVPacket *packet, enum AVCodecID codec_id)
{
    enum { UNIT_SEI = 6 };
    static const uint8_t start_code[4] = {0, 0, 0, 1};
    const uint8_t *data = packet->data;
    if (codec_id != AV_CODEC_ID_H264 || packet->size < 5) return;
    const int first = memcmp(data, start_code, 4) == 0 ? 4 : memcmp(data, start_code + 1, 3) == 0 ? 3 : 0;
    if (!first || (data[first] & 31) != UNIT_SEI) return;
    for (int i = first + 1; i + 3 < packet->size; i++)
        if (memcmp(data + i, start_code + 1, 3) == 0) {
            packet->data += i;
            packet->size -= i;
            return;
        }
}

/* Moves finished packets from encoder to file. picture NULL: the encoder gives what it still holds. */
static psb_status encode(psb_writer *writer, const AVFrame *picture)
{
    int code = psb_encoder_send(&writer->encoder, picture);
    if (code < 0) return fail_write(writer, "encoding", code);
    for (;;) {
        code = avcodec_receive_packet(writer->encoder.codec, writer->packet);
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return PSB_OK;
        if (code < 0) return fail_write(writer, "encoding", code);
        writer->packet->stream_index = writer->stream->index;
        av_packet_rescale_ts(writer->packet, writer->encoder.codec->time_base, writer->stream->time_base);
        /* counts for the last one only: the others end where the next begins */
        writer->packet->duration =
            av_rescale_q(writer->frame_stamps, (AVRational){1, PSB_WRITER_CLOCK_HZ}, writer->stream->time_base);
        skip_leading_sei(writer->packet, writer->stream->codecpar->codec_id);
        code = av_write_frame(writer->container, writer->packet);
        av_packet_unref(writer->packet);
        if (code < 0) return fail_write(writer, "writing", code);
    }
}

psb_status psb_writer_put(psb_writer *writer, double time_s)
{
    if (!writer->is_taken) return psb_fail(PSB_BUG, "%s: a picture was put that was not taken", writer->name);
    if (!isfinite(time_s) || fabs(time_s) > 1e9)
        return psb_fail(PSB_BAD_INPUT, "%s: found time %g s, expected a time in a stream", writer->name, time_s);
    const int64_t stamp = llround(time_s * PSB_WRITER_CLOCK_HZ);
    if (writer->last_stamp != AV_NOPTS_VALUE && stamp <= writer->last_stamp)
        return psb_fail(PSB_BAD_INPUT, "%s: found time %.6f s, expected one after %.6f s", writer->name, time_s,
                        (double)writer->last_stamp / PSB_WRITER_CLOCK_HZ);
    writer->is_taken = false;
    writer->last_stamp = stamp;
    writer->picture->pts = av_rescale_q(stamp, (AVRational){1, PSB_WRITER_CLOCK_HZ}, writer->encoder.codec->time_base);
    return encode(writer, writer->picture);
}

psb_status psb_writer_finish(psb_writer *writer)
{
    psb_status status = encode(writer, NULL);
    if (status) return status;
    writer->has_header = false;
    int code = av_write_trailer(writer->container);
    const int close_code = avio_closep(&writer->container->pb); /* the disk may be full only now */
    if (code >= 0) code = close_code;
    return code < 0 ? fail_write(writer, "writing", code) : PSB_OK;
}

void psb_writer_close(psb_writer **writer)
{
    if (!writer || !*writer) return;
    psb_writer *closing = *writer;
    *writer = NULL;
    if (closing->container) avio_closep(&closing->container->pb);
    avformat_free_context(closing->container);
    psb_encoder_fini(&closing->encoder);
    av_frame_free(&closing->picture);
    av_packet_free(&closing->packet);
    free(closing->name);
    free(closing);
}

const char *psb_writer_encoder(const psb_writer *writer)
{
    return writer->encoder.codec->codec->name;
}
