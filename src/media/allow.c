/* SPDX-License-Identifier: Apache-2.0
 *
 * Which demuxers and decoders may see a file. A decoder is the largest piece of code that a stranger's bytes reach;
 * FFmpeg has hundreds, most for formats that no camera writes. What is not on these two lists is refused by its name,
 * and a user who needs it can name it back in.
 */
#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/bprint.h>
#include <libavutil/mem.h>

#include "base/error.h"
#include "media/media_int.h"

/* One of these among a demuxer's names ("mov,mp4,m4a,3gp,3g2,mj2") is enough. */
static const char allowed_demuxers[] = "mp4,matroska,avi,mpegts,h264,hevc";

static const struct {
    enum AVCodecID id;
    const char *decoders; /* FFmpeg's implementations of it */
} allowed_codecs[] = {
    {AV_CODEC_ID_H264, "h264"},   {AV_CODEC_ID_HEVC, "hevc"},
    {AV_CODEC_ID_MJPEG, "mjpeg"}, {AV_CODEC_ID_MPEG4, "mpeg4"},
    {AV_CODEC_ID_VP8, "vp8"},     {AV_CODEC_ID_VP9, "vp9"},
    {AV_CODEC_ID_PNG, "png"},     {AV_CODEC_ID_AV1, "libdav1d,libaom-av1,av1"},
};

psb_status psb_allow_check_container(const char *path, const char *demuxer_csv, const char *also_csv)
{
    if (av_match_list(demuxer_csv, allowed_demuxers, ',') > 0) return PSB_OK;
    if (also_csv && av_match_list(demuxer_csv, also_csv, ',') > 0) return PSB_OK;
    return psb_fail(PSB_BAD_INPUT,
                    "%s: found container %s, which is not on the list of allowed ones (MP4/MOV, MKV/WebM, AVI, "
                    "MPEG-TS, Annex B); allow it with --allow-codec %.*s",
                    path, demuxer_csv, (int)strcspn(demuxer_csv, ","), demuxer_csv);
}

psb_status psb_allow_check_codec(const char *path, enum AVCodecID codec_id, const char *also_csv)
{
    for (size_t i = 0; i < sizeof(allowed_codecs) / sizeof(allowed_codecs[0]); i++)
        if (allowed_codecs[i].id == codec_id) return PSB_OK;
    const char *name = avcodec_get_name(codec_id);
    if (also_csv && av_match_list(name, also_csv, ',') > 0) return PSB_OK;
    return psb_fail(PSB_BAD_INPUT,
                    "%s: codec %s is not on the list of allowed decoders (H.264, H.265, MJPEG, MPEG-4, VP8, VP9, AV1, "
                    "PNG); allow it with --allow-codec %s",
                    path, name, name);
}

char *psb_allow_decoder_names(const char *also_csv)
{
    AVBPrint names;
    av_bprint_init(&names, 0, AV_BPRINT_SIZE_UNLIMITED);
    for (size_t i = 0; i < sizeof(allowed_codecs) / sizeof(allowed_codecs[0]); i++)
        av_bprintf(&names, "%s%s", i ? "," : "", allowed_codecs[i].decoders);
    /* the user says a codec's name; the decoder's own may differ */
    for (const char *at = also_csv; at && *at;) {
        char name[64];
        const size_t length = strcspn(at, ",");
        av_strlcpy(name, at, length + 1 < sizeof(name) ? length + 1 : sizeof(name));
        const AVCodecDescriptor *codec = avcodec_descriptor_get_by_name(name);
        const AVCodec *decoder = codec ? avcodec_find_decoder(codec->id) : NULL;
        av_bprintf(&names, ",%s", decoder ? decoder->name : name);
        at += length + (at[length] == ',');
    }
    char *text = NULL;
    av_bprint_finalize(&names, &text);
    return text;
}
