/* SPDX-License-Identifier: Apache-2.0
 *
 * The policy of redaction; docs/redaction.md argues for it and measures it. Of a frame are covered:
 *  - every box that is strong enough by itself, and weaker ones whose chain (sightings.c) is strong nearby in time;
 *  - where a chain was seen before and after the frame, the place between (nobody leaves the world between two looks);
 *  - where it was seen only before, the place it moves to, for a short while, with a margin that grows;
 *  - where it was seen only later, the place it came from, likewise, for as long as frames are held;
 *  - every track of the tracker, coasting ones with a margin that grows.
 * A frame without a look near it in time is withheld. Everything is judged when the frame is popped, from what is known
 * by then; nothing is decided early. Units are seconds and body sizes: the rate of frames does not matter.
 */
#include "privacy/cover.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "privacy/sightings_int.h"

/* Where the numbers come from: docs/redaction.md, "The policy's numbers". */
static const float MARGIN_X = 0.09f;       /* of the box's width, each side */
static const float MARGIN_Y = 0.05f;       /* of its height */
static const float STRONG = 0.25f;         /* evidence that makes a weak box a person */
static const float COAST_EVIDENCE = 0.3f;  /* and evidence enough to cover where nothing is seen */
static const double COAST_S = 0.7;         /* how long */
static const double BACK_S = 1.0;          /* how far before the first sighting */
static const double LET_GO_S = 1.5;        /* how long nothing may be seen of a track, before and after */
static const double GAP_S = 1.5;           /* the longest time between two sightings that is bridged, or ... */
static const double GAP_LOOKS = 2.5;       /* ... this many looks, if longer */
static const float GROW_S = 0.20f;         /* growth of a margin per second, in body widths: coasting and before */
static const float GROW_BETWEEN_S = 0.15f; /* between two sightings, per second from the nearer */
static const float MOST_GROWTH = 0.5f;
static const double STALE_S = 1.0; /* a frame further than this from any look is withheld */

/* A held frame. */
typedef struct slot {
    double time_s;
    double look_s; /* the last look up to this frame; -INFINITY before the first */
    bool is_looked_at;
    psb_tracks tracks;   /* of its own look */
    psb_regions regions; /* its verdict, once popped */
} slot;

struct psb_cover {
    float cover_score;
    slot *ring;
    int32_t ring_capacity; /* a power of two; at the first frames of a stream it grows to what is held */
    int64_t first, end;    /* numbers of the held frames */
    double look_s;         /* the last look pushed, -INFINITY before the first */
    double interval_s;     /* between the last two looks */
    psb_tracks tracks;     /* of the last look popped, where they were found to be */
    double tracks_s;       /* its time */
    psb_sightings sightings;
};

psb_status psb_cover_create(psb_cover **out, const psb_cover_options *options)
{
    *out = NULL;
    psb_cover *cover = calloc(1, sizeof(*cover));
    if (!cover) return psb_fail_memory("cover", sizeof(*cover));
    cover->cover_score = options && options->cover_score > 0 ? options->cover_score : PSB_COVER_SCORE;
    cover->look_s = -INFINITY;
    const psb_status status = psb_sightings_init(&cover->sightings);
    if (status)
        psb_cover_destroy(&cover);
    else
        *out = cover;
    return status;
}

static void slot_fini(slot *held)
{
    psb_tracks_fini(&held->tracks);
    psb_regions_fini(&held->regions);
}

void psb_cover_destroy(psb_cover **cover)
{
    if (!cover || !*cover) return;
    for (int32_t i = 0; i < (*cover)->ring_capacity; i++) slot_fini(&(*cover)->ring[i]);
    free((*cover)->ring);
    psb_tracks_fini(&(*cover)->tracks);
    psb_sightings_fini(&(*cover)->sightings);
    free(*cover);
    *cover = NULL;
}

int32_t psb_cover_held_count(const psb_cover *cover)
{
    return (int32_t)(cover->end - cover->first);
}

static slot *slot_at(const psb_cover *cover, int64_t number)
{
    return &cover->ring[number & (cover->ring_capacity - 1)];
}

/* ---- a frame comes in ---- */

static psb_status reserve_slot(psb_cover *cover)
{
    if (cover->end - cover->first < cover->ring_capacity) return PSB_OK;
    if (cover->ring_capacity >= PSB_BOXES_MAX)
        return psb_fail(PSB_BAD_INPUT, "look-back: found %d frames held, expected less", (int)cover->ring_capacity);
    const int32_t capacity = cover->ring_capacity ? 2 * cover->ring_capacity : 16;
    slot *ring = calloc((size_t)capacity, sizeof(*ring));
    if (!ring) return psb_fail_memory("held frames", (size_t)capacity * sizeof(*ring));
    for (int64_t number = cover->first; number < cover->end; number++) /* all of the old ring: it is full */
        ring[number & (capacity - 1)] = *slot_at(cover, number);
    free(cover->ring);
    cover->ring = ring;
    cover->ring_capacity = capacity;
    return PSB_OK;
}

