/* SPDX-License-Identifier: Apache-2.0
 *
 * The camera's motion from its pictures: blocks that people leave free are looked for in the next picture, coarse and
 * then fine, and the shift, turn and zoom that most of them share is the camera's, if enough do, all over the picture.
 * A camera that rests is the rule: blocks that stay where they were outvote more that move together (a tram), and once
 * nothing moved for a while only sixteen places are watched, until three of four have left.
 * After: Aharon et al., "BoT-SORT", arXiv 2206.14651, for a similarity from sparse background points before
 * association; unlike there no corner is tracked, so that the cost is bounded, and a picture stays the reference while
 * nothing moves, so that a slow drift adds up until it is seen and noise does not.
 */
#include "track/camera_motion.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/cpu.h"
#include "base/error.h"
#include "geometry/boxes.h"
#include "track/block_match.h"

enum {
    MOST_PEOPLE = 256,
    COARSE_OF_PART = 4, /* blocks that a part of the picture gives */
    NEAR_PLACES = 16,   /* a coarse search; 8 coarse pixels are a fifteenth of a picture's width */
    FAR_PLACES = 32,    /* where that found nothing */
    FAR_OF_PART = 3,    /* fine blocks looked for so far */
    FINE_PLACES = 8,
    LEAST_BLOCKS = 8,
    LEAST_SPREAD = 4,
    WATCHED = PSB_BLOCK_PARTS, /* one a part */
    LEAST_WATCHED = 6,
};

/* Tolerances in the level's pixels: sub-pixel errors of blocks are 0.1 to 0.2, and no scene is flat. */
static const double COARSE_TOLERANCE_PX = 0.9, FINE_TOLERANCE_PX = 0.8, STILL_TOLERANCE_PX = 0.4;
/* More than this in zoom (1 = none) or turn (radians) between two pictures is no camera's. */
static const double MOST_BEND = 0.2;
/* A motion must be shared by this much of what was found again. */
static const double LEAST_SHARE = 0.35;
/* Blocks at rest with this part of the moving ones' support mean rest: of a camera that was fixed so far, of one that
 * has just moved. */
static const double REST_FIXED = 0.2, REST_MOVING = 0.4;
/* A watched place moved by more than this has left, fine pixels; fewer than this share stay: the camera moves. */
static const float WATCH_PX = 0.5f;
static const double LEAST_STAYING = 0.25;
/* A reference is renewed after so long, because light and parked cars change; but while more than this part of the
 * watched places is hidden (a tram passes: the places behind it are to be known again), only after the longer time. */
static const double RENEW_S = 1, RENEW_HIDDEN_S = 20, MOST_HIDDEN = 0.3;
/* People step out of their boxes until the next picture: widths to each side. */
static const float PERSON_MARGIN = 0.1f;
static const double DEFAULT_STILL_S = 1;

struct psb_motion_finder {
    double still_s;
    uint64_t seed;
    psb_rng rng; /* begun anew with each picture: what is found does not depend on what was before */
    int32_t width, height;
    psb_arena arena;
    psb_block_maker maker;
    psb_block_picture picture[2];
    int32_t earlier; /* the reference: picture[earlier]; the other is scratch */
    bool has_earlier, is_watching, was_unknown;
    double earlier_s, moved_s, rest_s; /* times: of the reference, of the last motion, since when it rests */
    psb_boxes people;                  /* in the reference */
    psb_block_choice coarse, fine, watch;
    psb_block_pairs pairs;
    uint8_t patch[PSB_PATCH_SIDE * PSB_PATCH_SIDE];
    psb_motion_report report;
};

/* ---- a motion ---- */

psb_camera_motion psb_camera_motion_none(void)
{
    return (psb_camera_motion){.along = 1};
}

psb_camera_motion psb_camera_motion_then(const psb_camera_motion *first, const psb_camera_motion *second)
{
    const psb_camera_motion a = *first, b = *second;
    return (psb_camera_motion){.along = b.along * a.along - b.across * a.across,
                               .across = b.across * a.along + b.along * a.across,
                               .x_px = b.along * a.x_px - b.across * a.y_px + b.x_px,
                               .y_px = b.across * a.x_px + b.along * a.y_px + b.y_px};
}

