/* SPDX-License-Identifier: Apache-2.0
 *
 * Joins the readers of formats/mot.h into one source of looks. Frames are asked for in rising order, so the place in
 * times.csv moves forward only and nothing is searched.
 */
#include "app/given.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

enum { PATH_BYTES = 4096, ASSUMED_FPS = 30 }; /* 30: issue 10, where nothing says the rate */

struct psb_given {
    psb_given_options options;
    psb_mot_boxes *detections;
    psb_seqinfo seqinfo;
    psb_frame_times times;
    int64_t time_i;  /* the first row of times that a frame to come may need */
    psb_boxes boxes; /* the view that `at` gave last */
};

/* Reads seqinfo.ini beside det.txt, or one folder above it, if there is one. */
static psb_status read_near_seqinfo(psb_given *given)
{
    static const char *const places[] = {"seqinfo.ini", "../seqinfo.ini"};
    const char *slash = strrchr(given->options.detections, '/');
    const int folder_length = slash ? (int)(slash - given->options.detections) + 1 : 0;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char path[PATH_BYTES];
        const int length = snprintf(path, sizeof(path), "%.*s%s", folder_length, given->options.detections, places[i]);
        if (length < 0 || length >= PATH_BYTES || access(path, R_OK) != 0) continue;
        return psb_seqinfo_read(&given->seqinfo, path);
    }
    return PSB_OK;
}

psb_status psb_given_open(psb_given **out, const psb_given_options *options)
{
    *out = NULL;
    psb_given *given = calloc(1, sizeof(*given));
    if (!given) return psb_fail_memory("detections", sizeof(*given));
    given->options = *options;
    psb_status status = psb_mot_boxes_open(&given->detections, options->detections);
    if (!status)
        status = options->seqinfo ? psb_seqinfo_read(&given->seqinfo, options->seqinfo) : read_near_seqinfo(given);
    if (!status && options->times) status = psb_frame_times_read(&given->times, options->times);
    if (status) goto done;

    const int64_t last = psb_mot_boxes_last_frame(given->detections);
    if (given->seqinfo.frames > 0 && last > given->seqinfo.frames)
        psb_log_line(options->log, PSB_LOG_WARNING,
                     "%s: rows up to frame %lld; those after seqLength %lld are left out", options->detections,
                     (long long)last, (long long)given->seqinfo.frames);
    *out = given;
    given = NULL;
done:
    psb_given_close(&given);
    return status;
}

void psb_given_close(psb_given **given)
{
    if (!given || !*given) return;
    psb_mot_boxes_close(&(*given)->detections);
    psb_frame_times_fini(&(*given)->times);
    free(*given);
    *given = NULL;
}

psb_seqinfo psb_given_seqinfo(const psb_given *given)
{
    return given->seqinfo;
}

static bool was_looked_at(psb_given *given, int64_t frame)
{
    if (!given->options.times) return true;
    while (given->time_i < given->times.count && given->times.frame[given->time_i] < frame) given->time_i++;
    return given->time_i < given->times.count && given->times.frame[given->time_i] == frame;
}

const psb_boxes *psb_given_at(psb_given *given, int64_t frame)
{
    if (!was_looked_at(given, frame)) return NULL;
    given->boxes = psb_mot_boxes_at(given->detections, frame);
    return &given->boxes;
}

int64_t psb_given_frame_count(const psb_given *given)
{
    if (given->options.times) return given->times.count;
    return given->seqinfo.frames > 0 ? given->seqinfo.frames : psb_mot_boxes_last_frame(given->detections);
}

void psb_given_frame(const psb_given *given, int64_t frame_i, int64_t *number_out, double *time_s_out)
{
    if (given->options.times) {
        *number_out = given->times.frame[frame_i];
        *time_s_out = given->times.time_s[frame_i];
        return;
    }
    *number_out = frame_i + 1;
    *time_s_out = (double)frame_i / given->seqinfo.fps;
}

double psb_given_settle_fps(psb_given *given)
{
    if (given->seqinfo.fps > 0) return given->seqinfo.fps;
    given->seqinfo.fps = ASSUMED_FPS;
    if (!given->options.times)
        psb_log_line(given->options.log, PSB_LOG_WARNING, "%s: no seqinfo.ini says the frame rate; %d frames/s assumed",
                     given->options.detections, ASSUMED_FPS);
    return given->seqinfo.fps;
}
