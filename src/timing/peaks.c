/* SPDX-License-Identifier: Apache-2.0
 *
 * Peaks by the loops of kernels/peak.h. A burst is short enough to fall between two interruptions and long enough that
 * the clock's own cost does not show.
 */
#include "timing/peaks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "kernels/peak.h"

enum { BURSTS = 25, READS = 5, ROUNDS = 200000 }; /* 200,000 rounds of 12 sums: 0.4 ms at 3 GHz */
#define MEMORY_BYTES ((size_t)128 << 20)          /* four times the last cache of a large core complex */

static double best_rate(psb_peak_fn *run, psb_peak_args *args, int32_t bursts, double work, const psb_clock *clock)
{
    double best = 0;
    for (int32_t burst = 0; burst < bursts; burst++) {
        const int64_t begin_ns = psb_clock_now_ns(clock);
        run(args);
        const int64_t duration_ns = psb_clock_now_ns(clock) - begin_ns;
        if (duration_ns > 0) best = fmax(best, work / (double)duration_ns);
    }
    return best;
}

static double load_average(void)
{
    double load = (double)NAN;
    FILE *file = fopen("/proc/loadavg", "r");
    if (!file) return load;
    if (fscanf(file, "%lf", &load) != 1) load = (double)NAN;
    fclose(file);
    return load;
}

psb_status psb_peaks_measure(psb_peaks *out, uint32_t cpu_flags, const psb_clock *clock)
{
    const psb_peak_kernel *kernel = psb_peak_pick(cpu_flags);
    psb_peak_args args = {.rounds = ROUNDS, .factor = 0.5f, .addend = 1, .bytes = {1, 2}, .weights = {1, -1}};
    const double operations = 2.0 * ROUNDS * PSB_PEAK_SUMS * kernel->lanes;
    *out = (psb_peaks){.kernels = kernel->name, .load_average = load_average()};
    float *words = malloc(MEMORY_BYTES);
    if (!words) return psb_fail_memory("memory to read", MEMORY_BYTES);
    for (size_t i = 0; i < MEMORY_BYTES / sizeof(float); i++) words[i] = 1; /* real pages, not the one of zeros */
    args.words = words;
    args.word_count = MEMORY_BYTES / sizeof(float);
    out->fp32_gflops = best_rate(kernel->fma, &args, BURSTS, operations, clock);
    out->int8_gops = best_rate(kernel->dot, &args, BURSTS, PSB_PEAK_GROUP * operations, clock);
    out->memory_gb_s = best_rate(kernel->read, &args, READS, (double)MEMORY_BYTES, clock);
    free(words);
    return PSB_OK;
}
