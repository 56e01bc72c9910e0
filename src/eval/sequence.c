/* SPDX-License-Identifier: Apache-2.0
 *
 * From two MOT files' rows to a sequence ready for scoring: sorting by frame, identities numbered from 0, overlaps,
 * and MOTChallenge's preprocessing, in the order of TrackEval: tracks that belong to a distractor go first, found by
 * a matching at overlap 0.5 against all truth, then truth that is not asked for.
 */
#include "eval/sequence.h"

#include <float.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "geometry/order.h"

enum {
    CLASS_PEDESTRIAN = 1,
    CLASS_PERSON_ON_VEHICLE = 2,
    CLASS_NON_MOTORISED_VEHICLE = 6,
    CLASS_STATIC_PERSON = 7,
    CLASS_DISTRACTOR = 8,
    CLASS_REFLECTION = 12,
    CLASS_LAST_MOT16 = 12, /* MOT16 and MOT17 */
    CLASS_LAST = 13,       /* MOT20 adds crowd */
};

static const char *const benchmark_names[PSB_BENCHMARK_COUNT] = {"mot15", "mot16", "mot17", "mot20"};

const char *psb_benchmark_name(psb_benchmark benchmark)
{
    return benchmark_names[benchmark];
}

/* The rows of one file in the order of frames: row[first[f]] .. row[first[f + 1] - 1]. */
typedef struct frame_order {
    int32_t *first, *row;
} frame_order;

static psb_status order_init(frame_order *out, const psb_mot_rows *rows, int32_t frame_count)
{
    out->first = calloc((size_t)frame_count + 2, sizeof(int32_t));
    out->row = malloc(((size_t)rows->count + 1) * sizeof(int32_t));
    if (!out->first || !out->row) return psb_fail_memory("rows in order of frames", (size_t)rows->count * 4);
    for (int32_t i = 0; i < rows->count; i++) {
        if (rows->frame[i] < 1 || rows->frame[i] > frame_count)
            return psb_fail(PSB_BAD_INPUT, "%s: found frame %lld, expected 1 to %d, the sequence's length", rows->name,
                            (long long)rows->frame[i], frame_count);
        out->first[rows->frame[i]]++;
    }
    for (int32_t f = 1; f <= frame_count; f++) out->first[f] += out->first[f - 1];
    for (int32_t i = rows->count - 1; i >= 0; i--) out->row[--out->first[rows->frame[i]]] = i;
    /* first[f] is now the start of frame f (from 1): shift to frames from 0 */
    memmove(out->first, out->first + 1, (size_t)frame_count * sizeof(int32_t));
    out->first[frame_count] = rows->count;
    return PSB_OK;
}

static void order_fini(frame_order *order)
{
    free(order->first);
    free(order->row);
}

/* Whether a class takes its matched tracks away with it. */
static bool is_distractor(psb_benchmark benchmark, int32_t class_id)
{
    return class_id == CLASS_PERSON_ON_VEHICLE || class_id == CLASS_STATIC_PERSON || class_id == CLASS_DISTRACTOR ||
           class_id == CLASS_REFLECTION || (benchmark == PSB_MOT20 && class_id == CLASS_NON_MOTORISED_VEHICLE);
}

typedef struct builder {
    psb_eval_sequence *to;
    psb_benchmark benchmark;
    const psb_mot_rows *gt, *tracks;
    frame_order gt_order, track_order;
    psb_matcher *matcher;
    /* of one frame */
    double *x0, *y0, *x1, *y1; /* tracks' corners */
    int32_t *first, *column, *edge_of_row, *new_index;
    double *weight;
    int32_t edge_capacity;
} builder;

static psb_status grow_pairs(builder *b, int32_t more)
{
    psb_eval_sequence *s = b->to;
    if (s->pair_count + more <= s->pair_capacity) return PSB_OK;
    if (s->pair_count > INT32_MAX / 2 - more) return psb_fail(PSB_BAD_INPUT, "%s: too many overlaps", b->tracks->name);
    const int32_t capacity = (s->pair_count + more) * 2;
    int32_t *track = realloc(s->pair_track, (size_t)capacity * sizeof(*track));
    if (track) s->pair_track = track;
    double *iou = realloc(s->pair_iou, (size_t)capacity * sizeof(*iou));
    if (iou) s->pair_iou = iou;
    if (!track || !iou) return psb_fail_memory("overlaps", (size_t)capacity * 12);
    s->pair_capacity = capacity;
    return PSB_OK;
}

