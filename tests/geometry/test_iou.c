/* SPDX-License-Identifier: Apache-2.0
 *
 * Intersection over union: values by hand, extremes of float, symmetry, and the row against the pair bit for bit.
 */
#include "geometry/iou.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

static void values_by_hand(void **state)
{
    (void)state;
    const psb_box unit = {0, 0, 2, 2};
    assert_true(psb_iou(unit, unit) == 1.0F);
    assert_true(psb_iou(unit, (psb_box){1, 0, 3, 2}) == (float)(2.0 / 6.0));
    assert_true(psb_iou(unit, (psb_box){1, 1, 3, 3}) == (float)(1.0 / 7.0));
    assert_true(psb_iou(unit, (psb_box){2, 0, 4, 2}) == 0.0F); /* they touch */
    assert_true(psb_iou(unit, (psb_box){-1, -1, 3, 3}) == 0.25F);
    assert_true(psb_covered(unit, (psb_box){1, -9, 9, 9}) == 0.5F);
    assert_true(psb_covered(unit, (psb_box){-9, -9, 9, 9}) == 1.0F);
    assert_true(psb_covered((psb_box){-9, -9, 9, 9}, unit) == (float)(4.0 / 324.0));
}

static void extremes_stay_in_range(void **state)
{
    (void)state;
    const float large = FLT_MAX, tiny = FLT_TRUE_MIN;
    const psb_box whole = {-large, -large, large, large}, speck = {0, 0, tiny, tiny};
    assert_true(psb_iou(whole, whole) == 1.0F);
    assert_true(psb_iou(speck, speck) == 1.0F);
    assert_true(psb_iou(whole, speck) == 0.0F); /* below the smallest float */
    const psb_box wrong[] = {{NAN, 0, 1, 1}, {0, NAN, 1, 1}, {0, 0, NAN, 1}, {0, 0, 1, NAN}, {1, 0, 0, 1},
                             {0, 1, 1, 0},   {0, 0, 0, 1},   {0, 0, 1, 0},   {5, 5, 5, 5},   {NAN, NAN, NAN, NAN}};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const psb_box unit = {0, 0, 1, 1};
        assert_true(psb_iou(unit, wrong[i]) == 0.0F);
        assert_true(psb_iou(wrong[i], unit) == 0.0F);
        assert_true(psb_iou(wrong[i], wrong[i]) == 0.0F);
        assert_true(psb_covered(unit, wrong[i]) == 0.0F);
        assert_true(psb_covered(wrong[i], unit) == 0.0F);
    }
    const psb_box endless = {-INFINITY, -INFINITY, INFINITY, INFINITY};
    assert_true(psb_iou(endless, endless) == 0.0F);
}

static float draw(psb_rng *rng, float from, float to)
{
    return from + (to - from) * (float)psb_rng_unit(rng);
}

static void the_row_equals_the_pair(void **state)
{
    (void)state;
    psb_rng rng;
    psb_rng_init(&rng, 1);
    psb_boxes boxes;
    float row[67];
    assert_int_equal(psb_boxes_init(&boxes, 67), PSB_OK);
    for (int32_t count = 0; count <= 67; count++) {
        boxes.count = 0;
        for (int32_t i = 0; i < count; i++) {
            const float x = draw(&rng, -50, 50), y = draw(&rng, -50, 50);
            const psb_box box = {x, y, x + draw(&rng, -5, 80), y + draw(&rng, -5, 80)};
            assert_int_equal(psb_boxes_append(&boxes, box, 1), PSB_OK);
        }
        const psb_box box = {draw(&rng, -50, 0), draw(&rng, -50, 0), draw(&rng, 0, 50), draw(&rng, 0, 50)};
        memset(row, 0x7F, sizeof(row));
        psb_iou_row(row, box, &boxes);
        for (int32_t i = 0; i < count; i++) {
            const float pair = psb_iou(box, psb_boxes_at(&boxes, i));
            assert_memory_equal(&row[i], &pair, sizeof(pair));
            assert_true(pair >= 0 && pair <= 1);
            assert_true(pair == psb_iou(psb_boxes_at(&boxes, i), box));
        }
    }
    psb_boxes_fini(&boxes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_by_hand),
        cmocka_unit_test(extremes_stay_in_range),
        cmocka_unit_test(the_row_equals_the_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
