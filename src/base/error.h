/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing the one sentence of a failure (see passerby/status.h): file, place, found, expected, where the fault is
 * known. Callers pass the status on untouched.
 *     return psb_fail(PSB_BAD_INPUT, "%s:%d: found \"%s\", expected a number", path, line, text);
 */
#ifndef PSB_BASE_ERROR_H
#define PSB_BASE_ERROR_H

#include <stddef.h>

#include <passerby/status.h>

#include "base/compiler.h"

enum { PSB_ERROR_TEXT_BYTES = 1024 };

/* Stores the sentence in this thread's text (cut in its middle where longer) and returns status. */
psb_status psb_fail(psb_status status, const char *format, ...) PSB_FORMAT(2, 3);

/* Brings a sentence over from another thread: a worker's last message to its owner. */
psb_status psb_fail_text(psb_status status, const char *text);

/* "PATH: ACTION: " and what was found and expected, or the system's text of error_number. Returns PSB_NO_MEMORY for
 * ENOMEM, PSB_BAD_INPUT where the path itself is at fault (not there, a folder, too long, a loop of links), else
 * PSB_ENVIRONMENT. */
psb_status psb_fail_system(const char *path, const char *action, int error_number);

/* The same for what is written: a wrong path is then the environment's, PSB_ENVIRONMENT, never bad input. */
psb_status psb_fail_output(const char *path, const char *action, int error_number);

/* PSB_NO_MEMORY with "out of memory: WHAT, N bytes". */
psb_status psb_fail_memory(const char *what, size_t size_bytes);

#endif
