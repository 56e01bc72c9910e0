/* SPDX-License-Identifier: Apache-2.0
 *
 * Assignment: against all possible matchings of small random problems, large ones with a known answer, the
 * order of pairs, and wrong input.
 */
#include "geometry/assignment.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/rng.h"

enum { SMALL = 6 };

static psb_assignment *assignment;

static int set_up(void **state)
{
    (void)state;
    return psb_assignment_create(&assignment);
}

static int tear_down(void **state)
{
    (void)state;
    psb_assignment_destroy(&assignment);
    assert_null(assignment);
    psb_assignment_destroy(&assignment);
    psb_assignment_destroy(NULL);
    return 0;
}

static uint32_t draw_below(psb_rng *rng, uint32_t bound)
{
    return (uint32_t)psb_rng_below(rng, bound);
}

/* The best sum over all matchings, by trying all: rows are taken one after the other. */
static double best_of_all(double gain[SMALL][SMALL], int32_t row_count, int32_t column_count)
{
    enum { SUBSETS = 1 << SMALL };
    double best[SUBSETS] = {0}; /* by the set of columns that the rows so far may have used */
    for (int32_t i = 0; i < row_count; i++)
        for (int32_t used = SUBSETS - 1; used >= 0; used--)
            for (int32_t j = 0; j < column_count; j++) {
                if (!(used & 1 << j) || gain[i][j] <= 0) continue;
                const double sum = best[used & ~(1 << j)] + gain[i][j];
                if (sum > best[used]) best[used] = sum;
            }
    return best[SUBSETS - 1];
}

/* The sum of a solution; fails when a column is used twice or a pair was never offered. */
static double sum_of(double gain[SMALL][SMALL], const int32_t *column_of_row, int32_t row_count, int32_t column_count)
{
    double sum = 0;
    uint32_t used = 0;
    for (int32_t i = 0; i < row_count; i++) {
        const int32_t j = column_of_row[i];
        if (j < 0) continue;
        assert_true(j < column_count && gain[i][j] > 0);
        assert_false(used & 1U << j);
        used |= 1U << j;
        sum += gain[i][j];
    }
    return sum;
}

/* Whole-number gains: sums are exact, and ties are frequent. */
static void small_problems_are_solved_best(void **state)
{
    (void)state;
    psb_rng rng;
    psb_rng_init(&rng, 7);
    for (int32_t trial = 0; trial < 20000; trial++) {
        const int32_t rows = (int32_t)draw_below(&rng, SMALL + 1), columns = (int32_t)draw_below(&rng, SMALL + 1);
        const uint32_t density = 1 + draw_below(&rng, 4), most = 1 + draw_below(&rng, 30);
        double gain[SMALL][SMALL] = {{0}};
        psb_pair pairs[SMALL * SMALL];
        int64_t pair_count = 0;
        for (int32_t i = 0; i < rows; i++)
            for (int32_t j = 0; j < columns; j++) {
                if (draw_below(&rng, density)) continue;
                gain[i][j] = (double)draw_below(&rng, most + 2) - 1; /* -1 and 0 must never be chosen */
                pairs[pair_count++] = (psb_pair){i, j, gain[i][j]};
            }
        int32_t column_of_row[SMALL];
        assert_int_equal(psb_assignment_solve(assignment, column_of_row, rows, columns, pairs, pair_count), PSB_OK);
        const double found = sum_of(gain, column_of_row, rows, columns);
        assert_true(found == best_of_all(gain, rows, columns));

        for (int64_t i = pair_count - 1; i > 0; i--) { /* shuffled: the very same answer */
            const int64_t k = draw_below(&rng, (uint32_t)i + 1);
            const psb_pair swapped = pairs[i];
            pairs[i] = pairs[k];
            pairs[k] = swapped;
        }
        int32_t again[SMALL];
        assert_int_equal(psb_assignment_solve(assignment, again, rows, columns, pairs, pair_count), PSB_OK);
        assert_memory_equal(again, column_of_row, (size_t)rows * sizeof(int32_t));
    }
}

/* Gains 1/(1+|i-j|) over a full square: the best is the diagonal. */
static void a_large_full_square_is_solved(void **state)
{
    (void)state;
    enum { SIDE = 300 };
    psb_pair *pairs = malloc(SIDE * SIDE * sizeof(*pairs));
    int32_t column_of_row[SIDE];
    int64_t pair_count = 0;
    assert_non_null(pairs);
    for (int32_t i = 0; i < SIDE; i++)
        for (int32_t j = 0; j < SIDE; j++) pairs[pair_count++] = (psb_pair){i, j, 1.0 / (1 + abs(i - j))};
    assert_int_equal(psb_assignment_solve(assignment, column_of_row, SIDE, SIDE, pairs, pair_count), PSB_OK);
    for (int32_t i = 0; i < SIDE; i++) assert_int_equal(column_of_row[i], i);
    free(pairs);
}

