/* SPDX-License-Identifier: Apache-2.0
 *
 * Descriptors: one good text, and what each change of one of its lines is answered with.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "detect/descriptor.h"
#include "detect/head.h"

/* Line 1 is model, and so on: the numbers in the sentences below. */
static const char good[] = "model: some/net_64x48.onnx\n"                       /* 1 */
                           "licence: Apache-2.0\n"                              /* 2 */
                           "source: a place (commit 1)\n"                       /* 3 */
                           "input:\n"                                           /* 4 */
                           "  name: images\n"                                   /* 5 */
                           "  width: 64\n"                                      /* 6 */
                           "  height: 48\n"                                     /* 7 */
                           "  layout: nchw\n"                                   /* 8 */
                           "  channels: rgb\n"                                  /* 9 */
                           "  scale: 0.5\n"                                     /* 10 */
                           "  mean: [1.0, 2.0, 3.0]\n"                          /* 11 */
                           "  std: [4.0, 5.0, 6.0]\n"                           /* 12 */
                           "  resize: letterbox\n"                              /* 13 */
                           "  pad: 114\n"                                       /* 14 */
                           "  anchor: center\n"                                 /* 15 */
                           "head:\n"                                            /* 16 */
                           "  type: yolov3_anchors\n"                           /* 17 */
                           "  strides: [16, 32]\n"                              /* 18 */
                           "  anchors: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]\n"  /* 19 */
                           "  outputs: [{name: a, layout: x}, {name: \"2\"}]\n" /* 20 */
                           "classes: {person: 0, count: 3}\n"                   /* 21 */
                           "nms: {iou: 0.45}\n"                                 /* 22 */
                           "score: {min: 0.01, default: 0.4}\n"                 /* 23 */
                           "golden: {abs: 0.001, rel: 0.0005}\n";               /* 24 */

static psb_status parse(psb_descriptor *out, const char *text)
{
    return psb_descriptor_parse(out, "dir/d.yaml", text, strlen(text));
}

static void test_good(void **state)
{
    (void)state;
    psb_descriptor d;
    if (parse(&d, good)) fail_msg("%s", psb_error_text());
    assert_string_equal(d.path, "dir/d.yaml");
    assert_string_equal(d.model_path, "dir/some/net_64x48.onnx");
    assert_string_equal(d.name, "net_64x48");
    assert_string_equal(d.input.name, "images");
    assert_int_equal(d.input.width, 64);
    assert_int_equal(d.input.height, 48);
    assert_true(d.input.is_rgb && d.input.is_letterbox && d.input.is_centered);
    assert_true(d.input.scale == 0.5f && d.input.mean[2] == 3.0f && d.input.std[0] == 4.0f && d.input.pad == 114.0f);
    assert_string_equal(d.head.type->name, "yolov3_anchors");
    assert_int_equal(d.head.stride_count, 2);
    assert_int_equal(d.head.stride_px[1], 32);
    assert_int_equal(d.head.anchor_count, 2);
    assert_true(d.head.anchor_w_px[1][0] == 5.0f && d.head.anchor_h_px[0][1] == 4.0f);
    assert_string_equal(d.head.output[0], "a");
    assert_string_equal(d.head.output[1], "2");
    assert_int_equal(d.class_count, 3);
    assert_true(d.nms_iou == 0.45f && d.min_score == 0.01f && d.default_score == 0.4f);
    assert_true(d.golden_abs == 0.001 && d.golden_rel == 0.0005);
}

/* `good` with its line n (from 1) replaced; NULL takes the line out. */
static char *with_line(int32_t n, const char *line)
{
    static char text[4096];
    size_t used = 0;
    int32_t at = 1;
    for (const char *from = good; *from; at++) {
        size_t length = strcspn(from, "\n") + 1;
        if (at != n)
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%.*s", (int)length, from);
        else if (line)
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s\n", line);
        from += length;
    }
    return text;
}

