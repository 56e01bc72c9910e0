/* SPDX-License-Identifier: Apache-2.0
 *
 * A video file: containers by libavformat, decoders by libavcodec. Three things are settled here and nowhere else:
 * what may be opened (one local file, an allowed container and decoder, no reference to another file), how damage is
 * met (a damaged packet is counted and skipped; reading goes on at the next picture that decodes), and how doubtful
 * times become times that grow (struct timeline).
 */
#include <stdlib.h>
#include <string.h>

#include <libavformat/avformat.h>
#include <libavutil/avstring.h>

#include "base/error.h"
#include "media/media_int.h"

enum {
    MAX_ERRORS_IN_A_ROW = 64, /* of the demuxer; some step over damage, some return it for ever */
    DEFAULT_RATE_FPS = 25,
};

/* A clock that jumped back by more than this has restarted (a splice, a wrap of MPEG-TS's 33 bits): what follows is
 * moved behind what was there. Less than this is disorder, and only the frame itself is moved. */
static const double restart_s = 1.0;

/* Frames closer than this are taken for repeated: the writer's clock could not tell them apart. */
static const double least_step_s = 1e-4;

/* Presentation times as the file has them, from 0 at the first frame; repaired where they are missing, repeated or go
 * back. A repaired frame comes half a frame after its predecessor, so that the good times after it stay as they are. */
typedef struct timeline {
    double unit_s;       /* of the file's stamps */
    double frame_s;      /* average duration of a frame */
    int64_t first_stamp; /* AV_NOPTS_VALUE until one was seen */
    double shift_s;      /* where that one lies, and what restarts have added */
    double last_s;
    bool has_begun;
} timeline;

typedef struct file_source {
    psb_source head;
    const char *path;
    const psb_reader_options *options;
    AVFormatContext *container;
    AVCodecContext *decoder;
    AVPacket *packet;
    psb_frame_maker *maker;
    AVStream *stream; /* of container */
    psb_orientation orientation;
    timeline time;
    int64_t packet_count;
    int64_t damaged_i; /* packet_count when damage was last seen */
    int32_t errors_in_a_row;
    bool is_drained; /* the decoder was told that no more comes */
} file_source;

static double timeline_place(timeline *time, int64_t stamp)
{
    double place_s = time->has_begun ? time->last_s + time->frame_s : 0.0; /* what a frame without a stamp gets */
    if (stamp != AV_NOPTS_VALUE && time->first_stamp == AV_NOPTS_VALUE) {
        time->first_stamp = stamp;
        time->shift_s = place_s;
    } else if (stamp != AV_NOPTS_VALUE) {
        const double stated_s = ((double)stamp - (double)time->first_stamp) * time->unit_s + time->shift_s;
        if (stated_s >= time->last_s + least_step_s) {
            place_s = stated_s;
        } else if (stated_s < time->last_s - restart_s) {
            time->shift_s += place_s - stated_s;
        } else {
            place_s = time->last_s + time->frame_s / 2;
        }
    }
    time->has_begun = true;
    time->last_s = place_s;
    return place_s;
}

/* ---- opening ---- */

/* A container may name other files (playlists, MOV references); none of them is opened. */
static int refuse_to_open(AVFormatContext *container, AVIOContext **io, const char *url, int flags,
                          AVDictionary **options)
{
    (void)container, (void)io, (void)url, (void)flags, (void)options;
    return AVERROR(EACCES);
}

static psb_status fail_open(const file_source *source, int code)
{
    char text[AV_ERROR_MAX_STRING_SIZE];
    if (code == AVERROR(ENOMEM)) return psb_fail(PSB_NO_MEMORY, "%s: out of memory while opening", source->path);
    if (code == AVERROR(EACCES) || code == AVERROR(EMFILE) || code == AVERROR(EIO))
        return psb_fail(PSB_ENVIRONMENT, "%s: %s", source->path, psb_media_error(text, sizeof(text), code));
    if (psb_media_is_cut(source->path))
        return psb_fail(PSB_BAD_INPUT, "%s: found a file that was cut before its index (%s), expected a whole one",
                        source->path, psb_media_error(text, sizeof(text), code));
    return psb_fail(PSB_BAD_INPUT, "%s: found no video in it (%s), expected MP4/MOV, MKV/WebM, AVI, MPEG-TS or Annex B",
                    source->path, psb_media_error(text, sizeof(text), code));
}

