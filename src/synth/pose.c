/* SPDX-License-Identifier: Apache-2.0
 *
 * A body from its gait. Proportions after Winter, "Biomechanics and Motor Control of Human Movement", 4th ed. (2009),
 * figure 4.1. A foot on the ground stays where it is: in the stance (0.6 of a cycle) its ball moves back, seen from the
 * body, as fast as the body moves on; heel and ankle turn about it; knee and hip follow by two-link inverse kinematics,
 * and the hips come down as far as the legs reach. Nothing is keyframed, so any speed walks.
 */
#include <assert.h>
#include <math.h>

#include "synth/figure_int.h"

#define STANCE 0.6f /* share of a cycle that a foot is on the ground */

typedef struct body_frame { /* the body's own axes at its place on the ground */
    psb_vec origin, right, ahead;
    float cos_view, sin_view; /* of the angle between the body's right and the camera's */
    float facing;             /* radians from the camera to the body's front */
    float facing_camera;      /* 1: looks at it, -1: away */
} body_frame;

typedef struct body_leg {
    psb_vec hip, knee, ankle, ball, heel;
} body_leg;

typedef struct body_maker {
    psb_figure *figure;
    const psb_looks *looks;
    const psb_stance *stance;
    body_frame frame;
    float h;          /* height, metres */
    body_leg legs[2]; /* left, right */
    float hip_z;
} body_maker;

float psb_stride_m(const psb_looks *looks, float speed_mps)
{
    return 0.20f * looks->height_m + 0.62f * speed_mps;
}

/* The angle of a direction, without atan2 and good to 0.08: enough for where a jacket opens. */
static float angle_of(float c, float s)
{
    const float quarter = PSB_PI / 2 * fabsf(s) / (fabsf(c) + fabsf(s) + 1e-9f);
    const float half = c >= 0 ? quarter : PSB_PI - quarter;
    return s >= 0 ? half : -half;
}

static body_frame make_frame(const psb_stance *stance)
{
    const float away = 1 / sqrtf(stance->x * stance->x + stance->y * stance->y + 1e-6f);
    const psb_vec sight = {stance->x * away, stance->y * away, 0}; /* from the camera to the person */
    const psb_vec ahead = {stance->ahead_x, stance->ahead_y, 0}, right = {stance->ahead_y, -stance->ahead_x, 0};
    const psb_vec picture_right = {sight.y, -sight.x, 0};
    return (body_frame){
        .origin = {stance->x, stance->y, 0},
        .right = right,
        .ahead = ahead,
        .cos_view = psb_vec_dot(right, picture_right),
        .sin_view = psb_vec_dot(ahead, picture_right),
        .facing = angle_of(-psb_vec_dot(ahead, sight), psb_vec_dot(ahead, picture_right)),
        .facing_camera = -psb_vec_dot(ahead, sight),
    };
}

/* A point of the body: metres to its right, ahead of it, above the ground. */
static psb_vec place(const body_maker *maker, float right, float ahead, float up)
{
    const body_frame *frame = &maker->frame;
    psb_vec at = psb_vec_add(frame->origin, psb_vec_scale(frame->right, right));
    at = psb_vec_add(at, psb_vec_scale(frame->ahead, ahead));
    at.z = up;
    return at;
}

/* Half the width that the camera sees of an oval, `wide` from side to side and `deep` from front to back. */
static float seen_half(const body_maker *maker, float wide, float deep)
{
    const float a = wide * maker->frame.cos_view, b = deep * maker->frame.sin_view;
    return sqrtf(a * a + b * b);
}

static psb_part *add_part(body_maker *maker, psb_part_shape shape, psb_cloth cloth)
{
    assert(maker->figure->count < PSB_FIGURE_PARTS);
    psb_part *part = &maker->figure->parts[maker->figure->count++];
    part->shape = shape;
    part->count = 0;
    part->cloth = cloth;
    part->facing = maker->frame.facing;
    part->nearer_m = 0;
    part->dim = 0;
    return part;
}

static psb_cloth plain(psb_rgb color)
{
    return (psb_cloth){.color = color, .second = color, .period_m = 1};
}

