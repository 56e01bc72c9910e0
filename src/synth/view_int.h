/* SPDX-License-Identifier: Apache-2.0
 *
 * A pinhole camera above the ground, looking along y and down: where a point in metres falls in the picture. Depth is
 * along the camera's axis, so that a size in pixels is focal_px * metres / depth.
 */
#ifndef PSB_SYNTH_VIEW_INT_H
#define PSB_SYNTH_VIEW_INT_H

#include "synth/maths_int.h"

typedef struct psb_view {
    int32_t width, height;
    float focal_px, center_x, center_y;
    float camera_z;     /* metres above the ground */
    float cos_t, sin_t; /* of the tilt below the horizon */
} psb_view;

typedef struct psb_spot { /* where a point is seen */
    float x, y;           /* pixels, (0, 0) the outer corner of the first */
    float depth;          /* metres; what is not well above 0 is behind the camera */
} psb_spot;

static inline psb_spot psb_view_project(const psb_view *view, psb_vec point)
{
    const float z = point.z - view->camera_z;
    const float depth = point.y * view->cos_t - z * view->sin_t;
    const float up = point.y * view->sin_t + z * view->cos_t;
    const float scale = view->focal_px / (depth > 0.05f ? depth : 0.05f);
    return (psb_spot){view->center_x + point.x * scale, view->center_y - up * scale, depth};
}

/* From the camera through a place of the picture; one unit of it is one metre of depth. */
static inline psb_vec psb_view_ray(const psb_view *view, float x, float y)
{
    const float right = (x - view->center_x) / view->focal_px, down = (y - view->center_y) / view->focal_px;
    return (psb_vec){right, view->cos_t - down * view->sin_t, -view->sin_t - down * view->cos_t};
}

/* A direction in the world, seen from the camera: x right, y down the picture, z towards the camera. */
static inline psb_vec psb_view_turn(const psb_view *view, psb_vec direction)
{
    return (psb_vec){direction.x, -(direction.y * view->sin_t + direction.z * view->cos_t),
                     -(direction.y * view->cos_t - direction.z * view->sin_t)};
}

/* How far along y the ground lies at a row of the picture; a large number at and above the horizon. */
static inline float psb_view_ground_y(const psb_view *view, float row)
{
    const psb_vec ray = psb_view_ray(view, view->center_x, row);
    return ray.z < -1e-3f ? ray.y * view->camera_z / -ray.z : 1e4f;
}

#endif