/* Bytes first, then the container's name, then the container: an unlisted demuxer never sees more than its probe. */
static psb_status open_container(file_source *source)
{
    const AVInputFormat *form = NULL;
    AVIOContext *io = NULL;
    AVDictionary *settings = NULL;
    char *decoders = NULL;
    psb_status status = PSB_OK;

    char *url = av_asprintf("file:%s", source->path); /* with the prefix no name is taken for another protocol */
    if (!url) return psb_fail_memory("a path", strlen(source->path) + 6);
    int code = avio_open(&io, url, AVIO_FLAG_READ);
    if (code >= 0) code = av_probe_input_buffer2(io, &form, "", NULL, 0, 0);
    if (code < 0) {
        status = fail_open(source, code);
        goto done;
    }
    status = psb_allow_check_container(source->path, form->name, source->options->allow_codec);
    if (status) goto done;

    source->container = avformat_alloc_context();
    decoders = psb_allow_decoder_names(source->options->allow_codec);
    if (!source->container || !decoders) {
        status = psb_fail(PSB_NO_MEMORY, "%s: out of memory while opening", source->path);
        goto done;
    }
    av_dict_set(&settings, "codec_whitelist", decoders, 0);
    av_dict_set(&settings, "protocol_whitelist", "file", 0);
    source->container->pb = io;
    source->container->io_open = refuse_to_open;
    code = avformat_open_input(&source->container, "", form, &settings); /* frees the container on failure, not io */
    if (code < 0) {
        status = fail_open(source, code);
        goto done;
    }
    io = NULL; /* the container's from here on; see file_close */
    source->head.info.container = form->name;
done:
    av_dict_free(&settings);
    av_free(decoders);
    avio_closep(&io);
    av_free(url);
    return status;
}

