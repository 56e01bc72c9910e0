/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking ahead in four steps: who was believed in the end keeps all boxes; the end of one track and the beginning of
 * another are linked when each leads to the other at its own speed; gaps are filled by straight lines; paths are
 * smoothed by local lines under a bell of time. Lines are straight in the scene: where the camera's motion is known,
 * boxes are carried into the picture of one look before they are compared (travel.h).
 * After: Du et al., "StrongSORT" (arXiv 2202.13514), for linking and filling behind a tracker; Cleveland, "Robust
 * locally weighted regression", JASA 74, 1979, for the smoothing. Linking here needs no learnt network: motion alone,
 * one assignment over all tracks. Times are seconds, distances heights, as in the tracker.
 */
#include "track/offline.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "geometry/assignment.h"

/* Gaps up to so long are filled. */
static const double FILL_S = 2;
/* Tracks are linked over so long at most, when the places that both speeds lead to are this near, in heights at once
 * and more for every second, and the sizes this alike. */
static const double LINK_S = 2.5, LINK_NEAR = 0.3, LINK_NEAR_S = 0.1, LINK_RATIO = 0.85;
/* Speed at an end is that of the last so many seconds. */
static const double SPEED_S = 0.6;
/* Deviation of the bell. */
static const double SMOOTH_S = 0.08;

/* One track: a run of the sightings, and how its ends move. */
typedef struct path {
    int64_t first, count;
    int32_t begin_look_i, end_look_i;
    double begin_s, end_s;
    double begin[4], end[4];             /* centre x, y, width, height */
    double begin_speed[2], end_speed[2]; /* of the centre */
} path;

static void *grown(void *block, int64_t *capacity_io, size_t item_bytes)
{
    const int64_t larger = *capacity_io ? 2 * *capacity_io : 1024;
    void *const grown = realloc(block, (size_t)larger * item_bytes);
    if (grown) *capacity_io = larger;
    return grown;
}

void psb_offline_fini(psb_offline *offline)
{
    free(offline->looks);
    free(offline->sightings);
    psb_travel_fini(&offline->travel);
    *offline = (psb_offline){0};
}

static psb_status add_sighting(psb_offline *offline, psb_sighting sighting)
{
    if (offline->count == offline->capacity) {
        psb_sighting *const larger = grown(offline->sightings, &offline->capacity, sizeof(*larger));
        if (!larger) return psb_fail_memory("sightings", (size_t)offline->capacity * sizeof(*larger));
        offline->sightings = larger;
    }
    offline->sightings[offline->count++] = sighting;
    return PSB_OK;
}

psb_status psb_offline_add(psb_offline *offline, const psb_tracks *tracks, const psb_camera_motion *motion,
                           int64_t frame, double time_s)
{
    const psb_status added = psb_travel_add(&offline->travel, motion);
    if (added) return added;
    if (offline->look_count == offline->look_capacity) {
        int64_t capacity = offline->look_capacity;
        psb_look *const larger = grown(offline->looks, &capacity, sizeof(*larger));
        if (!larger) return psb_fail_memory("looks", (size_t)capacity * sizeof(*larger));
        offline->looks = larger;
        offline->look_capacity = (int32_t)capacity;
    }
    const int32_t look_i = offline->look_count++;
    offline->looks[look_i] = (psb_look){frame, time_s};
    for (int32_t i = 0; i < tracks->count; i++) {
        if (tracks->detection_i[i] < 0) continue; /* predicted: what is seen later will fill it better */
        /* is_filled marks the tentative until finish knows better */
        const psb_status status =
            add_sighting(offline, (psb_sighting){.id = tracks->id[i],
                                                 .look_i = look_i,
                                                 .box = psb_tracks_at(tracks, i),
                                                 .score = tracks->score[i],
                                                 .is_filled = tracks->state[i] == PSB_TRACK_TENTATIVE});
        if (status) return status;
    }
    return PSB_OK;
}

static int by_id(const void *a, const void *b)
{
    const psb_sighting *one = a, *other = b;
    if (one->id != other->id) return one->id < other->id ? -1 : 1;
    return (one->look_i > other->look_i) - (one->look_i < other->look_i);
}

