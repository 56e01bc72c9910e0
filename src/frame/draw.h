/* SPDX-License-Identifier: Apache-2.0
 *
 * Drawing on a picture that is one's own: rectangles and short texts, for boxes and identities. Clipped to the
 * picture; correct for every pixel format, odd sizes and strides.
 */
#ifndef PSB_FRAME_DRAW_H
#define PSB_FRAME_DRAW_H

#include <stdint.h>

#include <passerby/frame.h>

typedef struct psb_color { /* in the picture's own matrix and range */
    uint8_t y, u, v;
} psb_color;

/* Pixels from (x0, y0) up to but without (x1, y1); may reach outside the picture. */
typedef struct psb_area {
    int32_t x0, y0, x1, y1;
} psb_area;

/* One of 12 well-told-apart colours for an identity, in the picture's own matrix and range; the same identity always
 * has the same. */
psb_color psb_color_of_id(int64_t id, psb_color_matrix matrix, psb_color_range range);

/* The frame of a rectangle, `thick` pixels wide, drawn inside the area. Nothing where it is empty. */
void psb_draw_rectangle(const psb_image *image, psb_area area, int32_t thick, psb_color color);

/* ASCII text on a filled ground of `color`, letters 5x7 pixels times `scale`; (x, y) its lower left corner, moved
 * inside the picture where it would stick out. */
void psb_draw_label(const psb_image *image, int32_t x, int32_t y, int32_t scale, psb_color color, const char *text);

#endif
