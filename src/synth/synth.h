/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenes with truth: pictures of people who never were, and exactly where they are. The front door of this room,
 * with settings.h. The same settings give the same bytes on every machine and CPU path.
 */
#ifndef PSB_SYNTH_SYNTH_H
#define PSB_SYNTH_SYNTH_H

#include <stdint.h>

#include <passerby/frame.h>

#include "base/clock.h"
#include "synth/settings.h"

typedef struct psb_synth psb_synth; /* one thread at a time */

/* One person in one frame. */
typedef struct psb_synth_person {
    int64_t id; /* from 1, never reused */
    int32_t left, top, width,
        height;           /* pixels: of the whole figure, also where it is hidden or outside of the picture */
    int32_t pixels, seen; /* of the figure (more than half covered), and how many of them are seen */
    float distance_m;
    int32_t skin_tone; /* 0..9 on Monk's scale */
    float height_m;
} psb_synth_person;

/* max_frames: as in psb_frame_pool_create. clock: for arrival_ns. Errors: PSB_BAD_INPUT, PSB_NO_MEMORY. */
psb_status psb_synth_create(psb_synth **out, const psb_synth_settings *settings, int32_t max_frames, psb_clock clock);
void psb_synth_destroy(psb_synth **synth); /* frames still alive stay valid */

/* The next frame; PSB_END after the last. */
psb_status psb_synth_read(psb_synth *synth, psb_frame **out);

/* Who is in the frame last read, at least with one pixel inside the picture's borders (hidden or not); nearest last.
 * Valid until the next read. */
const psb_synth_person *psb_synth_truth(const psb_synth *synth, int32_t *count_out);

/* The clean canvas (before noise) and who is seen at each pixel of it: 0, or 1 + the row of psb_synth_truth. Valid
 * until the next read. */
psb_image psb_synth_canvas(const psb_synth *synth, const uint8_t **who_out);

psb_synth_settings psb_synth_settings_get(const psb_synth *synth);

#endif