psb_camera_motion psb_camera_motion_back(const psb_camera_motion *motion)
{
    const double size = motion->along * motion->along + motion->across * motion->across;
    const double along = motion->along / size, across = -motion->across / size;
    return (psb_camera_motion){along, across, -(along * motion->x_px - across * motion->y_px),
                               -(across * motion->x_px + along * motion->y_px)};
}

/* Fine pixels about the picture's middle to picture pixels from its corner. */
static psb_camera_motion motion_of(const psb_motion_finder *finder, psb_block_motion m)
{
    const double side = finder->maker.sizes.side, zoom = (double)m.zoom, turn = (double)m.turn;
    const double x_px = 0.5 * side * finder->maker.sizes.fine_width;
    const double y_px = 0.5 * side * finder->maker.sizes.fine_height;
    return (psb_camera_motion){1 + zoom, turn, side * (double)m.x_px - zoom * x_px + turn * y_px,
                               side * (double)m.y_px - turn * x_px - zoom * y_px};
}

/* ---- memory ---- */

void psb_motion_finder_options_init(psb_motion_finder_options *options)
{
    *options = (psb_motion_finder_options){.size = sizeof(*options)};
}

psb_status psb_motion_finder_create_with(psb_motion_finder **out, const psb_motion_finder_options *options,
                                         uint32_t cpu_flags)
{
    *out = NULL;
    if (options && options->size < sizeof(*options))
        return psb_fail(PSB_BAD_INPUT, "motion finder: options: found a size of %zu bytes, expected %zu (options_init)",
                        options->size, sizeof(*options));
    const double still_s = options && options->still_s != 0 ? options->still_s : DEFAULT_STILL_S;
    if (!(still_s > 0))
        return psb_fail(PSB_BAD_INPUT, "motion finder: still_s: found %g, expected more than 0, or 0 for the default",
                        still_s);
    psb_motion_finder *finder = calloc(1, sizeof(*finder));
    if (!finder) return psb_fail_memory("motion finder", sizeof(*finder));
    finder->still_s = still_s;
    finder->seed = options ? options->seed : 0;
    finder->maker.decimate = psb_decimate_u8_pick(cpu_flags);
    finder->maker.sad = psb_sad_u8_pick(cpu_flags);
    psb_status status = psb_boxes_init(&finder->people, MOST_PEOPLE);
    if (status) goto done;
    *out = finder;
    finder = NULL; /* given away */
done:
    psb_motion_finder_destroy(&finder);
    return status;
}

psb_status psb_motion_finder_create(psb_motion_finder **out, const psb_motion_finder_options *options)
{
    return psb_motion_finder_create_with(out, options, psb_cpu_detect());
}

void psb_motion_finder_destroy(psb_motion_finder **finder)
{
    if (!finder || !*finder) return;
    psb_arena_fini(&(*finder)->arena);
    psb_boxes_fini(&(*finder)->people);
    free(*finder);
    *finder = NULL;
}

/* Memory for pictures of this size; the camera begins anew. */
static psb_status take_size(psb_motion_finder *finder, const psb_image *image)
{
    finder->width = finder->height = 0;
    finder->has_earlier = finder->is_watching = finder->was_unknown = false;
    finder->people.count = 0;
    psb_arena_fini(&finder->arena);
    const psb_block_sizes sizes = finder->maker.sizes = psb_block_sizes_of(image->width, image->height);
    if (sizes.is_large_enough) {
        const psb_status status = psb_arena_init(&finder->arena, 2 * psb_block_picture_cost_bytes(&sizes) +
                                                                     psb_block_maker_cost_bytes(&sizes));
        if (status) return status;
        for (int32_t i = 0; i < 2; i++) psb_block_picture_place(&finder->picture[i], &sizes, &finder->arena);
        psb_block_maker_place(&finder->maker, &finder->arena);
    }
    finder->width = image->width;
    finder->height = image->height;
    return PSB_OK;
}

/* ---- people ---- */

static double area_of(psb_box box)
{
    return ((double)box.x1_px - box.x0_px) * ((double)box.y1_px - box.y0_px);
}

static void set_person(psb_boxes *people, int32_t at, psb_box box)
{
    people->x0_px[at] = box.x0_px;
    people->y0_px[at] = box.y0_px;
    people->x1_px[at] = box.x1_px;
    people->y1_px[at] = box.y1_px;
}