static psb_part *add_limb(body_maker *maker, psb_cloth cloth, const psb_vec ends[2], float r0, float r1)
{
    psb_part *part = add_part(maker, PSB_PART_LIMB, cloth);
    part->count = 2;
    part->at[0] = ends[0];
    part->at[1] = ends[1];
    part->half_m[0] = r0;
    part->half_m[1] = r1;
    return part;
}

static psb_part *add_ball(body_maker *maker, psb_rgb color, psb_vec at, float radius)
{
    return add_limb(maker, plain(color), (const psb_vec[2]){at, at}, radius, radius);
}

/* ---- legs ---- */

/* Where the ball of a foot is, ahead of the body, how high, and how far the heel is up (radians). */
static void step_at(const body_maker *maker, float phase, float *ahead_out, float *up_out, float *pitch_out)
{
    const float reach = STANCE / 2 * psb_stride_m(maker->looks, maker->stance->speed_mps);
    const float speed = psb_clampf(maker->stance->speed_mps, 0, 1.4f), lively = psb_stepf(0, 0.7f, speed);
    const float middle = 0.055f * maker->h;
    phase -= (float)psb_floori(phase);
    if (phase < STANCE) {
        const float t = phase / STANCE;
        *ahead_out = middle + reach * (1 - 2 * t);
        *up_out = 0;
        *pitch_out = lively * (0.9f * psb_stepf(0.55f, 1.1f, t) - 0.30f * (1 - psb_stepf(0, 0.18f, t)));
        return;
    }
    const float t = (phase - STANCE) / (1 - STANCE);
    *ahead_out = middle + reach * (2 * t * t * (3 - 2 * t) - 1);
    *up_out = lively * 0.045f * maker->h * psb_sinf(PSB_PI * t);
    *pitch_out = lively * psb_mixf(0.75f, -0.30f, psb_stepf(0, 0.8f, t));
}

static void set_foot(body_maker *maker, int32_t side_i)
{
    const float h = maker->h, side = side_i ? 1.0f : -1.0f;
    float ahead = 0, up = 0, pitch = 0;
    step_at(maker, maker->stance->phase + (side_i ? 0.5f : 0), &ahead, &up, &pitch);
    body_leg *leg = &maker->legs[side_i];
    const float across = side * (0.035f + 0.015f * maker->looks->build) * h, length = 0.085f * h;
    const float c = psb_cosf(pitch), s = psb_sinf(pitch), sole = 0.012f * h;
    const float lift = pitch < 0 ? -s * 0.06f * h : 0; /* on its heel: the ball is up */
    leg->ball = place(maker, across, ahead, sole + up + lift);
    leg->ankle = place(maker, across, ahead - c * length + s * 0.028f * h, 0.039f * h + up + lift + s * length);
    leg->heel = place(maker, across, ahead - c * 0.115f * h, sole + up + lift + s * 0.115f * h);
    if (leg->heel.z < sole) leg->heel.z = sole;
    maker->figure->foot[side_i] = place(maker, across, ahead, up);
}

/* The hips are as high as both legs allow, with a little bend left. */
static void set_hips(body_maker *maker)
{
    const float h = maker->h, most = 0.491f * h * 0.995f;
    maker->hip_z = 0.528f * h;
    for (int32_t i = 0; i < 2; i++) {
        const psb_vec ankle = maker->legs[i].ankle;
        const psb_vec under = place(maker, (i ? 0.05f : -0.05f) * h, 0, ankle.z);
        const psb_vec off = psb_vec_sub(ankle, under);
        const float square = most * most - psb_vec_dot(off, off);
        const float high = ankle.z + sqrtf(square > 0.04f ? square : 0.04f);
        if (high < maker->hip_z) maker->hip_z = high;
    }
    for (int32_t i = 0; i < 2; i++) {
        body_leg *leg = &maker->legs[i];
        leg->hip = place(maker, (i ? 0.05f : -0.05f) * h, 0, maker->hip_z);
        const psb_vec line = psb_vec_sub(leg->ankle, leg->hip);
        const float length = sqrtf(psb_vec_dot(line, line)), thigh = 0.245f * h, shank = 0.246f * h;
        const float along = (thigh * thigh - shank * shank + length * length) / (2 * length);
        const float square = thigh * thigh - along * along, bend = sqrtf(square > 0 ? square : 0);
        const psb_vec unit = psb_vec_scale(line, 1 / length);
        const psb_vec level =
            psb_vec_unit(psb_vec_sub(maker->frame.ahead, psb_vec_scale(unit, psb_vec_dot(maker->frame.ahead, unit))));
        leg->knee = psb_vec_add(psb_vec_add(leg->hip, psb_vec_scale(unit, along)), psb_vec_scale(level, bend));
    }
}

