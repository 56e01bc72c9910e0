/* SPDX-License-Identifier: Apache-2.0
 *
 * A limb is a line with a radius: its distance field gives coverage at the rim (so edges are smooth at any size) and a
 * normal, hence shading, inside. A lathe is the same row by row with a width per height. Parts go over each other far
 * to near, in floats, coverage multiplied in (Porter, Duff, "Compositing digital images", SIGGRAPH 1984). Rows are
 * done in three plain loops (cover, cloth, blend) that compilers turn into vector code; no order of sums depends on it.
 */
#include "synth/paint_int.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { FOLD_SIDE = 64, PLANES = 4 };

/* The largest figure there is, with all it carries, metres. */
#define MOST_TALL_M 2.05f
#define MOST_WIDE_M 1.40f

/* Nobody is painted nearer than this, or than where he would be this many times as high as the picture. */
#define NEAREST_M    2.2f
#define MOST_HEIGHTS 2.0f

struct psb_painter {
    psb_view view;
    psb_color_matrix matrix;
    psb_pixel_area area; /* of the tile, in the picture's pixels; even corners */
    int32_t most_width, most_height, stride;
    float *plane[PLANES];                        /* coverage; y, u, v times it, from black and grey */
    float *cover, *shade, *along, *around, *mix; /* one row */
    float fold[FOLD_SIDE * FOLD_SIDE];
    uint8_t *dark;                                  /* [height][width]: shadows of the frame */
    psb_pixel_area dark_areas[PSB_PAINTER_SHADOWS]; /* one a figure */
    int32_t dark_count;
};

/* A part in the picture. */
typedef struct seen_part {
    const psb_part *part;
    int32_t count;
    float x[PSB_PART_STATIONS], y[PSB_PART_STATIONS], r[PSB_PART_STATIONS];
    float depth;
} seen_part;

typedef struct part_ink {     /* what a part's pixels are made of */
    float base[3], second[3]; /* y above black, u and v from grey */
    float sun_x, sun_y, sun_z, sun_power, sky_power;
} part_ink;

/* ---- life ---- */

static psb_status allocate(psb_painter *painter)
{
    const size_t count = (size_t)painter->stride * (size_t)painter->most_height;
    float *floats = calloc(PLANES * count + 5 * (size_t)painter->stride, sizeof(*floats));
    painter->plane[0] = floats;
    painter->dark = calloc((size_t)painter->view.width, (size_t)painter->view.height);
    if (!floats || !painter->dark) return psb_fail_memory("a painter", PLANES * count * sizeof(*floats));
    for (int32_t i = 1; i < PLANES; i++) painter->plane[i] = floats + (size_t)i * count;
    float *row = floats + PLANES * count;
    float **const rows[] = {&painter->cover, &painter->shade, &painter->along, &painter->around, &painter->mix};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) *rows[i] = row + i * (size_t)painter->stride;
    return PSB_OK;
}

float psb_painter_nearest_m(const psb_view *view)
{
    return fmaxf(NEAREST_M, view->focal_px * MOST_TALL_M / (MOST_HEIGHTS * (float)view->height));
}

psb_status psb_painter_create(psb_painter **out, const psb_view *view, psb_color_matrix matrix)
{
    *out = NULL;
    psb_painter *painter = calloc(1, sizeof(*painter));
    if (!painter) return psb_fail_memory("a painter", sizeof(*painter));
    painter->view = *view;
    painter->matrix = matrix;
    const float scale = view->focal_px / psb_painter_nearest_m(view);
    painter->most_width = (int32_t)(scale * MOST_WIDE_M + 8) & ~1;
    painter->most_height = (int32_t)(scale * MOST_TALL_M + 8) & ~1;
    painter->stride = (painter->most_width + 15) & ~15;
    psb_status status = allocate(painter);
    if (status) goto done;
    for (int32_t i = 0; i < FOLD_SIDE * FOLD_SIDE; i++)
        painter->fold[i] = psb_texture_noise(77, (float)(i % FOLD_SIDE) * 0.30f, (float)(i / FOLD_SIDE) * 0.22f) - 0.5f;
    *out = painter;
    painter = NULL;
done:
    psb_painter_destroy(&painter);
    return status;
}

