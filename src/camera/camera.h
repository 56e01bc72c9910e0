/* SPDX-License-Identifier: Apache-2.0
 *
 * One camera's chain, the same for a file and for a live camera: look (detector or given boxes), track, decide what
 * must be covered, and hold frames back in a delay line so that redaction can look ahead. step takes a frame and makes
 * zero or more ready, in order, which next hands out; flush makes the rest ready. One thread.
 */
#ifndef PSB_CAMERA_CAMERA_H
#define PSB_CAMERA_CAMERA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <passerby/camera_motion.h>
#include <passerby/detector.h>
#include <passerby/frame.h>
#include <passerby/tracker.h>

#include "base/clock.h"
#include "base/histogram.h"
#include "base/log.h"
#include "privacy/regions.h"

typedef struct psb_camera psb_camera;

/* The most frames of the delay line: who makes the frames must be able to have so many alive, and a few more. */
enum { PSB_CAMERA_HELD_FRAMES = 4000 };

typedef struct psb_camera_options {
    psb_detector *detector;      /* borrowed; NULL when boxes are given with each look. Its least score is set here */
    psb_tracker_options tracker; /* size 0 = defaults */
    /* Boxes below are not reported nor tracked (they may still be covered), 0..1. 0 = the descriptor's default; of
     * given boxes: all of them. */
    float min_score;
    /* Boxes of the detector from here on are covered, 0..1; 0 = PSB_COVER_SCORE (privacy/cover.h). Given boxes are all
     * covered: nobody knows what their scores mean. */
    float cover_score;
    double look_back_s;     /* the delay line's length, 0 = none */
    size_t look_back_bytes; /* its bound in memory, 0 = 256 MB. There, or where it would hold more than
                             * PSB_CAMERA_HELD_FRAMES, the line is shortened, with a notice */
    int32_t every;          /* look at frames 1, 1 + every, ... by their numbers; 0 = 1 */
    bool ignores_motion;    /* tracks are not carried along when the camera's pictures move; for measuring */
    uint32_t cpu_flags;     /* for the search of that motion (base/cpu.h); the answer is the same for any */
    bool covers;            /* regions are wanted (a redacted video is written); else there is no delay line */
    psb_clock clock;        /* times the stages; all zero = none */
    const psb_log *log;     /* for the notice; may be NULL */
} psb_camera_options;

/* A finished frame. Everything belongs to the camera and is valid until the next step, flush or destroy. */
typedef struct psb_camera_result {
    psb_frame *frame; /* NULL when stepped without pictures */
    int64_t number;   /* from 1, the source's number */
    double time_s;
    bool is_looked_at;
    bool is_withheld;               /* nothing is known of this frame: cover all of it */
    const psb_boxes *boxes;         /* reported detections (score >= min_score); empty when not looked at */
    const psb_tracks *tracks;       /* of a looked-at frame: the tracker's output; else empty */
    const psb_camera_motion *moved; /* of a looked-at frame: the camera's since the look before; NULL = not known */
    const psb_tracks *drawn;   /* what a picture may show: the tracks; of a frame between two looks, see between.h */
    const psb_regions *covers; /* what must be unrecognisable; empty unless options.covers */
} psb_camera_result;

typedef enum psb_camera_stage {
    PSB_STAGE_PREPARE,
    PSB_STAGE_NETWORK,
    PSB_STAGE_HEAD,
    PSB_STAGE_TRACK, /* the camera's motion, tracker and cover decisions */
    PSB_STAGE_COUNT,
} psb_camera_stage;

psb_status psb_camera_create(psb_camera **out, const psb_camera_options *options);
void psb_camera_destroy(psb_camera **camera);

/* One frame in; the camera keeps a reference of its own while it holds it. frame may be NULL (no pictures are read:
 * boxes are given). boxes: the given detections of this frame (NULL = ask the detector if there is one and the frame is
 * to be looked at). number grows by 1 or more from 1, time_s strictly. What next did not hand out stays ready.
 * Errors: PSB_BAD_INPUT (number, time, boxes not finite or empty), PSB_NO_MEMORY, the detector's; the frame is then
 * not held, and must not be shown. */
psb_status psb_camera_step(psb_camera *camera, psb_frame *frame, const psb_boxes *boxes, int64_t number, double time_s);

/* No more frames come: everything held back becomes ready. */
psb_status psb_camera_flush(psb_camera *camera);

/* The next finished frame, oldest first; false when none is ready. To be asked until then after each step and flush:
 * a frame is judged when it is handed out, by all that was stepped before. */
bool psb_camera_next(psb_camera *camera, psb_camera_result *out);

/* Identities confirmed so far; duration of each stage. */
int64_t psb_camera_track_count(const psb_camera *camera);
const psb_histogram *psb_camera_stage_times(const psb_camera *camera, psb_camera_stage stage);

#endif
