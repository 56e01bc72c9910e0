/* SPDX-License-Identifier: Apache-2.0
 *
 * From files to a psb_precision_input: MOT rows grouped by frame, or COCO columns as they are.
 * What is ignored in MOT truth: flag 0, and people less than 20 pixels high (too small to be asked for). In truth of
 * MOT16's form rows with flag 0 count as ignore regions only where they look like people; cars and occluders are left
 * out.
 */
#include "eval/detection_folder.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "formats/coco.h"
#include "formats/mot_rows.h"

static const double LEAST_SCORE = 0.01, LEAST_HEIGHT_PX = 20;

/* MOT rows as columns in the order of frames. */
typedef struct grouped {
    int32_t *first; /* [frame_count + 2] */
    double *x0, *y0, *x1, *y1, *score, *area;
    bool *is_ignored;
} grouped;

static psb_status grouped_init(grouped *out, int32_t count, int32_t frame_count)
{
    const size_t n = (size_t)count + 1;
    out->first = calloc((size_t)frame_count + 2, sizeof(*out->first));
    out->x0 = malloc(n * sizeof(double));
    out->y0 = malloc(n * sizeof(double));
    out->x1 = malloc(n * sizeof(double));
    out->y1 = malloc(n * sizeof(double));
    out->score = malloc(n * sizeof(double));
    out->area = malloc(n * sizeof(double));
    out->is_ignored = malloc(n * sizeof(bool));
    if (out->first && out->x0 && out->y0 && out->x1 && out->y1 && out->score && out->area && out->is_ignored)
        return PSB_OK;
    return psb_fail_memory("boxes", n * 49);
}

static void grouped_fini(grouped *group)
{
    free(group->first);
    free(group->x0);
    free(group->y0);
    free(group->x1);
    free(group->y1);
    free(group->score);
    free(group->area);
    free(group->is_ignored);
    memset(group, 0, sizeof(*group));
}

static bool looks_like_a_person(int32_t class_id)
{
    return class_id == 1 || class_id == 2 || class_id == 7 || class_id == 8 || class_id == 12;
}

/* Is this row of any use: truth that is a person, a detection that is strong enough. */
static bool is_kept(const psb_mot_rows *rows, int32_t row, bool is_truth)
{
    if (!is_truth) return rows->score[row] >= LEAST_SCORE;
    return rows->score[row] != 0 || rows->columns != 9 || looks_like_a_person(rows->class_id[row]);
}

static psb_status group_rows(grouped *out, const psb_mot_rows *rows, int32_t frame_count, bool is_truth)
{
    const psb_status status = grouped_init(out, rows->count, frame_count);
    if (status) return status;
    for (int32_t i = 0; i < rows->count; i++) {
        if (rows->frame[i] > frame_count)
            return psb_fail(PSB_BAD_INPUT, "%s: found frame %lld, expected 1 to %d, the sequence's length", rows->name,
                            (long long)rows->frame[i], frame_count);
        if (is_kept(rows, i, is_truth)) out->first[rows->frame[i] + 1]++;
    }
    for (int32_t f = 1; f <= frame_count + 1; f++) out->first[f] += out->first[f - 1];
    /* first[frame] is where frame's rows begin (frames from 1); filling moves it to their end, which is first[f] of
     * frames from 0 */
    for (int32_t i = 0; i < rows->count; i++) {
        if (!is_kept(rows, i, is_truth)) continue;
        const int32_t at = out->first[rows->frame[i]]++;
        out->x0[at] = rows->left_px[i];
        out->y0[at] = rows->top_px[i];
        out->x1[at] = rows->left_px[i] + rows->width_px[i];
        out->y1[at] = rows->top_px[i] + rows->height_px[i];
        out->score[at] = rows->score[i];
        out->area[at] = rows->width_px[i] * rows->height_px[i];
        out->is_ignored[at] = rows->score[i] == 0 || rows->height_px[i] < LEAST_HEIGHT_PX;
    }
    return PSB_OK;
}

static psb_status score_rows(psb_precision *out, const psb_mot_rows *gt, const psb_mot_rows *found, int32_t frame_count)
{
    grouped truth = {0}, boxes = {0};
    psb_status status = group_rows(&truth, gt, frame_count, true);
    if (!status) status = group_rows(&boxes, found, frame_count, false);
    if (!status) {
        const psb_precision_input input = {.picture_count = frame_count,
                                           .truth_first = truth.first,
                                           .found_first = boxes.first,
                                           .truth_x0_px = truth.x0,
                                           .truth_y0_px = truth.y0,
                                           .truth_x1_px = truth.x1,
                                           .truth_y1_px = truth.y1,
                                           .truth_area_px2 = truth.area,
                                           .truth_is_ignored = truth.is_ignored,
                                           .found_x0_px = boxes.x0,
                                           .found_y0_px = boxes.y0,
                                           .found_x1_px = boxes.x1,
                                           .found_y1_px = boxes.y1,
                                           .found_score = boxes.score};
        status = psb_precision_measure(out, &input, PSB_RULES_MOT);
    }
    grouped_fini(&truth);
    grouped_fini(&boxes);
    return status;
}