static void add_legs(body_maker *maker)
{
    const psb_looks *looks = maker->looks;
    const float h = maker->h, thick = h * (0.55f + 0.45f * looks->build);
    const psb_cloth cloth = looks->lower, skin = plain(looks->skin);
    const bool is_bare_below = looks->legs == PSB_LEGS_SHORTS || looks->legs == PSB_LEGS_SKIRT;
    const bool is_in_skirt = looks->legs == PSB_LEGS_SKIRT || looks->legs == PSB_LEGS_LONG_SKIRT; /* no thighs seen */
    for (int32_t i = 0; i < 2; i++) {
        const body_leg *leg = &maker->legs[i], *other = &maker->legs[1 - i];
        const float dim = leg->knee.y > other->knee.y + 0.03f ? 0.22f : 0; /* in the nearer one's shade */
        const int32_t first = maker->figure->count;
        const float loose = is_bare_below ? 0 : 0.007f * h;
        if (!is_in_skirt)
            add_limb(maker, cloth, (const psb_vec[2]){leg->hip, leg->knee}, 0.054f * thick, 0.034f * thick + loose);
        if (looks->legs != PSB_LEGS_LONG_SKIRT)
            add_limb(maker, is_bare_below ? skin : cloth, (const psb_vec[2]){leg->knee, leg->ankle},
                     0.033f * thick + loose, 0.021f * thick + loose);
        const psb_vec toe = psb_vec_add(leg->ball, psb_vec_scale(maker->frame.ahead, 0.03f * h));
        add_limb(maker, plain(looks->shoes), (const psb_vec[2]){leg->heel, leg->ball}, 0.021f * h, 0.019f * h);
        add_limb(maker, plain(looks->shoes), (const psb_vec[2]){leg->ball, toe}, 0.019f * h, 0.014f * h);
        for (int32_t part_i = first; part_i < maker->figure->count; part_i++) maker->figure->parts[part_i].dim = dim;
    }
}

/* ---- trunk ---- */

typedef struct body_station { /* fractions of the body's height */
    float up, wide, deep;
} body_station;

static psb_part *add_stack(body_maker *maker, const body_station *stations, int32_t count, psb_cloth cloth)
{
    const psb_looks *looks = maker->looks;
    psb_part *part = add_part(maker, PSB_PART_LATHE, cloth);
    const float sink = maker->hip_z - 0.528f * maker->h;
    part->count = count;
    for (int32_t i = 0; i < count; i++) {
        const float up = stations[i].up * maker->h + sink, bent = stations[i].up > 0.53f ? stations[i].up - 0.53f : 0;
        const float lean = looks->stoop * bent * maker->h;
        const float build = stations[i].up > 0.8f ? 1 : looks->build;
        part->at[i] = place(maker, 0, lean, up > 0.03f ? up : 0.03f);
        part->half_m[i] = seen_half(maker, stations[i].wide * build, stations[i].deep * build) * maker->h;
    }
    return part;
}

static const body_station torso[] = {{0.850f, 0.030f, 0.030f}, {0.834f, 0.058f, 0.042f}, {0.816f, 0.100f, 0.054f},
                                     {0.785f, 0.112f, 0.064f}, {0.72f, 0.103f, 0.071f},  {0.63f, 0.088f, 0.066f},
                                     {0.55f, 0.097f, 0.070f},  {0.485f, 0.098f, 0.072f}};
static const body_station coat[] = {{0.850f, 0.032f, 0.032f}, {0.834f, 0.062f, 0.046f}, {0.816f, 0.104f, 0.060f},
                                    {0.785f, 0.118f, 0.070f}, {0.70f, 0.110f, 0.078f},  {0.61f, 0.098f, 0.075f},
                                    {0.48f, 0.114f, 0.088f},  {0.34f, 0.124f, 0.105f}};
