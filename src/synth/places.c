/* SPDX-License-Identifier: Apache-2.0
 *
 * The four places. Distances in metres from the camera's foot: x to the right, y away. Questions to chance are numbered
 * so that one thing's place never hangs on another's.
 */
#include "synth/place_int.h"

#define FAR 400.0f

static psb_solid *add_block(psb_place *place, psb_surface surface, float x0, float x1, float y, float height)
{
    return psb_place_add(place, PSB_SHAPE_BOX, surface, (psb_vec){(x0 + x1) / 2, y + 4, height / 2},
                         (psb_vec){(x1 - x0) / 2, 4, height / 2});
}

/* A row of houses with fronts at y. */
static void add_houses(psb_place *place, float y, uint32_t question)
{
    float x = -60;
    for (uint32_t i = 0; x < 60; i++) {
        const float width = psb_hash_between(place->key, question + i, 7, 15);
        const psb_surface surface =
            psb_hash_below(place->key, question + 50 + i, 4) ? PSB_SURFACE_FACADE : PSB_SURFACE_BRICK;
        psb_solid *house =
            add_block(place, surface, x, x + width, y + psb_hash_between(place->key, question + 70 + i, 0, 1),
                      psb_hash_between(place->key, question + 100 + i, 6, 16));
        house->color = psb_place_color(place, question + 150 + i);
        house->second = (psb_rgb){0.16f, 0.19f, 0.22f};
        x += width;
    }
}

void psb_place_build_plaza(psb_place *place)
{
    const float y0 = place->walk_y0, y1 = y0 + psb_hash_between(place->key, 300, 22, 30);
    place->walk_y1 = y1;
    const float size = place->is_for_train ? 0.5f : 0.8f;
    psb_place_add_zone(
        place, (psb_zone){-FAR, -FAR, FAR, FAR, PSB_SURFACE_TILES, {0.60f, 0.58f, 0.54f}, {0.46f, 0.45f, 0.42f}, size});
    psb_place_add_zone(
        place,
        (psb_zone){-FAR, y0 + 9, FAR, y0 + 9.5f, PSB_SURFACE_TILES, {0.42f, 0.40f, 0.38f}, {0.3f, 0.3f, 0.3f}, 0.25f});
    psb_place_add_zone(
        place,
        (psb_zone){-FAR, y1 + 3, FAR, FAR, PSB_SURFACE_ASPHALT, {0.33f, 0.33f, 0.34f}, {0.28f, 0.28f, 0.28f}, 1});
    const float bed_x = psb_hash_between(place->key, 301, 5, 9), bed_y = y0 + psb_hash_between(place->key, 302, 11, 16);
    psb_place_add_zone(
        place,
        (psb_zone){
            bed_x, bed_y, bed_x + 6, bed_y + 3, PSB_SURFACE_GRASS, {0.30f, 0.40f, 0.18f}, {0.22f, 0.30f, 0.14f}, 1});
    psb_solid *wall = psb_place_add(place, PSB_SHAPE_BOX, PSB_SURFACE_PLASTER, (psb_vec){bed_x + 3, bed_y + 1.5f, 0.2f},
                                    (psb_vec){3.1f, 1.6f, 0.2f});
    wall->color = (psb_rgb){0.55f, 0.53f, 0.50f};
    wall->is_in_the_way = true;
    psb_place_add_tree(place, bed_x + 2, bed_y + 1.5f, 400);
    psb_place_add_tree(place, bed_x + 4.6f, bed_y + 1.2f, 460);
    add_houses(place, y1 + 9, 500);

    const float kiosk_x = psb_hash_between(place->key, 303, -8, -3),
                kiosk_y = y0 + psb_hash_between(place->key, 304, 7, 12);
    psb_solid *kiosk = psb_place_add(place, PSB_SHAPE_BOX, PSB_SURFACE_POSTER, (psb_vec){kiosk_x, kiosk_y, 1.3f},
                                     (psb_vec){1.3f, 1.0f, 1.3f});
    kiosk->color = psb_place_color(place, 305);
    kiosk->second = psb_place_color(place, 306);
    kiosk->is_in_the_way = true;
    psb_solid *roof = psb_place_add(place, PSB_SHAPE_BOX, PSB_SURFACE_PLAIN, (psb_vec){kiosk_x, kiosk_y, 2.68f},
                                    (psb_vec){1.6f, 1.3f, 0.08f});
    roof->color = (psb_rgb){0.30f, 0.31f, 0.33f};
    psb_solid *column = psb_place_add(
        place, PSB_SHAPE_POST, PSB_SURFACE_POSTER,
        (psb_vec){psb_hash_between(place->key, 307, 0, 4), y0 + psb_hash_between(place->key, 308, 3, 8), 1.4f},
        (psb_vec){0.55f, 0.55f, 1.4f});
    column->color = psb_place_color(place, 309);
    column->second = psb_place_color(place, 310);
    column->is_in_the_way = true;
    psb_place_add_bench(place, psb_hash_between(place->key, 311, -3, 3),
                        y0 + psb_hash_between(place->key, 312, 12, 15));
    psb_place_add_bench(place, psb_hash_between(place->key, 313, -12, -8),
                        y0 + psb_hash_between(place->key, 314, 13, 17));
    psb_place_add_bin(place, psb_hash_between(place->key, 315, -6, 6), y0 + psb_hash_between(place->key, 316, 4, 10));
    for (int32_t i = 0; i < 4; i++)
        psb_place_add_lamp(place, (psb_vec){-14 + 9.5f * (float)i, y0 + (i & 1 ? 17.0f : 6.5f), 4.6f}, 9, 4.6f);
    psb_place_add_side_gates(place, y0 + 2, y1, 8);
    for (int32_t i = 0; i < 3; i++) {
        const float x = -16 + 16 * (float)i;
        psb_place_add_gate(place, (psb_gate){x, y1 + 2.5f, x * 0.9f, y1 - 1});
    }
}

