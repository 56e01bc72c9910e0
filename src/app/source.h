/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames from a reader or, for an input that begins with synth://, from a scene; read ahead by a thread of its own
 * where more than one may run. What comes out is the same, frame for frame, either way.
 */
#ifndef PSB_APP_SOURCE_H
#define PSB_APP_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/frame.h>

#include "base/clock.h"
#include "base/histogram.h"
#include "media/reader.h"

typedef struct psb_source psb_source;

/* Opens the input and begins to read. Errors: those of psb_reader_open, psb_synth_settings_from_url and
 * psb_synth_create. */
psb_status psb_source_open(psb_source **out, const char *input, const psb_reader_options *options, bool threaded);

/* Ends the thread and closes the reader. Accepts NULL and a NULL inside. */
void psb_source_close(psb_source **source);

/* The next frame and its number in the input, from 1 (damaged pictures of a folder keep theirs); PSB_END after the
 * last. */
psb_status psb_source_read(psb_source *source, psb_frame **out, int64_t *number_out);

/* What is known of the input once it is open: its counts are those of that moment. */
psb_reader_info psb_source_info(const psb_source *source);

/* Stops reading ahead and gives the counts as they came out. No read may follow. */
psb_reader_info psb_source_finish(psb_source *source);

/* What each frame's decoding took; after finish. */
const psb_histogram *psb_source_times(const psb_source *source);

#endif
