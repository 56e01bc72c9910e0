/* SPDX-License-Identifier: Apache-2.0
 *
 * Turning pictures the right way up. Cameras and phones store what the sensor gave and a matrix that says how to show
 * it; everything after the reader sees only shown pictures. Quarter turns and mirrors, as one transposition and two
 * flips, sample by sample, to the last row and column of every plane.
 */
#include <assert.h>
#include <stdlib.h>

#include "frame/image.h"
#include "media/media_int.h"

/* A display matrix maps stored (p, q) to shown (a p + c q, b p + d q), in 16.16 fixed point. Only quarter turns and
 * mirrors are known here: the larger of a and b decides whether the axes swap. */
psb_orientation psb_orientation_from_matrix(const int32_t matrix[9])
{
    const int64_t a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
    if (llabs(a) >= llabs(b)) return (psb_orientation){.is_flipped_x = a < 0, .is_flipped_y = d < 0};
    return (psb_orientation){.is_transposed = true, .is_flipped_x = c < 0, .is_flipped_y = b < 0};
}

int32_t psb_orientation_deg(psb_orientation orientation)
{
    if (orientation.is_transposed) return orientation.is_flipped_y ? 270 : 90;
    return orientation.is_flipped_y ? 180 : 0;
}

bool psb_orientation_is_upright(psb_orientation orientation)
{
    return !orientation.is_transposed && !orientation.is_flipped_x && !orientation.is_flipped_y;
}

/* Writes `from` turned into `to`. A sample of `to` is looked up where it came from; `shift_x` halves its column where
 * 4:2:2 chroma, which has no transposed form, becomes 4:4:4. */
static void turn_plane(const psb_image *to, const psb_image *from, int32_t plane_i, psb_orientation orientation)
{
    const int32_t width = psb_image_plane_width(to, plane_i), height = psb_image_plane_height(to, plane_i);
    const int32_t shift_x = orientation.is_transposed && from->format == PSB_PIXEL_YUV422 && plane_i > 0;
    const ptrdiff_t from_stride = from->stride_bytes[plane_i];
    for (int32_t y = 0; y < height; y++) {
        const int32_t v = orientation.is_flipped_y ? height - 1 - y : y;
        uint8_t *row = to->plane[plane_i] + y * to->stride_bytes[plane_i];
        for (int32_t x = 0; x < width; x++) {
            const int32_t u = orientation.is_flipped_x ? width - 1 - x : x;
            const int32_t from_x = orientation.is_transposed ? v >> shift_x : u;
            const int32_t from_y = orientation.is_transposed ? u : v;
            row[x] = from->plane[plane_i][from_y * from_stride + from_x];
        }
    }
}

psb_image psb_orientation_shape(const psb_image *from, psb_orientation orientation)
{
    psb_image shape = {.format = from->format,
                       .matrix = from->matrix,
                       .range = from->range,
                       .width = from->width,
                       .height = from->height};
    if (orientation.is_transposed) {
        shape.width = from->height;
        shape.height = from->width;
        if (shape.format == PSB_PIXEL_YUV422) shape.format = PSB_PIXEL_YUV444;
    }
    return shape;
}

void psb_orientation_turn(const psb_image *to, const psb_image *from, psb_orientation orientation)
{
    const psb_image shape = psb_orientation_shape(from, orientation);
    assert(to->format == shape.format && to->width == shape.width && to->height == shape.height);
    (void)shape;
    for (int32_t i = 0; i < psb_image_plane_count(to->format); i++) turn_plane(to, from, i, orientation);
}
