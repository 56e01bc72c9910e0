/* SPDX-License-Identifier: Apache-2.0
 *
 * `passerby synth`: a scene as a video with its truth, in the layout of a MOTChallenge sequence, so that DIR is a
 * sequence and the folder above it a benchmark.
 */
#include <stdio.h>
#include <unistd.h>

#include "app/app.h"
#include "app/interrupt.h"
#include "app/outputs.h"
#include "app/progress.h"
#include "base/error.h"
#include "base/json.h"
#include "formats/mot_truth.h"
#include "frame/image.h"
#include "media/writer.h"
#include "synth/synth.h"

enum { PATH_BYTES = PSB_OUTPUT_PATH_BYTES };

typedef struct psb_synth_options {
    const char *output; /* NULL = not given */
    bool truth_only;
} psb_synth_options;

#define FIELD(name) offsetof(psb_synth_options, name)

static const psb_option rows[] = {
    {"output", 'o', PSB_OPTION_TEXT, "DIR", 0, 0, NULL, FIELD(output),
     "the folder for video.mp4, seqinfo.ini and gt/gt.txt; made where it is missing"},
    {"truth-only", 0, PSB_OPTION_FLAG, NULL, 0, 0, NULL, FIELD(truth_only), "write no video"},
};

typedef struct synth_run {
    const psb_app *app;
    const psb_synth_options *options;
    psb_synth *synth;
    psb_outfile *video, *truth, *seqinfo;
    psb_writer *writer; /* NULL: truth only */
    psb_synth_settings settings;
    psb_progress progress;
    char gt_folder[PATH_BYTES];
    bool made_folder, made_gt;
    int64_t frames, rows, people; /* people: the highest identity seen */
} synth_run;

static psb_status open_scene(synth_run *run, const char *scene)
{
    psb_status status = psb_synth_is_url(scene) ? psb_synth_settings_from_url(&run->settings, scene)
                                                : psb_synth_settings_open(&run->settings, scene);
    return status ? status : psb_synth_create(&run->synth, &run->settings, 2, run->app->clock);
}

static psb_status join_path(char out[PATH_BYTES], const char *folder, const char *name)
{
    const int length = snprintf(out, PATH_BYTES, "%s/%s", folder, name);
    if (length >= 0 && length < PATH_BYTES) return PSB_OK;
    return psb_fail(PSB_BAD_INPUT, "%s: the path is longer than %d bytes", folder, PATH_BYTES - 1);
}

static psb_status open_file(psb_outfile **out, const synth_run *run, const char *name)
{
    char path[PATH_BYTES];
    const psb_status status = join_path(path, run->options->output, name);
    return status ? status : psb_outfile_open(out, path);
}

static psb_status open_video(synth_run *run)
{
    const psb_status status = open_file(&run->video, run, "video.mp4");
    if (status) return status;
    const uint8_t *who = NULL;
    const psb_image image = psb_synth_canvas(run->synth, &who);
    const psb_writer_options options = {
        .width = image.width,
        .height = image.height,
        .fps = run->settings.fps,
        .matrix = image.matrix,
        .range = image.range,
        .name = "video.mp4",
        .log = &run->app->log,
    };
    return psb_writer_open(&run->writer, psb_outfile_temporary_path(run->video), &options);
}

static psb_status open_outputs(synth_run *run)
{
    psb_status status = join_path(run->gt_folder, run->options->output, "gt");
    if (!status) status = psb_outputs_make_folder(&run->made_folder, run->options->output);
    if (!status) status = psb_outputs_make_folder(&run->made_gt, run->gt_folder);
    if (!status) status = open_file(&run->truth, run, "gt/gt.txt");
    if (!status) status = open_file(&run->seqinfo, run, "seqinfo.ini");
    if (!status && !run->options->truth_only) status = open_video(run);
    return status;
}

static psb_status write_truth(synth_run *run)
{
    int32_t count = 0;
    const psb_synth_person *people = psb_synth_truth(run->synth, &count);
    psb_status status = PSB_OK;
    for (int32_t i = 0; i < count && !status; i++) {
        const psb_synth_person *person = &people[i];
        const psb_mot_truth truth = {
            .frame = run->frames,
            .id = person->id,
            .left = person->left,
            .top = person->top,
            .width = person->width,
            .height = person->height,
            .counts = person->seen > 0,
            .visibility = (double)person->seen / person->pixels,
        };
        status = psb_mot_write_truth(run->truth, &truth);
        run->people = person->id > run->people ? person->id : run->people;
    }
    run->rows += count;
    return status;
}

static psb_status write_picture(synth_run *run, const psb_frame *frame)
{
    psb_image to;
    if (!run->writer) return PSB_OK;
    const psb_image from = psb_frame_image(frame);
    const psb_status status = psb_writer_take_image(run->writer, &to);
    if (status) return status;
    psb_image_copy(&to, &from);
    return psb_writer_put(run->writer, psb_frame_time_s(frame));
}

