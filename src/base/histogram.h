/* SPDX-License-Identifier: Apache-2.0
 *
 * Latency histogram: durations in logarithmic buckets, constant memory, percentiles within 1/32.
 * Each power of two of nanoseconds is cut into 32 equal buckets (after HdrHistogram's layout, G. Tene).
 */
#ifndef PSB_BASE_HISTOGRAM_H
#define PSB_BASE_HISTOGRAM_H

#include <stdint.h>

enum { PSB_HISTOGRAM_BUCKETS = 64 * 32 };

/* Plain data, all zero = empty. */
typedef struct psb_histogram {
    int64_t count;
    uint32_t bucket[PSB_HISTOGRAM_BUCKETS];
} psb_histogram;

void psb_histogram_add(psb_histogram *histogram, int64_t duration_ns); /* negative counts as 0 */

/* The duration below or at which `fraction` (0..1) of the entries lie, in milliseconds; 0 when empty. */
double psb_histogram_ms(const psb_histogram *histogram, double fraction);

#endif