void psb_painter_destroy(psb_painter **painter)
{
    if (!painter || !*painter) return;
    free((*painter)->plane[0]);
    free((*painter)->dark);
    free(*painter);
    *painter = NULL;
}

/* ---- parts in the picture ---- */

static void project(const psb_painter *painter, const psb_part *part, seen_part *out)
{
    out->part = part;
    out->count = part->count;
    out->depth = 0;
    for (int32_t i = 0; i < part->count; i++) {
        const psb_spot spot = psb_view_project(&painter->view, part->at[i]);
        out->x[i] = spot.x;
        out->y[i] = spot.y;
        out->r[i] = part->half_m[i] * painter->view.focal_px / (spot.depth > 0.3f ? spot.depth : 0.3f);
        out->depth += spot.depth / (float)part->count;
    }
    out->depth -= part->nearer_m;
}

static psb_pixel_area area_of(const seen_part *drawn)
{
    float x0 = 1e9f, y0 = 1e9f, x1 = -1e9f, y1 = -1e9f;
    for (int32_t i = 0; i < drawn->count; i++) {
        const float up = drawn->part->shape == PSB_PART_LIMB ? drawn->r[i] : 0;
        x0 = fminf(x0, drawn->x[i] - drawn->r[i]);
        x1 = fmaxf(x1, drawn->x[i] + drawn->r[i]);
        y0 = fminf(y0, drawn->y[i] - up);
        y1 = fmaxf(y1, drawn->y[i] + up);
    }
    return (psb_pixel_area){
        psb_floori(psb_clampf(x0 - 1, -30000, 30000)), psb_floori(psb_clampf(y0 - 1, -30000, 30000)),
        psb_floori(psb_clampf(x1 + 2, -30000, 30000)), psb_floori(psb_clampf(y1 + 2, -30000, 30000))};
}

static int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static psb_pixel_area common(psb_pixel_area a, psb_pixel_area b)
{
    return (psb_pixel_area){larger(a.x0, b.x0), larger(a.y0, b.y0), smaller(a.x1, b.x1), smaller(a.y1, b.y1)};
}

static psb_pixel_area both(psb_pixel_area a, psb_pixel_area b)
{
    if (a.x1 <= a.x0 || a.y1 <= a.y0) return b;
    return (psb_pixel_area){smaller(a.x0, b.x0), smaller(a.y0, b.y0), larger(a.x1, b.x1), larger(a.y1, b.y1)};
}

/* Of one row, the pixels that a limb as thick as `most` can reach: far fewer than its rectangle where it is aslant. */
static psb_pixel_area reach_of_row(const float x[2], const float y[2], float most, float py, psb_pixel_area area)
{
    const float rise = y[1] - y[0];
    const bool is_level = rise < 1e-3f && rise > -1e-3f;
    const float first = is_level ? 0 : psb_clampf((py - most - y[0]) / rise, 0, 1);
    const float last = is_level ? 1 : psb_clampf((py + most - y[0]) / rise, 0, 1);
    const float a = psb_mixf(x[0], x[1], first), b = psb_mixf(x[0], x[1], last);
    area.x0 = larger(area.x0, psb_floori(psb_clampf((a < b ? a : b) - most, -30000, 30000)));
    area.x1 = smaller(area.x1, psb_floori(psb_clampf((a < b ? b : a) + most, -30000, 30000)) + 2);
    return area;
}

/* The tile's place: all parts, even corners. Who is no nearer than psb_painter_nearest_m fits; no cut is met then. */
static void set_tile(psb_painter *painter, const seen_part *drawn, int32_t count)
{
    psb_pixel_area area = {0, 0, 0, 0};
    for (int32_t i = 0; i < count; i++) area = both(area, area_of(&drawn[i]));
    area = (psb_pixel_area){area.x0 & ~1, area.y0 & ~1, (area.x1 + 1) & ~1, (area.y1 + 1) & ~1};
    if (area.x1 - area.x0 > painter->most_width) area.x1 = area.x0 + painter->most_width;
    if (area.y1 - area.y0 > painter->most_height) area.y1 = area.y0 + painter->most_height;
    painter->area = area;
    const size_t row_bytes = (size_t)larger(area.x1 - area.x0, 0) * sizeof(float);
    for (int32_t i = 0; i < PLANES; i++)
        for (int32_t y = 0; y < area.y1 - area.y0; y++)
            memset(painter->plane[i] + (ptrdiff_t)y * painter->stride, 0, row_bytes);
}

