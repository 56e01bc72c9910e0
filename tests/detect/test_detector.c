/* SPDX-License-Identifier: Apache-2.0
 *
 * The whole detector on a network of our own that finds bright squares (data/bright.onnx, written by make_data.py):
 * what it finds, what it says of itself, what it refuses, and that a step allocates nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "alloc_count.h"
#include "base/bytes.h"
#include "base/cpu.h"
#include "detect/detect.h"
#include "detect/descriptor.h"
#include "nn/model_source.h"

enum { WIDTH = 192, HEIGHT = 128, PATH_BYTES = 512 };

static const char descriptor_path[] = TEST_DATA_DIR "/bright.yaml";

/* Black, with a white square and a grey one: cells (2, 1) and (4, 2) of the network, twice as large in the picture. */
static psb_frame *draw_frame(int32_t width, int32_t height)
{
    psb_frame *frame = NULL;
    const psb_image shape = {.format = PSB_PIXEL_YUV420, .range = PSB_RANGE_FULL, .width = width, .height = height};
    assert_int_equal(psb_frame_create(&frame, &shape, 0.0, 0), PSB_OK);
    const psb_image image = psb_frame_image(frame);
    for (int32_t y = 0; y < height; y++) memset(image.plane[0] + y * image.stride_bytes[0], 0, (size_t)width);
    for (int32_t p = 1; p < 3; p++)
        for (int32_t y = 0; y < (height + 1) / 2; y++)
            memset(image.plane[p] + y * image.stride_bytes[p], 128, (size_t)(width + 1) / 2);
    for (int32_t y = 0; y < 32; y++) {
        memset(image.plane[0] + (32 + y) * image.stride_bytes[0] + 64, 255, 32);
        memset(image.plane[0] + (64 + y) * image.stride_bytes[0] + 128, 128, 32);
    }
    return frame;
}

static void assert_box(const psb_boxes *boxes, int32_t i, float x0_px, float y0_px, float score)
{
    assert_true(i < boxes->count);
    assert_float_equal(boxes->x0_px[i], x0_px, 1e-3);
    assert_float_equal(boxes->y0_px[i], y0_px, 1e-3);
    assert_float_equal(boxes->x1_px[i], x0_px + 32, 1e-3);
    assert_float_equal(boxes->y1_px[i], y0_px + 32, 1e-3);
    assert_float_equal(boxes->score[i], score, 1e-3);
}

static void test_step(void **state)
{
    (void)state;
    static const char *const cpus[] = {"c", "avx2", "avx512", NULL};
    const float grey_score = 0.6613f; /* (128 / 255)^0.6 */
    psb_frame *frame = draw_frame(WIDTH, HEIGHT);
    for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
        psb_detector *detector = NULL;
        psb_detector_options options;
        const psb_boxes *boxes = NULL;
        psb_detector_options_init(&options);
        options.cpu = cpus[i];
        const psb_status status = psb_detector_open(&detector, descriptor_path, &options);
        if (status == PSB_UNSUPPORTED) continue; /* this machine has no such instructions */
        assert_int_equal(status, PSB_OK);
        assert_int_equal(psb_detector_step(detector, &boxes, frame), PSB_OK);
        assert_int_equal(boxes->count, 2);
        assert_box(boxes, 0, 64, 32, 1.0f);
        assert_box(boxes, 1, 128, 64, grey_score);
        psb_detector_set_min_score(detector, 0.8f);
        assert_int_equal(psb_detector_step(detector, &boxes, frame), PSB_OK);
        assert_int_equal(boxes->count, 1);
        psb_detector_set_min_score(detector, 0.05f);
        assert_int_equal(psb_detector_step(detector, &boxes, frame), PSB_OK);
        assert_int_equal(boxes->count, 2);
        psb_detector_close(&detector);
        assert_null(detector);
    }
    psb_frame_unref(&frame);
    psb_detector_close(NULL);
}

static void test_min_score_option(void **state)
{
    (void)state;
    psb_detector *detector = NULL;
    const psb_boxes *boxes = NULL;
    psb_frame *frame = draw_frame(WIDTH, HEIGHT);
    const psb_detector_options options = {.size = sizeof(options), .min_score = 0.7f};
    assert_int_equal(psb_detector_open(&detector, descriptor_path, &options), PSB_OK);
    assert_int_equal(psb_detector_step(detector, &boxes, frame), PSB_OK);
    assert_int_equal(boxes->count, 1);
    psb_detector_close(&detector);
    psb_frame_unref(&frame);
}

