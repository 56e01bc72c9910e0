/* SPDX-License-Identifier: Apache-2.0
 *
 * Average precision computed by hand: COCO's rules (crowd, areas, a hundred a picture) and those of MOT sequences.
 */
#include "eval/precision.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define assert_near(a, b) assert_true(fabs((a) - (b)) < 1e-12)

/* Boxes are squares of `side` at (x, 0). */
typedef struct square {
    double x, side, score_or_ignored;
} square;

enum { MOST = 160 };

static psb_precision measure(psb_precision_rules rules, const square *truth, int32_t n_truth, const square *found,
                             int32_t n_found)
{
    static double t[5][MOST], f[5][MOST];
    static bool is_ignored[MOST];
    const int32_t truth_first[2] = {0, n_truth}, found_first[2] = {0, n_found};
    for (int32_t i = 0; i < n_truth; i++) {
        t[0][i] = truth[i].x;
        t[1][i] = 0;
        t[2][i] = truth[i].x + truth[i].side;
        t[3][i] = truth[i].side;
        t[4][i] = truth[i].side * truth[i].side;
        is_ignored[i] = truth[i].score_or_ignored != 0;
    }
    for (int32_t i = 0; i < n_found; i++) {
        f[0][i] = found[i].x;
        f[1][i] = 0;
        f[2][i] = found[i].x + found[i].side;
        f[3][i] = found[i].side;
        f[4][i] = found[i].score_or_ignored;
    }
    const psb_precision_input input = {1,    truth_first, found_first, t[0], t[1], t[2], t[3],
                                       t[4], is_ignored,  f[0],        f[1], f[2], f[3], f[4]};
    psb_precision out;
    assert_int_equal(psb_precision_measure(&out, &input, rules), PSB_OK);
    return out;
}

/* Two people, the better one found exactly, then a false one, then the other found exactly: precision 1 up to recall
 * 0.5 (51 of 101 points), 2/3 from there. */
static void a_curve_by_hand(void **state)
{
    (void)state;
    const square truth[] = {{0, 50, 0}, {100, 50, 0}};
    const square found[] = {{100, 50, 0.7}, {0, 50, 0.9}, {300, 50, 0.8}};
    for (int rules = PSB_RULES_MOT; rules <= PSB_RULES_COCO; rules++) {
        const psb_precision p = measure((psb_precision_rules)rules, truth, 2, found, 3);
        assert_near(p.ap50, (51 + 50 * 2.0 / 3) / 101);
        assert_near(p.ap, p.ap50);
        assert_near(p.recall, 1);
        assert_near(p.ap_medium, p.ap);
        assert_true(isnan(p.ap_small));
        assert_int_equal(p.truth_count, 2);
        /* below one false positive a picture the miss rate is 1/2, at 1.0 it is 0, which counts as 1e-10 */
        assert_near(p.miss_rate, exp((8 * log(0.5) + log(1e-10)) / 9));
    }
}

/* Squares of sides 50 and 60 overlap by 50^2 / 60^2. */
static void overlaps_decide(void **state)
{
    (void)state;
    const square truth[] = {{0, 60, 0}}, found[] = {{0, 50, 0.9}}; /* 0.694: 0.50 to 0.65 */
    const psb_precision p = measure(PSB_RULES_COCO, truth, 1, found, 1);
    assert_near(p.ap50, 1);
    assert_near(p.ap75, 0);
    assert_near(p.ap, 0.4);
    assert_near(p.recall, 0.4);
}

/* A crowd takes any number of detections that lie half inside it, and is never asked for. */
static void crowds_are_ignored(void **state)
{
    (void)state;
    const square truth[] = {{0, 200, 1}, {300, 50, 0}};
    const square found[] = {{10, 50, 0.9}, {80, 50, 0.8}, {300, 50, 0.7}, {500, 50, 0.6}};
    for (int rules = PSB_RULES_MOT; rules <= PSB_RULES_COCO; rules++) {
        const psb_precision p = measure((psb_precision_rules)rules, truth, 2, found, 4);
        assert_int_equal(p.truth_count, 1);
        assert_near(p.ap50, 1); /* the false one comes after full recall */
        assert_near(p.recall50, 1);
    }
}

/* Small: below 32^2. What is found and unmatched outside the range counts neither way. */
static void ranges_of_area(void **state)
{
    (void)state;
    const square truth[] = {{0, 20, 0}, {100, 150, 0}};
    const square found[] = {{0, 20, 0.5}, {400, 150, 0.9}, {100, 150, 0.8}};
    const psb_precision p = measure(PSB_RULES_COCO, truth, 2, found, 3);
    assert_near(p.ap_small, 1); /* the large false one is outside the range */
    assert_near(p.ap_large, 0.5);
    assert_true(isnan(p.ap_medium));
}

/* COCO looks at the hundred best of a picture only; MOT's rules at all. */
static void a_hundred_a_picture(void **state)
{
    (void)state;
    square found[MOST];
    const square truth[] = {{0, 50, 0}};
    for (int32_t i = 0; i < 120; i++) found[i] = (square){1000 + 100 * i, 50, 0.9};
    found[120] = (square){0, 50, 0.1};
    assert_near(measure(PSB_RULES_COCO, truth, 1, found, 121).recall50, 0);
    assert_near(measure(PSB_RULES_MOT, truth, 1, found, 121).recall50, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_curve_by_hand), cmocka_unit_test(overlaps_decide),     cmocka_unit_test(crowds_are_ignored),
        cmocka_unit_test(ranges_of_area),  cmocka_unit_test(a_hundred_a_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
