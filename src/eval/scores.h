/* SPDX-License-Identifier: Apache-2.0
 *
 * HOTA, CLEAR and Identity of one sequence, and their combination over sequences, equal to TrackEval's.
 * HOTA: Luiten et al., IJCV 129 (2021), arXiv 2009.07736. CLEAR: Bernardin and Stiefelhagen, EURASIP JIVP 2008.
 * Identity: Ristani et al., ECCVW 2016, arXiv 1609.01775. What is summed comes first in each struct; what follows from
 * the sums is derived by psb_scores_finish, so that combining is adding and finishing again.
 */
#ifndef PSB_EVAL_SCORES_H
#define PSB_EVAL_SCORES_H

#include <stdint.h>

#include <passerby/status.h>

#include "eval/matching.h"
#include "eval/sequence.h"

enum { PSB_HOTA_ALPHAS = 19 }; /* localisation thresholds 0.05, 0.10 ... 0.95 */

typedef struct psb_hota {
    double tp[PSB_HOTA_ALPHAS], fn[PSB_HOTA_ALPHAS], fp[PSB_HOTA_ALPHAS];
    double ass_a[PSB_HOTA_ALPHAS], ass_re[PSB_HOTA_ALPHAS], ass_pr[PSB_HOTA_ALPHAS]; /* means over true positives */
    double loc_a[PSB_HOTA_ALPHAS];
    double det_a[PSB_HOTA_ALPHAS], det_re[PSB_HOTA_ALPHAS], det_pr[PSB_HOTA_ALPHAS], hota[PSB_HOTA_ALPHAS];
} psb_hota;

typedef struct psb_clear {
    double tp, fn, fp, id_switches, mostly_tracked, partly_tracked, mostly_lost, fragments, frames, motp_sum;
} psb_clear;

typedef struct psb_identity {
    double tp, fn, fp;
} psb_identity;

typedef struct psb_scores {
    psb_hota hota;
    psb_clear clear;
    psb_identity identity;
    double dets, gt_dets, ids, gt_ids;
} psb_scores;

psb_status psb_scores_measure(psb_scores *out, const psb_eval_sequence *sequence, psb_matcher *matcher);

/* The pieces of the above, each in its own file. */
psb_status psb_hota_measure(psb_hota *out, const psb_eval_sequence *sequence, psb_matcher *matcher);
psb_status psb_clear_measure(psb_clear *out, const psb_eval_sequence *sequence, psb_matcher *matcher);
psb_status psb_identity_measure(psb_identity *out, const psb_eval_sequence *sequence, psb_matcher *matcher);

/* Over sequences: counts added, association weighted by true positives per alpha. */
void psb_scores_combine(psb_scores *out, const psb_scores *parts, int32_t part_count);

/* Fields under the names of TrackEval's tables, in their order. `list` fields have PSB_HOTA_ALPHAS values. */
typedef struct psb_score_field {
    const char *name;
    double (*value)(const psb_scores *scores); /* NULL for lists */
    const double *(*list)(const psb_scores *scores);
    int is_count;
} psb_score_field;

/* The table and its length. Static. */
const psb_score_field *psb_score_fields(int32_t *count_out);

/* The field of that name, and its value; it must be one of the table's that has a value. */
const psb_score_field *psb_score_field_named(const psb_score_field *fields, int32_t count, const char *name);
double psb_score_value(const psb_score_field *fields, int32_t count, const char *name, const psb_scores *scores);

#endif