static int by_look(const void *a, const void *b)
{
    const psb_sighting *one = a, *other = b;
    if (one->look_i != other->look_i) return one->look_i < other->look_i ? -1 : 1;
    return (one->id > other->id) - (one->id < other->id);
}

static void sort(psb_offline *offline, int (*order)(const void *, const void *))
{
    if (offline->count > 1) qsort(offline->sightings, (size_t)offline->count, sizeof(*offline->sightings), order);
}

/* The end of the run of one identity that begins at `from`; sightings are in the order of ids. */
static int64_t run_end(const psb_offline *offline, int64_t from)
{
    int64_t i = from;
    while (i < offline->count && offline->sightings[i].id == offline->sightings[from].id) i++;
    return i;
}

/* Who was never believed goes; who was keeps the boxes from before. */
static void keep_believed(psb_offline *offline)
{
    int64_t kept = 0;
    for (int64_t from = 0, end; from < offline->count; from = end) {
        end = run_end(offline, from);
        bool is_believed = false;
        for (int64_t i = from; i < end; i++) is_believed = is_believed || !offline->sightings[i].is_filled;
        for (int64_t i = from; i < end && is_believed; i++) {
            offline->sightings[kept] = offline->sightings[i];
            offline->sightings[kept++].is_filled = false;
        }
    }
    offline->count = kept;
}

static double time_of(const psb_offline *offline, int64_t sighting_i)
{
    return offline->looks[offline->sightings[sighting_i].look_i].time_s;
}

static void measure(double out[4], psb_box box)
{
    out[0] = 0.5 * ((double)box.x0_px + box.x1_px);
    out[1] = 0.5 * ((double)box.y0_px + box.y1_px);
    out[2] = (double)box.x1_px - box.x0_px;
    out[3] = (double)box.y1_px - box.y0_px;
}

/* A sighting as it stands in the picture of another look. */
static void measure_from(double out[4], const psb_offline *offline, const psb_sighting *sighting, int32_t look_i)
{
    measure(out, sighting->box);
    if (!offline->travel.has_moved) return;
    const psb_camera_motion way = psb_travel_between(&offline->travel, sighting->look_i, look_i);
    psb_travel_carry(out, &way);
}

static psb_box box_of(const double m[4])
{
    return (psb_box){(float)(m[0] - 0.5 * m[2]), (float)(m[1] - 0.5 * m[3]), (float)(m[0] + 0.5 * m[2]),
                     (float)(m[1] + 0.5 * m[3])};
}

/* The line through values at times near a place, weighted: its value there and its slope. */
typedef struct line {
    double weight, t, tt, v[4], tv[4];
} line;

static void line_add(line *to, double t, const double value[4], double weight)
{
    to->weight += weight;
    to->t += weight * t;
    to->tt += weight * t * t;
    for (int32_t k = 0; k < 4; k++) {
        to->v[k] += weight * value[k];
        to->tv[k] += weight * t * value[k];
    }
}

static double line_slope(const line *of, int32_t k)
{
    const double spread = of->weight * of->tt - of->t * of->t;
    return spread > 1e-9 * of->weight * of->weight ? (of->weight * of->tv[k] - of->t * of->v[k]) / spread : 0;
}

static double line_at_0(const line *of, int32_t k)
{
    return (of->v[k] - line_slope(of, k) * of->t) / of->weight;
}

/* One end of a path: where, and how fast. */
static void measure_end(double at[4], double speed[2], const psb_offline *offline, int64_t from, int64_t count,
                        int64_t step)
{
    line fitted = {0};
    const double end_s = time_of(offline, from);
    for (int64_t i = from; count > 0; count--, i += step) {
        double m[4];
        const double t = time_of(offline, i) - end_s;
        if (fabs(t) > SPEED_S) break;
        measure_from(m, offline, &offline->sightings[i], offline->sightings[from].look_i);
        line_add(&fitted, t, m, 1);
    }
    for (int32_t k = 0; k < 4; k++) at[k] = line_at_0(&fitted, k);
    for (int32_t k = 0; k < 2; k++) speed[k] = line_slope(&fitted, k);
}

