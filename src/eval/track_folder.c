/* SPDX-License-Identifier: Apache-2.0
 *
 * Scoring folders. Sequences are independent, so workers take them one by one from a shared counter; results land in
 * their own places and do not depend on who worked them out. The first failure (by the order of sequences) is reported.
 */
#include "eval/track_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/thread.h"
#include "formats/mot.h"
#include "formats/mot_rows.h"

enum { PATH_BYTES = 4096 };

typedef struct eval_job {
    const psb_eval_tracks_options *options;
    psb_eval_tracks *to;
    psb_status *status; /* per sequence */
    char (*text)[PSB_ERROR_TEXT_BYTES];
    atomic_int next;
} eval_job;

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

static psb_status join(char *out, const char *folder, const char *name, const char *tail)
{
    const int length = snprintf(out, PATH_BYTES, "%s/%s%s", folder, name, tail);
    return length < PATH_BYTES ? PSB_OK : psb_fail(PSB_BAD_INPUT, "%s/%s: the path is too long", folder, name);
}

static bool is_sequence(const char *root, const char *name)
{
    char gt[PATH_BYTES], info[PATH_BYTES];
    if (name[0] == '.' || strlen(name) >= PSB_EVAL_NAME_BYTES) return false;
    if (join(gt, root, name, "/gt/gt.txt") || join(info, root, name, "/seqinfo.ini")) return false;
    return is_file(gt) && is_file(info);
}

static psb_status append_name(psb_eval_tracks *to, const char *name, size_t length)
{
    if (to->count == PSB_EVAL_MAX_SEQUENCES)
        return psb_fail(PSB_BAD_INPUT, "found more than %d sequences, expected at most that", PSB_EVAL_MAX_SEQUENCES);
    if ((to->count & (to->count - 1)) == 0) { /* full at every power of two */
        void *larger = realloc(to->name, (size_t)(to->count ? 2 * to->count : 1) * sizeof(*to->name));
        if (!larger) return psb_fail_memory("sequences", (size_t)to->count * 2 * sizeof(*to->name));
        to->name = larger;
    }
    memcpy(to->name[to->count], name, length);
    to->name[to->count++][length] = '\0';
    return PSB_OK;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

static psb_status list_all(psb_eval_tracks *to, const char *root)
{
    DIR *folder = opendir(root);
    if (!folder) return psb_fail_system(root, "opening the folder", errno);
    psb_status status = PSB_OK;
    for (const struct dirent *entry = readdir(folder); entry && !status; entry = readdir(folder))
        if (is_sequence(root, entry->d_name)) status = append_name(to, entry->d_name, strlen(entry->d_name));
    closedir(folder);
    if (!status && to->count == 0)
        return psb_fail(PSB_BAD_INPUT, "%s: found no sequence, expected folders with gt/gt.txt and seqinfo.ini", root);
    if (!status) qsort(to->name, (size_t)to->count, sizeof(*to->name), compare_names);
    return status;
}

static psb_status list_wanted(psb_eval_tracks *to, const char *root, const char *wanted)
{
    while (*wanted) {
        const size_t length = strcspn(wanted, ",");
        if (length == 0 || length >= PSB_EVAL_NAME_BYTES)
            return psb_fail(PSB_USAGE, "--sequences: found \"%s\", expected names with commas between", wanted);
        const psb_status status = append_name(to, wanted, length);
        if (status) return status;
        if (!is_sequence(root, to->name[to->count - 1]))
            return psb_fail(PSB_BAD_INPUT, "%s/%s: found no sequence, expected gt/gt.txt and seqinfo.ini in it", root,
                            to->name[to->count - 1]);
        wanted += length + (wanted[length] == ',');
    }
    return PSB_OK;
}

static psb_status score_one(eval_job *job, int32_t i, psb_matcher *matcher)
{
    const psb_eval_tracks_options *options = job->options;
    const char *name = job->to->name[i];
    char gt_path[PATH_BYTES], info_path[PATH_BYTES], track_path[PATH_BYTES], tail[PATH_BYTES];
    psb_mot_rows gt = {0}, tracks = {0};
    psb_eval_sequence sequence = {0};
    psb_seqinfo info;
    snprintf(tail, sizeof(tail), "%s.txt", options->suffix ? options->suffix : "");
    psb_status status = join(gt_path, options->gt_root, name, "/gt/gt.txt");
    if (!status) status = join(info_path, options->gt_root, name, "/seqinfo.ini");
    if (!status) status = join(track_path, options->tracks, name, tail);
    if (!status) status = psb_seqinfo_read(&info, info_path);
    if (!status && (info.frames < 1 || info.frames > INT32_MAX - 2))
        status = psb_fail(PSB_BAD_INPUT, "%s: found no seqLength, expected the number of frames", info_path);
    if (!status) status = psb_mot_rows_read(&gt, gt_path);
    if (!status) status = psb_mot_rows_read(&tracks, track_path);
    if (!status)
        status = psb_eval_sequence_init(&sequence, options->benchmark, &gt, &tracks, (int32_t)info.frames, matcher);
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
        if (i >= job->to->count) break;
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
    job.status = calloc((size_t)to->count, sizeof(*job.status));
    job.text = calloc((size_t)to->count, sizeof(*job.text));
    if (!job.status || !job.text) {
        status = psb_fail_memory("sequences", (size_t)to->count * sizeof(*job.text));
        goto done;
    }
    for (int32_t i = 1; i < options->threads && i < to->count && i < PSB_EVAL_MAX_THREADS; i++)
        if (psb_thread_create(&threads[i], "eval", work, &job)) break; /* fewer workers do the same work */
    work(&job);
    for (int32_t i = 1; i < PSB_EVAL_MAX_THREADS; i++) psb_thread_destroy(&threads[i]);
    for (int32_t i = 0; i < to->count && !status; i++)
        if (job.status[i]) status = psb_fail_text(job.status[i], job.text[i]);
done:
    free(job.status);
    free(job.text);
    return status;
}

psb_status psb_eval_tracks_init(psb_eval_tracks *out, const psb_eval_tracks_options *options)
{
    memset(out, 0, sizeof(*out));
    psb_status status =
        options->sequences ? list_wanted(out, options->gt_root, options->sequences) : list_all(out, options->gt_root);
    if (status) goto done;
    out->scores = calloc((size_t)out->count, sizeof(*out->scores));
    status = out->scores ? score_all(out, options) : psb_fail_memory("scores", (size_t)out->count * sizeof(psb_scores));
    if (!status) psb_scores_combine(&out->combined, out->scores, out->count);
done:
    if (status) psb_eval_tracks_fini(out);
    return status;
}

void psb_eval_tracks_fini(psb_eval_tracks *tracks)
{
    free(tracks->name);
    free(tracks->scores);
    memset(tracks, 0, sizeof(*tracks));
}
