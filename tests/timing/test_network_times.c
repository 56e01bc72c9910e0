/* SPDX-License-Identifier: Apache-2.0
 *
 * Times of the end-to-end tests' network on a clock that ticks: each step takes one tick, whatever it does.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "timing/network_times.h"

enum { MS = 1000000, PATH_BYTES = 4096 };

static int64_t ticking_now_ns(void *user)
{
    return *(int64_t *)user += MS;
}

static void open_blob(psb_network_times *times, int64_t *now_ns, const char *root)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof(path), "%s/tests/e2e/data/blob.onnx", root);
    *times = (psb_network_times){.clock = {ticking_now_ns, now_ns}};
    assert_int_equal(psb_network_open(&times->network, path, 0), PSB_OK);
}

static void test_steps_have_their_speed(void **state)
{
    int64_t now_ns = 0;
    psb_network_times times;
    open_blob(&times, &now_ns, *state);
    const int32_t steps = psb_network_step_count(times.network);
    const psb_peaks peaks = {.fp32_gflops = 2, .int8_gops = 1000};
    psb_step_time *out = calloc((size_t)steps, sizeof(*out));
    assert_non_null(out);
    assert_int_equal(psb_network_times_steps(out, &times, &peaks, 3), PSB_OK);
    int32_t convolutions = 0;
    for (int32_t s = 0; s < steps; s++) {
        const double gops = 2e-6 * (double)psb_network_step_at(times.network, s).macs;
        assert_true(out[s].median_ms == 1);
        assert_true(fabs(out[s].gops - gops) < 1e-9);
        assert_true(fabs(out[s].part_of_peak - gops / 2) < 1e-9);
        convolutions += gops > 0;
    }
    assert_int_equal(convolutions, 3);
    int64_t duration_ns = 0;
    assert_int_equal(psb_network_times_run(&times, &duration_ns), PSB_OK);
    assert_int_equal(duration_ns, MS);
    free(out);
    psb_network_close(&times.network);
}

static void test_input_lands_where_strides_want_it(void **state)
{
    int64_t now_ns = 0;
    psb_network_times times;
    open_blob(&times, &now_ns, *state);
    const int64_t count = psb_network_times_input_count(times.network);
    assert_int_equal(count, 3 * 160 * 128);
    float *values = calloc((size_t)count, sizeof(*values));
    assert_non_null(values);
    psb_rng rng;
    psb_rng_init(&rng, 1);
    psb_network_times_draw(values, count, rng);
    psb_network_times_put_input(times.network, values);
    const psb_tensor_view view = psb_network_input(times.network, 0);
    const int64_t at = 2 * view.strides[1] + 5 * view.strides[2] + 7 * view.strides[3];
    assert_true(view.data[at] == values[(2 * 128 + 5) * 160 + 7]);
    assert_true(values[0] != values[1] && values[0] >= 0 && values[0] < 1);
    free(values);
    psb_network_close(&times.network);
}

int main(int argc, char **argv)
{
    void *root = argc > 1 ? argv[1] : (char[]){"."};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_steps_have_their_speed, root),
        cmocka_unit_test_prestate(test_input_lands_where_strides_want_it, root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