static path path_of(const psb_offline *offline, int64_t from, int64_t end)
{
    path p = {.first = from,
              .count = end - from,
              .begin_look_i = offline->sightings[from].look_i,
              .end_look_i = offline->sightings[end - 1].look_i,
              .begin_s = time_of(offline, from),
              .end_s = time_of(offline, end - 1)};
    measure_end(p.begin, p.begin_speed, offline, from, p.count, 1);
    measure_end(p.end, p.end_speed, offline, end - 1, p.count, -1);
    return p;
}

/* A path's beginning as it stands in the picture of another look. */
static void carry_beginning(path *path_io, const psb_travel *travel, int32_t look_i)
{
    const psb_camera_motion way = psb_travel_between(travel, path_io->begin_look_i, look_i);
    const double x = path_io->begin_speed[0], y = path_io->begin_speed[1];
    psb_travel_carry(path_io->begin, &way);
    path_io->begin_speed[0] = way.along * x - way.across * y;
    path_io->begin_speed[1] = way.across * x + way.along * y;
}

/* How well `later` goes on where `earlier` ends: above 0 when it may. */
static double link_gain(const psb_travel *travel, const path *earlier, const path *later_seen)
{
    const double gap_s = later_seen->begin_s - earlier->end_s;
    if (gap_s <= 0 || gap_s > LINK_S) return 0;
    path carried = *later_seen;
    const path *const later = &carried;
    if (travel->has_moved) carry_beginning(&carried, travel, earlier->end_look_i);
    const double height = 0.5 * (earlier->end[3] + later->begin[3]);
    const double ratio = fmin(earlier->end[3], later->begin[3]) / fmax(earlier->end[3], later->begin[3]);
    if (!(height > 0) || ratio < LINK_RATIO) return 0;
    double off2 = 0;
    for (int32_t k = 0; k < 2; k++) {
        const double speed = 0.5 * (earlier->end_speed[k] + later->begin_speed[k]);
        const double off = (later->begin[k] - earlier->end[k] - speed * gap_s) / height;
        off2 += off * off;
    }
    return 1 - sqrt(off2) / (LINK_NEAR + LINK_NEAR_S * gap_s) - 0.2 * gap_s / LINK_S;
}

typedef struct pair_list {
    psb_pair *pairs;
    int64_t count, capacity;
} pair_list;

/* All pairs of an end and a beginning that may be one person; paths are in the order of begin_s. */
static psb_status collect_links(pair_list *out, const psb_travel *travel, const path *paths, int32_t path_count)
{
    for (int32_t i = 0; i < path_count; i++) {
        int32_t low = 0, high = path_count;
        while (low < high) { /* the first that begins behind this one's end */
            const int32_t middle = low + (high - low) / 2;
            if (paths[middle].begin_s <= paths[i].end_s)
                low = middle + 1;
            else
                high = middle;
        }
        for (int32_t j = low; j < path_count && paths[j].begin_s <= paths[i].end_s + LINK_S; j++) {
            const double gain = link_gain(travel, &paths[i], &paths[j]);
            if (gain <= 0) continue;
            if (out->count == out->capacity) {
                psb_pair *const larger = grown(out->pairs, &out->capacity, sizeof(*larger));
                if (!larger) return psb_fail_memory("links of tracks", (size_t)out->capacity * sizeof(*larger));
                out->pairs = larger;
            }
            out->pairs[out->count++] = (psb_pair){i, j, gain};
        }
    }
    return PSB_OK;
}

static int by_begin(const void *a, const void *b)
{
    const path *one = a, *other = b;
    if (one->begin_s != other->begin_s) return one->begin_s < other->begin_s ? -1 : 1;
    return (one->first > other->first) - (one->first < other->first);
}

static void rename_linked(psb_offline *offline, const path *paths, const int32_t *next, int32_t path_count)
{
    for (int32_t i = 0; i < path_count; i++) { /* in the order of time: who is renamed here was reached before */
        if (next[i] < 0) continue;
        const int64_t id = offline->sightings[paths[i].first].id;
        for (int64_t k = 0; k < paths[next[i]].count; k++) offline->sightings[paths[next[i]].first + k].id = id;
    }
}

