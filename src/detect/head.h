/* SPDX-License-Identifier: Apache-2.0
 *
 * A head reads a network's outputs as boxes of people, in pixels of the network's input, before suppression.
 * One file and one row of the table in head.c each: docs/howto-add-a-head.md.
 */
#ifndef PSB_DETECT_HEAD_H
#define PSB_DETECT_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/boxes.h>
#include <passerby/status.h>

#include "detect/descriptor.h"
#include "nn/network.h"

typedef struct psb_head_type {
    const char *name; /* of head.type */
    bool has_reg_max; /* the keys reg_max and shift belong to it */
    bool has_anchors; /* the key anchors belongs to it */

    int32_t outputs_per_stride; /* 0 = one output for all strides */
    int32_t max_strides;        /* 0 = as many as a descriptor may have */

    /* Shape of an output, as the descriptor lists them: what the network's must be. Returns the rank. */
    int32_t (*expect_shape)(const psb_descriptor *descriptor, int32_t output_i, int64_t dims_out[PSB_TENSOR_MAX_RANK]);

    /* How many boxes there are to choose from. */
    int64_t (*count_candidates)(const psb_descriptor *descriptor);

    /* Appends each box whose score reaches min_score; `found` has room for all. outputs: in the descriptor's order,
     * their shapes checked. min_score > 0. No allocation. */
    void (*decode)(psb_boxes *found, const psb_descriptor *descriptor, const psb_tensor_view *outputs, float min_score);
} psb_head_type;

/* The row of a name; NULL for a stranger. */
const psb_head_type *psb_head_find(const char *name);
/* Row i of the table; NULL beyond its end. */
const psb_head_type *psb_head_at(int32_t head_i);

/* For heads: whole cells of all strides together. */
int64_t psb_head_count_cells(const psb_descriptor *descriptor);

/* For heads: 1 / (1 + e^-v). */
double psb_head_sigmoid(double v);

/* For heads: appends a box given by centre and size, or by corners. One that has no area, is not finite or reaches
 * beyond PSB_HEAD_MOST_PX is dropped: such a cell claims nobody. */
enum { PSB_HEAD_MOST_PX = 1 << 24 }; /* the last place where a float still tells pixels apart */
void psb_head_add_centred(psb_boxes *found, double x_px, double y_px, double width_px, double height_px, double score);
void psb_head_add_corners(psb_boxes *found, double x0_px, double y0_px, double x1_px, double y1_px, double score);

extern const psb_head_type psb_head_yolox, psb_head_nanodet_gfl, psb_head_yolov3_anchors, psb_head_fastestdet;

#endif
