/* SPDX-License-Identifier: Apache-2.0
 *
 * Figures into pictures: a figure is painted into a tile of its own, with coverage, and the tile is laid over the
 * canvas where nothing that stands still is nearer. The tile knows the silhouette exactly, hidden or not: truth comes
 * from here.
 */
#ifndef PSB_SYNTH_PAINT_INT_H
#define PSB_SYNTH_PAINT_INT_H

#include <stdint.h>

#include <passerby/frame.h>

#include "synth/backdrop_int.h"
#include "synth/figure_int.h"
#include "synth/view_int.h"

enum { PSB_PAINTER_SHADOWS = 100 }; /* figures whose shadows one frame may have */

typedef struct psb_painter psb_painter;

typedef struct psb_pixel_area { /* from (x0, y0) up to but without (x1, y1) */
    int32_t x0, y0, x1, y1;
} psb_pixel_area;

typedef struct psb_shine { /* light on one figure */
    psb_vec sun;           /* unit, as the camera sees it: x right, y down, z towards it */
    float sun_power, sky_power;
    psb_rgb tint;
    psb_rgb haze;
    float haze_share;
} psb_shine;

typedef struct psb_silhouette {
    psb_pixel_area box; /* of all pixels more than half covered, also outside of the picture; empty: x1 <= x0 */
    int32_t pixels;     /* how many those are */
} psb_silhouette;

typedef struct psb_canvas { /* what people are painted onto */
    psb_image image;
    uint8_t *id; /* [height][width]: 0, or who is seen there */
} psb_canvas;

/* Figures nearer to the camera than this are too large to be drawn. */
float psb_painter_nearest_m(const psb_view *view);

/* Errors: PSB_NO_MEMORY. */
psb_status psb_painter_create(psb_painter **out, const psb_view *view, psb_color_matrix matrix);
void psb_painter_destroy(psb_painter **painter);

/* Paints the figure into the tile, in the place of what was there. */
void psb_painter_draw(psb_painter *painter, psb_figure *figure, const psb_shine *shine, psb_silhouette *out);

/* Lays the tile over the canvas; depth_m: how far the figure is away. Returns the part of the picture that changed. */
psb_pixel_area psb_painter_lay(psb_painter *painter, const psb_canvas *canvas, const psb_backdrop *backdrop,
                               float depth_m, uint8_t id);

/* Adds what a figure takes from the light on the ground, then darkens the ground once for all. sun: towards it, in the
 * world; strength 0: only the soft one under the feet. */
void psb_painter_add_shadow(psb_painter *painter, const psb_figure *figure, psb_vec sun, float strength);
/* Returns how many parts of the picture changed, at most one for each figure added; *areas_out is the painter's. */
int32_t psb_painter_lay_shadows(psb_painter *painter, const psb_canvas *canvas, const psb_backdrop *backdrop,
                                const psb_pixel_area **areas_out);

#endif
