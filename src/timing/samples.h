/* SPDX-License-Identifier: Apache-2.0
 *
 * Durations of one thing done again and again, and the few figures that may be said of them. A percentile stands on
 * enough samples or is absent, after MLPerf Inference's rule for a single stream (Reddi et al., "MLPerf Inference
 * Benchmark", ISCA 2020, section III-D): the rarer the event, the more runs it takes to know how slow it is.
 */
#ifndef PSB_TIMING_SAMPLES_H
#define PSB_TIMING_SAMPLES_H

#include <stdint.h>

#include <passerby/status.h>

/* The least samples for a percentile; both are MLPerf's. */
enum { PSB_SAMPLES_FOR_P90 = 64, PSB_SAMPLES_FOR_P99 = 662 };

typedef struct psb_samples { /* init/fini; the durations in their order of time */
    int32_t count, capacity;
    int64_t *durations_ns;
} psb_samples;

typedef struct psb_samples_figures {
    int32_t samples;
    double median_ms, best_ms, p90_ms, p99_ms; /* not a number = absent: too few samples */
} psb_samples_figures;

psb_status psb_samples_init(psb_samples *out, int32_t capacity);
void psb_samples_fini(psb_samples *samples);

/* Beyond the capacity nothing is kept. */
void psb_samples_add(psb_samples *samples, int64_t duration_ns);

/* The middle one, or the mean of the two in the middle; a percentile is the least sample that p % do not exceed.
 * Errors: PSB_NO_MEMORY. */
psb_status psb_samples_figures_get(const psb_samples *samples, psb_samples_figures *out);

#endif
