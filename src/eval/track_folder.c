/* SPDX-License-Identifier: Apache-2.0
 *
 * Scoring folders. Sequences are independent, so workers take them one by one from a shared counter; results land in
 * their own places and do not depend on who worked them out. The first failure (by the order of sequences) is reported.
 */
#include "eval/track_folder.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/thread.h"
#include "formats/mot_rows.h"

typedef struct eval_job {
    const psb_eval_tracks_options *options;
    psb_eval_tracks *to;
    psb_status *status; /* per sequence */
    char (*text)[PSB_ERROR_TEXT_BYTES];
    atomic_int next;
} eval_job;

static psb_status score_one(eval_job *job, int32_t i, psb_matcher *matcher)
{
    const psb_eval_tracks_options *options = job->options;
    const char *name = job->to->names.name[i];
    char gt_path[PSB_EVAL_PATH_BYTES], track_path[PSB_EVAL_PATH_BYTES], tail[PSB_EVAL_NAME_BYTES];
    psb_mot_rows gt = {0}, tracks = {0};
    psb_eval_sequence sequence = {0};
    int32_t frame_count = 0;
    snprintf(tail, sizeof(tail), "%s.txt", options->suffix ? options->suffix : "");
    psb_status status = psb_sequence_length(&frame_count, options->gt_root, name);
    if (!status) status = psb_sequence_path(gt_path, options->gt_root, name, "/gt/gt.txt");
    if (!status) status = psb_sequence_path(track_path, options->tracks, name, tail);
    if (!status) status = psb_mot_rows_read(&gt, gt_path);
    if (!status) status = psb_mot_rows_read(&tracks, track_path);
    if (!status) status = psb_eval_sequence_init(&sequence, options->benchmark, &gt, &tracks, frame_count, matcher);
    if (!status) status = psb_scores_measure(&job->to->scores[i], &sequence, matcher);
    psb_eval_sequence_fini(&sequence);
    psb_mot_rows_fini(&gt);
    psb_mot_rows_fini(&tracks);
    return status;
}

static void work(void *user)
{
    eval_job *job = user;
    psb_matcher *matcher = NULL;
    psb_status status = psb_matcher_create(&matcher);
    for (;;) {
        const int32_t i = atomic_fetch_add(&job->next, 1);
        if (i >= job->to->names.count) break;
        if (matcher) status = score_one(job, i, matcher);
        job->status[i] = status;
        if (status) snprintf(job->text[i], sizeof(job->text[i]), "%s", psb_error_text());
    }
    psb_matcher_destroy(&matcher);
}

static psb_status score_all(psb_eval_tracks *to, const psb_eval_tracks_options *options)
{
    psb_thread *threads[PSB_EVAL_MAX_THREADS] = {NULL};
    eval_job job = {.options = options, .to = to};
    psb_status status = PSB_OK;
    job.status = calloc((size_t)to->names.count, sizeof(*job.status));
    job.text = calloc((size_t)to->names.count, sizeof(*job.text));
    if (!job.status || !job.text) {
        status = psb_fail_memory("sequences", (size_t)to->names.count * sizeof(*job.text));
        goto done;
    }
    for (int32_t i = 1; i < options->threads && i < to->names.count && i < PSB_EVAL_MAX_THREADS; i++)
        if (psb_thread_create(&threads[i], "eval", work, &job)) break; /* fewer workers do the same work */
    work(&job);
    for (int32_t i = 1; i < PSB_EVAL_MAX_THREADS; i++) psb_thread_destroy(&threads[i]);
    for (int32_t i = 0; i < to->names.count && !status; i++)
        if (job.status[i]) status = psb_fail_text(job.status[i], job.text[i]);
done:
    free(job.status);
    free(job.text);
    return status;
}

psb_status psb_eval_tracks_init(psb_eval_tracks *out, const psb_eval_tracks_options *options)
{
    memset(out, 0, sizeof(*out));
    psb_status status = psb_sequence_names_init(&out->names, options->gt_root, options->sequences);
    if (status) return status;
    const size_t count = (size_t)out->names.count;
    out->scores = calloc(count, sizeof(*out->scores));
    status = out->scores ? score_all(out, options) : psb_fail_memory("scores", count * sizeof(psb_scores));
    if (status) {
        psb_eval_tracks_fini(out);
    } else {
        psb_scores_combine(&out->combined, out->scores, out->names.count);
    }
    return status;
}

void psb_eval_tracks_fini(psb_eval_tracks *tracks)
{
    psb_sequence_names_fini(&tracks->names);
    free(tracks->scores);
    memset(tracks, 0, sizeof(*tracks));
}
