/* SPDX-License-Identifier: Apache-2.0
 *
 * Average precision, recall and log-average miss rate of person detections over a set of pictures.
 * Two rule books: COCO's (Lin et al., ECCV 2014, arXiv 1405.0312; matching and ignoring as in its published evaluation
 * code's description: crowd and out-of-range truth is ignored, at most 100 detections a picture), and that of MOT
 * sequences (../shared/models/README.md: ignore regions take detections that lie at least half inside).
 */
#ifndef PSB_EVAL_PRECISION_H
#define PSB_EVAL_PRECISION_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/status.h>

typedef enum psb_precision_rules { PSB_RULES_MOT, PSB_RULES_COCO } psb_precision_rules;

/* Truth and detections of all pictures as columns, grouped by picture: those of picture i are first[i] ..
 * first[i + 1] - 1. Corners in pixels. Borrowed. */
typedef struct psb_precision_input {
    int32_t picture_count;
    const int32_t *truth_first, *found_first; /* [picture_count + 1] */
    const double *truth_x0_px, *truth_y0_px, *truth_x1_px, *truth_y1_px;
    const double *truth_area_px2; /* COCO: of the mask; MOT: of the box */
    const bool *truth_is_ignored; /* COCO: crowd */
    const double *found_x0_px, *found_y0_px, *found_x1_px, *found_y1_px, *found_score;
} psb_precision_input;

/* Fractions. NaN where no truth of that kind exists. */
typedef struct psb_precision {
    double ap, ap50, ap75, ap_small, ap_medium, ap_large; /* areas below 32^2, below 96^2, above */
    double recall50;                                      /* of all detections, at overlap 0.5 */
    double recall;                                        /* mean of the largest recall over 0.50, 0.55 ... 0.95 */
    double miss_rate; /* Dollar et al., PAMI 2012: nine points, 1e-2 .. 1e0 per picture */
    int64_t truth_count, found_count;
} psb_precision;

psb_status psb_precision_measure(psb_precision *out, const psb_precision_input *input, psb_precision_rules rules);

#endif