/* ---- one row: cover ---- */

static void cover_limb(const psb_painter *painter, const seen_part *drawn, const part_ink *ink, float py,
                       psb_pixel_area area)
{
    const float bx = drawn->x[1] - drawn->x[0], by = drawn->y[1] - drawn->y[0];
    const float inverse = 1 / (bx * bx + by * by + 1e-6f);
    const float ax = (float)area.x0 + 0.5f - drawn->x[0], ay = py - drawn->y[0], r0 = drawn->r[0],
                r1 = drawn->r[1] - r0;
    const float thin = psb_clampf(2 * fminf(drawn->r[0], drawn->r[1]) + 0.1f, 0, 1);
    const float sun_x = ink->sun_x, sun_y = ink->sun_y, sun_z = ink->sun_z;
    const float sun_power = ink->sun_power, sky_power = ink->sky_power;
    float *restrict const cover = painter->cover, *restrict const shade = painter->shade;
    for (int32_t i = 0; i < area.x1 - area.x0; i++) {
        const float px = ax + (float)i;
        float t = (px * bx + ay * by) * inverse;
        t = t < 0 ? 0 : t;
        t = t > 1 ? 1 : t;
        const float ex = px - bx * t, ey = ay - by * t, r = r0 + r1 * t;
        const float square = ex * ex + ey * ey;
        float c = r + 0.5f - sqrtf(square);
        c = c < 0 ? 0 : c;
        c = c > 1 ? 1 : c;
        cover[i] = c * thin;
        const float over = 1 / (r + 0.1f), nx = ex * over, ny = ey * over;
        float rest = 1 - nx * nx - ny * ny;
        rest = rest < 0 ? 0 : rest;
        float facing = nx * sun_x + ny * sun_y + sqrtf(rest) * sun_z;
        facing = facing < 0 ? 0 : facing;
        const float light = sky_power * (0.60f + 0.30f * sqrtf(rest) - 0.18f * ny) + sun_power * facing;
        shade[i] = light * (1.22f - 0.24f * light); /* film's shoulder */
    }
}

/* Where on a limb each pixel is, for cloth: metres along, -1..1 around. */
static void place_limb(const psb_painter *painter, const seen_part *drawn, float py, psb_pixel_area area)
{
    const psb_vec line = psb_vec_sub(drawn->part->at[1], drawn->part->at[0]);
    const float metres = sqrtf(psb_vec_dot(line, line));
    const float bx = drawn->x[1] - drawn->x[0], by = drawn->y[1] - drawn->y[0];
    const float square = bx * bx + by * by + 1e-6f, ax = (float)area.x0 + 0.5f - drawn->x[0], ay = py - drawn->y[0];
    const float over = (by < 0 ? -1.0f : 1.0f) / (sqrtf(square) * (drawn->r[0] + 0.1f)); /* right is positive */
    float *restrict const along = painter->along, *restrict const around = painter->around;
    for (int32_t i = 0; i < area.x1 - area.x0; i++) {
        const float px = ax + (float)i;
        along[i] = (px * bx + ay * by) / square * metres;
        around[i] = (px * by - ay * bx) * over;
    }
}

