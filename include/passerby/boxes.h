/* SPDX-License-Identifier: Apache-2.0
 *
 * Boxes and tracks as columns: the plain data that detector and tracker exchange.
 * All columns of a struct are equally long; rows exist only at a file's edge. Coordinates are corners in
 * pixels of the source picture: x to the right, y down, (0, 0) the outer corner of the first pixel; boxes may
 * reach outside the picture.
 */
#ifndef PASSERBY_BOXES_H
#define PASSERBY_BOXES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Detections of one frame. Plain data: whoever fills it owns the columns. */
typedef struct psb_boxes {
    int32_t count, capacity;
    float *x0_px, *y0_px, *x1_px, *y1_px; /* x0 < x1, y0 < y1, finite */
    float *score;                         /* 0..1 */
} psb_boxes;

typedef enum psb_track_state {
    PSB_TRACK_TENTATIVE = 0, /* seen, not yet believed */
    PSB_TRACK_CONFIRMED = 1, /* believed to be there: seen in this frame, or missed for a moment (detection_i -1) */
    PSB_TRACK_COASTING = 2,  /* believed, unseen for longer: its box is a prediction */
} psb_track_state;

/* Tracks of one frame. */
typedef struct psb_tracks {
    int32_t count, capacity;
    int64_t *id;                          /* from 1, never reused by its tracker */
    float *x0_px, *y0_px, *x1_px, *y1_px; /* where the person is believed to be now */
    float *score;                         /* of the last matched detection, 0..1 */
    uint8_t *state;                       /* psb_track_state */
    int32_t *detection_i;                 /* row among this frame's boxes, or -1 */
    float *unseen_s;                      /* time since the last matched detection, 0 when matched */
} psb_tracks;

#ifdef __cplusplus
}
#endif
#endif
