/* SPDX-License-Identifier: Apache-2.0
 *
 * `passerby detect`: boxes of people as MOTChallenge text, frame by frame, nothing tracked.
 */
#include <stdio.h>

#include "app/app.h"
#include "app/interrupt.h"
#include "app/progress.h"
#include "app/source.h"
#include "base/cpu.h"
#include "base/error.h"
#include "base/json.h"
#include "detect/detect.h"
#include "formats/mot.h"

typedef struct psb_detect_options {
    const char *model, *output, *cpu, *allow_codec; /* NULL = not given */
    double min_score, fps;
    int32_t every;
    psb_option_size input_size; /* all zero = the model's own */
} psb_detect_options;

#define FIELD(name) offsetof(psb_detect_options, name)

static const psb_option rows[] = {
    {"model", 'm', PSB_OPTION_TEXT, "FILE", 0, 0, NULL, FIELD(model),
     "the detector: a descriptor (YAML) beside its network, or a .psb model; unless given, the one that is built in"},
    {"input-size", 0, PSB_OPTION_SIZE, "WxH", 32, 4096, NULL, FIELD(input_size),
     "the network's input; larger finds smaller people and takes longer; unless given, the model's own"},
    {"output", 'o', PSB_OPTION_TEXT, "FILE", 0, 0, "-", FIELD(output), "where the boxes go; - is standard output"},
    {"every", 0, PSB_OPTION_COUNT, "N", 1, 1000000, "1", FIELD(every), "look at frames 1, 1 + N, ..."},
    {"min-score", 0, PSB_OPTION_NUMBER, "S", 0.001, 1, NULL, FIELD(min_score),
     "weaker boxes are left out; unless given, the descriptor's score.default"},
    {"fps", 0, PSB_OPTION_NUMBER, "F", 0.01, 1000, NULL, FIELD(fps), "frame rate of a folder of images"},
    {"cpu", 0, PSB_OPTION_TEXT, "c|avx2|avx512", 0, 0, NULL, FIELD(cpu),
     "the highest instruction set to use; unless given, the best there is"},
    {"allow-codec", 0, PSB_OPTION_TEXT, "NAME", 0, 0, NULL, FIELD(allow_codec),
     "decoders (names with commas between) to allow beyond the list of usual ones"},
};

typedef struct detect_run {
    const psb_app *app;
    const psb_detect_options *options;
    psb_detector *detector;
    psb_source *source;
    psb_outfile *to;
    psb_progress progress;
    int64_t frames, looked_at, boxes;
} detect_run;

static psb_status open_all(detect_run *run, const char *input)
{
    const psb_detect_options *options = run->options;
    uint32_t cpu_flags = 0;
    psb_status status = psb_cpu_from_name(&cpu_flags, options->cpu);
    if (status) return status;
    psb_detector_options detector;
    psb_detector_options_init(&detector);
    detector.min_score = (float)options->min_score;
    detector.input_width = options->input_size.width;
    detector.input_height = options->input_size.height;
    status = psb_detector_open_with(&run->detector, options->model, &detector, cpu_flags, run->app->clock);
    if (status) return status;
    const psb_reader_options reader = {
        .fps = options->fps,
        .allow_codec = options->allow_codec,
        .clock = run->app->clock,
        .log = &run->app->log,
    };
    status = psb_source_open(&run->source, input, &reader, true);
    psb_interrupt_listen(run->app->interrupt); /* until here an interrupted process may just end */
    return status ? status : psb_outfile_open(&run->to, options->output);
}

static psb_status look(detect_run *run, const psb_frame *frame, int64_t number)
{
    const psb_boxes *boxes = NULL;
    psb_status status = psb_detector_step(run->detector, &boxes, frame);
    if (status) return status;
    run->looked_at++;
    run->boxes += boxes->count;
    for (int32_t i = 0; i < boxes->count && !status; i++)
        status = psb_mot_write_row(
            run->to, (psb_mot_row){.frame = number, .id = -1, .box = psb_boxes_at(boxes, i), .score = boxes->score[i]});
    return status;
}

static psb_status look_at_all(detect_run *run)
{
    psb_progress_init(&run->progress, run->app, psb_source_info(run->source).frame_count, "frames");
    psb_status status = PSB_OK;
    while (!status && !psb_interrupt_is_asked(run->app->interrupt)) {
        psb_frame *frame = NULL;
        int64_t number = 0;
        status = psb_source_read(run->source, &frame, &number);
        if (status) break;
        run->frames++;
        if ((number - 1) % run->options->every == 0) status = look(run, frame, number);
        psb_frame_unref(&frame);
        psb_progress_show(&run->progress, run->frames);
    }
    psb_progress_clear(&run->progress);
    return status == PSB_END ? PSB_OK : status;
}

static psb_status print_json(const detect_run *run)
{
    psb_outfile *to = NULL;
    psb_status status = psb_outfile_open_stdout(&to);
    if (status) return status;
    const psb_reader_info input = psb_source_finish(run->source);
    psb_json json;
    psb_json_init(&json, to, false);
    psb_json_begin_object(&json);
    psb_json_key(&json, "frames");
    psb_json_int(&json, run->frames);
    psb_json_key(&json, "looked_at");
    psb_json_int(&json, run->looked_at);
    psb_json_key(&json, "detections");
    psb_json_int(&json, run->boxes);
    psb_json_key(&json, "decode_errors");
    psb_json_int(&json, input.decode_errors);
    psb_json_key(&json, "truncated");
    psb_json_bool(&json, input.is_truncated);
    psb_json_end_object(&json);
    status = psb_outfile_commit(to);
    psb_outfile_close(&to);
    return status;
}

static psb_status run(const psb_app *app, const psb_arguments *arguments, const void *options)
{
    detect_run run = {.app = app, .options = options};
    const bool to_stdout = run.options->output[0] == '-' && run.options->output[1] == '\0';
    if (app->json && to_stdout)
        return psb_fail(PSB_USAGE, "%s: --json and the boxes cannot both go to standard output: give -o FILE",
                        app->who);
    psb_status status = open_all(&run, arguments->operand[0]);
    if (!status) status = look_at_all(&run);
    if (!status) status = psb_outfile_commit(run.to);
    if (!status && app->json) status = print_json(&run);
    if (!status && !app->json && !to_stdout && !app->quiet)
        printf("%lld frames, %lld looked at, %lld boxes\n", (long long)run.frames, (long long)run.looked_at,
               (long long)run.boxes);
    if (!status && psb_interrupt_is_asked(app->interrupt)) status = PSB_INTERRUPTED;
    psb_outfile_close(&run.to);
    psb_source_close(&run.source);
    psb_detector_close(&run.detector);
    return status;
}

const psb_command psb_command_detect = {
    .name = "detect",
    .summary = "boxes only, as MOTChallenge text",
    .usage = "INPUT [OPTION]...",
    .examples = "  passerby detect street.mp4 -o det.txt\n"
                "  passerby detect img1/ --model yolox.yaml --min-score 0.01 | head\n",
    .options = {rows, sizeof(rows) / sizeof(rows[0])},
    .options_bytes = sizeof(psb_detect_options),
    .least_operands = 1,
    .most_operands = 1,
    .run = run,
};
