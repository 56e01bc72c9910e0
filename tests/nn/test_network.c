/* SPDX-License-Identifier: Apache-2.0
 *
 * Networks small enough to be computed by numpy (make_models.py), every operator and every rewriting pass among them:
 * outputs under each CPU mask, a second run on the same network, no allocation while running, what the plan did, and
 * every allocation failing in turn.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <passerby/status.h>

#include "alloc_count.h"
#include "base/bytes.h"
#include "model_file.h"

/* Sums here have at most 500 terms of magnitude below 10, each rounding at 6e-8 of it: 3e-4 would be the worst of all
 * roundings in one direction, 2e-5 is what random ones stay well below. */
static const double TOLERANCE = 2e-5;

typedef struct names {
    int32_t count;
    char name[64][64];
} names;

static names read_cases(void)
{
    char path[1024];
    names cases = {0};
    FILE *file = fopen(data_path(path, "", "cases", ".txt"), "r");
    assert_non_null(file);
    while (cases.count < 64 && fscanf(file, "%63s", cases.name[cases.count]) == 1) cases.count++;
    fclose(file);
    assert_in_range(cases.count, 20, 63);
    return cases;
}

static psb_network *open_case(const char *name, uint32_t flags)
{
    char path[1024];
    psb_network *network = NULL;
    if (psb_network_open(&network, data_path(path, "", name, ".onnx"), flags))
        fail_msg("%s: %s", name, psb_error_text());
    return network;
}

static void fill_inputs(const psb_network *network, const float **at)
{
    for (int32_t i = 0; i < psb_network_info_get(network).inputs; i++) {
        psb_tensor_view view = psb_network_input(network, i);
        for (int64_t e = 0; e < view_elements(&view); e++) *view_at(&view, e) = *(*at)++;
    }
}

static void compare_outputs(const psb_network *network, const char *name, uint32_t flags, const float **at)
{
    for (int32_t o = 0; o < psb_network_info_get(network).outputs; o++) {
        psb_tensor_view view = psb_network_output(network, o);
        for (int64_t e = 0; e < view_elements(&view); e++) {
            double found = *view_at(&view, e), expected = *(*at)++;
            if (!(fabs(found - expected) <= TOLERANCE * (1 + fabs(expected))))
                fail_msg("%s, %s: output %d (%s) element %lld: found %g, expected %g", name, psb_cpu_name(flags), o,
                         view.name, (long long)e, found, expected);
        }
    }
}

static void run_case(const char *name, uint32_t flags)
{
    char path[1024];
    psb_bytes bytes = {0};
    assert_int_equal(psb_bytes_read(&bytes, data_path(path, "", name, ".bin"), 1 << 20), PSB_OK);
    psb_network *network = open_case(name, flags);
    const float *values = (const float *)(const void *)bytes.data, *at = values;
    fill_inputs(network, &at);
    for (int32_t run = 0; run < 2; run++) { /* inputs outlive a run */
        alloc_count_reset();
        psb_network_run(network);
        assert_int_equal(alloc_count_now(), 0);
        const float *expected = at;
        compare_outputs(network, name, flags, &expected);
        assert_ptr_equal(expected, values + bytes.size_bytes / sizeof(float));
    }
    psb_network_close(&network);
    assert_null(network);
    psb_bytes_fini(&bytes);
}

static void test_outputs_equal_numpy_under_every_mask(void **state)
{
    (void)state;
    names cases = read_cases();
    for (int32_t mask_i = 0; mask_i < MASK_COUNT; mask_i++) {
        uint32_t flags;
        if (!mask_flags(&flags, mask_i)) continue;
        for (int32_t c = 0; c < cases.count; c++) run_case(cases.name[c], flags);
    }
}

static int32_t count_steps(const psb_network *network, const char *op)
{
    int32_t count = 0;
    for (int32_t s = 0; s < psb_network_step_count(network); s++)
        if (strncmp(psb_network_step_at(network, s).op, op, strlen(op)) == 0) count++;
    return count;
}