void psb_motion_finder_set_people(psb_motion_finder *finder, const psb_tracks *people)
{
    psb_boxes *const own = &finder->people;
    own->count = 0;
    for (int32_t i = 0; i < people->count; i++) {
        psb_box box = psb_tracks_at(people, i);
        const float margin_px = PERSON_MARGIN * (box.x1_px - box.x0_px);
        box = (psb_box){box.x0_px - margin_px, box.y0_px - margin_px, box.x1_px + margin_px, box.y1_px + margin_px};
        if (own->count < MOST_PEOPLE) {
            set_person(own, own->count++, box);
            continue;
        }
        int32_t least = 0;
        for (int32_t k = 1; k < own->count; k++)
            if (area_of(psb_boxes_at(own, k)) < area_of(psb_boxes_at(own, least))) least = k;
        if (area_of(psb_boxes_at(own, least)) < area_of(box)) set_person(own, least, box);
    }
}

/* Between two looks people are where the camera's motion takes their boxes. */
static void move_people(psb_motion_finder *finder, const psb_camera_motion *motion)
{
    for (int32_t i = 0; i < finder->people.count; i++) {
        const psb_box box = psb_boxes_at(&finder->people, i);
        const double x = 0.5 * ((double)box.x0_px + box.x1_px), y = 0.5 * ((double)box.y0_px + box.y1_px);
        const float go_x = (float)(motion->along * x - motion->across * y + motion->x_px - x);
        const float go_y = (float)(motion->across * x + motion->along * y + motion->y_px - y);
        set_person(&finder->people, i,
                   (psb_box){box.x0_px + go_x, box.y0_px + go_y, box.x1_px + go_x, box.y1_px + go_y});
    }
}

/* ---- finding ---- */

static psb_block_motion scaled(psb_block_motion m, float factor)
{
    return (psb_block_motion){factor * m.x_px, factor * m.y_px, m.zoom, m.turn};
}

/* Whether rest explains so much that what moves is something in the picture. */
static bool is_rest(const psb_motion_finder *finder, psb_block_motion found, double tolerance_px, double rest_px,
                    double part)
{
    const psb_block_motion rest = {0};
    return psb_fit_share(&finder->pairs, rest, rest_px) >= part * psb_fit_share(&finder->pairs, found, tolerance_px);
}

static void match_fine(psb_motion_finder *finder, psb_block_motion near, int32_t places)
{
    const psb_block_picture *earlier = &finder->picture[finder->earlier];
    psb_block_match(&finder->pairs, &finder->fine,
                    &(psb_block_search){.sad = finder->maker.sad,
                                        .grid = &earlier->fine_grid,
                                        .earlier = &earlier->fine,
                                        .later = &finder->picture[!finder->earlier].fine,
                                        .near = near,
                                        .places = places});
}

/* Where people leave no room for coarse blocks: fine ones, a few, as far as can be looked. */
static bool find_between_people(psb_motion_finder *finder, psb_block_motion *out, double rest_part)
{
    const psb_block_picture *earlier = &finder->picture[finder->earlier];
    psb_block_choose(&finder->fine, &earlier->fine_grid, &finder->people, (float)finder->maker.sizes.side, FAR_OF_PART);
    match_fine(finder, (psb_block_motion){0}, FAR_PLACES);
    const psb_block_motion found = psb_fit_vote(&finder->pairs, COARSE_TOLERANCE_PX, MOST_BEND, &finder->rng);
    if (finder->pairs.count < LEAST_BLOCKS || 2 * finder->pairs.count < finder->fine.count ||
        psb_fit_share(&finder->pairs, found, COARSE_TOLERANCE_PX) < LEAST_SHARE)
        return false;
    *out = (psb_block_motion){0};
    if (!is_rest(finder, found, COARSE_TOLERANCE_PX, STILL_TOLERANCE_PX, rest_part)) *out = found;
    return true;
}

