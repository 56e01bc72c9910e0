/* SPDX-License-Identifier: Apache-2.0
 *
 * MOT text: rows in any order, every permitted form of a line, every forbidden one with its whole message, and rows
 * that are written read back.
 */
#include "formats/mot.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/rng.h"

static psb_mot_boxes *parse(const char *text)
{
    psb_mot_boxes *boxes = NULL;
    const psb_status status = psb_mot_boxes_parse(&boxes, "det.txt", text, strlen(text));
    if (status) fail_msg("%s", psb_error_text());
    return boxes;
}

static void rows_become_corners_in_the_order_of_frames(void **state)
{
    (void)state;
    psb_mot_boxes *boxes = parse("69,-1,912.8,482.9,97.6,112.6,1\n"
                                 "2,-1,-10,-20,5,6,0.5\n"
                                 "69,-1,1,2,3,4,0.25\n"
                                 "1,7,0,0,1,1,-0.5,-1,-1,-1\n"
                                 "69,-1,5,6,7,8,0.125\n");
    assert_int_equal(psb_mot_boxes_last_frame(boxes), 69);
    psb_boxes at = psb_mot_boxes_at(boxes, 69);
    assert_int_equal(at.count, 3);
    assert_true(at.x0_px[0] == 912.8F && at.y0_px[0] == 482.9F);
    assert_true(at.x1_px[0] == (float)(912.8 + 97.6) && at.y1_px[0] == (float)(482.9 + 112.6));
    assert_true(at.score[0] == 1 && at.score[1] == 0.25F && at.score[2] == 0.125F); /* the file's order */
    at = psb_mot_boxes_at(boxes, 2);
    assert_int_equal(at.count, 1);
    assert_true(at.x0_px[0] == -10 && at.x1_px[0] == -5 && at.y1_px[0] == -14);
    assert_true(psb_mot_boxes_at(boxes, 1).score[0] == -0.5F); /* scales are the detector's own */
    assert_int_equal(psb_mot_boxes_at(boxes, 3).count, 0);
    assert_int_equal(psb_mot_boxes_at(boxes, 70).count, 0);
    assert_int_equal(psb_mot_boxes_at(boxes, -1).count, 0);
    psb_mot_boxes_close(&boxes);
    assert_null(boxes);
    psb_mot_boxes_close(&boxes);
    psb_mot_boxes_close(NULL);
}

static void a_long_shuffled_file_comes_out_stable(void **state)
{
    (void)state;
    enum { ROWS = 5000 };
    psb_rng rng;
    psb_rng_init(&rng, 11);
    char *text = malloc(ROWS * 48);
    assert_non_null(text);
    size_t length = 0;
    int32_t per_frame[101] = {0};
    for (int32_t i = 0; i < ROWS; i++) {
        const int32_t frame = 1 + (int32_t)psb_rng_below(&rng, 100);
        per_frame[frame]++;
        length += (size_t)snprintf(text + length, 48, "%d,-1,%d,0,1,1,1\n", frame, i);
    }
    psb_mot_boxes *boxes = parse(text);
    for (int32_t frame = 1; frame <= 100; frame++) {
        const psb_boxes at = psb_mot_boxes_at(boxes, frame);
        assert_int_equal(at.count, per_frame[frame]);
        for (int32_t i = 1; i < at.count; i++) assert_true(at.x0_px[i] > at.x0_px[i - 1]);
    }
    psb_mot_boxes_close(&boxes);
    free(text);
}

static void permitted_forms_are_read(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "1,-1,10,20,30,40,0.5",                           /* no line end */
        "1,-1,10,20,30,40,0.5\r\n",                       /* CRLF */
        "\xEF\xBB\xBF\x31,-1,10,20,30,40,0.5\n",          /* byte order mark */
        "\n\n  \t\n1,-1,10,20,30,40,0.5\n\n",             /* blank lines */
        " 1 , -1 , 10 , 20 , 30 , 40 , 0.5 \n",           /* blanks about the commas */
        "1 -1 10 20 30 40 0.5\n",                         /* blanks for commas */
        "1\t-1\t10\t20\t30\t40\t0.5\t-1 -1 -1\n",         /* tabs, ten columns */
        "1.0,-1.0,1e1,2.0e1,30.,4.e1,.5,-1,-1\n",         /* as numpy writes; nine columns */
        "1,-1,10,20,30,40,0.5,-1,-1,-1,what,ever,else\n", /* more than ten are not looked at */
        "1,-1,10,20,30,40,0.5,\n",                        /* a comma at the end */
        "+1,-1,+10,20,30,40,+0.5\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        psb_mot_boxes *boxes = parse(texts[i]);
        const psb_boxes at = psb_mot_boxes_at(boxes, 1);
        assert_int_equal(at.count, 1);
        assert_true(at.x0_px[0] == 10 && at.y0_px[0] == 20 && at.x1_px[0] == 40 && at.y1_px[0] == 60);
        assert_true(at.score[0] == 0.5F);
        psb_mot_boxes_close(&boxes);
    }
    psb_mot_boxes *none = parse("\n\n");
    assert_int_equal(psb_mot_boxes_last_frame(none), 0);
    assert_int_equal(psb_mot_boxes_at(none, 1).count, 0);
    psb_mot_boxes_close(&none);
}

