/* SPDX-License-Identifier: Apache-2.0
 *
 * One ray a pixel, against the ground and then against each solid within the rectangle that it covers, nearest first
 * wins. The sun's shadows on the ground are cast once into a map of cells (Williams, "Casting curved shadows on curved
 * surfaces", SIGGRAPH 1978, turned round: the ground is flat, so the map may lie on it). A binomial filter at the end
 * stands for the lens; without it edges would be those of a game, not of a camera.
 */
#include "synth/backdrop_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "synth/surface_int.h"

#define SHADE_CELL_M 0.16f
#define FAR_DEPTH    1e5f

typedef struct easel { /* while the backdrop is being made */
    const psb_place *place;
    psb_backdrop *backdrop;
    float *color[3]; /* r, g, b planes */
    float *depth;
} easel;

typedef struct ray_hit {
    float depth;
    psb_vec normal;
    float u, v;
} ray_hit;

/* ---- rays and solids, in the solid's own axes ---- */

static psb_vec into(const psb_solid *solid, psb_vec v)
{
    return (psb_vec){v.x * solid->turn_cos + v.y * solid->turn_sin, v.y * solid->turn_cos - v.x * solid->turn_sin, v.z};
}

static psb_vec out_of(const psb_solid *solid, psb_vec v)
{
    return (psb_vec){v.x * solid->turn_cos - v.y * solid->turn_sin, v.y * solid->turn_cos + v.x * solid->turn_sin, v.z};
}

/* One pair of sides of a box: narrows [*near, *far]; true when *near moved. */
static bool clip_axis(float from, float ray, float half, float *near, float *far)
{
    const float inverse = 1 / (fabsf(ray) > 1e-9f ? ray : 1e-9f);
    const float a = (-half - from) * inverse, b = (half - from) * inverse;
    const float first = a < b ? a : b, last = a < b ? b : a;
    const bool moved = first > *near;
    if (moved) *near = first;
    if (last < *far) *far = last;
    return moved;
}

static bool hit_box(const psb_solid *solid, psb_vec from, psb_vec ray, ray_hit *out)
{
    float near = 1e-3f, far = FAR_DEPTH;
    int32_t axis = 0;
    if (clip_axis(from.x, ray.x, solid->half.x, &near, &far)) axis = 0;
    if (clip_axis(from.y, ray.y, solid->half.y, &near, &far)) axis = 1;
    if (clip_axis(from.z, ray.z, solid->half.z, &near, &far)) axis = 2;
    if (near >= far || near <= 1e-3f) return false;
    const psb_vec at = psb_vec_add(from, psb_vec_scale(ray, near));
    out->depth = near;
    out->normal = (psb_vec){axis == 0 ? (ray.x > 0 ? -1.0f : 1.0f) : 0, axis == 1 ? (ray.y > 0 ? -1.0f : 1.0f) : 0,
                            axis == 2 ? (ray.z > 0 ? -1.0f : 1.0f) : 0};
    out->u = axis == 0 ? at.y + solid->half.y : at.x + solid->half.x;
    out->v = axis == 2 ? at.y + solid->half.y : at.z + solid->half.z;
    return true;
}

static bool hit_post(const psb_solid *solid, psb_vec from, psb_vec ray, ray_hit *out)
{
    const float radius = solid->half.x;
    const float a = ray.x * ray.x + ray.y * ray.y, b = from.x * ray.x + from.y * ray.y;
    const float c = from.x * from.x + from.y * from.y - radius * radius;
    const float under = b * b - a * c;
    if (under <= 0) return false;
    const float near = (-b - sqrtf(under)) / a;
    psb_vec at = psb_vec_add(from, psb_vec_scale(ray, near));
    if (near > 1e-3f && fabsf(at.z) <= solid->half.z) {
        out->depth = near;
        out->normal = (psb_vec){at.x / radius, at.y / radius, 0};
        out->u = 3 * radius * (out->normal.x + 1);
        out->v = at.z + solid->half.z;
        return true;
    }
    const float top = (solid->half.z - from.z) / ray.z; /* the lid, seen from above */
    at = psb_vec_add(from, psb_vec_scale(ray, top));
    if (top <= 1e-3f || at.x * at.x + at.y * at.y > radius * radius) return false;
    *out = (ray_hit){top, {0, 0, 1}, at.x, at.y};
    return true;
}

