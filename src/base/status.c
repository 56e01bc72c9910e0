/* SPDX-License-Identifier: Apache-2.0
 *
 * The status table's texts and the thread's error sentence: the only mutable thread-local of the tree.
 */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char error_text[PSB_ERROR_TEXT_BYTES];

static const struct {
    const char *text;
    int exit_code;
} rows[] = {
#define X(name, exit_code, text) {text, exit_code},
    PSB_STATUS_TABLE(X)
#undef X
};

static int row_of(psb_status status)
{
    return (unsigned)status < sizeof(rows) / sizeof(rows[0]) ? (int)status : PSB_BUG;
}

const char *psb_status_text(psb_status status)
{
    return rows[row_of(status)].text;
}

int psb_status_exit_code(psb_status status)
{
    return rows[row_of(status)].exit_code;
}

const char *psb_error_text(void)
{
    return error_text;
}

/* A sentence that is too long loses its middle: its end says what was expected. Names in it come from files: their
 * control characters must neither break the line nor reach a terminal. */
static void store(const char *text, size_t length)
{
    if (length < sizeof(error_text)) {
        memcpy(error_text, text, length + 1);
    } else {
        const size_t half = (sizeof(error_text) - 4) / 2;
        memcpy(error_text, text, half);
        memcpy(error_text + half, "...", 3);
        memcpy(error_text + half + 3, text + length - half, half + 1);
    }
    for (char *at = error_text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f) *at = '?';
}

psb_status psb_fail(psb_status status, const char *format, ...)
{
    char text[4 * PSB_ERROR_TEXT_BYTES]; /* PATH_MAX twice does not fit: such a text is cut here first */
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    store(text, length < 0 ? 0 : (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1);
    return status;
}

psb_status psb_fail_text(psb_status status, const char *text)
{
    if (text != error_text) store(text, strlen(text));
    return status;
}

psb_status psb_fail_memory(const char *what, size_t size_bytes)
{
    return psb_fail(PSB_NO_MEMORY, "out of memory: %s, %zu bytes", what, size_bytes);
}

static psb_status fail_with_system_text(psb_status status, const char *path, const char *action, int error_number)
{
    char text[256];
    if (strerror_r(error_number, text, sizeof(text)) != 0) snprintf(text, sizeof(text), "error %d", error_number);
    return psb_fail(status, "%s: %s: %s", path, action, text);
}

psb_status psb_fail_system(const char *path, const char *action, int error_number)
{
    psb_status status = PSB_ENVIRONMENT;
    switch (error_number) {
    case ENOENT:
        return psb_fail(PSB_BAD_INPUT, "%s: %s: found nothing of that name, expected it to be there", path, action);
    case EISDIR:
        return psb_fail(PSB_BAD_INPUT, "%s: %s: found a folder, expected a file", path, action);
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
        status = PSB_BAD_INPUT;
        break;
    case ENOMEM:
        status = PSB_NO_MEMORY;
        break;
    default:
        break;
    }
    return fail_with_system_text(status, path, action, error_number);
}

psb_status psb_fail_output(const char *path, const char *action, int error_number)
{
    const psb_status status = error_number == ENOMEM ? PSB_NO_MEMORY : PSB_ENVIRONMENT;
    return fail_with_system_text(status, path, action, error_number);
}
