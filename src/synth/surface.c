/* SPDX-License-Identifier: Apache-2.0
 *
 * Patterns from coordinates: value noise, joints, windows. Lines thinner than a pixel lose contrast in proportion, as
 * they do in a camera, or far ground would glitter.
 */
#include "synth/surface_int.h"

#include <math.h>

/* How much of a pixel a line of this width at the edges of cells covers at coordinate t (in cells of this size). */
static float joint(float coordinate, float size, float width, float footprint)
{
    const float cell = coordinate / size;
    float off = (cell - (float)psb_floori(cell)) * size;
    if (off > size / 2) off = size - off;
    const float wide = width > footprint ? width : footprint;
    const float cover = 1 - psb_stepf(wide * 0.35f, wide * 0.75f, off);
    return cover * (width < footprint ? width / footprint : 1);
}

static float fading(float footprint, float size)
{
    return psb_clampf(1.3f - footprint / size, 0, 1);
}

static psb_rgb tiles(const psb_surface_point *at, float joint_width)
{
    const float size = at->size > 0 ? at->size : 0.6f;
    const float fade = fading(at->footprint, size);
    const float own = psb_cell_unit(at->grain, psb_floori(at->u / size), psb_floori(at->v / size));
    const float dirt = psb_texture_noise(at->grain + 1, at->u * 0.35f, at->v * 0.35f);
    const float fine = psb_texture_noise(at->grain + 2, at->u * 9, at->v * 9) * fading(at->footprint, 0.1f);
    const psb_rgb stone = psb_rgb_scale(at->color, 0.86f + 0.14f * own * fade + 0.16f * dirt + 0.07f * fine);
    const float line = psb_clampf(
        joint(at->u, size, joint_width, at->footprint) + joint(at->v, size, joint_width, at->footprint), 0, 1);
    return psb_rgb_mix(stone, at->second, 0.75f * line);
}

static psb_rgb rough(const psb_surface_point *at, float contrast)
{
    const float dirt = psb_texture_noise(at->grain, at->u * 0.3f, at->v * 0.3f);
    const float patch = psb_texture_noise(at->grain + 3, at->u * 1.7f, at->v * 1.7f) * fading(at->footprint, 0.6f);
    const float fine = psb_texture_noise(at->grain + 1, at->u * 14, at->v * 14) * fading(at->footprint, 0.07f);
    return psb_rgb_scale(at->color, 1 - contrast + contrast * (0.9f * dirt + 0.6f * patch + 0.6f * fine));
}

static psb_rgb bricks(const psb_surface_point *at)
{
    const int32_t row = psb_floori(at->v / 0.075f);
    const float shift = row & 1 ? 0.11f : 0;
    const float line = psb_clampf(
        joint(at->v, 0.075f, 0.012f, at->footprint) + joint(at->u + shift, 0.22f, 0.012f, at->footprint), 0, 1);
    const float own = psb_cell_unit(at->grain, psb_floori((at->u + shift) / 0.22f), row);
    const psb_rgb brick = psb_rgb_scale(at->color, 0.8f + 0.3f * own * fading(at->footprint, 0.2f));
    return psb_rgb_mix(brick, (psb_rgb){0.62f, 0.60f, 0.57f}, 0.6f * line);
}

/* Between the frames of a window: dark glass, a curtain, or at night a lamp behind it. */
static psb_rgb pane(const psb_surface_point *at, float own, float up, bool is_shop, float *shine_out)
{
    const psb_rgb glass = psb_rgb_mix(at->second, (psb_rgb){0.55f, 0.62f, 0.68f}, own * 0.5f * (1 - 0.4f * up));
    if (own > 0.8f && !is_shop) return psb_rgb_mix(glass, (psb_rgb){0.80f, 0.77f, 0.70f}, 0.75f);
    if (!at->is_night || own <= 0.62f) return glass;
    *shine_out = is_shop ? 0.75f : 0.5f;
    return (psb_rgb){0.95f, 0.85f, 0.62f};
}

/* How far inside a rectangle a point lies; negative outside. */
static float inside(float x, float y, float left, float low, float high)
{
    const float across = fminf(x - left, 1 - left - x), up = fminf(y - low, high - y);
    return fminf(across, up);
}

