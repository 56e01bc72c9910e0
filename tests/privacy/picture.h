/* SPDX-License-Identifier: Apache-2.0
 *
 * Pictures for the tests of this room: planes with strides wider than their rows and a guarded border around, every
 * format, any size; and the lines between blocks, found by looking at what a redactor did to gradients.
 */
#ifndef PSB_TESTS_PRIVACY_PICTURE_H
#define PSB_TESTS_PRIVACY_PICTURE_H

#include <math.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "frame/image.h"
#include "privacy/redact.h"

enum { GUARD_BYTE = 0xA5, GUARD_ROWS = 2 };

typedef struct picture {
    psb_image image;
    uint8_t *memory[3];
    size_t memory_bytes[3];
} picture;

static inline void picture_init(picture *out, psb_pixel_format format, int32_t width, int32_t height, int32_t pad_bytes)
{
    memset(out, 0, sizeof(*out));
    out->image = (psb_image){.format = format, .width = width, .height = height};
    for (int32_t i = 0; i < psb_image_plane_count(format); i++) {
        const size_t stride = (size_t)psb_image_plane_width(&out->image, i) + (size_t)pad_bytes;
        const size_t rows = (size_t)psb_image_plane_height(&out->image, i) + 2 * GUARD_ROWS;
        out->memory_bytes[i] = stride * rows;
        out->memory[i] = malloc(out->memory_bytes[i]);
        assert_non_null(out->memory[i]);
        memset(out->memory[i], GUARD_BYTE, out->memory_bytes[i]);
        out->image.plane[i] = out->memory[i] + GUARD_ROWS * stride;
        out->image.stride_bytes[i] = (ptrdiff_t)stride;
    }
}

static inline void picture_fini(picture *at)
{
    for (int32_t i = 0; i < 3; i++) free(at->memory[i]);
    memset(at, 0, sizeof(*at));
}

static inline void picture_copy(picture *to, const picture *from)
{
    for (int32_t i = 0; i < 3; i++)
        if (from->memory[i]) memcpy(to->memory[i], from->memory[i], from->memory_bytes[i]);
}

static inline uint8_t *sample_at(const picture *at, int32_t plane_i, int32_t x, int32_t y)
{
    return at->image.plane[plane_i] + y * at->image.stride_bytes[plane_i] + x;
}

static inline void picture_randomize(picture *at, psb_rng *rng)
{
    for (int32_t i = 0; i < psb_image_plane_count(at->image.format); i++)
        for (int32_t y = 0; y < psb_image_plane_height(&at->image, i); y++)
            for (int32_t x = 0; x < psb_image_plane_width(&at->image, i); x++)
                *sample_at(at, i, x, y) = (uint8_t)psb_rng_next(rng);
}

/* Rises by at least 1 a sample along x (or y): planes are at most 250 wide and high in these tests. */
static inline void picture_set_gradient(picture *at, int along_y)
{
    for (int32_t i = 0; i < psb_image_plane_count(at->image.format); i++)
        for (int32_t y = 0; y < psb_image_plane_height(&at->image, i); y++)
            for (int32_t x = 0; x < psb_image_plane_width(&at->image, i); x++)
                *sample_at(at, i, x, y) = (uint8_t)(along_y ? y : x);
}

/* Nothing outside the planes' own samples was written: not the padding of rows, not the guard rows. */
static inline void assert_guards_whole(const picture *at)
{
    for (int32_t i = 0; i < psb_image_plane_count(at->image.format); i++) {
        const int32_t width = psb_image_plane_width(&at->image, i), height = psb_image_plane_height(&at->image, i);
        for (size_t k = 0; k < at->memory_bytes[i]; k++) {
            const ptrdiff_t offset = (at->memory[i] + k) - at->image.plane[i];
            const ptrdiff_t stride = at->image.stride_bytes[i];
            const ptrdiff_t y = offset < 0 ? -1 : offset / stride, x = offset < 0 ? 0 : offset % stride;
            if (y >= 0 && y < height && x < width) continue;
            assert_int_equal(at->memory[i][k], GUARD_BYTE);
        }
    }
}

/* How many luma pixels a sample of the plane spans. */
static inline int32_t step_x(psb_pixel_format format, int32_t plane_i)
{
    return plane_i && (format == PSB_PIXEL_YUV420 || format == PSB_PIXEL_YUV422) ? 2 : 1;
}

static inline int32_t step_y(psb_pixel_format format, int32_t plane_i)
{
    return plane_i && format == PSB_PIXEL_YUV420 ? 2 : 1;
}

