/* SPDX-License-Identifier: Apache-2.0
 *
 * A picture as the search for the camera's motion keeps it: the luma plane made small (fine), and once more by four
 * (coarse), both without what is smooth, so that light that changes does not count; and which of its blocks are worth
 * looking for again.
 */
#ifndef PSB_TRACK_BLOCK_PICTURE_H
#define PSB_TRACK_BLOCK_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/frame.h>

#include "base/arena.h"
#include "kernels/decimate_u8.h"
#include "kernels/sad_u8.h"
#include "track/motion_fit.h"

enum {
    PSB_BLOCK_FINE = 16,         /* side of a block, fine pixels */
    PSB_BLOCK_COARSE = 8,        /* coarse pixels */
    PSB_COARSE_SIDE = 4,         /* fine pixels of a coarse one */
    PSB_BLOCK_BORDER = 8,        /* no block is nearer to the edge, fine pixels */
    PSB_BLOCK_BORDER_COARSE = 5, /* coarse pixels */
    PSB_PLANE_MARGIN = 40,       /* readable around a plane: it matches nothing */
    PSB_PATCH_SIDE = 32,         /* what has to be made small to look for one fine block nearby */
};

/* Bytes 128 + twice the difference from the mean around; 128 within 4 of the edge and in the margin. */
typedef struct psb_block_plane {
    int32_t width, height;
    ptrdiff_t stride_bytes;
    uint8_t *pixels; /* of (0, 0) */
} psb_block_plane;

/* A level's blocks side by side, inside of its border. */
typedef struct psb_block_grid {
    int32_t columns, rows, side;
    float *texture; /* of each: the lesser eigenvalue of its structure, a sampled pixel */
} psb_block_grid;

typedef struct psb_block_picture {
    psb_block_plane fine, coarse;
    psb_block_grid fine_grid, coarse_grid;
    bool has_texture; /* the grids are filled */
} psb_block_picture;

/* Sizes that follow from a picture's. is_large_enough: below, no motion can be found. */
typedef struct psb_block_sizes {
    int32_t side; /* picture pixels of a fine one: 1, 2, 4, .. 64 */
    int32_t fine_width, fine_height, coarse_width, coarse_height;
    bool is_large_enough;
} psb_block_sizes;

psb_block_sizes psb_block_sizes_of(int32_t width, int32_t height);

/* What all pictures of a size share: the kernels and the scratch of making one. */
typedef struct psb_block_maker {
    const psb_decimate_u8_kernel *decimate;
    const psb_sad_u8_kernel *sad;
    psb_block_sizes sizes;
    uint8_t *raw;      /* fine_width x fine_height */
    uint8_t *raw_less; /* coarse */
    uint16_t *sums;    /* two rows of fine_width + 8 */
} psb_block_maker;

/* Memory of one picture, or of a maker's scratch, from an arena of at least the cost. */
size_t psb_block_picture_cost_bytes(const psb_block_sizes *sizes);
void psb_block_picture_place(psb_block_picture *out, const psb_block_sizes *sizes, psb_arena *arena);
size_t psb_block_maker_cost_bytes(const psb_block_sizes *sizes);
void psb_block_maker_place(psb_block_maker *maker, psb_arena *arena);

/* The frame's luma, of the maker's size. */
void psb_block_picture_make(psb_block_picture *picture, const psb_block_maker *maker, const psb_image *image);
void psb_block_picture_find_texture(psb_block_picture *picture);

/* Only the surroundings of the fine block at (x, y), as a plane of PSB_PATCH_SIDE whose pixel (8, 8) is the block's
 * first; equal to that part of the whole picture. patch->pixels: PSB_PATCH_SIDE^2 bytes. */
void psb_block_patch_make(psb_block_plane *patch, const psb_block_maker *maker, const psb_image *image, int32_t x,
                          int32_t y);

/* The corner of a grid's block. */
int32_t psb_block_grid_x(const psb_block_grid *grid, int32_t block_i);
int32_t psb_block_grid_y(const psb_block_grid *grid, int32_t block_i);

#endif
