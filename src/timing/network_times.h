/* SPDX-License-Identifier: Apache-2.0
 *
 * A network of ours as something to time: a runner for contests, and the time of each of its steps. Steps are timed in
 * runs of their own, because asking the clock behind each step costs a little.
 */
#ifndef PSB_TIMING_NETWORK_TIMES_H
#define PSB_TIMING_NETWORK_TIMES_H

#include <stdint.h>

#include <passerby/status.h>

#include "base/clock.h"
#include "base/rng.h"
#include "nn/network.h"
#include "timing/peaks.h"

/* The user of psb_network_times_run. */
typedef struct psb_network_times {
    psb_network *network; /* the caller's */
    psb_clock clock;
} psb_network_times;

/* For psb_runner.run; user is a psb_network_times. Cannot fail. */
psb_status psb_network_times_run(void *user, int64_t *duration_ns_out);

/* The first input's size in floats. */
int64_t psb_network_times_input_count(const psb_network *network);

/* Row-major values into the network's first input, wherever its strides want them. */
void psb_network_times_put_input(psb_network *network, const float *values);

/* 0 <= values < 1. What is timed takes the same time for any, but not for denormal ones. */
void psb_network_times_draw(float *values, int64_t count, psb_rng rng);

typedef struct psb_step_time {
    double median_ms;
    double gops;         /* multiply-adds counted as two; 0 for steps that have none */
    double part_of_peak; /* of the arithmetic of its own kind: int8 or fp32 */
} psb_step_time;

/* out: a place for each step. Medians of `runs` runs. Errors: PSB_NO_MEMORY. */
psb_status psb_network_times_steps(psb_step_time *out, const psb_network_times *times, const psb_peaks *peaks,
                                   int32_t runs);

#endif
