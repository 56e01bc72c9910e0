/* SPDX-License-Identifier: Apache-2.0
 *
 * Regions of a picture that must be unrecognisable, as columns, and their memory. A region is a box with its margins:
 * it has no score and no identity any more.
 */
#ifndef PSB_PRIVACY_REGIONS_H
#define PSB_PRIVACY_REGIONS_H

#include <stdint.h>

#include <passerby/status.h>

#include "geometry/boxes.h"

/* In pixels of the picture. They may reach outside it and overlap. All zero = none yet. */
typedef struct psb_regions {
    int32_t count, capacity;
    float *x0_px, *y0_px, *x1_px, *y1_px; /* one block of memory, which x0_px begins */
} psb_regions;

/* Accepts all zero and leaves all zero. */
void psb_regions_fini(psb_regions *regions);
/* Capacity of at least `capacity` rows (up to PSB_BOXES_MAX), at least doubled when it has to grow; rows are kept.
 * Errors: PSB_BAD_INPUT (capacity), PSB_NO_MEMORY; regions is then as before. */
psb_status psb_regions_reserve(psb_regions *regions, int32_t capacity);
/* One row more; grows. */
psb_status psb_regions_append(psb_regions *regions, psb_box region);
/* to holds from's rows and nothing else; grows. */
psb_status psb_regions_copy(psb_regions *to, const psb_regions *from);

psb_box psb_regions_at(const psb_regions *regions, int32_t region_i);

/* Removes every region that lies inside another one: it covers nothing more, and one block grid less is one view less
 * of what is below. Of equal ones the first stays. */
void psb_regions_drop_contained(psb_regions *regions);

#endif
