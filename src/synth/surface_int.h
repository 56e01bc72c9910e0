/* SPDX-License-Identifier: Apache-2.0
 *
 * What a surface looks like at a point of it, before light: procedural, from coordinates in metres.
 */
#ifndef PSB_SYNTH_SURFACE_INT_H
#define PSB_SYNTH_SURFACE_INT_H

#include "synth/place_int.h"

typedef struct psb_surface_point {
    psb_surface surface;
    psb_rgb color, second;
    uint32_t grain;
    float u, v;      /* metres along and up (of the ground: x and y) */
    float footprint; /* metres that one pixel covers there: finer patterns fade */
    float size;      /* of the pattern, metres; 0 = its usual */
    bool is_night;
} psb_surface_point;

/* *shine_out is the share of light of its own (a lit window, a lamp). */
psb_rgb psb_surface_color(const psb_surface_point *point, float *shine_out);

#endif