static bool hit_blob(const psb_solid *solid, psb_vec from, psb_vec ray, ray_hit *out)
{
    const psb_vec scale = {1 / solid->half.x, 1 / solid->half.y, 1 / solid->half.z};
    const psb_vec f = {from.x * scale.x, from.y * scale.y, from.z * scale.z};
    const psb_vec r = {ray.x * scale.x, ray.y * scale.y, ray.z * scale.z};
    const float a = psb_vec_dot(r, r), b = psb_vec_dot(f, r), c = psb_vec_dot(f, f) - 1;
    const float under = b * b - a * c;
    if (under <= 0) return false;
    const float near = (-b - sqrtf(under)) / a;
    if (near <= 1e-3f) return false;
    const psb_vec at = psb_vec_add(f, psb_vec_scale(r, near));
    out->depth = near;
    out->normal = psb_vec_unit((psb_vec){at.x * scale.x, at.y * scale.y, at.z * scale.z});
    out->u = at.x * solid->half.x + at.y * solid->half.y;
    out->v = at.z * solid->half.z;
    if (solid->surface != PSB_SURFACE_LEAVES) return true;
    const float edge = under / a; /* 1 in the middle, 0 at the rim: there leaves are thin, and sky is between them */
    return edge * 1.8f > psb_texture_noise(solid->grain + 5, out->u * 6, out->v * 6);
}

static bool hit_solid(const psb_solid *solid, psb_vec from, psb_vec ray, ray_hit *out)
{
    const psb_vec own_from = into(solid, psb_vec_sub(from, solid->center)), own_ray = into(solid, ray);
    bool is_hit = false;
    if (solid->shape == PSB_SHAPE_BOX) is_hit = hit_box(solid, own_from, own_ray, out);
    if (solid->shape == PSB_SHAPE_POST) is_hit = hit_post(solid, own_from, own_ray, out);
    if (solid->shape == PSB_SHAPE_BLOB) is_hit = hit_blob(solid, own_from, own_ray, out);
    if (is_hit) out->normal = out_of(solid, out->normal);
    return is_hit;
}

/* ---- shadows of things on the ground ---- */

static float cell_x(int32_t i)
{
    return ((float)i - PSB_SHADE_SIDE / 2.0f + 0.5f) * SHADE_CELL_M;
}

static float cell_y(int32_t i)
{
    return ((float)i + 0.5f) * SHADE_CELL_M;
}

static int32_t clamp_cell(float cell)
{
    return (int32_t)psb_clampf(cell, 0, PSB_SHADE_SIDE - 1);
}

/* Nine rays a cell, for what is thinner than one. */
static void darken_cell(psb_backdrop *backdrop, const psb_solid *solid, psb_vec sun, int32_t x, int32_t y)
{
    uint8_t *shade = &backdrop->shade[y * PSB_SHADE_SIDE + x];
    int32_t taken = 0;
    ray_hit hit;
    for (int32_t i = 0; i < 9; i++) {
        const float dx = (float)(i % 3 - 1) * SHADE_CELL_M / 3, dy = (float)(i / 3 - 1) * SHADE_CELL_M / 3;
        taken += hit_solid(solid, (psb_vec){cell_x(x) + dx, cell_y(y) + dy, 0}, sun, &hit);
    }
    if (taken * 28 > *shade) *shade = (uint8_t)(taken * 28);
}

static void cast_shadow(psb_backdrop *backdrop, const psb_place *place, const psb_solid *solid)
{
    const psb_vec sun = place->light.sun;
    const float reach = fabsf(solid->half.x) + fabsf(solid->half.y), top = solid->center.z + solid->half.z;
    const float end_x = solid->center.x - sun.x / sun.z * top, end_y = solid->center.y - sun.y / sun.z * top;
    const int32_t x0 = clamp_cell((fminf(solid->center.x, end_x) - reach) / SHADE_CELL_M + PSB_SHADE_SIDE / 2.0f);
    const int32_t x1 = clamp_cell((fmaxf(solid->center.x, end_x) + reach) / SHADE_CELL_M + PSB_SHADE_SIDE / 2.0f);
    const int32_t y0 = clamp_cell((fminf(solid->center.y, end_y) - reach) / SHADE_CELL_M);
    const int32_t y1 = clamp_cell((fmaxf(solid->center.y, end_y) + reach) / SHADE_CELL_M);
    for (int32_t y = y0; y <= y1; y++)
        for (int32_t x = x0; x <= x1; x++) darken_cell(backdrop, solid, sun, x, y);
}