static const body_station skirt[] = {
    {0.60f, 0.086f, 0.066f}, {0.53f, 0.102f, 0.078f}, {0.42f, 0.118f, 0.098f}, {0.31f, 0.128f, 0.112f}};
static const body_station long_skirt[] = {
    {0.60f, 0.086f, 0.066f}, {0.53f, 0.102f, 0.078f}, {0.35f, 0.116f, 0.105f}, {0.07f, 0.140f, 0.130f}};

static void add_trunk(body_maker *maker)
{
    const psb_looks *looks = maker->looks;
    const bool is_in_skirt = looks->legs == PSB_LEGS_SKIRT || looks->legs == PSB_LEGS_LONG_SKIRT;
    if (looks->legs == PSB_LEGS_SKIRT) add_stack(maker, skirt, 4, looks->lower)->nearer_m = 0.16f; /* over the knees */
    if (looks->legs == PSB_LEGS_LONG_SKIRT) add_stack(maker, long_skirt, 4, looks->lower)->nearer_m = 0.16f;
    if (looks->top == PSB_TOP_COAT)
        add_stack(maker, coat, 8, looks->upper)->nearer_m = 0.18f;
    else
        add_stack(maker, torso, 8, looks->upper)->nearer_m = is_in_skirt ? 0.08f : 0.03f; /* over the hips */
}

/* ---- arms ---- */

/* Angles forward of hanging straight: of the upper arm, and of the elbow's bend. */
static void arm_angles(const body_maker *maker, int32_t side_i, float *shoulder_out, float *elbow_out)
{
    const psb_stance *stance = maker->stance;
    const float lively = psb_stepf(0, 0.9f, stance->speed_mps);
    const float swing = psb_cosf(2 * PSB_PI * (stance->phase + (side_i ? 0 : 0.5f)));
    *shoulder_out = 0.42f * maker->looks->swing * lively * swing - 0.03f;
    *elbow_out = 0.22f + 0.22f * lively * (0.6f + 0.4f * swing);
    if (stance->doing == PSB_DOING_PHONE && side_i) {
        *shoulder_out = 0.55f;
        *elbow_out = 1.75f;
    }
    if (stance->doing == PSB_DOING_TALK) { /* hands speak, too */
        const float beat = psb_sinf(stance->time_s * (side_i ? 3.1f : 2.3f) + (float)(maker->looks->upper.grain & 7));
        *shoulder_out = 0.22f + 0.18f * beat;
        *elbow_out = 0.9f + 0.6f * beat;
    }
}

static void add_arms(body_maker *maker)
{
    const psb_looks *looks = maker->looks;
    const float h = maker->h, thick = h * (0.6f + 0.4f * looks->build), sink = maker->hip_z - 0.528f * h;
    const bool is_bare = looks->top == PSB_TOP_SHORT_SLEEVES;
    psb_cloth sleeve = looks->upper;
    if (sleeve.pattern == PSB_CLOTH_OPEN || sleeve.pattern == PSB_CLOTH_BLOCKS) sleeve.pattern = PSB_CLOTH_PLAIN;
    for (int32_t i = 0; i < 2; i++) {
        float shoulder = 0, elbow = 0;
        arm_angles(maker, i, &shoulder, &elbow);
        const float side = i ? 1.0f : -1.0f, across = side * (0.092f + 0.020f * looks->build) * h;
        const float upper = 0.172f * h, fore = 0.150f * h, lean = looks->stoop * 0.3f * h;
        const psb_vec a = place(maker, across, lean, 0.780f * h + sink);
        const psb_vec b = place(maker, across + side * 0.022f * h, lean + upper * psb_sinf(shoulder),
                                a.z - upper * psb_cosf(shoulder));
        const float angle = shoulder + elbow, inward = elbow > 1 ? 0.05f : 0.012f;
        const psb_vec c =
            place(maker, across + side * (0.022f - inward) * h,
                  lean + upper * psb_sinf(shoulder) + fore * psb_sinf(angle), b.z - fore * psb_cosf(angle));
        const psb_vec d = psb_vec_add(c, psb_vec_scale(psb_vec_unit(psb_vec_sub(c, b)), 0.05f * h));
        const float loose = is_bare ? 0 : 0.004f * h;
        add_limb(maker, sleeve, (const psb_vec[2]){a, b}, 0.032f * thick + loose, 0.024f * thick + loose);
        add_limb(maker, is_bare ? plain(looks->skin) : sleeve, (const psb_vec[2]){b, c}, 0.023f * thick + loose,
                 0.017f * thick + loose);
        add_limb(maker, plain(looks->skin), (const psb_vec[2]){c, d}, 0.019f * h, 0.015f * h);
        if (looks->bag == PSB_BAG_HAND && i) {
            const psb_vec top = {d.x, d.y, d.z - 0.07f * h}, low = {d.x, d.y, d.z - 0.16f * h};
            add_limb(maker, plain(looks->bag_color), (const psb_vec[2]){top, low}, 0.055f * h, 0.065f * h);
        }
    }
}