/* Overlaps of one truth row with the frame's tracks, appended to the sequence's pairs. The room is reserved. */
static void append_overlaps(builder *b, int32_t row, int32_t n_tracks)
{
    psb_eval_sequence *s = b->to;
    const double x0 = b->gt->left_px[row], y0 = b->gt->top_px[row];
    const double x1 = x0 + b->gt->width_px[row], y1 = y0 + b->gt->height_px[row];
    const double area = (x1 - x0) * (y1 - y0);
    for (int32_t t = 0; t < n_tracks; t++) {
        const double w = (x1 < b->x1[t] ? x1 : b->x1[t]) - (x0 > b->x0[t] ? x0 : b->x0[t]);
        const double h = (y1 < b->y1[t] ? y1 : b->y1[t]) - (y0 > b->y0[t] ? y0 : b->y0[t]);
        if (w <= 0 || h <= 0) continue;
        const double other = (b->x1[t] - b->x0[t]) * (b->y1[t] - b->y0[t]);
        const double joined = area + other - w * h;
        if (area <= DBL_EPSILON || other <= DBL_EPSILON || joined <= DBL_EPSILON) continue;
        s->pair_track[s->pair_count] = t;
        s->pair_iou[s->pair_count++] = w * h / joined;
    }
}

/* Marks in new_index (-1) the tracks that belong to a distractor; first[] and pairs cover all truth rows. */
static psb_status drop_distractors(builder *b, const int32_t *gt_rows, int32_t n_gt, int32_t n_tracks, int32_t p0)
{
    const psb_eval_sequence *s = b->to;
    int32_t *strong = b->edge_of_row + n_gt; /* second half: strong edges' firsts are rebuilt in place below */
    int32_t n = 0, begin = b->first[0];
    for (int32_t g = 0; g < n_gt; g++) {
        const int32_t end = b->first[g + 1];
        strong[g] = n;
        for (int32_t p = begin; p < end; p++) {
            if (s->pair_iou[p0 + p] < 0.5 - DBL_EPSILON) continue;
            b->column[n] = s->pair_track[p0 + p];
            b->weight[n++] = s->pair_iou[p0 + p];
        }
        begin = end;
    }
    strong[n_gt] = n;
    const psb_matching_graph graph = {n_gt, n_tracks, strong, b->column, b->weight};
    const psb_status status = psb_matcher_run(b->matcher, b->edge_of_row, &graph);
    if (status) return status;
    for (int32_t g = 0; g < n_gt; g++)
        if (b->edge_of_row[g] >= 0 && is_distractor(b->benchmark, b->gt->class_id[gt_rows[g]]))
            b->new_index[b->column[b->edge_of_row[g]]] = -1;
    return PSB_OK;
}

static bool is_asked_for(const builder *b, int32_t row)
{
    if (b->gt->score[row] == 0) return false;
    return b->benchmark == PSB_MOT15 || b->gt->class_id[row] == CLASS_PEDESTRIAN;
}

static psb_status grow_frame(builder *b, int32_t edges)
{
    if (edges <= b->edge_capacity) return PSB_OK;
    free(b->column);
    free(b->weight);
    b->column = malloc((size_t)edges * 2 * sizeof(*b->column));
    b->weight = malloc((size_t)edges * 2 * sizeof(*b->weight));
    b->edge_capacity = b->column && b->weight ? edges * 2 : 0;
    return b->edge_capacity ? PSB_OK : psb_fail_memory("overlaps of a frame", (size_t)edges * 24);
}

