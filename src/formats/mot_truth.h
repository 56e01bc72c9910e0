/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing a MOTChallenge sequence's truth: rows "frame,id,left,top,width,height,counts,class,visibility" as MOT16 has
 * them, and its seqinfo.ini. Reading both is mot.h's and mot_rows.h's.
 */
#ifndef PSB_FORMATS_MOT_TRUTH_H
#define PSB_FORMATS_MOT_TRUTH_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/status.h>

#include "base/outfile.h"

typedef struct psb_mot_truth { /* a pedestrian in one frame */
    int64_t frame, id;         /* both from 1 */
    double left, top, width, height;
    bool counts;       /* false: not asked for (column 7 is 0) */
    double visibility; /* 0..1 */
} psb_mot_truth;

psb_status psb_mot_write_truth(psb_outfile *to, const psb_mot_truth *truth);

typedef struct psb_mot_sequence {
    const char *name;
    double fps;
    int64_t frames;
    int32_t width, height;
} psb_mot_sequence;

psb_status psb_mot_write_seqinfo(psb_outfile *to, const psb_mot_sequence *sequence);

#endif
