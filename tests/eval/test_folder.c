/* SPDX-License-Identifier: Apache-2.0
 *
 * Folders of truth made here: which sequences they hold, in what order, and what is said where something is missing;
 * then detections scored through them, to the numbers that are known by construction.
 */
#include "eval/folder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "eval/detection_folder.h"

static char root[64]; /* of this test's folders, made by main */

/* What this test made, to be removed last first. */
static struct {
    int32_t count;
    char path[64][128];
} made;

static void remember(const char *path)
{
    assert_in_range(made.count, 0, 63);
    snprintf(made.path[made.count++], sizeof(made.path[0]), "%s", path);
}

static void put_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", root, name);
    for (char *slash = strchr(path + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0700) == 0) remember(path);
        *slash = '/';
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
    remember(path);
}

static const char *at(const char *name)
{
    static char path[256];
    snprintf(path, sizeof(path), "%s/%s", root, name);
    return path;
}

static void expect_words(const char *words)
{
    if (!strstr(psb_error_text(), words)) fail_msg("found \"%s\", expected \"%s\"", psb_error_text(), words);
}

static void sequences_are_those_with_truth_and_seqinfo(void **state)
{
    (void)state;
    put_file("names/b/gt/gt.txt", "");
    put_file("names/b/seqinfo.ini", "frameRate=25\nseqLength=12\n");
    put_file("names/a/gt/gt.txt", "");
    put_file("names/a/seqinfo.ini", "frameRate=25\n");
    put_file("names/c/gt/gt.txt", "");
    put_file("names/c/seqinfo.ini", "frameRate=25\nseqLength=9\n");
    put_file("names/no_truth/seqinfo.ini", "frameRate=25\n");
    put_file("names/no_seqinfo/gt/gt.txt", "");
    put_file("names/.hidden/gt/gt.txt", "");
    put_file("names/.hidden/seqinfo.ini", "frameRate=25\n");
    put_file("names/a_file", "");

    psb_sequence_names names;
    assert_int_equal(psb_sequence_names_init(&names, at("names"), NULL), PSB_OK);
    assert_int_equal(names.count, 3);
    assert_string_equal(names.name[0], "a");
    assert_string_equal(names.name[1], "b");
    assert_string_equal(names.name[2], "c");
    psb_sequence_names_fini(&names);
    assert_null(names.name);

    assert_int_equal(psb_sequence_names_init(&names, at("names"), "c,b"), PSB_OK); /* in the order asked for */
    assert_int_equal(names.count, 2);
    assert_string_equal(names.name[0], "c");
    assert_string_equal(names.name[1], "b");
    psb_sequence_names_fini(&names);

    int32_t length = 0;
    assert_int_equal(psb_sequence_length(&length, at("names"), "b"), PSB_OK);
    assert_int_equal(length, 12);
    assert_int_equal(psb_sequence_length(&length, at("names"), "a"), PSB_BAD_INPUT);
    expect_words("names/a/seqinfo.ini: found no seqLength");

    put_file("names/long/seqinfo.ini", "frameRate=25\nseqLength=10000000\n");
    assert_int_equal(psb_sequence_length(&length, at("names"), "long"), PSB_OK);
    assert_int_equal(length, 10000000);
    put_file("names/long/seqinfo.ini", "frameRate=25\nseqLength=10000001\n");
    assert_int_equal(psb_sequence_length(&length, at("names"), "long"), PSB_BAD_INPUT);
    expect_words("long/seqinfo.ini: found seqLength 10000001, expected at most 10000000 frames");
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    psb_sequence_names names;
    put_file("empty/readme", "");
    assert_int_equal(psb_sequence_names_init(&names, at("empty"), NULL), PSB_BAD_INPUT);
    expect_words("empty: found no sequence, expected folders with gt/gt.txt and seqinfo.ini");
    assert_int_equal(psb_sequence_names_init(&names, at("names"), "b,nobody"), PSB_BAD_INPUT);
    expect_words("names/nobody: found no sequence");
    assert_true(names.count == 0 && !names.name);
    assert_int_equal(psb_sequence_names_init(&names, at("names"), "b,,c"), PSB_USAGE);
    assert_int_equal(psb_sequence_names_init(&names, at("nowhere"), NULL), PSB_BAD_INPUT);
    char path[PSB_EVAL_PATH_BYTES], *endless = malloc(PSB_EVAL_PATH_BYTES + 1);
    assert_non_null(endless);
    memset(endless, 'x', PSB_EVAL_PATH_BYTES);
    endless[PSB_EVAL_PATH_BYTES] = '\0';
    assert_int_equal(psb_sequence_path(path, endless, "b", ".txt"), PSB_BAD_INPUT);
    free(endless);
}

/* Sequence "half": of two people one is found. "all": the one person is found; beside it an ignored one (flag 0), one
 * too small (19 pixels), and detections on both and below score 0.01, none of which counts. */
