/* SPDX-License-Identifier: Apache-2.0
 *
 * One sequence made ready for scoring: who is where in each frame, and which truth overlaps which track, as a sparse
 * list of pairs. Preprocessing is MOTChallenge's (as in TrackEval, MotChallenge2DBox): tracks matched to a distractor
 * are taken out (MOT16, 17, 20), then truth of other classes and zero-marked truth; in MOT15 only zero-marked truth.
 */
#ifndef PSB_EVAL_SEQUENCE_H
#define PSB_EVAL_SEQUENCE_H

#include <stdint.h>

#include <passerby/status.h>

#include "eval/matching.h"
#include "formats/mot_rows.h"

typedef enum psb_benchmark { PSB_MOT15, PSB_MOT16, PSB_MOT17, PSB_MOT20, PSB_BENCHMARK_COUNT } psb_benchmark;

/* "mot15", "mot16", "mot17", "mot20". */
const char *psb_benchmark_name(psb_benchmark benchmark);

/* Frames as runs of detections: those of frame f are gt_first[f] .. gt_first[f + 1] - 1, f from 0. Identities are
 * numbered from 0. Overlaps of truth detection i are pair_first[i] .. pair_first[i + 1] - 1. */
typedef struct psb_eval_sequence {
    int32_t frame_count;
    int32_t gt_count, track_count;       /* detections over all frames */
    int32_t gt_id_count, track_id_count; /* identities */
    int32_t *gt_first, *track_first;     /* [frame_count + 1] */
    int32_t *gt_id, *track_id;           /* [gt_count], [track_count] */
    int32_t *pair_first;                 /* [gt_count + 1] */
    int32_t *pair_track;                 /* track detection within its frame, from 0 */
    double *pair_iou;                    /* > 0 */
    int32_t pair_count, pair_capacity;
} psb_eval_sequence;

/* names stand in messages. Errors: PSB_BAD_INPUT (a frame past frame_count, an identity twice in a frame, a class the
 * benchmark does not have, truth without its columns), PSB_NO_MEMORY; *out is then empty. */
psb_status psb_eval_sequence_init(psb_eval_sequence *out, psb_benchmark benchmark, const psb_mot_rows *gt,
                                  const psb_mot_rows *tracks, int32_t frame_count, psb_matcher *matcher);
void psb_eval_sequence_fini(psb_eval_sequence *sequence);

#endif
