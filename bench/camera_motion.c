/* SPDX-License-Identifier: Apache-2.0
 *
 * What the camera's motion costs and gains: the sequences of data/mot, which stand still, are made to move along known
 * ways (moving_scene.h), and their boxes and truth with them. For each way: the error of the motion found against the
 * way (mean over nine points of the window, pixels of the picture), what a frame costs, and the tracker's scores when
 * it is told the way, what the pictures say, and nothing (it then guesses from the boxes).
 *     build/bench/camera_motion MOT DETECTIONS [WAY]...
 * MOT: folders NAME with video.mp4, gt/gt.txt, seqinfo.ini; DETECTIONS: NAME.txt for each (`passerby detect`).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <passerby/tracker.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/error.h"
#include "eval/folder.h"
#include "eval/scores.h"
#include "eval/sequence.h"
#include "formats/mot.h"
#include "formats/mot_rows.h"
#include "geometry/boxes.h"
#include "media/reader.h"
#include "moving_scene.h"
#include "track/camera_motion.h"

enum { MOST_FRAMES = 20000, MOST_SEQUENCES = 16, SEEDS = 3, ANSWERS = PSB_MOTION_WATCHED + 1 };

/* What the tracker is told of the camera's motion: the way itself, what the pictures say, nothing. */
enum { TOLD_TRUTH, TOLD_PICTURES, TOLD_NOTHING, FORMS };

static const scene_way ways[] = {
    {.name = "as it is", .is_whole = 1},
    {.name = "fixed window"},
    {.name = "shake 1", .step_px = 1},
    {.name = "shake 2", .step_px = 2},
    {.name = "shake 5", .step_px = 5},
    {.name = "shake 10", .step_px = 10},
    {.name = "shake 20", .step_px = 20},
    {.name = "shake 40", .step_px = 40},
    {.name = "pan 3", .pan_px = 3},
    {.name = "pan 15", .pan_px = 15},
    {.name = "turn 5 deg", .turn_deg = 5},
    {.name = "zoom 15 %", .zoom = 0.15},
    {.name = "hand", .step_px = 4, .pan_px = 2, .turn_deg = 2, .zoom = 0.04},
    {.name = "hand, noise 10", .step_px = 4, .pan_px = 2, .turn_deg = 2, .zoom = 0.04, .noise = 10},
    {.name = "hand, dark", .step_px = 4, .pan_px = 2, .turn_deg = 2, .zoom = 0.04, .light = 0.12, .noise = 3},
    {.name = "hand, flicker", .step_px = 4, .pan_px = 2, .turn_deg = 2, .zoom = 0.04, .flicker = 0.2},
    {.name = "hand, crowd 20 %", .step_px = 4, .pan_px = 2, .turn_deg = 2, .zoom = 0.04, .stranger_share = 0.2},
    {.name = "hand, every 3rd", .step_px = 4, .pan_px = 2, .turn_deg = 2, .zoom = 0.04, .every = 3},
    {.name = "fixed, crowd 60 %", .stranger_share = 0.6},
    {.name = "fixed, tram 70 %", .tram_share = 0.7},
    {.name = "fixed, noise 10", .noise = 10},
    {.name = "fixed, dark", .light = 0.12, .noise = 3},
    {.name = "fixed, flicker", .flicker = 0.2},
};

/* Of one way, all sequences. */
typedef struct way_result {
    double *error_px, *cost_us;
    int64_t frame_count, answer[ANSWERS];
    psb_scores scores[FORMS][SEEDS * MOST_SEQUENCES];
} way_result;

static void check(psb_status status)
{
    if (!status) return;
    fprintf(stderr, "camera_motion: %s\n", psb_error_text());
    exit(3);
}

static void *need(void *memory)
{
    if (memory) return memory;
    fprintf(stderr, "camera_motion: no memory\n");
    exit(4);
}

