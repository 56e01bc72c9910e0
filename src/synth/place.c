/* SPDX-License-Identifier: Apache-2.0
 *
 * The camera, the light of the hour, and the things that places are made of. Colours come from two stocks that share
 * nothing: one for seeds to train with, one for all others (settings.h).
 */
#include "synth/place_int.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { STOCK_COLORS = 10 };

/* Walls, kiosks, cars: [0] for tests, counting and audits, [1] for training. */
static const uint32_t stock[2][STOCK_COLORS] = {
    {0xb9a88e, 0x8f8578, 0xc9c2b4, 0x7a4a3a, 0x6e7b86, 0xd6cdb9, 0x59626b, 0xa3a7a5, 0x8a2f2b, 0x2f4a68},
    {0xa69c84, 0xcfc3a5, 0x857a70, 0x925c45, 0x7f8c8d, 0xb7b2ad, 0x4b5158, 0xdedad2, 0x34583f, 0x9c7b2e},
};

typedef struct usual_camera { /* a scene's own camera */
    float height_m, tilt_deg, fov_deg;
} usual_camera;

static const usual_camera usuals[] = {
    [PSB_SCENE_PLAZA] = {5.5f, 17, 58},
    [PSB_SCENE_STREET] = {4.8f, 14, 62},
    [PSB_SCENE_CORRIDOR] = {3.0f, 16, 74},
    [PSB_SCENE_CARPARK] = {5.0f, 18, 64},
};

static const psb_scene_light own_light[] = {
    [PSB_SCENE_PLAZA] = PSB_LIGHT_DAY,
    [PSB_SCENE_STREET] = PSB_LIGHT_OVERCAST,
    [PSB_SCENE_CORRIDOR] = PSB_LIGHT_OVERCAST,
    [PSB_SCENE_CARPARK] = PSB_LIGHT_NIGHT,
};

uint64_t psb_place_chance(psb_place *place, uint32_t question)
{
    return psb_hash(place->key, question);
}

psb_rgb psb_place_color(const psb_place *place, uint32_t question)
{
    const psb_rgb color = psb_rgb_of(stock[place->is_for_train][psb_hash_below(place->key, question, STOCK_COLORS)]);
    return psb_rgb_scale(color, psb_hash_between(place->key, question + 7919, 0.85f, 1.05f));
}

psb_solid *psb_place_add(psb_place *place, psb_shape shape, psb_surface surface, psb_vec center, psb_vec half)
{
    assert(place->solid_count < PSB_PLACE_SOLIDS);
    psb_solid *solid = &place->solids[place->solid_count++];
    *solid = (psb_solid){
        .shape = shape,
        .surface = surface,
        .center = center,
        .half = half,
        .turn_cos = 1,
        .color = {0.5f, 0.5f, 0.5f},
        .second = {0.3f, 0.3f, 0.3f},
        .grain = (uint32_t)psb_hash(place->key, 4000 + (uint64_t)place->solid_count),
    };
    return solid;
}

void psb_place_add_zone(psb_place *place, psb_zone zone)
{
    assert(place->zone_count < PSB_PLACE_ZONES);
    place->zones[place->zone_count++] = zone;
}

void psb_place_add_gate(psb_place *place, psb_gate gate)
{
    assert(place->gate_count < PSB_PLACE_GATES);
    place->gates[place->gate_count++] = gate;
}

void psb_place_add_lamp(psb_place *place, psb_vec at, float power, float post_top)
{
    assert(place->lamp_count < PSB_PLACE_LAMPS);
    place->lamps[place->lamp_count++] = (psb_lamp){at, power};
    psb_solid *bulb = psb_place_add(place, PSB_SHAPE_BOX, PSB_SURFACE_LAMP, at, (psb_vec){0.28f, 0.12f, 0.05f});
    bulb->color = (psb_rgb){1, 0.95f, 0.82f};
    if (post_top <= 0) return;
    psb_solid *post = psb_place_add(place, PSB_SHAPE_POST, PSB_SURFACE_METAL,
                                    (psb_vec){at.x, at.y + 0.2f, post_top / 2}, (psb_vec){0.06f, 0.06f, post_top / 2});
    post->color = (psb_rgb){0.25f, 0.27f, 0.28f};
    post->is_in_the_way = true;
}

