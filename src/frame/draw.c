/* SPDX-License-Identifier: Apache-2.0
 *
 * Rectangles and labels on YUV planes. Everything is made of one step, a filled rectangle clipped to the picture; a
 * subsampled chroma sample takes the colour when any pixel below it does, so that thin lines keep their hue.
 * Letters are drawn in luma alone: dark or light on their ground, whichever is farther from it.
 */
#include "frame/draw.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "frame/font_int.h"
#include "frame/image.h"

enum { MAX_LABEL_LETTERS = 64, MAX_SCALE = 64 };

/* Half open; 64 bits, so that no corner of an int32 overflows. */
typedef struct wide_area {
    int64_t x0, y0, x1, y1;
} wide_area;

static wide_area clip(wide_area from, const psb_image *image)
{
    if (from.x0 < 0) from.x0 = 0;
    if (from.y0 < 0) from.y0 = 0;
    if (from.x1 > image->width) from.x1 = image->width;
    if (from.y1 > image->height) from.y1 = image->height;
    return from;
}

static void fill_plane(const psb_image *image, int32_t plane_i, wide_area what, uint8_t value)
{
    /* luma pixels to samples of this plane: halved sides are rounded outwards */
    const int shift_x = plane_i > 0 && (image->format == PSB_PIXEL_YUV420 || image->format == PSB_PIXEL_YUV422);
    const int shift_y = plane_i > 0 && image->format == PSB_PIXEL_YUV420;
    const int64_t x0 = what.x0 >> shift_x, x1 = (what.x1 + shift_x) >> shift_x;
    const int64_t y0 = what.y0 >> shift_y, y1 = (what.y1 + shift_y) >> shift_y;
    for (int64_t y = y0; y < y1; y++)
        memset(image->plane[plane_i] + y * image->stride_bytes[plane_i] + x0, value, (size_t)(x1 - x0));
}

static void fill(const psb_image *image, wide_area what, psb_color color)
{
    const uint8_t values[3] = {color.y, color.u, color.v};
    what = clip(what, image);
    if (what.x0 >= what.x1 || what.y0 >= what.y1) return;
    for (int32_t i = 0; i < psb_image_plane_count(image->format); i++) fill_plane(image, i, what, values[i]);
}

static void fill_luma(const psb_image *image, wide_area what, uint8_t value)
{
    what = clip(what, image);
    if (what.x0 < what.x1 && what.y0 < what.y1) fill_plane(image, 0, what, value);
}

/* Kr and Kb of ITU-R BT.601, BT.709, BT.2020; Y = Kr R + (1 - Kr - Kb) G + Kb B, the rest follows. */
static psb_color color_from_rgb(const uint8_t rgb[3], psb_color_matrix matrix, psb_color_range range)
{
    static const double weights[3][2] = {{0.299, 0.114}, {0.2126, 0.0722}, {0.2627, 0.0593}};
    const double kr = weights[matrix][0], kb = weights[matrix][1];
    const double r = rgb[0] / 255.0, g = rgb[1] / 255.0, b = rgb[2] / 255.0;
    const double y = kr * r + (1.0 - kr - kb) * g + kb * b;
    const double u = (b - y) / (2.0 * (1.0 - kb)), v = (r - y) / (2.0 * (1.0 - kr)); /* -0.5..0.5 */
    const bool is_full = range == PSB_RANGE_FULL;
    const double chroma_span = is_full ? 255.0 : 224.0;
    /* full range reaches 255.5 at the pure colours: H.273 clips it */
    return (psb_color){.y = (uint8_t)lround(is_full ? 255.0 * y : 16.0 + 219.0 * y),
                       .u = (uint8_t)lround(fmin(128.0 + chroma_span * u, 255.0)),
                       .v = (uint8_t)lround(fmin(128.0 + chroma_span * v, 255.0))};
}

psb_color psb_color_of_id(int64_t id, psb_color_matrix matrix, psb_color_range range)
{
    /* ordered so that neighbours in the list, which often stand side by side, differ in hue and in lightness */
    static const uint8_t palette[12][3] = {
        {230, 25, 75},  {60, 180, 75},  {255, 225, 25}, {30, 100, 220}, {245, 130, 48},  {145, 30, 180},
        {70, 240, 240}, {240, 50, 230}, {170, 255, 60}, {150, 90, 30},  {250, 190, 212}, {0, 128, 128},
    };
    return color_from_rgb(palette[(uint64_t)id % 12], matrix, range);
}

void psb_draw_rectangle(const psb_image *image, psb_area area, int32_t thick, psb_color color)
{
    if (area.x0 >= area.x1 || area.y0 >= area.y1 || thick < 1) return;
    const wide_area outer = {area.x0, area.y0, area.x1, area.y1};
    const wide_area inner = {outer.x0 + thick, outer.y0 + thick, outer.x1 - thick, outer.y1 - thick};
    if (inner.x0 >= inner.x1 || inner.y0 >= inner.y1) {
        fill(image, outer, color); /* nothing is left inside */
        return;
    }
    fill(image, (wide_area){outer.x0, outer.y0, outer.x1, inner.y0}, color);
    fill(image, (wide_area){outer.x0, inner.y1, outer.x1, outer.y1}, color);
    fill(image, (wide_area){outer.x0, inner.y0, inner.x0, inner.y1}, color);
    fill(image, (wide_area){inner.x1, inner.y0, outer.x1, inner.y1}, color);
}

static void draw_letter(const psb_image *image, int64_t x, int64_t y, int32_t scale, uint8_t ink, char letter)
{
    const uint8_t *rows = psb_font_rows(letter);
    for (int32_t row = 0; row < PSB_FONT_HEIGHT; row++)
        for (int32_t column = 0; column < PSB_FONT_WIDTH; column++) {
            if (!(rows[row] >> (PSB_FONT_WIDTH - 1 - column) & 1)) continue;
            const int64_t left = x + (int64_t)column * scale, top = y + (int64_t)row * scale;
            fill_luma(image, (wide_area){left, top, left + scale, top + scale}, ink);
        }
}

void psb_draw_label(const psb_image *image, int32_t x, int32_t y, int32_t scale, psb_color color, const char *text)
{
    const size_t length = strnlen(text, MAX_LABEL_LETTERS);
    if (length == 0 || scale < 1) return;
    if (scale > MAX_SCALE) scale = MAX_SCALE;
    /* one pixel of ground all round, one between letters */
    const int64_t width = ((int64_t)length * (PSB_FONT_WIDTH + 1) + 1) * scale;
    const int64_t height = (int64_t)(PSB_FONT_HEIGHT + 2) * scale;
    int64_t left = x, top = (int64_t)y - height;
    if (left + width > image->width) left = image->width - width;
    if (top + height > image->height) top = image->height - height;
    if (left < 0) left = 0; /* a label larger than the picture keeps its beginning */
    if (top < 0) top = 0;

    const bool is_full = image->range == PSB_RANGE_FULL;
    const uint8_t dark = is_full ? 0 : 16, light = is_full ? 255 : 235;
    const uint8_t ink = color.y - dark > light - color.y ? dark : light;
    fill(image, (wide_area){left, top, left + width, top + height}, color);
    for (size_t i = 0; i < length; i++)
        draw_letter(image, left + (int64_t)(i * (PSB_FONT_WIDTH + 1) + 1) * scale, top + scale, scale, ink, text[i]);
}
