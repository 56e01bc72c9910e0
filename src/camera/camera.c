/* SPDX-License-Identifier: Apache-2.0
 *
 * The chain: look -> track -> delay line -> cover decision. The line is a ring of held frames with their boxes and
 * tracks, in step with the ring of the cover (privacy/cover.h), which decides when a frame leaves it. It holds
 * references, not copies; its bound in bytes counts the planes behind them. Detections may come from the detector or
 * from the caller: both are a look, and nothing after that knows which it was, but that given boxes are all covered.
 */
#include "camera/camera.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "camera/between.h"
#include "detect/detect.h"
#include "frame/image.h"
#include "geometry/boxes.h"
#include "privacy/cover.h"
#include "track/camera_motion.h"

static const size_t DEFAULT_LOOK_BACK_BYTES = (size_t)256 << 20;

/* A frame in the line. Its memory is reused by the frame that takes its place in the ring. */
typedef struct held_frame {
    psb_frame *frame;
    size_t size_bytes; /* of the planes */
    int64_t number;
    double time_s;
    bool is_looked_at, knows_moved;
    psb_camera_motion moved; /* by the camera, since the look before */
    psb_boxes boxes;
    psb_tracks tracks;
} held_frame;

struct psb_camera {
    psb_camera_options options;
    psb_tracker *tracker;
    psb_motion_finder *finder;
    psb_camera_motion moved; /* by the camera, since the last look */
    bool knows_moved;
    int64_t motion_ns;      /* spent on it since then */
    psb_cover *cover;       /* NULL unless options.covers */
    psb_regions no_regions; /* stays empty */
    held_frame *ring;
    int32_t ring_capacity;   /* a power of two; grows at first to what the look-back holds */
    int64_t released, first; /* released..first: handed out since the last step, references still ours */
    int64_t ready, end;      /* first..ready: may be handed out; ready..end: held back */
    size_t held_bytes;       /* of ready..end */
    int64_t last_number;
    double last_time_s;
    bool was_shortened; /* the notice has been given */
    psb_tracks known;   /* the tracker's last output, to see who is confirmed newly */
    psb_tracks shown;   /* of the last look that was handed out */
    double shown_s;
    psb_tracks between; /* drawn in the frame that was handed out last, if nobody looked at it */
    int64_t track_count;
    psb_histogram stages[PSB_STAGE_COUNT];
};

psb_status psb_camera_create(psb_camera **out, const psb_camera_options *options)
{
    *out = NULL;
    psb_camera *camera = calloc(1, sizeof(*camera));
    if (!camera) return psb_fail_memory("camera", sizeof(*camera));
    camera->options = *options;
    psb_camera_options *own = &camera->options;
    if (own->every < 1) own->every = 1;
    if (!own->look_back_bytes) own->look_back_bytes = DEFAULT_LOOK_BACK_BYTES;
    if (!own->clock.now_ns) own->clock = psb_clock_none();
    if (own->cover_score <= 0) own->cover_score = PSB_COVER_SCORE;
    camera->last_time_s = -INFINITY;
    camera->moved = psb_camera_motion_none();

    psb_status status = psb_tracker_create(&camera->tracker, own->tracker.size ? &own->tracker : NULL);
    if (!status) status = psb_motion_finder_create_with(&camera->finder, NULL, own->cpu_flags);
    if (!status && own->covers)
        status = psb_cover_create(&camera->cover, &(psb_cover_options){.cover_score = own->cover_score});
    if (status) {
        psb_camera_destroy(&camera);
        return status;
    }
    if (own->detector) {
        if (own->min_score <= 0) own->min_score = psb_detector_model_get(own->detector).default_score;
        const float least = fminf(own->min_score, fminf(own->cover_score, PSB_COVER_WEAK_SCORE));
        psb_detector_set_min_score(own->detector, own->covers ? least : own->min_score);
    } else if (own->min_score <= 0) {
        own->min_score = -INFINITY; /* somebody else's scores may be of any sign */
    }
    *out = camera;
    return PSB_OK;
}

static held_frame *held_at(const psb_camera *camera, int64_t i)
{
    return &camera->ring[i & (camera->ring_capacity - 1)];
}