static void cover_lathe(const psb_painter *painter, const seen_part *drawn, const part_ink *ink, float py,
                        psb_pixel_area area)
{
    const int32_t last = drawn->count - 1;
    int32_t at = 0;
    while (at < last - 1 && py >= drawn->y[at + 1]) at++;
    const float rise = drawn->y[at + 1] - drawn->y[at];
    const float t = psb_clampf((py - drawn->y[at]) / (rise > 0.01f ? rise : 0.01f), 0, 1);
    const float middle = psb_mixf(drawn->x[at], drawn->x[at + 1], t),
                half = psb_mixf(drawn->r[at], drawn->r[at + 1], t);
    const float ends = psb_clampf(py - drawn->y[0] + 0.5f, 0, 1) * psb_clampf(drawn->y[last] - py + 0.5f, 0, 1);
    const float slope = psb_clampf((drawn->r[at] - drawn->r[at + 1]) / (rise > 0.5f ? rise : 0.5f), -1.2f, 1.2f);
    const float unit = 1 / sqrtf(1 + slope * slope), ny = slope * unit, over = 1 / (half + 0.1f);
    const float ax = (float)area.x0 + 0.5f - middle;
    const psb_part *part = drawn->part;
    const float along = psb_mixf(part->at[0].z - part->at[at].z, part->at[0].z - part->at[at + 1].z, t);
    const float sun_x = ink->sun_x, sun_z = ink->sun_z, up = ny * ink->sun_y, sun_power = ink->sun_power;
    const float sky_power = ink->sky_power;
    float *restrict const cover = painter->cover, *restrict const shade = painter->shade;
    float *restrict const around = painter->around, *restrict const along_row = painter->along;
    for (int32_t i = 0; i < area.x1 - area.x0; i++) {
        const float px = ax + (float)i, off = px < 0 ? -px : px;
        float c = half + 0.5f - off;
        c = c < 0 ? 0 : c;
        c = c > 1 ? 1 : c;
        cover[i] = c * ends;
        const float nx = px * over;
        float rest = 1 - nx * nx;
        rest = rest < 0 ? 0 : rest;
        const float nz = sqrtf(rest);
        float facing = (nx * sun_x + nz * sun_z) * unit + up;
        facing = facing < 0 ? 0 : facing;
        const float light = sky_power * (0.60f + 0.30f * nz - 0.18f * ny) + sun_power * facing;
        shade[i] = light * (1.22f - 0.24f * light);
        around[i] = nx;
        along_row[i] = along;
    }
}

/* ---- one row: cloth ---- */

/* How much of the second colour a place of the cloth has. angle: from the body's front. */
static float pattern_at(const psb_cloth *cloth, float along, float angle)
{
    const float down = along / cloth->period_m, row = down - (float)psb_floori(down);
    const float round = angle * 2.2f, column = round - (float)psb_floori(round);
    const float off = angle < 0 ? -angle : angle;
    switch (cloth->pattern) {
    case PSB_CLOTH_STRIPES:
        return row < 0.45f;
    case PSB_CLOTH_CHECKS:
        return 0.5f * (row < 0.3f) + 0.5f * (column < 0.3f);
    case PSB_CLOTH_OPEN:
        return off < 0.42f && along > 0.03f;
    case PSB_CLOTH_BLOCKS:
        return along < 0.20f;
    case PSB_CLOTH_BANDS:
        return (along > 0.24f && along < 0.30f) || (along > 0.38f && along < 0.44f);
    case PSB_CLOTH_PLAIN:
    case PSB_CLOTH_COUNT:
        break;
    }
    return 0;
}

static void weave(const psb_painter *painter, const psb_part *part, int32_t count)
{
    const psb_cloth *cloth = &part->cloth;
    const bool is_patterned = cloth->pattern != PSB_CLOTH_PLAIN;
    for (int32_t i = 0; i < count; i++) {
        if (painter->cover[i] <= 0) continue;
        const float n = psb_clampf(painter->around[i], -1, 1), along = painter->along[i];
        const float angle = n * (1 + 0.57f * n * n) - part->facing;
        const int32_t row = (int32_t)(along * 60 + 256) + (int32_t)(cloth->grain & 63);
        const int32_t column = (int32_t)(angle * 9 + 256) + (row >> 1); /* folds hang aslant */
        const float fold = painter->fold[(row & (FOLD_SIDE - 1)) * FOLD_SIDE + (column & (FOLD_SIDE - 1))];
        painter->shade[i] *= 1 + cloth->folds * 0.42f * fold;
        painter->mix[i] = is_patterned ? pattern_at(cloth, along, angle) : 0;
    }
}

