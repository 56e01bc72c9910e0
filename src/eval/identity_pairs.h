/* SPDX-License-Identifier: Apache-2.0
 *
 * Which identities of truth and of tracks meet at all: the few pairs that do, and which pair each overlap belongs to.
 * In place of a matrix of identities, whose size would be their square.
 */
#ifndef PSB_EVAL_IDENTITY_PAIRS_H
#define PSB_EVAL_IDENTITY_PAIRS_H

#include <stdint.h>

#include <passerby/status.h>

#include "eval/sequence.h"

/* Sorted by truth identity and then by track identity. All zero is empty. */
typedef struct psb_identity_pairs {
    int32_t count;
    int32_t *gt_id, *track_id; /* per pair */
    int32_t *of_overlap;       /* per overlap of the sequence: its pair, or -1 where it is less than asked for */
} psb_identity_pairs;

/* Of overlaps of at least least_iou. Time and memory grow with overlaps and identities alone. */
psb_status psb_identity_pairs_init(psb_identity_pairs *out, const psb_eval_sequence *sequence, double least_iou);
void psb_identity_pairs_fini(psb_identity_pairs *pairs);

#endif
