/* SPDX-License-Identifier: Apache-2.0
 *
 * Heads, suppression and the way back to the picture, on ONNX Runtime's outputs of real networks: every folder of
 * golden/ must give its boxes.json, from score 0.1 up (below, order and suppression hang on the last digits, says that
 * folder's README). Needs PSB_SHARED, the folder with models/; skipped without it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "detect/descriptor.h"
#include "detect/head.h"
#include "detect/nms.h"
#include "detect/prepare.h"
#include "geometry/boxes.h"

enum { PATH_BYTES = 1024, PICTURE_WIDTH = 768, PICTURE_HEIGHT = 576, SKIPPED = 77 };

static const struct {
    const char *model;
    bool has_empty;
} goldens[] = {{"fastestdet_352x352", true},           {"nanodet_m_320x320", false},
               {"picodet_s_320x320", false},           {"yolo_fastest_1.1_xl_320x320", false},
               {"yolo_fastest_body_320x320_bn", true}, {"yolo_fastest_body_512x320", false},
               {"yolox_nano_416x416", true},           {"yolox_nano_448x256", true}};

static json_t *load(const char *folder, const char *name)
{
    char path[2 * PATH_BYTES];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    json_t *json = json_load_file(path, 0, NULL);
    assert_non_null(json);
    return json;
}

/* The tensor of one name out of outputs.json, its .bin.xz unpacked on the way. */
static psb_tensor_view read_tensor(const char *folder, const json_t *outputs, const char *name)
{
    psb_tensor_view view = {.name = name};
    size_t i = 0, k = 0;
    json_t *entry = NULL, *side = NULL;
    json_array_foreach(outputs, i, entry)
    {
        if (strcmp(json_string_value(json_object_get(entry, "name")), name) != 0) continue;
        size_t count = 1;
        json_array_foreach(json_object_get(entry, "shape"), k, side)
        {
            view.dims[view.rank++] = json_integer_value(side);
            count *= (size_t)json_integer_value(side);
        }
        for (int64_t d = view.rank - 1, step = 1; d >= 0; step *= view.dims[d--]) view.strides[d] = step;
        char command[2 * PATH_BYTES];
        snprintf(command, sizeof(command), "xz -dc '%s/%s.xz'", folder,
                 json_string_value(json_object_get(entry, "file")));
        FILE *pipe = popen(command, "r");
        assert_non_null(pipe);
        view.data = malloc(count * sizeof(float));
        assert_int_equal(fread(view.data, sizeof(float), count, pipe), count);
        assert_int_equal(pclose(pipe), 0);
    }
    assert_non_null(view.data);
    return view;
}

static void compare(const psb_boxes *boxes, const json_t *golden)
{
    static const char *const keys[] = {"x1", "y1", "x2", "y2", "score"};
    size_t i = 0;
    json_t *row = NULL;
    json_array_foreach(golden, i, row)
    {
        double v[5];
        for (int32_t k = 0; k < 5; k++) v[k] = json_number_value(json_object_get(row, keys[k]));
        if (v[4] < 0.1) break;
        assert_true((int32_t)i < boxes->count);
        assert_float_equal(boxes->x0_px[i], v[0], 2e-3);
        assert_float_equal(boxes->y0_px[i], v[1], 2e-3);
        assert_float_equal(boxes->x1_px[i], v[2], 2e-3);
        assert_float_equal(boxes->y1_px[i], v[3], 2e-3);
        assert_float_equal(boxes->score[i], v[4], 2e-5);
    }
    for (int32_t k = (int32_t)i; k < boxes->count; k++) assert_true(boxes->score[k] < 0.1f + 1e-5f);
}

static void check_golden(const char *shared, const char *model, const char *kind)
{
    char path[PATH_BYTES];
    psb_descriptor d;
    psb_boxes found = {0};
    psb_nms nms = {0};
    psb_tensor_view views[PSB_DESCRIPTOR_MAX_OUTPUTS];
    snprintf(path, sizeof(path), "%s/models/%s.yaml", shared, model);
    assert_int_equal(psb_descriptor_read(&d, path), PSB_OK);
    assert_string_equal(d.name, model);
    snprintf(path, sizeof(path), "%s/models/golden/%s/%s", shared, model, kind);
    json_t *said = load(path, "outputs.json"), *golden = load(path, "boxes.json");
    for (int32_t i = 0; i < d.head.output_count; i++) {
        views[i] = read_tensor(path, json_object_get(said, "outputs"), d.head.output[i]);
        int64_t dims[PSB_TENSOR_MAX_RANK];
        assert_int_equal(d.head.type->expect_shape(&d, i, dims), views[i].rank);
        for (int32_t k = 0; k < views[i].rank; k++) assert_int_equal(dims[k], views[i].dims[k]);
    }
    assert_int_equal(psb_boxes_init(&found, (int32_t)d.head.type->count_candidates(&d)), PSB_OK);
    assert_int_equal(psb_nms_init(&nms, found.capacity), PSB_OK);
    d.head.type->decode(&found, &d, views, d.min_score);
    psb_nms_run(&nms, &found, d.nms_iou);
    const psb_placement placement = psb_placement_of(&d.input, PICTURE_WIDTH, PICTURE_HEIGHT);
    psb_placement_take_back(&placement, &nms.kept);
    printf("%s/%s: %d cells, %d boxes\n", model, kind, found.count, nms.kept.count);
    compare(&nms.kept, json_object_get(golden, "boxes"));
    for (int32_t i = 0; i < d.head.output_count; i++) free(views[i].data);
    psb_nms_fini(&nms);
    psb_boxes_fini(&found);
    json_decref(said);
    json_decref(golden);
}

static void test_golden_boxes(void **state)
{
    for (size_t i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++) {
        check_golden(*state, goldens[i].model, "street");
        if (goldens[i].has_empty) check_golden(*state, goldens[i].model, "empty");
    }
}

int main(void)
{
    char *shared = getenv("PSB_SHARED");
    if (!shared || !shared[0]) return SKIPPED;
    const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_golden_boxes, shared)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
