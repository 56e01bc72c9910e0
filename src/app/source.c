/* SPDX-License-Identifier: Apache-2.0
 *
 * The reading thread puts frames into a mailbox that blocks at its bound, and closes it behind the last one. Its status
 * and sentence lie beside the mailbox: the reading side looks at them only after it has seen the mailbox closed.
 */
#include "app/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mailbox.h"
#include "base/thread.h"

/* Frames read ahead: enough to even out a key frame's cost, few enough to stay in memory of tens of megabytes at 4K. */
enum { AHEAD_FRAMES = 4 };

struct psb_source {
    psb_reader *reader;
    psb_reader_info info; /* of the moment of opening */
    psb_clock clock;
    psb_histogram times;
    psb_mailbox *ahead; /* NULL when not threaded */
    psb_thread *thread;
    psb_status end_status; /* why reading ended; written before `ahead` is closed */
    char end_text[PSB_ERROR_TEXT_BYTES];
};

static psb_status read_timed(psb_source *source, psb_frame **out)
{
    const int64_t begun_ns = psb_clock_now_ns(&source->clock);
    const psb_status status = psb_reader_read(source->reader, out);
    if (!status) psb_histogram_add(&source->times, psb_clock_now_ns(&source->clock) - begun_ns);
    return status;
}

static void read_ahead(void *user)
{
    psb_source *source = user;
    psb_status status = PSB_OK;
    while (!status) {
        psb_frame *frame = NULL;
        status = read_timed(source, &frame);
        if (!status && !psb_mailbox_put(source->ahead, frame)) {
            psb_frame_unref(&frame);
            status = PSB_END; /* nobody waits for more */
        }
    }
    source->end_status = status;
    memcpy(source->end_text, psb_error_text(), sizeof(source->end_text));
    psb_mailbox_close(source->ahead);
}

psb_status psb_source_open(psb_source **out, const char *input, const psb_reader_options *options, bool threaded)
{
    *out = NULL;
    psb_source *source = calloc(1, sizeof(*source));
    if (!source) return psb_fail_memory("source", sizeof(*source));
    source->clock = options->clock;
    psb_status status = psb_reader_open(&source->reader, input, options);
    if (status) goto done;
    source->info = psb_reader_info_get(source->reader);
    if (threaded) {
        status = psb_mailbox_create(&source->ahead, AHEAD_FRAMES);
        if (status) goto done;
        status = psb_thread_create(&source->thread, "psb-reader", read_ahead, source);
        if (status) goto done;
    }
    *out = source;
    source = NULL;
done:
    psb_source_close(&source);
    return status;
}

void psb_source_close(psb_source **source)
{
    if (!source || !*source) return;
    psb_source_finish(*source);
    psb_mailbox_destroy(&(*source)->ahead);
    psb_reader_close(&(*source)->reader);
    free(*source);
    *source = NULL;
}

psb_status psb_source_read(psb_source *source, psb_frame **out)
{
    *out = NULL;
    if (!source->ahead) return read_timed(source, out);
    *out = psb_mailbox_get(source->ahead);
    if (*out) return PSB_OK;
    return source->end_status == PSB_END ? PSB_END : psb_fail_text(source->end_status, source->end_text);
}

psb_reader_info psb_source_info(const psb_source *source)
{
    return source->info;
}

psb_reader_info psb_source_finish(psb_source *source)
{
    if (source->thread) {
        psb_mailbox_close(source->ahead);
        for (psb_frame *frame; (frame = psb_mailbox_get(source->ahead));) psb_frame_unref(&frame);
        psb_thread_destroy(&source->thread);
    }
    return source->reader ? psb_reader_info_get(source->reader) : (psb_reader_info){0};
}

const psb_histogram *psb_source_times(const psb_source *source)
{
    return &source->times;
}
