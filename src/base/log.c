/* SPDX-License-Identifier: Apache-2.0
 *
 * A log line is made in one buffer on the stack and written with one fwrite.
 * Control characters become '?': a file's name must not be able to steer the reader's terminal or fake a line.
 */
#include "base/log.h"

#include <stdarg.h>

enum { LINE_BYTES = 2048 };

static const char *const words[] = {"error: ", "warning: ", "info: ", "debug: "};

void psb_log_line(const psb_log *log, psb_log_level level, const char *format, ...)
{
    char line[LINE_BYTES];
    if (!log || !log->to || level > log->level) return;
    const int head = snprintf(line, sizeof(line), "passerby: %s", words[level]);

    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line + head, sizeof(line) - (size_t)head, format, arguments);
    va_end(arguments);
    if (length < 0) return; /* a conversion failed: a fault of ours that must not stop the work */
    length += head;
    if (length > LINE_BYTES - 1) length = LINE_BYTES - 1; /* the newline takes the place of the zero */

    for (int i = head; i < length; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f) line[i] = '?';
    line[length] = '\n';
    fwrite(line, 1, (size_t)length + 1, log->to);
    fflush(log->to);
}
