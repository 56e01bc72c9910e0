/* SPDX-License-Identifier: Apache-2.0
 *
 * A frame: move the world to its time, put back what last frame's people covered, lay the shadows, then the people from
 * far to near, count who is seen, expose. Only the places that people touched are redrawn; the sensor is the one pass
 * over the whole picture.
 */
#include "synth/synth.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "frame/frame_pool.h"
#include "frame/image.h"
#include "synth/backdrop_int.h"
#include "synth/crowd_int.h"
#include "synth/paint_int.h"
#include "synth/sensor_int.h"

enum { MOST_AREAS = PSB_CROWD_MOST + PSB_PAINTER_SHADOWS };

struct psb_synth {
    psb_synth_settings settings;
    psb_clock clock;
    psb_place place;
    psb_backdrop backdrop;
    psb_crowd crowd;
    psb_sensor sensor;
    psb_painter *painter;
    psb_frame_pool *pool;
    psb_canvas canvas;
    uint8_t *memory; /* of the canvas */
    psb_pixel_area touched[MOST_AREAS];
    int32_t touched_count;
    psb_figure figure;
    psb_synth_person people[PSB_CROWD_MOST];
    int32_t people_count;
    int64_t frame_i;
};

typedef struct placed_person { /* somebody before the camera */
    int32_t walker_i;
    psb_stance stance;
    float depth_m;
} placed_person;

/* ---- life ---- */

static psb_status make_canvas(psb_synth *synth)
{
    const psb_image *from = &synth->backdrop.image;
    const size_t count = (size_t)from->width * (size_t)from->height;
    synth->memory = malloc(count * 3 / 2);
    synth->canvas.id = calloc(count, 1);
    if (!synth->memory || !synth->canvas.id) return psb_fail_memory("a canvas", count * 5 / 2);
    psb_image *image = &synth->canvas.image;
    *image = *from;
    image->plane[0] = synth->memory;
    image->plane[1] = synth->memory + count;
    image->plane[2] = synth->memory + count + count / 4;
    psb_image_copy(image, from);
    return PSB_OK;
}

psb_status psb_synth_create(psb_synth **out, const psb_synth_settings *settings, int32_t max_frames, psb_clock clock)
{
    *out = NULL;
    psb_synth *synth = calloc(1, sizeof(*synth));
    if (!synth) return psb_fail_memory("a scene", sizeof(*synth));
    synth->settings = *settings;
    synth->clock = clock;
    psb_place_build(&synth->place, settings);
    const float noise = isnan(settings->noise) ? synth->place.light.own_noise : settings->noise;
    psb_status status = psb_backdrop_init(&synth->backdrop, &synth->place);
    if (!status) status = psb_sensor_init(&synth->sensor, &synth->place, noise, settings->rain);
    if (!status) status = psb_painter_create(&synth->painter, &synth->place.view, synth->backdrop.image.matrix);
    if (!status) status = psb_frame_pool_create(&synth->pool, max_frames);
    if (!status) status = make_canvas(synth);
    if (status) goto done;
    psb_crowd_init(&synth->crowd, &synth->place, settings->people, psb_hash(synth->place.key, 0x63726f7764));
    *out = synth;
    synth = NULL;
done:
    psb_synth_destroy(&synth);
    return status;
}

void psb_synth_destroy(psb_synth **synth)
{
    if (!synth || !*synth) return;
    psb_synth *gone = *synth;
    psb_painter_destroy(&gone->painter);
    psb_sensor_fini(&gone->sensor);
    psb_backdrop_fini(&gone->backdrop);
    psb_frame_pool_destroy(&gone->pool);
    free(gone->canvas.id);
    free(gone->memory);
    free(gone);
    *synth = NULL;
}

/* ---- a frame ---- */

/* To the tick at or after the frame's time; the share of the way from the one before. */
static float advance(psb_synth *synth, double time_s)
{
    const double tick = time_s / (double)PSB_TICK_S;
    const int64_t whole = (int64_t)tick + 1;
    while (synth->crowd.tick < whole) psb_crowd_tick(&synth->crowd);
    return (float)(tick - (double)(whole - 1));
}

