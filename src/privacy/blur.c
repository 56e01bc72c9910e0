/* SPDX-License-Identifier: Apache-2.0
 *
 * Smoothing of a region: a moving mean along rows twice and along columns twice, each about a block wide, which
 * together weigh like a triangle two blocks wide (Wells, "Efficient Synthesis of Gaussian Filters by Cascaded Uniform
 * Filters", PAMI 1986). It costs the same for any width: what enters the window is added, what leaves it is subtracted.
 * The window ends at the region's border, so nothing outside is mixed in; what is inside are block means already (see
 * redact.c), so that undoing the blur, which is possible in principle, yields the blocks and no more.
 */
#include "privacy/redact_int.h"

#include <string.h>

/* to[i] = mean of from[i - radius .. i + radius] within 0 .. count - 1, rounded to nearest. */
static void smooth_row(uint8_t *to, const uint8_t *from, int32_t count, int32_t radius)
{
    uint32_t sum = 0;
    int32_t in_count = 0; /* how many samples the window holds */
    for (int32_t x = 0; x < radius && x < count; x++, in_count++) sum += from[x];
    for (int32_t x = 0; x < count; x++) {
        if (x + radius < count) {
            sum += from[x + radius];
            in_count++;
        }
        if (x - radius - 1 >= 0) {
            sum -= from[x - radius - 1];
            in_count--;
        }
        to[x] = (uint8_t)((sum + (uint32_t)in_count / 2) / (uint32_t)in_count);
    }
}

static void add_row(uint32_t *sums, const uint8_t *row, int32_t width)
{
    for (int32_t x = 0; x < width; x++) sums[x] += row[x];
}

static void subtract_row(uint32_t *sums, const uint8_t *row, int32_t width)
{
    for (int32_t x = 0; x < width; x++) sums[x] -= row[x];
}

/* A rectangle of samples somewhere. */
typedef struct sample_view {
    uint8_t *data;
    ptrdiff_t stride_bytes;
} sample_view;

/* The same down the columns, all of them side by side. */
static void smooth_columns(sample_view to, sample_view from, int32_t width, int32_t height, int32_t radius,
                           uint32_t *sums)
{
    int32_t in_count = 0;
    memset(sums, 0, (size_t)width * sizeof(*sums));
    for (int32_t y = 0; y < radius && y < height; y++, in_count++)
        add_row(sums, from.data + y * from.stride_bytes, width);
    for (int32_t y = 0; y < height; y++) {
        if (y + radius < height) {
            add_row(sums, from.data + (y + radius) * from.stride_bytes, width);
            in_count++;
        }
        if (y - radius - 1 >= 0) {
            subtract_row(sums, from.data + (y - radius - 1) * from.stride_bytes, width);
            in_count--;
        }
        uint8_t *row = to.data + y * to.stride_bytes;
        for (int32_t x = 0; x < width; x++) row[x] = (uint8_t)((sums[x] + (uint32_t)in_count / 2) / (uint32_t)in_count);
    }
}

/* Half a block in samples of the plane, at least 1: the window is then as wide as a block. */
static int32_t radius_of(int32_t side_px, int32_t blocks, int32_t shift)
{
    const int32_t radius = (side_px / blocks / 2) >> shift;
    return radius > 0 ? radius : 1;
}

void psb_blur_grid(const psb_block_grid *grid, const psb_plane *plane, uint32_t *sums, uint8_t *samples)
{
    const psb_span span = psb_block_grid_span(grid, plane);
    const int32_t width = span.x1 - span.x0, height = span.y1 - span.y0;
    if (width <= 0 || height <= 0) return;

    const int32_t radius_x = radius_of(grid->x1 - grid->x0, grid->columns, plane->shift_x);
    const int32_t radius_y = radius_of(grid->y1 - grid->y0, grid->rows, plane->shift_y);
    const sample_view in_plane = {plane->data + span.y0 * plane->stride_bytes + span.x0, plane->stride_bytes};
    const sample_view aside = {samples, width};
    for (int32_t y = 0; y < height; y++) {
        uint8_t *row = in_plane.data + y * in_plane.stride_bytes;
        smooth_row(samples, row, width, radius_x);
        smooth_row(row, samples, width, radius_x);
    }
    smooth_columns(aside, in_plane, width, height, radius_y, sums);
    smooth_columns(in_plane, aside, width, height, radius_y, sums);
}