static void forbidden_forms_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"1,-1,1,2,3,4,x", "det.txt:1: score: found \"x\", expected a number from -1e9 to 1e9"},
        {"1,-1,1,2,3,4,0.5\nframe,id",
         "det.txt:2: frame: found \"frame\", expected a whole number from 1 to 1000000000"},
        {"1,-1,1,2,3,4", "det.txt:1: score: found the end of the line, expected a number from -1e9 to 1e9"},
        {"1,-1,1,2,3,4,", "det.txt:1: score: found the end of the line, expected a number from -1e9 to 1e9"},
        {"1", "det.txt:1: id: found the end of the line, expected a number"},
        {"1,-1,nan,2,3,4,1", "det.txt:1: left: found \"nan\", expected a number from -2097152 to 2097152"},
        {"1,-1,1,inf,3,4,1", "det.txt:1: top: found \"inf\", expected a number from -2097152 to 2097152"},
        {"1,-1,1,2,-3,4,1", "det.txt:1: width: found \"-3\", expected a number above 0, at most 2097152"},
        {"\r\n\r\n1,-1,1,2,3,0,1", "det.txt:3: height: found \"0\", expected a number above 0, at most 2097152"},
        {"0,-1,1,2,3,4,1", "det.txt:1: frame: found \"0\", expected a whole number from 1 to 1000000000"},
        {"-1,-1,1,2,3,4,1", "det.txt:1: frame: found \"-1\", expected a whole number from 1 to 1000000000"},
        {"1.5,-1,1,2,3,4,1", "det.txt:1: frame: found \"1.5\", expected a whole number from 1 to 1000000000"},
        {"2e9,-1,1,2,3,4,1", "det.txt:1: frame: found \"2e9\", expected a whole number from 1 to 1000000000"},
        {"1,-1,1e7,2,3,4,1", "det.txt:1: left: found \"1e7\", expected a number from -2097152 to 2097152"},
        {"1,-1,1,,2,3,4,1", "det.txt:1: top: found \"\", expected a number from -2097152 to 2097152"},
        {"1,-1,1,2,3,4,0x1p3", "det.txt:1: score: found \"0x1p3\", expected a number from -1e9 to 1e9"},
        {"1;-1;1;2;3;4;1", "det.txt:1: id: found \"\", expected a number"},
        {"1,-1,1,2,3,4,1,abc", "det.txt:1: a column after the score: found \"abc\", expected a number"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        psb_mot_boxes *boxes = (psb_mot_boxes *)&boxes;
        assert_int_equal(psb_mot_boxes_parse(&boxes, "det.txt", cases[i].text, strlen(cases[i].text)), PSB_BAD_INPUT);
        assert_null(boxes);
        assert_string_equal(psb_error_text(), cases[i].message);
    }
}

/* A size that a float at that place cannot hold must still be a box. */
static void tiny_sizes_stay_boxes(void **state)
{
    (void)state;
    psb_mot_boxes *boxes = parse("1,-1,2000000,-2000000,1e-9,1e-300,1\n");
    const psb_boxes at = psb_mot_boxes_at(boxes, 1);
    assert_true(at.x0_px[0] < at.x1_px[0] && at.y0_px[0] < at.y1_px[0]);
    psb_mot_boxes_close(&boxes);
}

static void missing_files_are_bad_input(void **state)
{
    (void)state;
    psb_mot_boxes *boxes = NULL;
    assert_int_equal(psb_mot_boxes_open(&boxes, "/nonexistent/det.txt"), PSB_BAD_INPUT);
    assert_null(boxes);
    assert_non_null(strstr(psb_error_text(), "/nonexistent/det.txt"));
}

static void written_rows_read_back(void **state)
{
    (void)state;
    char path[64];
    snprintf(path, sizeof(path), "/tmp/psb_test_mot_%ld.txt", (long)getpid());
    psb_outfile *file = NULL;
    assert_int_equal(psb_outfile_open(&file, path), PSB_OK);
    assert_int_equal(psb_mot_write_row(file, (psb_mot_row){3, 12, {-1.25F, 2, 9.5F, 22.75F}, 0.98765F}), PSB_OK);
    assert_int_equal(psb_mot_write_row(file, (psb_mot_row){4, INT64_MAX, {0, 0, 1, 1}, 1}), PSB_OK);
    assert_int_equal(psb_outfile_commit(file), PSB_OK);
    psb_outfile_close(&file);

    char text[256] = {0};
    FILE *written = fopen(path, "r");
    assert_non_null(written);
    const size_t length = fread(text, 1, sizeof(text) - 1, written);
    fclose(written);
    assert_true(length > 0);
    assert_string_equal(text, "3,12,-1.25,2.00,10.75,20.75,0.98765,-1,-1,-1\n"
                              "4,9223372036854775807,0.00,0.00,1.00,1.00,1.00000,-1,-1,-1\n");
    psb_mot_boxes *boxes = NULL;
    assert_int_equal(psb_mot_boxes_open(&boxes, path), PSB_BAD_INPUT); /* INT64_MAX is no id of ours to read */
    remove(path);
    boxes = parse("3,12,-1.25,2.00,10.75,20.75,0.98765,-1,-1,-1\n");
    const psb_boxes at = psb_mot_boxes_at(boxes, 3);
    assert_true(at.x0_px[0] == -1.25F && at.x1_px[0] == 9.5F && at.y1_px[0] == 22.75F && at.score[0] == 0.98765F);
    psb_mot_boxes_close(&boxes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_become_corners_in_the_order_of_frames),
        cmocka_unit_test(a_long_shuffled_file_comes_out_stable),
        cmocka_unit_test(permitted_forms_are_read),
        cmocka_unit_test(forbidden_forms_are_named),
        cmocka_unit_test(tiny_sizes_stay_boxes),
        cmocka_unit_test(missing_files_are_bad_input),
        cmocka_unit_test(written_rows_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
