/* SPDX-License-Identifier: Apache-2.0
 *
 * `passerby eval detections`: average precision, recall and log-average miss rate of boxes beside truth.
 */
#include <math.h>
#include <stdio.h>

#include "app/app.h"
#include "base/error.h"
#include "base/json.h"
#include "eval/detection_folder.h"

typedef struct eval_detections_options {
    const char *gt, *detections;
} eval_detections_options;

static const psb_option rows[] = {
    {"gt", 0, PSB_OPTION_TEXT, "GT", 0, 0, NULL, offsetof(eval_detections_options, gt),
     "the truth: a COCO file, or a folder with NAME/gt/gt.txt and NAME/seqinfo.ini"},
    {"detections", 0, PSB_OPTION_TEXT, "PATH", 0, 0, NULL, offsetof(eval_detections_options, detections),
     "COCO results, or a folder with NAME.txt (MOTChallenge text)"},
};

static double value_of(const psb_precision *precision, const psb_precision_field *field)
{
    return *(const double *)(const void *)((const char *)precision + field->offset);
}

static void put_precision(psb_json *json, const psb_precision *precision)
{
    int32_t field_count;
    const psb_precision_field *fields = psb_precision_fields(&field_count);
    psb_json_begin_object(json);
    for (int32_t f = 0; f < field_count; f++) {
        psb_json_key(json, fields[f].name);
        psb_json_number(json, value_of(precision, &fields[f]));
    }
    psb_json_key(json, "truth");
    psb_json_int(json, precision->truth_count);
    psb_json_key(json, "detections");
    psb_json_int(json, precision->found_count);
    psb_json_end_object(json);
}

static psb_status print_json(const psb_eval_detections *scored)
{
    psb_outfile *to = NULL;
    psb_status status = psb_outfile_open_stdout(&to);
    if (status) return status;
    psb_json json;
    psb_json_init(&json, to, true);
    psb_json_begin_object(&json);
    if (scored->names.count > 0) {
        psb_json_key(&json, "sequences");
        psb_json_begin_object(&json);
        for (int32_t i = 0; i < scored->names.count; i++) {
            psb_json_key(&json, scored->names.name[i]);
            put_precision(&json, &scored->sequence[i]);
        }
        psb_json_end_object(&json);
    }
    psb_json_key(&json, scored->names.count > 0 ? "mean" : "all");
    put_precision(&json, &scored->overall);
    psb_json_end_object(&json);
    status = psb_outfile_commit(to);
    psb_outfile_close(&to);
    return status;
}

static void print_row(const char *name, const psb_precision *precision)
{
    int32_t field_count;
    const psb_precision_field *fields = psb_precision_fields(&field_count);
    printf("%-24s", name);
    for (int32_t f = 0; f < field_count; f++) {
        const double value = value_of(precision, &fields[f]);
        if (isnan(value)) {
            printf("%10s", "-");
        } else {
            printf("%10.2f", 100 * value);
        }
    }
    printf("\n");
}

static void print_table(const psb_eval_detections *scored)
{
    int32_t field_count;
    const psb_precision_field *fields = psb_precision_fields(&field_count);
    printf("%-24s", "");
    for (int32_t f = 0; f < field_count; f++) printf("%10s", fields[f].name);
    printf("\n");
    for (int32_t i = 0; i < scored->names.count; i++) print_row(scored->names.name[i], &scored->sequence[i]);
    print_row(scored->names.count > 0 ? "mean" : "all", &scored->overall);
}

static psb_status run(const psb_app *app, const psb_arguments *arguments, const void *options_given)
{
    const eval_detections_options *options = options_given;
    (void)arguments;
    if (!options->gt || !options->detections)
        return psb_fail(PSB_USAGE, "%s: nothing to compare: give --gt GT and --detections PATH", app->who);
    psb_eval_detections scored;
    psb_status status = psb_eval_detections_init(&scored, options->gt, options->detections);
    if (status) return status;
    if (app->json) {
        status = print_json(&scored);
    } else {
        print_table(&scored);
    }
    psb_eval_detections_fini(&scored);
    return status;
}

const psb_command psb_command_eval_detections = {
    .name = "eval detections",
    .summary = "average precision and miss rate of detections beside truth",
    .usage = "--gt GT --detections PATH [OPTION]...",
    .examples = "  passerby eval detections --gt MOT17/train --detections dets\n"
                "  passerby eval detections --gt annotations.json --detections results.json --json\n",
    .options = {rows, sizeof(rows) / sizeof(rows[0])},
    .options_bytes = sizeof(eval_detections_options),
    .least_operands = 0,
    .most_operands = 0,
    .run = run,
};
