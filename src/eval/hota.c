/* SPDX-License-Identifier: Apache-2.0
 *
 * HOTA of one sequence: Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking",
 * IJCV 129 (2021), with TrackEval's two passes: global alignment scores of identity pairs first, then one matching a
 * frame that serves all alphas. Identity pairs that ever overlap are few, so they stand in a sorted list instead of a
 * matrix of identities; each pair keeps a histogram over the alphas its matches reach.
 */
#include "eval/scores.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "eval/identity_pairs.h"

typedef struct hota_pair {
    double potential;
    int32_t reach[PSB_HOTA_ALPHAS]; /* matches whose overlap reaches this alpha and not the next */
} hota_pair;

typedef struct hota_work {
    psb_identity_pairs ids;
    hota_pair *pair; /* of ids */
    double *weight, *column_sum;
    int32_t *edge_of_row, *first;
    double *gt_frames, *track_frames; /* detections of each identity */
} hota_work;

static void *column(size_t count, size_t size)
{
    return calloc(count + 1, size);
}

static psb_status work_init(hota_work *work, const psb_eval_sequence *s)
{
    const size_t n = (size_t)s->pair_count;
    int32_t most_gt = 0, most_tracks = 0;
    for (int32_t f = 0; f < s->frame_count; f++) {
        if (s->gt_first[f + 1] - s->gt_first[f] > most_gt) most_gt = s->gt_first[f + 1] - s->gt_first[f];
        if (s->track_first[f + 1] - s->track_first[f] > most_tracks)
            most_tracks = s->track_first[f + 1] - s->track_first[f];
    }
    const psb_status status = psb_identity_pairs_init(&work->ids, s, 0);
    if (status) return status;
    work->pair = column((size_t)work->ids.count, sizeof(*work->pair));
    work->weight = column(n, sizeof(double));
    work->column_sum = column((size_t)most_tracks, sizeof(double));
    work->edge_of_row = column((size_t)most_gt, sizeof(int32_t));
    work->first = column((size_t)most_gt + 1, sizeof(int32_t));
    work->gt_frames = column((size_t)s->gt_id_count, sizeof(double));
    work->track_frames = column((size_t)s->track_id_count, sizeof(double));
    if (!work->pair || !work->weight || !work->column_sum || !work->edge_of_row || !work->first || !work->gt_frames ||
        !work->track_frames)
        return psb_fail_memory("HOTA", n * 24);
    return PSB_OK;
}

static void work_fini(hota_work *work)
{
    psb_identity_pairs_fini(&work->ids);
    free(work->pair);
    free(work->weight);
    free(work->column_sum);
    free(work->edge_of_row);
    free(work->first);
    free(work->gt_frames);
    free(work->track_frames);
    memset(work, 0, sizeof(*work));
}

/* First pass: how well each pair of identities would align over the whole sequence. */
static void align(hota_work *work, const psb_eval_sequence *s)
{
    for (int32_t g = 0; g < s->gt_count; g++) work->gt_frames[s->gt_id[g]]++;
    for (int32_t t = 0; t < s->track_count; t++) work->track_frames[s->track_id[t]]++;
    for (int32_t f = 0; f < s->frame_count; f++) {
        memset(work->column_sum, 0, (size_t)(s->track_first[f + 1] - s->track_first[f]) * sizeof(double));
        for (int32_t p = s->pair_first[s->gt_first[f]]; p < s->pair_first[s->gt_first[f + 1]]; p++)
            work->column_sum[s->pair_track[p]] += s->pair_iou[p];
        for (int32_t g = s->gt_first[f]; g < s->gt_first[f + 1]; g++) {
            double row_sum = 0;
            for (int32_t p = s->pair_first[g]; p < s->pair_first[g + 1]; p++) row_sum += s->pair_iou[p];
            for (int32_t p = s->pair_first[g]; p < s->pair_first[g + 1]; p++) {
                const double both = row_sum + work->column_sum[s->pair_track[p]] - s->pair_iou[p];
                if (both > DBL_EPSILON) work->pair[work->ids.of_overlap[p]].potential += s->pair_iou[p] / both;
            }
        }
    }
    for (int32_t i = 0; i < work->ids.count; i++) {
        hota_pair *pair = &work->pair[i];
        const double frames = work->gt_frames[work->ids.gt_id[i]] + work->track_frames[work->ids.track_id[i]];
        pair->potential /= frames - pair->potential;
    }
}

