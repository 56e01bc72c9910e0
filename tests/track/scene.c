/* SPDX-License-Identifier: Apache-2.0
 *
 * Walkers on straight ways. Edges jitter evenly, within the square root of three deviations, so that nothing depends
 * on a tail.
 */
#include "scene.h"

#include <stdlib.h>

void scene_init(walkers *scene, uint64_t seed)
{
    scene->people = 0;
    scene->jitter = 0;
    psb_rng_init(&scene->rng, seed);
}

void scene_add(walkers *scene, double x_px, double y_px, double height_px, double speed_x_px_s)
{
    if (scene->people == SCENE_MAX_PEOPLE) abort();
    const int32_t i = scene->people++;
    scene->x_px[i] = x_px;
    scene->y_px[i] = y_px;
    scene->height_px[i] = height_px;
    scene->speed_x_px_s[i] = speed_x_px_s;
    scene->speed_y_px_s[i] = 0;
}

static double shake(walkers *scene, double height_px)
{
    return scene->jitter > 0 ? (2 * psb_rng_unit(&scene->rng) - 1) * 1.7320508 * scene->jitter * height_px : 0;
}

void scene_look(walkers *scene, psb_boxes *boxes, double time_s)
{
    boxes->count = 0;
    for (int32_t i = 0; i < scene->people; i++) {
        const double height = scene->height_px[i], half_width = 0.2 * height;
        const double x = scene->x_px[i] + scene->speed_x_px_s[i] * time_s;
        const double y = scene->y_px[i] + scene->speed_y_px_s[i] * time_s;
        const psb_box box = {
            (float)(x - half_width + shake(scene, height)), (float)(y - height / 2 + shake(scene, height)),
            (float)(x + half_width + shake(scene, height)), (float)(y + height / 2 + shake(scene, height))};
        if (psb_boxes_append(boxes, box, 0.9F)) abort();
    }
}

int32_t scene_track_of(const psb_tracks *tracks, int32_t row_i)
{
    for (int32_t i = 0; i < tracks->count; i++)
        if (tracks->detection_i[i] == row_i) return i;
    return -1;
}
