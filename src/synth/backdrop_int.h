/* SPDX-License-Identifier: Apache-2.0
 *
 * The picture of the place without people, made once: planes, and for each pixel what it is and how far away, so that
 * people can be put before and behind things.
 */
#ifndef PSB_SYNTH_BACKDROP_INT_H
#define PSB_SYNTH_BACKDROP_INT_H

#include <stdint.h>

#include <passerby/frame.h>

#include "synth/place_int.h"

enum { PSB_PIXEL_IS_SKY, PSB_PIXEL_IS_GROUND, PSB_PIXEL_IS_SOLID };

/* Cells of the ground over which the sun's shadows of things are kept. */
enum { PSB_SHADE_SIDE = 512 };

typedef struct psb_backdrop { /* init/fini */
    psb_image image;          /* yuv420p of memory below */
    uint8_t *memory;
    uint16_t *depth_cm; /* [height][width] */
    uint8_t *kind;      /* [height][width], PSB_PIXEL_IS_... */
    uint8_t *shade;     /* [PSB_SHADE_SIDE][PSB_SHADE_SIDE]: 0 in the sun .. 255 in the shadow of a thing */
} psb_backdrop;

psb_status psb_backdrop_init(psb_backdrop *out, const psb_place *place);
void psb_backdrop_fini(psb_backdrop *backdrop);

/* 0 in the sun .. 1 in the shadow of a thing that stands still. */
float psb_backdrop_shade(const psb_backdrop *backdrop, float x, float y);

/* A colour in the picture's matrix, limited range. */
void psb_rgb_to_yuv(psb_rgb color, psb_color_matrix matrix, float yuv_out[3]);

#endif
