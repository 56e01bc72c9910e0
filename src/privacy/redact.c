/* SPDX-License-Identifier: Apache-2.0
 *
 * Regions of a picture become blocks, and a block becomes its mean: nothing else of the source passes. A region is cut
 * evenly, into as many blocks as keep an edge of 0.4 of its width, so that no thin block is left over at a border; the
 * cut starts at the region's own corner and so moves with the person, whose face always falls into the same few blocks:
 * pictures that are added up over time show no more than one. (A grid fixed to the picture lets a moving face be
 * sampled at every offset.) Where regions overlap, the coarser is laid over the finer one's means.
 * After: Hill et al., "On the (In)effectiveness of Mosaicing and Blurring as Tools for Document Redaction",
 * PoPETs 2016, which recovers text from mosaics and blurs whose blocks are small beside what is hidden.
 */
#include "privacy/redact.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "frame/image.h"
#include "privacy/redact_int.h"

/* Corners further out than this are moved in: four times the largest picture, and still exact in int32. */
static const float FAR_PX = 4.0f * PSB_FRAME_MAX_SIDE_PX;

struct psb_redactor {
    psb_block_grid *grids; /* of this picture's regions, finest first */
    int32_t grids_capacity;
    uint32_t *sums; /* blur: one per column of a plane */
    int32_t sums_capacity;
    uint8_t *samples; /* blur: one plane */
    size_t samples_capacity;
};

psb_status psb_redactor_create(psb_redactor **out)
{
    *out = calloc(1, sizeof(**out));
    return *out ? PSB_OK : psb_fail_memory("redactor", sizeof(**out));
}

void psb_redactor_destroy(psb_redactor **redactor)
{
    if (!redactor || !*redactor) return;
    free((*redactor)->grids);
    free((*redactor)->sums);
    free((*redactor)->samples);
    free(*redactor);
    *redactor = NULL;
}

psb_plane psb_plane_of(const psb_image *image, int32_t plane_i)
{
    const bool is_chroma = plane_i > 0;
    return (psb_plane){
        .data = image->plane[plane_i],
        .stride_bytes = image->stride_bytes[plane_i],
        .width = psb_image_plane_width(image, plane_i),
        .height = psb_image_plane_height(image, plane_i),
        .shift_x = is_chroma && (image->format == PSB_PIXEL_YUV420 || image->format == PSB_PIXEL_YUV422),
        .shift_y = is_chroma && image->format == PSB_PIXEL_YUV420,
    };
}

static int32_t clamp(int32_t value, int32_t least, int32_t most)
{
    return value < least ? least : value > most ? most : value;
}

/* Grid lines are whole chroma samples, so the shift is exact, but at the picture's odd edge, which the clip minds. */
static psb_span span_of(int32_t x0, int32_t y0, int32_t x1, int32_t y1, const psb_plane *plane)
{
    const int32_t step_x = 1 << plane->shift_x, step_y = 1 << plane->shift_y;
    return (psb_span){
        clamp(x0 / step_x, 0, plane->width),
        clamp(y0 / step_y, 0, plane->height),
        clamp(x1 / step_x, 0, plane->width),
        clamp(y1 / step_y, 0, plane->height),
    };
}

psb_span psb_block_grid_span(const psb_block_grid *grid, const psb_plane *plane)
{
    return span_of(grid->x0, grid->y0, grid->x1, grid->y1, plane);
}

/* ---- regions to grids ---- */

/* The k-th of count + 1 lines that cut from..to evenly on multiples of unit. */
static int32_t grid_line(int32_t from, int32_t to, int32_t unit, int32_t k, int32_t count)
{
    const int64_t units = (to - from) / unit;
    return from + (int32_t)(units * k / count) * unit;
}

/* How many blocks of at least `edge_px` fit into from..to when lines lie on multiples of unit: 1 or more. */
static int32_t block_count(int32_t from, int32_t to, int32_t unit, int32_t edge_px)
{
    const int32_t edge_units = (edge_px + unit - 1) / unit;
    const int32_t count = edge_units > 0 ? (to - from) / unit / edge_units : 1;
    return count > 0 ? count : 1;
}

static int32_t align_down(int32_t value, int32_t unit)
{
    const int32_t rest = value % unit;
    return value - (rest < 0 ? rest + unit : rest);
}

