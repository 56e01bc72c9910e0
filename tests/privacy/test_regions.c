/* SPDX-License-Identifier: Apache-2.0
 *
 * Region columns: rows survive growth and copying; what lies inside another region is dropped, and nothing else.
 */
#include "privacy/regions.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alloc_count.h"
#include "base/rng.h"

static psb_box box_number(int32_t i)
{
    const float at = (float)i;
    return (psb_box){at, at + 1, at + 2, at + 3};
}

static void assert_row(const psb_regions *regions, int32_t row_i, psb_box expected)
{
    const psb_box found = psb_regions_at(regions, row_i);
    assert_memory_equal(&found, &expected, sizeof(found));
}

static void rows_survive_growth_and_copying(void **state)
{
    (void)state;
    psb_regions regions = {0}, copy = {0};
    for (int32_t i = 0; i < 500; i++) assert_int_equal(psb_regions_append(&regions, box_number(i)), PSB_OK);
    assert_int_equal(psb_regions_copy(&copy, &regions), PSB_OK);
    assert_int_equal(copy.count, 500);
    for (int32_t i = 0; i < 500; i++) {
        assert_row(&regions, i, box_number(i));
        assert_row(&copy, i, box_number(i));
    }
    regions.count = 3;
    assert_int_equal(psb_regions_copy(&copy, &regions), PSB_OK);
    assert_int_equal(copy.count, 3);
    assert_int_equal(psb_regions_copy(&copy, &copy), PSB_OK);
    assert_int_equal(psb_regions_reserve(&copy, -1), PSB_BAD_INPUT);
    assert_int_equal(psb_regions_reserve(&copy, PSB_BOXES_MAX + 1), PSB_BAD_INPUT);
    assert_int_equal(copy.count, 3);
    psb_regions_fini(&regions);
    psb_regions_fini(&copy);
    assert_null(copy.x0_px);
    psb_regions_fini(&copy); /* all zero is accepted */
}

static void failing_memory_leaves_rows(void **state)
{
    (void)state;
    psb_regions regions = {0};
    assert_int_equal(psb_regions_append(&regions, box_number(4)), PSB_OK);
    alloc_count_fail_at(1);
    assert_int_equal(psb_regions_reserve(&regions, regions.capacity + 1), PSB_NO_MEMORY);
    alloc_count_reset();
    assert_row(&regions, 0, box_number(4));
    psb_regions_fini(&regions);
}

static int is_in_any(const psb_regions *regions, float x, float y)
{
    for (int32_t i = 0; i < regions->count; i++) {
        const psb_box at = psb_regions_at(regions, i);
        if (x >= at.x0_px && x <= at.x1_px && y >= at.y0_px && y <= at.y1_px) return 1;
    }
    return 0;
}

/* On a small grid, with many equal and nested regions: the union stays, and no row lies inside another. */
static void only_what_is_inside_is_dropped(void **state)
{
    (void)state;
    psb_rng rng;
    psb_regions before = {0}, after = {0};
    psb_rng_init(&rng, 5);
    for (int round = 0; round < 500; round++) {
        before.count = 0;
        for (uint64_t i = 0, count = psb_rng_below(&rng, 12); i < count; i++) {
            const float x = (float)psb_rng_below(&rng, 6), y = (float)psb_rng_below(&rng, 6);
            const psb_box box = {x, y, x + 1 + (float)psb_rng_below(&rng, 3), y + 1 + (float)psb_rng_below(&rng, 3)};
            assert_int_equal(psb_regions_append(&before, box), PSB_OK);
        }
        assert_int_equal(psb_regions_copy(&after, &before), PSB_OK);
        psb_regions_drop_contained(&after);
        for (float y = 0; y <= 10; y += 0.5f)
            for (float x = 0; x <= 10; x += 0.5f) assert_int_equal(is_in_any(&after, x, y), is_in_any(&before, x, y));
        for (int32_t a = 0; a < after.count; a++)
            for (int32_t b = 0; b < after.count; b++) {
                const psb_box p = psb_regions_at(&after, a), q = psb_regions_at(&after, b);
                if (a != b)
                    assert_false(p.x0_px >= q.x0_px && p.y0_px >= q.y0_px && p.x1_px <= q.x1_px && p.y1_px <= q.y1_px);
            }
    }
    psb_regions_fini(&before);
    psb_regions_fini(&after);
}

static void what_is_not_a_number_stays(void **state)
{
    (void)state;
    psb_regions regions = {0};
    assert_int_equal(psb_regions_append(&regions, (psb_box){0, 0, 100, 100}), PSB_OK);
    assert_int_equal(psb_regions_append(&regions, (psb_box){NAN, 1, 2, 2}), PSB_OK);
    psb_regions_drop_contained(&regions);
    assert_int_equal(regions.count, 2);
    psb_regions_fini(&regions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_survive_growth_and_copying),
        cmocka_unit_test(failing_memory_leaves_rows),
        cmocka_unit_test(only_what_is_inside_is_dropped),
        cmocka_unit_test(what_is_not_a_number_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
