/* SPDX-License-Identifier: Apache-2.0
 *
 * tracks.jsonl: a line a track and frame, every state, with the place in time that MOTChallenge text has no column for.
 * {"frame":1,"time_s":0.0,"id":1,"box":[left,top,width,height],"score":0.91,"state":"confirmed","detection":3}
 */
#ifndef PSB_FORMATS_TRACK_LINES_H
#define PSB_FORMATS_TRACK_LINES_H

#include <stdint.h>

#include <passerby/boxes.h>

#include "base/outfile.h"

/* One line for row track_i. Failures of writing stick to the outfile and come out of its commit. */
void psb_track_line_write(psb_outfile *to, const psb_tracks *tracks, int32_t track_i, int64_t frame, double time_s);

/* "tentative", "confirmed" or "coasting". */
const char *psb_track_state_name(uint8_t state);

#endif
