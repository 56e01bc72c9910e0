/* SPDX-License-Identifier: Apache-2.0
 *
 * A person: what never changes (looks.c), how the body stands at a moment (pose.c), and the parts that come of both,
 * in metres, for paint.c.
 */
#ifndef PSB_SYNTH_FIGURE_INT_H
#define PSB_SYNTH_FIGURE_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "synth/maths_int.h"

typedef enum psb_cloth_pattern {
    PSB_CLOTH_PLAIN,
    PSB_CLOTH_STRIPES, /* across */
    PSB_CLOTH_CHECKS,
    PSB_CLOTH_OPEN,   /* second colour down the front */
    PSB_CLOTH_BLOCKS, /* second colour on the upper part */
    PSB_CLOTH_BANDS,  /* bright reflecting bands */
    PSB_CLOTH_COUNT,
} psb_cloth_pattern;

typedef struct psb_cloth {
    psb_rgb color, second;
    psb_cloth_pattern pattern;
    float period_m; /* of the pattern */
    float folds;    /* 0 smooth .. 1 crumpled */
    uint32_t grain;
} psb_cloth;

typedef enum psb_hair {
    PSB_HAIR_SHORT,
    PSB_HAIR_LONG,
    PSB_HAIR_BALD,
    PSB_HAIR_CAP,
    PSB_HAIR_SCARF,
    PSB_HAIR_COUNT
} psb_hair;
typedef enum psb_top { PSB_TOP_SHORT_SLEEVES, PSB_TOP_LONG_SLEEVES, PSB_TOP_COAT, PSB_TOP_COUNT } psb_top;
typedef enum psb_legs {
    PSB_LEGS_TROUSERS,
    PSB_LEGS_SHORTS,
    PSB_LEGS_SKIRT,
    PSB_LEGS_LONG_SKIRT,
    PSB_LEGS_COUNT
} psb_legs;
typedef enum psb_bag { PSB_BAG_NONE, PSB_BAG_BACKPACK, PSB_BAG_SHOULDER, PSB_BAG_HAND, PSB_BAG_COUNT } psb_bag;

typedef struct psb_looks { /* of one identity, all its life */
    float height_m, build; /* build: 1 = as in the tables of proportions */
    float head;            /* size of the head, 1 = an adult's */
    float speed_mps;       /* that it likes to walk at */
    float swing;           /* of the arms, 0..1 */
    float stoop;           /* forward lean, radians */
    int32_t skin_tone;     /* Monk's scale, 0..9 */
    psb_rgb skin, hair_color, shoes, bag_color;
    psb_hair hair;
    psb_top top;
    psb_legs legs;
    psb_bag bag;
    psb_cloth upper, lower;
    bool is_child;
} psb_looks;

void psb_looks_draw(psb_looks *out, uint64_t key, bool is_for_train);

typedef enum psb_doing { PSB_DOING_NOTHING, PSB_DOING_TALK, PSB_DOING_PHONE } psb_doing;

typedef struct psb_stance { /* where and how somebody is at one moment */
    float x, y;             /* metres */
    float ahead_x, ahead_y; /* unit, where the body faces */
    float phase;            /* of the gait, in cycles */
    float speed_mps;
    psb_doing doing;
    float time_s;
} psb_stance;

/* Metres that a whole cycle (two steps) covers at a speed; the feet stand still on the ground because of it. */
float psb_stride_m(const psb_looks *looks, float speed_mps);

enum { PSB_PART_STATIONS = 9, PSB_FIGURE_PARTS = 48 };

typedef enum psb_part_shape {
    PSB_PART_LIMB,  /* a ball rolled along a line while its radius changes */
    PSB_PART_LATHE, /* a stack of widths: torso, coat, skirt */
} psb_part_shape;

typedef struct psb_part {
    psb_part_shape shape;
    int32_t count;                   /* of stations; a limb has two */
    psb_vec at[PSB_PART_STATIONS];   /* metres; a lathe's from above to below */
    float half_m[PSB_PART_STATIONS]; /* radius, or half width as the camera sees it */
    psb_cloth cloth;
    float facing;   /* radians from the camera's direction to the body's front, for patterns that go round */
    float nearer_m; /* added when parts are sorted */
    float dim;      /* 0..1: in the shade of the own body */
} psb_part;

typedef struct psb_figure {
    int32_t count;
    psb_part parts[PSB_FIGURE_PARTS];
    psb_vec foot[2]; /* the balls of the feet, for tests and contact shadows */
} psb_figure;

void psb_figure_pose(psb_figure *out, const psb_looks *looks, const psb_stance *stance);

#endif
