/* SPDX-License-Identifier: Apache-2.0
 *
 * Every head against the models' reference decoder: data/HEAD.{yaml,bin,txt}, written by make_data.py. Each is decoded
 * from outputs laid out as ONNX says and once more with the channels innermost, as the engine keeps them.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "detect/descriptor.h"
#include "detect/head.h"
#include "detect/nms.h"
#include "geometry/boxes.h"

enum { MAX_BOXES = 4096, MAX_BYTES = 1 << 20 };

typedef struct expected_boxes {
    double row[MAX_BOXES][5];
    int32_t count;
} expected_boxes;

/* Reads rows up to an empty line or the end; returns where it stopped. */
static const char *read_rows(expected_boxes *out, const char *at)
{
    out->count = 0;
    while (*at && *at != '\n') {
        double *row = out->row[out->count++];
        char *end = NULL;
        assert_true(out->count < MAX_BOXES);
        for (int32_t i = 0; i < 5; i++, at = end) row[i] = strtod(at, &end);
        at++;
    }
    return *at ? at + 1 : at;
}

static void assert_boxes(const psb_boxes *found, const expected_boxes *expected)
{
    assert_int_equal(found->count, expected->count);
    for (int32_t i = 0; i < found->count; i++) {
        const double *e = expected->row[i];
        /* The file has seven digits, the columns float32. */
        assert_float_equal(found->x0_px[i], e[0], 1e-4 + 1e-6 * 1000);
        assert_float_equal(found->y0_px[i], e[1], 1e-4 + 1e-6 * 1000);
        assert_float_equal(found->x1_px[i], e[2], 1e-4 + 1e-6 * 1000);
        assert_float_equal(found->y1_px[i], e[3], 1e-4 + 1e-6 * 1000);
        assert_float_equal(found->score[i], e[4], 1e-6);
    }
}

static psb_tensor_view view_of(const psb_descriptor *d, int32_t output_i, float *data)
{
    psb_tensor_view view = {.name = d->head.output[output_i], .data = data};
    view.rank = d->head.type->expect_shape(d, output_i, view.dims);
    int64_t step = 1;
    for (int32_t i = view.rank - 1; i >= 0; i--) {
        view.strides[i] = step;
        step *= view.dims[i];
    }
    return view;
}

static int64_t count_of(const psb_tensor_view *view)
{
    int64_t count = 1;
    for (int32_t i = 0; i < view->rank; i++) count *= view->dims[i];
    return count;
}

/* The same tensor with dimension 1 innermost, and one float of nothing behind each pixel. */
static psb_tensor_view with_channels_last(const psb_tensor_view *view, float *data)
{
    psb_tensor_view last = *view;
    last.data = data;
    last.strides[1] = 1;
    int64_t step = view->dims[1] + 1;
    for (int32_t i = view->rank - 1; i >= 0; i--) {
        if (i == 1) continue;
        last.strides[i] = step;
        step *= view->dims[i];
    }
    for (int64_t k = 0; k < count_of(view); k++) {
        int64_t to = 0, rest = k;
        for (int32_t i = view->rank - 1; i >= 0; i--) {
            to += rest % view->dims[i] * last.strides[i];
            rest /= view->dims[i];
        }
        data[to] = view->data[k];
    }
    return last;
}

static void check_head(const char *name)
{
    char path[512];
    psb_descriptor d;
    psb_bytes values = {0}, text = {0};
    psb_boxes found = {0};
    psb_nms nms = {0};
    psb_tensor_view plain[PSB_DESCRIPTOR_MAX_OUTPUTS], last[PSB_DESCRIPTOR_MAX_OUTPUTS];
    static expected_boxes all, kept;
    static float moved[1 << 16];
    snprintf(path, sizeof(path), "%s/%s.yaml", TEST_DATA_DIR, name);
    assert_int_equal(psb_descriptor_read(&d, path), PSB_OK);
    assert_string_equal(d.head.type->name, name);
    snprintf(path, sizeof(path), "%s/%s.bin", TEST_DATA_DIR, name);
    assert_int_equal(psb_bytes_read(&values, path, MAX_BYTES), PSB_OK);
    snprintf(path, sizeof(path), "%s/%s.txt", TEST_DATA_DIR, name);
    assert_int_equal(psb_bytes_read(&text, path, MAX_BYTES), PSB_OK);
    read_rows(&kept, read_rows(&all, (const char *)text.data));

    float *at = (float *)(void *)values.data, *moved_at = moved;
    for (int32_t i = 0; i < d.head.output_count; i++) {
        plain[i] = view_of(&d, i, at);
        last[i] = with_channels_last(&plain[i], moved_at);
        at += count_of(&plain[i]);
        moved_at += count_of(&plain[i]) * 2;
    }
    assert_ptr_equal(at, values.data + values.size_bytes);
    const int32_t most = (int32_t)d.head.type->count_candidates(&d);
    assert_int_equal(psb_boxes_init(&found, most), PSB_OK);
    assert_int_equal(psb_nms_init(&nms, most), PSB_OK);

    d.head.type->decode(&found, &d, plain, d.min_score);
    assert_boxes(&found, &all);
    found.count = 0;
    d.head.type->decode(&found, &d, last, d.min_score);
    assert_boxes(&found, &all);
    psb_nms_run(&nms, &found, d.nms_iou);
    assert_boxes(&nms.kept, &kept);

    psb_nms_fini(&nms);
    psb_boxes_fini(&found);
    psb_bytes_fini(&values);
    psb_bytes_fini(&text);
}

