/* SPDX-License-Identifier: Apache-2.0
 *
 * Detector: a network and its descriptor; a frame in, the boxes of people out.
 * One detector serves one thread at a time; two detectors never see each other.
 */
#ifndef PASSERBY_DETECTOR_H
#define PASSERBY_DETECTOR_H

#include <stddef.h>

#include <passerby/boxes.h>
#include <passerby/frame.h>
#include <passerby/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct psb_detector psb_detector;

typedef struct psb_detector_options {
    size_t size;     /* set by psb_detector_options_init */
    float min_score; /* boxes below are not returned, 0..1; 0 = the descriptor's score.default */
    const char *cpu; /* highest instruction set to use: "c", "avx2", "avx512"; NULL = the best this machine has */
    /* Of the network's input, pixels, multiples of its largest stride; 0, 0 = the model's own. Larger finds smaller
     * people and costs in proportion. Not every network can: PSB_UNSUPPORTED. */
    int input_width, input_height;
} psb_detector_options;

PSB_API void psb_detector_options_init(psb_detector_options *options);

/* Opens the network that the descriptor (a YAML file) names, or a .psb model; NULL or "builtin": the one that the
 * library carries. options may be NULL.
 * Errors: PSB_BAD_INPUT, PSB_UNSUPPORTED, PSB_NO_MEMORY, PSB_ENVIRONMENT; *out is then NULL. */
PSB_API psb_status psb_detector_open(psb_detector **out, const char *path, const psb_detector_options *options);

/* Accepts NULL and a NULL inside; *detector becomes NULL. */
PSB_API void psb_detector_close(psb_detector **detector);

/* The people in one frame, best score first, in pixels of the frame, not clipped to it. *boxes_out is the detector's:
 * valid until its next step or close. Sizes may change from frame to frame. Allocates only when they do. */
PSB_API psb_status psb_detector_step(psb_detector *detector, const psb_boxes **boxes_out, const psb_frame *frame);

#ifdef __cplusplus
}
#endif
#endif
