/* SPDX-License-Identifier: Apache-2.0
 *
 * From a clean canvas to what a camera would give: the level of the moment, noise, rain. The one pass over every pixel
 * of every frame, hence plain integer loops.
 */
#ifndef PSB_SYNTH_SENSOR_INT_H
#define PSB_SYNTH_SENSOR_INT_H

#include <stdint.h>

#include <passerby/frame.h>

#include "synth/place_int.h"

enum { PSB_SENSOR_TILE = 1 << 16, PSB_SENSOR_SLACK = 4096 };

typedef struct psb_sensor { /* init/fini */
    uint64_t key;
    int16_t *luma_noise, *chroma_noise; /* PSB_SENSOR_TILE + PSB_SENSOR_SLACK of each */
    float swing, rain;
    bool is_indoors, has_noise;
} psb_sensor;

/* noise: standard deviation in grey levels. Errors: PSB_NO_MEMORY. */
psb_status psb_sensor_init(psb_sensor *out, const psb_place *place, float noise, float rain);
void psb_sensor_fini(psb_sensor *sensor);

/* `to` gets what the sensor makes of `from` in frame frame_i, at time_s. Both yuv420p of one size. */
void psb_sensor_expose(const psb_sensor *sensor, const psb_image *to, const psb_image *from, int64_t frame_i,
                       double time_s);

/* The level of the moment, 1 = as the canvas has it. */
float psb_sensor_level(const psb_sensor *sensor, double time_s);

#endif