static psb_status choose_stream(file_source *source)
{
    /* sound and subtitles are never decoded, not even to look at their kind */
    for (unsigned i = 0; i < source->container->nb_streams; i++) {
        const enum AVMediaType kind = source->container->streams[i]->codecpar->codec_type;
        if (kind != AVMEDIA_TYPE_VIDEO && kind != AVMEDIA_TYPE_UNKNOWN)
            source->container->streams[i]->discard = AVDISCARD_ALL;
    }
    const int code = avformat_find_stream_info(source->container, NULL);
    if (code < 0) return fail_open(source, code);
    const int stream_i = av_find_best_stream(source->container, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    if (stream_i < 0 || source->container->streams[stream_i]->disposition & AV_DISPOSITION_ATTACHED_PIC)
        return psb_fail(PSB_BAD_INPUT, "%s: found no video stream in the %s container, expected one", source->path,
                        source->head.info.container);
    source->stream = source->container->streams[stream_i];
    for (unsigned i = 0; i < source->container->nb_streams; i++)
        if ((int)i != stream_i) source->container->streams[i]->discard = AVDISCARD_ALL;

    const AVCodecParameters *codec = source->stream->codecpar;
    if (codec->width > PSB_FRAME_MAX_SIDE_PX || codec->height > PSB_FRAME_MAX_SIDE_PX)
        return psb_fail(PSB_BAD_INPUT, "%s: found %dx%d pixels, expected sides of at most %d", source->path,
                        codec->width, codec->height, PSB_FRAME_MAX_SIDE_PX);
    return psb_allow_check_codec(source->path, codec->codec_id, source->options->allow_codec);
}

static psb_status open_decoder(file_source *source)
{
    const AVCodec *codec = avcodec_find_decoder(source->stream->codecpar->codec_id);
    if (!codec)
        return psb_fail(PSB_UNSUPPORTED, "%s: this FFmpeg was built without a decoder for %s", source->path,
                        avcodec_get_name(source->stream->codecpar->codec_id));
    source->decoder = avcodec_alloc_context3(codec);
    source->packet = av_packet_alloc();
    if (!source->decoder || !source->packet) return psb_fail(PSB_NO_MEMORY, "%s: out of memory", source->path);
    int code = avcodec_parameters_to_context(source->decoder, source->stream->codecpar);
    source->decoder->pkt_timebase = source->stream->time_base;
    source->decoder->thread_count = source->options->threads;
    source->decoder->max_pixels = (int64_t)PSB_FRAME_MAX_SIDE_PX * PSB_FRAME_MAX_SIDE_PX;
    if (code >= 0) code = avcodec_open2(source->decoder, codec, NULL);
    if (code < 0) return fail_open(source, code);
    source->head.info.codec = codec->name;
    return psb_frame_maker_create(&source->maker, source->options->max_frames);
}

static double usable_rate(AVRational rate)
{
    const double fps = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0.0;
    return fps >= 0.01 && fps <= 1000.0 ? fps : 0.0;
}

static void describe(file_source *source)
{
    psb_reader_info *info = &source->head.info;
    info->fps = usable_rate(source->stream->avg_frame_rate);
    if (info->fps == 0.0) info->fps = usable_rate(source->stream->r_frame_rate);
    if (info->fps == 0.0) {
        info->fps = DEFAULT_RATE_FPS;
        psb_log_line(source->options->log, PSB_LOG_WARNING, "%s: no frame rate in it; %d frames/s are assumed",
                     source->path, DEFAULT_RATE_FPS);
    }
    source->time = (timeline){
        .unit_s = av_q2d(source->stream->time_base), .frame_s = 1.0 / info->fps, .first_stamp = AV_NOPTS_VALUE};
    if (source->options->fps > 0)
        psb_log_line(source->options->log, PSB_LOG_WARNING, "%s: a video has its own times; --fps %g is for folders",
                     source->path, source->options->fps);
    info->frame_count = source->stream->nb_frames > 0 ? source->stream->nb_frames : 0;
    info->is_truncated = psb_media_is_cut(source->path);

    size_t size_bytes = 0;
    const uint8_t *matrix = av_stream_get_side_data(source->stream, AV_PKT_DATA_DISPLAYMATRIX, &size_bytes);
    if (matrix && size_bytes >= 9 * sizeof(int32_t))
        source->orientation = psb_orientation_from_matrix((const int32_t *)matrix);
}

/* ---- reading ---- */

static void count_damage(file_source *source)
{
    source->head.info.decode_errors++;
    source->damaged_i = source->packet_count;
}

/* All was read: did the index promise more? (MP4's is known before; a fragment's comes with the fragment.) */
static void note_end(file_source *source)
{
    if (av_match_list(source->container->iformat->name, "mp4", ',') > 0 &&
        avformat_index_get_entries_count(source->stream) > source->packet_count)
        source->head.info.is_truncated = true;
}

/* All was decoded: a stream without declared sizes whose very last packet is damaged was cut in it. */
static psb_status finish(file_source *source)
{
    static const char unsized[] = "mpegts,h264,hevc";
    if (source->damaged_i == source->packet_count && source->head.info.decode_errors &&
        av_match_list(source->container->iformat->name, unsized, ',') > 0)
        source->head.info.is_truncated = true;
    return PSB_END;
}

/* One packet to the decoder, or the news that there are no more. */
static psb_status feed(file_source *source)
{
    int code = av_read_frame(source->container, source->packet);
    if (code == AVERROR(ENOMEM)) return psb_fail(PSB_NO_MEMORY, "%s: out of memory while reading", source->path);
    if (code < 0 && code != AVERROR_EOF && code != AVERROR(EAGAIN)) count_damage(source);
    if (code < 0) {
        const bool goes_on = code != AVERROR_EOF && ++source->errors_in_a_row < MAX_ERRORS_IN_A_ROW;
        if (goes_on && !avio_feof(source->container->pb)) return PSB_OK;
        if (code != AVERROR_EOF) source->head.info.is_truncated = true;
        note_end(source);
        source->is_drained = true;
        code = avcodec_send_packet(source->decoder, NULL);
        return PSB_OK;
    }
    source->errors_in_a_row = 0;
    if (source->packet->stream_index == source->stream->index) {
        source->packet_count++;
        if (source->packet->flags & AV_PKT_FLAG_CORRUPT)
            count_damage(source); /* skipped: half a picture decodes to a guess */
        else
            code = avcodec_send_packet(source->decoder, source->packet);
        if (code < 0 && code != AVERROR(ENOMEM)) count_damage(source);
    }
    av_packet_unref(source->packet);
    if (code == AVERROR(ENOMEM)) return psb_fail(PSB_NO_MEMORY, "%s: out of memory while decoding", source->path);
    return PSB_OK;
}

/* The decoder's next picture into *picture; feeds it as long as it asks for more. */
static psb_status decode(file_source *source, AVFrame *picture)
{
    for (;;) {
        const int code = avcodec_receive_frame(source->decoder, picture);
        if (code >= 0) return PSB_OK;
        if (code == AVERROR_EOF) return finish(source);
        if (code == AVERROR(ENOMEM)) return psb_fail(PSB_NO_MEMORY, "%s: out of memory while decoding", source->path);
        if (code != AVERROR(EAGAIN)) {
            count_damage(source);
            if (source->is_drained && ++source->errors_in_a_row >= MAX_ERRORS_IN_A_ROW) return finish(source);
        } else if (source->is_drained) {
            return finish(source);
        }
        if (!source->is_drained) {
            psb_status status = feed(source);
            if (status) return status;
        }
    }
}

static psb_status file_read(psb_source *head, psb_frame **out)
{
    file_source *source = (file_source *)head;
    *out = NULL;
    AVFrame *picture = psb_frame_maker_borrow(source->maker);
    if (!picture)
        return psb_fail(PSB_NO_MEMORY, "%s: all %d frames are in use, expected one to be free", source->path,
                        (int)source->options->max_frames);
    psb_status status = decode(source, picture);
    if (status) {
        psb_frame_maker_put_back(source->maker, picture);
        return status;
    }
    if (picture->decode_error_flags) count_damage(source); /* the decoder filled the holes by itself */
    if (picture->interlaced_frame) head->info.is_interlaced = true;
    head->info.frame_number++;

    const psb_frame_hints hints = {
        .orientation = source->orientation,
        .is_still = source->decoder->codec_id == AV_CODEC_ID_MJPEG || source->decoder->codec_id == AV_CODEC_ID_PNG,
        .stamp = {.time_s = timeline_place(&source->time, picture->best_effort_timestamp),
                  .arrival_ns = psb_clock_now_ns(&source->options->clock)},
    };
    status = psb_frame_maker_make(source->maker, out, &head->info.rotation_deg, picture, &hints);
    if (status) psb_frame_maker_put_back(source->maker, picture);
    return status;
}

static void file_close(psb_source *head)
{
    file_source *source = (file_source *)head;
    AVIOContext *io = source->container ? source->container->pb : NULL;
    avcodec_free_context(&source->decoder);
    avformat_close_input(&source->container);
    avio_closep(&io); /* we opened it, so FFmpeg leaves it to us */
    av_packet_free(&source->packet);
    psb_frame_maker_destroy(&source->maker);
    free(source);
}

psb_status psb_source_open_file(psb_source **out, const char *path, const psb_reader_options *options)
{
    *out = NULL;
    file_source *source = calloc(1, sizeof(*source));
    if (!source) return psb_fail_memory("a video source", sizeof(*source));
    source->head.read = file_read;
    source->head.close = file_close;
    source->path = path;
    source->options = options;

    psb_status status = open_container(source);
    if (!status) status = choose_stream(source);
    if (!status) status = open_decoder(source);
    if (status) goto done;
    describe(source);
    *out = &source->head;
    source = NULL;
done:
    if (source) file_close(&source->head);
    return status;
}
