/* SPDX-License-Identifier: Apache-2.0
 *
 * The two clocks that need no state: the system's monotonic one and the one that stands still.
 * CLOCK_MONOTONIC is asked in this file and nowhere else in the tree.
 */
#include "base/clock.h"

#include <stddef.h>
#include <time.h>

static int64_t system_now_ns(void *user)
{
    struct timespec now;
    (void)user;
    clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock on Linux */
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t none_now_ns(void *user)
{
    (void)user;
    return 0;
}

psb_clock psb_clock_system(void)
{
    return (psb_clock){.now_ns = system_now_ns, .user = NULL};
}

psb_clock psb_clock_none(void)
{
    return (psb_clock){.now_ns = none_now_ns, .user = NULL};
}
