/* SPDX-License-Identifier: Apache-2.0
 *
 * The index of places: what a look over all things finds, the strips find, for every size, also where all stand in one
 * place or one is far out; and a search reads few of them.
 */
#include "geometry/strips.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rng.h"

typedef struct rectangle {
    double x0, y0, x1, y1;
} rectangle;

enum { MOST = 3000 };

static rectangle things[MOST];
static int32_t looked_at;

static void fill(psb_strips *strips, int32_t count)
{
    assert_int_equal(psb_strips_reserve(strips, count), PSB_OK);
    psb_strips_begin(strips);
    for (int32_t i = 0; i < count; i++) psb_strips_put(strips, things[i].x0, things[i].y0, things[i].y1);
    psb_strips_sort(strips);
}

/* How many begin within x0..x1 and reach into y0..y1; each once. */
static int32_t found_in(const psb_strips *strips, rectangle where)
{
    int32_t found = 0;
    for (const psb_strip *strip = strips->strip; strip < strips->strip + strips->strip_count; strip++) {
        looked_at++;
        if (strip->bottom_px < where.y0 || strip->top_px > where.y1) continue;
        for (const psb_order_item *at = psb_strip_from(strip, where.x0); at < strip->end && at->key <= where.x1; at++) {
            looked_at++;
            found += things[at->item_i].y1 >= where.y0 && things[at->item_i].y0 <= where.y1;
        }
    }
    return found;
}

static int32_t there_are(int32_t count, rectangle where)
{
    int32_t found = 0;
    for (int32_t i = 0; i < count; i++)
        found += things[i].x0 >= where.x0 && things[i].x0 <= where.x1 && things[i].y1 >= where.y0 &&
                 things[i].y0 <= where.y1;
    return found;
}

static void scatter(psb_rng *rng, int32_t count, double side_px)
{
    for (int32_t i = 0; i < count; i++) {
        const double x = side_px * psb_rng_unit(rng), y = side_px * psb_rng_unit(rng);
        things[i] = (rectangle){x, y, x + 20 * psb_rng_unit(rng), y + 50 * psb_rng_unit(rng)};
    }
}

static void all_that_is_there_is_found(void **state)
{
    (void)state;
    psb_strips strips = {0};
    psb_rng rng;
    psb_rng_init(&rng, 3);
    for (int32_t count = 0; count < MOST; count = count < 70 ? count + 1 : count + 731) {
        for (int32_t kind = 0; kind < 3; kind++) {
            scatter(&rng, count, kind == 0 ? 1000 : kind == 1 ? 0 : 40);
            if (kind == 2 && count > 0) things[count / 2] = (rectangle){-1e30, -1e30, 1e30, 1e30};
            fill(&strips, count);
            for (int32_t k = 0; k < 20; k++) {
                const double x = 1000 * psb_rng_unit(&rng), y = 1000 * psb_rng_unit(&rng);
                const rectangle where = {x, y, x + 300 * psb_rng_unit(&rng), y + 300 * psb_rng_unit(&rng)};
                assert_int_equal(found_in(&strips, where), there_are(count, where));
            }
            assert_int_equal(found_in(&strips, (rectangle){-1e35, -1e35, 1e35, 1e35}), count);
        }
    }
    psb_strips_fini(&strips);
    assert_int_equal(strips.capacity, 0);
    psb_strips_fini(&strips);
}

/* In a sparse scene a search around each thing looks at a few dozens of 3,000. */
static void a_search_reads_few(void **state)
{
    (void)state;
    psb_strips strips = {0};
    psb_rng rng;
    psb_rng_init(&rng, 4);
    scatter(&rng, MOST, 5000);
    fill(&strips, MOST);
    looked_at = 0;
    for (int32_t i = 0; i < MOST; i++) {
        const rectangle t = things[i];
        found_in(&strips, (rectangle){t.x0 - 30, t.y0 - 30, t.x0 + 30, t.y1 + 30});
    }
    assert_true(looked_at < 60 * MOST);
    psb_strips_fini(&strips);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_there_is_found),
        cmocka_unit_test(a_search_reads_few),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