/* Floors of 3 m, a window every 2.2 m, a shop window below. */
static psb_rgb facade(const psb_surface_point *at, float *shine_out)
{
    const float wide = 2.2f, tall = 3.0f;
    const int32_t column = psb_floori(at->u / wide), row = psb_floori(at->v / tall);
    const float x = at->u / wide - (float)column, y = at->v / tall - (float)row;
    const bool is_shop = row == 0;
    const float depth = is_shop ? inside(x, y, 0.06f, 0.12f, 0.85f) : inside(x, y, 0.24f, 0.30f, 0.82f);
    if (depth < 0) return psb_rgb_scale(rough(at, 0.22f), y > 0.97f ? 0.8f : 1); /* a ledge at each floor */
    if (depth < 0.03f || (!is_shop && fabsf(x - 0.5f) < 0.015f)) return (psb_rgb){0.78f, 0.77f, 0.74f};
    return pane(at, psb_cell_unit(at->grain + 9, column, row), y, is_shop, shine_out);
}

static psb_rgb poster(const psb_surface_point *at)
{
    const float x = at->u / 1.3f - (float)psb_floori(at->u / 1.3f), y = at->v;
    psb_rgb color = rough(at, 0.15f);
    if (y < 0.7f || y > 1.9f || x < 0.08f || x > 0.92f) return color;
    color = psb_rgb_mix(at->second, (psb_rgb){0.92f, 0.91f, 0.88f}, y > 1.45f ? 0.85f : 0.25f);
    const bool is_letter =
        y < 1.35f && y > 0.95f && psb_cell_unit(at->grain, psb_floori(at->u * 14), psb_floori(y * 9)) > 0.5f;
    return is_letter ? psb_rgb_scale(color, 0.55f) : color;
}

static psb_rgb glass(const psb_surface_point *at)
{
    const float sky = psb_stepf(0.2f, 1.0f, psb_texture_noise(at->grain, at->u * 0.9f, at->v * 2.5f));
    return psb_rgb_mix(at->color, at->second, 0.45f * sky);
}

static psb_rgb leaves(const psb_surface_point *at)
{
    const float light = psb_texture_noise(at->grain, at->u * 7, at->v * 7) * 0.6f +
                        psb_texture_noise(at->grain + 1, at->u * 2, at->v * 2) * 0.5f;
    return psb_rgb_mix(at->second, at->color, psb_clampf(light, 0, 1));
}

static psb_rgb wood(const psb_surface_point *at)
{
    const float grain = psb_texture_noise(at->grain, at->u * 3, at->v * 25);
    return psb_rgb_mix(psb_rgb_scale(at->color, 0.75f), at->color, grain);
}

static psb_rgb grass(const psb_surface_point *at)
{
    const float blades = psb_texture_noise(at->grain, at->u * 12, at->v * 7) * fading(at->footprint, 0.1f);
    const float patch = psb_texture_noise(at->grain + 1, at->u * 0.8f, at->v * 0.8f);
    return psb_rgb_mix(at->second, at->color, psb_clampf(0.5f * blades + 0.6f * patch, 0, 1));
}

psb_rgb psb_surface_color(const psb_surface_point *point, float *shine_out)
{
    *shine_out = 0;
    switch (point->surface) {
    case PSB_SURFACE_PLAIN:
        return point->color;
    case PSB_SURFACE_PLASTER:
        return rough(point, 0.12f);
    case PSB_SURFACE_BRICK:
        return bricks(point);
    case PSB_SURFACE_FACADE:
        return facade(point, shine_out);
    case PSB_SURFACE_LEAVES:
        return leaves(point);
    case PSB_SURFACE_WOOD:
        return wood(point);
    case PSB_SURFACE_METAL:
        return point->color;
    case PSB_SURFACE_GLASS:
        return glass(point);
    case PSB_SURFACE_POSTER:
        return poster(point);
    case PSB_SURFACE_LAMP:
        *shine_out = 1;
        return point->color;
    case PSB_SURFACE_TILES:
        return tiles(point, 0.02f);
    case PSB_SURFACE_ASPHALT:
        return rough(point, 0.28f);
    case PSB_SURFACE_GRASS:
        return grass(point);
    case PSB_SURFACE_FLOOR:
        return tiles(point, 0.008f);
    }
    return point->color;
}