void psb_place_add_tree(psb_place *place, float x, float y, uint32_t question)
{
    const float top = psb_hash_between(place->key, question, 4.2f, 6.5f);
    psb_solid *trunk = psb_place_add(place, PSB_SHAPE_POST, PSB_SURFACE_WOOD, (psb_vec){x, y, top / 4},
                                     (psb_vec){0.16f, 0.16f, top / 4});
    trunk->color = (psb_rgb){0.30f, 0.24f, 0.18f};
    trunk->second = (psb_rgb){0.20f, 0.16f, 0.12f};
    trunk->is_in_the_way = true;
    for (uint32_t i = 0; i < 5; i++) {
        const float size = psb_hash_between(place->key, question + 10 + i, 0.7f, 1.3f);
        psb_solid *crown = psb_place_add(place, PSB_SHAPE_BLOB, PSB_SURFACE_LEAVES,
                                         (psb_vec){x + psb_hash_between(place->key, question + 20 + i, -0.9f, 0.9f),
                                                   y + psb_hash_between(place->key, question + 30 + i, -0.7f, 0.7f),
                                                   top * psb_hash_between(place->key, question + 40 + i, 0.6f, 0.95f)},
                                         (psb_vec){size, size, size * 0.8f});
        crown->color = place->is_for_train ? (psb_rgb){0.33f, 0.40f, 0.18f} : (psb_rgb){0.22f, 0.36f, 0.17f};
        crown->second = psb_rgb_scale(crown->color, 0.45f);
    }
}

/* A body, a cabin of glass with a roof, four wheels. */
void psb_place_add_car(psb_place *place, float x, float y, float turn, uint32_t question)
{
    const float c = psb_cosf(turn), s = psb_sinf(turn);
    const psb_rgb paint = psb_rgb_mix(psb_place_color(place, question), (psb_rgb){0.6f, 0.6f, 0.62f},
                                      psb_hash_unit(place->key, question + 1) * 0.7f);
    const float tall = psb_hash_between(place->key, question + 2, 0.92f, 1.15f);
    struct part {
        float along, z, hx, hy, hz;
        psb_surface surface;
    } const parts[] = {
        {0, 0.56f, 2.1f, 0.86f, 0.26f, PSB_SURFACE_METAL},
        {-0.15f, 1.02f, 1.15f, 0.76f, 0.24f, PSB_SURFACE_GLASS},
        {-0.2f, 1.30f, 0.95f, 0.72f, 0.05f, PSB_SURFACE_METAL},
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        psb_solid *part = psb_place_add(place, PSB_SHAPE_BOX, parts[i].surface,
                                        (psb_vec){x + parts[i].along * c, y + parts[i].along * s, parts[i].z * tall},
                                        (psb_vec){parts[i].hx, parts[i].hy, parts[i].hz * tall});
        part->turn_cos = c;
        part->turn_sin = s;
        part->color = parts[i].surface == PSB_SURFACE_GLASS ? (psb_rgb){0.12f, 0.14f, 0.16f} : paint;
        part->second = (psb_rgb){0.55f, 0.60f, 0.65f};
        part->is_in_the_way = i == 0;
    }
    for (int32_t i = 0; i < 4; i++) {
        const float along = i & 1 ? 1.3f : -1.3f, across = i & 2 ? 0.80f : -0.80f;
        psb_solid *wheel = psb_place_add(place, PSB_SHAPE_BLOB, PSB_SURFACE_PLAIN,
                                         (psb_vec){x + along * c - across * s, y + along * s + across * c, 0.32f},
                                         (psb_vec){0.32f, 0.14f, 0.32f});
        wheel->turn_cos = c;
        wheel->turn_sin = s;
        wheel->color = (psb_rgb){0.06f, 0.06f, 0.065f};
    }
}

