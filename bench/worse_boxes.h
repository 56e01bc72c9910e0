/* SPDX-License-Identifier: Apache-2.0
 *
 * Worse detectors, made of a good one's boxes: the sequences that constants may be searched on have one detector's
 * boxes only, and what is searched on them alone is bent to that detector (its scores are nearly all 1, no person has
 * two boxes, what it invents is rare). Drawn from each frame's number, so that a frame has the same boxes at any rate.
 */
#ifndef PSB_BENCH_WORSE_BOXES_H
#define PSB_BENCH_WORSE_BOXES_H

#include <stdint.h>

#include "geometry/boxes.h"

typedef enum worse_kind {
    WORSE_NOT,       /* as they are */
    WORSE_SHAKY,     /* places and sizes jitter, one in eight is missing, scores are spread wide */
    WORSE_DOUBLED,   /* a quarter of the people have a second, shifted, weaker box; some places look like people */
    WORSE_CLUTTERED, /* shaky, and far more places that look like people, of scores up to those of people */
} worse_kind;

/* out is grown as needed; boxes are of that frame; width and height of the picture. */
void worse_boxes_make(psb_boxes *out, const psb_boxes *boxes, worse_kind kind, int64_t frame, double width_px,
                      double height_px);

#endif