static psb_status score_sequence(psb_precision *out, const char *gt_root, const char *detections, const char *name)
{
    char gt_path[PSB_EVAL_PATH_BYTES], found_path[PSB_EVAL_PATH_BYTES];
    psb_mot_rows gt = {0}, found = {0};
    int32_t frame_count = 0;
    psb_status status = psb_sequence_length(&frame_count, gt_root, name);
    if (!status) status = psb_sequence_path(gt_path, gt_root, name, "/gt/gt.txt");
    if (!status) status = psb_sequence_path(found_path, detections, name, ".txt");
    if (!status) status = psb_mot_rows_read(&gt, gt_path);
    if (!status) status = psb_mot_rows_read(&found, found_path);
    if (!status) status = score_rows(out, &gt, &found, frame_count);
    psb_mot_rows_fini(&gt);
    psb_mot_rows_fini(&found);
    return status;
}

static psb_status score_coco(psb_precision *out, const char *gt, const char *detections)
{
    psb_coco coco = {0};
    psb_coco_boxes found = {0};
    psb_status status = psb_coco_read(&coco, gt);
    if (!status) status = psb_coco_results_read(&found, &coco, detections);
    if (!status) {
        const psb_coco_boxes *truth = &coco.truth;
        const psb_precision_input input = {.picture_count = coco.picture_count,
                                           .truth_first = truth->first,
                                           .found_first = found.first,
                                           .truth_x0_px = truth->x0_px,
                                           .truth_y0_px = truth->y0_px,
                                           .truth_x1_px = truth->x1_px,
                                           .truth_y1_px = truth->y1_px,
                                           .truth_area_px2 = truth->area_px2,
                                           .truth_is_ignored = truth->is_crowd,
                                           .found_x0_px = found.x0_px,
                                           .found_y0_px = found.y0_px,
                                           .found_x1_px = found.x1_px,
                                           .found_y1_px = found.y1_px,
                                           .found_score = found.score};
        status = psb_precision_measure(out, &input, PSB_RULES_COCO);
    }
    psb_coco_fini(&coco);
    psb_coco_boxes_fini(&found);
    return status;
}

static double *field_of(psb_precision *precision, const psb_precision_field *field)
{
    return (double *)(void *)((char *)precision + field->offset);
}

/* Plain mean over the sequences that have the field (a range of areas may have no truth). */
static void take_mean(psb_eval_detections *out)
{
    int32_t field_count;
    const psb_precision_field *fields = psb_precision_fields(&field_count);
    for (int32_t f = 0; f < field_count; f++) {
        double sum = 0;
        int32_t n = 0;
        for (int32_t i = 0; i < out->names.count; i++) {
            const double value = *field_of(&out->sequence[i], &fields[f]);
            if (isnan(value)) continue;
            sum += value;
            n++;
        }
        *field_of(&out->overall, &fields[f]) = n ? sum / n : NAN;
    }
    for (int32_t i = 0; i < out->names.count; i++) {
        out->overall.truth_count += out->sequence[i].truth_count;
        out->overall.found_count += out->sequence[i].found_count;
    }
}

psb_status psb_eval_detections_init(psb_eval_detections *out, const char *gt, const char *detections)
{
    struct stat info;
    memset(out, 0, sizeof(*out));
    if (stat(gt, &info) != 0 || !S_ISDIR(info.st_mode)) return score_coco(&out->overall, gt, detections);
    psb_status status = psb_sequence_names_init(&out->names, gt, NULL);
    if (status) return status;
    out->sequence = calloc((size_t)out->names.count, sizeof(*out->sequence));
    if (!out->sequence) status = psb_fail_memory("scores", (size_t)out->names.count * sizeof(*out->sequence));
    for (int32_t i = 0; i < out->names.count && !status; i++)
        status = score_sequence(&out->sequence[i], gt, detections, out->names.name[i]);
    if (status) {
        psb_eval_detections_fini(out);
    } else {
        take_mean(out);
    }
    return status;
}

void psb_eval_detections_fini(psb_eval_detections *detections)
{
    psb_sequence_names_fini(&detections->names);
    free(detections->sequence);
    memset(detections, 0, sizeof(*detections));
}

const psb_precision_field *psb_precision_fields(int32_t *count_out)
{
    static const psb_precision_field fields[] = {
        {"AP", offsetof(psb_precision, ap)},
        {"AP50", offsetof(psb_precision, ap50)},
        {"AP75", offsetof(psb_precision, ap75)},
        {"AP_small", offsetof(psb_precision, ap_small)},
        {"AP_medium", offsetof(psb_precision, ap_medium)},
        {"AP_large", offsetof(psb_precision, ap_large)},
        {"recall", offsetof(psb_precision, recall)},
        {"recall50", offsetof(psb_precision, recall50)},
        {"miss_rate", offsetof(psb_precision, miss_rate)},
    };
    *count_out = (int32_t)(sizeof(fields) / sizeof(fields[0]));
    return fields;
}