/* ---- head and what is carried ---- */

static void add_face(body_maker *maker, float up, float ahead)
{
    const float h = maker->h * maker->looks->head;
    const psb_rgb shade = psb_rgb_scale(maker->looks->skin, 0.62f);
    for (int32_t i = -1; i <= 1; i += 2) {
        add_ball(maker, psb_rgb_scale(maker->looks->skin, 0.25f),
                 place(maker, (float)i * 0.018f * h, ahead + 0.044f * h, up + 0.004f * h), 0.0058f * h);
        add_ball(maker, maker->looks->hair_color,
                 place(maker, (float)i * 0.018f * h, ahead + 0.043f * h, up + 0.014f * h), 0.0050f * h);
    }
    const psb_vec mouth[2] = {place(maker, -0.010f * h, ahead + 0.041f * h, up - 0.036f * h),
                              place(maker, 0.010f * h, ahead + 0.041f * h, up - 0.036f * h)};
    add_limb(maker, plain(psb_rgb_mix(shade, (psb_rgb){0.5f, 0.2f, 0.2f}, 0.4f)), mouth, 0.0042f * h, 0.0042f * h);
    const psb_vec nose[2] = {place(maker, 0, ahead + 0.048f * h, up),
                             place(maker, 0, ahead + 0.054f * h, up - 0.016f * h)};
    add_limb(maker, plain(psb_rgb_scale(maker->looks->skin, 0.9f)), nose, 0.005f * h, 0.008f * h);
}

/* Seen from behind hair covers the head, from the side its back, from the front its rim and the forehead. */
static void add_hair(body_maker *maker, float up, float ahead)
{
    const psb_looks *looks = maker->looks;
    const float h = maker->h * looks->head, front = maker->frame.facing_camera;
    const bool is_cloth = looks->hair == PSB_HAIR_SCARF || looks->hair == PSB_HAIR_CAP;
    const psb_rgb color = is_cloth ? looks->bag_color : looks->hair_color;
    const psb_rgb back = looks->hair == PSB_HAIR_CAP ? looks->hair_color : color;
    if (looks->hair == PSB_HAIR_BALD) return;
    add_ball(maker, back, place(maker, 0, ahead - 0.006f * h, up + 0.010f * h), 0.053f * h)->nearer_m = -0.12f;
    if (front < -0.2f)
        add_ball(maker, back, place(maker, 0, ahead - 0.012f * h, up + 0.006f * h), 0.055f * h)->nearer_m = 0.10f;
    else if (front < 0.6f)
        add_ball(maker, back, place(maker, 0, ahead - 0.032f * h, up + 0.010f * h), 0.046f * h)->nearer_m = 0.10f;
    const psb_vec crown[2] = {place(maker, 0, ahead + 0.020f * h, up + 0.034f * h),
                              place(maker, 0, ahead - 0.022f * h, up + 0.036f * h)};
    const float wide = (0.024f + 0.012f * (front > 0 ? front : -front)) * h; /* seen along, it is a hand's breadth */
    add_limb(maker, plain(color), crown, wide * 0.8f, wide * 0.8f)->nearer_m = 0.12f;
    if (looks->hair == PSB_HAIR_LONG || looks->hair == PSB_HAIR_SCARF) {
        const psb_vec fall[2] = {place(maker, 0, ahead - 0.028f * h, up),
                                 place(maker, 0, ahead - 0.036f * h, up - 0.095f * h)};
        add_limb(maker, plain(color), fall, 0.046f * h, 0.040f * h)->nearer_m = front < 0 ? 0.09f : -0.12f;
    }
    if (looks->hair == PSB_HAIR_CAP) {
        const psb_vec brim[2] = {place(maker, -0.02f * h, ahead + 0.06f * h, up + 0.026f * h),
                                 place(maker, 0.02f * h, ahead + 0.06f * h, up + 0.026f * h)};
        add_limb(maker, plain(psb_rgb_scale(color, 0.8f)), brim, 0.012f * h, 0.012f * h)->nearer_m = 0.1f * front;
    }
}

