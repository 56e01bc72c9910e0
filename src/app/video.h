/* SPDX-License-Identifier: Apache-2.0
 *
 * One video that is written: each finished frame is copied, covered, drawn on and encoded, in a thread of its own
 * where more than one may run. Bounded: put blocks while four frames wait.
 */
#ifndef PSB_APP_VIDEO_H
#define PSB_APP_VIDEO_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/histogram.h"
#include "base/log.h"
#include "camera/camera.h"
#include "privacy/redact.h"

typedef struct psb_video psb_video;

typedef struct psb_video_options {
    const char *path;     /* the final name */
    double fps;           /* nominal rate */
    psb_redact_mode mode; /* PSB_REDACT_NONE: nothing is covered, also no withheld frame */
    bool threaded;
    psb_clock clock;
    const psb_log *log;
} psb_video_options;

/* Errors: PSB_ENVIRONMENT, PSB_NO_MEMORY. */
psb_status psb_video_open(psb_video **out, const psb_video_options *options);

/* Removes what was not committed. Accepts NULL and a NULL inside. */
void psb_video_close(psb_video **video);

/* One finished frame; it takes its own reference and copies. Failures of earlier frames come out here, too. */
psb_status psb_video_put(psb_video *video, const psb_camera_result *result);

/* Waits until all is encoded and written. No put may follow. */
psb_status psb_video_finish(psb_video *video);

/* The file gets its final name; after finish. */
psb_status psb_video_commit(psb_video *video);

/* Which encoder of FFmpeg's was taken; after finish. NULL where no frame came. */
const char *psb_video_encoder(const psb_video *video);

/* What covering and encoding took; after finish. */
const psb_histogram *psb_video_redact_times(const psb_video *video);
const psb_histogram *psb_video_encode_times(const psb_video *video);

#endif
