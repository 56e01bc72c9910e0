/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of an output file: a hidden temporary beside its place, one buffer, then fsync and rename.
 * Renaming within one folder is atomic (POSIX rename), so a reader sees the old file or the new one, never a part.
 * What cannot be replaced by a rename (standard output, devices, pipes) is written straight through.
 */
#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

enum {
    BUFFER_BYTES = 65536,
    PRINTF_BYTES = 4096,
    NAME_BYTES = 200,  /* of the final name kept in the temporary one: NAME_MAX less our additions */
    MAX_ATTEMPTS = 100 /* temporary names tried: two files of one name, or one left by a crash with our number */
};

struct psb_outfile {
    char *path;           /* where commit puts it, links resolved; also the name in messages */
    char *temporary_path; /* NULL where written straight through */
    int file;             /* -1 once closed */
    bool is_borrowed;     /* standard output: never closed */
    bool is_committed;
    int error_number; /* first failure, 0 = none; it sticks */
    size_t used_bytes;
    char buffer[BUFFER_BYTES];
};

static psb_status create(psb_outfile **out)
{
    *out = calloc(1, sizeof(**out));
    if (!*out) return psb_fail_memory("output buffer", sizeof(**out));
    (*out)->file = -1;
    return PSB_OK;
}

static char *copy_text(const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy) memcpy(copy, text, size);
    return copy;
}

/* The file behind links, where there is one, so that a link stays a link. */
static char *resolve(const char *path)
{
    char *target = realpath(path, NULL);
    return target || errno != ENOENT ? target : copy_text(path);
}

static psb_status open_temporary(psb_outfile *file)
{
    const char *slash = strrchr(file->path, '/');
    const char *name = slash ? slash + 1 : file->path;
    const int folder_length = (int)(name - file->path);
    const size_t size = (size_t)folder_length + NAME_BYTES + 32;
    if (!name[0]) return psb_fail(PSB_ENVIRONMENT, "%s: found no name after the last /, expected a file", file->path);
    file->temporary_path = malloc(size);
    if (!file->temporary_path) return psb_fail_memory("temporary name", size);
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        char number[16] = "";
        if (attempt > 0) snprintf(number, sizeof(number), "-%d", attempt);
        snprintf(file->temporary_path, size, "%.*s.%.*s.%ld%s.tmp", folder_length, file->path, NAME_BYTES, name,
                 (long)getpid(), number);
        file->file = open(file->temporary_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file->file >= 0 || errno != EEXIST) break;
    }
    if (file->file >= 0) return PSB_OK;
    const int error = errno;
    free(file->temporary_path); /* nothing to remove: it was never made */
    file->temporary_path = NULL;
    return psb_fail_output(file->path, "creating", error);
}

static psb_status open_place(psb_outfile *file, const char *path)
{
    struct stat facts;
    file->path = resolve(path);
    if (!file->path) return psb_fail_output(path, "creating", errno);
    if (stat(file->path, &facts) != 0) return open_temporary(file);
    if (S_ISDIR(facts.st_mode)) return psb_fail(PSB_ENVIRONMENT, "%s: found a folder, expected a file's name", path);
    if (S_ISREG(facts.st_mode)) return open_temporary(file);
    file->file = open(file->path, O_WRONLY | O_CLOEXEC);
    return file->file >= 0 ? PSB_OK : psb_fail_output(path, "opening", errno);
}

psb_status psb_outfile_open(psb_outfile **out, const char *path)
{
    psb_outfile *file = NULL;
    *out = NULL;
    if (strcmp(path, "-") == 0) return psb_outfile_open_stdout(out);
    psb_status status = create(&file);
    if (status) goto done;
    status = open_place(file, path);
    if (status) goto done;
    *out = file;
    file = NULL;
done:
    psb_outfile_close(&file);
    return status;
}

psb_status psb_outfile_open_stdout(psb_outfile **out)
{
    psb_outfile *file = NULL;
    *out = NULL;
    psb_status status = create(&file);
    if (status) goto done;
    file->path = copy_text("standard output");
    if (!file->path) {
        status = psb_fail_memory("file name", sizeof("standard output"));
        goto done;
    }
    file->file = STDOUT_FILENO;
    file->is_borrowed = true;
    *out = file;
    file = NULL;
done:
    psb_outfile_close(&file);
    return status;
}

const char *psb_outfile_temporary_path(const psb_outfile *file)
{
    return file->temporary_path ? file->temporary_path : file->path;
}

/* Keeps the first failure, so that commit can report it again, and says it now. */
static psb_status stick(psb_outfile *file, int error_number)
{
    if (!file->error_number) file->error_number = error_number;
    return psb_fail_output(file->path, "writing", file->error_number);
}

static psb_status write_through(psb_outfile *file, const char *data, size_t size_bytes)
{
    while (size_bytes > 0) {
        const ssize_t written = write(file->file, data, size_bytes);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return stick(file, errno);
        data += written;
        size_bytes -= (size_t)written;
    }
    return PSB_OK;
}

static psb_status flush(psb_outfile *file)
{
    const size_t size = file->used_bytes;
    file->used_bytes = 0;
    return write_through(file, file->buffer, size);
}

psb_status psb_outfile_write(psb_outfile *file, const void *data, size_t size_bytes)
{
    if (file->error_number) return stick(file, file->error_number);
    if (size_bytes > sizeof(file->buffer) - file->used_bytes) {
        const psb_status status = flush(file);
        if (status) return status;
    }
    if (size_bytes > sizeof(file->buffer)) return write_through(file, data, size_bytes);
    memcpy(file->buffer + file->used_bytes, data, size_bytes);
    file->used_bytes += size_bytes;
    return PSB_OK;
}

psb_status psb_outfile_printf(psb_outfile *file, const char *format, ...)
{
    char text[PRINTF_BYTES + 1];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (length < 0 || length > PRINTF_BYTES) return stick(file, EOVERFLOW);
    return psb_outfile_write(file, text, (size_t)length);
}

psb_status psb_outfile_finish(psb_outfile *file)
{
    if (file->error_number) return stick(file, file->error_number);
    if (file->file < 0) return PSB_OK;
    const psb_status status = flush(file);
    if (status || file->is_borrowed) return status;
    /* Without fsync a power cut after the rename can leave an empty file under the final name. */
    if (file->temporary_path && fsync(file->file) != 0) return stick(file, errno);
    const int closed = close(file->file);
    file->file = -1;
    return closed == 0 ? PSB_OK : stick(file, errno);
}

psb_status psb_outfile_commit(psb_outfile *file)
{
    const psb_status status = psb_outfile_finish(file);
    if (status) return status;
    if (file->temporary_path && rename(file->temporary_path, file->path) != 0) return stick(file, errno);
    file->is_committed = true;
    return PSB_OK;
}

void psb_outfile_close(psb_outfile **file)
{
    if (!file || !*file) return;
    psb_outfile *old = *file;
    if (old->file >= 0 && !old->is_borrowed) close(old->file);
    if (old->temporary_path && !old->is_committed) unlink(old->temporary_path);
    free(old->temporary_path);
    free(old->path);
    free(old);
    *file = NULL;
}
