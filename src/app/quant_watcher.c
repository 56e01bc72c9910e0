/* SPDX-License-Identifier: Apache-2.0
 *
 * How many pictures will be gone through is not known before: layers are tried in floating point until that does not
 * pay. So they are counted.
 */
#include "app/quant_watcher.h"

#include "base/error.h"

static bool goes_on(void *user, int64_t done)
{
    psb_quant_watcher *self = user;
    psb_progress_show(&self->progress, done);
    return !psb_interrupt_is_asked(self->app->interrupt);
}

psb_quant_watch psb_quant_watcher_begin(psb_quant_watcher *self, const psb_app *app)
{
    *self = (psb_quant_watcher){.app = app};
    psb_progress_init(&self->progress, app, 0, "pictures gone through");
    psb_interrupt_listen(app->interrupt);
    return (psb_quant_watch){.goes_on = goes_on, .user = self};
}

psb_status psb_quant_watcher_end(psb_quant_watcher *self, psb_status status)
{
    psb_progress_clear(&self->progress);
    psb_interrupt_leave(self->app->interrupt);
    if (!status && psb_interrupt_is_asked(self->app->interrupt))
        return psb_fail(PSB_INTERRUPTED, "quantising was interrupted");
    return status;
}