/* Each question of the clock is one microsecond after the one before. */
static int64_t tick(void *user)
{
    int64_t *now_ns = user;
    return *now_ns += 1000;
}

static void test_what_it_says(void **state)
{
    (void)state;
    int64_t now_ns = 0;
    psb_detector *detector = NULL;
    const psb_boxes *boxes = NULL;
    char sha256[PSB_SHA256_HEX_BYTES];
    const psb_clock clock = {tick, &now_ns};
    psb_frame *frame = draw_frame(WIDTH, HEIGHT);
    assert_int_equal(psb_detector_open_with(&detector, descriptor_path, NULL, psb_cpu_detect(), clock), PSB_OK);
    assert_int_equal(psb_detector_timing_get(detector).network_ns, 0);
    assert_int_equal(psb_detector_step(detector, &boxes, frame), PSB_OK);
    const psb_detector_timing timing = psb_detector_timing_get(detector);
    assert_int_equal(timing.prepare_ns, 1000);
    assert_int_equal(timing.network_ns, 1000);
    assert_int_equal(timing.head_ns, 1000);
    assert_int_equal(now_ns, 4000);
    const psb_detector_model model = psb_detector_model_get(detector);
    assert_string_equal(model.name, "bright");
    assert_int_equal(model.width, 96);
    assert_int_equal(model.height, 64);
    assert_true(model.min_score == 0.05f && model.default_score == 0.4f);
    assert_int_equal(psb_sha256_file_hex(sha256, TEST_DATA_DIR "/bright.onnx"), PSB_OK);
    assert_string_equal(model.sha256, sha256);
    psb_detector_close(&detector);
    psb_frame_unref(&frame);
}

static void test_no_allocation(void **state)
{
    (void)state;
    psb_detector *detector = NULL;
    const psb_boxes *boxes = NULL;
    psb_frame *frame = draw_frame(WIDTH, HEIGHT), *larger = draw_frame(2 * WIDTH, 2 * HEIGHT);
    assert_int_equal(psb_detector_open(&detector, descriptor_path, NULL), PSB_OK);
    assert_int_equal(psb_detector_step(detector, &boxes, frame), PSB_OK);
    alloc_count_reset();
    for (int32_t i = 0; i < 10; i++) assert_int_equal(psb_detector_step(detector, &boxes, frame), PSB_OK);
    assert_int_equal(alloc_count_now(), 0);
    assert_int_equal(psb_detector_step(detector, &boxes, larger), PSB_OK);
    assert_int_equal(alloc_count_now(), 1);
    psb_detector_close(&detector);
    psb_frame_unref(&frame);
    psb_frame_unref(&larger);
}

/* Descriptors that are right by themselves and wrong for bright.onnx: one text replaced in bright.yaml. */
static const struct {
    const char *from, *to, *said;
} mismatches[] = {
    {"name: images", "name: pictures", "found input \"images\", expected \"pictures\" by "},
    {"width: 96", "width: 64", "input \"images\": found shape [1, 3, 64, 96], expected [1, 3, 64, 64] by "},
    {"{name: out}", "{name: outs}", "found no output \"outs\", expected it by "},
    {"count: 1", "count: 80", "output \"out\": found shape [1, 6, 4, 6], expected [1, 85, 4, 6] by "},
    {"strides: [16]", "strides: [8]", "output \"out\": found shape [1, 6, 4, 6], expected [1, 6, 8, 12] by "},
    {"type: fastestdet", "type: yolox", "output \"out\": found shape [1, 6, 4, 6], expected [1, 24, 6] by "},
    {"  type: fastestdet\n  strides: [16]\n  outputs: [{name: out}]",
     "  type: yolov3_anchors\n  anchors: [[[1, 1]], [[2, 2]]]\n  strides: [16, 32]\n  outputs: [{name: out}, {name: "
     "b}]",
     "found 1 outputs, expected 2 by "},
    {"bright.onnx", "missing.onnx", "missing.onnx"},
    {"bright.onnx", "bright.yaml", "bright.yaml"},
};

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* bright.yaml with an absolute model path, so that it may stand anywhere. */
static void read_descriptor(char *out, size_t size_bytes)
{
    psb_bytes file = {0};
    assert_int_equal(psb_bytes_read(&file, descriptor_path, size_bytes), PSB_OK);
    const char *text = (const char *)file.data, *model = strstr(text, "bright.onnx");
    snprintf(out, size_bytes, "%.*s%s/%s", (int)(model - text), text, TEST_DATA_DIR, model);
    psb_bytes_fini(&file);
}

