/* SPDX-License-Identifier: Apache-2.0
 *
 * MOT text for evaluation: every column in double precision in the file's order, and what a row may leave out.
 */
#include "formats/mot_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static psb_status parse(psb_mot_rows *out, const char *text)
{
    return psb_mot_rows_parse(out, "rows.txt", text, strlen(text));
}

static void columns_keep_order_and_precision(void **state)
{
    (void)state;
    psb_mot_rows rows;
    assert_int_equal(parse(&rows, "7,3,10.123456789,-2.5,4,0,0,3,0.25\r\n2,-1,1,2,3,4,-1.5,7,1\n"), PSB_OK);
    assert_int_equal(rows.count, 2);
    assert_int_equal(rows.columns, 9);
    assert_true(rows.frame[0] == 7 && rows.frame[1] == 2);
    assert_true(rows.id[0] == 3 && rows.id[1] == -1);
    assert_true(rows.left_px[0] == 10.123456789); /* a float32 would not hold it */
    assert_true(rows.top_px[0] == -2.5 && rows.width_px[0] == 4 && rows.height_px[0] == 0);
    assert_true(rows.score[0] == 0 && rows.score[1] == -1.5);
    assert_true(rows.class_id[0] == 3 && rows.class_id[1] == 7);
    psb_mot_rows_fini(&rows);
    assert_null(rows.frame);
    psb_mot_rows_fini(&rows);
}

/* Behind the sixth column: score 1, class 1; `columns` is the least that a row had, ten for more than nine. */
static void missing_columns_have_defaults(void **state)
{
    (void)state;
    psb_mot_rows rows;
    assert_int_equal(parse(&rows, "1,1,0,0,1,1,0.5,-1,-1,-1,letters are not read\n1 2 0 0 1 1\n"), PSB_OK);
    assert_int_equal(rows.columns, 6);
    assert_true(rows.score[0] == 0.5 && rows.score[1] == 1);
    assert_true(rows.class_id[0] == -1 && rows.class_id[1] == 1);
    psb_mot_rows_fini(&rows);

    assert_int_equal(parse(&rows, "1,1,0,0,1,1,1,-1,-1,-1\n"), PSB_OK);
    assert_int_equal(rows.columns, 10);
    psb_mot_rows_fini(&rows);

    assert_int_equal(parse(&rows, "\n \n"), PSB_OK);
    assert_true(rows.count == 0 && rows.columns == 0);
    psb_mot_rows_fini(&rows);
}

/* More rows than the first allocation holds, so that the columns grow and stay together. */
static void many_rows_grow(void **state)
{
    (void)state;
    static char text[5000 * 24];
    size_t used = 0;
    for (int i = 1; i <= 5000; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%d,%d,0,0,1,%d\n", i, 2 * i, 3 * i);
    psb_mot_rows rows;
    assert_int_equal(parse(&rows, text), PSB_OK);
    assert_int_equal(rows.count, 5000);
    for (int32_t i = 0; i < 5000; i++)
        assert_true(rows.frame[i] == i + 1 && rows.id[i] == 2 * (i + 1) && rows.height_px[i] == 3.0 * (i + 1));
    psb_mot_rows_fini(&rows);
}

static void wrong_rows_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"1,1,0,0,1\n", "rows.txt:1: height: found the end of the line"},
        {"1,1,0,0,1,1\n0,1,0,0,1,1\n", "rows.txt:2: frame: found \"0\""},
        {"1.5,1,0,0,1,1\n", "frame: found \"1.5\""},
        {"2000000000,1,0,0,1,1\n", "frame: found \"2000000000\""},
        {"1,0.5,0,0,1,1\n", "id: found \"0.5\""},
        {"1,1,nan,0,1,1\n", "left: found \"nan\""},
        {"1,1,0,inf,1,1\n", "top: found \"inf\""},
        {"1,1,0,0,-1,1\n", "width: found \"-1\", expected a number from 0 to 1e9"},
        {"1,1,0,0,1,2e9\n", "height: found \"2e9\""},
        {"1,1,0,0,1,1,x\n", "score: found \"x\""},
        {"1,1,0,0,1,1,1,1e10\n", "class: found \"1e10\""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        psb_mot_rows rows;
        assert_int_equal(parse(&rows, cases[i].text), PSB_BAD_INPUT);
        if (!strstr(psb_error_text(), cases[i].words))
            fail_msg("found \"%s\", expected \"%s\"", psb_error_text(), cases[i].words);
        assert_true(rows.count == 0 && !rows.frame);
    }
    psb_mot_rows rows;
    assert_int_equal(psb_mot_rows_read(&rows, "/nowhere/rows.txt"), PSB_BAD_INPUT);
    assert_null(rows.frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_keep_order_and_precision),
        cmocka_unit_test(missing_columns_have_defaults),
        cmocka_unit_test(many_rows_grow),
        cmocka_unit_test(wrong_rows_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