float psb_backdrop_shade(const psb_backdrop *backdrop, float x, float y)
{
    const float cx = psb_clampf(x / SHADE_CELL_M + PSB_SHADE_SIDE / 2.0f - 0.5f, 0, PSB_SHADE_SIDE - 2);
    const float cy = psb_clampf(y / SHADE_CELL_M - 0.5f, 0, PSB_SHADE_SIDE - 2);
    const int32_t ix = (int32_t)cx, iy = (int32_t)cy;
    const uint8_t *cell = backdrop->shade + iy * PSB_SHADE_SIDE + ix;
    const float tx = cx - (float)ix, ty = cy - (float)iy;
    const float top = psb_mixf(cell[0], cell[1], tx),
                low = psb_mixf(cell[PSB_SHADE_SIDE], cell[PSB_SHADE_SIDE + 1], tx);
    return psb_mixf(top, low, ty) / 255;
}

/* ---- light on a point ---- */

static psb_rgb lit(const easel *canvas, psb_rgb color, psb_vec at, psb_vec normal, float shade)
{
    const psb_place *place = canvas->place;
    const psb_daylight *light = &place->light;
    const float facing = psb_vec_dot(normal, light->sun);
    const float sun = light->sun_power * (facing > 0 ? facing : 0) * (1 - shade);
    const float sky = light->sky_power * (0.72f + 0.28f * normal.z) * (1 - 0.25f * shade);
    const float lamps = light->is_night || light->is_indoors ? psb_place_lamplight(place, at, normal) : 0;
    const psb_rgb sum = {light->sun_tint.r * sun + light->sky_tint.r * sky + lamps,
                         light->sun_tint.g * sun + light->sky_tint.g * sky + lamps * 0.93f,
                         light->sun_tint.b * sun + light->sky_tint.b * sky + lamps * 0.78f};
    return psb_rgb_times(color, sum);
}

static void put(const easel *canvas, size_t at, psb_rgb color, float depth)
{
    const psb_daylight *light = &canvas->place->light;
    const float haze = light->is_indoors ? 0 : depth / (depth + light->haze_m);
    color = psb_rgb_mix(color, light->haze, haze);
    canvas->color[0][at] = color.r;
    canvas->color[1][at] = color.g;
    canvas->color[2][at] = color.b;
}

/* ---- sky and ground ---- */

static psb_rgb sky_color(const psb_place *place, psb_vec ray)
{
    const psb_daylight *light = &place->light;
    if (light->is_indoors) return (psb_rgb){0.3f, 0.3f, 0.3f};
    const float up = ray.z / ray.y, across = ray.x / ray.y;
    const float level = light->is_night ? 0.07f : 0.45f + light->sun_power;
    const float cloud = psb_texture_noise((uint32_t)place->key, across * 4, up * 12) * 0.6f +
                        psb_texture_noise((uint32_t)place->key + 1, across * 11, up * 30) * 0.4f;
    const psb_rgb clear =
        psb_rgb_mix((psb_rgb){0.82f, 0.86f, 0.90f}, (psb_rgb){0.52f, 0.66f, 0.86f}, psb_clampf(up * 3, 0, 1));
    const psb_rgb color = psb_rgb_mix(clear, (psb_rgb){0.95f, 0.95f, 0.95f},
                                      light->sun_power < 0.3f ? 0.9f : psb_stepf(0.45f, 0.75f, cloud));
    return psb_rgb_times(psb_rgb_scale(color, level), light->sky_tint);
}