static const struct {
    int32_t line;
    const char *instead, *said; /* said NULL: it is still good */
} changes[] = {
    {1, NULL, "dir/d.yaml:1: found no key \"model\", expected it"},
    {1, "model: 5", "dir/d.yaml:1: model: found 5, expected text"},
    {1, "model: folder/", "model: found \"\", expected a file's name"},
    {1, "model: /abs/net.onnx", NULL},
    {2, NULL, NULL},
    {2, "licence: [a]", "dir/d.yaml:2: licence: found a list of 1, expected text"},
    {3, "colour: red", "dir/d.yaml:3: colour: found an unknown key, expected one of: model, licence, source, input"},
    {3, "model: twice.onnx", "dir/d.yaml:3: key \"model\" a second time (first in line 1)"},
    {5, "  name: 7", "input.name: found 7, expected text"},
    {6, "  width: wide", "dir/d.yaml:6: input.width: found \"wide\", expected a whole number from 8 to 4096"},
    {6, "  width: 64.5", "input.width: found 64.5"},
    {6, "  width: -64", "input.width: found -64"},
    {6, "  width: 100000", "input.width: found 100000"},
    {6, NULL, "dir/d.yaml:5: input: found no key \"width\""},
    {8, NULL, NULL},
    {8, "  layout: whatever is said here", NULL},
    {9, "  channels: grb", "input.channels: found \"grb\", expected one of bgr|rgb"},
    {10, "  scale: .nan", "input.scale: found \".nan\", expected a number"},
    {10, "  scale: 0", "input.scale: found 0, expected a number"},
    {11, "  mean: [1, 2]", "input.mean: found a list of 2, expected a list of 3"},
    {11, "  mean: [1, 2, .inf]", "input.mean[2]: found \".inf\""},
    {12, "  std: [1, 0, 1]", "dir/d.yaml:12: input.std[1]: found 0, expected a number from 1e-06 to 1000000"},
    {13, "  resize: squeeze", "input.resize: found \"squeeze\", expected one of letterbox|stretch"},
    {14, "  pad: 256", "input.pad: found 256, expected a number from 0 to 255"},
    {15, "  anchor: left", "input.anchor: found \"left\", expected one of topleft|center"},
    {17, "  type: yolov9",
     "dir/d.yaml:17: head.type: found \"yolov9\", expected one of: yolox, nanodet_gfl, yolov3_anchors, fastestdet"},
    {17, "  type: yolox", "dir/d.yaml:19: head.anchors: found a key that head.type yolox does not have"},
    {18, "  strides: []", "head.strides: found a list of 0"},
    {18, "  strides: [16, 64]",
     "dir/d.yaml:18: head.strides[1]: found 64, expected no more than the input's shorter side, 48"},
    {18, "  strides: [16]",
     "head.outputs: found a list of 2, expected a list of 1 with head.type yolov3_anchors and its 1 strides"},
    {19, "  anchors: [[[1, 2]]]", "head.anchors: found 1 lists, expected one for each of the 2 strides"},
    {19, NULL, "head: found no key \"anchors\", expected it with head.type yolov3_anchors"},
    {19, "  anchors: [[[1, 2]], [[5, 6], [7, 8]]]",
     "head.anchors[1]: found 2 anchors, expected 1 as for the first stride"},
    {19, "  anchors: [[[1, 2], [3]], [[5, 6], [7, 8]]]", "head.anchors[0][1]: found a list of 1, expected a list of 2"},
    {19, "  anchors: [[[1, 2], [3, -4]], [[5, 6], [7, 8]]]", "head.anchors[0][1][1]: found -4"},
    {19, "  reg_max: 7\n  anchors: [[[1, 2]], [[5, 6]]]",
     "head.reg_max: found a key that head.type yolov3_anchors does not have"},
    {20, "  outputs: [{name: a}, {name: a}]", "head.outputs[1].name: found \"a\" a second time"},
    {20, "  outputs: [{name: a}, {name: b, shape: c}]",
     "head.outputs[1].shape: found an unknown key, expected one of: name, layout, activations"},
    {20, "  outputs: [{name: a}, {layout: b}]", "head.outputs[1]: found no key \"name\""},
    {20, "  outputs: [{name: a}]", "head.outputs: found a list of 1, expected a list of 2"},
    {21, "classes: {person: 3, count: 3}",
     "dir/d.yaml:21: classes.person: found 3, expected less than classes.count, 3"},
    {21, "classes: {person: 0}", "classes: found no key \"count\""},
    {22, "nms: {iou: 1.5}", "nms.iou: found 1.5, expected a number from 0 to 1"},
    {22, "nms: 0.5", "nms: found 0.5, expected a map of keys"},
    {23, "score: {min: 0.5, default: 0.4}", "score.default: found 0.4"},
    {23, "score: {min: 0, default: 0.4}", "score.min: found 0, expected a number from 1e-06 to 1"},
    {24, NULL, NULL},
    {24, "golden: {abs: 0.001}", "golden: found no key \"rel\""},
    {24, "golden: {abs: -1, rel: 0}", "golden.abs: found -1"},
};

