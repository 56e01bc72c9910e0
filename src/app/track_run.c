/* SPDX-License-Identifier: Apache-2.0
 *
 * The way of a frame: source -> camera.step (detect, track, decide what is covered) -> finished frames -> texts and
 * videos. Inputs are opened before the folder of the outputs is made, so that bad input leaves nothing behind.
 */
#include "app/track_run.h"

#include <stdio.h>
#include <string.h>

#include "app/given.h"
#include "app/interrupt.h"
#include "app/outputs.h"
#include "app/progress.h"
#include "app/source.h"
#include "app/summary.h"
#include "app/video.h"
#include "base/cpu.h"
#include "base/error.h"
#include "camera/camera.h"
#include "detect/detect.h"

/* Frames that may live at once: the look-back's, and those that are read ahead or wait to be encoded. */
enum { MAX_LIVING_FRAMES = PSB_CAMERA_HELD_FRAMES + 64 };

/* A detector's boxes from here on are worth tracking: half-hidden people score low (ByteTrack, arXiv 2110.06864). */
#define WEAKEST_TRACKED 0.1f

typedef struct track_run {
    const psb_app *app;
    const psb_track_options *options;
    const char *input; /* NULL: no pictures */
    uint32_t cpu_flags;
    psb_source *source;
    psb_given *given;
    psb_detector *detector;
    psb_camera *camera;
    psb_outputs outputs;
    psb_video *redacted, *unredacted; /* NULL = not wanted */
    psb_outfile *summary_file;
    psb_summary summary;
    psb_detector_model model; /* all zero without a detector */
    psb_progress progress;
    double first_s, last_s;
} track_run;

static psb_status open_inputs(track_run *run)
{
    const psb_track_options *options = run->options;
    psb_status status = psb_cpu_from_name(&run->cpu_flags, options->cpu);
    if (!status && options->detections) {
        const psb_given_options given = {options->detections, options->seqinfo, options->times, &run->app->log};
        status = psb_given_open(&run->given, &given);
    }
    if (!status && !options->detections) {
        psb_detector_options detector;
        psb_detector_options_init(&detector);
        detector.input_width = options->input_size.width;
        detector.input_height = options->input_size.height;
        status = psb_detector_open_with(&run->detector, options->model, &detector, run->cpu_flags, run->app->clock);
    }
    if (status || !run->input) return status;
    const psb_reader_options reader = {
        .fps = options->fps,
        .allow_codec = options->allow_codec,
        .threads = options->threads > 2 ? options->threads - 1 : 1,
        .max_frames = MAX_LIVING_FRAMES,
        .clock = run->app->clock,
        .log = &run->app->log,
    };
    return psb_source_open(&run->source, run->input, &reader, options->threads > 1);
}

static void describe_input(track_run *run)
{
    if (run->source) {
        run->summary.input = psb_source_info(run->source);
        return;
    }
    const double fps = psb_given_settle_fps(run->given);
    const psb_seqinfo seqinfo = psb_given_seqinfo(run->given);
    run->summary.input = (psb_reader_info){.width = seqinfo.width, .height = seqinfo.height, .fps = fps};
}

static psb_status open_video(track_run *run, psb_video **out, const char *name, psb_redact_mode mode)
{
    char path[PSB_OUTPUT_PATH_BYTES];
    const psb_status status = psb_outputs_path(path, &run->outputs, name);
    if (status) return status;
    const psb_video_options options = {
        .path = path,
        .fps = run->summary.input.fps,
        .mode = mode,
        .threaded = run->options->threads > 1,
        .clock = run->app->clock,
        .log = &run->app->log,
    };
    run->summary.outputs[run->summary.output_count++] = name;
    return psb_video_open(out, &options);
}

static psb_status open_outputs(track_run *run)
{
    const psb_track_options *options = run->options;
    psb_summary *summary = &run->summary;
    psb_status status = psb_outputs_open(&run->outputs, options->output, options->coast_s, options->offline);
    if (status) return status;
    for (const char *const *name = (const char *const[]){"detections.txt", "tracks.txt", "tracks.jsonl", NULL}; *name;
         name++)
        summary->outputs[summary->output_count++] = *name;
    if (run->input && options->redact != PSB_REDACT_NONE)
        status = open_video(run, &run->redacted, "redacted.mp4", (psb_redact_mode)options->redact);
    if (!status && options->unredacted) {
        summary->is_unredacted = true;
        psb_log_line(&run->app->log, PSB_LOG_WARNING, "%s/unredacted.mp4 will show everybody as they are",
                     options->output);
        status = open_video(run, &run->unredacted, "unredacted.mp4", PSB_REDACT_NONE);
    }
    char path[PSB_OUTPUT_PATH_BYTES];
    if (!status) status = psb_outputs_path(path, &run->outputs, "summary.json");
    if (!status) status = psb_outfile_open(&run->summary_file, path);
    summary->outputs[summary->output_count++] = "summary.json";
    return status;
}