/* One frame: all overlaps, distractors' tracks out, then what stays is written over what was. */
static psb_status build_frame(builder *b, int32_t f)
{
    psb_eval_sequence *s = b->to;
    const int32_t *gt_rows = b->gt_order.row + b->gt_order.first[f];
    const int32_t *track_rows = b->track_order.row + b->track_order.first[f];
    const int32_t n_gt = b->gt_order.first[f + 1] - b->gt_order.first[f];
    const int32_t n_tracks = b->track_order.first[f + 1] - b->track_order.first[f], p0 = s->pair_count;
    for (int32_t t = 0; t < n_tracks; t++) {
        const int32_t row = track_rows[t];
        b->x0[t] = b->tracks->left_px[row];
        b->y0[t] = b->tracks->top_px[row];
        b->x1[t] = b->x0[t] + b->tracks->width_px[row];
        b->y1[t] = b->y0[t] + b->tracks->height_px[row];
        b->new_index[t] = 0;
    }
    for (int32_t g = 0; g < n_gt; g++) {
        const psb_status status = grow_pairs(b, n_tracks);
        if (status) return status;
        b->first[g] = s->pair_count - p0;
        append_overlaps(b, gt_rows[g], n_tracks);
    }
    b->first[n_gt] = s->pair_count - p0;
    if (b->benchmark != PSB_MOT15 && n_gt > 0 && n_tracks > 0) {
        psb_status status = grow_frame(b, b->first[n_gt] + 1);
        if (!status) status = drop_distractors(b, gt_rows, n_gt, n_tracks, p0);
        if (status) return status;
    }
    int32_t kept = 0;
    for (int32_t t = 0; t < n_tracks; t++) {
        if (b->new_index[t] < 0) continue;
        b->new_index[t] = kept++;
        s->track_id[s->track_count++] = track_rows[t]; /* rows now, numbers later */
    }
    s->track_first[f + 1] = s->track_count;
    s->pair_count = p0;
    for (int32_t g = 0; g < n_gt; g++) {
        if (!is_asked_for(b, gt_rows[g])) continue;
        s->gt_id[s->gt_count] = gt_rows[g];
        for (int32_t p = b->first[g]; p < b->first[g + 1]; p++) {
            const int32_t t = b->new_index[s->pair_track[p0 + p]];
            if (t < 0) continue;
            s->pair_track[s->pair_count] = t;
            s->pair_iou[s->pair_count++] = s->pair_iou[p0 + p];
        }
        s->pair_first[++s->gt_count] = s->pair_count;
    }
    s->gt_first[f + 1] = s->gt_count;
    return PSB_OK;
}

/* Replaces row numbers in `ids` by identities numbered from 0; an identity may stand once in a frame. Rows come in the
 * order of frames and the sort is stable, so an identity's rows stay in it. */
static psb_status number_ids(int32_t *ids, int32_t *id_count_out, int32_t count, const psb_mot_rows *rows)
{
    psb_order_item *const list = malloc(((size_t)count + 1) * 2 * sizeof(*list));
    if (!list) return psb_fail_memory("identities", (size_t)count * 2 * sizeof(*list));
    for (int32_t i = 0; i < count; i++) list[i] = (psb_order_item){(double)rows->id[ids[i]], i}; /* below 2^53 */
    psb_order_sort_keys(list, list + count, count);
    psb_status status = PSB_OK;
    int32_t n = -1;
    int64_t frame_before = 0;
    for (int32_t i = 0; i < count && !status; i++) {
        const int32_t row = ids[list[i].item_i];
        const bool is_same = i > 0 && list[i].key == list[i - 1].key;
        if (is_same && rows->frame[row] == frame_before)
            status = psb_fail(PSB_BAD_INPUT, "%s: frame %lld: identity %lld found twice, expected once", rows->name,
                              (long long)frame_before, (long long)rows->id[row]);
        n += !is_same;
        frame_before = rows->frame[row];
        ids[list[i].item_i] = n;
    }
    *id_count_out = n + 1;
    free(list);
    return status;
}

static int32_t longest_frame(const frame_order *order, int32_t frame_count)
{
    int32_t longest = 0;
    for (int32_t f = 0; f < frame_count; f++)
        if (order->first[f + 1] - order->first[f] > longest) longest = order->first[f + 1] - order->first[f];
    return longest;
}

