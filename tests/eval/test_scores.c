/* SPDX-License-Identifier: Apache-2.0
 *
 * The three metrics on sequences small enough to be scored by hand, and the preprocessing's rules one by one. (Equality
 * with TrackEval on real results: tests/e2e, where ../shared is there.)
 */
#include "eval/scores.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static psb_status score(psb_scores *out, psb_benchmark benchmark, const char *gt_text, const char *track_text,
                        int32_t frames)
{
    psb_matcher *matcher = NULL;
    psb_mot_rows gt, tracks;
    psb_eval_sequence sequence;
    assert_int_equal(psb_matcher_create(&matcher), PSB_OK);
    assert_int_equal(psb_mot_rows_parse(&gt, "gt.txt", gt_text, strlen(gt_text)), PSB_OK);
    assert_int_equal(psb_mot_rows_parse(&tracks, "tracks.txt", track_text, strlen(track_text)), PSB_OK);
    psb_status status = psb_eval_sequence_init(&sequence, benchmark, &gt, &tracks, frames, matcher);
    if (!status) status = psb_scores_measure(out, &sequence, matcher);
    psb_eval_sequence_fini(&sequence);
    psb_mot_rows_fini(&gt);
    psb_mot_rows_fini(&tracks);
    psb_matcher_destroy(&matcher);
    return status;
}

static double field(const psb_scores *scores, const char *name)
{
    int32_t count;
    const psb_score_field *fields = psb_score_fields(&count);
    for (int32_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0) return fields[i].value(scores);
    fail_msg("no field %s", name);
    return NAN;
}

#define assert_near(a, b) assert_true(fabs((a) - (b)) < 1e-12)

static void a_perfect_result_scores_one(void **state)
{
    (void)state;
    static const char text[] = "1,1,0,0,10,20,1\n2,1,1,0,10,20,1\n1,2,50,0,10,20,1\n2,2,51,0,10,20,1\n";
    psb_scores s;
    assert_int_equal(score(&s, PSB_MOT15, text, text, 2), PSB_OK);
    static const char *const ones[] = {"HOTA", "DetA", "AssA", "LocA", "MOTA", "MOTP", "IDF1", "MTR"};
    for (size_t i = 0; i < sizeof(ones) / sizeof(ones[0]); i++) assert_near(field(&s, ones[i]), 1);
    assert_near(field(&s, "IDSW"), 0);
    assert_near(field(&s, "CLR_Frames"), 2);
}

/* One person in four frames; the identity changes after two: one switch, half of the frames keep their identity. */
static void a_switch_is_counted(void **state)
{
    (void)state;
    static const char gt[] = "1,1,0,0,10,20,1\n2,1,0,0,10,20,1\n3,1,0,0,10,20,1\n4,1,0,0,10,20,1\n";
    static const char tracks[] = "1,7,0,0,10,20,1\n2,7,0,0,10,20,1\n3,8,0,0,10,20,1\n4,8,0,0,10,20,1\n";
    psb_scores s;
    assert_int_equal(score(&s, PSB_MOT15, gt, tracks, 4), PSB_OK);
    assert_near(field(&s, "IDSW"), 1);
    assert_near(field(&s, "MOTA"), 0.75);
    assert_near(field(&s, "IDF1"), 0.5);
    assert_near(field(&s, "DetA"), 1);
    assert_near(field(&s, "AssA"), 0.5); /* each match: 2 of 2 + 4 - 2 */
    assert_near(field(&s, "HOTA"), sqrt(0.5));
    assert_near(field(&s, "Frag"), 0);
}

/* Found in frames 1 and 3 of 3, half of it too much: overlap 2/3 counts for alphas up to 0.65. */
static void gaps_and_loose_boxes(void **state)
{
    (void)state;
    static const char gt[] = "1,1,0,0,10,20,1\n2,1,0,0,10,20,1\n3,1,0,0,10,20,1\n";
    static const char tracks[] = "1,1,0,0,15,20,1\n3,1,0,0,15,20,1\n2,5,100,100,10,20,1\n";
    psb_scores s;
    assert_int_equal(score(&s, PSB_MOT15, gt, tracks, 3), PSB_OK);
    assert_near(field(&s, "Frag"), 1);
    assert_near(field(&s, "CLR_TP"), 2);
    assert_near(field(&s, "CLR_FP"), 1);
    assert_near(field(&s, "MOTP"), 2.0 / 3);
    assert_near(field(&s, "PT"), 1);
    assert_near(s.hota.tp[12], 2); /* 0.65 */
    assert_near(s.hota.tp[13], 0); /* 0.70 */
}