/* The references of what was handed out: by contract nobody looks at it any more. */
static void release_handed_out(psb_camera *camera)
{
    for (; camera->released < camera->first; camera->released++)
        psb_frame_unref(&held_at(camera, camera->released)->frame);
}

void psb_camera_destroy(psb_camera **camera)
{
    if (!camera || !*camera) return;
    for (int32_t i = 0; i < (*camera)->ring_capacity; i++) {
        psb_frame_unref(&(*camera)->ring[i].frame);
        psb_boxes_fini(&(*camera)->ring[i].boxes);
        psb_tracks_fini(&(*camera)->ring[i].tracks);
    }
    free((*camera)->ring);
    psb_tracker_destroy(&(*camera)->tracker);
    psb_motion_finder_destroy(&(*camera)->finder);
    psb_cover_destroy(&(*camera)->cover);
    psb_tracks_fini(&(*camera)->known);
    psb_tracks_fini(&(*camera)->shown);
    psb_tracks_fini(&(*camera)->between);
    free(*camera);
    *camera = NULL;
}

/* ---- one frame in ---- */

/* Called with nothing handed out: a full ring holds frames in all its places. */
static psb_status reserve_place(psb_camera *camera)
{
    if (camera->end - camera->first < camera->ring_capacity) return PSB_OK;
    const int32_t capacity = camera->ring_capacity ? 2 * camera->ring_capacity : 16;
    held_frame *ring = capacity > 0 ? calloc((size_t)capacity, sizeof(*ring)) : NULL;
    if (!ring) return psb_fail_memory("the delay line", (size_t)camera->ring_capacity * 2 * sizeof(*ring));
    for (int64_t i = camera->first; i < camera->end; i++) ring[i & (capacity - 1)] = *held_at(camera, i);
    free(camera->ring);
    camera->ring = ring;
    camera->ring_capacity = capacity;
    return PSB_OK;
}

static size_t planes_bytes(const psb_frame *frame)
{
    if (!frame) return 0;
    const psb_image image = psb_frame_image(frame);
    size_t size_bytes = 0;
    for (int32_t plane_i = 0; plane_i < psb_image_plane_count(image.format); plane_i++)
        size_bytes += (size_t)image.stride_bytes[plane_i] * (size_t)psb_image_plane_height(&image, plane_i);
    return size_bytes;
}

/* Asks the detector, and books what its parts took. */
static psb_status ask_detector(psb_camera *camera, const psb_boxes **boxes_out, const psb_frame *frame)
{
    const psb_status status = psb_detector_step(camera->options.detector, boxes_out, frame);
    if (status) return status;
    const psb_detector_timing timing = psb_detector_timing_get(camera->options.detector);
    psb_histogram_add(&camera->stages[PSB_STAGE_PREPARE], timing.prepare_ns);
    psb_histogram_add(&camera->stages[PSB_STAGE_NETWORK], timing.network_ns);
    psb_histogram_add(&camera->stages[PSB_STAGE_HEAD], timing.head_ns);
    return PSB_OK;
}

static psb_status keep_reported(psb_boxes *to, const psb_boxes *from, float min_score)
{
    psb_status status = psb_boxes_reserve(to, from->count);
    for (int32_t box_i = 0; !status && box_i < from->count; box_i++)
        if (!(from->score[box_i] < min_score))
            status = psb_boxes_append(to, psb_boxes_at(from, box_i), from->score[box_i]);
    return status;
}

/* Identities that are confirmed now and were tentative or unknown at the look before. Ids rise in both. */
static psb_status count_confirmed(psb_camera *camera, const psb_tracks *tracks)
{
    const psb_tracks *known = &camera->known;
    int32_t known_i = 0;
    for (int32_t track_i = 0; track_i < tracks->count; track_i++) {
        while (known_i < known->count && known->id[known_i] < tracks->id[track_i]) known_i++;
        const bool is_known = known_i < known->count && known->id[known_i] == tracks->id[track_i];
        const bool was_believed = is_known && known->state[known_i] != PSB_TRACK_TENTATIVE;
        if (tracks->state[track_i] == PSB_TRACK_CONFIRMED && !was_believed) camera->track_count++;
    }
    return psb_tracks_copy(&camera->known, tracks);
}

