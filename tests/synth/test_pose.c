/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies: a foot on the ground does not slide, legs keep their length, heads are as high as their owners.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

#include "synth/figure_int.h"

static psb_looks somebody(uint64_t key)
{
    psb_looks looks;
    psb_looks_draw(&looks, key, false);
    return looks;
}

/* Walking straight on, each ball of a foot that is on the ground at two moments is at the same place at both. */
static void feet_stand_still(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < 20; key++) {
        const psb_looks looks = somebody(key);
        const float speed = 0.4f + 0.06f * (float)key, stride = psb_stride_m(&looks, speed);
        int32_t held = 0;
        psb_vec before[2] = {{0}};
        for (int32_t i = 0; i < 100; i++) {
            psb_figure figure;
            const float way = speed * PSB_PI / 100 * (float)i; /* any odd step */
            const psb_stance stance = {.x = 2 + way * 0.6f,
                                       .y = 9 + way * 0.8f,
                                       .ahead_x = 0.6f,
                                       .ahead_y = 0.8f,
                                       .phase = way / stride,
                                       .speed_mps = speed};
            psb_figure_pose(&figure, &looks, &stance);
            for (int32_t side_i = 0; side_i < 2; side_i++) {
                const psb_vec now = figure.foot[side_i], was = before[side_i];
                float phase = stance.phase + (side_i ? 0.5f : 0);
                phase -= floorf(phase);
                if (i > 0 && phase > 0.1f && phase < 0.6f) { /* well on the ground, before and now */
                    assert_true(fabsf(now.x - was.x) < 1e-3f && fabsf(now.y - was.y) < 1e-3f && now.z == 0);
                    held++;
                }
                before[side_i] = now;
            }
        }
        assert_true(held > 60);
    }
}

static void bodies_have_their_size(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < 200; key++) {
        psb_figure figure;
        const psb_looks looks = somebody(key);
        const psb_stance stance = {
            .x = 1, .y = 8, .ahead_x = 1, .phase = 0.07f * (float)key, .speed_mps = 0.01f * (float)key};
        psb_figure_pose(&figure, &looks, &stance);
        float top = 0, low = 9;
        for (int32_t i = 0; i < figure.count; i++)
            for (int32_t j = 0; j < figure.parts[i].count; j++) {
                const psb_part *part = &figure.parts[i];
                const float up = part->shape == PSB_PART_LIMB ? part->half_m[j] : 0;
                assert_true(part->half_m[j] > 0 && part->half_m[j] < 0.5f);
                top = fmaxf(top, part->at[j].z + up);
                low = fminf(low, part->at[j].z - up);
            }
        assert_true(top > 0.90f * looks.height_m && top < 1.05f * looks.height_m);
        assert_true(low > -0.03f && low < 0.06f);
    }
}

static void thighs_and_shanks_keep_their_length(void **state)
{
    (void)state;
    const psb_looks looks = somebody(3);
    for (int32_t i = 0; i < 50; i++) {
        psb_figure figure;
        const psb_stance stance = {.y = 8, .ahead_y = 1, .phase = 0.02f * (float)i, .speed_mps = 1.4f};
        psb_figure_pose(&figure, &looks, &stance);
        for (int32_t part_i = 0; part_i < 2; part_i++) { /* the first two parts: left thigh and shank */
            const psb_vec line = psb_vec_sub(figure.parts[part_i].at[1], figure.parts[part_i].at[0]);
            const float length = sqrtf(psb_vec_dot(line, line)) / looks.height_m;
            assert_true(length > 0.235f && length < 0.252f);
        }
    }
}

/* Ten tones, each drawn about a tenth of the time; the wardrobes of the two stocks differ. */
static void skin_is_drawn_evenly(void **state)
{
    (void)state;
    int32_t count[10] = {0}, same = 0;
    for (uint64_t key = 0; key < 5000; key++) {
        psb_looks test, train;
        psb_looks_draw(&test, key * 77, false);
        psb_looks_draw(&train, key * 77, true);
        count[test.skin_tone]++;
        same += test.upper.color.r == train.upper.color.r;
    }
    for (int32_t i = 0; i < 10; i++) assert_in_range(count[i], 420, 580);
    assert_int_equal(same, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(feet_stand_still),
        cmocka_unit_test(bodies_have_their_size),
        cmocka_unit_test(thighs_and_shanks_keep_their_length),
        cmocka_unit_test(skin_is_drawn_evenly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
