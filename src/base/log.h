/* SPDX-License-Identifier: Apache-2.0
 *
 * Log lines to standard error through a context that is handed in. A NULL logger is silence.
 */
#ifndef PSB_BASE_LOG_H
#define PSB_BASE_LOG_H

#include <stdio.h>

#include "base/compiler.h"

typedef enum psb_log_level { PSB_LOG_ERROR, PSB_LOG_WARNING, PSB_LOG_INFO, PSB_LOG_DEBUG } psb_log_level;

/* Plain data; `to` is borrowed. Lines are written whole (one fwrite each), so threads do not mix them. */
typedef struct psb_log {
    FILE *to;
    psb_log_level level; /* lines above it are dropped */
} psb_log;

/* "passerby: warning: TEXT\n"; info and debug likewise, with their word. Cut at 2048 bytes. */
void psb_log_line(const psb_log *log, psb_log_level level, const char *format, ...) PSB_FORMAT(3, 4);

#endif
