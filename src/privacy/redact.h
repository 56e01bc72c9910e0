/* SPDX-License-Identifier: Apache-2.0
 *
 * Making people unrecognisable in a picture of one's own: solid fill, pixelation or blur of regions, chroma included.
 * Exact to the last row and column for 4:2:0, 4:2:2, 4:4:4 and grey, any stride, odd sizes, both ranges. The arithmetic
 * is integer: the result is the same on every machine.
 */
#ifndef PSB_PRIVACY_REDACT_H
#define PSB_PRIVACY_REDACT_H

#include <stdint.h>

#include <passerby/frame.h>

#include "privacy/regions.h"

typedef enum psb_redact_mode {
    PSB_REDACT_PIXELATE = 0, /* blocks of at least 0.4 of the region's width, each its mean; the grid is the region's */
    PSB_REDACT_FILL,         /* one violet that pictures of the world do not hold: see psb_redact_fill_sample */
    PSB_REDACT_BLUR,         /* the blocks of PIXELATE, smoothed with a triangle two blocks wide, from inside only */
    PSB_REDACT_NONE,         /* nothing is touched */
} psb_redact_mode;

typedef struct psb_redactor psb_redactor; /* owns the workspace; one per writer */

psb_status psb_redactor_create(psb_redactor **out);
void psb_redactor_destroy(psb_redactor **redactor);

/* Covers every region in `image` (the writer's own copy), to the whole chroma sample. A region that is not finite
 * covers the whole picture; corners in the wrong order are put right. Allocates only when the count of regions or the
 * size of the picture grows. On failure (PSB_NO_MEMORY) the whole picture is filled. */
psb_status psb_redactor_apply(psb_redactor *redactor, const psb_image *image, const psb_regions *regions,
                              psb_redact_mode mode);

/* Fills the whole picture: for frames that must be withheld. Never fails. */
void psb_redactor_withhold(const psb_image *image);

/* The sample that fill and withhold write into plane plane_i of such a picture. */
uint8_t psb_redact_fill_sample(const psb_image *image, int32_t plane_i);

#endif
