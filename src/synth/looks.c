/* SPDX-License-Identifier: Apache-2.0
 *
 * Who walks by, by chance: size, skin, hair, clothes, bags. Skin tones are the ten of Monk's scale (Monk, "Monk Skin
 * Tone Scale", 2019, skintone.google), all equally often, so that a figure about people of one tone rests on as many
 * as one about another. Clothes come from two wardrobes that share nothing: one to train with, one for all else.
 */
#include <stddef.h>

#include "synth/figure_int.h"

enum { SKIN_TONES = 10, WARDROBE = 14, HAIR_COLORS = 6 };

static const uint32_t skin_tones[SKIN_TONES] = {0xf6ede4, 0xf3e7db, 0xf7ead0, 0xeadaba, 0xd7bd96,
                                                0xa07e56, 0x825c43, 0x604134, 0x3a312a, 0x292420};

static const uint32_t uppers[2][WARDROBE] = {
    {0x1c1f26, 0x2b3a55, 0x8c1f24, 0xd9d4c8, 0x57606a, 0x2f5d46, 0xb08c5a, 0xe7e9ec, 0x5b2a4f, 0x3f7cac, 0x16130f,
     0xc2452d, 0x7d8a6a, 0x3a3f44},
    {0x23262b, 0x1d2d4a, 0xa8323c, 0xefece2, 0x6c7178, 0x4a6b3a, 0x8a6a43, 0xcfd6dd, 0x7a3b6b, 0x5a96c4, 0x0f1014,
     0xd98032, 0x9aa36f, 0x4d4a46},
};
static const uint32_t lowers[2][WARDROBE] = {
    {0x22303f, 0x1b1b1d, 0x3a4a63, 0x55504a, 0x8c8270, 0x2b2b30, 0x46566e, 0x2a221c, 0x6a6f75, 0x1e2a3a, 0x303236,
     0xb8ab94, 0x4b3a33, 0x14161a},
    {0x2c3a4c, 0x121315, 0x4d5f7c, 0x47423c, 0x9c927c, 0x34343a, 0x38465c, 0x3a3028, 0x7a7d80, 0x162234, 0x26282c,
     0xa59a80, 0x5a463a, 0x1d2024},
};
static const uint32_t hair_colors[HAIR_COLORS] = {0x12100f, 0x231811, 0x3b2717, 0x6b4a2b, 0xa98a5c, 0x8f8f8f};

enum question { /* one number for each thing that is asked of chance */
                ASK_CHILD,
                ASK_HEIGHT,
                ASK_HEIGHT_AGAIN,
                ASK_BUILD,
                ASK_SPEED,
                ASK_SWING,
                ASK_STOOP,
                ASK_SKIN,
                ASK_HAIR,
                ASK_HAIR_COLOR,
                ASK_TOP,
                ASK_TOP_COLOR,
                ASK_TOP_SECOND,
                ASK_PATTERN,
                ASK_PERIOD,
                ASK_LEGS,
                ASK_LEGS_COLOR,
                ASK_SHOES,
                ASK_BAG,
                ASK_BAG_COLOR,
                ASK_OLD,
};

/* Which of the weights (sum 100) a throw falls into. */
static int32_t pick(uint64_t key, uint64_t question, const uint8_t *weights, int32_t count)
{
    int32_t left = (int32_t)psb_hash_below(key, question, 100);
    for (int32_t i = 0; i < count - 1; i++) {
        if (left < weights[i]) return i;
        left -= weights[i];
    }
    return count - 1;
}

static psb_rgb garment(const uint32_t stock[WARDROBE], uint64_t key, uint64_t question)
{
    const psb_rgb color = psb_rgb_of(stock[psb_hash_below(key, question, WARDROBE)]);
    return psb_rgb_scale(color, psb_hash_between(key, question + 100, 0.8f, 1.1f));
}