static void add_row(psb_mot_rows *rows, int64_t frame, int64_t id, const double box[4], double score)
{
    if (rows->count == rows->capacity) {
        const int32_t capacity = rows->capacity ? 2 * rows->capacity : 4096;
        void **const columns[] = {(void **)&rows->frame,  (void **)&rows->id,       (void **)&rows->left_px,
                                  (void **)&rows->top_px, (void **)&rows->width_px, (void **)&rows->height_px,
                                  (void **)&rows->score,  (void **)&rows->class_id};
        for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
            *columns[i] = need(realloc(*columns[i], (size_t)capacity * 8));
        rows->capacity = capacity;
    }
    const int32_t i = rows->count++;
    rows->frame[i] = frame;
    rows->id[i] = id;
    rows->left_px[i] = box[0];
    rows->top_px[i] = box[1];
    rows->width_px[i] = box[2];
    rows->height_px[i] = box[3];
    rows->score[i] = score;
    rows->class_id[i] = 1;
}

static double error_of(const moving_scene *s, const psb_camera_motion *a, const psb_camera_motion *b)
{
    double sum = 0;
    for (int32_t i = 0; i < 9; i++) {
        const double x = s->window_width * (0.1 + 0.4 * (i % 3)), y = s->window_height * (0.1 + 0.4 * (i / 3));
        const double apart_x = (a->along - b->along) * x - (a->across - b->across) * y + a->x_px - b->x_px;
        const double apart_y = (a->across - b->across) * x + (a->along - b->along) * y + a->y_px - b->y_px;
        sum += hypot(apart_x, apart_y) / 9;
    }
    return sum;
}

/* One sequence under way. */
typedef struct film {
    const char *name;
    const scene_way *way;
    moving_scene scene;
    psb_reader *reader;
    psb_mot_boxes *boxes;
    psb_mot_rows truth, moved_truth, found[FORMS];
    int32_t truth_i; /* rows are sorted by frame */
    psb_tracker *tracker[FORMS];
    psb_motion_finder *finder;
    psb_frame *window;
    psb_boxes seen;
    int32_t looks;
    double next_s;
} film;

static void film_open(film *f, const char *name, const scene_way *way, uint64_t seed, char **folders)
{
    char path[1024];
    *f = (film){.name = name, .way = way};
    snprintf(path, sizeof(path), "%s/%s/video.mp4", folders[0], name);
    check(psb_reader_open(&f->reader, path, &(psb_reader_options){.clock = psb_clock_none()}));
    const psb_reader_info info = psb_reader_info_get(f->reader);
    moving_scene_init(&f->scene, way, info.width, info.height, seed);
    snprintf(path, sizeof(path), "%s/%s/gt/gt.txt", folders[0], name);
    check(psb_mot_rows_read(&f->truth, path));
    f->moved_truth.columns = f->truth.columns;
    snprintf(path, sizeof(path), "%s/%s.txt", folders[1], name);
    check(psb_mot_boxes_open(&f->boxes, path));
    for (int32_t i = 0; i < FORMS; i++) {
        check(psb_tracker_create(&f->tracker[i], NULL));
        f->found[i].columns = 10;
    }
    check(psb_motion_finder_create(&f->finder, NULL));
    const psb_image shape = {
        .format = PSB_PIXEL_GREY, .width = f->scene.window_width, .height = f->scene.window_height};
    check(psb_frame_create(&f->window, &shape, 0, 0));
}

static void film_close(film *f)
{
    psb_reader_close(&f->reader);
    psb_mot_boxes_close(&f->boxes);
    psb_mot_rows_fini(&f->truth);
    psb_mot_rows_fini(&f->moved_truth);
    for (int32_t i = 0; i < FORMS; i++) {
        psb_mot_rows_fini(&f->found[i]);
        psb_tracker_destroy(&f->tracker[i]);
    }
    psb_motion_finder_destroy(&f->finder);
    psb_frame_unref(&f->window);
    psb_boxes_fini(&f->seen);
}

