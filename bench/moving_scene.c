/* SPDX-License-Identifier: Apache-2.0
 *
 * The way of the window and what it shows. Pixels are interpolated between four, so that a window moved by a half pixel
 * is a picture moved by a half pixel; chance is seeded, so that every run draws the same film.
 */
#include "moving_scene.h"

#include <math.h>

static const double WINDOW = 0.7, PERIOD = 40, PI = 3.14159265358979323846;
enum { STRANGERS = 12 };

void moving_scene_init(moving_scene *out, const scene_way *way, int32_t width, int32_t height, uint64_t seed)
{
    *out = (moving_scene){.way = way, .width = width, .height = height, .pan_sign = 1};
    out->window_width = way->is_whole ? width : (int32_t)(WINDOW * width) & ~1;
    out->window_height = way->is_whole ? height : (int32_t)(WINDOW * height) & ~1;
    out->to_source = psb_camera_motion_none();
    psb_rng_init(&out->rng, seed);
    out->phase = PERIOD * psb_rng_unit(&out->rng);
}

/* A step, turned back where it would leave the room that the source has. */
static double bounded(double at, double step, double room)
{
    if (fabs(at + step) <= room) return at + step;
    return fabs(at - step) <= room ? at - step : at;
}

void moving_scene_step(moving_scene *s, psb_camera_motion *motion_out)
{
    const scene_way *way = s->way;
    const psb_camera_motion before = s->to_source;
    const double turn = way->turn_deg * PI / 180 * sin(2 * PI * ((double)s->frame + s->phase) / PERIOD);
    const double zoom = 1 + way->zoom * sin(2 * PI * ((double)s->frame + s->phase) / PERIOD);
    /* what the turned and zoomed window needs, is not there to move in */
    const double reach_x = 0.5 * zoom * (s->window_width + fabs(turn) * s->window_height);
    const double reach_y = 0.5 * zoom * (s->window_height + fabs(turn) * s->window_width);
    const double room_x = fmax(0.5 * s->width - reach_x - 2, 0), room_y = fmax(0.5 * s->height - reach_y - 2, 0);
    const double heading = 2 * PI * psb_rng_unit(&s->rng);
    if (s->frame > 0) {
        s->x_px = bounded(s->x_px, way->step_px * cos(heading), room_x);
        s->y_px = bounded(s->y_px, way->step_px * sin(heading), room_y);
        if (fabs(s->x_px + s->pan_sign * way->pan_px) > room_x) s->pan_sign = -s->pan_sign;
        s->x_px = bounded(s->x_px, s->pan_sign * way->pan_px, room_x);
    }
    if (!way->is_whole) {
        const double along = zoom * cos(turn), across = zoom * sin(turn);
        const double half_x = 0.5 * s->window_width, half_y = 0.5 * s->window_height;
        s->to_source = (psb_camera_motion){along, across, 0.5 * s->width + s->x_px - along * half_x + across * half_y,
                                           0.5 * s->height + s->y_px - across * half_x - along * half_y};
    }
    const psb_camera_motion to_window = psb_camera_motion_back(&s->to_source);
    *motion_out = s->frame > 0 ? psb_camera_motion_then(&before, &to_window) : psb_camera_motion_none();
    s->frame++;
}

static double sample(const psb_image *image, double x, double y)
{
    const double left = fmin(fmax(x - 0.5, 0), image->width - 1.001),
                 top = fmin(fmax(y - 0.5, 0), image->height - 1.001);
    const int32_t column = (int32_t)left, row = (int32_t)top;
    const double over = left - column, down = top - row;
    const uint8_t *p = image->plane[0] + row * image->stride_bytes[0] + column;
    const double upper = p[0] + over * (p[1] - p[0]);
    const double lower = p[image->stride_bytes[0]] + over * (p[image->stride_bytes[0] + 1] - p[image->stride_bytes[0]]);
    return upper + down * (lower - upper);
}

