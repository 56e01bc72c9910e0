/* SPDX-License-Identifier: Apache-2.0
 *
 * Pictures for the search of the camera's motion. The size is a power of two below the picture's, so that the mean of
 * squares is one pass of loads and additions; what is left has at least 50,000 pixels, enough to place a block to a
 * tenth of one. Smooth light is taken off by the mean of the 8 x 8 around, because lamps flicker and clouds pass.
 * After: Shi, Tomasi, "Good features to track", CVPR 1994, for what makes a block worth looking for: not an edge alone,
 * which looks the same wherever it slides along itself.
 */
#include "track/block_picture.h"

#include <math.h>
#include <string.h>

enum { LEAST_PIXELS = 50000, LEAST_SIDE_PX = 64, MOST_SIDE = 64, MEAN_SIDE = 8, MIDDLE_GREY = 128, ROW_STEP = 2 };

psb_block_sizes psb_block_sizes_of(int32_t width, int32_t height)
{
    psb_block_sizes sizes = {.side = 1};
    while (sizes.side < MOST_SIDE && (int64_t)(width / (2 * sizes.side)) * (height / (2 * sizes.side)) >= LEAST_PIXELS)
        sizes.side *= 2;
    sizes.fine_width = width / sizes.side;
    sizes.fine_height = height / sizes.side;
    sizes.coarse_width = sizes.fine_width / PSB_COARSE_SIDE;
    sizes.coarse_height = sizes.fine_height / PSB_COARSE_SIDE;
    sizes.is_large_enough = sizes.fine_width >= 2 * LEAST_SIDE_PX && sizes.fine_height >= 2 * LEAST_SIDE_PX;
    return sizes;
}

/* ---- memory ---- */

static size_t stride_of(int32_t width)
{
    return (size_t)width + 2 * PSB_PLANE_MARGIN;
}

static size_t plane_bytes(int32_t width, int32_t height)
{
    return stride_of(width) * ((size_t)height + 2 * PSB_PLANE_MARGIN);
}

static int32_t border_of(int32_t side)
{
    return side == PSB_BLOCK_FINE ? PSB_BLOCK_BORDER : PSB_BLOCK_BORDER_COARSE;
}

static int32_t blocks_along(int32_t length, int32_t side)
{
    return (length - 2 * border_of(side)) / side;
}

static size_t texture_cost_bytes(int32_t width, int32_t height, int32_t side)
{
    return psb_arena_cost_bytes((size_t)(blocks_along(width, side) * blocks_along(height, side)), sizeof(float));
}

size_t psb_block_picture_cost_bytes(const psb_block_sizes *s)
{
    return psb_arena_cost_bytes(plane_bytes(s->fine_width, s->fine_height), 1) +
           psb_arena_cost_bytes(plane_bytes(s->coarse_width, s->coarse_height), 1) +
           texture_cost_bytes(s->fine_width, s->fine_height, PSB_BLOCK_FINE) +
           texture_cost_bytes(s->coarse_width, s->coarse_height, PSB_BLOCK_COARSE);
}

static void place_plane(psb_block_plane *out, int32_t width, int32_t height, psb_arena *arena)
{
    const size_t size_bytes = plane_bytes(width, height);
    uint8_t *const memory = psb_arena_get(arena, size_bytes, 1);
    memset(memory, MIDDLE_GREY, size_bytes);
    *out = (psb_block_plane){width, height, (ptrdiff_t)stride_of(width),
                             memory + PSB_PLANE_MARGIN * (stride_of(width) + 1)};
}

static void place_grid(psb_block_grid *out, const psb_block_plane *plane, int32_t side, psb_arena *arena)
{
    *out = (psb_block_grid){
        .columns = blocks_along(plane->width, side), .rows = blocks_along(plane->height, side), .side = side};
    out->texture = psb_arena_get(arena, (size_t)(out->columns * out->rows), sizeof(float));
}

void psb_block_picture_place(psb_block_picture *out, const psb_block_sizes *sizes, psb_arena *arena)
{
    *out = (psb_block_picture){0};
    place_plane(&out->fine, sizes->fine_width, sizes->fine_height, arena);
    place_plane(&out->coarse, sizes->coarse_width, sizes->coarse_height, arena);
    place_grid(&out->fine_grid, &out->fine, PSB_BLOCK_FINE, arena);
    place_grid(&out->coarse_grid, &out->coarse, PSB_BLOCK_COARSE, arena);
}

size_t psb_block_maker_cost_bytes(const psb_block_sizes *s)
{
    return psb_arena_cost_bytes((size_t)s->fine_width * (size_t)s->fine_height, 1) +
           psb_arena_cost_bytes((size_t)s->coarse_width * (size_t)s->coarse_height, 1) +
           psb_arena_cost_bytes(2 * (size_t)(s->fine_width + MEAN_SIDE), sizeof(uint16_t));
}

void psb_block_maker_place(psb_block_maker *maker, psb_arena *arena)
{
    const psb_block_sizes *s = &maker->sizes;
    maker->raw = psb_arena_get(arena, (size_t)s->fine_width * (size_t)s->fine_height, 1);
    maker->raw_less = psb_arena_get(arena, (size_t)s->coarse_width * (size_t)s->coarse_height, 1);
    maker->sums = psb_arena_get(arena, 2 * (size_t)(s->fine_width + MEAN_SIDE), sizeof(uint16_t));
}

/* ---- pixels ---- */

