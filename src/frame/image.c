/* SPDX-License-Identifier: Apache-2.0
 *
 * Geometry of planes, and copies of whole pictures. Chroma of subsampled formats is rounded up, so that the last odd
 * row and column have chroma of their own; every function here is exact up to them.
 */
#include "frame/image.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"

enum { NEUTRAL_CHROMA = 128 };

int32_t psb_image_plane_count(psb_pixel_format format)
{
    return format == PSB_PIXEL_GREY ? 1 : 3;
}

int32_t psb_image_plane_width(const psb_image *image, int32_t plane_i)
{
    const bool is_halved = plane_i > 0 && (image->format == PSB_PIXEL_YUV420 || image->format == PSB_PIXEL_YUV422);
    return is_halved ? (image->width + 1) / 2 : image->width;
}

int32_t psb_image_plane_height(const psb_image *image, int32_t plane_i)
{
    const bool is_halved = plane_i > 0 && image->format == PSB_PIXEL_YUV420;
    return is_halved ? (image->height + 1) / 2 : image->height;
}

psb_status psb_image_check_shape(const psb_image *image)
{
    if (image->width < 1 || image->height < 1 || image->width > PSB_FRAME_MAX_SIDE_PX ||
        image->height > PSB_FRAME_MAX_SIDE_PX)
        return psb_fail(PSB_BAD_INPUT, "picture: found %dx%d pixels, expected sides of 1 to %d", (int)image->width,
                        (int)image->height, PSB_FRAME_MAX_SIDE_PX);
    /* compared as unsigned: an enum out of range may be negative */
    if ((unsigned)image->format > PSB_PIXEL_YUV444)
        return psb_fail(PSB_BAD_INPUT, "picture: found pixel format %d, expected 0 to 3", (int)image->format);
    if ((unsigned)image->matrix > PSB_COLOR_BT2020 || (unsigned)image->range > PSB_RANGE_FULL)
        return psb_fail(PSB_BAD_INPUT, "picture: found colour matrix %d and range %d, expected 0 to 2 and 0 to 1",
                        (int)image->matrix, (int)image->range);
    return PSB_OK;
}

psb_status psb_image_check(const psb_image *image)
{
    psb_status status = psb_image_check_shape(image);
    if (status) return status;
    for (int32_t i = 0; i < psb_image_plane_count(image->format); i++) {
        if (!image->plane[i]) return psb_fail(PSB_BAD_INPUT, "picture: plane %d is missing", (int)i);
        if (image->stride_bytes[i] < psb_image_plane_width(image, i))
            return psb_fail(PSB_BAD_INPUT, "picture: found a stride of %td bytes in plane %d, expected at least %d",
                            image->stride_bytes[i], (int)i, (int)psb_image_plane_width(image, i));
    }
    return PSB_OK;
}

static void copy_rows(uint8_t *to, ptrdiff_t to_stride, const uint8_t *from, ptrdiff_t from_stride, size_t width,
                      int32_t height)
{
    for (int32_t y = 0; y < height; y++) memcpy(to + y * to_stride, from + y * from_stride, width);
}

void psb_image_copy(const psb_image *to, const psb_image *from)
{
    assert(to->format == from->format && to->width == from->width && to->height == from->height);
    for (int32_t i = 0; i < psb_image_plane_count(from->format); i++)
        copy_rows(to->plane[i], to->stride_bytes[i], from->plane[i], from->stride_bytes[i],
                  (size_t)psb_image_plane_width(from, i), psb_image_plane_height(from, i));
}

/* Luma, with the last column and row once more where the side is odd. */
static void copy_luma_padded(const psb_image *to, const psb_image *from)
{
    const ptrdiff_t stride = to->stride_bytes[0];
    copy_rows(to->plane[0], stride, from->plane[0], from->stride_bytes[0], (size_t)from->width, from->height);
    if (from->width % 2)
        for (int32_t y = 0; y < from->height; y++) {
            uint8_t *row = to->plane[0] + y * stride;
            row[from->width] = row[from->width - 1];
        }
    if (from->height % 2)
        memcpy(to->plane[0] + from->height * stride, to->plane[0] + (from->height - 1) * stride, (size_t)to->width);
}

/* One chroma row of 4:2:0 from two rows of 4:2:2 or 4:4:4 (the same row twice at an odd end), rounded to nearest. */
static void average_chroma_row(uint8_t *to, const uint8_t *above, const uint8_t *below, int32_t to_width,
                               int32_t from_width)
{
    if (from_width == to_width) { /* 4:2:2; also a 4:4:4 one pixel wide */
        for (int32_t x = 0; x < to_width; x++) to[x] = (uint8_t)((above[x] + below[x] + 1) >> 1);
        return;
    }
    for (int32_t x = 0; x < from_width / 2; x++)
        to[x] = (uint8_t)((above[2 * x] + above[2 * x + 1] + below[2 * x] + below[2 * x + 1] + 2) >> 2);
    if (from_width % 2) to[to_width - 1] = (uint8_t)((above[from_width - 1] + below[from_width - 1] + 1) >> 1);
}

static void average_chroma(const psb_image *to, const psb_image *from, int32_t plane_i)
{
    const int32_t to_width = psb_image_plane_width(to, plane_i), from_width = psb_image_plane_width(from, plane_i);
    for (int32_t y = 0; y < psb_image_plane_height(to, plane_i); y++) {
        const int32_t below_y = 2 * y + 1 < from->height ? 2 * y + 1 : from->height - 1;
        const uint8_t *rows = from->plane[plane_i];
        average_chroma_row(to->plane[plane_i] + y * to->stride_bytes[plane_i],
                           rows + 2 * y * from->stride_bytes[plane_i], rows + below_y * from->stride_bytes[plane_i],
                           to_width, from_width);
    }
}

void psb_image_to_yuv420(const psb_image *to, const psb_image *from)
{
    assert(to->format == PSB_PIXEL_YUV420);
    assert(to->width == from->width + from->width % 2 && to->height == from->height + from->height % 2);
    copy_luma_padded(to, from);
    for (int32_t i = 1; i < 3; i++) {
        const int32_t width = psb_image_plane_width(to, i), height = psb_image_plane_height(to, i);
        switch (from->format) {
        case PSB_PIXEL_GREY:
            for (int32_t y = 0; y < height; y++)
                memset(to->plane[i] + y * to->stride_bytes[i], NEUTRAL_CHROMA, (size_t)width);
            break;
        case PSB_PIXEL_YUV420:
            copy_rows(to->plane[i], to->stride_bytes[i], from->plane[i], from->stride_bytes[i], (size_t)width, height);
            break;
        case PSB_PIXEL_YUV422:
        case PSB_PIXEL_YUV444:
            average_chroma(to, from, i);
            break;
        }
    }
}