/* ---- one row: blend ---- */

static void blend(const psb_painter *painter, const part_ink *ink, size_t at, int32_t count, bool is_mixed)
{
    float *restrict const a = painter->plane[0] + at;
    const float *const cover = painter->cover, *const shade = painter->shade, *const mix = painter->mix;
    for (int32_t plane_i = 0; plane_i < 3; plane_i++) {
        float *restrict const to = painter->plane[plane_i + 1] + at;
        const float base = ink->base[plane_i], more = ink->second[plane_i] - base;
        if (is_mixed)
            for (int32_t i = 0; i < count; i++) to[i] += cover[i] * ((base + more * mix[i]) * shade[i] - to[i]);
        else
            for (int32_t i = 0; i < count; i++) to[i] += cover[i] * (base * shade[i] - to[i]);
    }
    for (int32_t i = 0; i < count; i++) a[i] += cover[i] * (1 - a[i]);
}

static void mix_ink(const psb_painter *painter, const psb_part *part, const psb_shine *shine, part_ink *out)
{
    const psb_rgb colors[2] = {psb_rgb_times(part->cloth.color, shine->tint),
                               psb_rgb_times(part->cloth.second, shine->tint)};
    float *const to[2] = {out->base, out->second};
    const float light = 1 - part->dim;
    for (int32_t i = 0; i < 2; i++) {
        psb_rgb_to_yuv(colors[i], painter->matrix, to[i]);
        to[i][0] -= 16;
        to[i][1] -= 128;
        to[i][2] -= 128;
    }
    out->sun_x = shine->sun.x;
    out->sun_y = shine->sun.y;
    out->sun_z = shine->sun.z;
    out->sun_power = shine->sun_power * light;
    out->sky_power = shine->sky_power * light;
}

static void paint_part(const psb_painter *painter, const seen_part *drawn, const psb_shine *shine)
{
    const psb_part *part = drawn->part;
    const psb_pixel_area all = common(area_of(drawn), painter->area);
    const bool is_limb = part->shape == PSB_PART_LIMB, is_mixed = part->cloth.pattern != PSB_CLOTH_PLAIN;
    part_ink ink;
    mix_ink(painter, part, shine, &ink);
    const float most = fmaxf(drawn->r[0], drawn->r[1]) + 1;
    for (int32_t y = all.y0; y < all.y1; y++) {
        const float py = (float)y + 0.5f;
        const psb_pixel_area area = is_limb ? reach_of_row(drawn->x, drawn->y, most, py, all) : all;
        const int32_t count = area.x1 - area.x0;
        if (count <= 0) continue;
        if (is_limb)
            cover_limb(painter, drawn, &ink, py, area);
        else
            cover_lathe(painter, drawn, &ink, py, area);
        if (part->cloth.folds > 0 || is_mixed) {
            if (is_limb) place_limb(painter, drawn, py, area);
            weave(painter, part, count);
        }
        const size_t at =
            (size_t)(y - painter->area.y0) * (size_t)painter->stride + (size_t)(area.x0 - painter->area.x0);
        blend(painter, &ink, at, count, is_mixed);
    }
}

/* ---- figures ---- */

static void measure(const psb_painter *painter, psb_silhouette *out)
{
    const psb_pixel_area area = painter->area;
    const int32_t width = area.x1 - area.x0;
    psb_pixel_area box = {area.x1, area.y1, area.x0, area.y0};
    int32_t pixels = 0;
    for (int32_t y = 0; y < area.y1 - area.y0; y++) {
        const float *a = painter->plane[0] + (ptrdiff_t)y * painter->stride;
        int32_t first = 0, last = width - 1, row = 0;
        for (int32_t x = 0; x < width; x++) row += a[x] > 0.5f;
        if (row == 0) continue;
        while (a[first] <= 0.5f) first++;
        while (a[last] <= 0.5f) last--;
        box.x0 = smaller(box.x0, area.x0 + first);
        box.x1 = larger(box.x1, area.x0 + last + 1);
        box.y0 = smaller(box.y0, area.y0 + y);
        box.y1 = area.y0 + y + 1;
        pixels += row;
    }
    *out = (psb_silhouette){pixels ? box : (psb_pixel_area){0}, pixels};
}