/* One row: down[] holds the sums of eight rows; sums of eight neighbours by doubling thrice. */
static void high_pass_row(uint8_t *restrict out, const uint8_t *restrict raw, const uint16_t *restrict down,
                          uint16_t *restrict across, int32_t width)
{
    for (int32_t x = 0; x < width - 1; x++) across[x] = (uint16_t)(down[x] + down[x + 1]);
    for (int32_t x = 0; x < width - 3; x++) across[x] = (uint16_t)(across[x] + across[x + 2]);
    for (int32_t x = 0; x < width - MEAN_SIDE; x++) {
        const int32_t sum = across[x] + across[x + 4];
        const int32_t doubled = MIDDLE_GREY * 32 + 16 + 64 * raw[x + MEAN_SIDE / 2] - sum;
        const int32_t clamped = doubled < 0 ? 0 : doubled > 255 * 32 ? 255 * 32 : doubled;
        out[x + MEAN_SIDE / 2] = (uint8_t)(clamped >> 5);
    }
}

/* Fills the plane but for MEAN_SIDE / 2 along its edge. sums: two rows of its width. */
static void high_pass(psb_block_plane *plane, const uint8_t *raw, uint16_t *sums)
{
    const int32_t width = plane->width, half = MEAN_SIDE / 2;
    uint16_t *const down = sums, *const across = sums + width;
    memset(down, 0, (size_t)width * sizeof(*down));
    for (int32_t y = 0; y < MEAN_SIDE - 1; y++)
        for (int32_t x = 0; x < width; x++) down[x] = (uint16_t)(down[x] + raw[y * width + x]);
    for (int32_t y = half; y + half < plane->height; y++) {
        const uint8_t *const last = raw + (y + half - 1) * width, *const first = raw + (y - half) * width;
        for (int32_t x = 0; x < width; x++) down[x] = (uint16_t)(down[x] + last[x]);
        high_pass_row(plane->pixels + y * plane->stride_bytes, raw + y * width, down, across, width);
        for (int32_t x = 0; x < width; x++) down[x] = (uint16_t)(down[x] - first[x]);
    }
}

void psb_block_picture_make(psb_block_picture *picture, const psb_block_maker *maker, const psb_image *image)
{
    const psb_block_sizes *s = &maker->sizes;
    maker->decimate->run(&(psb_decimate_u8_args){.out = maker->raw,
                                                 .in = image->plane[0],
                                                 .rows = s->fine_height,
                                                 .columns = s->fine_width,
                                                 .side = s->side,
                                                 .ld_out = s->fine_width,
                                                 .ld_in = image->stride_bytes[0]});
    maker->decimate->run(&(psb_decimate_u8_args){.out = maker->raw_less,
                                                 .in = maker->raw,
                                                 .rows = s->coarse_height,
                                                 .columns = s->coarse_width,
                                                 .side = PSB_COARSE_SIDE,
                                                 .ld_out = s->coarse_width,
                                                 .ld_in = s->fine_width});
    high_pass(&picture->fine, maker->raw, maker->sums);
    high_pass(&picture->coarse, maker->raw_less, maker->sums);
    picture->has_texture = false;
}

void psb_block_patch_make(psb_block_plane *patch, const psb_block_maker *maker, const psb_image *image, int32_t x,
                          int32_t y)
{
    const int32_t side = maker->sizes.side;
    const int32_t left = x - PSB_BLOCK_BORDER, top = y - PSB_BLOCK_BORDER;
    maker->decimate->run(&(psb_decimate_u8_args){
        .out = maker->raw,
        .in = image->plane[0] + (ptrdiff_t)top * side * image->stride_bytes[0] + (ptrdiff_t)left * side,
        .rows = PSB_PATCH_SIDE,
        .columns = PSB_PATCH_SIDE,
        .side = side,
        .ld_out = PSB_PATCH_SIDE,
        .ld_in = image->stride_bytes[0]});
    patch->width = patch->height = PSB_PATCH_SIDE;
    patch->stride_bytes = PSB_PATCH_SIDE;
    high_pass(patch, maker->raw, maker->sums);
}

/* ---- blocks ---- */

int32_t psb_block_grid_x(const psb_block_grid *grid, int32_t block_i)
{
    return border_of(grid->side) + block_i % grid->columns * grid->side;
}

int32_t psb_block_grid_y(const psb_block_grid *grid, int32_t block_i)
{
    return border_of(grid->side) + block_i / grid->columns * grid->side;
}

/* The lesser eigenvalue of the block's gradients' second moments, per sampled pixel. Every other row will do. */
static float texture_of(const psb_block_plane *plane, int32_t left, int32_t top, int32_t side)
{
    const ptrdiff_t stride = plane->stride_bytes;
    int32_t xx = 0, yy = 0, xy = 0;
    for (int32_t y = top; y < top + side; y += ROW_STEP) {
        const uint8_t *const row = plane->pixels + y * stride + left;
        for (int32_t x = 0; x < side; x++) {
            const int32_t gx = row[x + 1] - row[x - 1], gy = row[x + stride] - row[x - stride];
            xx += gx * gx;
            yy += gy * gy;
            xy += gx * gy;
        }
    }
    const float count = (float)(side * side / ROW_STEP), apart = (float)(xx - yy);
    return 0.5f * ((float)(xx + yy) - sqrtf(apart * apart + 4 * (float)xy * (float)xy)) / count;
}

static void find_texture(psb_block_grid *grid, const psb_block_plane *plane)
{
    for (int32_t i = 0; i < grid->columns * grid->rows; i++)
        grid->texture[i] = texture_of(plane, psb_block_grid_x(grid, i), psb_block_grid_y(grid, i), grid->side);
}

void psb_block_picture_find_texture(psb_block_picture *picture)
{
    if (picture->has_texture) return;
    find_texture(&picture->fine_grid, &picture->fine);
    find_texture(&picture->coarse_grid, &picture->coarse);
    picture->has_texture = true;
}
