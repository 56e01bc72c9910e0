/* SPDX-License-Identifier: Apache-2.0
 *
 * H.264 by capability: each encoder of the table is tried until one truly opens, because "compiled in" says nothing of
 * a missing library or graphics device. libx264 makes FFmpeg GPL; one built without it has libopenh264 or VA-API, and
 * MPEG-4 part 2 is the last resort (docs/dependencies.md).
 * Settings aim at one core shared with a detector: veryfast, CRF 23, a fixed number of threads (the bytes must not
 * depend on the machine), no second queue of pictures for lookahead.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <libavutil/hwcontext.h>

#include "base/error.h"
#include "media/encoder_int.h"

static const struct {
    const char *name;
    const char *settings; /* key=value:..., unknown ones are ignored by FFmpeg's encoder */
    bool is_vaapi;
    double bits_per_pixel; /* for an encoder that has no mode of constant quality; 0 = it has */
} encoders[] = {
    {"libx264", "preset=veryfast:crf=23:x264-params=sync-lookahead=0", false, 0.0},
    {"libopenh264", "rc_mode=quality:allow_skip_frames=0", false, 0.1},
    {"h264_vaapi", "rc_mode=CQP:qp=23", true, 0.0},
    {"mpeg4", "", false, 0.0},
};

enum { MPEG4_QUALITY = 4 }; /* quantiser, 1 best .. 31: about as good to the eye as CRF 23 */

static void describe_pictures(AVCodecContext *codec, const psb_writer_options *options)
{
    static const enum AVColorSpace matrices[] = {AVCOL_SPC_SMPTE170M, AVCOL_SPC_BT709, AVCOL_SPC_BT2020_NCL};
    codec->width = options->width + options->width % 2;
    codec->height = options->height + options->height % 2;
    codec->pix_fmt = AV_PIX_FMT_YUV420P;
    codec->time_base = (AVRational){1, PSB_WRITER_CLOCK_HZ};
    codec->framerate = av_d2q(options->fps, 100000);
    codec->colorspace = matrices[options->matrix];
    codec->color_range = options->range == PSB_RANGE_FULL ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    codec->chroma_sample_location = AVCHROMA_LOC_UNSPECIFIED; /* the frames do not say; primaries neither */
    codec->thread_count = options->threads > 0 ? options->threads : 1;
    codec->gop_size = (int)fmin(fmax(round(options->fps * 10.0), 1.0), 250.0); /* seekable every ten seconds */
    codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
}

/* A device, a set of surfaces on it, and the NV12 picture that is uploaded. */
static int attach_vaapi(psb_encoder *encoder)
{
    AVCodecContext *codec = encoder->codec;
    AVBufferRef *device = NULL, *surfaces = NULL;
    int code = av_hwdevice_ctx_create(&device, AV_HWDEVICE_TYPE_VAAPI, NULL, NULL, 0);
    if (code < 0) goto done;
    surfaces = av_hwframe_ctx_alloc(device);
    encoder->nv12 = av_frame_alloc();
    encoder->surface = av_frame_alloc();
    code = AVERROR(ENOMEM);
    if (!surfaces || !encoder->nv12 || !encoder->surface) goto done;

    AVHWFramesContext *about = (AVHWFramesContext *)surfaces->data;
    about->format = AV_PIX_FMT_VAAPI;
    about->sw_format = AV_PIX_FMT_NV12;
    about->width = codec->width;
    about->height = codec->height;
    about->initial_pool_size = 8;
    code = av_hwframe_ctx_init(surfaces);
    if (code < 0) goto done;
    encoder->nv12->format = AV_PIX_FMT_NV12;
    encoder->nv12->width = codec->width;
    encoder->nv12->height = codec->height;
    code = av_frame_get_buffer(encoder->nv12, 0);
    if (code < 0) goto done;
    codec->pix_fmt = AV_PIX_FMT_VAAPI;
    codec->hw_frames_ctx = surfaces;
    surfaces = NULL;
done:
    av_buffer_unref(&surfaces);
    av_buffer_unref(&device);
    return code;
}