static void detections_are_scored_by_sequence(void **state)
{
    (void)state;
    put_file("gt/all/seqinfo.ini", "frameRate=25\nseqLength=3\n");
    put_file("gt/all/gt/gt.txt", "2,1,10,10,40,80,1\n2,2,200,10,40,80,0\n3,1,400,10,10,19,1\n");
    put_file("gt/half/seqinfo.ini", "frameRate=25\nseqLength=1\n");
    put_file("gt/half/gt/gt.txt", "1,1,10,10,40,80,1\n1,2,200,10,40,80,1\n");
    put_file("det/all.txt", "3,-1,400,10,10,19,0.9\n2,-1,200,10,40,80,0.95\n2,-1,10,10,40,80,0.8\n"
                            "1,-1,10,10,40,80,0.009\n");
    put_file("det/half.txt", "1,-1,10,10,40,80,0.8\n");

    char gt[128];
    snprintf(gt, sizeof(gt), "%s/gt", root);
    psb_eval_detections scores;
    if (psb_eval_detections_init(&scores, gt, at("det"))) fail_msg("%s", psb_error_text());
    assert_int_equal(scores.names.count, 2);
    assert_string_equal(scores.names.name[0], "all");
    assert_true(fabs(scores.sequence[0].ap50 - 1) < 1e-12);
    assert_int_equal(scores.sequence[0].truth_count, 1);
    /* recall 0.5 at precision 1: 51 of 101 points */
    assert_true(fabs(scores.sequence[1].ap50 - 51.0 / 101) < 1e-12);
    assert_true(fabs(scores.sequence[1].recall50 - 0.5) < 1e-12);
    assert_true(fabs(scores.overall.ap50 - (1 + 51.0 / 101) / 2) < 1e-12);
    assert_int_equal(scores.overall.truth_count, 3);
    psb_eval_detections_fini(&scores);
    assert_null(scores.sequence);

    put_file("det/half.txt", "2,-1,10,10,40,80,0.8\n");
    assert_int_equal(psb_eval_detections_init(&scores, gt, at("det")), PSB_BAD_INPUT);
    expect_words("det/half.txt: found frame 2, expected 1 to 1");
    assert_null(scores.sequence);
}

/* In truth of nine columns (MOT16's form) a flag of 0 is an ignore region only where the class looks like a person. */
static void a_parked_car_is_no_ignore_region(void **state)
{
    (void)state;
    put_file("gt16/street/seqinfo.ini", "frameRate=25\nseqLength=1\n");
    put_file("gt16/street/gt/gt.txt", "1,1,10,10,40,80,1,1,1\n1,2,200,10,80,80,0,3,1\n1,3,400,10,40,80,0,7,1\n");
    put_file("det16/street.txt", "1,-1,200,10,80,80,0.9\n1,-1,400,10,40,80,0.85\n1,-1,10,10,40,80,0.8\n");
    char gt[128];
    snprintf(gt, sizeof(gt), "%s/gt16", root);
    psb_eval_detections scores;
    if (psb_eval_detections_init(&scores, gt, at("det16"))) fail_msg("%s", psb_error_text());
    assert_true(fabs(scores.overall.ap50 - 0.5) < 1e-12); /* the car counts as false, the sitting person does not */
    psb_eval_detections_fini(&scores);
}

static void coco_files_are_scored_as_one(void **state)
{
    (void)state;
    put_file("coco/truth.json", "{\"images\":[{\"id\":5}],\"categories\":[{\"id\":1,\"name\":\"person\"}],"
                                "\"annotations\":[{\"image_id\":5,\"category_id\":1,\"bbox\":[0,0,50,50]}]}");
    put_file("coco/found.json", "[{\"image_id\":5,\"category_id\":1,\"bbox\":[0,0,50,50],\"score\":0.5}]");
    char truth[128];
    snprintf(truth, sizeof(truth), "%s/coco/truth.json", root);
    psb_eval_detections scores;
    if (psb_eval_detections_init(&scores, truth, at("coco/found.json"))) fail_msg("%s", psb_error_text());
    assert_int_equal(scores.names.count, 0);
    assert_true(fabs(scores.overall.ap - 1) < 1e-12);
    assert_true(isnan(scores.overall.ap_small)); /* there is no small person */
    int32_t count = 0;
    const psb_precision_field *fields = psb_precision_fields(&count);
    for (int32_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, "AP_medium") == 0)
            assert_ptr_equal((char *)&scores.overall + fields[i].offset, (char *)&scores.overall.ap_medium);
    psb_eval_detections_fini(&scores);
}

static int remove_all(void **state)
{
    (void)state;
    while (made.count > 0) remove(made.path[--made.count]); /* a file written twice is gone already */
    return remove(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequences_are_those_with_truth_and_seqinfo),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(detections_are_scored_by_sequence),
        cmocka_unit_test(a_parked_car_is_no_ignore_region),
        cmocka_unit_test(coco_files_are_scored_as_one),
    };
    snprintf(root, sizeof(root), "/tmp/psb_test_folder_XXXXXX");
    if (!mkdtemp(root)) return 1;
    return cmocka_run_group_tests(tests, NULL, remove_all);
}
