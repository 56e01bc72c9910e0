/* SPDX-License-Identifier: Apache-2.0
 *
 * A whole benchmark scored: a folder of truth beside a folder of results, each sequence and all together.
 */
#ifndef PSB_EVAL_TRACK_FOLDER_H
#define PSB_EVAL_TRACK_FOLDER_H

#include <stdint.h>

#include <passerby/status.h>

#include "eval/folder.h"
#include "eval/scores.h"

enum { PSB_EVAL_MAX_THREADS = 64 };

typedef struct psb_eval_tracks_options {
    psb_benchmark benchmark;
    const char *gt_root;   /* holds NAME/gt/gt.txt and NAME/seqinfo.ini; other folders are passed over */
    const char *tracks;    /* holds NAME.txt */
    const char *suffix;    /* results are called NAME SUFFIX .txt; NULL = "" */
    const char *sequences; /* names with commas between; NULL = all */
    int32_t threads;       /* 0 = 1 */
} psb_eval_tracks_options;

/* init/fini; all zero = empty. Sequences in the order of their names (or as they were asked for). */
typedef struct psb_eval_tracks {
    psb_sequence_names names;
    psb_scores *scores; /* [names.count] */
    psb_scores combined;
} psb_eval_tracks;

/* Errors: PSB_BAD_INPUT (a missing file, a bad row, no sequence), PSB_ENVIRONMENT, PSB_NO_MEMORY; *out is then
 * empty. */
psb_status psb_eval_tracks_init(psb_eval_tracks *out, const psb_eval_tracks_options *options);
void psb_eval_tracks_fini(psb_eval_tracks *tracks);

#endif