/* Boxes of a frame as the window sees them, tracked in both forms; truth beside them. */
static void film_look(film *f, int64_t number, double time_s, const psb_camera_motion *const told[FORMS])
{
    const psb_boxes given = psb_mot_boxes_at(f->boxes, number);
    const psb_tracks *tracks = NULL;
    f->looks++;
    f->seen.count = 0;
    for (int32_t i = 0; i < given.count; i++) {
        const psb_box box = psb_boxes_at(&given, i);
        double moved[4] = {box.x0_px, box.y0_px, box.x1_px - box.x0_px, box.y1_px - box.y0_px};
        if (!moving_scene_box(&f->scene, moved)) continue;
        check(psb_boxes_append(
            &f->seen,
            (psb_box){(float)moved[0], (float)moved[1], (float)(moved[0] + moved[2]), (float)(moved[1] + moved[3])},
            given.score[i]));
    }
    for (int32_t i = 0; i < f->truth.count; i++) {
        double moved[4] = {f->truth.left_px[i], f->truth.top_px[i], f->truth.width_px[i], f->truth.height_px[i]};
        if (f->truth.frame[i] == number && moving_scene_box(&f->scene, moved))
            add_row(&f->moved_truth, f->looks, f->truth.id[i], moved, f->truth.score[i]);
    }
    for (int32_t form = 0; form < FORMS; form++) {
        check(psb_tracker_step_moved(f->tracker[form], &tracks, &f->seen, told[form], time_s));
        for (int32_t i = 0; i < tracks->count; i++) {
            const psb_box box = psb_tracks_at(tracks, i);
            const double row[4] = {box.x0_px, box.y0_px, (double)box.x1_px - box.x0_px, (double)box.y1_px - box.y0_px};
            if (tracks->state[i] == PSB_TRACK_CONFIRMED) add_row(&f->found[form], f->looks, tracks->id[i], row, 1);
        }
        if (form == TOLD_PICTURES) psb_motion_finder_set_people(f->finder, tracks);
    }
}

static void film_run(film *f, way_result *result)
{
    const psb_clock clock = psb_clock_system();
    const int32_t every = f->way->every > 0 ? f->way->every : 1;
    psb_camera_motion since = psb_camera_motion_none(), true_since = since, truth, found;
    bool knows_since = false;
    psb_frame *frame = NULL;
    for (int64_t number = 1; psb_reader_read(f->reader, &frame) == PSB_OK; number++) {
        const psb_image source = psb_frame_image(frame), shape = psb_frame_image(f->window);
        const double time_s = psb_frame_time_s(frame);
        psb_frame *stamped = NULL;
        moving_scene_step(&f->scene, &truth);
        check(psb_frame_wrap(&stamped, f->way->is_whole ? &source : &shape, time_s, 0, NULL, NULL));
        if (!f->way->is_whole) moving_scene_render(&f->scene, &shape, &source);
        bool is_known = false;
        const int64_t start_ns = psb_clock_now_ns(&clock);
        check(psb_motion_finder_step(f->finder, &found, &is_known, stamped));
        if (number > 1 && result->frame_count < MOST_FRAMES) {
            const int64_t i = result->frame_count++;
            result->cost_us[i] = (double)(psb_clock_now_ns(&clock) - start_ns) / 1000;
            result->error_px[i] = is_known ? error_of(&f->scene, &found, &truth) : INFINITY;
            result->answer[psb_motion_finder_report(f->finder).answer]++;
        }
        since = psb_camera_motion_then(&since, &found);
        true_since = psb_camera_motion_then(&true_since, &truth);
        knows_since = knows_since && is_known;
        if ((number - 1) % every == 0) {
            const psb_camera_motion *const told[FORMS] = {
                [TOLD_TRUTH] = &true_since, [TOLD_PICTURES] = knows_since ? &since : NULL, [TOLD_NOTHING] = NULL};
            film_look(f, number, time_s, told);
            since = true_since = psb_camera_motion_none();
            knows_since = true;
        }
        psb_frame_unref(&stamped);
        psb_frame_unref(&frame);
    }
}

static void film_score(film *f, way_result *result, int32_t sequence_i, psb_matcher *matcher)
{
    for (int32_t form = 0; form < FORMS; form++) {
        psb_eval_sequence scored;
        f->moved_truth.name = f->found[form].name = f->name;
        check(psb_eval_sequence_init(&scored, PSB_MOT15, &f->moved_truth, &f->found[form], f->looks, matcher));
        check(psb_scores_measure(&result->scores[form][sequence_i], &scored, matcher));
        psb_eval_sequence_fini(&scored);
    }
}

static int rising(const void *a, const void *b)
{
    const double *one = a, *other = b;
    return (*one > *other) - (*one < *other);
}

static double quantile(const double *sorted, int64_t count, double share)
{
    return count > 0 ? sorted[(int64_t)(share * (double)(count - 1))] : NAN;
}

