/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads a whole file, at most max_bytes of it, into memory that ends in a zero.
 * The file's stated size is only a hint: pipes have none and a file may grow while it is read, so reading goes on
 * until its end or one byte over the bound.
 */
#include "base/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

enum { FIRST_BYTES = 65536 };

static psb_status open_input(int *file_out, struct stat *facts_out, const char *path)
{
    *file_out = open(path, O_RDONLY | O_CLOEXEC);
    if (*file_out < 0) return psb_fail_system(path, "opening", errno);
    if (fstat(*file_out, facts_out) != 0) return psb_fail_system(path, "reading", errno);
    if (S_ISDIR(facts_out->st_mode)) return psb_fail(PSB_BAD_INPUT, "%s: found a folder, expected a file", path);
    return PSB_OK;
}

static psb_status too_long(const char *path, size_t max_bytes)
{
    return psb_fail(PSB_BAD_INPUT, "%s: found more than the %zu bytes that are allowed here", path, max_bytes);
}

/* Room for capacity bytes and the zero. */
static psb_status grow(psb_bytes *bytes, size_t *capacity, size_t wanted, const char *path)
{
    uint8_t *data = realloc(bytes->data, wanted + 1);
    if (!data) return psb_fail_memory(path, wanted + 1);
    bytes->data = data;
    *capacity = wanted;
    return PSB_OK;
}

static psb_status read_all(psb_bytes *bytes, int file, size_t capacity, const char *path, size_t max_bytes)
{
    psb_status status = grow(bytes, &capacity, capacity, path);
    while (!status) {
        const ssize_t got = read(file, bytes->data + bytes->size_bytes, capacity + 1 - bytes->size_bytes);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return psb_fail_system(path, "reading", errno);
        if (got == 0) break;
        bytes->size_bytes += (size_t)got;
        if (bytes->size_bytes > max_bytes) return too_long(path, max_bytes);
        if (bytes->size_bytes > capacity)
            status = grow(bytes, &capacity, capacity < max_bytes / 2 ? 2 * capacity : max_bytes, path);
    }
    if (status) return status;
    if (bytes->size_bytes == 0) return psb_fail(PSB_BAD_INPUT, "%s: found an empty file, expected content", path);
    bytes->data[bytes->size_bytes] = 0;
    return PSB_OK;
}

psb_status psb_bytes_read(psb_bytes *out, const char *path, size_t max_bytes)
{
    psb_bytes bytes = {0};
    struct stat facts;
    int file = -1;
    *out = (psb_bytes){0};
    if (max_bytes == SIZE_MAX) max_bytes--; /* the zero needs a place */

    psb_status status = open_input(&file, &facts, path);
    if (status) goto done;
    size_t capacity = FIRST_BYTES;
    if (S_ISREG(facts.st_mode)) {
        if ((uintmax_t)facts.st_size > max_bytes) {
            status = psb_fail(PSB_BAD_INPUT, "%s: found %jd bytes, expected at most %zu", path, (intmax_t)facts.st_size,
                              max_bytes);
            goto done;
        }
        if (facts.st_size > 0) capacity = (size_t)facts.st_size;
    }
    status = read_all(&bytes, file, capacity < max_bytes ? capacity : max_bytes, path, max_bytes);
    if (status) goto done;
    *out = bytes;
    bytes = (psb_bytes){0};
done:
    psb_bytes_fini(&bytes);
    if (file >= 0) close(file);
    return status;
}

void psb_bytes_fini(psb_bytes *bytes)
{
    free(bytes->data);
    *bytes = (psb_bytes){0};
}