/* Memory for what will be drawn of a look and after it, so that handing out needs none. */
static psb_status reserve_drawn(psb_camera *camera, int32_t count)
{
    if (!camera->cover) return PSB_OK;
    const psb_status status = psb_tracks_reserve(&camera->shown, count);
    return status ? status : psb_tracks_reserve(&camera->between, count);
}

/* Every picture counts, also those that nobody looks at: what the camera did in them adds up until the next look. */
static psb_status follow_motion(psb_camera *camera, const psb_frame *frame)
{
    psb_camera_motion moved;
    bool is_known = false;
    if (!frame || camera->options.ignores_motion) {
        camera->knows_moved = false;
        return PSB_OK;
    }
    const int64_t start_ns = psb_clock_now_ns(&camera->options.clock);
    const psb_status status = psb_motion_finder_step(camera->finder, &moved, &is_known, frame);
    if (status) return status;
    camera->motion_ns += psb_clock_now_ns(&camera->options.clock) - start_ns;
    camera->moved = psb_camera_motion_then(&camera->moved, &moved);
    camera->knows_moved = camera->knows_moved && is_known;
    return PSB_OK;
}

/* boxes: all that were found, of any score. */
static psb_status take_look(psb_camera *camera, held_frame *held, const psb_boxes *boxes)
{
    const psb_tracks *tracks = NULL;
    psb_status status = keep_reported(&held->boxes, boxes, camera->options.min_score);
    if (status) return status;
    const int64_t start_ns = psb_clock_now_ns(&camera->options.clock);
    const psb_camera_motion *moved = camera->knows_moved ? &camera->moved : NULL;
    status = psb_tracker_step_moved(camera->tracker, &tracks, &held->boxes, moved, held->time_s);
    if (status) return status;
    psb_motion_finder_set_people(camera->finder, tracks);
    held->moved = camera->moved;
    held->knows_moved = camera->knows_moved;
    camera->moved = psb_camera_motion_none();
    camera->knows_moved = true;
    psb_histogram_add(&camera->stages[PSB_STAGE_TRACK],
                      psb_clock_now_ns(&camera->options.clock) - start_ns + camera->motion_ns);
    camera->motion_ns = 0;
    status = psb_tracks_copy(&held->tracks, tracks);
    if (!status) status = reserve_drawn(camera, tracks->count);
    return status ? status : count_confirmed(camera, tracks);
}

/* What the newest frame lets go: all that is as old as the look-back, and what exceeds the bound. */
static void advance_ready(psb_camera *camera)
{
    const psb_camera_options *options = &camera->options;
    const double newest_s = held_at(camera, camera->end - 1)->time_s;
    for (; camera->ready < camera->end; camera->ready++) {
        const held_frame *oldest = held_at(camera, camera->ready);
        const double held_s = newest_s - oldest->time_s;
        const bool is_old = !camera->cover || held_s >= options->look_back_s - 1e-6;
        const bool fits =
            camera->held_bytes <= options->look_back_bytes && camera->end - camera->ready <= PSB_CAMERA_HELD_FRAMES;
        if (!is_old && fits) return;
        if (!is_old && !camera->was_shortened) {
            psb_log_line(options->log, PSB_LOG_WARNING,
                         "look-back shortened from %.2f s to %.2f s: the frames held would exceed %zu MB, or %d",
                         options->look_back_s, held_s, options->look_back_bytes >> 20, PSB_CAMERA_HELD_FRAMES);
            camera->was_shortened = true;
        }
        camera->held_bytes -= oldest->size_bytes;
    }
}

static psb_status check_order(const psb_camera *camera, int64_t number, double time_s)
{
    if (number <= camera->last_number)
        return psb_fail(PSB_BAD_INPUT, "camera: found frame %lld after frame %lld, expected a larger number",
                        (long long)number, (long long)camera->last_number);
    if (!isfinite(time_s) || time_s <= camera->last_time_s)
        return psb_fail(PSB_BAD_INPUT, "camera: frame %lld: found time %g s after %g s, expected a later one",
                        (long long)number, time_s, camera->last_time_s);
    return PSB_OK;
}

