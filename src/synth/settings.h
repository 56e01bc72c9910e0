/* SPDX-License-Identifier: Apache-2.0
 *
 * What a scene is asked to be: synth://plaza?people=12&seed=1 or the same keys in a YAML file. One table says names,
 * ranges and defaults for both; docs/scenes.md explains them.
 */
#ifndef PSB_SYNTH_SETTINGS_H
#define PSB_SYNTH_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/status.h>

typedef enum psb_scene_kind { /* in the order of names in settings.c */
                              PSB_SCENE_PLAZA,
                              PSB_SCENE_STREET,
                              PSB_SCENE_CORRIDOR,
                              PSB_SCENE_CARPARK,
} psb_scene_kind;

typedef enum psb_scene_light {                     /* in the order of names in settings.c */
                               PSB_LIGHT_OWN,      /* as the scene has it by itself */
                               PSB_LIGHT_DAY,      /* sun, hard shadows */
                               PSB_LIGHT_OVERCAST, /* no sun, soft shadows */
                               PSB_LIGHT_DUSK,     /* low warm sun */
                               PSB_LIGHT_NIGHT,    /* lamps */
                               PSB_LIGHT_CHANGING, /* a day with clouds; indoors lamps that fail */
} psb_scene_light;

/* Seeds from here on draw places and figures from other stocks (colours, patterns, proportions, layouts) than those
 * below: what is learnt from must not be what is counted on. Training takes seeds from here on; tests, demonstrations,
 * counting and audits take those below. */
enum { PSB_SYNTH_TRAIN_SEED = 100000 };

/* All fields are filled by psb_synth_settings_init; a NaN asks for the scene's own, drawn about
 * its usual by the seed. */
typedef struct psb_synth_settings {
    psb_scene_kind kind;
    psb_scene_light light;
    int32_t people; /* in the scene at a time, 0..100 */
    uint32_t seed;
    double fps;            /* 1..120 */
    int32_t width, height; /* even, 160x96..3840x2160 */
    int64_t frame_count;   /* from `duration` or `frames` */
    float rain;            /* 0..1 */
    float noise;           /* standard deviation in grey levels, 0..30; NaN = the light's */
    float camera_height_m; /* 2..15 */
    float tilt_deg;        /* of the camera below the horizon, 0..60 */
    float fov_deg;         /* from left to right, 25..100 */
} psb_synth_settings;

/* The defaults: a plaza of 12 people, seed 1, 25 frames/s, 1280x720, 20 s. */
void psb_synth_settings_init(psb_synth_settings *out);

/* Does the text begin with synth:// ? */
bool psb_synth_is_url(const char *text);

/* Errors: PSB_BAD_INPUT, one sentence: "synth://plaza?people=x: people: found "x", expected ...". */
psb_status psb_synth_settings_from_url(psb_synth_settings *out, const char *url);

/* A YAML file: `scene: plaza` and the same keys. Errors: those of config.h. */
psb_status psb_synth_settings_open(psb_synth_settings *out, const char *path);

/* "plaza" */
const char *psb_scene_name(psb_scene_kind kind);

#endif