/* Must the luma pixel be covered? The definition: the region touches some pixel that shares its chroma sample. */
static inline int is_pixel_in(const psb_image *image, psb_box region, int32_t x, int32_t y)
{
    const int32_t sx = step_x(image->format, 1), sy = step_y(image->format, 1);
    const float x0 = (float)(x / sx * sx), y0 = (float)(y / sy * sy);
    return region.x0_px < x0 + (float)sx && region.x1_px > x0 && region.y0_px < y0 + (float)sy && region.y1_px > y0;
}

static inline int is_sample_in(const psb_image *image, int32_t plane_i, psb_box region, int32_t x, int32_t y)
{
    return is_pixel_in(image, region, x * step_x(image->format, plane_i), y * step_y(image->format, plane_i));
}

static inline psb_regions one_region(psb_box *box)
{
    return (psb_regions){1, 1, &box->x0_px, &box->y0_px, &box->x1_px, &box->y1_px};
}

/* Corners anywhere from well outside to well outside, on whole pixels, halves, or anywhere. */
static inline psb_box random_region(psb_rng *rng, int32_t width, int32_t height)
{
    const float w = (float)width, h = (float)height;
    float x[2], y[2];
    const uint64_t kind = psb_rng_below(rng, 3);
    for (int i = 0; i < 2; i++) {
        x[i] = (float)(psb_rng_unit(rng) * 1.6 - 0.3) * w;
        y[i] = (float)(psb_rng_unit(rng) * 1.6 - 0.3) * h;
        if (kind == 0) x[i] = roundf(x[i]), y[i] = roundf(y[i]);
        if (kind == 1) x[i] = roundf(2 * x[i]) / 2, y[i] = roundf(2 * y[i]) / 2;
    }
    return (psb_box){fminf(x[0], x[1]), fminf(y[0], y[1]), fmaxf(x[0], x[1]), fmaxf(y[0], y[1])};
}

/* A rectangle of samples of one plane: a block as it was found. */
typedef struct block {
    int32_t x0, y0, x1, y1;
} block;

enum { MAX_LINES = 256 };

/* Lines between runs of equal samples within from..to. Returns their count, ends included. */
static inline int32_t find_lines(int32_t lines[MAX_LINES], const uint8_t *first, ptrdiff_t step, int32_t from,
                                 int32_t to)
{
    int32_t count = 0;
    lines[count++] = from;
    for (int32_t i = from + 1; i < to; i++)
        if (first[i * step] != first[(i - 1) * step]) lines[count++] = i;
    lines[count++] = to;
    return count;
}

/* The blocks of one plane that pixelation makes of a region, found by looking, best at most capacity of them. */
static inline int32_t find_blocks(block *out, int32_t capacity, psb_redactor *redactor, const picture *like,
                                  int32_t plane_i, psb_box region)
{
    const int32_t width = psb_image_plane_width(&like->image, plane_i);
    const int32_t height = psb_image_plane_height(&like->image, plane_i);
    int32_t x0 = width, y0 = height, x1 = 0, y1 = 0;
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            if (!is_sample_in(&like->image, plane_i, region, x, y)) continue;
            if (x < x0) x0 = x;
            if (y < y0) y0 = y;
            if (x + 1 > x1) x1 = x + 1;
            if (y + 1 > y1) y1 = y + 1;
        }
    if (x0 >= x1) return 0;

    int32_t columns[MAX_LINES], rows[MAX_LINES], counts[2];
    const psb_regions regions = one_region(&region);
    for (int along_y = 0; along_y < 2; along_y++) {
        picture gradient;
        picture_init(&gradient, like->image.format, like->image.width, like->image.height, 3);
        picture_set_gradient(&gradient, along_y);
        assert_int_equal(psb_redactor_apply(redactor, &gradient.image, &regions, PSB_REDACT_PIXELATE), PSB_OK);
        counts[along_y] = along_y ? find_lines(rows, sample_at(&gradient, plane_i, x0, 0),
                                               gradient.image.stride_bytes[plane_i], y0, y1)
                                  : find_lines(columns, sample_at(&gradient, plane_i, 0, y0), 1, x0, x1);
        picture_fini(&gradient);
    }
    int32_t count = 0;
    for (int32_t row = 0; row + 1 < counts[1]; row++)
        for (int32_t column = 0; column + 1 < counts[0] && count < capacity; column++)
            out[count++] = (block){columns[column], rows[row], columns[column + 1], rows[row + 1]};
    return count;
}

#endif