static void expect_plan(const char *name, int32_t step_count, const char *op, int32_t op_count)
{
    psb_network *network = open_case(name, 0);
    if (psb_network_step_count(network) != step_count || count_steps(network, op) != op_count) {
        for (int32_t s = 0; s < psb_network_step_count(network); s++) {
            psb_network_step step = psb_network_step_at(network, s);
            print_message("%s + %s (%s)\n", step.op, step.fused, step.node_name);
        }
        fail_msg("%s: found %d steps, %d of them %s; expected %d and %d", name, psb_network_step_count(network),
                 count_steps(network, op), op, step_count, op_count);
    }
    psb_network_close(&network);
}

/* What each pass is for, seen in the number of steps that are left. */
static void test_passes_leave_few_steps(void **state)
{
    (void)state;
    expect_plan("silu", 4, "conv", 1);             /* and silu, sigmoid, mul: a gate that is an output stays */
    expect_plan("yolox_head", 7, "conv", 6);       /* pool and six convolutions, written in place through reshapes */
    expect_plan("focus", 6, "conv 6x6", 1);        /* the first stem only; the second is used as it is, too */
    expect_plan("residual", 10, "add", 1);         /* g + g; the other sums ride on convolutions */
    expect_plan("batch_norm", 5, "dwconv 1x1", 2); /* those that no convolution takes in */
    expect_plan("shuffle", 5, "copy", 2);          /* the shuffle, and the half that no convolution makes */
}

static void test_info_counts(void **state)
{
    (void)state;
    psb_network *network = open_case("conv_dense", 0);
    psb_network_info info = psb_network_info_get(network);
    assert_int_equal(info.inputs, 1);
    assert_int_equal(info.outputs, 2);
    assert_int_equal(info.nodes_in_file, 3);
    assert_int_equal(info.nodes_planned, 3);
    assert_int_equal(info.weights_count, 3 * 18 * 9 + 18 + 18 * 4 * 9 + 4 + 3 * 5 * 36 + 5);
    assert_int_equal(info.macs, 3 * 18 * 9 * 30 + 18 * 4 * 9 * 6 * 2 + 3 * 5 * 36 * 20);
    psb_network_close(&network);
}

/* Buffers that are not needed at the same time share memory: a chain needs less than the sum of its values. */
static void test_arena_is_overlaid(void **state)
{
    (void)state;
    psb_network *network = open_case("conv_depthwise", 0);
    psb_tensor_view input = psb_network_input(network, 0), output = psb_network_output(network, 0);
    size_t first = (size_t)(21 * 9 * 8 + 21 * 5 * 4) * sizeof(float); /* the two largest values, at the same time */
    size_t kept = (size_t)view_elements(&input) * sizeof(float);
    assert_int_equal(view_elements(&output), 21 * 2 * 3); /* lies where the first value was */
    assert_in_range(psb_network_info_get(network).arena_bytes, first + kept, first + kept + 3 * 64);
    psb_network_close(&network);

    network = open_case("residual", 0); /* twelve values of 640 bytes, of which few live at once */
    assert_true(psb_network_info_get(network).arena_bytes < 9 * 640 + 56 * 72 * sizeof(float));
    psb_network_close(&network);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    static const char *const chosen[] = {"shuffle", "focus", "conv_dilated", "resize", "batch_norm"};
    for (size_t c = 0; c < sizeof(chosen) / sizeof(chosen[0]); c++) {
        char path[1024];
        data_path(path, "", chosen[c], ".onnx");
        int64_t n = 1;
        for (;; n++) {
            psb_network *network = NULL;
            alloc_count_fail_at(n);
            psb_status status = psb_network_open(&network, path, 0);
            bool failed = alloc_count_has_failed();
            alloc_count_reset();
            if (!failed) {
                assert_int_equal(status, PSB_OK);
                psb_network_close(&network);
                break;
            }
            if (status != PSB_NO_MEMORY)
                fail_msg("%s: allocation %lld failed: found status %d, \"%s\"", chosen[c], (long long)n, status,
                         psb_error_text());
            assert_null(network);
        }
        assert_true(n > 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outputs_equal_numpy_under_every_mask),
        cmocka_unit_test(test_passes_leave_few_steps),
        cmocka_unit_test(test_info_counts),
        cmocka_unit_test(test_arena_is_overlaid),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