static psb_status builder_init(builder *b, int32_t frame_count)
{
    psb_status status = order_init(&b->gt_order, b->gt, frame_count);
    if (!status) status = order_init(&b->track_order, b->tracks, frame_count);
    if (status) return status;
    const size_t tracks = (size_t)longest_frame(&b->track_order, frame_count) + 1;
    const size_t gt = (size_t)longest_frame(&b->gt_order, frame_count) + 1;
    psb_eval_sequence *s = b->to;
    b->x0 = malloc(tracks * sizeof(double));
    b->y0 = malloc(tracks * sizeof(double));
    b->x1 = malloc(tracks * sizeof(double));
    b->y1 = malloc(tracks * sizeof(double));
    b->new_index = malloc(tracks * sizeof(int32_t));
    b->first = malloc((gt + 1) * sizeof(int32_t));
    b->edge_of_row = malloc((2 * gt + 1) * sizeof(int32_t));
    s->gt_first = calloc((size_t)frame_count + 1, sizeof(int32_t));
    s->track_first = calloc((size_t)frame_count + 1, sizeof(int32_t));
    s->gt_id = malloc(((size_t)b->gt->count + 1) * sizeof(int32_t));
    s->track_id = malloc(((size_t)b->tracks->count + 1) * sizeof(int32_t));
    s->pair_first = calloc((size_t)b->gt->count + 1, sizeof(int32_t));
    if (!b->x0 || !b->y0 || !b->x1 || !b->y1 || !b->new_index || !b->first || !b->edge_of_row || !s->gt_first ||
        !s->track_first || !s->gt_id || !s->track_id || !s->pair_first)
        return psb_fail_memory("a sequence", (size_t)(b->gt->count + b->tracks->count) * 8);
    s->frame_count = frame_count;
    return PSB_OK;
}

static void builder_fini(builder *b)
{
    order_fini(&b->gt_order);
    order_fini(&b->track_order);
    free(b->x0);
    free(b->y0);
    free(b->x1);
    free(b->y1);
    free(b->new_index);
    free(b->first);
    free(b->edge_of_row);
    free(b->column);
    free(b->weight);
}

static psb_status check_classes(psb_benchmark benchmark, const psb_mot_rows *gt)
{
    if (benchmark == PSB_MOT15) return PSB_OK;
    if (gt->columns < 8)
        return psb_fail(PSB_BAD_INPUT, "%s: found %d columns, expected 8 or more (column 8 is the class)", gt->name,
                        gt->columns);
    const int32_t last = benchmark == PSB_MOT20 ? CLASS_LAST : CLASS_LAST_MOT16;
    for (int32_t i = 0; i < gt->count; i++)
        if (gt->class_id[i] < 1 || gt->class_id[i] > last)
            return psb_fail(PSB_BAD_INPUT, "%s: frame %lld: found class %d, expected 1 to %d", gt->name,
                            (long long)gt->frame[i], gt->class_id[i], last);
    return PSB_OK;
}

psb_status psb_eval_sequence_init(psb_eval_sequence *out, psb_benchmark benchmark, const psb_mot_rows *gt,
                                  const psb_mot_rows *tracks, int32_t frame_count, psb_matcher *matcher)
{
    builder b = {.to = out, .benchmark = benchmark, .gt = gt, .tracks = tracks, .matcher = matcher};
    memset(out, 0, sizeof(*out));
    psb_status status = check_classes(benchmark, gt);
    if (status) goto done;
    status = builder_init(&b, frame_count);
    if (status) goto done;
    for (int32_t f = 0; f < frame_count && !status; f++) status = build_frame(&b, f);
    if (status) goto done;
    status = number_ids(out->gt_id, &out->gt_id_count, out->gt_count, gt);
    if (status) goto done;
    status = number_ids(out->track_id, &out->track_id_count, out->track_count, tracks);
done:
    builder_fini(&b);
    if (status) psb_eval_sequence_fini(out);
    return status;
}

void psb_eval_sequence_fini(psb_eval_sequence *s)
{
    free(s->gt_first);
    free(s->track_first);
    free(s->gt_id);
    free(s->track_id);
    free(s->pair_first);
    free(s->pair_track);
    free(s->pair_iou);
    memset(s, 0, sizeof(*s));
}
