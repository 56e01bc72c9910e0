/* SPDX-License-Identifier: Apache-2.0
 *
 * Greedy suppression. Candidates are sorted by a radix sort of their scores' bits (stable, no allocation, no libc
 * qsort, which allocates), and each is held against the boxes that already stayed, whose columns are short and
 * contiguous. Most candidates at a low score fall to one of the first boxes, so the loop is cut into blocks and left
 * early.
 */
#include "detect/nms.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "geometry/boxes.h"

/* Boxes compared between two looks at the result: long enough for vectors, short enough to leave early. */
enum { BLOCK = 16, RADIX_BITS = 11, RADIX = 1 << RADIX_BITS };

psb_status psb_nms_init(psb_nms *out, int32_t capacity)
{
    *out = (psb_nms){0};
    psb_nms nms = {.capacity = capacity};
    psb_status status = psb_boxes_init(&nms.kept, capacity);
    if (status) goto done;
    /* capacity is within PSB_BOXES_MAX now, so the products fit. */
    nms.area_px2 = malloc(((size_t)capacity + 1) * sizeof(*nms.area_px2));
    nms.order = malloc(((size_t)capacity + 1) * 2 * sizeof(*nms.order));
    if (!nms.area_px2 || !nms.order) {
        status = psb_fail_memory("suppression", (size_t)capacity * 2 * sizeof(*nms.order));
        goto done;
    }
    *out = nms;
    nms = (psb_nms){0};
done:
    psb_nms_fini(&nms);
    return status;
}

void psb_nms_fini(psb_nms *nms)
{
    psb_boxes_fini(&nms->kept);
    free(nms->area_px2);
    free(nms->order);
    *nms = (psb_nms){0};
}

/* One pass of the radix sort by the digit at `shift`. */
static void sort_by_digit(uint64_t *to, const uint64_t *from, int32_t count, int32_t shift)
{
    int32_t place[RADIX] = {0};
    for (int32_t i = 0; i < count; i++) place[(from[i] >> shift) & (RADIX - 1)]++;
    for (int32_t digit = 0, sum = 0; digit < RADIX; digit++) {
        int32_t n = place[digit];
        place[digit] = sum;
        sum += n;
    }
    for (int32_t i = 0; i < count; i++) to[place[(from[i] >> shift) & (RADIX - 1)]++] = from[i];
}

/* Candidates' numbers in the low halves of the result, best score first. The bits of floats that are not negative grow
 * with their value; inverted, the largest comes first. */
static const uint64_t *sort_by_score(psb_nms *nms, const psb_boxes *candidates)
{
    uint64_t *a = nms->order, *b = nms->order + nms->capacity;
    for (int32_t i = 0; i < candidates->count; i++) {
        uint32_t bits;
        memcpy(&bits, &candidates->score[i], sizeof(bits));
        a[i] = (uint64_t)(~bits) << 32 | (uint32_t)i;
    }
    /* 3 x 11 bits hold the 32 of a score (the topmost digit's last bit is empty). */
    sort_by_digit(b, a, candidates->count, 32);
    sort_by_digit(a, b, candidates->count, 32 + RADIX_BITS);
    sort_by_digit(b, a, candidates->count, 32 + 2 * RADIX_BITS);
    return b;
}

static float least(float a, float b)
{
    return a < b ? a : b;
}

static float most(float a, float b)
{
    return a > b ? a : b;
}

/* Does the box overlap one of the kept ones too much? intersection > max_iou * union, without a division. */
static bool is_suppressed(const psb_nms *nms, psb_box box, float area_px2, float max_iou)
{
    const psb_boxes *kept = &nms->kept;
    for (int32_t from = 0; from < kept->count; from += BLOCK) {
        const int32_t to = from + BLOCK < kept->count ? from + BLOCK : kept->count;
        int32_t hits = 0;
        for (int32_t i = from; i < to; i++) {
            float w = least(box.x1_px, kept->x1_px[i]) - most(box.x0_px, kept->x0_px[i]);
            float h = least(box.y1_px, kept->y1_px[i]) - most(box.y0_px, kept->y0_px[i]);
            float inter = most(w, 0.0f) * most(h, 0.0f);
            hits += inter > max_iou * (area_px2 + nms->area_px2[i] - inter);
        }
        if (hits > 0) return true;
    }
    return false;
}

void psb_nms_run(psb_nms *nms, const psb_boxes *candidates, float max_iou)
{
    psb_boxes *kept = &nms->kept;
    kept->count = 0;
    const uint64_t *order = sort_by_score(nms, candidates);
    for (int32_t k = 0; k < candidates->count; k++) {
        const int32_t i = (int32_t)(uint32_t)order[k];
        const psb_box box = psb_boxes_at(candidates, i);
        const float area_px2 = (box.x1_px - box.x0_px) * (box.y1_px - box.y0_px);
        if (is_suppressed(nms, box, area_px2, max_iou)) continue;
        const int32_t at = kept->count++;
        kept->x0_px[at] = box.x0_px;
        kept->y0_px[at] = box.y0_px;
        kept->x1_px[at] = box.x1_px;
        kept->y1_px[at] = box.y1_px;
        kept->score[at] = candidates->score[i];
        nms->area_px2[at] = area_px2;
    }
}