static void paint_ground_pixel(const easel *canvas, size_t at, psb_vec ray)
{
    const psb_place *place = canvas->place;
    const float depth = place->view.camera_z / -ray.z;
    const psb_vec point = {ray.x * depth, ray.y * depth, 0};
    const psb_zone *zone = &place->zones[0];
    for (int32_t i = 1; i < place->zone_count; i++) {
        const psb_zone *other = &place->zones[i];
        if (point.x >= other->x0 && point.x < other->x1 && point.y >= other->y0 && point.y < other->y1) zone = other;
    }
    const psb_surface_point surface = {
        .surface = zone->surface,
        .color = zone->color,
        .second = zone->second,
        .grain = (uint32_t)place->key,
        .u = point.x,
        .v = point.y,
        .size = zone->size,
        .footprint = depth * depth / (place->view.focal_px * place->view.camera_z),
    };
    float shine = 0;
    const psb_rgb color = psb_surface_color(&surface, &shine);
    const float shade = place->light.shadow > 0 ? psb_backdrop_shade(canvas->backdrop, point.x, point.y) : 0;
    put(canvas, at, lit(canvas, color, point, (psb_vec){0, 0, 1}, shade), depth);
    canvas->depth[at] = depth;
    canvas->backdrop->kind[at] = PSB_PIXEL_IS_GROUND;
}

static void paint_ground(const easel *canvas)
{
    const psb_view *view = &canvas->place->view;
    for (int32_t y = 0; y < view->height; y++)
        for (int32_t x = 0; x < view->width; x++) {
            const size_t at = (size_t)y * (size_t)view->width + (size_t)x;
            const psb_vec ray = psb_view_ray(view, (float)x + 0.5f, (float)y + 0.5f);
            canvas->depth[at] = FAR_DEPTH;
            if (ray.z < -2e-3f)
                paint_ground_pixel(canvas, at, ray);
            else
                put(canvas, at, sky_color(canvas->place, ray), canvas->place->light.is_night ? 0 : 20);
        }
}

/* ---- solids ---- */

typedef struct rect {
    int32_t x0, y0, x1, y1;
} rect;

/* The pixels that a solid may cover: all, where a corner is beside or behind the camera. */
static rect covered(const psb_view *view, const psb_solid *solid)
{
    float x0 = 1e9f, y0 = 1e9f, x1 = -1e9f, y1 = -1e9f;
    for (int32_t i = 0; i < 8; i++) {
        const psb_vec corner = {i & 1 ? solid->half.x : -solid->half.x, i & 2 ? solid->half.y : -solid->half.y,
                                i & 4 ? solid->half.z : -solid->half.z};
        psb_vec half = solid->half;
        if (solid->shape == PSB_SHAPE_POST) half.y = half.x;
        const psb_vec at = {corner.x, i & 2 ? half.y : -half.y, corner.z};
        const psb_spot spot = psb_view_project(view, psb_vec_add(solid->center, out_of(solid, at)));
        if (spot.depth < 0.3f) return (rect){0, 0, view->width, view->height};
        x0 = fminf(x0, spot.x);
        x1 = fmaxf(x1, spot.x);
        y0 = fminf(y0, spot.y);
        y1 = fmaxf(y1, spot.y);
    }
    return (rect){
        (int32_t)psb_clampf(x0 - 1, 0, (float)view->width), (int32_t)psb_clampf(y0 - 1, 0, (float)view->height),
        (int32_t)psb_clampf(x1 + 2, 0, (float)view->width), (int32_t)psb_clampf(y1 + 2, 0, (float)view->height)};
}

static void paint_hit(const easel *canvas, const psb_solid *solid, size_t at, psb_vec ray, const ray_hit *hit)
{
    const psb_place *place = canvas->place;
    const psb_surface_point surface = {
        .surface = solid->surface,
        .color = solid->color,
        .second = solid->second,
        .grain = solid->grain,
        .u = hit->u,
        .v = hit->v,
        .footprint = hit->depth / place->view.focal_px,
        .is_night = place->light.is_night,
    };
    float shine = 0;
    const psb_rgb color = psb_surface_color(&surface, &shine);
    psb_vec point = psb_vec_scale(ray, hit->depth);
    point.z += place->view.camera_z;
    psb_rgb seen = psb_rgb_mix(lit(canvas, color, point, hit->normal, 0), color, shine);
    if (solid->surface == PSB_SURFACE_METAL && hit->normal.z > 0.5f) /* paint mirrors the sky */
        seen = psb_rgb_mix(seen, place->light.haze, 0.25f);
    put(canvas, at, seen, hit->depth);
    canvas->depth[at] = hit->depth;
    canvas->backdrop->kind[at] = PSB_PIXEL_IS_SOLID;
}