/* Distance takes contrast and colour from the whole tile. */
static void add_haze(const psb_painter *painter, const psb_shine *shine)
{
    float haze[3];
    const float share = shine->haze_share;
    if (share <= 0) return;
    psb_rgb_to_yuv(shine->haze, painter->matrix, haze);
    const float color[3] = {haze[0] - 16, haze[1] - 128, haze[2] - 128};
    for (int32_t y = 0; y < painter->area.y1 - painter->area.y0; y++) {
        const ptrdiff_t at = (ptrdiff_t)y * painter->stride;
        const float *a = painter->plane[0] + at;
        for (int32_t i = 0; i < 3; i++) {
            float *to = painter->plane[i + 1] + at;
            for (int32_t x = 0; x < painter->area.x1 - painter->area.x0; x++)
                to[x] += share * (color[i] * a[x] - to[x]);
        }
    }
}

void psb_painter_draw(psb_painter *painter, psb_figure *figure, const psb_shine *shine, psb_silhouette *out)
{
    seen_part parts[PSB_FIGURE_PARTS];
    for (int32_t i = 0; i < figure->count; i++) { /* far to near; few, and nearly in order from frame to frame */
        seen_part one;
        project(painter, &figure->parts[i], &one);
        int32_t at = i;
        for (; at > 0 && parts[at - 1].depth < one.depth; at--) parts[at] = parts[at - 1];
        parts[at] = one;
    }
    set_tile(painter, parts, figure->count);
    for (int32_t i = 0; i < figure->count; i++) paint_part(painter, &parts[i], shine);
    add_haze(painter, shine);
    measure(painter, out);
}

typedef struct laying { /* of one tile over the canvas */
    const psb_painter *painter;
    const psb_canvas *canvas;
    const psb_backdrop *backdrop;
    psb_pixel_area area;
    uint16_t depth_cm;
    uint8_t id;
} laying;

static void lay_luma_row(const laying *laid, int32_t y)
{
    const psb_painter *painter = laid->painter;
    const psb_canvas *canvas = laid->canvas;
    const psb_pixel_area area = laid->area;
    const uint16_t depth_cm = laid->depth_cm;
    const uint8_t id = laid->id;
    const int32_t width = canvas->image.width;
    const size_t from = (size_t)(y - painter->area.y0) * (size_t)painter->stride + (size_t)(area.x0 - painter->area.x0);
    const size_t to = (size_t)y * (size_t)width + (size_t)area.x0;
    float *a = painter->plane[0] + from;
    const float *luma = painter->plane[1] + from;
    uint8_t *out = canvas->image.plane[0] + to, *ids = canvas->id + to;
    const uint16_t *depth = laid->backdrop->depth_cm + to;
    for (int32_t i = 0; i < area.x1 - area.x0; i++) {
        const float seen = depth[i] > depth_cm ? a[i] : 0;
        const float value = (float)out[i] * (1 - seen) + (depth[i] > depth_cm ? luma[i] + 16 * a[i] : 0);
        out[i] = (uint8_t)(int32_t)psb_clampf(value + 0.5f, 0, 255);
        ids[i] = seen > 0.5f ? id : ids[i];
        a[i] = seen; /* for chroma */
    }
}

static void lay_chroma_row(const psb_painter *painter, const psb_canvas *canvas, int32_t y, psb_pixel_area area)
{
    const size_t at = (size_t)(y - painter->area.y0) * (size_t)painter->stride + (size_t)(area.x0 - painter->area.x0);
    const size_t below = at + (size_t)painter->stride;
    const float *a = painter->plane[0];
    for (int32_t plane_i = 1; plane_i < 3; plane_i++) {
        const float *c = painter->plane[plane_i + 1];
        uint8_t *out = canvas->image.plane[plane_i] + y / 2 * canvas->image.stride_bytes[plane_i] + area.x0 / 2;
        for (int32_t i = 0; i < (area.x1 - area.x0) / 2; i++) {
            const size_t p = at + 2 * (size_t)i, q = below + 2 * (size_t)i;
            const float seen = (a[p] + a[p + 1] + a[q] + a[q + 1]) * 0.25f;
            const float sum =
                (c[p] * (a[p] > 0) + c[p + 1] * (a[p + 1] > 0) + c[q] * (a[q] > 0) + c[q + 1] * (a[q + 1] > 0)) * 0.25f;
            const float value = 128 + ((float)out[i] - 128) * (1 - seen) + sum;
            out[i] = (uint8_t)(int32_t)psb_clampf(value + 0.5f, 0, 255);
        }
    }
}