static psb_status link_paths(psb_offline *offline)
{
    int32_t count = 0;
    for (int64_t from = 0; from < offline->count; from = run_end(offline, from)) count++;
    if (count < 2) return PSB_OK;
    pair_list links = {0};
    psb_assignment *assignment = NULL;
    path *const paths = calloc((size_t)count, sizeof(*paths));
    int32_t *const next = calloc((size_t)count, sizeof(*next));
    psb_status status =
        paths && next ? psb_assignment_create(&assignment) : psb_fail_memory("paths", (size_t)count * sizeof(*paths));
    if (status) goto done;
    count = 0;
    for (int64_t from = 0, end; from < offline->count; from = end) {
        end = run_end(offline, from);
        paths[count++] = path_of(offline, from, end);
    }
    qsort(paths, (size_t)count, sizeof(*paths), by_begin);
    status = collect_links(&links, &offline->travel, paths, count);
    if (!status) status = psb_assignment_solve(assignment, next, count, count, links.pairs, links.count);
    if (!status) rename_linked(offline, paths, next, count);
done:
    psb_assignment_destroy(&assignment);
    free(links.pairs);
    free(paths);
    free(next);
    return status;
}

/* Straight lines from sighting to sighting of one person, at the looks between. */
static psb_status fill_gaps(psb_offline *offline)
{
    const int64_t count = offline->count;
    for (int64_t i = 0; i + 1 < count; i++) {
        const psb_sighting from = offline->sightings[i], to = offline->sightings[i + 1];
        if (from.id != to.id) continue;
        const double from_s = offline->looks[from.look_i].time_s, gap_s = offline->looks[to.look_i].time_s - from_s;
        if (gap_s > FILL_S) continue;
        double a[4], b[4], m[4];
        measure(a, from.box);
        measure_from(b, offline, &to, from.look_i);
        for (int32_t look_i = from.look_i + 1; look_i < to.look_i; look_i++) {
            const double share = (offline->looks[look_i].time_s - from_s) / gap_s;
            for (int32_t k = 0; k < 4; k++) m[k] = a[k] + share * (b[k] - a[k]);
            const psb_camera_motion way = psb_travel_between(&offline->travel, from.look_i, look_i);
            psb_travel_carry(m, &way);
            const psb_sighting filled = {.id = from.id,
                                         .look_i = look_i,
                                         .box = box_of(m),
                                         .score = fminf(from.score, to.score),
                                         .is_filled = true};
            const psb_status status = add_sighting(offline, filled);
            if (status) return status;
        }
    }
    return PSB_OK;
}

/* Each box becomes that of the line through its neighbours in time. Sightings are in the order of ids. */
static psb_status smooth_paths(psb_offline *offline)
{
    psb_box *const smooth = malloc((size_t)offline->count * sizeof(*smooth) + 1);
    if (!smooth) return psb_fail_memory("smooth paths", (size_t)offline->count * sizeof(*smooth));
    for (int64_t from = 0, end; from < offline->count; from = end) {
        end = run_end(offline, from);
        int64_t low = from;
        for (int64_t i = from; i < end; i++) {
            const double now_s = time_of(offline, i);
            line fitted = {0};
            double m[4];
            while (time_of(offline, low) < now_s - 3 * SMOOTH_S) low++;
            for (int64_t j = low; j < end && time_of(offline, j) <= now_s + 3 * SMOOTH_S; j++) {
                const double t = time_of(offline, j) - now_s;
                measure_from(m, offline, &offline->sightings[j], offline->sightings[i].look_i);
                line_add(&fitted, t, m, exp(-0.5 * t * t / (SMOOTH_S * SMOOTH_S)));
            }
            for (int32_t k = 0; k < 4; k++) m[k] = line_at_0(&fitted, k);
            smooth[i] = box_of(m);
            if (!psb_box_is_valid(smooth[i])) smooth[i] = offline->sightings[i].box;
        }
    }
    for (int64_t i = 0; i < offline->count; i++) offline->sightings[i].box = smooth[i];
    free(smooth);
    return PSB_OK;
}

psb_status psb_offline_finish(psb_offline *offline)
{
    sort(offline, by_id);
    keep_believed(offline);
    psb_status status = link_paths(offline);
    sort(offline, by_id);
    if (!status) status = fill_gaps(offline);
    sort(offline, by_id);
    if (!status) status = smooth_paths(offline);
    sort(offline, by_look);
    return status;
}