/* The coarse motion, in fine pixels; false = none. */
static bool find_coarse(psb_motion_finder *finder, psb_block_motion *out, double rest_part)
{
    const psb_block_picture *earlier = &finder->picture[finder->earlier], *later = &finder->picture[!finder->earlier];
    const float scale = (float)(finder->maker.sizes.side * PSB_COARSE_SIDE);
    psb_block_choose(&finder->coarse, &earlier->coarse_grid, &finder->people, scale, COARSE_OF_PART);
    for (int32_t places = NEAR_PLACES; places <= FAR_PLACES; places += FAR_PLACES - NEAR_PLACES) {
        psb_block_match(&finder->pairs, &finder->coarse,
                        &(psb_block_search){.sad = finder->maker.sad,
                                            .grid = &earlier->coarse_grid,
                                            .earlier = &earlier->coarse,
                                            .later = &later->coarse,
                                            .places = places});
        const psb_block_motion found = psb_fit_vote(&finder->pairs, COARSE_TOLERANCE_PX, MOST_BEND, &finder->rng);
        const double share = psb_fit_share(&finder->pairs, found, COARSE_TOLERANCE_PX);
        if (finder->pairs.count < LEAST_BLOCKS || 2 * finder->pairs.count < finder->coarse.count || share < LEAST_SHARE)
            continue;
        *out = (psb_block_motion){0};
        if (!is_rest(finder, found, COARSE_TOLERANCE_PX, STILL_TOLERANCE_PX, rest_part))
            *out = scaled(psb_fit_refine(&finder->pairs, found, COARSE_TOLERANCE_PX), PSB_COARSE_SIDE);
        return true;
    }
    return find_between_people(finder, out, rest_part);
}

/* What the later picture says, relative to the reference. */
static psb_motion_answer find(psb_motion_finder *finder, psb_block_motion *out, double time_s)
{
    psb_block_picture *earlier = &finder->picture[finder->earlier];
    const bool was_moving = time_s - finder->moved_s <= finder->still_s;
    const double rest_part = was_moving ? REST_MOVING : REST_FIXED;
    psb_rng_init(&finder->rng, finder->seed);
    psb_block_picture_find_texture(earlier);
    finder->report = (psb_motion_report){.answer = PSB_MOTION_UNKNOWN};
    if (!find_coarse(finder, out, rest_part)) return PSB_MOTION_UNKNOWN;

    psb_block_choose(&finder->fine, &earlier->fine_grid, &finder->people, (float)finder->maker.sizes.side,
                     PSB_BLOCKS_OF_PART);
    match_fine(finder, *out, FINE_PLACES);
    psb_block_motion found = psb_fit_vote(&finder->pairs, FINE_TOLERANCE_PX, MOST_BEND, &finder->rng);
    found = psb_fit_refine(&finder->pairs, found, FINE_TOLERANCE_PX);
    finder->report.share = psb_fit_share(&finder->pairs, found, FINE_TOLERANCE_PX);
    finder->report.blocks = finder->pairs.count;
    finder->report.spread = psb_fit_spread(&finder->pairs, found, FINE_TOLERANCE_PX, (float)earlier->fine.width,
                                           (float)earlier->fine.height);
    if (finder->report.blocks < LEAST_BLOCKS || finder->report.share < LEAST_SHARE ||
        finder->report.spread < LEAST_SPREAD)
        return PSB_MOTION_UNKNOWN;
    *out = found;
    return is_rest(finder, found, FINE_TOLERANCE_PX, STILL_TOLERANCE_PX, rest_part) ? PSB_MOTION_STILL
                                                                                    : PSB_MOTION_FOUND;
}

/* ---- a fixed camera ---- */

/* Whether enough of the watched places are where they were. */
static bool stays(psb_motion_finder *finder, const psb_image *image)
{
    const psb_block_picture *earlier = &finder->picture[finder->earlier];
    psb_block_plane patch = {.pixels = finder->patch};
    uint16_t sums[FINE_PLACES * FINE_PLACES];
    int32_t staying = 0;
    for (int32_t i = 0; i < finder->watch.count; i++) {
        const int32_t x = psb_block_grid_x(&earlier->fine_grid, finder->watch.block_i[i]);
        const int32_t y = psb_block_grid_y(&earlier->fine_grid, finder->watch.block_i[i]);
        psb_block_patch_make(&patch, &finder->maker, image, x, y);
        const ptrdiff_t from = PSB_BLOCK_BORDER - FINE_PLACES / 2;
        finder->maker.sad->run16(&(psb_sad_u8_args){.out = sums,
                                                    .block = earlier->fine.pixels + y * earlier->fine.stride_bytes + x,
                                                    .area = patch.pixels + from * patch.stride_bytes + from,
                                                    .ld_block = earlier->fine.stride_bytes,
                                                    .ld_area = patch.stride_bytes,
                                                    .places = FINE_PLACES});
        float dx, dy;
        if (psb_block_best(&dx, &dy, sums, FINE_PLACES) && fabsf(dx) < WATCH_PX && fabsf(dy) < WATCH_PX) staying++;
    }
    finder->report = (psb_motion_report){.answer = PSB_MOTION_WATCHED,
                                         .share = (double)staying / finder->watch.count,
                                         .blocks = finder->watch.count,
                                         .spread = staying};
    return staying >= LEAST_STAYING * finder->watch.count;
}