/* Cheap and near enough to a normal curve: the sum of four. */
static double bell(psb_rng *rng)
{
    const uint64_t bits = psb_rng_next(rng);
    const double sum =
        (double)(bits & 0xffff) + (double)(bits >> 16 & 0xffff) + (double)(bits >> 32 & 0xffff) + (double)(bits >> 48);
    return (sum / 65535 - 2) * 1.7320508;
}

/* Texture that belongs to a thing and not to the scene. */
static uint8_t thing(int32_t x, int32_t y, int32_t which)
{
    const int32_t cell = (x / 5) * 73 + (y / 6) * 151 + which * 389;
    return (uint8_t)(60 + (cell * cell + 7 * cell) % 130);
}

static void draw_thing(const psb_image *to, int32_t x, int32_t y, int32_t width, int32_t height, int32_t which)
{
    for (int32_t j = 0; j < height; j++)
        for (int32_t i = 0; i < width; i++) {
            const int32_t column = x + i, row = y + j;
            if (column < 0 || row < 0 || column >= to->width || row >= to->height) continue;
            to->plane[0][row * to->stride_bytes[0] + column] = thing(i, j, which);
        }
}

static void draw_things(const moving_scene *s, const psb_image *to)
{
    if (s->way->stranger_share > 0) {
        const double area = s->way->stranger_share * to->width * to->height / STRANGERS;
        const int32_t width = (int32_t)sqrt(area / 2), height = 2 * width, room = to->width + width;
        for (int32_t i = 0; i < STRANGERS; i++) {
            const int32_t speed = (i % 2 ? -1 : 1) * (2 + i % 5), start = i * room / STRANGERS;
            const int32_t x = (int32_t)(((start + speed * s->frame) % room + room) % room) - width;
            draw_thing(to, x, (i * 37 + 11) % (to->height - height > 0 ? to->height - height : 1), width, height, i);
        }
    }
    if (s->way->tram_share > 0) {
        const int32_t width = (int32_t)(s->way->tram_share * to->width), room = to->width + 2 * width;
        draw_thing(to, (int32_t)(8 * s->frame % room) - width, to->height / 8, width, to->height * 3 / 4, 99);
    }
}

void moving_scene_render(moving_scene *s, const psb_image *to, const psb_image *source)
{
    const scene_way *way = s->way;
    for (int32_t y = 0; y < to->height; y++)
        for (int32_t x = 0; x < to->width; x++) {
            const psb_camera_motion *m = &s->to_source;
            const double u = x + 0.5, v = y + 0.5;
            const double level =
                sample(source, m->along * u - m->across * v + m->x_px, m->across * u + m->along * v + m->y_px);
            to->plane[0][y * to->stride_bytes[0] + x] = (uint8_t)(level + 0.5);
        }
    draw_things(s, to);
    if (way->noise <= 0 && way->light <= 0 && way->flicker <= 0) return;
    const double light = (way->light > 0 ? way->light : 1) * (1 + way->flicker * (2 * psb_rng_unit(&s->rng) - 1));
    for (int32_t y = 0; y < to->height; y++)
        for (int32_t x = 0; x < to->width; x++) {
            uint8_t *const p = to->plane[0] + y * to->stride_bytes[0] + x;
            const double level = 16 + (*p - 16) * light + way->noise * bell(&s->rng) + 0.5;
            *p = (uint8_t)fmin(fmax(level, 0), 255);
        }
}

bool moving_scene_box(const moving_scene *s, double box[4])
{
    const psb_camera_motion m = psb_camera_motion_back(&s->to_source);
    const double x = box[0] + 0.5 * box[2], y = box[1] + 0.5 * box[3], zoom = hypot(m.along, m.across);
    const double to_x = m.along * x - m.across * y + m.x_px, to_y = m.across * x + m.along * y + m.y_px;
    box[2] *= zoom;
    box[3] *= zoom;
    box[0] = to_x - 0.5 * box[2];
    box[1] = to_y - 0.5 * box[3];
    return to_x >= 0 && to_y >= 0 && to_x < s->window_width && to_y < s->window_height;
}
