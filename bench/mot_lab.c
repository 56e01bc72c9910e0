/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the sequences once, then runs and scores in memory: a run over all nine takes a fraction of a second, which is
 * what makes a search over constants possible. Reported rows are rounded as tracks.txt rounds them.
 * An identity counts as mixed when a second person holds it in at least ten frames that were looked at and in a
 * tenth of its matched frames: boxes that slip to a neighbour for a moment are no merged person.
 */
#include "mot_lab.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <passerby/tracker.h>

#include "base/error.h"
#include "base/rng.h"
#include "geometry/boxes.h"
#include "track/offline.h"
#include "track/tracker_int.h"

enum { PATH_BYTES = 1024, MIX_LEAST_FRAMES = 10, TOUCH_LEAST_FRAMES = 3 };
static const double MIX_LEAST_SHARE = 0.1, TOUCH_LEAST_SHARE = 0.05, MATCH_IOU = 0.5;

static void check(psb_status status)
{
    if (!status) return;
    fprintf(stderr, "bench: %s\n", psb_error_text());
    exit(3);
}

static void *need(void *memory)
{
    if (memory) return memory;
    fprintf(stderr, "bench: no memory\n");
    exit(4);
}

void lab_open(lab *out, const char *shared)
{
    static const struct {
        const char *name;
        bool is_tuning;
    } names[LAB_SEQUENCES] = {{"MOT17-02", true},    {"MOT17-04", false},      {"MOT17-05", true},
                              {"MOT17-10", false},   {"MOT17-11", true},       {"MOT17-13", false},
                              {"TUD-Campus", false}, {"TUD-Stadtmitte", true}, {"PETS09-S2L1", false}};
    memset(out, 0, sizeof(*out));
    check(psb_matcher_create(&out->matcher));
    for (int32_t i = 0; i < LAB_SEQUENCES; i++) {
        lab_sequence *sequence = &out->sequence[i];
        const bool is_17 = i < LAB_MOT17;
        const char *set = is_17 ? "mot17_text" : "mot15_text";
        char path[PATH_BYTES];
        *sequence = (lab_sequence){
            .name = names[i].name, .benchmark = is_17 ? PSB_MOT17 : PSB_MOT15, .is_tuning = names[i].is_tuning};
        snprintf(path, sizeof(path), "%s/data/%s/%s/gt/gt.txt", shared, set, sequence->name);
        check(psb_mot_rows_read(&sequence->truth, path));
        sequence->truth.name = sequence->name;
        snprintf(path, sizeof(path), "%s/data/%s/%s/seqinfo.ini", shared, set, sequence->name);
        psb_seqinfo about;
        check(psb_seqinfo_read(&about, path));
        sequence->fps = about.fps;
        sequence->frame_count = (int32_t)about.frames;
        sequence->width_px = about.width;
        sequence->height_px = about.height;
        if (is_17)
            snprintf(path, sizeof(path), "%s/data/%s/%s/det_frcnn.txt", shared, set, sequence->name);
        else
            snprintf(path, sizeof(path), "%s/data/%s/det_sort_frcnn/%s.txt", shared, set, sequence->name);
        check(psb_mot_boxes_open(&sequence->boxes, path));
    }
}

void lab_close(lab *laboratory)
{
    for (int32_t i = 0; i < LAB_SEQUENCES; i++) {
        psb_mot_rows_fini(&laboratory->sequence[i].truth);
        psb_mot_boxes_close(&laboratory->sequence[i].boxes);
    }
    psb_matcher_destroy(&laboratory->matcher);
}

/* new_number[frame], 0 = not looked at; the count of those that are. */
static int32_t sample(int32_t *new_number, int32_t frame_count, lab_sampling sampling)
{
    psb_rng rng;
    psb_rng_init(&rng, sampling.drop_seed);
    const int32_t every = sampling.every > 0 ? sampling.every : 1;
    int32_t count = 0;
    for (int32_t frame = 1; frame <= frame_count; frame++) {
        const bool is_kept = sampling.drop_seed ? (psb_rng_next(&rng) >> 63) != 0
                                                : frame > sampling.phase && (frame - 1 - sampling.phase) % every == 0;
        new_number[frame] = is_kept ? ++count : 0;
    }
    return count;
}

static void add_row(psb_mot_rows *rows, int64_t frame, int64_t id, const double box[4], double score, int32_t class_id)
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
    rows->class_id[i] = class_id;
}