static int32_t whole(float value)
{
    return (int32_t)fminf(fmaxf(value, -FAR_PX), FAR_PX);
}

/* Outwards to whole chroma samples; what is not finite becomes the whole picture. */
static psb_block_grid grid_of(const psb_image *image, const psb_regions *regions, int32_t region_i)
{
    float x0 = regions->x0_px[region_i], x1 = regions->x1_px[region_i];
    float y0 = regions->y0_px[region_i], y1 = regions->y1_px[region_i];
    if (!isfinite(x0) || !isfinite(x1) || !isfinite(y0) || !isfinite(y1)) {
        x0 = y0 = 0;
        x1 = (float)image->width;
        y1 = (float)image->height;
    }
    psb_block_grid grid = {
        .unit_x = image->format == PSB_PIXEL_YUV420 || image->format == PSB_PIXEL_YUV422 ? 2 : 1,
        .unit_y = image->format == PSB_PIXEL_YUV420 ? 2 : 1,
    };
    grid.x0 = align_down(whole(floorf(fminf(x0, x1))), grid.unit_x);
    grid.y0 = align_down(whole(floorf(fminf(y0, y1))), grid.unit_y);
    grid.x1 = align_down(whole(ceilf(fmaxf(x0, x1))) + grid.unit_x - 1, grid.unit_x);
    grid.y1 = align_down(whole(ceilf(fmaxf(y0, y1))) + grid.unit_y - 1, grid.unit_y);

    const int32_t edge_px = (2 * (grid.x1 - grid.x0) + 4) / 5; /* 0.4 of the width, rounded up */
    grid.columns = block_count(grid.x0, grid.x1, grid.unit_x, edge_px);
    grid.rows = block_count(grid.y0, grid.y1, grid.unit_y, edge_px);
    return grid;
}

/* By width, then by place: the order does not hang on the order of the regions. */
static bool comes_before(const psb_block_grid *a, const psb_block_grid *b)
{
    const int32_t width_a = a->x1 - a->x0, width_b = b->x1 - b->x0;
    if (width_a != width_b) return width_a < width_b;
    if (a->x0 != b->x0) return a->x0 < b->x0;
    if (a->y0 != b->y0) return a->y0 < b->y0;
    return a->y1 < b->y1;
}

/* Shell's sort with Ciura's gaps: in place (glibc's qsort allocates), and quick for the hundreds there may be. */
static void sort_grids(psb_block_grid *grids, int32_t count)
{
    static const int32_t gaps[] = {1750, 701, 301, 132, 57, 23, 10, 4, 1};
    for (size_t gap_i = 0; gap_i < sizeof(gaps) / sizeof(gaps[0]); gap_i++) {
        const int32_t gap = gaps[gap_i];
        for (int32_t i = gap; i < count; i++) {
            const psb_block_grid moved = grids[i];
            int32_t at = i;
            for (; at >= gap && comes_before(&moved, &grids[at - gap]); at -= gap) grids[at] = grids[at - gap];
            grids[at] = moved;
        }
    }
}

/* ---- the three ways to cover ---- */

static void set_span(const psb_plane *plane, psb_span span, uint8_t sample)
{
    for (int32_t y = span.y0; y < span.y1; y++)
        memset(plane->data + y * plane->stride_bytes + span.x0, sample, (size_t)(span.x1 - span.x0));
}

/* Of a span that is not empty, rounded to nearest. */
static uint8_t mean_of(const psb_plane *plane, psb_span span)
{
    const uint64_t count = (uint64_t)(span.x1 - span.x0) * (uint64_t)(span.y1 - span.y0);
    uint64_t sum = count / 2;
    for (int32_t y = span.y0; y < span.y1; y++) {
        const uint8_t *row = plane->data + y * plane->stride_bytes;
        uint32_t row_sum = 0;
        for (int32_t x = span.x0; x < span.x1; x++) row_sum += row[x];
        sum += row_sum;
    }
    return (uint8_t)(sum / count);
}