/* Tries one row of the table; leaves encoder->codec open or NULL. */
static bool try_encoder(psb_encoder *encoder, size_t row_i, const psb_writer_options *options)
{
    const AVCodec *about = avcodec_find_encoder_by_name(encoders[row_i].name);
    AVDictionary *settings = NULL;
    int code = AVERROR_ENCODER_NOT_FOUND;
    if (!about) return false;
    encoder->codec = avcodec_alloc_context3(about);
    if (!encoder->codec) return false;
    describe_pictures(encoder->codec, options);
    if (encoders[row_i].bits_per_pixel > 0.0)
        encoder->codec->bit_rate =
            (int64_t)(encoders[row_i].bits_per_pixel * options->width * options->height * options->fps);
    if (about->id == AV_CODEC_ID_MPEG4) {
        encoder->codec->flags |= AV_CODEC_FLAG_QSCALE;
        encoder->codec->global_quality = MPEG4_QUALITY * FF_QP2LAMBDA;
        /* MPEG-4's clock has 16 bits: 90 kHz does not fit, and a half of it does */
        encoder->codec->time_base = (AVRational){1, PSB_WRITER_CLOCK_HZ / 2};
    }
    code = av_dict_parse_string(&settings, encoders[row_i].settings, "=", ":", 0);
    if (code >= 0 && encoders[row_i].is_vaapi) code = attach_vaapi(encoder);
    if (code >= 0) code = avcodec_open2(encoder->codec, about, &settings);
    av_dict_free(&settings);
    if (code < 0) psb_encoder_fini(encoder);
    return code >= 0;
}

psb_status psb_encoder_init(psb_encoder *encoder, const psb_writer_options *options)
{
    *encoder = (psb_encoder){0};
    for (size_t i = 0; i < sizeof(encoders) / sizeof(encoders[0]); i++) {
        if (options->encoder && strcmp(options->encoder, encoders[i].name) != 0) continue;
        if (!try_encoder(encoder, i, options)) continue;
        encoder->matrix = options->matrix;
        encoder->range = options->range;
        return PSB_OK;
    }
    return psb_fail(PSB_UNSUPPORTED,
                    "writer: no encoder of this FFmpeg opens for %dx%d pixels, expected libx264, "
                    "libopenh264, h264_vaapi or mpeg4",
                    (int)options->width, (int)options->height);
}

void psb_encoder_fini(psb_encoder *encoder)
{
    avcodec_free_context(&encoder->codec);
    av_frame_free(&encoder->nv12);
    av_frame_free(&encoder->surface);
}

/* yuv420p to NV12: luma as it is, chroma interleaved. */
static void fill_nv12(AVFrame *to, const AVFrame *from)
{
    for (int y = 0; y < from->height; y++)
        memcpy(to->data[0] + y * to->linesize[0], from->data[0] + y * from->linesize[0], (size_t)from->width);
    for (int y = 0; y < from->height / 2; y++) {
        uint8_t *row = to->data[1] + y * to->linesize[1];
        for (int x = 0; x < from->width / 2; x++) {
            row[2 * x] = from->data[1][y * from->linesize[1] + x];
            row[2 * x + 1] = from->data[2][y * from->linesize[2] + x];
        }
    }
}

int psb_encoder_send(psb_encoder *encoder, const AVFrame *picture)
{
    if (!picture || !encoder->surface) return avcodec_send_frame(encoder->codec, picture);
    fill_nv12(encoder->nv12, picture);
    int code = av_hwframe_get_buffer(encoder->codec->hw_frames_ctx, encoder->surface, 0);
    if (code >= 0) code = av_hwframe_transfer_data(encoder->surface, encoder->nv12, 0);
    encoder->surface->pts = picture->pts;
    if (code >= 0) code = avcodec_send_frame(encoder->codec, encoder->surface);
    av_frame_unref(encoder->surface);
    return code;
}
