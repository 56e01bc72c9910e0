/* SPDX-License-Identifier: Apache-2.0
 *
 * Which blocks of a picture to look for, and where they went in a later one. A block's place is a grid's index; what is
 * found are displacements, in pixels of the level that was searched.
 */
#ifndef PSB_TRACK_BLOCK_MATCH_H
#define PSB_TRACK_BLOCK_MATCH_H

#include <stdint.h>

#include <passerby/boxes.h>

#include "kernels/sad_u8.h"
#include "track/block_picture.h"
#include "track/motion_fit.h"

enum {
    PSB_BLOCK_PARTS = 16,   /* a picture's parts, 4 x 4: each gives its best blocks, so that no corner is all */
    PSB_BLOCKS_OF_PART = 8, /* the most that one gives */
};

/* Blocks by their index in a grid. */
typedef struct psb_block_choice {
    int32_t count;
    int32_t block_i[PSB_FIT_PAIRS];
    float weight[PSB_FIT_PAIRS]; /* less where a part has many */
} psb_block_choice;

/* The most textured blocks of each part, at most `most` (1..PSB_BLOCKS_OF_PART) of one, that people leave free.
 * people: boxes in picture pixels, of which `scale` are one of the grid's level. */
void psb_block_choose(psb_block_choice *out, const psb_block_grid *grid, const psb_boxes *people, float scale,
                      int32_t most);

typedef struct psb_block_search {
    const psb_sad_u8_kernel *sad;
    const psb_block_grid *grid;             /* of the level's earlier picture */
    const psb_block_plane *earlier, *later; /* of the level */
    psb_block_motion near;                  /* where to look, in the level's pixels */
    int32_t places;                         /* 8, 16 or 32: so many to be tried across, half to each side */
} psb_block_search;

/* Looks for each chosen block of the earlier picture in the later one. Pairs are those that were found. */
void psb_block_match(psb_block_pairs *out, const psb_block_choice *choice, const psb_block_search *search);

/* The best of a map of sums, to parts of a pixel: offsets from the map's middle place. False when it lies on the rim,
 * or is not much better than the rest. */
bool psb_block_best(float *dx_out, float *dy_out, const uint16_t *sums, int32_t places);

#endif