void psb_place_build_street(psb_place *place)
{
    const float y0 = place->walk_y0, curb = y0 + psb_hash_between(place->key, 300, 8, 10);
    const float over = curb + 7;
    place->walk_y1 = curb - 0.4f;
    psb_place_add_zone(place, (psb_zone){-FAR,
                                         -FAR,
                                         FAR,
                                         FAR,
                                         PSB_SURFACE_TILES,
                                         {0.52f, 0.51f, 0.50f},
                                         {0.42f, 0.41f, 0.40f},
                                         place->is_for_train ? 0.6f : 0.4f});
    psb_place_add_zone(
        place, (psb_zone){-FAR, curb, FAR, over, PSB_SURFACE_ASPHALT, {0.27f, 0.27f, 0.28f}, {0.23f, 0.23f, 0.24f}, 1});
    psb_place_add_zone(
        place,
        (psb_zone){-FAR, curb - 0.15f, FAR, curb, PSB_SURFACE_PLAIN, {0.66f, 0.65f, 0.62f}, {0.5f, 0.5f, 0.5f}, 1});
    psb_place_add_zone(
        place,
        (psb_zone){-FAR, over, FAR, over + 0.15f, PSB_SURFACE_PLAIN, {0.66f, 0.65f, 0.62f}, {0.5f, 0.5f, 0.5f}, 1});
    for (int32_t i = 0; i < 14; i++) {
        const float x = -42 + 6 * (float)i;
        psb_place_add_zone(
            place,
            (psb_zone){
                x, curb + 3.4f, x + 3, curb + 3.55f, PSB_SURFACE_PLAIN, {0.80f, 0.80f, 0.77f}, {0.8f, 0.8f, 0.8f}, 1});
    }
    add_houses(place, over + 3.5f, 500);
    for (uint32_t i = 0; i < 5; i++) {
        const float x = -24 + 11 * (float)i + psb_hash_between(place->key, 320 + i, -2, 2);
        if (psb_hash_below(place->key, 330 + i, 4))
            psb_place_add_car(place, x, i & 1 ? over - 1.1f : curb + 1.1f, i & 1 ? PSB_PI : 0, 600 + 20 * i);
    }
    for (uint32_t i = 0; i < 3; i++)
        psb_place_add_tree(place, -13 + 12 * (float)i + psb_hash_between(place->key, 340 + i, -2, 2), curb - 1.0f,
                           400 + 60 * i);
    for (int32_t i = 0; i < 3; i++)
        psb_place_add_lamp(place, (psb_vec){-16 + 15 * (float)i, curb - 0.7f, 5.0f}, 10, 5.0f);
    psb_solid *shelter = psb_place_add(
        place, PSB_SHAPE_BOX, PSB_SURFACE_POSTER,
        (psb_vec){psb_hash_between(place->key, 350, -7, 7), y0 + psb_hash_between(place->key, 351, 3.5f, 5.5f), 1.05f},
        (psb_vec){0.65f, 0.09f, 1.05f});
    shelter->color = psb_place_color(place, 352);
    shelter->second = psb_place_color(place, 353);
    shelter->is_in_the_way = true;
    psb_place_add_bin(place, psb_hash_between(place->key, 354, -8, 8), curb - 1.6f);
    for (int32_t i = 0; i < 8; i++) {
        psb_solid *bollard =
            psb_place_add(place, PSB_SHAPE_POST, PSB_SURFACE_METAL,
                          (psb_vec){-10.5f + 3 * (float)i, curb - 0.4f, 0.45f}, (psb_vec){0.08f, 0.08f, 0.45f});
        bollard->color = (psb_rgb){0.2f, 0.2f, 0.22f};
    }
    psb_place_add_side_gates(place, y0 + 0.5f, place->walk_y1 - 0.5f, 10);
}

