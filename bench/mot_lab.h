/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared MOT sequences as a laboratory for the tracker: truth and boxes in memory, thinned to any rate, tracked
 * with any constants, scored by eval/ (TrackEval's numbers). Serves thin, tune_tracker and mixed_identities.
 * A benchmark's helper, not a room: what fails ends the program with the error's sentence.
 */
#ifndef PSB_BENCH_MOT_LAB_H
#define PSB_BENCH_MOT_LAB_H

#include <stdbool.h>
#include <stdint.h>

#include "eval/scores.h"
#include "eval/sequence.h"
#include "formats/mot.h"
#include "formats/mot_rows.h"
#include "track/tuning.h"
#include "worse_boxes.h"

enum { LAB_MOT17 = 6, LAB_MOT15 = 3, LAB_SEQUENCES = LAB_MOT17 + LAB_MOT15 }; /* MOT17's come first */

typedef struct lab_sequence {
    const char *name;
    psb_benchmark benchmark;
    bool is_tuning; /* the shipped constants were searched on it; the others were held back */
    double fps;
    int32_t frame_count;
    double width_px, height_px;
    psb_mot_rows truth;
    psb_mot_boxes *boxes;
} lab_sequence;

typedef struct lab {
    lab_sequence sequence[LAB_SEQUENCES];
    psb_matcher *matcher;
} lab;

/* Which frames are looked at: 1 + phase, then each every-th; or, with a seed other than 0, each frame with chance
 * a half. Boxes and truth of the others are left out and the rest renumbered; times stay true. */
typedef struct lab_sampling {
    int32_t every, phase; /* every 0 = 1 */
    uint64_t drop_seed;
    worse_kind worse; /* the boxes of a worse detector */
    bool is_offline;  /* the whole run is known before it is reported (track/offline.h) */
} lab_sampling;

/* What one run over a sequence gave. */
typedef struct lab_result {
    psb_scores scores;
    int32_t identities;                     /* that were matched to a person in a frame at all */
    int32_t mixed;                          /* to two people, each for longer than a slip of one box (mot_lab.c) */
    int32_t touched;                        /* to two people, the second in three frames and a twentieth of them */
    int64_t matched_frames, foreign_frames; /* of all identities, and those not of the one they are mostly of */
} lab_result;

/* shared: the folder that holds data/mot17_text and data/mot15_text. */
void lab_open(lab *out, const char *shared);
void lab_close(lab *laboratory);

void lab_run(lab_result *out, lab *laboratory, int32_t sequence_i, const psb_tracker_tuning *tuning,
             lab_sampling sampling);

/* Several runs as one: TrackEval's COMBINED. */
void lab_combine(lab_result *out, const lab_result *parts, int32_t part_count);

/* The field of TrackEval's name ("HOTA", "MOTA", "IDF1", "IDSW"). */
double lab_value(const lab_result *result, const char *field);

/* The constant of that name in a tuning, or NULL. */
double *lab_constant(psb_tracker_tuning *tuning, const char *name);
/* Takes "name=value" arguments into the tuning; exits with the usage's status on another word. */
void lab_take_constants(psb_tracker_tuning *tuning, char *const *words, int word_count);

#endif
