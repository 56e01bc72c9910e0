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
    int64_t bucket[PSB_HISTOGRAM_BUCKETS]; /* 64 bits: a live site fills 32 in a month */
} psb_histogram;

void psb_histogram_add(psb_histogram *histogram, int64_t duration_ns); /* negative counts as 0 */

/* The duration at or below which `fraction` (0..1) of the entries lie, in milliseconds: the upper end of its bucket,
 * so at most 1/32 too long and never too short. 0 when empty. */
double psb_histogram_ms(const psb_histogram *histogram, double fraction);

#endif