static void print_scores(const psb_scores *parts, int32_t part_count)
{
    psb_scores all;
    int32_t field_count = 0;
    const psb_score_field *fields = psb_score_fields(&field_count);
    psb_scores_combine(&all, parts, part_count);
    printf("  %6.2f %6.2f %5.0f", 100 * psb_score_value(fields, field_count, "HOTA", &all),
           100 * psb_score_value(fields, field_count, "IDF1", &all),
           psb_score_value(fields, field_count, "IDSW", &all));
}

static void print_way(const scene_way *way, way_result *r, int32_t sequence_count)
{
    int64_t known = 0;
    qsort(r->cost_us, (size_t)r->frame_count, sizeof(double), rising);
    qsort(r->error_px, (size_t)r->frame_count, sizeof(double), rising);
    while (known < r->frame_count && isfinite(r->error_px[known])) known++;
    const double percent = 100.0 / (double)r->frame_count;
    printf("%-18s %6.2f %6.2f %7.2f  %5.1f %5.1f %5.1f  %5.0f %5.0f", way->name, quantile(r->error_px, known, 0.5),
           quantile(r->error_px, known, 0.99), quantile(r->error_px, known, 1),
           percent * (double)(r->frame_count - known),
           percent * (double)(r->answer[PSB_MOTION_STILL] + r->answer[PSB_MOTION_WATCHED]),
           percent * (double)r->answer[PSB_MOTION_WATCHED], quantile(r->cost_us, r->frame_count, 0.5),
           quantile(r->cost_us, r->frame_count, 0.99));
    for (int32_t form = 0; form < FORMS; form++) print_scores(r->scores[form], sequence_count);
    printf("\n");
    fflush(stdout);
}

static bool is_asked(const scene_way *way, char **names, int name_count)
{
    for (int i = 0; i < name_count; i++)
        if (strcmp(names[i], way->name) == 0) return true;
    return name_count == 0;
}

int main(int argument_count, char **arguments)
{
    static way_result result;
    static film f;
    psb_sequence_names names = {0};
    psb_matcher *matcher = NULL;
    if (argument_count < 3) {
        fprintf(stderr, "use: camera_motion MOT DETECTIONS [WAY]...\n");
        return 2;
    }
    check(psb_sequence_names_init(&names, arguments[1], NULL));
    check(psb_matcher_create(&matcher));
    double *const error_px = need(malloc(MOST_FRAMES * sizeof(double)));
    double *const cost_us = need(malloc(MOST_FRAMES * sizeof(double)));
    printf("%-18s %-22s  %-17s  %-11s  %-22s  %-22s  %s\n%-18s %6s %6s %7s  %5s %5s %5s  %5s %5s  %6s %6s %5s  %6s %6s "
           "%5s  %6s %6s %5s\n",
           "", "error of motion, px", "% of frames", "cost, us", "tracker told the truth", "by the pictures", "nothing",
           "way", "median", "p99", "most", "unkn", "rest", "watch", "p50", "p99", "HOTA", "IDF1", "IDSW", "HOTA",
           "IDF1", "IDSW", "HOTA", "IDF1", "IDSW");
    for (size_t way_i = 0; way_i < sizeof(ways) / sizeof(ways[0]); way_i++) {
        if (!is_asked(&ways[way_i], arguments + 3, argument_count - 3)) continue;
        memset(&result, 0, sizeof(result));
        result.error_px = error_px;
        result.cost_us = cost_us;
        const int32_t seeds = ways[way_i].is_whole ? 1 : SEEDS;
        const int32_t sequences = names.count < MOST_SEQUENCES ? names.count : MOST_SEQUENCES;
        for (int32_t i = 0; i < seeds * sequences; i++) {
            film_open(&f, names.name[i % sequences], &ways[way_i], (uint64_t)(1 + i / sequences), arguments + 1);
            film_run(&f, &result);
            film_score(&f, &result, i, matcher);
            film_close(&f);
        }
        print_way(&ways[way_i], &result, seeds * sequences);
    }
    free(error_px);
    free(cost_us);
    psb_sequence_names_fini(&names);
    psb_matcher_destroy(&matcher);
    return 0;
}
