/* SPDX-License-Identifier: Apache-2.0
 *
 * COCO JSON: the truth of a set of pictures (images, annotations, categories) and a list of results
 * (image_id, category_id, bbox, score), of the category "person" only. Boxes are [left, top, width, height] in pixels.
 * Format: cocodataset.org, "Data format" and "Results format" (Lin et al., ECCV 2014, arXiv 1405.0312).
 */
#ifndef PSB_FORMATS_COCO_H
#define PSB_FORMATS_COCO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <passerby/status.h>

/* Boxes of all pictures as columns, grouped by picture, in the order of the file within one: those of picture i are
 * first[i] .. first[i + 1] - 1. */
typedef struct psb_coco_boxes {
    int32_t count;
    int32_t *first; /* [picture_count + 1] */
    double *x0_px, *y0_px, *x1_px, *y1_px;
    double *score;    /* of results */
    double *area_px2; /* of truth: the annotation's, else the box's */
    bool *is_crowd;   /* of truth */
} psb_coco_boxes;

typedef struct psb_coco { /* init by read; all zero = empty */
    int32_t picture_count;
    int64_t *picture_id; /* sorted */
    char **file_name;    /* of each picture, or NULL where the file gives none */
    int64_t person_id;   /* of the category "person", or of the only one */
    psb_coco_boxes truth;
} psb_coco;

/* At most 1 GB. Errors: PSB_BAD_INPUT with file and place (line of JSON, or "annotations[7].bbox"), PSB_ENVIRONMENT,
 * PSB_NO_MEMORY; *out is then empty. */
psb_status psb_coco_read(psb_coco *out, const char *path);
/* The same from memory; `name` stands in messages for the path. */
psb_status psb_coco_parse(psb_coco *out, const char *name, const char *text, size_t size_bytes);
void psb_coco_fini(psb_coco *coco);

/* The person results on coco's pictures. A picture that coco does not have is an error. */
psb_status psb_coco_results_read(psb_coco_boxes *out, const psb_coco *coco, const char *path);
psb_status psb_coco_results_parse(psb_coco_boxes *out, const psb_coco *coco, const char *name, const char *text,
                                  size_t size_bytes);
void psb_coco_boxes_fini(psb_coco_boxes *boxes);

#endif