static void paint_solid(const easel *canvas, const psb_solid *solid)
{
    const psb_view *view = &canvas->place->view;
    const psb_vec from = {0, 0, view->camera_z};
    const rect area = covered(view, solid);
    ray_hit hit;
    for (int32_t y = area.y0; y < area.y1; y++)
        for (int32_t x = area.x0; x < area.x1; x++) {
            const size_t at = (size_t)y * (size_t)view->width + (size_t)x;
            const psb_vec ray = psb_view_ray(view, (float)x + 0.5f, (float)y + 0.5f);
            if (hit_solid(solid, from, ray, &hit) && hit.depth < canvas->depth[at])
                paint_hit(canvas, solid, at, ray, &hit);
        }
}

/* A soft dark rim where a thing stands on the ground, before the thing itself is painted. */
static void paint_contact(const easel *canvas, const psb_solid *solid)
{
    const psb_view *view = &canvas->place->view;
    if (solid->center.z - solid->half.z > 0.6f || solid->half.x > 8) return;
    psb_solid rim = *solid;
    rim.half =
        (psb_vec){solid->half.x + 0.5f, (solid->shape == PSB_SHAPE_POST ? solid->half.x : solid->half.y) + 0.5f, 0.01f};
    rim.center.z = 0;
    const rect area = covered(view, &rim);
    for (int32_t y = area.y0; y < area.y1; y++)
        for (int32_t x = area.x0; x < area.x1; x++) {
            const size_t at = (size_t)y * (size_t)view->width + (size_t)x;
            if (canvas->backdrop->kind[at] != PSB_PIXEL_IS_GROUND) continue;
            const psb_vec ray = psb_view_ray(view, (float)x + 0.5f, (float)y + 0.5f);
            const psb_vec point = {ray.x * canvas->depth[at], ray.y * canvas->depth[at], 0};
            const psb_vec own = into(solid, psb_vec_sub(point, solid->center));
            const float dx = fmaxf(fabsf(own.x) - rim.half.x + 0.5f, 0),
                        dy = fmaxf(fabsf(own.y) - rim.half.y + 0.5f, 0);
            const float dark = 1 - 0.45f * (1 - psb_stepf(0, 0.5f, sqrtf(dx * dx + dy * dy)));
            for (int32_t i = 0; i < 3; i++) canvas->color[i][at] *= dark;
        }
}

/* ---- to the picture ---- */

void psb_rgb_to_yuv(psb_rgb color, psb_color_matrix matrix, float yuv_out[3])
{
    const float kr = matrix == PSB_COLOR_BT601 ? 0.299f : 0.2126f, kb = matrix == PSB_COLOR_BT601 ? 0.114f : 0.0722f;
    const float y = kr * color.r + (1 - kr - kb) * color.g + kb * color.b;
    yuv_out[0] = 16 + 219 * y;
    yuv_out[1] = 128 + 224 * (color.b - y) / (2 * (1 - kb));
    yuv_out[2] = 128 + 224 * (color.r - y) / (2 * (1 - kr));
}

/* 1 2 1 both ways; rows above and below from a ring of three. */
static void blur_plane(float *plane, int32_t width, int32_t height, float *rows)
{
    float *ring[3] = {rows, rows + width, rows + 2 * width};
    for (int32_t y = 0; y <= height; y++) {
        if (y < height) {
            const float *from = plane + (ptrdiff_t)y * width;
            for (int32_t x = 0; x < width; x++)
                ring[y % 3][x] =
                    0.25f * from[x > 0 ? x - 1 : 0] + 0.5f * from[x] + 0.25f * from[x < width - 1 ? x + 1 : x];
        }
        if (y == 0) continue;
        const float *above = ring[(y > 1 ? y - 2 : 0) % 3], *middle = ring[(y - 1) % 3],
                    *below = ring[(y < height ? y : y - 1) % 3];
        float *to = plane + (ptrdiff_t)(y - 1) * width;
        for (int32_t x = 0; x < width; x++) to[x] = 0.25f * above[x] + 0.5f * middle[x] + 0.25f * below[x];
    }
}

