/* SPDX-License-Identifier: Apache-2.0
 *
 * Region columns in one block, four columns of `capacity` floats one after another. A region that lies inside another
 * is of no use to who covers both; to find it all are compared with all, cheap for the hundreds that a crowd makes.
 */
#include "privacy/regions.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

void psb_regions_fini(psb_regions *regions)
{
    free(regions->x0_px);
    memset(regions, 0, sizeof(*regions));
}

static void copy_rows(psb_regions *to, const psb_regions *from)
{
    const size_t column_bytes = (size_t)from->count * sizeof(float);
    to->count = from->count;
    if (!column_bytes) return;
    memcpy(to->x0_px, from->x0_px, column_bytes);
    memcpy(to->y0_px, from->y0_px, column_bytes);
    memcpy(to->x1_px, from->x1_px, column_bytes);
    memcpy(to->y1_px, from->y1_px, column_bytes);
}

psb_status psb_regions_reserve(psb_regions *regions, int32_t capacity)
{
    if (capacity < 0 || capacity > PSB_BOXES_MAX)
        return psb_fail(PSB_BAD_INPUT, "regions: found a capacity of %d, expected 0 to %d", (int)capacity,
                        PSB_BOXES_MAX);
    if (capacity <= regions->capacity) return PSB_OK;
    if (capacity < 2 * regions->capacity && regions->capacity <= PSB_BOXES_MAX / 2) capacity = 2 * regions->capacity;

    const size_t column_rows = (size_t)capacity;
    float *block = malloc(4 * column_rows * sizeof(float));
    if (!block) return psb_fail_memory("regions", 4 * column_rows * sizeof(float));
    psb_regions larger = {.capacity = capacity,
                          .x0_px = block,
                          .y0_px = block + column_rows,
                          .x1_px = block + 2 * column_rows,
                          .y1_px = block + 3 * column_rows};
    copy_rows(&larger, regions);
    psb_regions_fini(regions);
    *regions = larger;
    return PSB_OK;
}

static void set_row(psb_regions *regions, int32_t row_i, psb_box region)
{
    regions->x0_px[row_i] = region.x0_px;
    regions->y0_px[row_i] = region.y0_px;
    regions->x1_px[row_i] = region.x1_px;
    regions->y1_px[row_i] = region.y1_px;
}

psb_status psb_regions_append(psb_regions *regions, psb_box region)
{
    const psb_status status = psb_regions_reserve(regions, regions->count + 1);
    if (status) return status;
    set_row(regions, regions->count++, region);
    return PSB_OK;
}

psb_status psb_regions_copy(psb_regions *to, const psb_regions *from)
{
    if (to == from) return PSB_OK;
    const psb_status status = psb_regions_reserve(to, from->count);
    if (status) return status;
    copy_rows(to, from);
    return PSB_OK;
}

psb_box psb_regions_at(const psb_regions *regions, int32_t region_i)
{
    return (psb_box){regions->x0_px[region_i], regions->y0_px[region_i], regions->x1_px[region_i],
                     regions->y1_px[region_i]};
}

/* Every row is compared with every other: beyond this many (a crowd has hundreds) it is not worth its time. */
enum { DROP_MAX = 4096 };

/* False for what is not a number: such a region covers the whole picture and must stay. */
static bool is_inside(psb_box inner, psb_box outer)
{
    return inner.x0_px >= outer.x0_px && inner.y0_px >= outer.y0_px && inner.x1_px <= outer.x1_px &&
           inner.y1_px <= outer.y1_px;
}

/* Is row_i inside another row that stays? Of two equal rows only the later one is. */
static bool is_contained(const psb_regions *regions, int32_t row_i)
{
    const psb_box region = psb_regions_at(regions, row_i);
    for (int32_t other_i = 0; other_i < regions->count; other_i++) {
        const psb_box other = psb_regions_at(regions, other_i);
        if (other_i == row_i || !is_inside(region, other)) continue;
        if (other_i < row_i || !is_inside(other, region)) return true;
    }
    return false;
}

void psb_regions_drop_contained(psb_regions *regions)
{
    if (regions->count > DROP_MAX) return;
    int32_t kept = 0;
    for (int32_t row_i = 0; row_i < regions->count; row_i++) {
        if (is_contained(regions, row_i)) continue;
        set_row(regions, kept++, psb_regions_at(regions, row_i));
    }
    regions->count = kept;
}
