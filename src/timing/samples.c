/* SPDX-License-Identifier: Apache-2.0
 *
 * Figures of a set of durations, from a sorted copy: exact, which a histogram of constant memory is not.
 * Percentiles are by nearest rank, so each is a duration that was measured.
 */
#include "timing/samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

psb_status psb_samples_init(psb_samples *out, int32_t capacity)
{
    *out = (psb_samples){.capacity = capacity, .durations_ns = calloc((size_t)capacity + 1, sizeof(int64_t))};
    return out->durations_ns ? PSB_OK : psb_fail_memory("samples", (size_t)capacity * sizeof(int64_t));
}

void psb_samples_fini(psb_samples *samples)
{
    free(samples->durations_ns);
    *samples = (psb_samples){0};
}

void psb_samples_add(psb_samples *samples, int64_t duration_ns)
{
    if (samples->count < samples->capacity) samples->durations_ns[samples->count++] = duration_ns;
}

static int by_length(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static double to_ms(int64_t duration_ns)
{
    return (double)duration_ns * 1e-6;
}

/* The nearest rank: the first of the sorted durations at or below which `percent` of all lie. */
static double percentile_ms(const int64_t *sorted_ns, int64_t count, int64_t percent, int64_t least)
{
    return count < least ? (double)NAN : to_ms(sorted_ns[(percent * count + 99) / 100 - 1]);
}

psb_status psb_samples_figures_get(const psb_samples *samples, psb_samples_figures *out)
{
    const int32_t count = samples->count;
    *out = (psb_samples_figures){count, (double)NAN, (double)NAN, (double)NAN, (double)NAN};
    if (count == 0) return PSB_OK;
    const size_t size_bytes = (size_t)count * sizeof(int64_t);
    int64_t *sorted_ns = malloc(size_bytes);
    if (!sorted_ns) return psb_fail_memory("sorted samples", size_bytes);
    memcpy(sorted_ns, samples->durations_ns, size_bytes);
    qsort(sorted_ns, (size_t)count, sizeof(int64_t), by_length);
    out->median_ms = (to_ms(sorted_ns[(count - 1) / 2]) + to_ms(sorted_ns[count / 2])) / 2;
    out->best_ms = to_ms(sorted_ns[0]);
    out->p90_ms = percentile_ms(sorted_ns, count, 90, PSB_SAMPLES_FOR_P90);
    out->p99_ms = percentile_ms(sorted_ns, count, 99, PSB_SAMPLES_FOR_P99);
    free(sorted_ns);
    return PSB_OK;
}
