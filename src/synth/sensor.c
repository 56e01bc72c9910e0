/* SPDX-License-Identifier: Apache-2.0
 *
 * Noise comes from one long strip of normal numbers made once; every row of every frame reads it from a place of its
 * own, so that a frame costs a hash a row and not a number a pixel. The strip is a little smoothed along the row, as
 * cameras' own noise is. Sums in 16 bits, clipped to 8: the same on every machine.
 */
#include "synth/sensor_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { UNIT = 128, MOST_STREAKS = 900 };

/* Sum of four bytes of a hash: near enough to a normal number (Irwin-Hall), of standard deviation 147.8. */
static float normal(uint64_t key, uint64_t question)
{
    const uint64_t h = psb_hash(key, question);
    const int32_t sum =
        (int32_t)(h & 255) + (int32_t)(h >> 8 & 255) + (int32_t)(h >> 16 & 255) + (int32_t)(h >> 24 & 255);
    return (float)(sum - 510) / 147.8f;
}

static void fill(int16_t *strip, uint64_t key, float deviation)
{
    float before = 0;
    for (int32_t i = 0; i < PSB_SENSOR_TILE + PSB_SENSOR_SLACK; i++) {
        const float own = normal(key, (uint64_t)(i & (PSB_SENSOR_TILE - 1)));
        const float value = (own + 0.35f * before) * 0.944f * deviation; /* 1 / sqrt(1 + 0.35^2) */
        strip[i] = (int16_t)psb_floori(value + 0.5f);
        before = own;
    }
}

psb_status psb_sensor_init(psb_sensor *out, const psb_place *place, float noise, float rain)
{
    const size_t count = PSB_SENSOR_TILE + PSB_SENSOR_SLACK;
    *out = (psb_sensor){
        .key = psb_hash(place->key, 0x6e6f697365),
        .swing = place->light.swing,
        .rain = rain,
        .is_indoors = place->light.is_indoors,
        .has_noise = noise > 0,
    };
    out->luma_noise = malloc(2 * count * sizeof(*out->luma_noise));
    if (!out->luma_noise) return psb_fail_memory("noise", 2 * count * sizeof(*out->luma_noise));
    out->chroma_noise = out->luma_noise + count;
    fill(out->luma_noise, psb_hash(out->key, 1), noise);
    fill(out->chroma_noise, psb_hash(out->key, 2), noise * 0.4f);
    return PSB_OK;
}

void psb_sensor_fini(psb_sensor *sensor)
{
    free(sensor->luma_noise);
    *sensor = (psb_sensor){0};
}

/* Clouds outside: slow waves of three lengths. Indoors lamps: steps, and a flicker now and then. */
float psb_sensor_level(const psb_sensor *sensor, double time_s)
{
    const float t = (float)time_s;
    if (sensor->swing <= 0) return 1;
    if (sensor->is_indoors) {
        const int32_t step = psb_floori(t / 6), beat = psb_floori(t * 10);
        const float own = psb_cell_unit((uint32_t)sensor->key, step, 0);
        const bool flickers = own < 0.3f && psb_cell_unit((uint32_t)sensor->key, beat, 1) < 0.3f;
        return 1 - sensor->swing * (0.45f * own * own + (flickers ? 0.25f : 0));
    }
    const float first = psb_hash_unit(sensor->key, 3) * 6;
    const float wave = psb_sinf(t * 0.55f + first) + 0.6f * psb_sinf(t * 1.27f + 2 * first) + 0.3f * psb_sinf(t * 2.9f);
    return 1 - sensor->swing * 0.22f * (1 + wave);
}

/* out = (in - zero) * level / UNIT + zero + noise; zero is black or grey */
static void expose_row(uint8_t *to, const uint8_t *from, const int16_t *noise, int32_t count, int16_t level,
                       int16_t zero)
{
    for (int32_t i = 0; i < count; i++) {
        const int16_t lit = (int16_t)((int16_t)((int16_t)((int16_t)from[i] - zero) * level) >> 7);
        int16_t value = (int16_t)(lit + zero + noise[i]);
        value = value < 0 ? 0 : value;
        value = value > 255 ? 255 : value;
        to[i] = (uint8_t)value;
    }
}

static void expose_plane(const psb_sensor *sensor, const psb_image *to, const psb_image *from, int32_t plane_i,
                         uint64_t frame_key, int16_t level)
{
    const int32_t width = plane_i ? from->width / 2 : from->width, height = plane_i ? from->height / 2 : from->height;
    const int16_t *strip = plane_i ? sensor->chroma_noise : sensor->luma_noise;
    for (int32_t y = 0; y < height; y++) {
        const uint64_t place = psb_hash(frame_key, (uint64_t)(plane_i * 65536 + y)) & (PSB_SENSOR_TILE - 1);
        uint8_t *row = to->plane[plane_i] + y * to->stride_bytes[plane_i];
        const uint8_t *source = from->plane[plane_i] + y * from->stride_bytes[plane_i];
        if (!sensor->has_noise && level == UNIT)
            memcpy(row, source, (size_t)width);
        else
            expose_row(row, source, strip + place, width, level, plane_i ? 128 : 16);
    }
}

/* Streaks fall straight but for a slant of the hour; a near one is long and wide. */
static void add_rain(const psb_sensor *sensor, const psb_image *to, uint64_t frame_key)
{
    const int32_t count = (int32_t)(sensor->rain * MOST_STREAKS);
    const float slant = psb_hash_between(sensor->key, 9, -0.18f, 0.18f), scale = (float)to->height / 720;
    for (int32_t i = 0; i < count; i++) {
        const uint64_t key = psb_hash(frame_key, 1000000 + (uint64_t)i);
        const float nearness = psb_hash_unit(key, 0) * psb_hash_unit(key, 1);
        const int32_t length = (int32_t)((10 + 42 * nearness) * scale) + 2, wide = nearness > 0.6f ? 2 : 1;
        const int32_t x0 = (int32_t)(psb_hash_unit(key, 2) * (float)to->width);
        const int32_t y0 = (int32_t)(psb_hash_unit(key, 3) * (float)(to->height + length)) - length;
        const int32_t light = 22 + (int32_t)(50 * nearness);
        for (int32_t j = 0; j < length; j++) {
            const int32_t y = y0 + j, x = x0 + psb_floori((float)j * slant);
            if (y < 0 || y >= to->height || x < 0 || x + wide > to->width) continue;
            uint8_t *at = to->plane[0] + y * to->stride_bytes[0] + x;
            for (int32_t k = 0; k < wide; k++) at[k] = (uint8_t)(at[k] + (200 - at[k]) * light / 256);
        }
    }
}

void psb_sensor_expose(const psb_sensor *sensor, const psb_image *to, const psb_image *from, int64_t frame_i,
                       double time_s)
{
    const uint64_t frame_key = psb_hash(sensor->key, 100 + (uint64_t)frame_i);
    const int16_t level = (int16_t)psb_clampf(psb_sensor_level(sensor, time_s) * UNIT + 0.5f, 16, 136);
    for (int32_t i = 0; i < 3; i++) expose_plane(sensor, to, from, i, frame_key, level);
    if (sensor->rain > 0) add_rain(sensor, to, frame_key);
}
