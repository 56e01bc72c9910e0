/* SPDX-License-Identifier: Apache-2.0
 *
 * COCO JSON: people grouped by picture, other categories passed over, and each fault named by its place.
 */
#include "formats/coco.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define PICTURES   "\"images\":[{\"id\":30},{\"id\":10,\"file_name\":\"a.jpg\"},{\"id\":20}]"
#define CATEGORIES "\"categories\":[{\"id\":3,\"name\":\"car\"},{\"id\":8,\"name\":\"person\"}]"

static psb_status parse(psb_coco *out, const char *text)
{
    return psb_coco_parse(out, "truth.json", text, strlen(text));
}

static void people_are_grouped_by_picture(void **state)
{
    (void)state;
    psb_coco coco;
    const psb_status status =
        parse(&coco, "{" PICTURES "," CATEGORIES ",\"annotations\":["
                     "{\"image_id\":30,\"category_id\":8,\"bbox\":[1,2,3,4]},"
                     "{\"image_id\":10,\"category_id\":8,\"bbox\":[5,6,7,8],\"area\":20.5,\"iscrowd\":1},"
                     "{\"image_id\":10,\"category_id\":3,\"bbox\":\"of a car: not looked at\"},"
                     "{\"image_id\":30,\"category_id\":8,\"bbox\":[9.5,-1,0,2]}]}");
    if (status) fail_msg("%s", psb_error_text());
    assert_int_equal(coco.picture_count, 3);
    assert_true(coco.picture_id[0] == 10 && coco.picture_id[1] == 20 && coco.picture_id[2] == 30);
    assert_string_equal(coco.file_name[0], "a.jpg"); /* goes with its id */
    assert_null(coco.file_name[1]);
    assert_int_equal(coco.person_id, 8);
    const psb_coco_boxes *truth = &coco.truth;
    assert_int_equal(truth->count, 3);
    const int32_t first[] = {0, 1, 1, 3};
    assert_memory_equal(truth->first, first, sizeof(first));
    assert_true(truth->x0_px[0] == 5 && truth->y0_px[0] == 6 && truth->x1_px[0] == 12 && truth->y1_px[0] == 14);
    assert_true(truth->area_px2[0] == 20.5 && truth->is_crowd[0]);
    assert_true(truth->x0_px[1] == 1 && truth->area_px2[1] == 12 && !truth->is_crowd[1]);
    assert_true(truth->x0_px[2] == 9.5 && truth->y0_px[2] == -1 && truth->x1_px[2] == 9.5);

    psb_coco_boxes results;
    static const char text[] = "[{\"image_id\":20,\"category_id\":8,\"bbox\":[0,0,1,1],\"score\":0.5},"
                               "{\"image_id\":10,\"category_id\":8,\"bbox\":[0,0,2,2],\"score\":0.75},"
                               "{\"image_id\":10,\"category_id\":3,\"score\":1}]";
    assert_int_equal(psb_coco_results_parse(&results, &coco, "results.json", text, strlen(text)), PSB_OK);
    const int32_t results_first[] = {0, 1, 2, 2};
    assert_memory_equal(results.first, results_first, sizeof(results_first));
    assert_true(results.score[0] == 0.75 && results.score[1] == 0.5);
    psb_coco_boxes_fini(&results);
    assert_null(results.first);
    psb_coco_fini(&coco);
    assert_null(coco.picture_id);
    psb_coco_fini(&coco);
}

/* The one category there is stands for people, whatever its name. */
static void the_only_category_is_person(void **state)
{
    (void)state;
    psb_coco coco;
    assert_int_equal(parse(&coco, "{" PICTURES ",\"categories\":[{\"id\":1,\"name\":\"pedestrian\"}],"
                                  "\"annotations\":[]}"),
                     PSB_OK);
    assert_int_equal(coco.person_id, 1);
    assert_int_equal(coco.truth.count, 0);
    psb_coco_fini(&coco);
}

static void wrong_truth_is_named(void **state)
{
    (void)state;
#define TRUTH(annotation) "{" PICTURES "," CATEGORIES ",\"annotations\":[" annotation "]}"
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "truth.json:"},
        {"{\n\"images\": [,]}", "truth.json:2: "},
        {"{\"images\":1,\"images\":2}", "duplicate"},
        {"[]", "images: expected a list"},
        {"{" PICTURES "}", "categories: expected a list"},
        {"{" PICTURES "," CATEGORIES "}", "annotations: expected a list"},
        {"{\"images\":[{\"id\":\"a\"}]}", "images[0].id: expected a whole number"},
        {"{\"images\":[{\"id\":4},{\"id\":4}]}", "found id 4 twice"},
        {"{" PICTURES ",\"categories\":[]}", "found none named \"person\""},
        {"{" PICTURES ",\"categories\":[{\"name\":\"person\"}]}", "categories[0].id"},
        {TRUTH("7"), "annotations[0].category_id"},
        {TRUTH("{\"category_id\":3},{\"category_id\":8,\"image_id\":11}"), "annotations[1].image_id"},
        {TRUTH("{\"category_id\":8,\"image_id\":10}"), "annotations[0].bbox"},
        {TRUTH("{\"category_id\":8,\"image_id\":10,\"bbox\":[1,2,3]}"), "annotations[0].bbox"},
        {TRUTH("{\"category_id\":8,\"image_id\":10,\"bbox\":[1,2,3,4,5]}"), "annotations[0].bbox"},
        {TRUTH("{\"category_id\":8,\"image_id\":10,\"bbox\":[1,2,-3,4]}"), "sizes not negative"},
        {TRUTH("{\"category_id\":8,\"image_id\":10,\"bbox\":[1,2,3,\"4\"]}"), "four numbers"},
        {TRUTH("{\"category_id\":8,\"image_id\":10,\"bbox\":[1e308,2,1e308,4]}"), "at most 1e9"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        psb_coco coco;
        assert_int_equal(parse(&coco, cases[i].text), PSB_BAD_INPUT);
        if (!strstr(psb_error_text(), cases[i].words))
            fail_msg("found \"%s\", expected \"%s\"", psb_error_text(), cases[i].words);
        assert_true(!coco.picture_id && !coco.truth.first);
    }
    psb_coco coco;
    assert_int_equal(psb_coco_read(&coco, "/nowhere/truth.json"), PSB_BAD_INPUT);
}

static void wrong_results_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"{}", "results.json: expected a list of results"},
        {"[{\"category_id\":8,\"image_id\":10,\"bbox\":[1,2,3,4]}]", "has no score"},
        {"[{\"category_id\":8,\"image_id\":99,\"bbox\":[1,2,3,4],\"score\":1}]", "results[0].image_id"},
    };
    psb_coco coco;
    assert_int_equal(parse(&coco, "{" PICTURES "," CATEGORIES ",\"annotations\":[]}"), PSB_OK);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        psb_coco_boxes results;
        assert_int_equal(psb_coco_results_parse(&results, &coco, "results.json", cases[i].text, strlen(cases[i].text)),
                         PSB_BAD_INPUT);
        if (!strstr(psb_error_text(), cases[i].words))
            fail_msg("found \"%s\", expected \"%s\"", psb_error_text(), cases[i].words);
        assert_null(results.first);
    }
    psb_coco_fini(&coco);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_grouped_by_picture),
        cmocka_unit_test(the_only_category_is_person),
        cmocka_unit_test(wrong_truth_is_named),
        cmocka_unit_test(wrong_results_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
