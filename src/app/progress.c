/* SPDX-License-Identifier: Apache-2.0
 *
 * A bar of 30 cells, the share done, the speed and what is left of the time at that speed. Where the number of steps
 * is not known (a stream, a damaged index) it counts them and promises nothing.
 */
#include "app/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CELLS = 30, REDRAW_NS = 100 * 1000 * 1000 };

void psb_progress_init(psb_progress *progress, const psb_app *app, int64_t total, const char *unit)
{
    const char *no_color = getenv("NO_COLOR");
    *progress = (psb_progress){
        .clock = app->clock,
        .begun_ns = psb_clock_now_ns(&app->clock),
        .total = total,
        .unit = unit,
        .is_on = !app->quiet && isatty(STDERR_FILENO),
        .has_color = !no_color || no_color[0] == '\0',
    };
}

double psb_progress_elapsed_s(const psb_progress *progress)
{
    return (double)(psb_clock_now_ns(&progress->clock) - progress->begun_ns) / 1e9;
}

void psb_progress_show(psb_progress *progress, int64_t done)
{
    if (!progress->is_on) return;
    const int64_t now_ns = psb_clock_now_ns(&progress->clock);
    if (progress->is_shown && now_ns - progress->shown_ns < REDRAW_NS) return;
    progress->shown_ns = now_ns;
    progress->is_shown = true;
    const double elapsed_s = psb_progress_elapsed_s(progress);
    const double speed = elapsed_s > 0 ? (double)done / elapsed_s : 0;
    if (progress->total <= 0) {
        fprintf(stderr, "\r%lld %s, %.1f/s \x1b[K", (long long)done, progress->unit, speed);
        return;
    }
    const double share = done < progress->total ? (double)done / (double)progress->total : 1;
    char cells[CELLS + 1];
    memset(cells, ' ', CELLS);
    memset(cells, '=', (size_t)(share * CELLS));
    cells[CELLS] = '\0';
    const double left_s = speed > 0 && done < progress->total ? (double)(progress->total - done) / speed : 0;
    fprintf(stderr, "\r[%s%s%s] %3.0f %%, %.1f %s/s, %.0f s left \x1b[K", progress->has_color ? "\x1b[32m" : "", cells,
            progress->has_color ? "\x1b[0m" : "", 100 * share, speed, progress->unit, left_s);
}

void psb_progress_clear(psb_progress *progress)
{
    if (progress->is_shown) fputs("\r\x1b[K", stderr);
    progress->is_shown = false;
}