void psb_place_build_corridor(psb_place *place)
{
    const float half = psb_hash_between(place->key, 300, 2.6f, 4.0f),
                y1 = place->walk_y0 + psb_hash_between(place->key, 301, 16, 22);
    const psb_rgb wall_color = psb_rgb_mix(psb_place_color(place, 302), (psb_rgb){0.86f, 0.85f, 0.82f}, 0.72f);
    const float high = (place->view.camera_z > 2.8f ? place->view.camera_z + 0.4f : 3.2f) / 2; /* the ceiling's half */
    place->walk_y0 -= 1.5f;
    if (place->walk_y0 < 3.6f) place->walk_y0 = 3.6f;
    place->walk_y1 = y1;
    place->walk_x0 = -half + 0.45f;
    place->walk_x1 = half - 0.45f;
    psb_place_add_zone(place, (psb_zone){-FAR,
                                         -FAR,
                                         FAR,
                                         FAR,
                                         PSB_SURFACE_FLOOR,
                                         {0.58f, 0.57f, 0.55f},
                                         {0.50f, 0.49f, 0.47f},
                                         place->is_for_train ? 0.9f : 0.6f});
    psb_place_add_zone(
        place,
        (psb_zone){-0.35f, -FAR, 0.35f, FAR, PSB_SURFACE_FLOOR, {0.45f, 0.46f, 0.50f}, {0.40f, 0.41f, 0.45f}, 0.6f});
    for (int32_t side = -1; side <= 1; side += 2) {
        float y = -2;
        for (uint32_t i = 0; y < y1 + 6; i++) { /* lengths of wall with openings between */
            const float length = psb_hash_between(place->key, 310 + i + (side > 0) * 40, 4, 7),
                        x = (float)side * (half + 0.15f);
            psb_solid *wall = psb_place_add(place, PSB_SHAPE_BOX, PSB_SURFACE_PLASTER,
                                            (psb_vec){x, y + length / 2, high}, (psb_vec){0.15f, length / 2, high});
            wall->color = wall_color;
            psb_solid *rail = psb_place_add(place, PSB_SHAPE_BOX, PSB_SURFACE_PLAIN,
                                            (psb_vec){x - (float)side * 0.16f, y + length / 2, 0.12f},
                                            (psb_vec){0.02f, length / 2, 0.12f});
            rail->color = psb_rgb_scale(wall_color, 0.55f);
            const float gap = y + length + 0.8f;
            if (gap > place->walk_y0 + 3 && gap < y1 - 1)
                psb_place_add_gate(place,
                                   (psb_gate){(float)side * (half + 1.6f), gap, (float)side * (half - 0.8f), gap});
            y += length + 1.6f;
        }
        psb_solid *beyond =
            psb_place_add(place, PSB_SHAPE_BOX, PSB_SURFACE_PLASTER,
                          (psb_vec){(float)side * (half + 2.6f), y1 / 2, high}, (psb_vec){0.1f, y1 / 2 + 8, high});
        beyond->color = psb_rgb_scale(wall_color, 0.62f);
    }
    psb_solid *end = psb_place_add(place, PSB_SHAPE_BOX, PSB_SURFACE_POSTER, (psb_vec){0, y1 + 4, high},
                                   (psb_vec){half + 3, 0.2f, high});
    end->color = psb_rgb_scale(wall_color, 0.9f);
    end->second = psb_place_color(place, 303);
    psb_solid *ceiling = psb_place_add(place, PSB_SHAPE_BOX, PSB_SURFACE_PLASTER,
                                       (psb_vec){0, y1 / 2, 2 * high + 0.15f}, (psb_vec){half + 3, y1 / 2 + 8, 0.15f});
    ceiling->color = (psb_rgb){0.80f, 0.80f, 0.78f};
    for (int32_t i = 0; i < 5; i++)
        psb_place_add_lamp(place, (psb_vec){0, 4 + 4.5f * (float)i, 2 * high - 0.03f},
                           place->light.is_night ? 1.4f : 0.8f, 0);
    for (uint32_t i = 0; i < 3; i++) {
        psb_solid *pillar =
            psb_place_add(place, PSB_SHAPE_BOX, PSB_SURFACE_PLASTER,
                          (psb_vec){(i & 1 ? 1.0f : -1.0f) * (half - 0.35f), place->walk_y0 + 5 + 5 * (float)i, high},
                          (psb_vec){0.24f, 0.24f, high});
        pillar->color = psb_rgb_scale(wall_color, 0.9f);
        pillar->is_in_the_way = true;
    }
    psb_place_add_bench(place, half - 1.05f, place->walk_y0 + 8);
    psb_place_add_bin(place, -half + 0.4f, place->walk_y0 + 7.5f);
    for (int32_t i = 0; i < 3; i++) {
        const float x = (float)(i - 1) * half * 0.5f;
        psb_place_add_gate(place, (psb_gate){x, place->walk_y0 - 2.2f, x, place->walk_y0 + 0.5f});
    }
}

