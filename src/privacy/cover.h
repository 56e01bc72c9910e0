/* SPDX-License-Identifier: Apache-2.0
 *
 * What must be unrecognisable in a frame: the decision. Frames are pushed as they come, with what was seen in them, and
 * popped some time later, when what came after has been seen too: so a person is covered before the first detection and
 * between two. How long to hold is the caller's choice: pop whenever wanted. One thread.
 */
#ifndef PSB_PRIVACY_COVER_H
#define PSB_PRIVACY_COVER_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/boxes.h>
#include <passerby/status.h>

#include "privacy/regions.h"

typedef struct psb_cover psb_cover;

typedef struct psb_cover_options {
    float cover_score; /* a box from this score up is covered by itself, 0..1; 0 = PSB_COVER_SCORE */
} psb_cover_options;

#define PSB_COVER_SCORE 0.1f

/* Boxes from here up are of use: weaker than cover_score, they are covered near stronger ones in time. A detector that
 * feeds a cover should give them. */
#define PSB_COVER_WEAK_SCORE 0.03f

/* options may be NULL. */
psb_status psb_cover_create(psb_cover **out, const psb_cover_options *options);
void psb_cover_destroy(psb_cover **cover);

/* What was seen in a frame. Copied. */
typedef struct psb_cover_look {
    const psb_boxes *boxes;   /* all there are, also those too weak to be reported */
    const psb_tracks *tracks; /* the tracker's output for this frame */
    bool is_certain;          /* scores say nothing (boxes of somebody else's): every box is covered */
} psb_cover_look;

/* The next frame; time_s grows strictly. look NULL: no detection ran for it. On failure the frame is not held: it must
 * not be shown. Errors: PSB_NO_MEMORY, PSB_BAD_INPUT (2^24 boxes or frames held). */
psb_status psb_cover_push(psb_cover *cover, const psb_cover_look *look, double time_s);

/* Frames pushed and not yet popped. */
int32_t psb_cover_held_count(const psb_cover *cover);

typedef struct psb_cover_verdict {
    const psb_regions *regions; /* never NULL; the cover's own: valid until the next push or destroy */
    bool is_withheld;           /* nothing is known of this frame: cover all of it */
} psb_cover_verdict;

/* The oldest held frame, judged by all that was pushed so far. At least one must be held. Never fails: a frame that
 * cannot be judged (out of memory) is withheld. */
psb_cover_verdict psb_cover_pop(psb_cover *cover);

#endif
