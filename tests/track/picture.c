/* SPDX-License-Identifier: Apache-2.0
 *
 * The wall is noise on two lattices, interpolated, so that it has detail at every place and no period; pixels are
 * samples of it, so that half a pixel's motion is half a pixel's motion.
 */
#include "picture.h"

#include <math.h>
#include <stdlib.h>

void wall_view_init(wall_view *out, int32_t width, int32_t height)
{
    *out = (wall_view){.width = width, .height = height, .to_wall = psb_camera_motion_none(), .light = 1};
    psb_rng_init(&out->rng, 11);
}

void wall_view_move(wall_view *view, psb_camera_motion motion)
{
    const psb_camera_motion back = psb_camera_motion_back(&motion);
    view->to_wall = psb_camera_motion_then(&back, &view->to_wall);
}

psb_camera_motion wall_view_motion(const wall_view *view, double x_px, double y_px, double zoom, double turn)
{
    const double along = zoom * cos(turn), across = zoom * sin(turn);
    const double middle_x = 0.5 * view->width, middle_y = 0.5 * view->height;
    return (psb_camera_motion){along, across, middle_x - along * middle_x + across * middle_y + x_px,
                               middle_y - across * middle_x - along * middle_y + y_px};
}

/* 0..1 for a place of a lattice, always the same. */
static double hash(int64_t x, int64_t y, int32_t which)
{
    uint64_t h = (uint64_t)x * 0x9e3779b97f4a7c15u ^ (uint64_t)y * 0xc2b2ae3d27d4eb4fu ^ (uint64_t)(which + 1) << 40;
    h = (h ^ h >> 29) * 0xbf58476d1ce4e5b9u;
    return (double)((h ^ h >> 32) & 0xffff) / 65535;
}

static double lattice(double x, double y, double cell, int32_t which)
{
    const double u = floor(x / cell), v = floor(y / cell);
    const double over = x / cell - u, down = y / cell - v;
    const int64_t i = (int64_t)u, j = (int64_t)v;
    const double upper = hash(i, j, which) + over * (hash(i + 1, j, which) - hash(i, j, which));
    const double lower = hash(i, j + 1, which) + over * (hash(i + 1, j + 1, which) - hash(i, j + 1, which));
    return upper + down * (lower - upper);
}

static double bell(psb_rng *rng)
{
    double sum = -6;
    for (int32_t i = 0; i < 12; i++) sum += psb_rng_unit(rng);
    return sum;
}

static double wall_at(double x, double y, int32_t which)
{
    return 40 + 110 * lattice(x, y, 9, which) + 80 * lattice(x, y, 31, which + 1);
}

psb_frame *wall_view_look(wall_view *view, double time_s)
{
    const psb_image shape = {.format = PSB_PIXEL_GREY, .width = view->width, .height = view->height};
    psb_frame *frame = NULL;
    if (psb_frame_create(&frame, &shape, time_s, 0)) abort();
    const psb_image image = psb_frame_image(frame);
    const psb_camera_motion *m = &view->to_wall;
    for (int32_t y = 0; y < view->height; y++)
        for (int32_t x = 0; x < view->width; x++) {
            const double u = x + 0.5, v = y + 0.5;
            double level = view->light * wall_at(m->along * u - m->across * v + m->x_px,
                                                 m->across * u + m->along * v + m->y_px, view->which);
            if (view->noise > 0) level += view->noise * bell(&view->rng);
            image.plane[0][y * image.stride_bytes[0] + x] = (uint8_t)fmin(fmax(level + 0.5, 0), 255);
        }
    return frame;
}

void wall_view_put_thing(psb_frame *frame, int32_t x, int32_t y, int32_t width, int32_t height, int32_t which)
{
    const psb_image image = psb_frame_image(frame);
    for (int32_t j = 0; j < height; j++)
        for (int32_t i = 0; i < width; i++) {
            const int32_t column = x + i, row = y + j;
            if (column < 0 || row < 0 || column >= image.width || row >= image.height) continue;
            image.plane[0][row * image.stride_bytes[0] + column] = (uint8_t)wall_at(i, j, 100 + which);
        }
}
