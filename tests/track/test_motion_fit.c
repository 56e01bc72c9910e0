/* SPDX-License-Identifier: Apache-2.0
 *
 * One motion from many displacements: exact without errors, near with them, and the same whatever half of the blocks
 * say that are wrong.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "track/motion_fit.h"

static float unit(psb_rng *rng)
{
    return (float)(2 * psb_rng_unit(rng) - 1);
}

/* Blocks over a picture of 400 x 300, each going by the motion but for an error; every wrong_of-th goes anywhere. */
static void fill(psb_block_pairs *pairs, psb_block_motion m, float error_px, int32_t wrong_of, psb_rng *rng)
{
    pairs->count = 100;
    for (int32_t i = 0; i < pairs->count; i++) {
        const float x = 200 * unit(rng), y = 150 * unit(rng);
        pairs->x[i] = x;
        pairs->y[i] = y;
        pairs->dx[i] = m.x_px + m.zoom * x - m.turn * y + error_px * unit(rng);
        pairs->dy[i] = m.y_px + m.turn * x + m.zoom * y + error_px * unit(rng);
        pairs->weight[i] = 0.5f + 0.5f * (float)psb_rng_unit(rng);
        if (wrong_of > 0 && i % wrong_of == 0) {
            pairs->dx[i] = 20 * unit(rng);
            pairs->dy[i] = 20 * unit(rng);
        }
    }
}

static double apart(psb_block_motion a, psb_block_motion b)
{
    return fabs((double)a.x_px - (double)b.x_px) + fabs((double)a.y_px - (double)b.y_px) +
           250 * (fabs((double)a.zoom - (double)b.zoom) + fabs((double)a.turn - (double)b.turn));
}

static void a_motion_is_found_among_wrong_blocks(void **state)
{
    (void)state;
    static const psb_block_motion motions[] = {
        {0}, {3, -2, 0, 0}, {-8, 5, 0.03f, 0}, {1, 1, 0, -0.06f}, {12, -9, -0.05f, 0.04f}};
    psb_rng rng;
    psb_rng_init(&rng, 5);
    for (size_t i = 0; i < sizeof(motions) / sizeof(motions[0]); i++)
        for (int32_t wrong_of = 0; wrong_of <= 2; wrong_of++) {
            psb_block_pairs pairs;
            if (wrong_of == 1) continue;
            fill(&pairs, motions[i], 0.2f, wrong_of, &rng);
            const psb_block_motion voted = psb_fit_vote(&pairs, 0.8, 0.2, &rng);
            const psb_block_motion found = psb_fit_refine(&pairs, voted, 0.8);
            assert_true(apart(found, motions[i]) < 0.3);
            const double share = psb_fit_share(&pairs, found, 0.8);
            assert_true(wrong_of ? share > 0.4 && share < 0.6 : share > 0.999);
            assert_true(psb_fit_support(&pairs, found, 0.8) <= share);
            assert_true(psb_fit_spread(&pairs, found, 0.8, 400, 300) >= 12);
        }
}

static void exact_blocks_give_the_motion_itself(void **state)
{
    (void)state;
    const psb_block_motion motion = {4, -7, 0, 0};
    psb_block_pairs pairs;
    psb_rng rng;
    psb_rng_init(&rng, 6);
    fill(&pairs, motion, 0, 0, &rng);
    assert_true(apart(psb_fit_refine(&pairs, motion, 0.8), motion) < 1e-4);
    assert_true(psb_fit_support(&pairs, motion, 0.8) > 0.999);
}

/* Blocks of one corner cannot tell a turn; the ridge says that there is none, and one part is no spread. */
static void a_corner_tells_no_turn(void **state)
{
    (void)state;
    psb_block_pairs pairs = {.count = 4};
    for (int32_t i = 0; i < pairs.count; i++) {
        pairs.x[i] = -180 + (float)(2 * i);
        pairs.y[i] = -140;
        pairs.dx[i] = 2;
        pairs.dy[i] = 1 + 0.2f * (float)i;
        pairs.weight[i] = 1;
    }
    const psb_block_motion found = psb_fit_refine(&pairs, (psb_block_motion){.x_px = 2, .y_px = 1.3f}, 0.8);
    assert_true(fabsf(found.turn) < 0.01f && fabsf(found.zoom) < 0.01f);
    assert_int_equal(psb_fit_spread(&pairs, found, 0.8, 400, 300), 1);
}

static void bends_beyond_the_most_are_not_drawn(void **state)
{
    (void)state;
    psb_block_pairs pairs;
    psb_rng rng;
    psb_rng_init(&rng, 7);
    fill(&pairs, (psb_block_motion){.turn = 0.3f}, 0, 0, &rng);
    const psb_block_motion found = psb_fit_vote(&pairs, 0.8, 0.2, &rng);
    assert_true(fabsf(found.turn) <= 0.2f);
    assert_true(psb_fit_share(&pairs, found, 0.8) < 0.3);
}

static void nothing_gives_rest(void **state)
{
    (void)state;
    psb_block_pairs pairs = {0};
    psb_rng rng;
    psb_rng_init(&rng, 8);
    assert_true(apart(psb_fit_vote(&pairs, 0.8, 0.2, &rng), (psb_block_motion){0}) == 0);
    assert_true(apart(psb_fit_refine(&pairs, (psb_block_motion){0}, 0.8), (psb_block_motion){0}) == 0);
    assert_true(psb_fit_share(&pairs, (psb_block_motion){0}, 0.8) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_motion_is_found_among_wrong_blocks),
        cmocka_unit_test(exact_blocks_give_the_motion_itself),
        cmocka_unit_test(a_corner_tells_no_turn),
        cmocka_unit_test(bends_beyond_the_most_are_not_drawn),
        cmocka_unit_test(nothing_gives_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