static psb_status open_camera(track_run *run)
{
    const psb_track_options *options = run->options;
    psb_tracker_options tracker;
    psb_tracker_options_init(&tracker);
    tracker.doubt_margin = options->doubt_margin > 0 ? (float)options->doubt_margin : -1; /* 0 asks for no doubt */
    const psb_camera_options camera = {
        .detector = run->detector,
        .tracker = tracker,
        .min_score = options->min_score > 0 ? (float)options->min_score
                     : run->detector        ? WEAKEST_TRACKED
                                            : 0,
        .look_back_s = run->redacted ? options->look_back_s : 0, /* it exists for the cover alone */
        .every = options->every,
        .cpu_flags = run->cpu_flags,
        .covers = run->redacted != NULL,
        .clock = run->app->clock,
        .log = &run->app->log,
    };
    return psb_camera_create(&run->camera, &camera);
}

/* Writes all frames that the camera has finished. */
static psb_status drain(track_run *run)
{
    psb_status status = PSB_OK;
    psb_camera_result result;
    while (!status && psb_camera_next(run->camera, &result)) {
        run->summary.looked_at += result.is_looked_at;
        run->summary.withheld += result.is_withheld;
        status = psb_outputs_put(&run->outputs, &result);
        if (!status && run->redacted) status = psb_video_put(run->redacted, &result);
        if (!status && run->unredacted) status = psb_video_put(run->unredacted, &result);
    }
    return status;
}

static bool is_wanted(const psb_track_options *options, double time_s)
{
    return time_s >= options->from_s && (options->to_s <= 0 || time_s < options->to_s);
}

static psb_status step(track_run *run, psb_frame *frame, int64_t number, double time_s)
{
    if (run->summary.frames == 0) run->first_s = time_s;
    run->last_s = time_s;
    run->summary.frames++;
    const psb_boxes *boxes = run->given ? psb_given_at(run->given, number) : NULL;
    psb_status status = psb_camera_step(run->camera, frame, boxes, number, time_s);
    if (!status) status = drain(run);
    psb_progress_show(&run->progress, number);
    return status;
}

static psb_status step_all_pictures(track_run *run)
{
    psb_status status = PSB_OK;
    while (!status && !psb_interrupt_is_asked(run->app->interrupt)) {
        psb_frame *frame = NULL;
        int64_t number = 0;
        status = psb_source_read(run->source, &frame, &number);
        if (status) break;
        const double time_s = psb_frame_time_s(frame);
        if (is_wanted(run->options, time_s))
            status = step(run, frame, number, time_s);
        else if (time_s >= run->options->from_s)
            status = PSB_END;
        psb_frame_unref(&frame);
    }
    return status == PSB_END ? PSB_OK : status;
}

static psb_status step_all_given(track_run *run)
{
    psb_status status = PSB_OK;
    const int64_t count = psb_given_frame_count(run->given);
    for (int64_t i = 0; i < count && !status && !psb_interrupt_is_asked(run->app->interrupt); i++) {
        int64_t number = 0;
        double time_s = 0;
        psb_given_frame(run->given, i, &number, &time_s);
        if (is_wanted(run->options, time_s)) status = step(run, NULL, number, time_s);
    }
    return status;
}

static psb_status move_frames(track_run *run)
{
    psb_progress_init(&run->progress, run->app,
                      run->source ? run->summary.input.frame_count : psb_given_frame_count(run->given), "frames");
    psb_status status = run->source ? step_all_pictures(run) : step_all_given(run);
    if (!status) status = psb_camera_flush(run->camera);
    if (!status) status = drain(run);
    psb_progress_clear(&run->progress);
    if (!status && run->summary.frames == 0 && psb_interrupt_is_asked(run->app->interrupt))
        return psb_fail(PSB_INTERRUPTED, "interrupted before the first frame");
    if (!status && run->summary.frames == 0)
        return psb_fail(PSB_BAD_INPUT, "%s: found no frame from %g s on, expected at least one",
                        run->input ? run->input : run->options->detections, run->options->from_s);
    return status;
}

