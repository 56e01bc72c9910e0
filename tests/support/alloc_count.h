/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts the allocations that our objects make, and makes the n-th one fail on demand.
 * A test that links alloc_count_dep is linked with the linker's --wrap, which redirects the calls of the objects in
 * that link (the rooms' static libraries and the test itself); FFmpeg, libc and other shared libraries are not seen.
 * A fault run: for n = 1, 2, ... let the n-th allocation fail, until the work ends well without a failure:
 *     alloc_count_fail_at(n); work(); if (!alloc_count_has_failed()) break;
 */
#ifndef PSB_TESTS_ALLOC_COUNT_H
#define PSB_TESTS_ALLOC_COUNT_H

#include <stdbool.h>
#include <stdint.h>

/* Allocations of every kind by every thread since the last reset. */
int64_t alloc_count_now(void);

/* Count from 0; nothing fails. */
void alloc_count_reset(void);

/* Resets; then the n-th allocation from now on fails, and only that one. 0 = none. */
void alloc_count_fail_at(int64_t n);

/* Whether the n-th allocation came, and failed. */
bool alloc_count_has_failed(void);

#endif