static void test_heads(void **state)
{
    (void)state;
    int32_t count = 0;
    for (; psb_head_at(count); count++) check_head(psb_head_at(count)->name);
    assert_int_equal(count, 4);
    assert_null(psb_head_at(-1));
    assert_null(psb_head_find("yolov9"));
}

/* Outputs full of what a broken network says claim nobody, and break nothing. */
static void test_nonsense(void **state)
{
    (void)state;
    static const float nonsense[] = {1e30f, -1e30f, 0.0f, 200.0f, 60.0f};
    static float values[1 << 16];
    for (int32_t k = 0; psb_head_at(k); k++) {
        char path[512];
        psb_descriptor d;
        psb_boxes found = {0};
        psb_tensor_view views[PSB_DESCRIPTOR_MAX_OUTPUTS];
        snprintf(path, sizeof(path), "%s/%s.yaml", TEST_DATA_DIR, psb_head_at(k)->name);
        assert_int_equal(psb_descriptor_read(&d, path), PSB_OK);
        for (int32_t i = 0; i < d.head.output_count; i++) views[i] = view_of(&d, i, values);
        assert_int_equal(psb_boxes_init(&found, (int32_t)d.head.type->count_candidates(&d)), PSB_OK);
        for (size_t n = 0; n < 7; n++) {
            for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
                values[i] = n < 5 ? nonsense[n] : n == 5 ? (float)strtod("nan", NULL) : nonsense[i % 5];
            found.count = 0;
            d.head.type->decode(&found, &d, views, d.min_score);
            assert_true(found.count <= found.capacity);
            for (int32_t i = 0; i < found.count; i++) {
                assert_true(psb_box_is_valid(psb_boxes_at(&found, i)));
                assert_true(found.x0_px[i] >= -PSB_HEAD_MOST_PX && found.x1_px[i] <= PSB_HEAD_MOST_PX);
                assert_true(found.score[i] >= d.min_score && found.score[i] <= 1.0f);
            }
        }
        psb_boxes_fini(&found);
    }
}

/* The early way out by the object's score alone leaves out nobody: a person just above min_score is found, one whose
 * class takes the score below it is not. */
static void test_threshold_of_anchors(void **state)
{
    (void)state;
    static float values[1 << 16];
    psb_descriptor d;
    psb_boxes found = {0};
    psb_tensor_view views[PSB_DESCRIPTOR_MAX_OUTPUTS];
    assert_int_equal(psb_descriptor_read(&d, TEST_DATA_DIR "/yolov3_anchors.yaml"), PSB_OK);
    for (int32_t i = 0; i < d.head.output_count; i++) views[i] = view_of(&d, i, values);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) values[i] = -30.0f;
    for (int32_t k = 0; k < 4; k++) values[k * views[0].strides[1]] = 0.0f;
    values[4 * views[0].strides[1]] = (float)(log((double)d.min_score / (1 - (double)d.min_score)) + 0.01);
    float *person = &values[(5 + d.person_class) * views[0].strides[1]];
    assert_int_equal(psb_boxes_init(&found, (int32_t)d.head.type->count_candidates(&d)), PSB_OK);
    /* the outputs share these values: what is found is found once in each */
    *person = 30.0f;
    d.head.type->decode(&found, &d, views, d.min_score);
    assert_true(found.count >= 1);
    found.count = 0;
    *person = 3.0f; /* sigmoid 0.95 */
    d.head.type->decode(&found, &d, views, d.min_score);
    assert_int_equal(found.count, 0);
    psb_boxes_fini(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_heads), cmocka_unit_test(test_nonsense),
                                       cmocka_unit_test(test_threshold_of_anchors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
