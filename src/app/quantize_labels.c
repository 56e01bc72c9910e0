/* SPDX-License-Identifier: Apache-2.0
 *
 * Labelled pictures through two detectors. Each picture is read once and shown to both; the boxes are collected as
 * columns and scored by COCO's rules (eval/precision.h). Pictures that are missing or damaged are counted and left out
 * of both, with their truth: a difference must not come from what neither saw.
 */
#include "app/quantize_labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/progress.h"
#include "base/error.h"
#include "detect/detect.h"
#include "formats/coco.h"
#include "media/reader.h"

enum { MAX_PATH_BYTES = 4096, COLUMNS = 5 };
static const float LEAST_SCORE = 0.01F;

typedef struct found_boxes { /* x0, y0, x1, y1, score */
    int32_t count, capacity;
    double *column[COLUMNS];
    int32_t *first; /* [pictures + 1] */
} found_boxes;

typedef struct label_run {
    const psb_app *app;
    const psb_quantize_labels_options *options;
    psb_coco coco;
    psb_detector *detector[2]; /* before, after */
    found_boxes found[2];
    bool *is_seen; /* of each picture */
    int32_t unreadable;
} label_run;

static psb_status add_boxes(found_boxes *to, const psb_boxes *boxes)
{
    if (to->count + boxes->count > to->capacity) {
        const int32_t wanted = 2 * (to->count + boxes->count) + 1024;
        for (int32_t c = 0; c < COLUMNS; c++) {
            double *larger = realloc(to->column[c], (size_t)wanted * sizeof(*larger));
            if (!larger) return psb_fail_memory("boxes", (size_t)wanted * sizeof(*larger));
            to->column[c] = larger;
        }
        to->capacity = wanted;
    }
    for (int32_t i = 0; i < boxes->count; i++, to->count++) {
        to->column[0][to->count] = (double)boxes->x0_px[i];
        to->column[1][to->count] = (double)boxes->y0_px[i];
        to->column[2][to->count] = (double)boxes->x1_px[i];
        to->column[3][to->count] = (double)boxes->y1_px[i];
        to->column[4][to->count] = (double)boxes->score[i];
    }
    return PSB_OK;
}

/* Where picture i lies; false where it is in none of the places. */
static bool find_picture(char path[MAX_PATH_BYTES], const label_run *run, int32_t picture_i)
{
    const char *labels = run->options->labels, *name = run->coco.file_name[picture_i];
    const char *slash = strrchr(labels, '/');
    const int beside = slash ? (int)(slash - labels) : 1;
    const char *folder = slash ? labels : ".";
    if (!name) return false;
    for (int32_t place = 0; place < 3; place++) {
        const int length =
            place == 2 ? snprintf(path, MAX_PATH_BYTES, "%s/%s", run->options->images, name)
                       : snprintf(path, MAX_PATH_BYTES, "%.*s/%s%s", beside, folder, place ? "images/" : "", name);
        if (length > 0 && length < MAX_PATH_BYTES && access(path, R_OK) == 0) return true;
    }
    return false;
}

static psb_status look(label_run *run, const psb_frame *frame)
{
    psb_status status = PSB_OK;
    for (int32_t d = 0; d < 2 && !status; d++) {
        const psb_boxes *boxes = NULL;
        status = psb_detector_step(run->detector[d], &boxes, frame);
        if (!status) status = add_boxes(&run->found[d], boxes);
    }
    return status;
}

static psb_status look_at(label_run *run, int32_t picture_i)
{
    char path[MAX_PATH_BYTES];
    psb_reader *reader = NULL;
    psb_frame *frame = NULL;
    const psb_reader_options reading = {.fps = 1, .clock = run->app->clock, .log = &run->app->log};
    const bool can_read = find_picture(path, run, picture_i) && !psb_reader_open(&reader, path, &reading) &&
                          !psb_reader_read(reader, &frame);
    psb_status status = can_read ? look(run, frame) : PSB_OK;
    run->is_seen[picture_i] = can_read;
    if (!can_read) run->unreadable++;
    psb_frame_unref(&frame);
    psb_reader_close(&reader);
    for (int32_t d = 0; d < 2; d++) run->found[d].first[picture_i + 1] = run->found[d].count;
    return status;
}

