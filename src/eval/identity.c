/* SPDX-License-Identifier: Apache-2.0
 *
 * Identity scores of one sequence: Ristani et al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera
 * Tracking", ECCVW 2016. One matching of identities that keeps the most detections; TrackEval minimises false positives
 * and negatives on a padded square matrix, which is the same optimum: IDFP + IDFN = all detections - 2 IDTP.
 */
#include "eval/scores.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "eval/identity_pairs.h"

static const double threshold = 0.5;

/* Per pair of identities in how many frames they meet, and where the pairs of each truth identity begin. */
static void count_meetings(double *weight, int32_t *first, const psb_identity_pairs *ids, const psb_eval_sequence *s)
{
    for (int32_t p = 0; p < s->pair_count; p++)
        if (ids->of_overlap[p] >= 0) weight[ids->of_overlap[p]]++;
    for (int32_t i = 0; i < ids->count; i++) first[ids->gt_id[i] + 1]++;
    for (int32_t i = 0; i < s->gt_id_count; i++) first[i + 1] += first[i];
}

psb_status psb_identity_measure(psb_identity *out, const psb_eval_sequence *s, psb_matcher *matcher)
{
    psb_identity_pairs ids;
    const size_t rows = (size_t)s->gt_id_count + 1;
    memset(out, 0, sizeof(*out));
    psb_status status = psb_identity_pairs_init(&ids, s, threshold);
    if (status) return status;
    double *const weight = calloc((size_t)ids.count + 1, sizeof(*weight));
    int32_t *const first = calloc(rows, sizeof(*first));
    int32_t *const edge_of_row = malloc(rows * sizeof(*edge_of_row));
    if (!weight || !first || !edge_of_row) {
        status = psb_fail_memory("identity scores", (size_t)ids.count * 8 + rows * 8);
        goto done;
    }
    count_meetings(weight, first, &ids, s);
    const psb_matching_graph graph = {s->gt_id_count, s->track_id_count, first, ids.track_id, weight};
    status = psb_matcher_run(matcher, edge_of_row, &graph);
    if (status) goto done;
    for (int32_t r = 0; r < s->gt_id_count; r++)
        if (edge_of_row[r] >= 0) out->tp += weight[edge_of_row[r]];
    out->fn = s->gt_count - out->tp;
    out->fp = s->track_count - out->tp;
done:
    psb_identity_pairs_fini(&ids);
    free(weight);
    free(first);
    free(edge_of_row);
    return status;
}
