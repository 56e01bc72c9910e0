/* SPDX-License-Identifier: Apache-2.0
 *
 * Matchings by edges against brute force: every small graph's best sum is found, and edges are named rightly.
 */
#include "eval/matching.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"

enum { SIDE = 5, TRIALS = 3000 };

static double best_sum(const double weight[SIDE][SIDE], int row, unsigned taken)
{
    if (row == SIDE) return 0;
    double best = best_sum(weight, row + 1, taken);
    for (int c = 0; c < SIDE; c++) {
        if (weight[row][c] <= 0 || (taken >> c & 1)) continue;
        best = fmax(best, weight[row][c] + best_sum(weight, row + 1, taken | 1u << c));
    }
    return best;
}

static void sums_are_the_largest(void **state)
{
    (void)state;
    psb_matcher *matcher = NULL;
    psb_rng rng;
    psb_rng_init(&rng, 5);
    assert_int_equal(psb_matcher_create(&matcher), PSB_OK);
    for (int trial = 0; trial < TRIALS; trial++) {
        double dense[SIDE][SIDE] = {{0}}, weight[SIDE * SIDE];
        int32_t first[SIDE + 1], column[SIDE * SIDE], edge[SIDE], n = 0;
        for (int r = 0; r < SIDE; r++) {
            first[r] = n;
            for (int c = 0; c < SIDE; c++) {
                if (psb_rng_below(&rng, 2)) continue;
                dense[r][c] = 0.125 * (1 + (double)psb_rng_below(&rng, 16)); /* ties are frequent */
                column[n] = c;
                weight[n++] = dense[r][c];
            }
        }
        first[SIDE] = n;
        const psb_matching_graph graph = {SIDE, SIDE, first, column, weight};
        assert_int_equal(psb_matcher_run(matcher, edge, &graph), PSB_OK);
        double sum = 0;
        unsigned taken = 0;
        for (int r = 0; r < SIDE; r++) {
            if (edge[r] < 0) continue;
            assert_in_range(edge[r], first[r], first[r + 1] - 1);
            assert_false(taken >> column[edge[r]] & 1);
            taken |= 1u << column[edge[r]];
            sum += weight[edge[r]];
        }
        assert_true(fabs(sum - best_sum(dense, 0, 0)) < 1e-9);
    }
    psb_matcher_destroy(&matcher);
    assert_null(matcher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sums_are_the_largest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