static psb_status look_at_all(label_run *run)
{
    psb_status status = PSB_OK;
    psb_progress progress;
    psb_progress_init(&progress, run->app, run->coco.picture_count, "pictures");
    psb_interrupt_listen(run->app->interrupt);
    for (int32_t i = 0; i < run->coco.picture_count && !status; i++) {
        status = psb_interrupt_is_asked(run->app->interrupt) ? PSB_INTERRUPTED : look_at(run, i);
        psb_progress_show(&progress, i + 1);
    }
    psb_progress_clear(&progress);
    if (!status && run->unreadable == run->coco.picture_count)
        status =
            psb_fail(PSB_BAD_INPUT, "%s: found none of its %d pictures, expected them beside it, in images/, or in %s",
                     run->options->labels, run->coco.picture_count, run->options->images);
    return status;
}

/* Truth on pictures that were not seen is no truth here. */
static psb_status score(psb_precision *out, const label_run *run, int32_t detector_i)
{
    const psb_coco_boxes *truth = &run->coco.truth;
    const found_boxes *found = &run->found[detector_i];
    bool *is_ignored = malloc((size_t)truth->count + 1);
    if (!is_ignored) return psb_fail_memory("labels", (size_t)truth->count);
    for (int32_t p = 0; p < run->coco.picture_count; p++)
        for (int32_t i = truth->first[p]; i < truth->first[p + 1]; i++)
            is_ignored[i] = truth->is_crowd[i] || !run->is_seen[p];
    const psb_precision_input input = {.picture_count = run->coco.picture_count,
                                       .truth_first = truth->first,
                                       .found_first = found->first,
                                       .truth_x0_px = truth->x0_px,
                                       .truth_y0_px = truth->y0_px,
                                       .truth_x1_px = truth->x1_px,
                                       .truth_y1_px = truth->y1_px,
                                       .truth_area_px2 = truth->area_px2,
                                       .truth_is_ignored = is_ignored,
                                       .found_x0_px = found->column[0],
                                       .found_y0_px = found->column[1],
                                       .found_x1_px = found->column[2],
                                       .found_y1_px = found->column[3],
                                       .found_score = found->column[4]};
    const psb_status status = psb_precision_measure(out, &input, PSB_RULES_COCO);
    free(is_ignored);
    return status;
}

static psb_status open_all(label_run *run)
{
    const psb_quantize_labels_options *options = run->options;
    const char *const models[2] = {options->before, options->after};
    psb_status status = psb_coco_read(&run->coco, options->labels);
    psb_detector_options wanted;
    psb_detector_options_init(&wanted);
    wanted.min_score = LEAST_SCORE;
    const size_t places = (size_t)run->coco.picture_count + 1;
    run->is_seen = calloc(places, sizeof(*run->is_seen));
    if (!status && !run->is_seen) status = psb_fail_memory("labels", places);
    for (int32_t d = 0; d < 2 && !status; d++) {
        run->found[d].first = calloc(places, sizeof(int32_t));
        if (!run->found[d].first) status = psb_fail_memory("labels", places * sizeof(int32_t));
        if (!status)
            status = psb_detector_open_with(&run->detector[d], models[d], &wanted, options->cpu_flags, run->app->clock);
    }
    return status;
}

psb_status psb_quantize_labels_measure(psb_quantize_labels *out, const psb_app *app,
                                       const psb_quantize_labels_options *options)
{
    label_run run = {.app = app, .options = options};
    psb_status status = open_all(&run);
    if (!status) status = look_at_all(&run);
    if (!status) status = score(&out->before, &run, 0);
    if (!status) status = score(&out->after, &run, 1);
    out->pictures = run.coco.picture_count - run.unreadable;
    out->unreadable = run.unreadable;
    for (int32_t d = 0; d < 2; d++) {
        psb_detector_close(&run.detector[d]);
        free(run.found[d].first);
        for (int32_t c = 0; c < COLUMNS; c++) free(run.found[d].column[c]);
    }
    free(run.is_seen);
    psb_coco_fini(&run.coco);
    return status;
}
