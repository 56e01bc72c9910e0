/* SPDX-License-Identifier: Apache-2.0
 *
 * Making people unrecognisable in a picture of one's own: solid fill, pixelation or blur of regions, chroma included.
 * Exact to the last row and column for 4:2:0, 4:2:2, 4:4:4 and grey, any stride, odd sizes, both ranges.
 */
#ifndef PSB_PRIVACY_REDACT_H
#define PSB_PRIVACY_REDACT_H

#include <stdint.h>

#include <passerby/frame.h>

typedef enum psb_redact_mode { PSB_REDACT_PIXELATE = 0, PSB_REDACT_FILL, PSB_REDACT_BLUR, PSB_REDACT_NONE } psb_redact_mode;

/* Regions as columns, in pixels of the picture, already with their margins. */
typedef struct psb_regions {
    int32_t count, capacity;
    float *x0_px, *y0_px, *x1_px, *y1_px;
} psb_regions;

typedef struct psb_redactor psb_redactor; /* owns the workspace; one per writer */
psb_status psb_redactor_create(psb_redactor **out, uint32_t cpu_flags);
void psb_redactor_destroy(psb_redactor **redactor);

/* Covers every region in `image` (the writer's own copy). Allocates only when the size grows. */
psb_status psb_redactor_apply(psb_redactor *redactor, const psb_image *image, const psb_regions *regions,
                              psb_redact_mode mode);
/* The whole picture: for frames that must be withheld. */
psb_status psb_redactor_withhold(psb_redactor *redactor, const psb_image *image);

#endif
