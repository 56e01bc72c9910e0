/* SPDX-License-Identifier: Apache-2.0
 *
 * Timing of our own networks. A step's speed is given beside the peak of the arithmetic that it does: bytes where its
 * name says so (PSB_NETWORK_BYTES_OP), else floats.
 */
#include "timing/network_times.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "timing/samples.h"

psb_status psb_network_times_run(void *user, int64_t *duration_ns_out)
{
    const psb_network_times *times = user;
    const int64_t begin_ns = psb_clock_now_ns(&times->clock);
    psb_network_run(times->network);
    *duration_ns_out = psb_clock_now_ns(&times->clock) - begin_ns;
    return PSB_OK;
}

int64_t psb_network_times_input_count(const psb_network *network)
{
    const psb_tensor_view view = psb_network_input(network, 0);
    int64_t count = 1;
    for (int32_t d = 0; d < view.rank; d++) count *= view.dims[d];
    return count;
}

void psb_network_times_put_input(psb_network *network, const float *values)
{
    const psb_tensor_view view = psb_network_input(network, 0);
    const int64_t count = psb_network_times_input_count(network);
    for (int64_t i = 0; i < count; i++) {
        int64_t rest = i, at = 0;
        for (int32_t d = view.rank - 1; d >= 0; d--) {
            at += rest % view.dims[d] * view.strides[d];
            rest /= view.dims[d];
        }
        view.data[at] = values[i];
    }
}

void psb_network_times_draw(float *values, int64_t count, psb_rng rng)
{
    for (int64_t i = 0; i < count; i++) values[i] = (float)psb_rng_unit(&rng);
}

static psb_status step_figures(psb_step_time *out, const psb_samples *samples, const psb_network_step *step,
                               const psb_peaks *peaks)
{
    psb_samples_figures figures;
    const psb_status status = psb_samples_figures_get(samples, &figures);
    if (status) return status;
    const bool is_bytes = strncmp(step->op, PSB_NETWORK_BYTES_OP, strlen(PSB_NETWORK_BYTES_OP)) == 0;
    const double peak = is_bytes ? peaks->int8_gops : peaks->fp32_gflops;
    out->median_ms = figures.median_ms;
    out->gops = figures.median_ms > 0 ? 2e-6 * (double)step->macs / figures.median_ms : 0;
    out->part_of_peak = peak > 0 ? out->gops / peak : 0;
    return PSB_OK;
}

psb_status psb_network_times_steps(psb_step_time *out, const psb_network_times *times, const psb_peaks *peaks,
                                   int32_t runs)
{
    const int32_t steps = psb_network_step_count(times->network);
    psb_status status = PSB_OK;
    psb_samples *samples = calloc((size_t)steps + 1, sizeof(*samples));
    int64_t *durations_ns = calloc((size_t)steps + 1, sizeof(*durations_ns));
    if (!samples || !durations_ns) status = psb_fail_memory("times of steps", (size_t)steps * sizeof(*samples));
    for (int32_t s = 0; s < steps && !status; s++) status = psb_samples_init(&samples[s], runs);
    for (int32_t run = 0; run < runs && !status; run++) {
        psb_network_run_timed(times->network, durations_ns, &times->clock);
        for (int32_t s = 0; s < steps; s++) psb_samples_add(&samples[s], durations_ns[s]);
    }
    for (int32_t s = 0; s < steps && !status; s++) {
        const psb_network_step step = psb_network_step_at(times->network, s);
        status = step_figures(&out[s], &samples[s], &step, peaks);
    }
    for (int32_t s = 0; s < steps && samples; s++) psb_samples_fini(&samples[s]);
    free(samples);
    free(durations_ns);
    return status;
}