void psb_place_add_bench(psb_place *place, float x, float y)
{
    const psb_rgb wood = {0.42f, 0.30f, 0.20f};
    psb_solid *seat =
        psb_place_add(place, PSB_SHAPE_BOX, PSB_SURFACE_WOOD, (psb_vec){x, y, 0.44f}, (psb_vec){0.9f, 0.22f, 0.03f});
    seat->is_in_the_way = true;
    seat->color = wood;
    psb_solid *back = psb_place_add(place, PSB_SHAPE_BOX, PSB_SURFACE_WOOD, (psb_vec){x, y + 0.22f, 0.72f},
                                    (psb_vec){0.9f, 0.03f, 0.14f});
    back->color = wood;
    for (int32_t i = -1; i <= 1; i += 2)
        psb_place_add(place, PSB_SHAPE_BOX, PSB_SURFACE_METAL, (psb_vec){x + 0.7f * (float)i, y, 0.22f},
                      (psb_vec){0.03f, 0.2f, 0.22f});
}

void psb_place_add_bin(psb_place *place, float x, float y)
{
    psb_solid *bin =
        psb_place_add(place, PSB_SHAPE_POST, PSB_SURFACE_METAL, (psb_vec){x, y, 0.48f}, (psb_vec){0.24f, 0.24f, 0.48f});
    bin->color = place->is_for_train ? (psb_rgb){0.45f, 0.28f, 0.12f} : (psb_rgb){0.16f, 0.30f, 0.24f};
    bin->is_in_the_way = true;
}

void psb_place_add_side_gates(psb_place *place, float y0, float y1, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        const float y = psb_mixf(y0, y1, ((float)i + 0.5f) / (float)count);
        const float half = (y + 1) * (float)place->view.width / (2 * place->view.focal_px);
        const float side = i & 1 ? 1.0f : -1.0f;
        psb_place_add_gate(place, (psb_gate){side * (half + 1.5f), y, side * half * 0.9f, y});
    }
}

float psb_place_lamplight(const psb_place *place, psb_vec at, psb_vec normal)
{
    float sum = 0;
    for (int32_t i = 0; i < place->lamp_count; i++) {
        const psb_vec to = psb_vec_sub(place->lamps[i].at, at);
        const float square = psb_vec_dot(to, to) + 0.5f;
        const float facing = psb_vec_dot(to, normal) / sqrtf(square);
        sum += place->lamps[i].power * (0.25f + 0.75f * (facing > 0 ? facing : 0)) / square;
    }
    return sum;
}

/* ---- light ---- */

