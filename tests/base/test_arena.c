/* SPDX-License-Identifier: Apache-2.0
 *
 * The arena's promises: alignment, no overlap, its bound to the byte, and products that would overflow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/error.h"

static void test_pieces_are_aligned_and_apart(void **state)
{
    (void)state;
    psb_arena arena;
    assert_int_equal(psb_arena_init(&arena, 4096), PSB_OK);
    uint8_t *first = psb_arena_get(&arena, 3, 7), *second = psb_arena_get(&arena, 0, 8),
            *third = psb_arena_get(&arena, 65, 1);
    assert_int_equal((uintptr_t)first % 64, 0);
    assert_true(second == first + 64); /* 21 bytes round up; nothing still has a place of its own */
    assert_true(third == second + 64);
    memset(first, 1, 21);
    memset(third, 3, 65);
    assert_int_equal(first[20], 1);
    assert_int_equal(arena.used_bytes, 64 + 64 + 128);
    psb_arena_fini(&arena);
    assert_null(arena.data);
    psb_arena_fini(&arena); /* all zero is accepted */
}

static void test_bound_is_exact_and_reset_gives_back(void **state)
{
    (void)state;
    psb_arena arena;
    assert_int_equal(psb_arena_init(&arena, 2 * psb_arena_cost_bytes(10, 4)), PSB_OK);
    uint8_t *first = psb_arena_get(&arena, 10, 4);
    assert_non_null(first);
    assert_non_null(psb_arena_get(&arena, 10, 4));
    assert_null(psb_arena_get(&arena, 1, 1));
    assert_non_null(strstr(psb_error_text(), "0 of 128 bytes"));
    psb_arena_reset(&arena);
    assert_true(psb_arena_get(&arena, 128, 1) == first);
    psb_arena_fini(&arena);
}

static void test_overflowing_products_are_refused(void **state)
{
    (void)state;
    psb_arena arena, none = {0};
    assert_true(psb_arena_cost_bytes(SIZE_MAX / 2, 3) == SIZE_MAX);
    assert_true(psb_arena_cost_bytes(SIZE_MAX, 1) == SIZE_MAX);
    assert_int_equal(psb_arena_init(&arena, SIZE_MAX - 10), PSB_NO_MEMORY);
    assert_null(arena.data);
    assert_null(psb_arena_get(&none, 1, 1));
    assert_null(psb_arena_get(&none, SIZE_MAX / 2, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_are_aligned_and_apart),
        cmocka_unit_test(test_bound_is_exact_and_reset_gives_back),
        cmocka_unit_test(test_overflowing_products_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
