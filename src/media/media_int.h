/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside of media: what a source of pictures is, and the helpers that the sources share. FFmpeg's types stop here;
 * no other room includes this header. A source is a file or a folder today; a network or USB camera is one more file
 * with these three functions and one line in reader.c.
 */
#ifndef PSB_MEDIA_MEDIA_INT_H
#define PSB_MEDIA_MEDIA_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>

#include <passerby/frame.h>

#include "frame/frame_pool.h"
#include "media/reader.h"

typedef struct psb_source psb_source;

struct psb_source { /* the head of every source's own struct */
    psb_status (*read)(psb_source *source, psb_frame **out);
    void (*close)(psb_source *source); /* frees the source */
    psb_reader_info info;              /* the source keeps it, but for width and height */
};

/* path is the caller's; *options has its defaults filled in and outlives the source, as does options->log. */
psb_status psb_source_open_file(psb_source **out, const char *path, const psb_reader_options *options);
psb_status psb_source_open_folder(psb_source **out, const char *path, const psb_reader_options *options);
/* One JPEG or PNG file as a sequence of one. */
psb_status psb_source_open_picture(psb_source **out, const char *path, const psb_reader_options *options);

/* ---- allow.c: which demuxers and decoders may see a file ---- */

/* Errors: PSB_BAD_INPUT, naming what was refused and how to allow it. also_csv: the user's own, or NULL. */
psb_status psb_allow_check_container(const char *path, const char *demuxer_csv, const char *also_csv);
psb_status psb_allow_check_codec(const char *path, enum AVCodecID codec_id, const char *also_csv);

/* The decoders' names for FFmpeg's own whitelist, "h264,hevc,..."; to be freed with av_free. NULL without memory. */
char *psb_allow_decoder_names(const char *also_csv);

/* ---- declared_size.c ---- */

/* Does the file end before its own container says (MP4 boxes, Matroska segment, RIFF chunk, TS packets)? False where
 * the form cannot tell. */
bool psb_media_is_cut(const char *path);

/* ---- orientation.c ---- */

typedef struct psb_orientation { /* how stored pixels are turned for showing; all zero = as they are */
    bool is_transposed;          /* first: x and y swap */
    bool is_flipped_x, is_flipped_y;
} psb_orientation;

psb_orientation psb_orientation_from_matrix(const int32_t matrix[9]);
int32_t psb_orientation_deg(psb_orientation orientation); /* clockwise; a mirrored one as if it were not */
bool psb_orientation_is_upright(psb_orientation orientation);

/* The shape of a picture once turned (planes NULL). 4:2:2 that is transposed becomes 4:4:4. */
psb_image psb_orientation_shape(const psb_image *from, psb_orientation orientation);

/* Writes `from` turned into `to`, which has that shape. */
void psb_orientation_turn(const psb_image *to, const psb_image *from, psb_orientation orientation);

/* ---- frame_maker.c: decoder's pictures become frames ---- */

typedef struct psb_frame_maker psb_frame_maker;

psb_status psb_frame_maker_create(psb_frame_maker **out, int32_t max_frames);
void psb_frame_maker_destroy(psb_frame_maker **maker); /* frames still alive stay valid */

/* An empty AVFrame to decode into, of the maker's; to be given to make or put back. NULL at the bound of frames. */
AVFrame *psb_frame_maker_borrow(psb_frame_maker *maker);
void psb_frame_maker_put_back(psb_frame_maker *maker, AVFrame *picture);

typedef struct psb_frame_hints {
    psb_orientation orientation; /* of the stream; a picture's own display matrix wins */
    bool is_still;               /* JPEG, PNG: untagged means full range BT.601 */
    psb_frame_stamp stamp;
} psb_frame_hints;

/* picture_take was borrowed before. Errors: PSB_BAD_INPUT (size), PSB_UNSUPPORTED (pixel format), PSB_NO_MEMORY. */
psb_status psb_frame_maker_make(psb_frame_maker *maker, psb_frame **out, int32_t *rotation_deg_out,
                                AVFrame *picture_take, const psb_frame_hints *hints);

/* ---- names.c ---- */

/* Natural order: runs of digits compare as numbers, so a2 comes before a10. <0, 0, >0. */
int psb_natural_compare(const char *left, const char *right);

/* FFmpeg's words for its error code, in text. */
const char *psb_media_error(char *text, size_t text_bytes, int code);

#endif
