/* SPDX-License-Identifier: Apache-2.0
 *
 * Detections scored: a folder of MOT truth beside a folder of det files (each sequence, and the plain mean), or a
 * COCO truth beside COCO results.
 */
#ifndef PSB_EVAL_DETECTION_FOLDER_H
#define PSB_EVAL_DETECTION_FOLDER_H

#include <stddef.h>
#include <stdint.h>

#include <passerby/status.h>

#include "eval/folder.h"
#include "eval/precision.h"

/* init/fini; all zero = empty. */
typedef struct psb_eval_detections {
    psb_sequence_names names; /* of MOT truth; empty for COCO */
    psb_precision *sequence;  /* [names.count] */
    psb_precision overall;    /* plain mean over sequences; or COCO's one figure */
} psb_eval_detections;

/* gt: GTROOT or a COCO file (told apart by being a folder); detections: DIR with NAME.txt, or a file of results.
 * MOT: rules of ../shared/models/README.md: rows with flag 0 and people below 20 pixels' height are ignore regions,
 * detections below score 0.01 are left out. Errors: PSB_BAD_INPUT, PSB_ENVIRONMENT, PSB_NO_MEMORY. */
psb_status psb_eval_detections_init(psb_eval_detections *out, const char *gt, const char *detections);
void psb_eval_detections_fini(psb_eval_detections *detections);

/* Fields of a psb_precision by name, in print order; static. */
typedef struct psb_precision_field {
    const char *name;
    size_t offset; /* of a double */
} psb_precision_field;
const psb_precision_field *psb_precision_fields(int32_t *count_out);

#endif
