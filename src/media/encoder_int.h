/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside of the writer: one video encoder, whichever this machine's FFmpeg has. writer.c owns the file and the times,
 * encoder.c the choice and what an encoder on a graphics device needs besides.
 */
#ifndef PSB_MEDIA_ENCODER_INT_H
#define PSB_MEDIA_ENCODER_INT_H

#include <libavcodec/avcodec.h>

#include <passerby/frame.h>

#include "media/writer.h"

enum { PSB_WRITER_CLOCK_HZ = 90000 };

typedef struct psb_encoder { /* init/fini */
    AVCodecContext *codec;
    psb_color_matrix matrix;
    psb_color_range range;
    AVFrame *nv12;    /* only for encoders on a graphics device: what is uploaded, */
    AVFrame *surface; /* and where to */
} psb_encoder;

/* Opens the first encoder that truly opens. Errors: PSB_UNSUPPORTED (none), PSB_NO_MEMORY. */
psb_status psb_encoder_init(psb_encoder *encoder, const psb_writer_options *options);
void psb_encoder_fini(psb_encoder *encoder);

/* A yuv420p picture, or NULL for the end. Returns FFmpeg's code. */
int psb_encoder_send(psb_encoder *encoder, const AVFrame *picture);

#endif