/* A gain without end is a very large one: it must not spoil the prices of those that come after. */
static void infinite_gains_are_large_ones(void **state)
{
    (void)state;
    const psb_pair pairs[] = {{0, 0, INFINITY}, {0, 1, 1}, {1, 0, INFINITY}, {1, 1, INFINITY}, {2, 0, 5}, {2, 2, 1}};
    int32_t column_of_row[3];
    assert_int_equal(psb_assignment_solve(assignment, column_of_row, 3, 3, pairs, 6), PSB_OK);
    assert_int_equal(column_of_row[0], 0);
    assert_int_equal(column_of_row[1], 1);
    assert_int_equal(column_of_row[2], 2);
}

/* A chain in which greed is wrong everywhere: each row prefers the next row's only other column. */
static void greed_is_undone_along_a_chain(void **state)
{
    (void)state;
    enum { LENGTH = 1000 };
    psb_pair pairs[2 * LENGTH];
    int32_t column_of_row[LENGTH];
    int64_t pair_count = 0;
    for (int32_t i = 0; i < LENGTH; i++) {
        pairs[pair_count++] = (psb_pair){i, i, 10};
        if (i + 1 < LENGTH) pairs[pair_count++] = (psb_pair){i, i + 1, 11};
    }
    pairs[pair_count++] = (psb_pair){LENGTH - 1, 0, 1000};
    assert_int_equal(psb_assignment_solve(assignment, column_of_row, LENGTH, LENGTH, pairs, pair_count), PSB_OK);
    for (int32_t i = 0; i < LENGTH; i++) assert_int_equal(column_of_row[i], (i + 1) % LENGTH);
}

/* 100,000 rows in pairs of two: time n log n, so far below a second; a dense solver would need 80 GB. */
static void sparse_problems_scale(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    psb_pair *pairs = malloc(2 * COUNT * sizeof(*pairs));
    int32_t *column_of_row = malloc(COUNT * sizeof(*column_of_row));
    assert_true(pairs && column_of_row);
    int64_t pair_count = 0;
    for (int32_t i = 0; i < COUNT; i++) {
        pairs[pair_count++] = (psb_pair){i, i, 1};
        pairs[pair_count++] = (psb_pair){i, i ^ 1, 2};
    }
    const clock_t start = clock();
    assert_int_equal(psb_assignment_solve(assignment, column_of_row, COUNT, COUNT, pairs, pair_count), PSB_OK);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 2);
    for (int32_t i = 0; i < COUNT; i++) assert_int_equal(column_of_row[i], i ^ 1);
    free(pairs);
    free(column_of_row);
}

static void strange_gains_do_no_harm(void **state)
{
    (void)state;
    int32_t column_of_row[3];
    const psb_pair pairs[] = {{0, 0, NAN},   {0, 1, INFINITY}, {1, 1, -INFINITY}, {1, 0, 1e-300},
                              {2, 0, 1e308}, {2, 2, 5},        {2, 2, 7},         {0, 2, -0.0}};
    assert_int_equal(psb_assignment_solve(assignment, column_of_row, 3, 3, pairs, 8), PSB_OK);
    assert_int_equal(column_of_row[0], 1);
    assert_int_equal(column_of_row[2], 0);
    assert_int_equal(column_of_row[1], -1);
    assert_int_equal(psb_assignment_solve(assignment, column_of_row, 3, 0, NULL, 0), PSB_OK);
    for (int32_t i = 0; i < 3; i++) assert_int_equal(column_of_row[i], -1);
    assert_int_equal(psb_assignment_solve(assignment, NULL, 0, 5, NULL, 0), PSB_OK);
}

static void wrong_input_is_refused(void **state)
{
    (void)state;
    int32_t column_of_row[2];
    const psb_pair row_wrong = {2, 0, 1}, column_wrong = {0, -1, 1};
    assert_int_equal(psb_assignment_solve(assignment, column_of_row, 2, 2, &row_wrong, 1), PSB_BAD_INPUT);
    assert_int_equal(psb_assignment_solve(assignment, column_of_row, 2, 2, &column_wrong, 1), PSB_BAD_INPUT);
    assert_int_equal(psb_assignment_solve(assignment, column_of_row, -1, 2, NULL, 0), PSB_BAD_INPUT);
    assert_int_equal(psb_assignment_solve(assignment, column_of_row, 2, 2, NULL, -1), PSB_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_problems_are_solved_best), cmocka_unit_test(a_large_full_square_is_solved),
        cmocka_unit_test(greed_is_undone_along_a_chain),  cmocka_unit_test(sparse_problems_scale),
        cmocka_unit_test(strange_gains_do_no_harm),       cmocka_unit_test(wrong_input_is_refused),
        cmocka_unit_test(infinite_gains_are_large_ones),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
