/* SPDX-License-Identifier: Apache-2.0
 *
 * A frame becomes a network's input: scaled (letterbox or stretch, bilinear with half-pixel centres), converted from
 * YUV and normalised in one walk, and the way back for boxes.
 */
#ifndef PSB_DETECT_PREPARE_H
#define PSB_DETECT_PREPARE_H

#include <stdint.h>

#include <passerby/boxes.h>
#include <passerby/frame.h>

#include "detect/descriptor.h"
#include "kernels/prepare.h"
#include "nn/network.h"

/* Where the picture lies in the input. */
typedef struct psb_placement {
    int32_t left_px, top_px, width_px, height_px; /* in the input */
    double scale_x, scale_y;                      /* pixels of the input for one of the picture */
} psb_placement;

psb_placement psb_placement_of(const psb_descriptor_input *input, int32_t picture_width, int32_t picture_height);

/* Boxes from the input's pixels to the picture's, in place, not clipped. */
void psb_placement_take_back(const psb_placement *placement, psb_boxes *boxes);

typedef struct psb_prepare { /* init/fini */
    const psb_descriptor_input *input;
    const psb_prepare_kernel *kernel;
    psb_placement placement;
    int32_t width, height; /* of the pictures that the tables are made for */
    psb_pixel_format format;
    psb_prepare_taps luma_taps, chroma_taps; /* one for each column of the placement */
    int16_t *row[3];                         /* blended rows, one sample longer than the plane */
    void *memory;                            /* of taps and rows */
} psb_prepare;

/* input is borrowed until fini. */
void psb_prepare_init(psb_prepare *out, const psb_descriptor_input *input, uint32_t cpu_flags);
/* Accepts all zero and leaves all zero. */
void psb_prepare_fini(psb_prepare *prepare);

/* Writes all of the network's input, the grey beside the picture too. Allocates when the picture's size or format is
 * another than before. to: [1, 3, height, width], any strides; floats or bytes, which differ from the floats quantised
 * (one rounding more) by at most one step. Errors: PSB_NO_MEMORY. */
psb_status psb_prepare_run(psb_prepare *prepare, const psb_tensor_view *to, const psb_image *image);

#endif