static void add_head(body_maker *maker)
{
    const psb_looks *looks = maker->looks;
    const float own = maker->h, h = own * looks->head, sink = maker->hip_z - 0.528f * own;
    const float ahead = looks->stoop * 0.42f * own + 0.006f * own;
    const float up = own * 0.992f - 0.058f * h + sink; /* of the eyes */
    const float wide = seen_half(maker, 0.046f, 0.054f);
    const psb_vec neck[2] = {place(maker, 0, ahead * 0.7f, 0.825f * own + sink),
                             place(maker, 0, ahead, 0.875f * own + sink)};
    add_limb(maker, plain(psb_rgb_scale(looks->skin, 0.85f)), neck, 0.036f * own, 0.030f * own);
    const psb_vec skull[2] = {place(maker, 0, ahead, up + 0.006f * h),
                              place(maker, 0, ahead + 0.008f * h, up - 0.030f * h)};
    add_limb(maker, plain(looks->skin), skull, wide * h, wide * 0.80f * h)->nearer_m = 0.06f;
    if (maker->frame.facing_camera > 0.15f) {
        const int32_t first = maker->figure->count;
        add_face(maker, up, ahead);
        for (int32_t i = first; i < maker->figure->count; i++) maker->figure->parts[i].nearer_m = 0.10f;
    }
    add_hair(maker, up, ahead);
}

static void add_bag(body_maker *maker)
{
    const psb_looks *looks = maker->looks;
    const float h = maker->h, sink = maker->hip_z - 0.528f * h;
    if (looks->bag == PSB_BAG_BACKPACK) {
        const float back = -(0.075f * looks->build + 0.045f) * h;
        const psb_vec ends[2] = {place(maker, 0, back, 0.755f * h + sink),
                                 place(maker, 0, back - 0.012f * h, 0.615f * h + sink)};
        psb_cloth cloth = plain(looks->bag_color);
        cloth.folds = 0.5f;
        add_limb(maker, cloth, ends, 0.070f * h, 0.080f * h);
        for (int32_t i = -1; i <= 1; i += 2) {
            const psb_vec strap[2] = {place(maker, (float)i * 0.068f * h, 0.055f * h, 0.80f * h + sink),
                                      place(maker, (float)i * 0.075f * h, 0.070f * h, 0.67f * h + sink)};
            add_limb(maker, plain(psb_rgb_scale(looks->bag_color, 0.7f)), strap, 0.012f * h, 0.012f * h);
        }
    }
    if (looks->bag == PSB_BAG_SHOULDER) {
        const psb_vec ends[2] = {place(maker, 0.125f * h, 0, 0.56f * h + sink),
                                 place(maker, 0.13f * h, 0.03f * h, 0.50f * h + sink)};
        add_limb(maker, plain(looks->bag_color), ends, 0.055f * h, 0.06f * h);
    }
}

void psb_figure_pose(psb_figure *out, const psb_looks *looks, const psb_stance *stance)
{
    body_maker maker = {
        .figure = out, .looks = looks, .stance = stance, .frame = make_frame(stance), .h = looks->height_m};
    out->count = 0;
    for (int32_t i = 0; i < 2; i++) set_foot(&maker, i);
    set_hips(&maker);
    add_legs(&maker);
    add_trunk(&maker);
    add_arms(&maker);
    add_head(&maker);
    add_bag(&maker);
}
