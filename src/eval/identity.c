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

static const double threshold = 0.5;

static int compare_keys(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Every overlap of 0.5 and more, as the key of its pair of identities, sorted. */
static int32_t list_keys(int64_t *keys, const psb_eval_sequence *s)
{
    int32_t n = 0;
    for (int32_t f = 0; f < s->frame_count; f++)
        for (int32_t g = s->gt_first[f]; g < s->gt_first[f + 1]; g++)
            for (int32_t p = s->pair_first[g]; p < s->pair_first[g + 1]; p++)
                if (s->pair_iou[p] >= threshold)
                    keys[n++] =
                        (int64_t)s->gt_id[g] * s->track_id_count + s->track_id[s->track_first[f] + s->pair_track[p]];
    qsort(keys, (size_t)n, sizeof(*keys), compare_keys);
    return n;
}

psb_status psb_identity_measure(psb_identity *out, const psb_eval_sequence *s, psb_matcher *matcher)
{
    const size_t pairs = (size_t)s->pair_count + 1, ids = (size_t)s->gt_id_count + 2;
    memset(out, 0, sizeof(*out));
    int64_t *keys = malloc(pairs * sizeof(*keys));
    int32_t *column = malloc(pairs * sizeof(*column));
    double *weight = malloc(pairs * sizeof(*weight));
    int32_t *first = malloc(ids * sizeof(*first));
    int32_t *edge_of_row = malloc(ids * sizeof(*edge_of_row));
    psb_status status = PSB_OK;
    if (!keys || !column || !weight || !first || !edge_of_row) {
        status = psb_fail_memory("identity scores", pairs * 20 + ids * 8);
        goto done;
    }
    const int32_t n = list_keys(keys, s);
    int32_t n_edges = 0, row = 0;
    first[0] = 0;
    for (int32_t i = 0; i < n; i++) {
        if (i > 0 && keys[i] == keys[i - 1]) {
            weight[n_edges - 1]++;
            continue;
        }
        while (row < keys[i] / s->track_id_count) first[++row] = n_edges;
        column[n_edges] = (int32_t)(keys[i] % s->track_id_count);
        weight[n_edges++] = 1;
    }
    while (row < s->gt_id_count) first[++row] = n_edges;
    const psb_matching_graph graph = {s->gt_id_count, s->track_id_count, first, column, weight};
    status = psb_matcher_run(matcher, edge_of_row, &graph);
    if (status) goto done;
    for (int32_t r = 0; r < s->gt_id_count; r++)
        if (edge_of_row[r] >= 0) out->tp += weight[edge_of_row[r]];
    out->fn = s->gt_count - out->tp;
    out->fp = s->track_count - out->tp;
done:
    free(keys);
    free(column);
    free(weight);
    free(first);
    free(edge_of_row);
    return status;
}
