/* SPDX-License-Identifier: Apache-2.0
 *
 * Pictures in: a video file or a folder of images becomes frames, one call a frame. The only place, with writer.h,
 * that knows FFmpeg; the interface passes plain data only, so that the decoder can move into a sandboxed process of its
 * own without a change to its callers.
 */
#ifndef PSB_MEDIA_READER_H
#define PSB_MEDIA_READER_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/frame.h>

#include "base/clock.h"
#include "base/log.h"

typedef struct psb_reader psb_reader;

typedef struct psb_reader_options {
    double fps;              /* rate of an image folder, frames/s; 0 = seqinfo.ini beside or above, else 25 */
    const char *allow_codec; /* comma-separated names allowed beyond the list; NULL = none */
    int32_t threads;         /* decoder threads; 0 = 1 */
    int32_t max_frames;      /* frames alive at once that callers may hold, 1..4096; 0 = 64 */
    psb_clock clock;         /* for arrival_ns */
    const psb_log *log;      /* notices: rate assumed, damage; may be NULL */
} psb_reader_options;

typedef struct psb_reader_info { /* known after open; the counts grow while reading */
    int32_t width, height;       /* after rotation is applied to what is shown: see rotation_deg */
    int32_t rotation_deg;        /* 0, 90, 180, 270 clockwise; already applied to the frames */
    double fps;                  /* average rate, frames/s */
    int64_t frame_count;         /* as the container claims, 0 = unknown */
    bool is_interlaced;          /* set when an interlaced frame was seen */
    bool is_truncated;           /* the file ended before its container said */
    int64_t decode_errors;       /* damaged packets (skipped, or patched up by their decoder) or pictures of a folder */
    int64_t frame_number;        /* of the frame last read, from 1; a damaged picture of a folder keeps its number */
    const char *codec;           /* decoder's name */
    const char *container;
} psb_reader_info;

/* Errors: PSB_BAD_INPUT (not found, empty, no video, codec or container not allowed: named, with --allow-codec),
 * PSB_ENVIRONMENT, PSB_NO_MEMORY. */
psb_status psb_reader_open(psb_reader **out, const char *input, const psb_reader_options *options);
void psb_reader_close(psb_reader **reader);

/* The next frame in order of presentation; times are finite and strictly growing. PSB_END after the last.
 * An image folder's picture of another size than the first's: PSB_BAD_INPUT. */
psb_status psb_reader_read(psb_reader *reader, psb_frame **out);

psb_reader_info psb_reader_info_get(const psb_reader *reader);

#endif
