/* SPDX-License-Identifier: Apache-2.0
 *
 * Time is handed in. Nothing below app asks the system; tests hand in a clock of their own.
 */
#ifndef PSB_BASE_CLOCK_H
#define PSB_BASE_CLOCK_H

#include <stdint.h>

/* Monotonic nanoseconds from an arbitrary start. Plain data, copied by value. */
typedef struct psb_clock {
    int64_t (*now_ns)(void *user);
    void *user;
} psb_clock;

/* CLOCK_MONOTONIC. Only app and bench call this. */
psb_clock psb_clock_system(void);

/* A clock that stands still at zero: for the library's users who gave none. */
psb_clock psb_clock_none(void);

static inline int64_t psb_clock_now_ns(const psb_clock *clock)
{
    return clock->now_ns(clock->user);
}

#endif