static void copy_area(const psb_image *to, const psb_image *from, psb_pixel_area area)
{
    for (int32_t i = 0; i < 3; i++) {
        const int32_t half = i > 0;
        const int32_t x0 = area.x0 >> half, x1 = (area.x1 + half) >> half, y1 = (area.y1 + half) >> half;
        for (int32_t y = area.y0 >> half; y < y1; y++)
            memcpy(to->plane[i] + y * to->stride_bytes[i] + x0, from->plane[i] + y * from->stride_bytes[i] + x0,
                   (size_t)(x1 - x0));
    }
}

static void clean(psb_synth *synth)
{
    const int32_t width = synth->canvas.image.width;
    for (int32_t i = 0; i < synth->touched_count; i++) {
        const psb_pixel_area area = synth->touched[i];
        copy_area(&synth->canvas.image, &synth->backdrop.image, area);
        for (int32_t y = area.y0; y < area.y1; y++)
            memset(synth->canvas.id + (ptrdiff_t)y * width + area.x0, 0, (size_t)(area.x1 - area.x0));
    }
    synth->touched_count = 0;
}

static void touch(psb_synth *synth, psb_pixel_area area)
{
    assert(synth->touched_count < MOST_AREAS);
    if (area.x1 > area.x0 && area.y1 > area.y0) synth->touched[synth->touched_count++] = area;
}

/* Everybody in front of the camera, far to near. */
static int32_t find_people(const psb_synth *synth, placed_person *out, float share)
{
    const float nearest_m = psb_painter_nearest_m(&synth->place.view);
    int32_t count = 0;
    for (int32_t i = 0; i < synth->crowd.count; i++) {
        if (synth->crowd.walkers[i].state == PSB_WALKER_GONE) continue;
        placed_person one = {.walker_i = i, .stance = psb_crowd_stance(&synth->crowd, i, share)};
        one.depth_m = psb_view_project(&synth->place.view, (psb_vec){one.stance.x, one.stance.y, 0.9f}).depth;
        if (one.depth_m < nearest_m) continue;
        int32_t at = count++;
        for (; at > 0 && out[at - 1].depth_m < one.depth_m; at--) out[at] = out[at - 1];
        out[at] = one;
    }
    return count;
}

static psb_shine shine_on(const psb_synth *synth, const placed_person *one)
{
    const psb_daylight *light = &synth->place.light;
    const float shade = light->shadow > 0 ? psb_backdrop_shade(&synth->backdrop, one->stance.x, one->stance.y) : 0;
    const psb_vec breast = {one->stance.x, one->stance.y, 1.2f};
    const psb_vec to_camera =
        psb_vec_unit((psb_vec){-one->stance.x, -one->stance.y, synth->place.view.camera_z - 1.2f});
    const float lamps =
        light->is_night || light->is_indoors ? psb_place_lamplight(&synth->place, breast, to_camera) : 0;
    const float sun = light->sun_power * (1 - shade), sky = light->sky_power, sum = sun + sky + lamps + 1e-3f;
    return (psb_shine){
        .sun = psb_view_turn(&synth->place.view, light->sun),
        .sun_power = sun,
        .sky_power = sky + lamps * 1.1f,
        .tint = {(light->sun_tint.r * sun + light->sky_tint.r * sky + lamps) / sum,
                 (light->sun_tint.g * sun + light->sky_tint.g * sky + lamps * 0.93f) / sum,
                 (light->sun_tint.b * sun + light->sky_tint.b * sky + lamps * 0.78f) / sum},
        .haze = light->haze,
        .haze_share = light->is_indoors ? 0 : one->depth_m / (one->depth_m + light->haze_m),
    };
}

static void lay_shadows(psb_synth *synth, const placed_person *people, int32_t count)
{
    const psb_daylight *light = &synth->place.light;
    for (int32_t i = 0; i < count; i++) {
        const psb_stance *stance = &people[i].stance;
        const float shade = light->shadow > 0 ? psb_backdrop_shade(&synth->backdrop, stance->x, stance->y) : 1;
        psb_figure_pose(&synth->figure, &synth->crowd.walkers[people[i].walker_i].looks, stance);
        psb_painter_add_shadow(synth->painter, &synth->figure, light->sun, light->shadow * (1 - shade));
    }
    const psb_pixel_area *areas = NULL;
    const int32_t dark_count = psb_painter_lay_shadows(synth->painter, &synth->canvas, &synth->backdrop, &areas);
    for (int32_t i = 0; i < dark_count; i++) touch(synth, areas[i]);
}

