/* SPDX-License-Identifier: Apache-2.0
 *
 * What the house knows of a detector beyond passerby/detector.h: opening with a mask of CPU flags and a clock, what
 * each part of the last step cost, and what the descriptor said. The front door of this room.
 */
#ifndef PSB_DETECT_DETECT_H
#define PSB_DETECT_DETECT_H

#include <stdint.h>

#include <passerby/detector.h>

#include "base/clock.h"
#include "base/digest.h"

/* As psb_detector_open; cpu_flags (base/cpu.h) stand in the place of options->cpu, which is not read.
 * The clock is copied and asked four times a step. */
psb_status psb_detector_open_with(psb_detector **out, const char *path, const psb_detector_options *options,
                                  uint32_t cpu_flags, psb_clock clock);

/* What the last step took; all zero before the first. */
typedef struct psb_detector_timing {
    int64_t prepare_ns; /* picture to network input */
    int64_t network_ns;
    int64_t head_ns; /* outputs to boxes, suppression included */
} psb_detector_timing;

psb_detector_timing psb_detector_timing_get(const psb_detector *detector);

/* The opened model; the name is the detector's, valid until its close. */
typedef struct psb_detector_model {
    const char *name;                  /* file name of the network without folder and ".onnx" */
    char sha256[PSB_SHA256_HEX_BYTES]; /* of the network's file */
    int32_t width, height;             /* of the network's input, pixels */
    float min_score, default_score;    /* the descriptor's score.min and score.default */
} psb_detector_model;

psb_detector_model psb_detector_model_get(const psb_detector *detector);

/* From the next step on, boxes from this score up are returned (above 0, up to 1). The descriptor's score.min keeps the
 * precision curve whole; redaction asks lower than tracking. */
void psb_detector_set_min_score(psb_detector *detector, float min_score);

#endif