static void set_light(psb_place *place, const psb_synth_settings *settings)
{
    psb_daylight *light = &place->light;
    const bool is_indoors = settings->kind == PSB_SCENE_CORRIDOR;
    psb_scene_light kind = settings->light == PSB_LIGHT_OWN ? own_light[settings->kind] : settings->light;
    const float around = psb_hash_between(place->key, 101, 0, 2 * PSB_PI);
    float elevation = psb_hash_between(place->key, 102, 0.6f, 1.1f);
    if (kind == PSB_LIGHT_DUSK) elevation = psb_hash_between(place->key, 102, 0.22f, 0.35f);
    light->sun =
        (psb_vec){psb_cosf(around) * psb_cosf(elevation), psb_sinf(around) * psb_cosf(elevation), psb_sinf(elevation)};
    light->haze_m = psb_hash_between(place->key, 103, 160, 420) * (1 - 0.6f * settings->rain);
    light->haze = (psb_rgb){0.74f, 0.78f, 0.82f};
    light->sun_tint = (psb_rgb){1.05f, 1.0f, 0.92f};
    light->sky_tint = (psb_rgb){0.94f, 0.99f, 1.06f};
    light->sun_power = 0.78f;
    light->sky_power = 0.62f;
    light->shadow = 0.52f;
    light->own_noise = 1.8f;
    light->is_indoors = is_indoors;
    if (kind == PSB_LIGHT_CHANGING) light->swing = 1;
    if (kind == PSB_LIGHT_OVERCAST || is_indoors) {
        light->sun_power = 0.22f;
        light->sky_power = 0.86f;
        light->shadow = 0;
        light->sun = psb_vec_unit((psb_vec){light->sun.x * 0.4f, -0.45f, 1});
        light->own_noise = 2.4f;
    }
    if (kind == PSB_LIGHT_DUSK && !is_indoors) {
        light->sun_power = 0.55f;
        light->sky_power = 0.48f;
        light->sun_tint = (psb_rgb){1.25f, 0.95f, 0.66f};
        light->sky_tint = (psb_rgb){0.92f, 0.96f, 1.12f};
        light->haze = (psb_rgb){0.62f, 0.52f, 0.46f};
        light->own_noise = 3.2f;
    }
    if (kind == PSB_LIGHT_NIGHT) {
        light->is_night = true;
        light->sun = psb_vec_unit((psb_vec){light->sun.x * 0.3f, -0.4f, 1});
        light->sun_power = 0.05f;
        light->sky_power = is_indoors ? 0.20f : 0.19f;
        light->shadow = 0;
        light->sky_tint = (psb_rgb){0.95f, 0.98f, 1.05f};
        light->haze = (psb_rgb){0.10f, 0.10f, 0.11f};
        light->own_noise = 4.5f;
    }
    light->shadow *= 1 - 0.8f * settings->rain;
    light->sky_power += 0.25f * settings->rain * light->sun_power; /* clouds scatter what they take */
    light->sun_power *= 1 - 0.5f * settings->rain;
}

static void set_view(psb_place *place, const psb_synth_settings *settings)
{
    const usual_camera *usual = &usuals[settings->kind];
    const float height = settings->camera_height_m, tilt = settings->tilt_deg, fov = settings->fov_deg;
    psb_view *view = &place->view;
    const float height_m = isnan(height) ? usual->height_m * psb_hash_between(place->key, 104, 0.85f, 1.2f) : height;
    const float tilt_deg = isnan(tilt) ? usual->tilt_deg + psb_hash_between(place->key, 105, -3, 4) : tilt;
    const float half = (isnan(fov) ? usual->fov_deg + psb_hash_between(place->key, 106, -8, 8) : fov) / 2;
    view->width = settings->width;
    view->height = settings->height;
    view->center_x = (float)settings->width / 2;
    view->center_y = (float)settings->height / 2;
    view->focal_px = view->center_x * psb_cosf(half * PSB_PI / 180) / psb_sinf(half * PSB_PI / 180);
    view->camera_z = height_m;
    view->cos_t = psb_cosf(tilt_deg * PSB_PI / 180);
    view->sin_t = psb_sinf(tilt_deg * PSB_PI / 180);
}

/* People may come so near that their feet leave the picture, but not under the camera: 4 m of depth. */
static void set_walk(psb_place *place)
{
    const float bottom = psb_view_ground_y(&place->view, (float)place->view.height);
    place->walk_y0 = psb_clampf(bottom - 0.5f, 4.2f, 60);
    place->walk_y1 = place->walk_y0 + 26;
    place->walk_x0 = -40;
    place->walk_x1 = 40;
}

void psb_place_build(psb_place *out, const psb_synth_settings *settings)
{
    static void (*const build[])(psb_place *) = {
        [PSB_SCENE_PLAZA] = psb_place_build_plaza,
        [PSB_SCENE_STREET] = psb_place_build_street,
        [PSB_SCENE_CORRIDOR] = psb_place_build_corridor,
        [PSB_SCENE_CARPARK] = psb_place_build_carpark,
    };
    memset(out, 0, sizeof(*out));
    out->key = psb_hash(psb_hash(0x706c616365, settings->seed), (uint64_t)settings->kind);
    out->is_for_train = settings->seed >= PSB_SYNTH_TRAIN_SEED;
    set_view(out, settings);
    set_light(out, settings);
    set_walk(out);
    build[settings->kind](out);
}
