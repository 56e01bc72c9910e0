/* SPDX-License-Identifier: Apache-2.0
 *
 * Jobs go round between two mailboxes, free ones and filled ones, so that nothing is allocated for a frame. On failure
 * the encoding thread closes both: its status and sentence are read by the other side only after that.
 * The encoder is opened at the first frame, whose size and colours it takes.
 */
#include "app/video.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mailbox.h"
#include "base/outfile.h"
#include "base/thread.h"
#include "camera/overlay.h"
#include "frame/image.h"
#include "geometry/boxes.h"
#include "media/writer.h"
#include "privacy/regions.h"

enum { JOB_COUNT = 4, PATH_BYTES = 4096 };

typedef struct video_job { /* what the encoding side needs of a psb_camera_result */
    psb_frame *frame;
    double time_s;
    bool is_withheld;
    psb_regions covers;
    psb_tracks drawn;
} video_job;

struct psb_video {
    psb_video_options options; /* path points to the copy below */
    char path[PATH_BYTES];
    psb_outfile *file;
    psb_writer *writer; /* from the first frame on */
    int32_t width, height;
    psb_redactor *redactor;
    psb_histogram redact_times, encode_times;
    video_job jobs[JOB_COUNT];
    psb_mailbox *empty, *filled; /* NULL when not threaded */
    psb_thread *thread;
    psb_status failure; /* of the encoding thread */
    char failure_text[PSB_ERROR_TEXT_BYTES];
};

static psb_status open_writer(psb_video *video, const psb_image *image)
{
    const psb_writer_options options = {
        .width = image->width,
        .height = image->height,
        .fps = video->options.fps,
        .matrix = image->matrix,
        .range = image->range,
        .threads = 1,
        .name = video->path,
        .log = video->options.log,
    };
    const psb_status status = psb_writer_open(&video->writer, psb_outfile_temporary_path(video->file), &options);
    if (status) return status;
    video->width = image->width;
    video->height = image->height;
    return PSB_OK;
}

static psb_status cover(psb_video *video, const psb_image *image, const video_job *job)
{
    if (video->options.mode == PSB_REDACT_NONE) return PSB_OK;
    if (!job->is_withheld) return psb_redactor_apply(video->redactor, image, &job->covers, video->options.mode);
    psb_redactor_withhold(image);
    return PSB_OK;
}

static psb_status encode(psb_video *video, const video_job *job)
{
    const psb_image source = psb_frame_image(job->frame);
    psb_status status = PSB_OK;
    if (!video->writer) status = open_writer(video, &source);
    if (status) return status;
    if (source.width != video->width || source.height != video->height)
        return psb_fail(PSB_BAD_INPUT, "%s: found a frame of %dx%d, expected %dx%d like the first one",
                        video->options.path, source.width, source.height, video->width, video->height);

    const int64_t begun_ns = psb_clock_now_ns(&video->options.clock);
    psb_image image;
    status = psb_writer_take_image(video->writer, &image);
    if (status) return status;
    psb_image_to_yuv420(&image, &source);
    status = cover(video, &image, job);
    if (status) return status;
    if (!job->is_withheld) psb_overlay_draw(&image, &job->drawn);
    const int64_t covered_ns = psb_clock_now_ns(&video->options.clock);
    status = psb_writer_put(video->writer, job->time_s);
    psb_histogram_add(&video->redact_times, covered_ns - begun_ns);
    psb_histogram_add(&video->encode_times, psb_clock_now_ns(&video->options.clock) - covered_ns);
    return status;
}

static void encode_all(void *user)
{
    psb_video *video = user;
    for (video_job *job; (job = psb_mailbox_get(video->filled));) {
        if (!video->failure) video->failure = encode(video, job);
        psb_frame_unref(&job->frame);
        if (video->failure) {
            memcpy(video->failure_text, psb_error_text(), sizeof(video->failure_text));
            break;
        }
        if (!psb_mailbox_put(video->empty, job)) break;
    }
    psb_mailbox_close(video->filled);
    psb_mailbox_close(video->empty);
}

static psb_status start_thread(psb_video *video)
{
    psb_status status = psb_mailbox_create(&video->empty, JOB_COUNT);
    if (!status) status = psb_mailbox_create(&video->filled, JOB_COUNT);
    for (int32_t i = 0; i < JOB_COUNT && !status; i++) psb_mailbox_put(video->empty, &video->jobs[i]);
    return status ? status : psb_thread_create(&video->thread, "psb-writer", encode_all, video);
}

psb_status psb_video_open(psb_video **out, const psb_video_options *options)
{
    *out = NULL;
    psb_video *video = calloc(1, sizeof(*video));
    if (!video) return psb_fail_memory("video", sizeof(*video));
    video->options = *options;
    snprintf(video->path, sizeof(video->path), "%s", options->path);
    video->options.path = video->path;
    psb_status status = psb_redactor_create(&video->redactor);
    if (status) goto done;
    status = psb_outfile_open(&video->file, options->path);
    if (status) goto done;
    if (options->threaded) status = start_thread(video);
    if (status) goto done;
    *out = video;
    video = NULL;
done:
    psb_video_close(&video);
    return status;
}

/* Joins the encoding thread; the failure it met, if any, becomes this thread's. */
static psb_status join(psb_video *video)
{
    if (!video->thread) return PSB_OK;
    psb_mailbox_close(video->filled);
    psb_thread_destroy(&video->thread);
    return video->failure ? psb_fail_text(video->failure, video->failure_text) : PSB_OK;
}

void psb_video_close(psb_video **video)
{
    if (!video || !*video) return;
    psb_video *gone = *video;
    join(gone);
    for (int32_t i = 0; i < JOB_COUNT; i++) {
        psb_frame_unref(&gone->jobs[i].frame);
        psb_regions_fini(&gone->jobs[i].covers);
        psb_tracks_fini(&gone->jobs[i].drawn);
    }
    psb_mailbox_destroy(&gone->filled);
    psb_mailbox_destroy(&gone->empty);
    psb_writer_close(&gone->writer);
    psb_redactor_destroy(&gone->redactor);
    psb_outfile_close(&gone->file);
    free(gone);
    *video = NULL;
}

psb_status psb_video_put(psb_video *video, const psb_camera_result *result)
{
    video_job *job = video->thread ? psb_mailbox_get(video->empty) : &video->jobs[0];
    if (!job) return join(video);
    job->time_s = result->time_s;
    job->is_withheld = result->is_withheld;
    psb_status status = psb_regions_copy(&job->covers, result->covers);
    if (!status) status = psb_tracks_copy(&job->drawn, result->drawn);
    if (status) return status;
    job->frame = psb_frame_ref(result->frame);
    if (!video->thread) {
        status = encode(video, job);
        psb_frame_unref(&job->frame);
        return status;
    }
    return psb_mailbox_put(video->filled, job) ? PSB_OK : join(video);
}

psb_status psb_video_finish(psb_video *video)
{
    psb_status status = join(video);
    if (!status && video->writer) status = psb_writer_finish(video->writer);
    return status;
}

psb_status psb_video_commit(psb_video *video)
{
    return psb_outfile_commit(video->file);
}

const char *psb_video_encoder(const psb_video *video)
{
    return video->writer ? psb_writer_encoder(video->writer) : NULL;
}

const psb_histogram *psb_video_redact_times(const psb_video *video)
{
    return &video->redact_times;
}

const psb_histogram *psb_video_encode_times(const psb_video *video)
{
    return &video->encode_times;
}
