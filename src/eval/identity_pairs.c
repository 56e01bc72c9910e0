/* SPDX-License-Identifier: Apache-2.0
 *
 * Overlaps brought into the order of their identities by two passes of counting, the least significant first.
 * After that those of one pair stand side by side, and no comparison was made.
 */
#include "eval/identity_pairs.h"

#include <stdlib.h>

#include "base/error.h"

/* Orders list by id_of[...] into out, stable; starts[id_count + 1] is workspace, all zero before. */
static void sort_by_id(int32_t *out, const int32_t *list, int32_t count, const int32_t *id_of, int32_t *starts,
                       int32_t id_count)
{
    for (int32_t i = 0; i < count; i++) starts[id_of[list[i]] + 1]++;
    for (int32_t i = 0; i < id_count; i++) starts[i + 1] += starts[i];
    for (int32_t i = 0; i < count; i++) out[starts[id_of[list[i]]]++] = list[i];
}

typedef struct pairs_work {
    int32_t *gt_id, *track_id; /* per overlap */
    int32_t *list, *spare;     /* overlaps that count */
    int32_t *gt_starts, *track_starts;
    int32_t count;
} pairs_work;

static void list_overlaps(pairs_work *work, const psb_eval_sequence *s, double least_iou)
{
    for (int32_t f = 0; f < s->frame_count; f++)
        for (int32_t g = s->gt_first[f]; g < s->gt_first[f + 1]; g++)
            for (int32_t p = s->pair_first[g]; p < s->pair_first[g + 1]; p++) {
                work->gt_id[p] = s->gt_id[g];
                work->track_id[p] = s->track_id[s->track_first[f] + s->pair_track[p]];
                if (s->pair_iou[p] >= least_iou) work->list[work->count++] = p;
            }
}

static void join_equal(psb_identity_pairs *out, const pairs_work *work)
{
    for (int32_t i = 0; i < work->count; i++) {
        const int32_t p = work->list[i], last = out->count - 1;
        if (last < 0 || out->gt_id[last] != work->gt_id[p] || out->track_id[last] != work->track_id[p]) {
            out->gt_id[out->count] = work->gt_id[p];
            out->track_id[out->count++] = work->track_id[p];
        }
        out->of_overlap[p] = out->count - 1;
    }
}

psb_status psb_identity_pairs_init(psb_identity_pairs *out, const psb_eval_sequence *s, double least_iou)
{
    const size_t overlaps = (size_t)s->pair_count + 1, bytes = overlaps * sizeof(int32_t);
    pairs_work work = {.gt_id = calloc(overlaps, sizeof(int32_t)),
                       .track_id = calloc(overlaps, sizeof(int32_t)),
                       .list = calloc(overlaps, sizeof(int32_t)),
                       .spare = calloc(overlaps, sizeof(int32_t)),
                       .gt_starts = calloc((size_t)s->gt_id_count + 1, sizeof(int32_t)),
                       .track_starts = calloc((size_t)s->track_id_count + 1, sizeof(int32_t))};
    psb_status status = PSB_OK;
    *out = (psb_identity_pairs){0, malloc(bytes), malloc(bytes), malloc(bytes)};
    if (!work.gt_id || !work.track_id || !work.list || !work.spare || !work.gt_starts || !work.track_starts ||
        !out->gt_id || !out->track_id || !out->of_overlap) {
        status = psb_fail_memory("pairs of identities", 7 * bytes);
        psb_identity_pairs_fini(out);
        goto done;
    }
    for (int32_t p = 0; p < s->pair_count; p++) out->of_overlap[p] = -1;
    list_overlaps(&work, s, least_iou);
    sort_by_id(work.spare, work.list, work.count, work.track_id, work.track_starts, s->track_id_count);
    sort_by_id(work.list, work.spare, work.count, work.gt_id, work.gt_starts, s->gt_id_count);
    join_equal(out, &work);
done:
    free(work.gt_id);
    free(work.track_id);
    free(work.list);
    free(work.spare);
    free(work.gt_starts);
    free(work.track_starts);
    return status;
}

void psb_identity_pairs_fini(psb_identity_pairs *pairs)
{
    free(pairs->gt_id);
    free(pairs->track_id);
    free(pairs->of_overlap);
    *pairs = (psb_identity_pairs){0};
}
