/* SPDX-License-Identifier: Apache-2.0
 *
 * Choosing blocks and finding them again. Every place of a small area is tried (a full search: no local minimum to
 * fall into), the place between pixels follows from the neighbours' sums.
 * After: Shimizu, Okutomi, "Sub-pixel estimation error cancellation on area-based matching", IJCV 63(3), 2005, for
 * the two straight lines that fit sums of absolute differences better than a parabola does.
 */
#include "track/block_match.h"

#include <math.h>
#include <string.h>

enum { MOST_PLACES = 32 };

/* Least texture (block_picture.h) of a block worth looking for: noise of two grey levels has less. */
static const float LEAST_TEXTURE = 24;
/* A block of which people cover more than this is theirs. */
static const float MOST_COVERED = 0.2f;
/* The best place must have less than this part of the mean sum: in noise the best of many has 0.8. */
static const float MOST_OF_MEAN = 0.7f;

static float overlap(float a0, float a1, float b0, float b1)
{
    const float from = a0 > b0 ? a0 : b0, to = a1 < b1 ? a1 : b1;
    return to > from ? to - from : 0;
}

static bool is_free(const psb_block_grid *grid, int32_t block_i, const psb_boxes *people, float scale)
{
    const float side = (float)grid->side * scale, limit = MOST_COVERED * side * side;
    const float x = (float)psb_block_grid_x(grid, block_i) * scale, y = (float)psb_block_grid_y(grid, block_i) * scale;
    float covered = 0;
    for (int32_t i = 0; i < people->count && covered <= limit; i++)
        covered += overlap(x, x + side, people->x0_px[i], people->x1_px[i]) *
                   overlap(y, y + side, people->y0_px[i], people->y1_px[i]);
    return covered <= limit;
}

/* A part's best blocks, best first. */
typedef struct best_of_part {
    int32_t count;
    int32_t block_i[PSB_BLOCKS_OF_PART];
} best_of_part;

static void offer(best_of_part *part, int32_t block_i, const float *texture, int32_t most)
{
    int32_t at = part->count < most ? part->count++ : most;
    while (at > 0 && texture[part->block_i[at - 1]] < texture[block_i]) {
        if (at < most) part->block_i[at] = part->block_i[at - 1];
        at--;
    }
    if (at < most) part->block_i[at] = block_i;
}

void psb_block_choose(psb_block_choice *out, const psb_block_grid *grid, const psb_boxes *people, float scale,
                      int32_t most)
{
    best_of_part part[PSB_BLOCK_PARTS] = {{0}};
    for (int32_t i = 0; i < grid->columns * grid->rows; i++) {
        if (grid->texture[i] < LEAST_TEXTURE) continue;
        best_of_part *const own =
            &part[4 * (i / grid->columns * 4 / grid->rows) + i % grid->columns * 4 / grid->columns];
        const bool is_full = own->count == most;
        if (is_full && grid->texture[own->block_i[most - 1]] >= grid->texture[i]) continue;
        if (is_free(grid, i, people, scale)) offer(own, i, grid->texture, most);
    }
    out->count = 0;
    for (int32_t p = 0; p < PSB_BLOCK_PARTS; p++)
        for (int32_t k = 0; k < part[p].count; k++) {
            out->weight[out->count] = 1 / sqrtf((float)part[p].count);
            out->block_i[out->count++] = part[p].block_i[k];
        }
}

/* Where between the pixels: two straight lines of equal and opposite slope through the best and its neighbours. */
static float between(int32_t before, int32_t best, int32_t after)
{
    const int32_t higher = before > after ? before : after;
    return higher > best ? 0.5f * (float)(before - after) / (float)(higher - best) : 0;
}

bool psb_block_best(float *dx_out, float *dy_out, const uint16_t *sums, int32_t places)
{
    int32_t at = 0, total = 0;
    for (int32_t i = 0; i < places * places; i++) {
        total += sums[i];
        if (sums[i] < sums[at]) at = i;
    }
    const int32_t x = at % places, y = at / places;
    if (x == 0 || y == 0 || x == places - 1 || y == places - 1) return false;
    if ((float)sums[at] * (float)(places * places) > MOST_OF_MEAN * (float)total) return false;
    *dx_out = (float)(x - places / 2) + between(sums[at - 1], sums[at], sums[at + 1]);
    *dy_out = (float)(y - places / 2) + between(sums[at - places], sums[at], sums[at + places]);
    return true;
}

/* Whether a block moved by so much still lies in the picture, nearly. */
static bool is_inside(const psb_block_plane *plane, int32_t x, int32_t y, int32_t side)
{
    return x >= -PSB_BLOCK_BORDER && y >= -PSB_BLOCK_BORDER && x + side <= plane->width + PSB_BLOCK_BORDER &&
           y + side <= plane->height + PSB_BLOCK_BORDER;
}

void psb_block_match(psb_block_pairs *out, const psb_block_choice *choice, const psb_block_search *search)
{
    const psb_block_plane *earlier = search->earlier, *later = search->later;
    const psb_block_motion near = search->near;
    const int32_t side = search->grid->side, places = search->places;
    psb_sad_u8_fn *const sums_of = side == PSB_BLOCK_COARSE ? search->sad->run8 : search->sad->run16;
    uint16_t sums[MOST_PLACES * MOST_PLACES];
    const float half = 0.5f * (float)side;
    out->count = 0;
    for (int32_t i = 0; i < choice->count; i++) {
        const int32_t left = psb_block_grid_x(search->grid, choice->block_i[i]);
        const int32_t top = psb_block_grid_y(search->grid, choice->block_i[i]);
        const float x = (float)left + half - 0.5f * (float)earlier->width;
        const float y = (float)top + half - 0.5f * (float)earlier->height;
        const int32_t to_x = left + (int32_t)lrintf(near.x_px + near.zoom * x - near.turn * y);
        const int32_t to_y = top + (int32_t)lrintf(near.y_px + near.turn * x + near.zoom * y);
        if (!is_inside(later, to_x, to_y, side)) continue;
        const ptrdiff_t from = (to_y - places / 2) * later->stride_bytes + to_x - places / 2;
        sums_of(&(psb_sad_u8_args){.out = sums,
                                   .block = earlier->pixels + top * earlier->stride_bytes + left,
                                   .area = later->pixels + from,
                                   .ld_block = earlier->stride_bytes,
                                   .ld_area = later->stride_bytes,
                                   .places = places});
        float dx, dy;
        if (!psb_block_best(&dx, &dy, sums, places)) continue;
        const int32_t k = out->count++;
        out->x[k] = x;
        out->y[k] = y;
        out->dx[k] = (float)(to_x - left) + dx;
        out->dy[k] = (float)(to_y - top) + dy;
        out->weight[k] = choice->weight[i];
    }
}
