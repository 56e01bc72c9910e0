/* SPDX-License-Identifier: Apache-2.0
 *
 * Sorting of indices: ordered and stable for every length about the runs, and in n log n for the worst input.
 */
#include "geometry/order.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

static int64_t comparisons;

static bool is_less(const void *context, int32_t a, int32_t b)
{
    const int32_t *keys = context;
    comparisons++;
    return keys[a] < keys[b];
}

static void lists_are_sorted_and_stable(void **state)
{
    (void)state;
    enum { LONGEST = 200 };
    psb_rng rng;
    psb_rng_init(&rng, 1);
    for (int32_t count = 0; count <= LONGEST; count++)
        for (int32_t kinds = 1; kinds < 300; kinds = 3 * kinds + 1) {
            int32_t keys[LONGEST], list[LONGEST + 1], spare[LONGEST + 1];
            for (int32_t i = 0; i < count; i++) {
                keys[i] = (int32_t)psb_rng_below(&rng, (uint64_t)kinds);
                list[i] = i;
            }
            list[count] = spare[count] = -77;
            psb_order_sort(list, spare, count, is_less, keys);
            for (int32_t i = 1; i < count; i++) {
                assert_true(keys[list[i - 1]] <= keys[list[i]]);
                if (keys[list[i - 1]] == keys[list[i]]) assert_true(list[i - 1] < list[i]);
            }
            assert_true(list[count] == -77 && spare[count] == -77);
        }
}

/* The sort that carries its keys agrees with the one that asks for each comparison. */
static void both_sorts_agree(void **state)
{
    (void)state;
    enum { LONGEST = 200 };
    psb_rng rng;
    psb_rng_init(&rng, 2);
    for (int32_t count = 0; count <= LONGEST; count++) {
        int32_t keys[LONGEST], list[LONGEST], spare[LONGEST];
        psb_order_item items[LONGEST + 1], items_spare[LONGEST];
        for (int32_t i = 0; i < count; i++) {
            keys[i] = (int32_t)psb_rng_below(&rng, 1 + (uint64_t)count / 2);
            list[i] = i;
            items[i] = (psb_order_item){keys[i], i};
        }
        items[count].item_i = -77;
        psb_order_sort(list, spare, count, is_less, keys);
        psb_order_sort_keys(items, items_spare, count);
        for (int32_t i = 0; i < count; i++) assert_int_equal(items[i].item_i, list[i]);
        assert_int_equal(items[count].item_i, -77);
    }
}

static void the_worst_input_is_n_log_n(void **state)
{
    (void)state;
    enum { COUNT = 1 << 17 };
    int32_t *keys = malloc(3 * COUNT * sizeof(*keys));
    assert_non_null(keys);
    int32_t *const list = keys + COUNT, *const spare = keys + 2 * COUNT;
    for (int32_t i = 0; i < COUNT; i++) {
        keys[i] = COUNT - i;
        list[i] = i;
    }
    comparisons = 0;
    psb_order_sort(list, spare, COUNT, is_less, keys);
    for (int32_t i = 0; i < COUNT; i++) assert_int_equal(list[i], COUNT - 1 - i);
    assert_true(comparisons < (int64_t)COUNT * 25);
    free(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_sorted_and_stable),
        cmocka_unit_test(both_sorts_agree),
        cmocka_unit_test(the_worst_input_is_n_log_n),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