void psb_place_build_carpark(psb_place *place)
{
    const float y0 = place->walk_y0, row = y0 + psb_hash_between(place->key, 300, 8, 10);
    place->walk_y1 = row + 15;
    psb_place_add_zone(
        place, (psb_zone){-FAR, -FAR, FAR, FAR, PSB_SURFACE_ASPHALT, {0.36f, 0.36f, 0.37f}, {0.30f, 0.30f, 0.31f}, 1});
    for (int32_t i = 0; i < 12; i++) {
        const float x = -19.5f + 2.8f * (float)i;
        psb_place_add_zone(
            place,
            (psb_zone){
                x, row - 2.4f, x + 0.12f, row + 2.4f, PSB_SURFACE_PLAIN, {0.74f, 0.74f, 0.72f}, {0.7f, 0.7f, 0.7f}, 1});
        psb_place_add_zone(place, (psb_zone){x,
                                             row + 8.6f,
                                             x + 0.12f,
                                             row + 13.4f,
                                             PSB_SURFACE_PLAIN,
                                             {0.74f, 0.74f, 0.72f},
                                             {0.7f, 0.7f, 0.7f},
                                             1});
    }
    for (uint32_t i = 0; i < 11; i++) {
        const float x = -18.1f + 2.8f * (float)i,
                    turn = PSB_PI / 2 * (psb_hash_below(place->key, 330 + i, 2) ? 1.0f : -1.0f);
        if (psb_hash_below(place->key, 310 + i, 5) < 2 && place->solid_count < 100)
            psb_place_add_car(place, x, row, turn, 600 + 20 * i);
        if (psb_hash_below(place->key, 350 + i, 5) < 2 && place->solid_count < 100)
            psb_place_add_car(place, x, row + 11, turn, 900 + 20 * i);
    }
    for (int32_t i = 0; i < 4; i++)
        psb_place_add_lamp(place, (psb_vec){-15 + 10 * (float)i, i & 1 ? row + 5.5f : y0 + 4.5f, 5.4f}, 17, 5.4f);
    add_houses(place, row + 19, 500);
    psb_solid *machine = psb_place_add(place, PSB_SHAPE_BOX, PSB_SURFACE_POSTER,
                                       (psb_vec){psb_hash_between(place->key, 301, -5, 5), y0 + 4.5f, 0.85f},
                                       (psb_vec){0.3f, 0.25f, 0.85f});
    machine->color = psb_place_color(place, 302);
    machine->second = psb_place_color(place, 303);
    machine->is_in_the_way = true;
    psb_place_add_side_gates(place, y0 + 1.5f, place->walk_y1, 8);
}
