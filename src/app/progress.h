/* SPDX-License-Identifier: Apache-2.0
 *
 * The progress bar: one line on standard error that is written over, only where that is a terminal. In colour unless
 * NO_COLOR is set (https://no-color.org).
 */
#ifndef PSB_APP_PROGRESS_H
#define PSB_APP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "app/app.h"

typedef struct psb_progress { /* init only; all fields private */
    psb_clock clock;
    int64_t begun_ns, shown_ns;
    int64_t total;
    const char *unit;
    bool is_on, has_color, is_shown;
} psb_progress;

/* total: how many steps there will be, 0 = unknown. unit: what they are, as "frames"; lives as long. */
void psb_progress_init(psb_progress *progress, const psb_app *app, int64_t total, const char *unit);
/* done: steps so far. Draws at most ten times a second. */
void psb_progress_show(psb_progress *progress, int64_t done);
/* Clears the line, so that what is printed next stands alone. */
void psb_progress_clear(psb_progress *progress);
/* Since init, in seconds. */
double psb_progress_elapsed_s(const psb_progress *progress);

#endif
