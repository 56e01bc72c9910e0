/* SPDX-License-Identifier: Apache-2.0
 *
 * What every kernel check shares, in the manner of dav1d's and FFmpeg's checkasm: random numbers that favour edges,
 * guarded buffers, a message with all parameters on the first failures and when a guard page is touched, and a
 * stopwatch for --bench.
 *
 *     check_FAMILY [--bench] [--seed N] [--trials N]
 *
 * Exit code 0 = all equal within the family's bound, 1 = not.
 */
#ifndef PSB_TESTS_KERNELS_HARNESS_H
#define PSB_TESTS_KERNELS_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "guard.h"

enum { CHECK_BUFFERS = 24, CHECK_PARAMETERS = 512 };

/* Outputs hold this before a kernel runs; where the specification leaves it, so must every variant. */
#define CHECK_UNTOUCHED 12345.678f

typedef struct check {
    const char *family;
    uint64_t seed, state;
    uint32_t cpu_flags;
    bool bench;
    int32_t trials;
    int64_t compared;
    int32_t failures;
    guard_buffer buffers[CHECK_BUFFERS]; /* of the current trial */
    int32_t buffer_count;
    char parameters[CHECK_PARAMETERS]; /* of the current trial, for messages */
} check;

void check_init(check *c, int argc, char **argv, const char *family, int32_t default_trials);
int check_finish(check *c); /* the program's exit code */

/* Whether this machine runs a variant that needs these flags. */
bool check_can_run(const check *c, uint32_t needs);

/* low .. high, each end drawn one time in eight. */
int32_t check_int(check *c, int32_t low, int32_t high);
/* Mostly -1 .. 1, sometimes 0, small or -8 .. 8. */
float check_float(check *c);

/* Guarded memory of the current trial, filled with check_float, with CHECK_UNTOUCHED, or copied. count may be 0. */
float *check_random(check *c, size_t count);
float *check_output(check *c, size_t count);
float *check_copy(check *c, const float *from, size_t count);
void *check_bytes(check *c, size_t size_bytes);

/* Says what the current trial is; printed before its first failure. */
PSB_FORMAT(2, 3) void check_describe(check *c, const char *format, ...);
PSB_FORMAT(3, 4) void check_fail(check *c, const char *variant, const char *format, ...);
/* |fast - spec| <= bound at element at_i, or both untouched; says so otherwise. */
bool check_close(check *c, const char *variant, size_t at_i, float fast, float spec, double bound);
/* Closes the trial's buffers; fails it where one's surroundings were written to. */
void check_end_trial(check *c, const char *variant);

/* Best of several rounds, for one call of run(context); prints one line. work: operations or bytes per call. */
void check_time(const char *variant, const char *what, void (*run)(void *context), void *context, double work,
                const char *unit);

#endif
