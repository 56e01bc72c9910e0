/* SPDX-License-Identifier: Apache-2.0
 *
 * The wrappers behind the linker's --wrap: count, perhaps fail with ENOMEM, else pass on.
 * The names __wrap_X and __real_X are the linker's rule (ld(1), --wrap); nothing else may be called so.
 */
#include "alloc_count.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

static _Atomic int64_t count, fail_at;
static _Atomic bool has_failed;

void *__real_malloc(size_t size);
void *__real_calloc(size_t items, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
int __real_posix_memalign(void **out, size_t alignment, size_t size);
char *__real_strdup(const char *text);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t items, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __wrap_posix_memalign(void **out, size_t alignment, size_t size);
char *__wrap_strdup(const char *text);

int64_t alloc_count_now(void)
{
    return count;
}

void alloc_count_fail_at(int64_t n)
{
    count = 0;
    fail_at = n;
    has_failed = false;
}

void alloc_count_reset(void)
{
    alloc_count_fail_at(0);
}

bool alloc_count_has_failed(void)
{
    return has_failed;
}

static bool is_refused(void)
{
    const int64_t mine = atomic_fetch_add(&count, 1) + 1;
    if (mine != fail_at) return false;
    has_failed = true;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return is_refused() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t items, size_t size)
{
    return is_refused() ? NULL : __real_calloc(items, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return is_refused() ? NULL : __real_realloc(old, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return is_refused() ? NULL : __real_aligned_alloc(alignment, size);
}

int __wrap_posix_memalign(void **out, size_t alignment, size_t size)
{
    return is_refused() ? ENOMEM : __real_posix_memalign(out, alignment, size);
}

char *__wrap_strdup(const char *text)
{
    return is_refused() ? NULL : __real_strdup(text);
}
