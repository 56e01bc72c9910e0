/* SPDX-License-Identifier: Apache-2.0
 *
 * Greedy suppression: of boxes that overlap, the best stays.
 * Sized once for the most candidates there can be; there is no other cap.
 */
#ifndef PSB_DETECT_NMS_H
#define PSB_DETECT_NMS_H

#include <stdint.h>

#include <passerby/boxes.h>
#include <passerby/status.h>

typedef struct psb_nms { /* init/fini */
    psb_boxes kept;      /* what stayed, best score first: the result */
    float *area_px2;     /* of each kept box */
    uint64_t *order;     /* two columns of capacity keys: the candidates by score */
    int32_t capacity;
} psb_nms;

/* Errors: PSB_BAD_INPUT (capacity), PSB_NO_MEMORY; *out is then zero. */
psb_status psb_nms_init(psb_nms *out, int32_t capacity);
/* Accepts all zero and leaves all zero. */
void psb_nms_fini(psb_nms *nms);

/* Goes through the candidates from the best score down (equal ones in their order); one whose intersection over union
 * with a box that stayed exceeds max_iou is dropped. Scores are not negative; candidates->count <= capacity. The
 * result is nms->kept. No allocation; time grows with candidates x kept. */
void psb_nms_run(psb_nms *nms, const psb_boxes *candidates, float max_iou);

#endif
