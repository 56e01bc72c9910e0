/* SPDX-License-Identifier: Apache-2.0
 *
 * The figures are in the range of the small detectors in ../shared/models on ../shared/data/mot: jitter of 3 to 5 % of
 * the height, a tenth to a quarter of the people missed, zero to ten wrong boxes a frame, most of them at few places.
 */
#include "worse_boxes.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"

/* What a kind does: chances per box, deviations in heights of the person. */
typedef struct worsening {
    double missing, jitter, spread, doubled;
    int32_t places; /* that look like people in three of five frames */
    int32_t blinks; /* single wrong boxes of a frame, weak */
    double place_score;
} worsening;

static const worsening worsenings[] = {
    [WORSE_NOT] = {0},
    [WORSE_SHAKY] = {.missing = 0.125, .jitter = 0.04, .spread = 0.5, .blinks = 2},
    [WORSE_DOUBLED] =
        {.missing = 0.05, .jitter = 0.02, .spread = 0.3, .doubled = 0.25, .places = 3, .place_score = 0.5, .blinks = 2},
    [WORSE_CLUTTERED] =
        {.missing = 0.125, .jitter = 0.03, .spread = 0.4, .places = 5, .place_score = 0.55, .blinks = 4},
};
static const double SCALE = 0.9; /* no score of a worse detector reaches 1 */

static double between(psb_rng *rng, double low, double high)
{
    return low + (high - low) * psb_rng_unit(rng);
}

/* Of deviation 1, within 3.5. */
static double bell(psb_rng *rng)
{
    double sum = 0;
    for (int32_t i = 0; i < 4; i++) sum += psb_rng_unit(rng);
    return (sum - 2) * sqrt(3);
}

static void put(psb_boxes *out, double x_px, double y_px, double width_px, double height_px, double score)
{
    const psb_box box = {(float)(x_px - 0.5 * width_px), (float)(y_px - 0.5 * height_px),
                         (float)(x_px + 0.5 * width_px), (float)(y_px + 0.5 * height_px)};
    if (!psb_boxes_append(out, box, (float)fmin(fmax(SCALE * score, 0.05), 1))) return;
    fprintf(stderr, "bench: no memory\n");
    exit(4);
}

static void put_person(psb_boxes *out, const worsening *how, psb_box box, double score, psb_rng *rng)
{
    const bool is_missing = psb_rng_unit(rng) < how->missing;
    const double height_px = ((double)box.y1_px - box.y0_px) * exp(1.5 * how->jitter * bell(rng));
    const double width_px = ((double)box.x1_px - box.x0_px) * exp(2 * how->jitter * bell(rng));
    const double x_px = 0.5 * ((double)box.x0_px + box.x1_px) + how->jitter * height_px * bell(rng);
    const double y_px = 0.5 * ((double)box.y0_px + box.y1_px) + how->jitter * height_px * bell(rng);
    const double luck = psb_rng_unit(rng), worth = score * (1 - how->spread * luck * luck);
    const bool is_doubled = psb_rng_unit(rng) < how->doubled;
    const double side = psb_rng_unit(rng) < 0.5 ? -1 : 1, aside = side * between(rng, 0.1, 0.3);
    const double size = between(rng, 0.8, 1.1), second = between(rng, 0.5, 1);
    if (!is_missing) put(out, x_px, y_px, width_px, height_px, worth);
    if (is_doubled) put(out, x_px + aside * width_px, y_px, size * width_px, size * height_px, second * worth);
}

void worse_boxes_make(psb_boxes *out, const psb_boxes *boxes, worse_kind kind, int64_t frame, double width_px,
                      double height_px)
{
    const worsening *how = &worsenings[kind];
    psb_rng rng, place;
    psb_rng_init(&rng, (uint64_t)frame * 4 + (uint64_t)kind);
    psb_rng_init(&place, (uint64_t)kind); /* the same in each frame */
    out->count = 0;
    for (int32_t i = 0; i < boxes->count; i++) put_person(out, how, psb_boxes_at(boxes, i), boxes->score[i], &rng);
    for (int32_t i = 0; i < how->places + how->blinks; i++) {
        psb_rng *const where = i < how->places ? &place : &rng;
        const double high_px = height_px * between(where, 0.08, 0.3);
        const double x_px = between(where, 0, width_px), y_px = between(where, 0.2 * height_px, 0.9 * height_px);
        const bool is_there = i >= how->places || psb_rng_unit(&rng) < 0.6;
        const double shake_px = 0.03 * high_px * bell(&rng);
        const double score = i < how->places ? how->place_score + 0.12 * bell(&rng) : between(&rng, 0.05, 0.5);
        if (is_there) put(out, x_px + shake_px, y_px, 0.4 * high_px, high_px, score);
    }
}