/* A block that the picture's edge cuts is the mean of what is visible of it. */
static void pixelate(const psb_block_grid *grid, const psb_plane *plane)
{
    for (int32_t row = 0; row < grid->rows; row++) {
        const int32_t y0 = grid_line(grid->y0, grid->y1, grid->unit_y, row, grid->rows);
        const int32_t y1 = grid_line(grid->y0, grid->y1, grid->unit_y, row + 1, grid->rows);
        for (int32_t column = 0; column < grid->columns; column++) {
            const int32_t x0 = grid_line(grid->x0, grid->x1, grid->unit_x, column, grid->columns);
            const int32_t x1 = grid_line(grid->x0, grid->x1, grid->unit_x, column + 1, grid->columns);
            const psb_span block = span_of(x0, y0, x1, y1, plane);
            if (block.x0 < block.x1 && block.y0 < block.y1) set_span(plane, block, mean_of(plane, block));
        }
    }
}

uint8_t psb_redact_fill_sample(const psb_image *image, int32_t plane_i)
{
    /* A deep violet: (118, 0, 176) in BT.601. Cloth, skin, sky and street do not come near its chroma, so that eye and
     * program can tell what was covered; black and grey they could not tell from a dark coat. Far enough from the
     * range's ends to pass an encoder unclipped. */
    static const uint8_t limited[3] = {60, 190, 170}, full[3] = {51, 199, 176};
    return image->range == PSB_RANGE_FULL ? full[plane_i] : limited[plane_i];
}

void psb_redactor_withhold(const psb_image *image)
{
    for (int32_t plane_i = 0; plane_i < psb_image_plane_count(image->format); plane_i++) {
        const psb_plane plane = psb_plane_of(image, plane_i);
        const psb_span all = {0, 0, plane.width, plane.height};
        set_span(&plane, all, psb_redact_fill_sample(image, plane_i));
    }
}

/* ---- a picture ---- */

/* Room for this picture's grids and, for blur, one plane. Old contents are of no use: free and take anew. */
static psb_status reserve(psb_redactor *redactor, const psb_image *image, int32_t count, psb_redact_mode mode)
{
    if (count > redactor->grids_capacity) {
        const size_t size_bytes = 2 * (size_t)count * sizeof(*redactor->grids);
        free(redactor->grids);
        redactor->grids_capacity = 0;
        redactor->grids = malloc(size_bytes);
        if (!redactor->grids) return psb_fail_memory("redaction grids", size_bytes);
        redactor->grids_capacity = 2 * count;
    }
    if (mode != PSB_REDACT_BLUR) return PSB_OK;

    if (image->width > redactor->sums_capacity) {
        const size_t size_bytes = (size_t)image->width * sizeof(*redactor->sums);
        free(redactor->sums);
        redactor->sums_capacity = 0;
        redactor->sums = malloc(size_bytes);
        if (!redactor->sums) return psb_fail_memory("blur sums", size_bytes);
        redactor->sums_capacity = image->width;
    }
    const size_t samples_bytes = (size_t)image->width * (size_t)image->height;
    if (samples_bytes > redactor->samples_capacity) {
        free(redactor->samples);
        redactor->samples_capacity = 0;
        redactor->samples = malloc(samples_bytes);
        if (!redactor->samples) return psb_fail_memory("blur plane", samples_bytes);
        redactor->samples_capacity = samples_bytes;
    }
    return PSB_OK;
}

static void cover(psb_redactor *redactor, const psb_image *image, const psb_block_grid *grid, psb_redact_mode mode)
{
    for (int32_t plane_i = 0; plane_i < psb_image_plane_count(image->format); plane_i++) {
        const psb_plane plane = psb_plane_of(image, plane_i);
        if (mode == PSB_REDACT_FILL) {
            set_span(&plane, psb_block_grid_span(grid, &plane), psb_redact_fill_sample(image, plane_i));
            continue;
        }
        pixelate(grid, &plane);
        if (mode == PSB_REDACT_BLUR) psb_blur_grid(grid, &plane, redactor->sums, redactor->samples);
    }
}

psb_status psb_redactor_apply(psb_redactor *redactor, const psb_image *image, const psb_regions *regions,
                              psb_redact_mode mode)
{
    if (mode == PSB_REDACT_NONE || regions->count <= 0) return PSB_OK;

    const psb_status status = reserve(redactor, image, regions->count, mode);
    if (status) {
        psb_redactor_withhold(image);
        return status;
    }
    for (int32_t i = 0; i < regions->count; i++) redactor->grids[i] = grid_of(image, regions, i);
    sort_grids(redactor->grids, regions->count);
    for (int32_t i = 0; i < regions->count; i++) cover(redactor, image, &redactor->grids[i], mode);
    return PSB_OK;
}