static bool is_in_picture(const psb_synth *synth, psb_pixel_area box)
{
    return box.x1 > 0 && box.y1 > 0 && box.x0 < synth->canvas.image.width && box.y0 < synth->canvas.image.height;
}

static void paint(psb_synth *synth, const placed_person *one)
{
    const psb_walker *walker = &synth->crowd.walkers[one->walker_i];
    const psb_shine shine = shine_on(synth, one);
    psb_silhouette silhouette;
    psb_figure_pose(&synth->figure, &walker->looks, &one->stance);
    psb_painter_draw(synth->painter, &synth->figure, &shine, &silhouette);
    if (silhouette.pixels == 0 || !is_in_picture(synth, silhouette.box)) return;
    psb_synth_person *person = &synth->people[synth->people_count++];
    *person = (psb_synth_person){
        .id = walker->id,
        .left = silhouette.box.x0,
        .top = silhouette.box.y0,
        .width = silhouette.box.x1 - silhouette.box.x0,
        .height = silhouette.box.y1 - silhouette.box.y0,
        .pixels = silhouette.pixels,
        .distance_m = one->depth_m,
        .skin_tone = walker->looks.skin_tone,
        .height_m = walker->looks.height_m,
    };
    touch(synth, psb_painter_lay(synth->painter, &synth->canvas, &synth->backdrop, one->depth_m,
                                 (uint8_t)synth->people_count));
}

/* How many of each one's pixels are still his own once everybody is painted. */
static void count_seen(psb_synth *synth)
{
    const psb_image *image = &synth->canvas.image;
    for (int32_t i = 0; i < synth->people_count; i++) {
        psb_synth_person *person = &synth->people[i];
        const int32_t x0 = person->left > 0 ? person->left : 0, y0 = person->top > 0 ? person->top : 0;
        const int32_t right = person->left + person->width, below = person->top + person->height;
        const int32_t x1 = right < image->width ? right : image->width,
                      y1 = below < image->height ? below : image->height;
        for (int32_t y = y0; y < y1; y++) {
            const uint8_t *row = synth->canvas.id + (ptrdiff_t)y * image->width;
            int32_t seen = 0;
            for (int32_t x = x0; x < x1; x++) seen += row[x] == i + 1;
            person->seen += seen;
        }
    }
}

psb_status psb_synth_read(psb_synth *synth, psb_frame **out)
{
    placed_person people[PSB_CROWD_MOST];
    *out = NULL;
    if (synth->frame_i == synth->settings.frame_count) return PSB_END;
    const double time_s = (double)synth->frame_i / synth->settings.fps;
    const psb_frame_stamp stamp = {time_s, psb_clock_now_ns(&synth->clock)};
    const psb_status status = psb_frame_pool_take(out, synth->pool, &synth->canvas.image, stamp);
    if (status) return status;

    const float share = advance(synth, time_s);
    clean(synth);
    synth->people_count = 0;
    const int32_t count = find_people(synth, people, share);
    lay_shadows(synth, people, count);
    for (int32_t i = 0; i < count; i++) paint(synth, &people[i]);
    count_seen(synth);
    const psb_image image = psb_frame_image(*out);
    psb_sensor_expose(&synth->sensor, &image, &synth->canvas.image, synth->frame_i, time_s);
    synth->frame_i++;
    return PSB_OK;
}

const psb_synth_person *psb_synth_truth(const psb_synth *synth, int32_t *count_out)
{
    *count_out = synth->people_count;
    return synth->people;
}

psb_image psb_synth_canvas(const psb_synth *synth, const uint8_t **who_out)
{
    *who_out = synth->canvas.id;
    return synth->canvas.image;
}

psb_synth_settings psb_synth_settings_get(const psb_synth *synth)
{
    return synth->settings;
}
