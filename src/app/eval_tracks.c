/* SPDX-License-Identifier: Apache-2.0
 *
 * `passerby eval tracks`: HOTA, CLEAR and Identity of results beside truth, a row a sequence and all together.
 */
#include <stdio.h>

#include "app/app.h"
#include "app/eval_report.h"
#include "base/error.h"
#include "base/json.h"
#include "eval/track_folder.h"

typedef struct eval_tracks_options {
    int32_t benchmark; /* psb_benchmark */
    const char *gt, *tracks, *suffix, *sequences, *report;
    int32_t threads;
} eval_tracks_options;

static const psb_option rows[] = {
    /* the words in the order of psb_benchmark */
    {"benchmark", 0, PSB_OPTION_WORD, "mot15|mot16|mot17|mot20", 0, 0, "mot17",
     offsetof(eval_tracks_options, benchmark), "whose rules: which classes are people, which take tracks away"},
    {"gt", 0, PSB_OPTION_TEXT, "GTROOT", 0, 0, NULL, offsetof(eval_tracks_options, gt),
     "the truth: GTROOT/NAME/gt/gt.txt and GTROOT/NAME/seqinfo.ini"},
    {"tracks", 0, PSB_OPTION_TEXT, "DIR", 0, 0, NULL, offsetof(eval_tracks_options, tracks),
     "the results: DIR/NAME.txt"},
    {"suffix", 0, PSB_OPTION_TEXT, "TEXT", 0, 0, NULL, offsetof(eval_tracks_options, suffix),
     "results are called DIR/NAMETEXT.txt (MOT17: -DPM, -FRCNN, -SDP)"},
    {"sequences", 0, PSB_OPTION_TEXT, "A,B", 0, 0, NULL, offsetof(eval_tracks_options, sequences),
     "only these; unless given, all of GTROOT"},
    {"report", 0, PSB_OPTION_TEXT, "FILE", 0, 0, NULL, offsetof(eval_tracks_options, report),
     "write charts and all fields as one HTML file"},
    {"threads", 0, PSB_OPTION_COUNT, "N", 1, PSB_EVAL_MAX_THREADS, "2", offsetof(eval_tracks_options, threads),
     "sequences scored at once; the result is the same for any number"},
};

static void put_scores(psb_json *json, const psb_scores *scores)
{
    int32_t field_count;
    const psb_score_field *fields = psb_score_fields(&field_count);
    psb_json_begin_object(json);
    for (int32_t f = 0; f < field_count; f++) {
        psb_json_key(json, fields[f].name);
        if (fields[f].is_count) {
            psb_json_int(json, (int64_t)fields[f].value(scores));
        } else if (fields[f].value) {
            psb_json_number(json, fields[f].value(scores));
        } else {
            psb_json_begin_array(json);
            for (int32_t a = 0; a < PSB_HOTA_ALPHAS; a++) psb_json_number(json, fields[f].list(scores)[a]);
            psb_json_end_array(json);
        }
    }
    psb_json_end_object(json);
}

static psb_status print_json(const psb_eval_tracks *tracks)
{
    psb_outfile *to = NULL;
    psb_status status = psb_outfile_open_stdout(&to);
    if (status) return status;
    psb_json json;
    psb_json_init(&json, to, true);
    psb_json_begin_object(&json);
    psb_json_key(&json, "sequences");
    psb_json_begin_object(&json);
    for (int32_t i = 0; i < tracks->names.count; i++) {
        psb_json_key(&json, tracks->names.name[i]);
        put_scores(&json, &tracks->scores[i]);
    }
    psb_json_end_object(&json);
    psb_json_key(&json, "combined");
    put_scores(&json, &tracks->combined);
    psb_json_end_object(&json);
    status = psb_outfile_commit(to);
    psb_outfile_close(&to);
    return status;
}

/* The fields that fit a line of a terminal; fractions as percent, as the field prints them. */
static void print_table(const psb_eval_tracks *tracks)
{
    static const char *const shown[] = {"HOTA", "DetA", "AssA", "LocA", "MOTA",   "MOTP",   "IDF1",
                                        "IDSW", "Frag", "MT",   "ML",   "CLR_FP", "CLR_FN", "GT_Dets"};
    enum { SHOWN = sizeof(shown) / sizeof(shown[0]) };
    int32_t field_count;
    const psb_score_field *fields = psb_score_fields(&field_count);
    printf("%-24s", "");
    for (int32_t s = 0; s < SHOWN; s++) printf("%8s", shown[s]);
    printf("\n");
    for (int32_t i = 0; i <= tracks->names.count; i++) {
        const psb_scores *scores = i < tracks->names.count ? &tracks->scores[i] : &tracks->combined;
        printf("%-24s", i < tracks->names.count ? tracks->names.name[i] : "combined");
        for (int32_t s = 0; s < SHOWN; s++) {
            const psb_score_field *field = psb_score_field_named(fields, field_count, shown[s]);
            const double value = field->value(scores);
            if (field->is_count)
                printf("%8.0f", value);
            else
                printf("%8.2f", 100 * value);
        }
        printf("\n");
    }
}

static psb_status run(const psb_app *app, const psb_arguments *arguments, const void *options_given)
{
    const eval_tracks_options *options = options_given;
    (void)arguments;
    if (!options->gt || !options->tracks)
        return psb_fail(PSB_USAGE, "%s: nothing to compare: give --gt GTROOT and --tracks DIR", app->who);
    const psb_eval_tracks_options wanted = {.benchmark = (psb_benchmark)options->benchmark,
                                            .gt_root = options->gt,
                                            .tracks = options->tracks,
                                            .suffix = options->suffix,
                                            .sequences = options->sequences,
                                            .threads = options->threads};
    psb_eval_tracks tracks;
    psb_status status = psb_eval_tracks_init(&tracks, &wanted);
    if (status) return status;
    if (options->report) {
        status = psb_eval_report_write(options->report, &tracks, psb_benchmark_name(wanted.benchmark));
    }
    if (!status && app->json) {
        status = print_json(&tracks);
    } else if (!status) {
        print_table(&tracks);
    }
    psb_eval_tracks_fini(&tracks);
    return status;
}

const psb_command psb_command_eval_tracks = {
    .name = "eval tracks",
    .summary = "HOTA, CLEAR and Identity of tracks beside truth",
    .usage = "--gt GTROOT --tracks DIR [OPTION]...",
    .examples = "  passerby eval tracks --benchmark mot17 --gt MOT17/train --tracks out --suffix -FRCNN\n"
                "  passerby eval tracks --benchmark mot15 --gt gt --tracks out --json --report report.html\n",
    .options = {rows, sizeof(rows) / sizeof(rows[0])},
    .options_bytes = sizeof(eval_tracks_options),
    .least_operands = 0,
    .most_operands = 0,
    .run = run,
};
