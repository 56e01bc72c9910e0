/* SPDX-License-Identifier: Apache-2.0
 *
 * CLEAR MOT of one sequence: Bernardin and Stiefelhagen, "Evaluating Multiple Object Tracking Performance",
 * EURASIP JIVP 2008, as TrackEval counts it: overlap 0.5, a pair that was matched in the frame before is kept
 * (it weighs 1000 more), a switch is counted against the last match however long ago. One oddity is kept for equality:
 * frames without truth or without tracks do not end a run of "tracked in the frame before".
 */
#include "eval/scores.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static const double threshold = 0.5;

typedef struct clear_work {
    int32_t *last, *before;             /* per truth identity: last track ever, track in the frame before; -1 = none */
    int32_t *frames, *matched, *starts; /* per truth identity */
    int32_t *first, *column, *edge, *edge_of_row;
    double *weight;
} clear_work;

static psb_status work_init(clear_work *work, const psb_eval_sequence *s)
{
    const size_t ids = (size_t)s->gt_id_count + 1, pairs = (size_t)s->pair_count + 1, gts = (size_t)s->gt_count + 2;
    work->last = malloc(ids * sizeof(int32_t));
    work->before = malloc(ids * sizeof(int32_t));
    work->frames = calloc(ids, sizeof(int32_t));
    work->matched = calloc(ids, sizeof(int32_t));
    work->starts = calloc(ids, sizeof(int32_t));
    work->first = malloc(gts * sizeof(int32_t));
    work->edge_of_row = malloc(gts * sizeof(int32_t));
    work->column = malloc(pairs * sizeof(int32_t));
    work->edge = malloc(pairs * sizeof(int32_t));
    work->weight = malloc(pairs * sizeof(double));
    if (!work->last || !work->before || !work->frames || !work->matched || !work->starts || !work->first ||
        !work->edge_of_row || !work->column || !work->edge || !work->weight)
        return psb_fail_memory("CLEAR", ids * 20 + gts * 8 + pairs * 16);
    memset(work->last, 0xff, ids * sizeof(int32_t));
    memset(work->before, 0xff, ids * sizeof(int32_t));
    return PSB_OK;
}

static void work_fini(clear_work *work)
{
    free(work->last);
    free(work->before);
    free(work->frames);
    free(work->matched);
    free(work->starts);
    free(work->first);
    free(work->edge_of_row);
    free(work->column);
    free(work->edge);
    free(work->weight);
    memset(work, 0, sizeof(*work));
}

static psb_status match_frame(psb_clear *out, clear_work *work, const psb_eval_sequence *s, psb_matcher *matcher,
                              int32_t f)
{
    const int32_t g0 = s->gt_first[f], n_gt = s->gt_first[f + 1] - g0;
    const int32_t t0 = s->track_first[f], n_tracks = s->track_first[f + 1] - t0;
    int32_t n = 0;
    for (int32_t g = 0; g < n_gt; g++) {
        work->first[g] = n;
        for (int32_t p = s->pair_first[g0 + g]; p < s->pair_first[g0 + g + 1]; p++) {
            if (s->pair_iou[p] < threshold - DBL_EPSILON) continue;
            const int was_matched = work->before[s->gt_id[g0 + g]] == s->track_id[t0 + s->pair_track[p]];
            work->column[n] = s->pair_track[p];
            work->edge[n] = p;
            work->weight[n++] = 1000.0 * was_matched + s->pair_iou[p];
        }
    }
    work->first[n_gt] = n;
    const psb_matching_graph graph = {n_gt, n_tracks, work->first, work->column, work->weight};
    const psb_status status = psb_matcher_run(matcher, work->edge_of_row, &graph);
    if (status) return status;
    int32_t matches = 0;
    for (int32_t g = 0; g < n_gt; g++) {
        const int32_t id = s->gt_id[g0 + g], e = work->edge_of_row[g];
        work->frames[id]++;
        if (e < 0) continue;
        const int32_t track = s->track_id[t0 + work->column[e]];
        out->id_switches += work->last[id] >= 0 && work->last[id] != track;
        work->starts[id] += work->before[id] < 0;
        work->last[id] = track;
        work->matched[id]++;
        out->motp_sum += s->pair_iou[work->edge[e]];
        matches++;
    }
    memset(work->before, 0xff, (size_t)s->gt_id_count * sizeof(int32_t));
    for (int32_t g = 0; g < n_gt; g++)
        if (work->edge_of_row[g] >= 0)
            work->before[s->gt_id[g0 + g]] = s->track_id[t0 + work->column[work->edge_of_row[g]]];
    out->tp += matches;
    out->fn += n_gt - matches;
    out->fp += n_tracks - matches;
    return PSB_OK;
}

/* What is known once all frames are: how much of each person's life was tracked, and in how many pieces. */
static void count_lives(psb_clear *out, const clear_work *work, int32_t gt_id_count)
{
    for (int32_t id = 0; id < gt_id_count; id++) { /* every identity stands in at least one frame */
        const double ratio = (double)work->matched[id] / work->frames[id];
        if (ratio > 0.8) {
            out->mostly_tracked++;
        } else if (ratio >= 0.2) {
            out->partly_tracked++;
        } else {
            out->mostly_lost++;
        }
        if (work->starts[id] > 0) out->fragments += work->starts[id] - 1;
    }
}

psb_status psb_clear_measure(psb_clear *out, const psb_eval_sequence *s, psb_matcher *matcher)
{
    clear_work work = {0};
    memset(out, 0, sizeof(*out));
    if (s->track_count == 0 || s->gt_count == 0) { /* TrackEval's early return: no frames counted */
        out->fn = s->gt_count;
        out->fp = s->track_count;
        out->mostly_lost = s->track_count == 0 ? s->gt_id_count : 0;
        return PSB_OK;
    }
    psb_status status = work_init(&work, s);
    for (int32_t f = 0; f < s->frame_count && !status; f++) {
        const int32_t n_gt = s->gt_first[f + 1] - s->gt_first[f], n_tracks = s->track_first[f + 1] - s->track_first[f];
        if (n_gt > 0 && n_tracks > 0) {
            status = match_frame(out, &work, s, matcher, f);
            continue;
        }
        out->fp += n_tracks;
        out->fn += n_gt;
        for (int32_t g = s->gt_first[f]; g < s->gt_first[f + 1]; g++) work.frames[s->gt_id[g]]++;
    }
    if (!status) count_lives(out, &work, s->gt_id_count);
    out->frames = s->frame_count;
    work_fini(&work);
    return status;
}