static void test_changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        psb_descriptor d;
        psb_status status = parse(&d, with_line(changes[i].line, changes[i].instead));
        if (!changes[i].said && status) fail_msg("%s", psb_error_text());
        if (!changes[i].said) continue;
        if (status != PSB_BAD_INPUT) fail_msg("line %d was taken: %s", changes[i].line, changes[i].instead);
        if (!strstr(psb_error_text(), changes[i].said))
            fail_msg("\"%s\" lacks \"%s\"", psb_error_text(), changes[i].said);
        assert_null(d.head.type);
        assert_int_equal(d.path[0], 0);
    }
}

static void test_paths(void **state)
{
    (void)state;
    psb_descriptor d;
    assert_int_equal(parse(&d, with_line(1, "model: /abs/other.bin")), PSB_OK);
    assert_string_equal(d.model_path, "/abs/other.bin");
    assert_string_equal(d.name, "other.bin");
    assert_int_equal(psb_descriptor_parse(&d, "d.yaml", good, strlen(good)), PSB_OK);
    assert_string_equal(d.model_path, "some/net_64x48.onnx");
    assert_int_equal(psb_descriptor_read(&d, "/nonexistent/d.yaml"), PSB_BAD_INPUT);

    char *path = malloc(2 * PSB_DESCRIPTOR_PATH_BYTES);
    assert_non_null(path);
    memset(path, 'a', 2 * PSB_DESCRIPTOR_PATH_BYTES);
    path[PSB_DESCRIPTOR_PATH_BYTES] = '\0';
    assert_int_equal(psb_descriptor_parse(&d, path, good, strlen(good)), PSB_BAD_INPUT);
    path[PSB_DESCRIPTOR_PATH_BYTES - 1] = '\0';
    path[PSB_DESCRIPTOR_PATH_BYTES - 10] = '/';
    assert_int_equal(psb_descriptor_parse(&d, path, good, strlen(good)), PSB_BAD_INPUT);
    free(path);
}

/* The keys of nanodet_gfl, which the good text above has not. */
static void test_nanodet(void **state)
{
    (void)state;
    psb_descriptor d;
    char text[4096];
    snprintf(text, sizeof(text), "%s", with_line(17, "  type: nanodet_gfl\n  reg_max: 7\n  shift: -0.5"));
    char *anchors = strstr(text, "  anchors: ");
    memset(anchors, ' ', strcspn(anchors, "\n"));
    assert_int_equal(parse(&d, text), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "expected a list of 4 with head.type nanodet_gfl and its 2 strides"));
    char *strides = strstr(text, "[16, 32]");
    memcpy(strides, "[16]    ", 8);
    if (parse(&d, text)) fail_msg("%s", psb_error_text());
    assert_int_equal(d.head.reg_max, 7);
    assert_true(d.head.shift_px == -0.5f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_good), cmocka_unit_test(test_changes),
                                       cmocka_unit_test(test_paths), cmocka_unit_test(test_nanodet)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