static void fill_summary(track_run *run)
{
    psb_summary *summary = &run->summary;
    if (run->source) {
        const double fps = summary->input.fps;
        summary->input = psb_source_finish(run->source);
        if (summary->input.fps <= 0) summary->input.fps = fps;
        summary->decode = psb_source_times(run->source);
    }
    if (run->redacted) summary->redact = psb_video_redact_times(run->redacted);
    const psb_video *video = run->redacted ? run->redacted : run->unredacted;
    if (video) {
        summary->encode = psb_video_encode_times(video);
        summary->encoder = psb_video_encoder(video);
    }
    if (summary->input.fps > 0) summary->seconds = run->last_s - run->first_s + 1 / summary->input.fps;
    if (run->detector) {
        run->model = psb_detector_model_get(run->detector);
        summary->model_name = run->model.name;
        summary->model_sha256 = run->model.sha256;
    }
    summary->camera = run->camera;
    summary->cpu = psb_cpu_name(run->cpu_flags);
    summary->tracks = psb_camera_track_count(run->camera);
    summary->is_offline = run->options->offline;
    summary->is_interrupted = psb_interrupt_is_asked(run->app->interrupt);
}

/* All that can fail for want of space comes before the first name. */
static psb_status finish_outputs(track_run *run)
{
    psb_status status = psb_outputs_finish(&run->outputs);
    if (!status && run->redacted) status = psb_video_finish(run->redacted);
    if (!status && run->unredacted) status = psb_video_finish(run->unredacted);
    if (status) return status;
    fill_summary(run);
    psb_summary_write(run->summary_file, &run->summary, true);
    status = psb_outfile_finish(run->summary_file);
    if (!status) status = psb_outputs_commit(&run->outputs);
    if (!status && run->redacted) status = psb_video_commit(run->redacted);
    if (!status && run->unredacted) status = psb_video_commit(run->unredacted);
    return status ? status : psb_outfile_commit(run->summary_file);
}

static psb_status report(const track_run *run)
{
    const psb_summary *summary = &run->summary;
    if (summary->is_interrupted)
        psb_log_line(&run->app->log, PSB_LOG_WARNING, "interrupted: %s is whole, up to %g s of the stream",
                     run->options->output, run->last_s);
    if (run->app->json) {
        psb_outfile *to = NULL;
        psb_status status = psb_outfile_open_stdout(&to);
        if (!status) psb_summary_write(to, summary, false);
        if (!status) status = psb_outfile_commit(to);
        psb_outfile_close(&to);
        return status;
    }
    if (run->app->quiet) return PSB_OK;
    const double elapsed_s = psb_progress_elapsed_s(&run->progress);
    if (summary->is_offline)
        puts("offline: tracks.txt was made looking ahead (gaps filled, paths linked and smoothed)");
    printf("%lld frames, %lld looked at, %lld people tracked; %.1f s, %.1f frames/s\n%s:", (long long)summary->frames,
           (long long)summary->looked_at, (long long)summary->tracks, elapsed_s,
           elapsed_s > 0 ? (double)summary->frames / elapsed_s : 0, run->options->output);
    for (int32_t i = 0; i < summary->output_count; i++) printf(" %s", summary->outputs[i]);
    if (summary->encoder) printf(" (video by %s)", summary->encoder);
    putchar('\n');
    return PSB_OK;
}

static void close_all(track_run *run)
{
    psb_outfile_close(&run->summary_file);
    psb_video_close(&run->unredacted);
    psb_video_close(&run->redacted);
    psb_outputs_close(&run->outputs);
    psb_camera_destroy(&run->camera);
    psb_source_close(&run->source);
    psb_detector_close(&run->detector);
    psb_given_close(&run->given);
}

psb_status psb_track_run(const psb_app *app, const char *input, const psb_track_options *options)
{
    track_run run = {.app = app, .options = options, .input = input};
    psb_status status = open_inputs(&run);
    if (status) goto done;
    psb_interrupt_listen(app->interrupt); /* until here an interrupted process may just end: it has left nothing */
    describe_input(&run);
    status = open_outputs(&run);
    if (!status) status = open_camera(&run);
    if (!status) status = move_frames(&run);
    if (!status) status = finish_outputs(&run);
    if (!status) status = report(&run);
    if (!status && run.summary.is_interrupted) status = PSB_INTERRUPTED;
done:
    close_all(&run);
    return status;
}