/* The frame's place in the line, its times and what is to be done with it; nothing is looked at yet. */
static held_frame *begin_frame(psb_camera *camera, const psb_frame *frame, bool is_given, int64_t number, double time_s)
{
    held_frame *held = held_at(camera, camera->end);
    held->number = number;
    held->time_s = time_s;
    held->size_bytes = planes_bytes(frame);
    held->boxes.count = held->tracks.count = 0;
    const bool is_due = (number - 1) % camera->options.every == 0;
    held->is_looked_at = is_due && (is_given || (frame && camera->options.detector));
    return held;
}

psb_status psb_camera_step(psb_camera *camera, psb_frame *frame, const psb_boxes *boxes, int64_t number, double time_s)
{
    release_handed_out(camera);
    psb_status status = check_order(camera, number, time_s);
    if (status) return status;
    status = reserve_place(camera);
    if (status) return status;

    const bool is_given = boxes != NULL;
    held_frame *held = begin_frame(camera, frame, is_given, number, time_s);
    status = follow_motion(camera, frame);
    if (!status && held->is_looked_at && !is_given) status = ask_detector(camera, &boxes, frame);
    if (status) return status;
    if (held->is_looked_at) status = take_look(camera, held, boxes);
    if (status) return status;
    const psb_cover_look look = {.boxes = boxes, .tracks = &held->tracks, .is_certain = is_given};
    if (camera->cover) status = psb_cover_push(camera->cover, held->is_looked_at ? &look : NULL, time_s);
    if (status) return status;

    held->frame = frame ? psb_frame_ref(frame) : NULL;
    camera->held_bytes += held->size_bytes;
    camera->last_number = number;
    camera->last_time_s = time_s;
    camera->end++;
    advance_ready(camera);
    return PSB_OK;
}

psb_status psb_camera_flush(psb_camera *camera)
{
    release_handed_out(camera);
    camera->ready = camera->end;
    camera->held_bytes = 0;
    return PSB_OK;
}

/* ---- frames out ---- */

/* The first frame of those still held that was looked at, or NULL. */
static const held_frame *next_look(const psb_camera *camera)
{
    for (int64_t i = camera->first; i < camera->end; i++)
        if (held_at(camera, i)->is_looked_at) return held_at(camera, i);
    return NULL;
}

static const psb_tracks *choose_drawn(psb_camera *camera, const held_frame *held)
{
    if (!camera->cover || !held->frame) return &held->tracks;
    if (held->is_looked_at) {
        psb_tracks_copy(&camera->shown, &held->tracks);
        camera->shown_s = held->time_s;
        return &held->tracks;
    }
    const held_frame *next = camera->shown.count > 0 ? next_look(camera) : NULL;
    camera->between.count = 0;
    if (next)
        psb_tracks_between(&camera->between, (psb_timed_tracks){&camera->shown, camera->shown_s},
                           (psb_timed_tracks){&next->tracks, next->time_s}, held->time_s);
    return &camera->between;
}

bool psb_camera_next(psb_camera *camera, psb_camera_result *out)
{
    memset(out, 0, sizeof(*out));
    if (camera->first == camera->ready) return false;
    const held_frame *held = held_at(camera, camera->first++);
    psb_cover_verdict verdict = {.regions = &camera->no_regions};
    if (camera->cover) verdict = psb_cover_pop(camera->cover);
    *out = (psb_camera_result){.frame = held->frame,
                               .number = held->number,
                               .time_s = held->time_s,
                               .is_looked_at = held->is_looked_at,
                               .is_withheld = verdict.is_withheld,
                               .boxes = &held->boxes,
                               .tracks = &held->tracks,
                               .moved = held->is_looked_at && held->knows_moved ? &held->moved : NULL,
                               .drawn = choose_drawn(camera, held),
                               .covers = verdict.regions};
    return true;
}

int64_t psb_camera_track_count(const psb_camera *camera)
{
    return camera->track_count;
}

const psb_histogram *psb_camera_stage_times(const psb_camera *camera, psb_camera_stage stage)
{
    return &camera->stages[stage];
}