psb_pixel_area psb_painter_lay(psb_painter *painter, const psb_canvas *canvas, const psb_backdrop *backdrop,
                               float depth_m, uint8_t id)
{
    const psb_pixel_area area =
        common(painter->area, (psb_pixel_area){0, 0, canvas->image.width, canvas->image.height});
    if (area.x1 <= area.x0 || area.y1 <= area.y0) return (psb_pixel_area){0};
    const laying laid = {.painter = painter,
                         .canvas = canvas,
                         .backdrop = backdrop,
                         .area = area,
                         .depth_cm = (uint16_t)psb_clampf(depth_m * 100, 0, 65000),
                         .id = id};
    for (int32_t y = area.y0; y < area.y1; y += 2) {
        lay_luma_row(&laid, y);
        lay_luma_row(&laid, y + 1);
        lay_chroma_row(painter, canvas, y, area);
    }
    return area;
}

/* ---- shadows ---- */

typedef struct shadow_stroke { /* a limb on the ground: rows are squeezed by the slant of the view */
    float x0, y0, x1, y1, r0, r1;
    float squeeze, soft_px, strength;
} shadow_stroke;

static void add_stroke(psb_painter *painter, const shadow_stroke *stroke)
{
    const float most = fmaxf(stroke->r0, stroke->r1) + stroke->soft_px;
    const psb_pixel_area picture = {0, 0, painter->view.width, painter->view.height};
    const psb_pixel_area own = {
        psb_floori(psb_clampf(fminf(stroke->x0, stroke->x1) - most, -9999, 9999)),
        psb_floori(psb_clampf(fminf(stroke->y0, stroke->y1) - most * stroke->squeeze, -9999, 9999)),
        psb_floori(psb_clampf(fmaxf(stroke->x0, stroke->x1) + most, -9999, 9999)) + 1,
        psb_floori(psb_clampf(fmaxf(stroke->y0, stroke->y1) + most * stroke->squeeze, -9999, 9999)) + 1};
    const psb_pixel_area area = common(own, picture);
    if (area.x1 <= area.x0 || area.y1 <= area.y0) return;
    psb_pixel_area *all = &painter->dark_areas[painter->dark_count];
    *all = both(*all, area);
    const float stretch = 1 / stroke->squeeze, bx = stroke->x1 - stroke->x0, by = (stroke->y1 - stroke->y0) * stretch;
    const float x[2] = {stroke->x0, stroke->x1}, rows[2] = {0, by};
    const float inverse = 1 / (bx * bx + by * by + 1e-6f), fade = 1 / (2 * stroke->soft_px);
    for (int32_t y = area.y0; y < area.y1; y++) {
        uint8_t *row = painter->dark + (ptrdiff_t)y * painter->view.width;
        const float py = ((float)y + 0.5f - stroke->y0) * stretch;
        const psb_pixel_area reach = reach_of_row(x, rows, most + 1, py, area);
        for (int32_t i = reach.x0; i < reach.x1; i++) {
            const float px = (float)i + 0.5f - stroke->x0;
            float t = (px * bx + py * by) * inverse;
            t = t < 0 ? 0 : t;
            t = t > 1 ? 1 : t;
            const float ex = px - bx * t, ey = py - by * t;
            float c = (stroke->r0 + (stroke->r1 - stroke->r0) * t + stroke->soft_px - sqrtf(ex * ex + ey * ey)) * fade;
            c = c < 0 ? 0 : c;
            c = c > 1 ? 1 : c;
            const uint8_t dark = (uint8_t)(int32_t)(c * stroke->strength * 255);
            row[i] = dark > row[i] ? dark : row[i];
        }
    }
}