static void take_truth(psb_mot_rows *out, const psb_mot_rows *truth, const int32_t *new_number, int32_t frame_count)
{
    for (int32_t i = 0; i < truth->count; i++) {
        const int64_t frame = truth->frame[i];
        if (frame > frame_count || !new_number[frame]) continue;
        const double box[] = {truth->left_px[i], truth->top_px[i], truth->width_px[i], truth->height_px[i]};
        add_row(out, new_number[frame], truth->id[i], box, truth->score[i], truth->class_id[i]);
    }
    out->columns = truth->columns;
}

static double rounded(double value)
{
    return round(value * 100) / 100;
}

static void add_box(psb_mot_rows *out, int64_t frame, int64_t id, psb_box box)
{
    const double rounded_box[] = {rounded(box.x0_px), rounded(box.y0_px), rounded((double)box.x1_px - box.x0_px),
                                  rounded((double)box.y1_px - box.y0_px)};
    add_row(out, frame, id, rounded_box, 1, 1);
}

static void track(psb_mot_rows *out, const lab_sequence *sequence, const psb_tracker_tuning *tuning,
                  const int32_t *new_number, lab_sampling sampling)
{
    psb_tracker *tracker = NULL;
    psb_offline offline = {0};
    psb_boxes worse = {0};
    check(psb_tracker_create_tuned(&tracker, tuning));
    for (int32_t frame = 1; frame <= sequence->frame_count; frame++) {
        if (!new_number[frame]) continue;
        psb_boxes boxes = psb_mot_boxes_at(sequence->boxes, frame);
        if (sampling.worse != WORSE_NOT) {
            worse_boxes_make(&worse, &boxes, sampling.worse, frame, sequence->width_px, sequence->height_px);
            boxes = worse;
        }
        const psb_tracks *tracks = NULL;
        const double time_s = (frame - 1) / sequence->fps;
        check(psb_tracker_step(tracker, &tracks, &boxes, time_s));
        if (sampling.is_offline) check(psb_offline_add(&offline, tracks, NULL, new_number[frame], time_s));
        for (int32_t i = 0; i < tracks->count && !sampling.is_offline; i++)
            if (tracks->state[i] == PSB_TRACK_CONFIRMED)
                add_box(out, new_number[frame], tracks->id[i], psb_tracks_at(tracks, i));
    }
    if (sampling.is_offline) check(psb_offline_finish(&offline));
    for (int64_t i = 0; i < offline.count; i++)
        add_box(out, offline.looks[offline.sightings[i].look_i].frame, offline.sightings[i].id,
                offline.sightings[i].box);
    out->columns = 10;
    psb_offline_fini(&offline);
    psb_boxes_fini(&worse);
    psb_tracker_destroy(&tracker);
}

/* frames[id * people + person]: in how many frames the identity was matched to the person. */
static void count_meetings(int32_t *frames, const psb_eval_sequence *s, psb_matcher *matcher)
{
    int32_t *edge = need(calloc((size_t)s->gt_count + 1, sizeof(*edge)));
    int32_t *first = need(calloc((size_t)s->gt_count + 2, sizeof(*first)));
    int32_t *column = need(calloc((size_t)s->pair_count + 1, sizeof(*column)));
    double *weight = need(calloc((size_t)s->pair_count + 1, sizeof(*weight)));
    for (int32_t frame = 0; frame < s->frame_count; frame++) {
        const int32_t from = s->gt_first[frame], rows = s->gt_first[frame + 1] - from;
        int32_t edges = 0;
        for (int32_t r = 0; r < rows; r++) {
            first[r] = edges;
            for (int32_t p = s->pair_first[from + r]; p < s->pair_first[from + r + 1]; p++) {
                if (s->pair_iou[p] < MATCH_IOU) continue;
                column[edges] = s->pair_track[p];
                weight[edges++] = s->pair_iou[p];
            }
        }
        first[rows] = edges;
        const int32_t columns = s->track_first[frame + 1] - s->track_first[frame];
        check(psb_matcher_run(matcher, edge, &(psb_matching_graph){rows, columns, first, column, weight}));
        for (int32_t r = 0; r < rows; r++)
            if (edge[r] >= 0)
                frames[(size_t)s->track_id[s->track_first[frame] + column[edge[r]]] * (size_t)s->gt_id_count +
                       (size_t)s->gt_id[from + r]]++;
    }
    free(edge);
    free(first);
    free(column);
    free(weight);
}