/* The longest time between two sightings that may be bridged. */
static double gap_s(const psb_cover *cover)
{
    return fmax(GAP_S, GAP_LOOKS * cover->interval_s);
}

static psb_status take_look(psb_cover *cover, slot *held, const psb_cover_look *look)
{
    const psb_status status = psb_tracks_copy(&held->tracks, look->tracks);
    if (status) return status;
    if (cover->look_s > -INFINITY) cover->interval_s = held->time_s - cover->look_s;
    cover->look_s = held->time_s;
    return psb_sightings_add(&cover->sightings, &(psb_sightings_look){.boxes = look->boxes,
                                                                      .time_s = held->time_s,
                                                                      .min_score = PSB_COVER_WEAK_SCORE,
                                                                      .is_certain = look->is_certain,
                                                                      .gap_s = gap_s(cover)});
}

psb_status psb_cover_push(psb_cover *cover, const psb_cover_look *look, double time_s)
{
    psb_status status = reserve_slot(cover);
    if (status) return status;
    slot *held = slot_at(cover, cover->end);
    held->time_s = time_s;
    held->is_looked_at = look != NULL;
    held->tracks.count = 0;
    held->regions.count = 0;
    if (look) status = take_look(cover, held, look);
    if (status) return status;
    held->look_s = cover->look_s;
    cover->end++;
    return PSB_OK;
}

/* ---- a frame goes out ---- */

/* A box with its margins, grown by growth times its shorter side. Where it was seen and how it moved since err
 * independently, so the two add up as squares do. */
static psb_box with_margin(psb_box box, double growth)
{
    const float width = box.x1_px - box.x0_px, height = box.y1_px - box.y0_px;
    const float grown_px = fminf((float)growth, MOST_GROWTH) * fminf(width, height);
    const float x = hypotf(MARGIN_X * width, grown_px), y = hypotf(MARGIN_Y * height, grown_px);
    return (psb_box){box.x0_px - x, box.y0_px - y, box.x1_px + x, box.y1_px + y};
}

static psb_box moved(psb_box box, double dx_px, double dy_px)
{
    const float dx = (float)dx_px, dy = (float)dy_px;
    return (psb_box){box.x0_px + dx, box.y0_px + dy, box.x1_px + dx, box.y1_px + dy};
}

/* part 0 = from, 1 = to */
static psb_box between(psb_box from, psb_box to, double part)
{
    const float b = (float)part, a = 1.0f - b;
    return (psb_box){a * from.x0_px + b * to.x0_px, a * from.y0_px + b * to.y0_px, a * from.x1_px + b * to.x1_px,
                     a * from.y1_px + b * to.y1_px};
}

/* Where a person was at time_s who was seen at from_s and at to_s. */
static psb_box bridged(psb_box from, double from_s, psb_box to, double to_s, double time_s)
{
    const double nearer_s = fmin(time_s - from_s, to_s - time_s);
    return with_margin(between(from, to, (time_s - from_s) / (to_s - from_s)), GROW_BETWEEN_S * nearer_s);
}

/* Before a chain's first sighting: where it came from, by how it moved in the second after. */
static psb_status cover_unborn(psb_regions *regions, const psb_sightings *sightings, int64_t newest,
                               const psb_sighting *first, double time_s)
{
    const double back_s = first->time_s - time_s;
    if (back_s > BACK_S) return PSB_OK;
    const psb_sighting *walk = psb_sightings_at(sightings, newest);
    while (walk != first && walk->time_s - first->time_s > 1.0) walk = psb_sightings_at(sightings, walk->before);
    if (walk == first) return psb_regions_append(regions, with_margin(first->box, GROW_S * back_s));

    const psb_box a = first->box, b = walk->box;
    const double part = 0.5 * back_s / (walk->time_s - first->time_s);
    const double dx_px = part * ((double)a.x0_px + a.x1_px - b.x0_px - b.x1_px);
    const double dy_px = part * ((double)a.y0_px + a.y1_px - b.y0_px - b.y1_px);
    return psb_regions_append(regions, with_margin(moved(a, dx_px, dy_px), GROW_S * back_s));
}

/* After a chain's last sighting so far: where it went. */
static psb_status cover_unseen(psb_regions *regions, const psb_sighting *last, double time_s)
{
    const double dt_s = time_s - last->time_s;
    const psb_box box = moved(last->box, dt_s * last->vx_px_s, dt_s * last->vy_px_s);
    return psb_regions_append(regions, with_margin(box, GROW_S * dt_s));
}

