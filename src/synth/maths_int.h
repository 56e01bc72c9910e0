/* SPDX-License-Identifier: Apache-2.0
 *
 * The little mathematics that scenes need, the same on every machine: + - * / and sqrt of IEEE 754 are exact
 * everywhere (the tree is built with -ffp-contract=off), so nothing here may come from libm but sqrtf. Chance is a hash
 * of what is asked about, not a stream: one person's coat does not change when another person is added.
 */
#ifndef PSB_SYNTH_MATHS_INT_H
#define PSB_SYNTH_MATHS_INT_H

#include <math.h>
#include <stdint.h>

#define PSB_PI 3.14159265f

typedef struct psb_vec { /* metres: x to the right of the camera, y away from it, z up from the ground */
    float x, y, z;
} psb_vec;

typedef struct psb_rgb { /* 0..1, as a screen shows it */
    float r, g, b;
} psb_rgb;

static inline float psb_clampf(float value, float least, float most)
{
    return value < least ? least : value > most ? most : value;
}

static inline float psb_mixf(float a, float b, float t)
{
    return a + (b - a) * t;
}

/* 0 below a, 1 above b, smooth between. */
static inline float psb_stepf(float a, float b, float value)
{
    const float t = psb_clampf((value - a) / (b - a), 0, 1);
    return t * t * (3 - 2 * t);
}

/* floor for what fits an int32. */
static inline int32_t psb_floori(float value)
{
    const int32_t whole = (int32_t)value;
    return whole - (value < (float)whole);
}

/* Taylor's polynomial of degree 9 on a quarter turn; off by less than 4e-6. |angle| below 1e5. */
static inline float psb_sinf(float angle)
{
    float x = angle - 2 * PSB_PI * (float)psb_floori(angle / (2 * PSB_PI) + 0.5f);
    if (x > PSB_PI / 2) x = PSB_PI - x;
    if (x < -PSB_PI / 2) x = -PSB_PI - x;
    const float s = x * x;
    return x * (1 + s * (-1 / 6.0f + s * (1 / 120.0f + s * (-1 / 5040.0f + s / 362880.0f))));
}

static inline float psb_cosf(float angle)
{
    return psb_sinf(angle + PSB_PI / 2);
}

static inline psb_vec psb_vec_add(psb_vec a, psb_vec b)
{
    return (psb_vec){a.x + b.x, a.y + b.y, a.z + b.z};
}

static inline psb_vec psb_vec_sub(psb_vec a, psb_vec b)
{
    return (psb_vec){a.x - b.x, a.y - b.y, a.z - b.z};
}

static inline psb_vec psb_vec_scale(psb_vec a, float factor)
{
    return (psb_vec){a.x * factor, a.y * factor, a.z * factor};
}

static inline float psb_vec_dot(psb_vec a, psb_vec b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static inline psb_vec psb_vec_mix(psb_vec a, psb_vec b, float t)
{
    return psb_vec_add(a, psb_vec_scale(psb_vec_sub(b, a), t));
}

static inline psb_vec psb_vec_unit(psb_vec a)
{
    return psb_vec_scale(a, 1 / sqrtf(psb_vec_dot(a, a) + 1e-12f));
}

static inline psb_rgb psb_rgb_scale(psb_rgb a, float factor)
{
    return (psb_rgb){a.r * factor, a.g * factor, a.b * factor};
}

static inline psb_rgb psb_rgb_mix(psb_rgb a, psb_rgb b, float t)
{
    return (psb_rgb){psb_mixf(a.r, b.r, t), psb_mixf(a.g, b.g, t), psb_mixf(a.b, b.b, t)};
}

static inline psb_rgb psb_rgb_times(psb_rgb a, psb_rgb b)
{
    return (psb_rgb){a.r * b.r, a.g * b.g, a.b * b.b};
}

static inline psb_rgb psb_rgb_of(uint32_t hex)
{
    return (psb_rgb){(float)(hex >> 16 & 255) / 255, (float)(hex >> 8 & 255) / 255, (float)(hex & 255) / 255};
}

/* SplitMix64's finaliser over a key and a question. */
static inline uint64_t psb_hash(uint64_t key, uint64_t question)
{
    uint64_t x = key + (question + 1) * 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* [0, 1) */
static inline float psb_hash_unit(uint64_t key, uint64_t question)
{
    return (float)(psb_hash(key, question) >> 40) * (1 / 16777216.0f);
}

static inline float psb_hash_between(uint64_t key, uint64_t question, float least, float most)
{
    return psb_mixf(least, most, psb_hash_unit(key, question));
}

static inline uint32_t psb_hash_below(uint64_t key, uint64_t question, uint32_t bound)
{
    return (uint32_t)((psb_hash(key, question) >> 32) * bound >> 32);
}

/* A cheap hash of a cell of a texture, [0, 1). */
static inline float psb_cell_unit(uint32_t grain, int32_t x, int32_t y)
{
    uint32_t h = grain ^ (uint32_t)x * 0x8da6b343u ^ (uint32_t)y * 0xd8163841u;
    h = (h ^ h >> 15) * 0x2c1b3c6du;
    h = (h ^ h >> 12) * 0x297a2d39u;
    return (float)((h ^ h >> 15) >> 8) * (1 / 16777216.0f);
}

/* Value noise, smooth between the cells' values (a simpler kin of Perlin, SIGGRAPH 1985). */
static inline float psb_texture_noise(uint32_t grain, float x, float y)
{
    const int32_t ix = psb_floori(x), iy = psb_floori(y);
    float tx = x - (float)ix, ty = y - (float)iy;
    tx = tx * tx * (3 - 2 * tx);
    ty = ty * ty * (3 - 2 * ty);
    const float top = psb_mixf(psb_cell_unit(grain, ix, iy), psb_cell_unit(grain, ix + 1, iy), tx);
    const float low = psb_mixf(psb_cell_unit(grain, ix, iy + 1), psb_cell_unit(grain, ix + 1, iy + 1), tx);
    return psb_mixf(top, low, ty);
}

#endif
