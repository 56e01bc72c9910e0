/* SPDX-License-Identifier: Apache-2.0
 *
 * Pictures out: one H.264 MP4 with one video stream and nothing else (no sound, titles, chapters, place), fast start.
 * The encoder is asked for by capability (libx264, libopenh264, h264_vaapi), MPEG-4 is the last resort.
 */
#ifndef PSB_MEDIA_WRITER_H
#define PSB_MEDIA_WRITER_H

#include <stdint.h>

#include <passerby/frame.h>

#include "base/log.h"

typedef struct psb_writer psb_writer;

typedef struct psb_writer_options {
    int32_t width, height; /* of the source; odd sides are padded by one repeated row or column */
    double fps;            /* nominal rate */
    psb_color_matrix matrix;
    psb_color_range range;
    int32_t threads;     /* encoder threads, fixed so that bytes do not depend on the machine; 0 = 1 */
    const char *encoder; /* by FFmpeg's name, for tests; NULL = the first of the list that opens */
    const char *name;    /* of the file in messages, where path is a temporary one; NULL = path */
    const psb_log *log;
} psb_writer_options;

/* Writes to path as given (callers hand in a temporary name: base/outfile.h). Errors: PSB_ENVIRONMENT. */
psb_status psb_writer_open(psb_writer **out, const char *path, const psb_writer_options *options);

/* A yuv420p picture of the writer's own to fill: even sides, valid until the next take or close. */
psb_status psb_writer_take_image(psb_writer *writer, psb_image *image_out);

/* Encodes the taken picture at time_s (strictly growing; kept exactly to 1/90000 s). */
psb_status psb_writer_put(psb_writer *writer, double time_s);

/* Flushes and writes the index. Without it the file is not whole. */
psb_status psb_writer_finish(psb_writer *writer);
void psb_writer_close(psb_writer **writer);

/* "libx264", ...: which encoder was taken. */
const char *psb_writer_encoder(const psb_writer *writer);

#endif