/* A moment in the life of a chain. */
typedef struct moment {
    const psb_sighting *before, *after; /* the nearest sightings up to then and later, or NULL */
    float evidence;
} moment;

/* Sightings below least_score are passed over. */
static moment moment_of(const psb_sightings *sightings, int64_t newest, double time_s, float least_score)
{
    moment out = {0};
    const psb_sighting *walk = psb_sightings_at(sightings, newest);
    for (; walk && !out.before; walk = psb_sightings_at(sightings, walk->before)) {
        if (walk->score < least_score) continue;
        if (walk->time_s <= time_s) {
            out.before = walk;
            out.evidence = fmaxf(out.evidence, psb_evidence_after(walk->evidence, time_s - walk->time_s));
        } else {
            out.after = walk;
            out.evidence = fmaxf(out.evidence, walk->score);
        }
    }
    return out;
}

static psb_status cover_moment(const psb_cover *cover, slot *held, int64_t newest, moment at)
{
    if (!at.before) {
        if (!at.after || at.evidence < COAST_EVIDENCE) return PSB_OK;
        return cover_unborn(&held->regions, &cover->sightings, newest, at.after, held->time_s);
    }
    if (at.before->score < cover->cover_score && at.evidence < STRONG) return PSB_OK;
    const double dt_s = held->time_s - at.before->time_s;
    if (dt_s <= 0) return psb_regions_append(&held->regions, with_margin(at.before->box, 0));
    if (at.after)
        return psb_regions_append(
            &held->regions, bridged(at.before->box, at.before->time_s, at.after->box, at.after->time_s, held->time_s));
    const bool is_between_looks = at.before->time_s >= held->look_s; /* not missed: nobody looked since */
    if (!is_between_looks && (dt_s > COAST_S || at.evidence < COAST_EVIDENCE)) return PSB_OK;
    return cover_unseen(&held->regions, at.before, held->time_s);
}

/* Who comes in is often seen weakly and in part first, and well at the next look: then they are also covered as if only
 * the strong box had been seen. */
static psb_status cover_chain(const psb_cover *cover, slot *held, int64_t newest)
{
    const moment all = moment_of(&cover->sightings, newest, held->time_s, 0);
    const psb_status status = cover_moment(cover, held, newest, all);
    if (status || !all.before || !all.after || all.after->score < STRONG) return status;
    const moment sure = moment_of(&cover->sightings, newest, held->time_s, STRONG);
    return sure.before ? PSB_OK : cover_moment(cover, held, newest, sure);
}

/* Does a region hold the box and half of its margins already? */
static bool is_covered(const psb_regions *regions, psb_box box)
{
    const float x = 0.5f * MARGIN_X * (box.x1_px - box.x0_px), y = 0.5f * MARGIN_Y * (box.y1_px - box.y0_px);
    for (int32_t i = 0; i < regions->count; i++) {
        const psb_box region = psb_regions_at(regions, i);
        if (box.x0_px - x >= region.x0_px && box.y0_px - y >= region.y0_px && box.x1_px + x <= region.x1_px &&
            box.y1_px + y <= region.y1_px)
            return true;
    }
    return false;
}

static psb_box track_box(const psb_tracks *tracks, int32_t track_i)
{
    return (psb_box){tracks->x0_px[track_i], tracks->y0_px[track_i], tracks->x1_px[track_i], tracks->y1_px[track_i]};
}

static void set_track_box(psb_tracks *tracks, int32_t track_i, psb_box box)
{
    tracks->x0_px[track_i] = box.x0_px;
    tracks->y0_px[track_i] = box.y0_px;
    tracks->x1_px[track_i] = box.x1_px;
    tracks->y1_px[track_i] = box.y1_px;
}

