/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to this room: a region as a grid of blocks, laid over one plane after another.
 */
#ifndef PSB_PRIVACY_REDACT_INT_H
#define PSB_PRIVACY_REDACT_INT_H

#include <stddef.h>
#include <stdint.h>

#include <passerby/frame.h>

/* One plane, and how many luma pixels one of its samples spans as a power of two. */
typedef struct psb_plane {
    uint8_t *data;
    ptrdiff_t stride_bytes;
    int32_t width, height;
    int32_t shift_x, shift_y;
} psb_plane;

psb_plane psb_plane_of(const psb_image *image, int32_t plane_i);

/* A region in luma pixels, not clipped, cut evenly into columns x rows blocks. Its sides and every line between blocks
 * lie on multiples of unit, the luma pixels of a chroma sample: planes are cut alike. */
typedef struct psb_block_grid {
    int32_t x0, y0, x1, y1;
    int32_t unit_x, unit_y;
    int32_t columns, rows;
} psb_block_grid;

/* A rectangle of samples of one plane, clipped to it; empty when x0 >= x1 or y0 >= y1. */
typedef struct psb_span {
    int32_t x0, y0, x1, y1;
} psb_span;

psb_span psb_block_grid_span(const psb_block_grid *grid, const psb_plane *plane);

/* Smooths the grid's part of one plane over about a block to each side, reading nothing outside the part.
 * sums: plane->width entries of workspace; samples: plane->width * plane->height. */
void psb_blur_grid(const psb_block_grid *grid, const psb_plane *plane, uint32_t *sums, uint8_t *samples);

#endif