static psb_status move_frames(synth_run *run)
{
    psb_status status = PSB_OK;
    psb_progress_init(&run->progress, run->app, run->settings.frame_count, "frames");
    while (!status && !psb_interrupt_is_asked(run->app->interrupt)) {
        psb_frame *frame = NULL;
        status = psb_synth_read(run->synth, &frame);
        if (status) break;
        run->frames++;
        status = write_truth(run);
        if (!status) status = write_picture(run, frame);
        psb_frame_unref(&frame);
        psb_progress_show(&run->progress, run->frames);
    }
    psb_progress_clear(&run->progress);
    if (!status && run->frames == 0) return psb_fail(PSB_INTERRUPTED, "interrupted before the first frame");
    return status == PSB_END ? PSB_OK : status;
}

static psb_status finish(synth_run *run)
{
    const psb_mot_sequence sequence = {
        .name = psb_scene_name(run->settings.kind),
        .fps = run->settings.fps,
        .frames = run->frames,
        .width = run->settings.width,
        .height = run->settings.height,
    };
    psb_status status = psb_mot_write_seqinfo(run->seqinfo, &sequence);
    if (!status) status = psb_outfile_finish(run->seqinfo);
    if (!status) status = psb_outfile_finish(run->truth);
    if (!status && run->writer) status = psb_writer_finish(run->writer);
    if (!status && run->writer) status = psb_outfile_commit(run->video);
    if (!status) status = psb_outfile_commit(run->truth);
    return status ? status : psb_outfile_commit(run->seqinfo);
}

static psb_status print_json(const synth_run *run)
{
    psb_outfile *to = NULL;
    psb_status status = psb_outfile_open_stdout(&to);
    if (status) return status;
    psb_json json;
    psb_json_init(&json, to, false);
    psb_json_begin_object(&json);
    psb_json_key(&json, "frames");
    psb_json_int(&json, run->frames);
    psb_json_key(&json, "boxes");
    psb_json_int(&json, run->rows);
    psb_json_key(&json, "people");
    psb_json_int(&json, run->people);
    psb_json_end_object(&json);
    status = psb_outfile_commit(to);
    psb_outfile_close(&to);
    return status;
}

static psb_status report(const synth_run *run)
{
    const double elapsed_s = psb_progress_elapsed_s(&run->progress);
    if (run->app->json) return print_json(run);
    if (!run->app->quiet)
        printf("%lld frames, %lld boxes, %lld people; %.1f s, %.1f frames/s\n%s:%s seqinfo.ini gt/gt.txt\n",
               (long long)run->frames, (long long)run->rows, (long long)run->people, elapsed_s,
               elapsed_s > 0 ? (double)run->frames / elapsed_s : 0, run->options->output,
               run->writer ? " video.mp4" : "");
    return PSB_OK;
}

static psb_status run(const psb_app *app, const psb_arguments *arguments, const void *options)
{
    synth_run run = {.app = app, .options = options};
    if (!run.options->output) return psb_fail(PSB_USAGE, "%s: no folder for the outputs: give -o DIR", app->who);
    psb_status status = open_scene(&run, arguments->operand[0]);
    if (status) goto done;
    psb_interrupt_listen(app->interrupt); /* until here an interrupted process may just end: it has left nothing */
    status = open_outputs(&run);
    if (!status) status = move_frames(&run);
    if (!status) status = finish(&run);
    if (!status) status = report(&run);
    if (!status && psb_interrupt_is_asked(app->interrupt)) status = PSB_INTERRUPTED;
done:
    psb_writer_close(&run.writer);
    psb_outfile_close(&run.video);
    psb_outfile_close(&run.truth);
    psb_outfile_close(&run.seqinfo);
    if (run.made_gt) rmdir(run.gt_folder); /* these succeed only on empty ones */
    if (run.made_folder) rmdir(run.options->output);
    psb_synth_destroy(&run.synth);
    return status;
}

const psb_command psb_command_synth = {
    .name = "synth",
    .summary = "synthetic video with exact truth",
    .usage = "(SCENE.yaml | synth://SCENE?KEY=VALUE&...) [OPTION]... -o DIR",
    .examples = "  passerby synth 'synth://plaza?people=12&seed=1' -o scenes/plaza\n"
                "  passerby synth street.yaml -o scenes/street\n"
                "  passerby synth 'synth://carpark?light=night&rain=0.5&frames=100' -o scenes/carpark\n",
    .options = {rows, sizeof(rows) / sizeof(rows[0])},
    .options_bytes = sizeof(psb_synth_options),
    .least_operands = 1,
    .most_operands = 1,
    .run = run,
};
