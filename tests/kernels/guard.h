/* SPDX-License-Identifier: Apache-2.0
 *
 * A buffer between two pages that may not be touched. The data lies flush against one of them, so that one float too
 * far on that side is a fault; the slack on the other side holds a pattern that is looked at when the buffer is closed.
 * Tests draw the side anew for every buffer.
 */
#ifndef PSB_TESTS_KERNELS_GUARD_H
#define PSB_TESTS_KERNELS_GUARD_H

#include <stdbool.h>
#include <stddef.h>

typedef struct guard_buffer {
    void *data;
    size_t size_bytes;
    unsigned char *pages; /* between the guards */
    size_t pages_bytes;
} guard_buffer;

/* Exits with a message where the system gives no memory. at_end: flush with the upper guard, else with the lower. */
guard_buffer guard_open(size_t size_bytes, bool at_end);

/* False where the slack was written to. */
bool guard_close(guard_buffer *buffer);

#endif
