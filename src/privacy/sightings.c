/* SPDX-License-Identifier: Apache-2.0
 *
 * Linking of boxes, also very weak ones, from look to look into chains. A chain is not an identity: it only has to say
 * where somebody was between two looks and whether a weak box stands near a strong one in time. So its mistakes are
 * cheap: two people swapped in a crowd are both covered all the same, and it may reach for boxes far weaker than the
 * tracker's. After the observation of Zhang et al., "ByteTrack", ECCV 2022, that weak boxes beside a trajectory are
 * people half hidden, and elsewhere are background.
 */
#include "privacy/sightings_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* Where the numbers come from: docs/redaction.md, "The policy's numbers". */
static const double EVIDENCE_HALF_S = 2.0; /* evidence halves in this time */
static const double VELOCITY_BASE_S = 1.0; /* velocity: mean over this much of the past */
static const double GATE_HEIGHTS = 0.35;   /* how far from its prediction a box may lie, in body heights ... */
static const double GATE_HEIGHTS_S = 0.9;  /* ... and per second unseen: people walk at 0.8 heights/s, run at 2 */
static const double MOST_HEIGHT_RATIO = 1.67;

psb_status psb_sightings_init(psb_sightings *out)
{
    memset(out, 0, sizeof(*out));
    return psb_assignment_create(&out->assignment);
}

void psb_sightings_fini(psb_sightings *sightings)
{
    free(sightings->ring);
    free(sightings->chains);
    free(sightings->pairs);
    free(sightings->chain_of_box);
    psb_assignment_destroy(&sightings->assignment);
    memset(sightings, 0, sizeof(*sightings));
}

float psb_evidence_after(float evidence, double dt_s)
{
    return evidence * (float)exp2(-dt_s / EVIDENCE_HALF_S);
}

static psb_sighting *row_of(const psb_sightings *sightings, int64_t number)
{
    return &sightings->ring[number & (sightings->ring_capacity - 1)];
}

const psb_sighting *psb_sightings_at(const psb_sightings *sightings, int64_t number)
{
    return number < sightings->first || number >= sightings->end ? NULL : row_of(sightings, number);
}

/* ---- memory ---- */

/* Room for `more` sightings: the ring at least doubles, and the numbers keep their rows' contents. */
static psb_status reserve_ring(psb_sightings *sightings, int32_t more)
{
    const int64_t wanted = sightings->end - sightings->first + more;
    if (wanted <= sightings->ring_capacity) return PSB_OK;
    if (wanted > PSB_BOXES_MAX)
        return psb_fail(PSB_BAD_INPUT, "sightings: found %lld boxes within the look-back, expected at most %d",
                        (long long)wanted, PSB_BOXES_MAX);

    int32_t capacity = 256;
    while (capacity < wanted) capacity *= 2;
    psb_sighting *ring = malloc((size_t)capacity * sizeof(*ring));
    if (!ring) return psb_fail_memory("sightings", (size_t)capacity * sizeof(*ring));
    for (int64_t number = sightings->first; number < sightings->end; number++)
        ring[number & (capacity - 1)] = *row_of(sightings, number);
    free(sightings->ring);
    sightings->ring = ring;
    sightings->ring_capacity = capacity;
    return PSB_OK;
}

static psb_status reserve_chains(psb_sightings *sightings, int32_t more)
{
    const int32_t wanted = sightings->chain_count + more;
    if (wanted <= sightings->chain_capacity) return PSB_OK;
    const size_t size_bytes = 2 * (size_t)wanted * sizeof(*sightings->chains);
    int64_t *chains = realloc(sightings->chains, size_bytes);
    if (!chains) return psb_fail_memory("chains of sightings", size_bytes);
    sightings->chains = chains;
    sightings->chain_capacity = 2 * wanted;
    return PSB_OK;
}

static psb_status reserve_links(psb_sightings *sightings, int32_t boxes)
{
    if (boxes <= sightings->chain_of_box_capacity) return PSB_OK;
    const size_t size_bytes = 2 * (size_t)boxes * sizeof(*sightings->chain_of_box);
    free(sightings->chain_of_box);
    sightings->chain_of_box_capacity = 0;
    sightings->chain_of_box = malloc(size_bytes);
    if (!sightings->chain_of_box) return psb_fail_memory("links of sightings", size_bytes);
    sightings->chain_of_box_capacity = 2 * boxes;
    return PSB_OK;
}

static psb_status append_pair(psb_sightings *sightings, psb_pair pair)
{
    if (sightings->pair_count == sightings->pair_capacity) {
        const int64_t capacity = sightings->pair_capacity ? 2 * sightings->pair_capacity : 1024;
        psb_pair *pairs = realloc(sightings->pairs, (size_t)capacity * sizeof(*pairs));
        if (!pairs) return psb_fail_memory("pairs of sightings", (size_t)capacity * sizeof(*pairs));
        sightings->pairs = pairs;
        sightings->pair_capacity = capacity;
    }
    sightings->pairs[sightings->pair_count++] = pair;
    return PSB_OK;
}

/* ---- linking ---- */

static double center_x(psb_box box)
{
    return 0.5 * ((double)box.x0_px + (double)box.x1_px);
}

static double center_y(psb_box box)
{
    return 0.5 * ((double)box.y0_px + (double)box.y1_px);
}