static void draw_body(psb_looks *out, uint64_t key)
{
    out->is_child = psb_hash_below(key, ASK_CHILD, 100) < 12;
    const bool is_old = !out->is_child && psb_hash_below(key, ASK_OLD, 100) < 15;
    const float middle = psb_hash_unit(key, ASK_HEIGHT) + psb_hash_unit(key, ASK_HEIGHT_AGAIN); /* 0..2, peak at 1 */
    out->height_m = out->is_child ? 1.10f + 0.2f * middle : 1.53f + 0.17f * middle - (is_old ? 0.03f : 0);
    out->head = out->is_child ? 1.22f : 1;
    out->build = psb_hash_between(key, ASK_BUILD, 0.86f, 1.30f);
    out->speed_mps = psb_hash_between(key, ASK_SPEED, 1.05f, 1.60f) * (is_old ? 0.7f : 1) * (out->is_child ? 0.85f : 1);
    out->swing = psb_hash_between(key, ASK_SWING, 0.5f, 1.0f);
    out->stoop = psb_hash_between(key, ASK_STOOP, 0.0f, 0.06f) + (is_old ? 0.16f : 0);
    out->skin_tone = (int32_t)psb_hash_below(key, ASK_SKIN, SKIN_TONES);
    /* A swatch is white paper at its lightest; a face sends back four fifths of that, and more of the red. */
    const psb_rgb swatch = psb_rgb_of(skin_tones[out->skin_tone]);
    out->skin =
        psb_rgb_times(swatch, psb_rgb_mix((psb_rgb){1, 0.94f, 0.90f}, (psb_rgb){0.86f, 0.74f, 0.66f}, swatch.g));
    out->hair_color = psb_rgb_of(is_old ? hair_colors[5] : hair_colors[psb_hash_below(key, ASK_HAIR_COLOR, 5)]);
    if (out->skin_tone >= 5 && !is_old)
        out->hair_color = psb_rgb_of(hair_colors[psb_hash_below(key, ASK_HAIR_COLOR, 2)]);
}

void psb_looks_draw(psb_looks *out, uint64_t key, bool is_for_train)
{
    static const uint8_t hair_weights[PSB_HAIR_COUNT] = {45, 28, 7, 12, 8};
    static const uint8_t top_weights[PSB_TOP_COUNT] = {32, 50, 18};
    static const uint8_t leg_weights[PSB_LEGS_COUNT] = {70, 12, 10, 8};
    static const uint8_t bag_weights[PSB_BAG_COUNT] = {58, 20, 12, 10};
    static const uint8_t pattern_weights[PSB_CLOTH_COUNT] = {52, 12, 9, 15, 8, 4};
    *out = (psb_looks){0};
    draw_body(out, key);
    out->hair = (psb_hair)pick(key, ASK_HAIR, hair_weights, PSB_HAIR_COUNT);
    out->top = (psb_top)pick(key, ASK_TOP, top_weights, PSB_TOP_COUNT);
    out->legs = (psb_legs)pick(key, ASK_LEGS, leg_weights, PSB_LEGS_COUNT);
    out->bag = (psb_bag)pick(key, ASK_BAG, bag_weights, PSB_BAG_COUNT);
    out->upper = (psb_cloth){
        .color = garment(uppers[is_for_train], key, ASK_TOP_COLOR),
        .second = garment(uppers[is_for_train], key, ASK_TOP_SECOND),
        .pattern = (psb_cloth_pattern)pick(key, ASK_PATTERN, pattern_weights, PSB_CLOTH_COUNT),
        .period_m = psb_hash_between(key, ASK_PERIOD, 0.06f, 0.16f),
        .folds = 0.8f,
        .grain = (uint32_t)psb_hash(key, 999),
    };
    if (out->upper.pattern == PSB_CLOTH_BANDS) {
        out->upper.color = psb_rgb_of(is_for_train ? 0xf07a1e : 0xd6e32c);
        out->upper.second = psb_rgb_of(0xd8dadb);
    }
    out->lower = (psb_cloth){
        .color = garment(lowers[is_for_train], key, ASK_LEGS_COLOR),
        .folds = 0.7f,
        .grain = (uint32_t)psb_hash(key, 998),
    };
    out->shoes = psb_rgb_of(psb_hash_below(key, ASK_SHOES, 4) ? 0x191716 : 0xc9c6c0);
    out->bag_color = garment(lowers[is_for_train], key, ASK_BAG_COLOR);
}