/* Second pass: one matching a frame; each match counts for every alpha that its overlap reaches. */
static psb_status match_frames(psb_hota *out, hota_work *work, const psb_eval_sequence *s, psb_matcher *matcher)
{
    double alpha[PSB_HOTA_ALPHAS];
    for (int32_t a = 0; a < PSB_HOTA_ALPHAS; a++) alpha[a] = 0.05 + a * 0.05;
    for (int32_t f = 0; f < s->frame_count; f++) {
        const int32_t g0 = s->gt_first[f], n_gt = s->gt_first[f + 1] - g0;
        const int32_t n_tracks = s->track_first[f + 1] - s->track_first[f], p0 = s->pair_first[g0];
        for (int32_t g = 0; g <= n_gt; g++) work->first[g] = s->pair_first[g0 + g] - p0;
        for (int32_t p = 0; p < work->first[n_gt]; p++)
            work->weight[p] = work->pair[work->ids.of_overlap[p0 + p]].potential * s->pair_iou[p0 + p];
        const psb_matching_graph graph = {n_gt, n_tracks, work->first, s->pair_track + p0, work->weight};
        const psb_status status = psb_matcher_run(matcher, work->edge_of_row, &graph);
        if (status) return status;
        for (int32_t g = 0; g < n_gt; g++) {
            if (work->edge_of_row[g] < 0) continue;
            const int32_t p = p0 + work->edge_of_row[g];
            int32_t reached = 0;
            while (reached < PSB_HOTA_ALPHAS && s->pair_iou[p] >= alpha[reached] - DBL_EPSILON) {
                out->tp[reached] += 1;
                out->loc_a[reached] += s->pair_iou[p];
                reached++;
            }
            if (reached > 0) work->pair[work->ids.of_overlap[p]].reach[reached - 1]++;
        }
    }
    return PSB_OK;
}

static void associate(psb_hota *out, const hota_work *work, const psb_eval_sequence *s)
{
    for (int32_t i = 0; i < work->ids.count; i++) {
        const hota_pair *pair = &work->pair[i];
        const double gt = work->gt_frames[work->ids.gt_id[i]];
        const double track = work->track_frames[work->ids.track_id[i]];
        double matches = 0;
        for (int32_t a = PSB_HOTA_ALPHAS - 1; a >= 0; a--) {
            matches += pair->reach[a];
            if (matches == 0) continue;
            out->ass_a[a] += matches * matches / fmax(1, gt + track - matches);
            out->ass_re[a] += matches * matches / fmax(1, gt);
            out->ass_pr[a] += matches * matches / fmax(1, track);
        }
    }
    for (int32_t a = 0; a < PSB_HOTA_ALPHAS; a++) {
        out->ass_a[a] /= fmax(1, out->tp[a]);
        out->ass_re[a] /= fmax(1, out->tp[a]);
        out->ass_pr[a] /= fmax(1, out->tp[a]);
        out->loc_a[a] = fmax(1e-10, out->loc_a[a]) / fmax(1e-10, out->tp[a]);
        out->fn[a] = s->gt_count - out->tp[a];
        out->fp[a] = s->track_count - out->tp[a];
    }
}

psb_status psb_hota_measure(psb_hota *out, const psb_eval_sequence *s, psb_matcher *matcher)
{
    hota_work work = {0};
    memset(out, 0, sizeof(*out));
    psb_status status = work_init(&work, s);
    if (status) goto done;
    align(&work, s);
    status = match_frames(out, &work, s, matcher);
    if (status) goto done;
    associate(out, &work, s);
done:
    work_fini(&work);
    return status;
}
