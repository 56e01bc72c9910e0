/* SPDX-License-Identifier: Apache-2.0
 *
 * A duration's bucket from its highest bit and the five bits below it, and back from a bucket to its upper end.
 * Below 32 ns each nanosecond has a bucket of its own; from there each octave has 32.
 * After: G. Tene, HdrHistogram (hdrhistogram.org), with 5 bits of precision.
 */
#include "base/histogram.h"

#include <math.h>

enum { SUB_BITS = 5, SUB_COUNT = 1 << SUB_BITS };

static int32_t bucket_of(uint64_t duration_ns)
{
    int32_t shift = 0;
    while (duration_ns >> shift >= 2 * SUB_COUNT) shift++;
    return shift * SUB_COUNT + (int32_t)(duration_ns >> shift);
}

/* The largest duration that falls into the bucket. */
static uint64_t bucket_end_ns(int32_t bucket_i)
{
    if (bucket_i < 2 * SUB_COUNT) return (uint64_t)bucket_i;
    const int32_t shift = bucket_i / SUB_COUNT - 1;
    const uint64_t top = (uint64_t)(bucket_i - shift * SUB_COUNT);
    return ((top + 1) << shift) - 1;
}

void psb_histogram_add(psb_histogram *histogram, int64_t duration_ns)
{
    histogram->bucket[bucket_of(duration_ns > 0 ? (uint64_t)duration_ns : 0)]++;
    histogram->count++;
}

double psb_histogram_ms(const psb_histogram *histogram, double fraction)
{
    if (histogram->count == 0) return 0;
    double wanted = ceil(fraction * (double)histogram->count);
    if (!(wanted >= 1)) wanted = 1; /* also for a fraction that is not a number */
    int64_t seen = 0;
    int32_t last = 0;
    for (int32_t i = 0; i < PSB_HISTOGRAM_BUCKETS; i++) {
        if (!histogram->bucket[i]) continue;
        seen += histogram->bucket[i];
        last = i;
        if ((double)seen >= wanted) break;
    }
    return (double)bucket_end_ns(last) / 1e6;
}
