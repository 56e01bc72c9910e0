/* SPDX-License-Identifier: Apache-2.0
 *
 * Quantising as a command shows it: a progress line, and an interruption that leaves no file behind. Signals are
 * listened to from begin to end; what is opened for writing is opened in between.
 */
#ifndef PSB_APP_QUANT_WATCHER_H
#define PSB_APP_QUANT_WATCHER_H

#include "app/app.h"
#include "app/progress.h"
#include "quant/quant.h"

typedef struct psb_quant_watcher { /* begin/end; all fields private */
    const psb_app *app;
    psb_progress progress;
} psb_quant_watcher;

/* What is returned points to self. */
psb_quant_watch psb_quant_watcher_begin(psb_quant_watcher *self, const psb_app *app);

/* status: of the work. PSB_INTERRUPTED where a signal came that nobody has answered for yet. */
psb_status psb_quant_watcher_end(psb_quant_watcher *self, psb_status status);

#endif
