/* SPDX-License-Identifier: Apache-2.0
 *
 * Looks that come from files (--detections): a det.txt, its seqinfo.ini, and a times.csv that says which frames were
 * looked at. Serves a run over pictures (boxes of frame n) and one without (which frames there are, and when).
 */
#ifndef PSB_APP_GIVEN_H
#define PSB_APP_GIVEN_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/boxes.h>

#include "base/log.h"
#include "formats/mot.h"

typedef struct psb_given_options {
    const char *detections; /* det.txt */
    const char *seqinfo;    /* NULL: seqinfo.ini beside det.txt or one folder above, where there is one */
    const char *times;      /* NULL: all frames were looked at, evenly spaced */
    const psb_log *log;
} psb_given_options;

typedef struct psb_given psb_given;

psb_status psb_given_open(psb_given **out, const psb_given_options *options);
void psb_given_close(psb_given **given);

/* Rate and size as seqinfo.ini says them, zero where it does not. */
psb_seqinfo psb_given_seqinfo(const psb_given *given);

/* The boxes of a frame, perhaps none; NULL where the frame was not looked at. Frames are asked for in rising order.
 * Valid until the next call. */
const psb_boxes *psb_given_at(psb_given *given, int64_t frame);

/* Without pictures: how many frames are gone through, and number and time of the i-th. */
int64_t psb_given_frame_count(const psb_given *given);
void psb_given_frame(const psb_given *given, int64_t frame_i, int64_t *number_out, double *time_s_out);

/* Without pictures: the frame rate that is used; says once what it assumes. */
double psb_given_settle_fps(psb_given *given);

#endif