/* MOT17: a track on a distractor is taken out, one on a pedestrian with flag 0 is a false positive. */
static void distractors_take_their_tracks_away(void **state)
{
    (void)state;
    static const char gt[] =
        "1,1,0,0,10,20,1,1,1\n1,2,50,0,10,20,1,8,1\n1,3,100,0,10,20,0,1,1\n1,4,150,0,10,20,1,3,1\n";
    static const char tracks[] = "1,1,0,0,10,20,1\n1,2,50,0,10,20,1\n1,3,100,0,10,20,1\n1,4,150,0,10,20,1\n";
    psb_scores s;
    assert_int_equal(score(&s, PSB_MOT17, gt, tracks, 1), PSB_OK);
    assert_near(field(&s, "GT_Dets"), 1);
    assert_near(field(&s, "Dets"), 3);
    assert_near(field(&s, "CLR_TP"), 1);
    assert_near(field(&s, "CLR_FP"), 2);
    /* MOT15 knows no classes: all but the zero-marked are people */
    assert_int_equal(score(&s, PSB_MOT15, gt, tracks, 1), PSB_OK);
    assert_near(field(&s, "GT_Dets"), 3);
    assert_near(field(&s, "Dets"), 4);
}

static void nothing_found_and_nothing_asked(void **state)
{
    (void)state;
    static const char one[] = "1,1,0,0,10,20,1\n";
    psb_scores s;
    assert_int_equal(score(&s, PSB_MOT15, one, "", 1), PSB_OK);
    assert_near(field(&s, "HOTA"), 0);
    assert_near(field(&s, "LocA"), 1);
    assert_near(field(&s, "CLR_FN"), 1);
    assert_near(field(&s, "ML"), 1);
    assert_near(field(&s, "IDFN"), 1);
    assert_int_equal(score(&s, PSB_MOT15, "", one, 1), PSB_OK);
    assert_near(field(&s, "CLR_FP"), 1);
    assert_near(field(&s, "IDFP"), 1);
}

static void combining_weighs_by_matches(void **state)
{
    (void)state;
    static const char one[] = "1,1,0,0,10,20,1\n", two[] = "1,1,0,0,10,20,1\n2,1,0,0,10,20,1\n";
    static const char split[] = "1,1,0,0,10,20,1\n2,2,0,0,10,20,1\n";
    psb_scores parts[2], s;
    assert_int_equal(score(&parts[0], PSB_MOT15, one, one, 1), PSB_OK);
    assert_int_equal(score(&parts[1], PSB_MOT15, two, split, 2), PSB_OK);
    psb_scores_combine(&s, parts, 2);
    assert_near(field(&s, "AssA"), (1 * 1 + 2 * 0.5) / 3);
    assert_near(field(&s, "GT_Dets"), 3);
    assert_near(field(&s, "IDF1"), 2 * 2 / 6.0);
}

static void wrong_rows_are_named(void **state)
{
    (void)state;
    psb_scores s;
    assert_int_equal(score(&s, PSB_MOT15, "1,1,0,0,1,1,1\n", "3,1,0,0,1,1,1\n", 2), PSB_BAD_INPUT);
    assert_string_equal(psb_error_text(), "tracks.txt: found frame 3, expected 1 to 2, the sequence's length");
    assert_int_equal(score(&s, PSB_MOT15, "1,1,0,0,1,1,1\n", "1,4,0,0,1,1,1\n1,4,5,5,1,1,1\n", 2), PSB_BAD_INPUT);
    assert_string_equal(psb_error_text(), "tracks.txt: frame 1: identity 4 found twice, expected once");
    assert_int_equal(score(&s, PSB_MOT17, "1,1,0,0,1,1,1,14,1\n", "", 2), PSB_BAD_INPUT);
    assert_string_equal(psb_error_text(), "gt.txt: frame 1: found class 14, expected 1 to 12");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_perfect_result_scores_one),
        cmocka_unit_test(a_switch_is_counted),
        cmocka_unit_test(gaps_and_loose_boxes),
        cmocka_unit_test(distractors_take_their_tracks_away),
        cmocka_unit_test(nothing_found_and_nothing_asked),
        cmocka_unit_test(combining_weighs_by_matches),
        cmocka_unit_test(wrong_rows_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
