/* SPDX-License-Identifier: Apache-2.0
 *
 * Several runners that do the same work, by turns: each round runs every one once, in an order drawn anew, so that all
 * meet the same machine with the same noise and none always follows the same one. What they are is not this file's:
 * a network of ours, another runtime, a fake with a fake clock.
 */
#ifndef PSB_TIMING_CONTEST_H
#define PSB_TIMING_CONTEST_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/status.h>

#include "base/clock.h"
#include "base/rng.h"
#include "timing/samples.h"

enum {
    PSB_CONTEST_MAX_RUNNERS = 8,
    PSB_CONTEST_WARM_UP = 3,        /* rounds that are not kept: caches, clocks, a runtime's first allocations */
    PSB_CONTEST_LEAVE_SAMPLES = 20, /* what a runner has that is far behind, when it leaves */
    PSB_CONTEST_MAX_ROUNDS = 1000000,
};

typedef struct psb_runner {
    const char *name;
    /* One run, timed by whoever can time it best. A failure takes the runner out and nobody else. */
    psb_status (*run)(void *user, int64_t *duration_ns_out);
    void *user;
    int32_t group; /* 0 = stays to the end; else leaves at LEAVE_SAMPLES samples, where its median is more than twice
                      the best one's of its group: what is behind a ratio has all its samples */
    bool has_left;
    psb_status failure;
    char failure_text[256]; /* of a run that failed */
    psb_samples samples;    /* filled by psb_contest_run; psb_contest_fini */
} psb_runner;

typedef struct psb_contest_options {
    psb_clock clock;
    psb_rng rng;    /* for the orders */
    double limit_s; /* no round begins after this; 0 = 120 */
    int32_t rounds; /* nor after so many; 0 = MAX_ROUNDS */
} psb_contest_options;

/* At least one round is kept, whatever the limit. Errors: PSB_NO_MEMORY. */
psb_status psb_contest_run(psb_runner *runners, int32_t count, const psb_contest_options *options);
void psb_contest_fini(psb_runner *runners, int32_t count);

#endif
