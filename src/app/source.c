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
#include "synth/synth.h"

/* Frames read ahead: enough to even out a key frame's cost, few enough to stay in memory of tens of megabytes at 4K. */
enum { AHEAD_FRAMES = 4 };

typedef struct source_item {
    psb_frame *frame;
    int64_t number;
} source_item;

struct psb_source {
    psb_reader *reader;   /* NULL: a scene */
    psb_synth *synth;     /* NULL: a file or folder */
    psb_reader_info info; /* of the moment of opening */
    int64_t synth_frames; /* read of the scene */
    psb_clock clock;
    psb_histogram times;
    psb_mailbox *ahead;                  /* of items; NULL when not threaded */
    source_item items[AHEAD_FRAMES + 2]; /* in turn: those waiting, one being filled, one being taken */
    psb_thread *thread;
    psb_status end_status; /* why reading ended; written before `ahead` is closed */
    char end_text[PSB_ERROR_TEXT_BYTES];
};

static psb_status read_timed(psb_source *source, source_item *out)
{
    const int64_t begun_ns = psb_clock_now_ns(&source->clock);
    const psb_status status =
        source->synth ? psb_synth_read(source->synth, &out->frame) : psb_reader_read(source->reader, &out->frame);
    if (status) return status;
    psb_histogram_add(&source->times, psb_clock_now_ns(&source->clock) - begun_ns);
    out->number = source->synth ? ++source->synth_frames : psb_reader_info_get(source->reader).frame_number;
    return PSB_OK;
}

static void read_ahead(void *user)
{
    psb_source *source = user;
    psb_status status = PSB_OK;
    for (int32_t i = 0; !status; i = (i + 1) % (AHEAD_FRAMES + 2)) {
        source_item *item = &source->items[i];
        status = read_timed(source, item);
        if (!status && !psb_mailbox_put(source->ahead, item)) {
            psb_frame_unref(&item->frame);
            status = PSB_END; /* nobody waits for more */
        }
    }
    source->end_status = status;
    memcpy(source->end_text, psb_error_text(), sizeof(source->end_text));
    psb_mailbox_close(source->ahead);
}

static psb_status open_scene(psb_source *source, const char *url, const psb_reader_options *options)
{
    psb_synth_settings settings;
    psb_status status = psb_synth_settings_from_url(&settings, url);
    if (!status && options->fps > 0)
        status = psb_fail(PSB_BAD_INPUT, "%s: found --fps beside it, expected the rate in the URL, as fps=10", url);
    if (!status)
        status = psb_synth_create(&source->synth, &settings, options->max_frames > 0 ? options->max_frames : 64,
                                  options->clock);
    source->info = (psb_reader_info){
        .width = settings.width,
        .height = settings.height,
        .fps = settings.fps,
        .frame_count = settings.frame_count,
        .codec = "synth",
        .container = "synth",
    };
    return status;
}

static psb_status open_reader(psb_source *source, const char *input, const psb_reader_options *options)
{
    const psb_status status = psb_reader_open(&source->reader, input, options);
    if (!status) source->info = psb_reader_info_get(source->reader);
    return status;
}

psb_status psb_source_open(psb_source **out, const char *input, const psb_reader_options *options, bool threaded)
{
    *out = NULL;
    psb_source *source = calloc(1, sizeof(*source));
    if (!source) return psb_fail_memory("source", sizeof(*source));
    source->clock = options->clock;
    psb_status status =
        psb_synth_is_url(input) ? open_scene(source, input, options) : open_reader(source, input, options);
    if (status) goto done;
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
    psb_synth_destroy(&(*source)->synth);
    psb_reader_close(&(*source)->reader);
    free(*source);
    *source = NULL;
}

psb_status psb_source_read(psb_source *source, psb_frame **out, int64_t *number_out)
{
    source_item own = {0};
    source_item *item = &own;
    psb_status status = PSB_OK;
    if (source->ahead) {
        item = psb_mailbox_get(source->ahead);
        if (!item)
            status = source->end_status == PSB_END ? PSB_END : psb_fail_text(source->end_status, source->end_text);
    } else {
        status = read_timed(source, item);
    }
    *out = status ? NULL : item->frame;
    *number_out = status ? 0 : item->number;
    return status;
}

psb_reader_info psb_source_info(const psb_source *source)
{
    return source->info;
}

psb_reader_info psb_source_finish(psb_source *source)
{
    if (source->thread) {
        psb_mailbox_close(source->ahead);
        for (source_item *item; (item = psb_mailbox_get(source->ahead));) psb_frame_unref(&item->frame);
        psb_thread_destroy(&source->thread);
    }
    if (!source->reader) return source->info;
    return psb_reader_info_get(source->reader);
}

const psb_histogram *psb_source_times(const psb_source *source)
{
    return &source->times;
}