/* The row of an id; ids rise. -1 where it has none. */
static int32_t row_of_id(const psb_tracks *tracks, int64_t id)
{
    int32_t low = 0, high = tracks->count;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (tracks->id[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < tracks->count && tracks->id[low] == id ? low : -1;
}

/* Where a track is found later, as far as frames are held. */
typedef struct later_place {
    psb_box box;
    double time_s;
    bool is_matched; /* by a detection; else the tracker's prediction for the next look */
} later_place;

/* The next look that matches the track; failing that, and only for a frame that was not looked at, the next look that
 * knows it (a looked-at frame has a prediction of its own). */
static bool find_later(const psb_cover *cover, later_place *out, const slot *held, int64_t id)
{
    bool is_found = false;
    for (int64_t number = cover->first + 1; number < cover->end; number++) {
        const slot *later = slot_at(cover, number);
        const int32_t row_i = later->is_looked_at ? row_of_id(&later->tracks, id) : -1;
        if (row_i < 0) continue;
        const bool is_matched = later->tracks.detection_i[row_i] >= 0;
        if (!is_matched && (is_found || held->is_looked_at)) continue;
        *out = (later_place){track_box(&later->tracks, row_i), later->time_s, is_matched};
        if (is_matched) return true;
        is_found = true;
    }
    return is_found;
}

/* A track in the oldest held frame. */
typedef struct tracked {
    int64_t id;
    psb_box box; /* by the tracker; where it was found later, on the way there */
    bool has_from;
    psb_box from;    /* where the look before had it */
    double unseen_s; /* since it was last matched */
    double missed_s; /* of these, up to the last look: somebody looked and did not see it */
} tracked;

/* What becomes of a track later, if that is known, is better than its own prediction. A track that nothing was seen of
 * for LET_GO_S of looking, before this frame and after it together, is gone or behind something. */
static psb_status cover_track(const psb_cover *cover, slot *held, tracked *track)
{
    double growth = GROW_S * track->unseen_s;
    later_place later = {0};
    if (track->has_from && track->unseen_s > 0 && find_later(cover, &later, held, track->id)) {
        const double span_s = later.time_s - cover->tracks_s;
        track->box = between(track->from, later.box, (held->time_s - cover->tracks_s) / span_s);
        if (later.is_matched) growth = GROW_BETWEEN_S * fmin(track->unseen_s, later.time_s - held->time_s);
    }
    if (!later.is_matched && track->missed_s + cover->look_s - held->time_s > LET_GO_S) return PSB_OK;
    if (is_covered(&held->regions, track->box)) return PSB_OK;
    return psb_regions_append(&held->regions, with_margin(track->box, growth));
}

/* The frame's own tracks. Most are where their detection is, which is covered by its chain. */
static psb_status cover_tracks(const psb_cover *cover, slot *held)
{
    psb_tracks *tracks = &held->tracks;
    psb_status status = PSB_OK;
    for (int32_t track_i = 0; !status && track_i < tracks->count; track_i++) {
        const int32_t from_i = row_of_id(&cover->tracks, tracks->id[track_i]);
        const double unseen_s = (double)tracks->unseen_s[track_i];
        tracked track = {.id = tracks->id[track_i],
                         .box = track_box(tracks, track_i),
                         .has_from = from_i >= 0,
                         .unseen_s = unseen_s,
                         .missed_s = unseen_s};
        if (track.has_from) track.from = track_box(&cover->tracks, from_i);
        status = cover_track(cover, held, &track);
        set_track_box(tracks, track_i, track.box);
    }
    return status;
}

/* A frame that was not looked at: the tracks of the look before. */
static psb_status cover_tracks_between(const psb_cover *cover, slot *held)
{
    const psb_tracks *tracks = &cover->tracks;
    psb_status status = PSB_OK;
    for (int32_t track_i = 0; !status && track_i < tracks->count; track_i++) {
        const double missed_s = (double)tracks->unseen_s[track_i];
        const psb_box box = track_box(tracks, track_i);
        tracked track = {.id = tracks->id[track_i],
                         .box = box,
                         .has_from = true,
                         .from = box,
                         .unseen_s = missed_s + held->time_s - cover->tracks_s,
                         .missed_s = missed_s};
        status = cover_track(cover, held, &track);
    }
    return status;
}

/* The first held frame from number on that was looked at, or NULL. */
static const slot *next_look(const psb_cover *cover, int64_t number)
{
    for (; number < cover->end; number++)
        if (slot_at(cover, number)->is_looked_at) return slot_at(cover, number);
    return NULL;
}

static psb_status judge(psb_cover *cover, slot *held)
{
    psb_status status = PSB_OK;
    for (int32_t chain_i = 0; !status && chain_i < cover->sightings.chain_count; chain_i++)
        status = cover_chain(cover, held, cover->sightings.chains[chain_i]);
    if (status) return status;
    status = held->is_looked_at ? cover_tracks(cover, held) : cover_tracks_between(cover, held);
    if (status) return status;
    psb_regions_drop_contained(&held->regions);
    if (!held->is_looked_at) return PSB_OK;
    cover->tracks_s = held->time_s;
    return psb_tracks_copy(&cover->tracks, &held->tracks);
}

psb_cover_verdict psb_cover_pop(psb_cover *cover)
{
    assert(cover->first < cover->end);
    slot *held = slot_at(cover, cover->first);
    const slot *next = next_look(cover, cover->first + 1);
    const double since_s = held->time_s - held->look_s;
    const double until_s = next ? next->time_s - held->time_s : INFINITY;
    const bool is_known = since_s <= STALE_S || until_s <= STALE_S;
    const psb_status status = judge(cover, held);

    const double oldest_s = held->time_s - fmax(gap_s(cover), COAST_S);
    psb_sightings_forget(&cover->sightings, oldest_s, 1.0);
    cover->first++;
    return (psb_cover_verdict){.regions = &held->regions, .is_withheld = status != PSB_OK || !is_known};
}