static void measure_mixing(lab_result *out, const psb_eval_sequence *s, psb_matcher *matcher)
{
    const size_t people = (size_t)s->gt_id_count;
    int32_t *frames = need(calloc((size_t)s->track_id_count * people + 1, sizeof(*frames)));
    count_meetings(frames, s, matcher);
    for (int32_t id = 0; id < s->track_id_count; id++) {
        int32_t sum = 0, most = 0, second = 0;
        for (size_t person = 0; person < people; person++) {
            const int32_t count = frames[(size_t)id * people + person];
            sum += count;
            if (count > most) {
                second = most;
                most = count;
            } else if (count > second) {
                second = count;
            }
        }
        out->identities += sum > 0;
        out->mixed += second >= MIX_LEAST_FRAMES && second >= MIX_LEAST_SHARE * sum;
        out->touched += second >= TOUCH_LEAST_FRAMES && second >= TOUCH_LEAST_SHARE * sum;
        out->matched_frames += sum;
        out->foreign_frames += sum - most;
    }
    free(frames);
}

void lab_run(lab_result *out, lab *laboratory, int32_t sequence_i, const psb_tracker_tuning *tuning,
             lab_sampling sampling)
{
    const lab_sequence *sequence = &laboratory->sequence[sequence_i];
    int32_t *new_number = need(calloc((size_t)sequence->frame_count + 1, sizeof(*new_number)));
    psb_mot_rows truth = {.name = sequence->name}, tracks = {.name = "tracks"};
    psb_eval_sequence scored;
    const int32_t frame_count = sample(new_number, sequence->frame_count, sampling);
    memset(out, 0, sizeof(*out));
    take_truth(&truth, &sequence->truth, new_number, sequence->frame_count);
    track(&tracks, sequence, tuning, new_number, sampling);
    check(psb_eval_sequence_init(&scored, sequence->benchmark, &truth, &tracks, frame_count, laboratory->matcher));
    check(psb_scores_measure(&out->scores, &scored, laboratory->matcher));
    measure_mixing(out, &scored, laboratory->matcher);
    psb_eval_sequence_fini(&scored);
    psb_mot_rows_fini(&truth);
    psb_mot_rows_fini(&tracks);
    free(new_number);
}

void lab_combine(lab_result *out, const lab_result *parts, int32_t part_count)
{
    psb_scores *scores = need(calloc((size_t)part_count, sizeof(*scores)));
    memset(out, 0, sizeof(*out));
    for (int32_t i = 0; i < part_count; i++) {
        scores[i] = parts[i].scores;
        out->identities += parts[i].identities;
        out->mixed += parts[i].mixed;
        out->touched += parts[i].touched;
        out->matched_frames += parts[i].matched_frames;
        out->foreign_frames += parts[i].foreign_frames;
    }
    psb_scores_combine(&out->scores, scores, part_count);
    free(scores);
}

double lab_value(const lab_result *result, const char *field)
{
    int32_t count = 0;
    const psb_score_field *fields = psb_score_fields(&count);
    return psb_score_value(fields, count, field, &result->scores);
}

double *lab_constant(psb_tracker_tuning *tuning, const char *name)
{
    static const struct {
        const char *name;
        size_t offset;
    } constants[] = {
#define X(constant, value, meaning) {#constant, offsetof(psb_tracker_tuning, constant)},
        PSB_TRACKER_TUNING_LIST(X)
#undef X
    };
    for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++)
        if (strcmp(constants[i].name, name) == 0) return (double *)((char *)tuning + constants[i].offset);
    return NULL;
}

void lab_take_constants(psb_tracker_tuning *tuning, char *const *words, int word_count)
{
    for (int i = 0; i < word_count; i++) {
        char name[64] = "";
        const char *equals = strchr(words[i], '=');
        if (equals && (size_t)(equals - words[i]) < sizeof(name)) memcpy(name, words[i], (size_t)(equals - words[i]));
        double *constant = lab_constant(tuning, name);
        if (!constant) {
            fprintf(stderr, "bench: found '%s', expected CONSTANT=VALUE (names: src/track/tuning.h)\n", words[i]);
            exit(2);
        }
        *constant = strtod(equals + 1, NULL);
    }
}