static void test_mismatches(void **state)
{
    (void)state;
    char good[4096], bad[8192], path[] = "/tmp/test_detectorXXXXXX";
    const int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_non_null(fdopen(descriptor, "w"));
    read_descriptor(good, sizeof(good));
    for (size_t i = 0; i < sizeof(mismatches) / sizeof(mismatches[0]); i++) {
        psb_detector *detector = NULL;
        const char *at = strstr(good, mismatches[i].from);
        assert_non_null(at);
        snprintf(bad, sizeof(bad), "%.*s%s%s", (int)(at - good), good, mismatches[i].to,
                 at + strlen(mismatches[i].from));
        write_text(path, bad);
        assert_int_equal(psb_detector_open(&detector, path, NULL), PSB_BAD_INPUT);
        assert_null(detector);
        if (!strstr(psb_error_text(), mismatches[i].said))
            fail_msg("\"%s\" lacks \"%s\"", psb_error_text(), mismatches[i].said);
    }
    remove(path);
}

static void test_arguments(void **state)
{
    (void)state;
    psb_detector *detector = NULL;
    const psb_boxes *boxes = NULL;
    psb_frame *frame = draw_frame(WIDTH, HEIGHT);
    const psb_detector_options wrong[] = {{.size = 3},
                                          {.size = sizeof(wrong[0]), .min_score = -0.1f},
                                          {.size = sizeof(wrong[0]), .min_score = 1.1f},
                                          {.size = sizeof(wrong[0]), .min_score = (float)strtod("nan", NULL)},
                                          {.size = sizeof(wrong[0]), .input_width = 448},
                                          {.size = sizeof(wrong[0]), .input_width = -32, .input_height = -32},
                                          {.size = sizeof(wrong[0]), .cpu = "z80"}};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(psb_detector_open(&detector, descriptor_path, &wrong[i]), PSB_BAD_INPUT);
        assert_null(detector);
    }
    size_t card_bytes; /* no path: the model that the library carries, if it was built with one */
    psb_model_builtin_card(&card_bytes);
    assert_int_equal(psb_detector_open(&detector, NULL, NULL), card_bytes > 0 ? PSB_OK : PSB_UNSUPPORTED);
    psb_detector_close(&detector);
    assert_int_equal(psb_detector_open(NULL, descriptor_path, NULL), PSB_BAD_INPUT);
    assert_int_equal(psb_detector_step(NULL, &boxes, frame), PSB_BAD_INPUT);
    assert_int_equal(psb_detector_open(&detector, descriptor_path, NULL), PSB_OK);
    assert_int_equal(psb_detector_step(detector, &boxes, NULL), PSB_BAD_INPUT);
    assert_int_equal(psb_detector_step(detector, NULL, frame), PSB_BAD_INPUT);
    psb_detector_close(&detector);
    psb_frame_unref(&frame);
}

/* Opening and the first step, with the n-th allocation failing, for every n. */
static void test_memory_failure(void **state)
{
    (void)state;
    psb_frame *frame = draw_frame(WIDTH, HEIGHT);
    int64_t n = 1;
    for (;; n++) {
        psb_detector *detector = NULL;
        const psb_boxes *boxes = NULL;
        alloc_count_fail_at(n);
        psb_status status = psb_detector_open(&detector, descriptor_path, NULL);
        if (!status) status = psb_detector_step(detector, &boxes, frame);
        const bool has_failed = alloc_count_has_failed();
        psb_detector_close(&detector);
        if (!has_failed) {
            assert_int_equal(status, PSB_OK);
            break;
        }
        /* protobuf-c cannot say why it gave up, so a failure inside it may be told as a bad file. */
        if (status != PSB_NO_MEMORY && status != PSB_BAD_INPUT)
            fail_msg("allocation %d: status %d, %s", (int)n, status, psb_error_text());
    }
    assert_true(n > 10);
    alloc_count_reset();
    psb_frame_unref(&frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_step),          cmocka_unit_test(test_min_score_option),
                                       cmocka_unit_test(test_what_it_says),  cmocka_unit_test(test_no_allocation),
                                       cmocka_unit_test(test_mismatches),    cmocka_unit_test(test_arguments),
                                       cmocka_unit_test(test_memory_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
