/* SPDX-License-Identifier: Apache-2.0
 *
 * What the house knows of a motion finder beyond passerby/camera_motion.h: making one with a mask of CPU flags, and
 * what it did last.
 */
#ifndef PSB_TRACK_CAMERA_MOTION_H
#define PSB_TRACK_CAMERA_MOTION_H

#include <passerby/camera_motion.h>

/* As psb_motion_finder_create, with these CPU flags (base/cpu.h). What comes out is the same for any. */
psb_status psb_motion_finder_create_with(psb_motion_finder **out, const psb_motion_finder_options *options,
                                         uint32_t cpu_flags);

typedef enum psb_motion_answer {
    PSB_MOTION_UNKNOWN,
    PSB_MOTION_STILL,   /* found to be none */
    PSB_MOTION_FOUND,   /* of this size */
    PSB_MOTION_WATCHED, /* none, by the few places that are watched of a fixed camera */
} psb_motion_answer;

/* Of the last step. */
typedef struct psb_motion_report {
    psb_motion_answer answer;
    double share;           /* of the blocks that go with the motion, 0..1 */
    int32_t blocks, spread; /* how many were found again; in how many of 16 parts some go with it */
} psb_motion_report;

psb_motion_report psb_motion_finder_report(const psb_motion_finder *finder);

#endif