/* How well `next` continues `last`: above 0 inside the gate, the more the nearer, the more alike in size, the surer. */
static double gain_of(const psb_sighting *last, const psb_sighting *next)
{
    const double dt_s = next->time_s - last->time_s;
    const double height = (double)next->box.y1_px - (double)next->box.y0_px;
    const double last_height = (double)last->box.y1_px - (double)last->box.y0_px;
    const double ratio = height / last_height;
    if (ratio > MOST_HEIGHT_RATIO || ratio < 1.0 / MOST_HEIGHT_RATIO) return 0;

    const double ahead_s = dt_s < 1.0 ? dt_s : 1.0; /* nobody walks straight on for longer */
    const double dx = center_x(next->box) - center_x(last->box) - (double)last->vx_px_s * ahead_s;
    const double dy = center_y(next->box) - center_y(last->box) - (double)last->vy_px_s * ahead_s;
    const double gate_px = (GATE_HEIGHTS + GATE_HEIGHTS_S * dt_s) * fmax(height, last_height);
    const double far_n = sqrt(dx * dx + dy * dy) / gate_px;
    if (!(far_n < 1.0)) return 0;
    return 2.0 - far_n - fabs(log(ratio)) + 0.3 * (double)next->score + 0.2 * (double)last->evidence;
}

/* The pairs of a chain's newest sighting with every box of this look (numbers from first_new). */
static psb_status list_pairs(psb_sightings *sightings, int64_t first_new, int32_t new_count, double gap_s)
{
    sightings->pair_count = 0;
    for (int32_t chain_i = 0; chain_i < sightings->chain_count; chain_i++) {
        const psb_sighting *last = psb_sightings_at(sightings, sightings->chains[chain_i]);
        for (int32_t new_i = 0; last && new_i < new_count; new_i++) {
            const psb_sighting *next = row_of(sightings, first_new + new_i);
            if (next->time_s - last->time_s > gap_s) break;
            const double gain = gain_of(last, next);
            if (gain <= 0) continue;
            const psb_status status =
                append_pair(sightings, (psb_pair){.row_i = new_i, .column_i = chain_i, .gain = gain});
            if (status) return status;
        }
    }
    return PSB_OK;
}

/* From the oldest sighting within the base to this one; a centre's, because a box's edges jump as limbs move. */
static void set_velocity(const psb_sightings *sightings, psb_sighting *sighting)
{
    const psb_sighting *from = NULL;
    const psb_sighting *walk = psb_sightings_at(sightings, sighting->before);
    for (; walk && sighting->time_s - walk->time_s <= VELOCITY_BASE_S; walk = psb_sightings_at(sightings, walk->before))
        from = walk;
    if (!from) return;
    const double dt_s = sighting->time_s - from->time_s;
    sighting->vx_px_s = (float)((center_x(sighting->box) - center_x(from->box)) / dt_s);
    sighting->vy_px_s = (float)((center_y(sighting->box) - center_y(from->box)) / dt_s);
}

static void link_new(psb_sightings *sightings, int64_t first_new, int32_t new_count, int32_t linked_count)
{
    for (int32_t new_i = 0; new_i < new_count; new_i++) {
        const int64_t number = first_new + new_i;
        const int32_t chain_i = new_i < linked_count ? sightings->chain_of_box[new_i] : -1;
        if (chain_i < 0) {
            sightings->chains[sightings->chain_count++] = number;
            continue;
        }
        psb_sighting *sighting = row_of(sightings, number);
        const psb_sighting *last = row_of(sightings, sightings->chains[chain_i]);
        const float evidence = psb_evidence_after(last->evidence, sighting->time_s - last->time_s);
        if (evidence > sighting->evidence) sighting->evidence = evidence;
        sighting->before = sightings->chains[chain_i];
        sightings->chains[chain_i] = number;
        set_velocity(sightings, sighting);
    }
}

psb_status psb_sightings_add(psb_sightings *sightings, const psb_sightings_look *look)
{
    const psb_boxes *boxes = look->boxes;
    psb_status status = reserve_ring(sightings, boxes->count);
    if (status) return status;
    status = reserve_chains(sightings, boxes->count);
    if (status) return status;
    status = reserve_links(sightings, boxes->count);
    if (status) return status;

    const int64_t first_new = sightings->end;
    int32_t new_count = 0;
    for (int32_t box_i = 0; box_i < boxes->count; box_i++) {
        const float score = look->is_certain || isnan(boxes->score[box_i]) ? 1.0f : boxes->score[box_i];
        if (score < look->min_score) continue;
        const psb_sighting sighting = {look->time_s, psb_boxes_at(boxes, box_i), score, score, 0, 0, -1};
        *row_of(sightings, first_new + new_count++) = sighting;
    }
    /* A detector gives its best boxes first; those beyond the bound stand alone and are judged by their score. */
    const int32_t linked_count = new_count < PSB_SIGHTINGS_LINK_MAX ? new_count : PSB_SIGHTINGS_LINK_MAX;
    status = list_pairs(sightings, first_new, linked_count, look->gap_s);
    if (status) return status;
    if (linked_count > 0)
        status = psb_assignment_solve(sightings->assignment, sightings->chain_of_box, linked_count,
                                      sightings->chain_count, sightings->pairs, sightings->pair_count);
    if (status) return status;
    sightings->end += new_count;
    link_new(sightings, first_new, new_count, linked_count);
    return PSB_OK;
}

void psb_sightings_forget(psb_sightings *sightings, double time_s, double history_s)
{
    int32_t kept = 0;
    for (int32_t chain_i = 0; chain_i < sightings->chain_count; chain_i++) {
        const psb_sighting *newest = psb_sightings_at(sightings, sightings->chains[chain_i]);
        if (newest && newest->time_s >= time_s) sightings->chains[kept++] = sightings->chains[chain_i];
    }
    sightings->chain_count = kept;
    while (sightings->first < sightings->end && row_of(sightings, sightings->first)->time_s < time_s - history_s)
        sightings->first++;
}
