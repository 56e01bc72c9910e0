/* SPDX-License-Identifier: Apache-2.0
 *
 * What this machine can do at most on one core, measured now: arithmetic and memory. Bursts of some milliseconds, the
 * best of which counts: a peak is what the machine can do when nobody disturbs it.
 */
#ifndef PSB_TIMING_PEAKS_H
#define PSB_TIMING_PEAKS_H

#include <stdint.h>

#include <passerby/status.h>

#include "base/clock.h"

typedef struct psb_peaks {
    double fp32_gflops;  /* multiply-adds, counted as two */
    double int8_gops;    /* products of bytes and their sums, counted as two */
    double memory_gb_s;  /* read from a buffer of 128 MB */
    const char *kernels; /* the instruction set that they were measured with */
    double load_average; /* of the last minute, before; not a number where the system does not say */
} psb_peaks;

/* cpu_flags: base/cpu.h; the machine's own flags for the machine's peak. Errors: PSB_NO_MEMORY. */
psb_status psb_peaks_measure(psb_peaks *out, uint32_t cpu_flags, const psb_clock *clock);

#endif