static void add_part_shadow(psb_painter *painter, const psb_part *part, psb_vec sun, float strength)
{
    const int32_t first = part->shape == PSB_PART_LATHE ? 2 : 0, last = part->count - 1;
    const psb_vec ends[2] = {part->at[first < last ? first : 0], part->at[last]};
    psb_spot spots[2];
    for (int32_t i = 0; i < 2; i++) {
        const psb_vec fall = psb_vec_scale(sun, ends[i].z / sun.z);
        spots[i] = psb_view_project(&painter->view, psb_vec_sub(ends[i], fall));
        if (spots[i].depth < 1) return;
    }
    const float scale = painter->view.focal_px / spots[0].depth, slant = painter->view.camera_z / spots[0].depth;
    const shadow_stroke stroke = {
        .x0 = spots[0].x,
        .y0 = spots[0].y,
        .x1 = spots[1].x,
        .y1 = spots[1].y,
        .r0 = part->half_m[first < last ? first : 0] * scale,
        .r1 = part->half_m[last] * scale,
        .squeeze = psb_clampf(slant, 0.12f, 1),
        .soft_px = psb_clampf(0.035f * scale, 0.7f, 12),
        .strength = strength,
    };
    add_stroke(painter, &stroke);
}

static void add_figure_shadow(psb_painter *painter, const psb_figure *figure, psb_vec sun, float strength)
{
    if (strength > 0.02f)
        for (int32_t i = 0; i < figure->count; i++)
            if (figure->parts[i].half_m[0] > 0.028f) /* nobody misses a finger */
                add_part_shadow(painter, &figure->parts[i], sun, strength);
    const psb_spot left = psb_view_project(&painter->view, (psb_vec){figure->foot[0].x, figure->foot[0].y, 0});
    const psb_spot right = psb_view_project(&painter->view, (psb_vec){figure->foot[1].x, figure->foot[1].y, 0});
    if (left.depth < 1 || right.depth < 1) return;
    const float scale = painter->view.focal_px / left.depth;
    const shadow_stroke under = {left.x,
                                 left.y,
                                 right.x,
                                 right.y,
                                 0.10f * scale,
                                 0.10f * scale,
                                 psb_clampf(painter->view.camera_z / left.depth, 0.12f, 1),
                                 0.16f * scale + 0.7f,
                                 0.5f};
    add_stroke(painter, &under);
}

void psb_painter_add_shadow(psb_painter *painter, const psb_figure *figure, psb_vec sun, float strength)
{
    assert(painter->dark_count < PSB_PAINTER_SHADOWS);
    painter->dark_areas[painter->dark_count] = (psb_pixel_area){0};
    add_figure_shadow(painter, figure, sun, strength);
    painter->dark_count++;
}

/* Where two shadows overlap the first to be laid takes both, and leaves nothing to be taken twice. */
int32_t psb_painter_lay_shadows(psb_painter *painter, const psb_canvas *canvas, const psb_backdrop *backdrop,
                                const psb_pixel_area **areas_out)
{
    const int32_t width = canvas->image.width, count = painter->dark_count;
    for (int32_t i = 0; i < count; i++) {
        const psb_pixel_area area = painter->dark_areas[i];
        for (int32_t y = area.y0; y < area.y1; y++) {
            uint8_t *dark = painter->dark + (ptrdiff_t)y * width, *out = canvas->image.plane[0] + (ptrdiff_t)y * width;
            const uint8_t *kind = backdrop->kind + (ptrdiff_t)y * width;
            for (int32_t x = area.x0; x < area.x1; x++) {
                const int32_t taken = kind[x] == PSB_PIXEL_IS_GROUND ? dark[x] : 0;
                out[x] = (uint8_t)(out[x] - (((out[x] - 16) * taken + 128) >> 8));
            }
            memset(dark + area.x0, 0, (size_t)(area.x1 - area.x0));
        }
    }
    painter->dark_count = 0;
    *areas_out = painter->dark_areas;
    return count;
}
