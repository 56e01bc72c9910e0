/* SPDX-License-Identifier: Apache-2.0
 *
 * Suppression against the plainest way of writing it, on drawn crowds; and what it must not do: allocate, crawl.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "alloc_count.h"
#include "detect/nms.h"
#include "geometry/boxes.h"

/* Numerical Recipes' quick generator: the test draws the same crowds everywhere. */
static uint32_t draw(uint32_t *state)
{
    return *state = *state * 1664525u + 1013904223u;
}

/* 0..1 in steps of 1/256, so that ties of scores and of overlaps happen. */
static float draw_unit(uint32_t *state)
{
    return (float)(draw(state) >> 24) / 256.0f;
}

static void draw_crowd(psb_boxes *out, int32_t count, float spread_px, uint32_t *state)
{
    out->count = count;
    for (int32_t i = 0; i < count; i++) {
        out->x0_px[i] = draw_unit(state) * spread_px - spread_px / 4;
        out->y0_px[i] = draw_unit(state) * spread_px - spread_px / 4;
        out->x1_px[i] = out->x0_px[i] + 1.0f + 64.0f * draw_unit(state);
        out->y1_px[i] = out->y0_px[i] + 1.0f + 64.0f * draw_unit(state);
        out->score[i] = draw_unit(state);
    }
}

/* The definition: again and again the best living box stays and kills those that overlap it too much. */
static int32_t suppress_plainly(int32_t *kept, const psb_boxes *boxes, float max_iou)
{
    bool *is_dead = calloc((size_t)boxes->count + 1, sizeof(*is_dead));
    int32_t count = 0;
    assert_non_null(is_dead);
    for (;;) {
        int32_t best = -1;
        for (int32_t i = 0; i < boxes->count; i++)
            if (!is_dead[i] && (best < 0 || boxes->score[i] > boxes->score[best])) best = i;
        if (best < 0) break;
        kept[count++] = best;
        is_dead[best] = true;
        const psb_box a = psb_boxes_at(boxes, best);
        for (int32_t i = 0; i < boxes->count; i++) {
            const psb_box b = psb_boxes_at(boxes, i);
            float w = (a.x1_px < b.x1_px ? a.x1_px : b.x1_px) - (a.x0_px > b.x0_px ? a.x0_px : b.x0_px);
            float h = (a.y1_px < b.y1_px ? a.y1_px : b.y1_px) - (a.y0_px > b.y0_px ? a.y0_px : b.y0_px);
            float inter = (w > 0 ? w : 0) * (h > 0 ? h : 0);
            float both = (a.x1_px - a.x0_px) * (a.y1_px - a.y0_px) + (b.x1_px - b.x0_px) * (b.y1_px - b.y0_px);
            if (inter > max_iou * (both - inter)) is_dead[i] = true;
        }
    }
    free(is_dead);
    return count;
}

static void test_crowds(void **state)
{
    (void)state;
    enum { MOST = 400 };
    uint32_t seed = 1;
    psb_boxes crowd = {0};
    psb_nms nms = {0};
    int32_t kept[MOST];
    assert_int_equal(psb_boxes_init(&crowd, MOST), PSB_OK);
    assert_int_equal(psb_nms_init(&nms, MOST), PSB_OK);
    alloc_count_reset();
    int64_t allocations = 0, dropped = 0;
    for (int32_t round = 0; round < 300; round++) {
        const int32_t count = round < 40 ? round : (int32_t)(draw(&seed) >> 8) % (MOST + 1);
        const float max_iou = round % 7 == 0 ? 0.0f : round % 11 == 0 ? 1.0f : draw_unit(&seed);
        draw_crowd(&crowd, count, round % 2 ? 64.0f : 512.0f, &seed);
        const int64_t before = alloc_count_now();
        psb_nms_run(&nms, &crowd, max_iou);
        allocations += alloc_count_now() - before;
        const int32_t expected = suppress_plainly(kept, &crowd, max_iou);
        assert_int_equal(nms.kept.count, expected);
        for (int32_t i = 0; i < expected; i++) {
            const psb_box a = psb_boxes_at(&nms.kept, i), b = psb_boxes_at(&crowd, kept[i]);
            assert_memory_equal(&a, &b, sizeof(a));
            assert_true(nms.kept.score[i] == crowd.score[kept[i]]);
        }
        dropped += count - expected;
    }
    assert_int_equal(allocations, 0);
    assert_true(dropped > 10000);
    psb_nms_fini(&nms);
    psb_nms_fini(&nms);
    psb_boxes_fini(&crowd);
}

/* As many candidates as a 416 x 416 input has cells, none of which falls: the worst there is. */
static void test_no_bound_but_cells(void **state)
{
    (void)state;
    enum { CELLS = 3549 };
    psb_boxes crowd = {0};
    psb_nms nms = {0};
    assert_int_equal(psb_boxes_init(&crowd, CELLS), PSB_OK);
    assert_int_equal(psb_nms_init(&nms, CELLS), PSB_OK);
    crowd.count = CELLS;
    for (int32_t i = 0; i < CELLS; i++) {
        crowd.x0_px[i] = (float)(i % 60) * 8.0f;
        crowd.y0_px[i] = (float)(i / 60) * 8.0f;
        crowd.x1_px[i] = crowd.x0_px[i] + 8.0f;
        crowd.y1_px[i] = crowd.y0_px[i] + 8.0f;
        crowd.score[i] = (float)i / CELLS;
    }
    psb_nms_run(&nms, &crowd, 0.0f);
    assert_int_equal(nms.kept.count, CELLS);
    for (int32_t i = 1; i < CELLS; i++) assert_true(nms.kept.score[i - 1] >= nms.kept.score[i]);
    psb_nms_fini(&nms);
    psb_boxes_fini(&crowd);
}

static void test_memory_failure(void **state)
{
    (void)state;
    for (int64_t n = 1;; n++) {
        psb_nms nms = {0};
        alloc_count_fail_at(n);
        psb_status status = psb_nms_init(&nms, 100);
        if (!alloc_count_has_failed()) {
            assert_int_equal(status, PSB_OK);
            psb_nms_fini(&nms);
            break;
        }
        assert_int_equal(status, PSB_NO_MEMORY);
        assert_null(nms.order);
    }
    alloc_count_reset();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_crowds), cmocka_unit_test(test_no_bound_but_cells),
                                       cmocka_unit_test(test_memory_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