static void renew(psb_motion_finder *finder, double time_s)
{
    finder->earlier = !finder->earlier;
    finder->earlier_s = time_s;
    finder->has_earlier = true;
}

/* From now on only a few places of the reference are looked at, if it has enough. */
static void begin_watching(psb_motion_finder *finder)
{
    psb_block_picture *earlier = &finder->picture[finder->earlier];
    psb_block_picture_find_texture(earlier);
    psb_block_choose(&finder->watch, &earlier->fine_grid, &finder->people, (float)finder->maker.sizes.side, 1);
    finder->is_watching = finder->watch.count >= LEAST_WATCHED;
}

static void note_motion(psb_motion_finder *finder, psb_camera_motion *out, bool *is_known_out, psb_block_motion found,
                        double time_s)
{
    *out = motion_of(finder, found);
    *is_known_out = true;
    finder->moved_s = finder->rest_s = time_s;
    finder->is_watching = false;
    move_people(finder, out);
    renew(finder, time_s);
}

static void note_rest(psb_motion_finder *finder, bool *is_known_out, double time_s)
{
    *is_known_out = true;
    if (time_s - finder->earlier_s >= RENEW_S) renew(finder, time_s);
    if (time_s - finder->rest_s >= finder->still_s) begin_watching(finder);
}

/* One picture without an answer does not wake a camera that rested: a lamp was switched, a lorry passed. */
static void note_unknown(psb_motion_finder *finder, bool *is_known_out, double time_s)
{
    *is_known_out = finder->is_watching && !finder->was_unknown;
    finder->was_unknown = true;
    if (!*is_known_out) {
        finder->is_watching = false;
        finder->rest_s = time_s;
    }
    renew(finder, time_s);
    if (finder->is_watching) begin_watching(finder);
}

static void look(psb_motion_finder *finder, psb_camera_motion *out, bool *is_known_out, const psb_image *image,
                 double time_s)
{
    const bool is_resting = finder->is_watching && stays(finder, image);
    if (is_resting) {
        *is_known_out = true;
        finder->was_unknown = false;
        const double renew_s = finder->report.share < 1 - MOST_HIDDEN ? RENEW_HIDDEN_S : RENEW_S;
        if (time_s - finder->earlier_s < renew_s) return;
    }
    psb_block_picture_make(&finder->picture[!finder->earlier], &finder->maker, image);
    if (!finder->has_earlier) {
        finder->rest_s = time_s;
        finder->moved_s = -INFINITY;
        finder->report = (psb_motion_report){.answer = PSB_MOTION_UNKNOWN};
        renew(finder, time_s);
        return;
    }
    if (is_resting) {
        renew(finder, time_s);
        begin_watching(finder);
        return;
    }
    psb_block_motion found = {0};
    finder->report.answer = find(finder, &found, time_s);
    if (finder->report.answer == PSB_MOTION_UNKNOWN) {
        note_unknown(finder, is_known_out, time_s);
        return;
    }
    finder->was_unknown = false;
    if (finder->report.answer == PSB_MOTION_FOUND)
        note_motion(finder, out, is_known_out, found, time_s);
    else
        note_rest(finder, is_known_out, time_s);
}

psb_status psb_motion_finder_step(psb_motion_finder *finder, psb_camera_motion *out, bool *is_known_out,
                                  const psb_frame *frame)
{
    *out = psb_camera_motion_none();
    *is_known_out = false;
    const psb_image image = psb_frame_image(frame);
    if (image.width != finder->width || image.height != finder->height) {
        const psb_status status = take_size(finder, &image);
        if (status) return status;
    }
    if (finder->maker.sizes.is_large_enough) look(finder, out, is_known_out, &image, psb_frame_time_s(frame));
    return PSB_OK;
}

psb_motion_report psb_motion_finder_report(const psb_motion_finder *finder)
{
    return finder->report;
}
