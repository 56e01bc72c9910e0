/* SPDX-License-Identifier: Apache-2.0
 *
 * MOTChallenge text: rows "frame,id,left,top,width,height,score,-1,-1,-1", and seqinfo.ini.
 * Rows may come in any order of frames. 7 or 10 columns are usual, more are ignored, fewer are an error; so are
 * letters, NaN, infinities, sizes that are not positive, and a frame below 1.
 */
#ifndef PSB_FORMATS_MOT_H
#define PSB_FORMATS_MOT_H

#include <stdint.h>

#include <passerby/boxes.h>
#include <passerby/status.h>

#include "base/outfile.h"
#include "geometry/boxes.h"

/* The detections of a whole file as columns, sorted by frame, rows of one frame in the file's order. */
typedef struct psb_mot_boxes psb_mot_boxes;

/* At most 512 MB and 2^27 rows. */
psb_status psb_mot_boxes_open(psb_mot_boxes **out, const char *path);
/* `name` stands in messages for the path. */
psb_status psb_mot_boxes_parse(psb_mot_boxes **out, const char *name, const char *text, size_t size_bytes);
void psb_mot_boxes_close(psb_mot_boxes **boxes);
int64_t psb_mot_boxes_last_frame(const psb_mot_boxes *boxes); /* 0 when there are no rows */
/* A view of one frame's rows as corners; count 0 where it has none. Valid until close. */
psb_boxes psb_mot_boxes_at(const psb_mot_boxes *boxes, int64_t frame);

typedef struct psb_seqinfo {
    double fps;            /* frameRate, a positive real */
    int64_t frames;        /* seqLength, 0 = not said */
    int32_t width, height; /* imWidth, imHeight, 0 = not said */
} psb_seqinfo;
psb_status psb_seqinfo_read(psb_seqinfo *out, const char *path);

/* "frame,time_s" rows (a header line is allowed), frames growing: which frames were looked at, and when. */
typedef struct psb_frame_times {
    int64_t *frame;
    double *time_s;
    int64_t count;
} psb_frame_times;
psb_status psb_frame_times_read(psb_frame_times *out, const char *path);
void psb_frame_times_fini(psb_frame_times *times);

typedef struct psb_mot_row {
    int64_t frame; /* from 1 */
    int64_t id;    /* of the track, or -1 for a detection */
    psb_box box;
    float score;
} psb_mot_row;

/* Coordinates with two decimals, score with five (what the evaluators of the field read). */
psb_status psb_mot_write_row(psb_outfile *to, psb_mot_row row);

#endif