static uint8_t to_byte(float value)
{
    return (uint8_t)(psb_clampf(value, 1, 254) + 0.5f);
}

static void store(const easel *canvas)
{
    const psb_image *image = &canvas->backdrop->image;
    const int32_t width = image->width;
    for (int32_t y = 0; y < image->height; y += 2)
        for (int32_t x = 0; x < width; x += 2) {
            float u = 0, v = 0;
            for (int32_t i = 0; i < 4; i++) {
                const size_t at = (size_t)(y + i / 2) * (size_t)width + (size_t)(x + i % 2);
                float yuv[3];
                const psb_rgb color = {canvas->color[0][at], canvas->color[1][at], canvas->color[2][at]};
                psb_rgb_to_yuv(color, image->matrix, yuv);
                image->plane[0][(y + i / 2) * image->stride_bytes[0] + x + i % 2] =
                    to_byte(psb_clampf(yuv[0], 16, 235));
                u += yuv[1] / 4;
                v += yuv[2] / 4;
            }
            image->plane[1][y / 2 * image->stride_bytes[1] + x / 2] = to_byte(u);
            image->plane[2][y / 2 * image->stride_bytes[2] + x / 2] = to_byte(v);
        }
    const size_t count = (size_t)width * (size_t)image->height;
    for (size_t i = 0; i < count; i++)
        canvas->backdrop->depth_cm[i] = (uint16_t)psb_clampf(canvas->depth[i] * 100, 0, 65535);
}

static psb_status allocate(psb_backdrop *out, const psb_view *view)
{
    const size_t count = (size_t)view->width * (size_t)view->height; /* bounded by settings.c */
    out->memory = malloc(count * 3 / 2);
    out->depth_cm = malloc(count * sizeof(*out->depth_cm));
    out->kind = calloc(count, 1);
    out->shade = calloc(PSB_SHADE_SIDE, PSB_SHADE_SIDE);
    if (!out->memory || !out->depth_cm || !out->kind || !out->shade) return psb_fail_memory("a backdrop", count * 5);
    out->image = (psb_image){
        .format = PSB_PIXEL_YUV420,
        .matrix = view->height < 720 ? PSB_COLOR_BT601 : PSB_COLOR_BT709,
        .range = PSB_RANGE_LIMITED,
        .width = view->width,
        .height = view->height,
        .plane = {out->memory, out->memory + count, out->memory + count + count / 4},
        .stride_bytes = {view->width, view->width / 2, view->width / 2},
    };
    return PSB_OK;
}

psb_status psb_backdrop_init(psb_backdrop *out, const psb_place *place)
{
    const psb_view *view = &place->view;
    const size_t count = (size_t)view->width * (size_t)view->height;
    *out = (psb_backdrop){0};
    psb_status status = allocate(out, view);
    float *floats = status ? NULL : calloc(4 * count + 3 * (size_t)view->width, sizeof(*floats));
    if (!status && !floats) status = psb_fail_memory("a backdrop", 4 * count * sizeof(*floats));
    if (status) goto done;
    const easel canvas = {.place = place,
                          .backdrop = out,
                          .color = {floats, floats + count, floats + 2 * count},
                          .depth = floats + 3 * count};
    if (place->light.shadow > 0)
        for (int32_t i = 0; i < place->solid_count; i++) cast_shadow(out, place, &place->solids[i]);
    paint_ground(&canvas);
    for (int32_t i = 0; i < place->solid_count; i++) paint_contact(&canvas, &place->solids[i]);
    for (int32_t i = 0; i < place->solid_count; i++) paint_solid(&canvas, &place->solids[i]);
    for (int32_t i = 0; i < 3; i++) blur_plane(canvas.color[i], view->width, view->height, floats + 4 * count);
    store(&canvas);
done:
    free(floats);
    if (status) psb_backdrop_fini(out);
    return status;
}

void psb_backdrop_fini(psb_backdrop *backdrop)
{
    free(backdrop->memory);
    free(backdrop->depth_cm);
    free(backdrop->kind);
    free(backdrop->shade);
    *backdrop = (psb_backdrop){0};
}
