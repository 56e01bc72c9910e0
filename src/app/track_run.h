/* SPDX-License-Identifier: Apache-2.0
 *
 * One run of `passerby track`: opens what the options name, moves the frames through the camera's chain into the
 * outputs, and gives them their names at the end.
 */
#ifndef PSB_APP_TRACK_RUN_H
#define PSB_APP_TRACK_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "app/app.h"

typedef struct psb_track_options {
    const char *model, *output, *detections, *seqinfo, *times, *cpu, *allow_codec; /* NULL = not given */
    int32_t redact;                                                                /* psb_redact_mode */
    bool unredacted, offline;
    double look_back_s, coast_s, from_s, to_s; /* to_s 0 = to the end */
    double fps, min_score, doubt_margin;
    int32_t every, threads;
    psb_option_size input_size; /* all zero = the model's own */
} psb_track_options;

/* input may be NULL with --detections. PSB_INTERRUPTED: outputs up to there are whole, under their names. */
psb_status psb_track_run(const psb_app *app, const char *input, const psb_track_options *options);

#endif
