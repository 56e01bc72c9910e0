/* SPDX-License-Identifier: Apache-2.0
 *
 * Guarded buffers from mmap and mprotect, as the memory debuggers of old did it (Perens, "Electric Fence", 1987).
 */
#include "guard.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PATTERN = 0xA5 };

/* POSIX 2008 has no anonymous mappings; a private one of /dev/zero is the same. */
static int open_zero(void)
{
    int zero = open("/dev/zero", O_RDWR);
    if (zero < 0) {
        perror("/dev/zero");
        exit(99);
    }
    return zero;
}

guard_buffer guard_open(size_t size_bytes, bool at_end)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t pages_bytes = (size_bytes / page + 1) * page;
    int zero = open_zero();
    unsigned char *all = mmap(NULL, pages_bytes + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);
    close(zero);
    if (all == MAP_FAILED || mprotect(all, page, PROT_NONE) || mprotect(all + page + pages_bytes, page, PROT_NONE)) {
        perror("guard_open");
        exit(99);
    }
    guard_buffer buffer = {.size_bytes = size_bytes, .pages = all + page, .pages_bytes = pages_bytes};
    memset(buffer.pages, PATTERN, pages_bytes);
    buffer.data = buffer.pages + (at_end ? pages_bytes - size_bytes : 0);
    return buffer;
}

bool guard_close(guard_buffer *buffer)
{
    bool clean = true;
    unsigned char *first = buffer->data, *end = first + buffer->size_bytes;
    for (unsigned char *p = buffer->pages; p < buffer->pages + buffer->pages_bytes; p++)
        if ((p < first || p >= end) && *p != PATTERN) clean = false;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    munmap(buffer->pages - page, buffer->pages_bytes + 2 * page);
    *buffer = (guard_buffer){0};
    return clean;
}
