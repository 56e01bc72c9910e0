/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands still in a scene: solids of three shapes with surfaces, zones of the ground, lamps, the light of the
 * hour, and where people may walk, come from and go to. Built from kind, seed and camera; read by backdrop.c, which
 * paints it, and crowd.c, which walks in it.
 */
#ifndef PSB_SYNTH_PLACE_INT_H
#define PSB_SYNTH_PLACE_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "synth/maths_int.h"
#include "synth/settings.h"
#include "synth/view_int.h"

typedef enum psb_shape {
    PSB_SHAPE_BOX,
    PSB_SHAPE_POST, /* an upright cylinder */
    PSB_SHAPE_BLOB, /* an ellipsoid */
} psb_shape;

typedef enum psb_surface {
    PSB_SURFACE_PLAIN,
    PSB_SURFACE_PLASTER,
    PSB_SURFACE_BRICK,
    PSB_SURFACE_FACADE, /* walls with windows */
    PSB_SURFACE_LEAVES, /* with a ragged edge */
    PSB_SURFACE_WOOD,
    PSB_SURFACE_METAL,
    PSB_SURFACE_GLASS,  /* dark, with a bright reflection above */
    PSB_SURFACE_POSTER, /* bright rectangles of colour */
    PSB_SURFACE_LAMP,   /* shines */
    PSB_SURFACE_TILES,  /* of the ground: slabs with joints */
    PSB_SURFACE_ASPHALT,
    PSB_SURFACE_GRASS,
    PSB_SURFACE_FLOOR, /* polished, large tiles */
} psb_surface;

typedef struct psb_solid {
    psb_shape shape;
    psb_surface surface;
    psb_vec center, half; /* metres; a post's half.x is its radius */
    float turn_cos, turn_sin;
    psb_rgb color, second;
    uint32_t grain;
    bool is_in_the_way; /* people walk around it */
} psb_solid;

typedef struct psb_zone { /* a rectangle of ground; later ones lie on earlier ones */
    float x0, y0, x1, y1;
    psb_surface surface;
    psb_rgb color, second;
    float size; /* of its pattern, metres */
} psb_zone;

typedef struct psb_lamp {
    psb_vec at;
    float power;
} psb_lamp;

typedef struct psb_gate { /* where people come from and go to */
    float x, y;
    float in_x, in_y; /* the first point inside */
} psb_gate;

typedef struct psb_daylight {
    psb_vec sun; /* unit, towards it */
    float sun_power, sky_power;
    psb_rgb sun_tint, sky_tint, haze;
    float haze_m;    /* depth at which half of a thing is haze */
    float shadow;    /* 0..1: how dark cast shadows are */
    float own_noise; /* standard deviation in grey levels */
    float swing;     /* 0..1: how far the level moves with time */
    bool is_night, is_indoors;
} psb_daylight;

enum {
    PSB_PLACE_SOLIDS = 160,
    PSB_PLACE_ZONES = 64,
    PSB_PLACE_LAMPS = 12,
    PSB_PLACE_GATES = 24,
};

typedef struct psb_place {
    uint64_t key;      /* of all that is drawn by chance */
    bool is_for_train; /* which of the two stocks */
    psb_view view;
    psb_daylight light;
    psb_solid solids[PSB_PLACE_SOLIDS];
    psb_zone zones[PSB_PLACE_ZONES];
    psb_lamp lamps[PSB_PLACE_LAMPS];
    psb_gate gates[PSB_PLACE_GATES];
    int32_t solid_count, zone_count, lamp_count, gate_count;
    float walk_x0, walk_y0, walk_x1, walk_y1; /* where people may be */
} psb_place;

void psb_place_build(psb_place *out, const psb_synth_settings *settings);

/* How bright it is at a point of the place from lamps alone; 0 without any. */
float psb_place_lamplight(const psb_place *place, psb_vec at, psb_vec normal);

/* ---- what the places are built of: place.c ---- */

uint64_t psb_place_chance(psb_place *place, uint32_t question);
/* A colour of this place's stock. */
psb_rgb psb_place_color(const psb_place *place, uint32_t question);
psb_solid *psb_place_add(psb_place *place, psb_shape shape, psb_surface surface, psb_vec center, psb_vec half);
void psb_place_add_zone(psb_place *place, psb_zone zone);
void psb_place_add_gate(psb_place *place, psb_gate gate);
void psb_place_add_lamp(psb_place *place, psb_vec at, float power, float post_top);
void psb_place_add_tree(psb_place *place, float x, float y, uint32_t question);
void psb_place_add_car(psb_place *place, float x, float y, float turn, uint32_t question);
void psb_place_add_bench(psb_place *place, float x, float y);
void psb_place_add_bin(psb_place *place, float x, float y);
/* Gates at both sides of the picture, just outside of it, from y0 to y1. */
void psb_place_add_side_gates(psb_place *place, float y0, float y1, int32_t count);

/* ---- the places: places.c ---- */

void psb_place_build_plaza(psb_place *place);
void psb_place_build_street(psb_place *place);
void psb_place_build_corridor(psb_place *place);
void psb_place_build_carpark(psb_place *place);

#endif
