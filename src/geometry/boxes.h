/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory of box and track columns (passerby/boxes.h), and one box by value.
 * A struct's columns come from one 64-byte aligned block, which x0_px (boxes) or id (tracks) begins.
 */
#ifndef PSB_GEOMETRY_BOXES_H
#define PSB_GEOMETRY_BOXES_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/boxes.h>
#include <passerby/status.h>

/* The largest capacity of either struct, in rows. */
enum { PSB_BOXES_MAX = 1 << 27 };

/* One box by value: corners in pixels. */
typedef struct psb_box {
    float x0_px, y0_px, x1_px, y1_px;
} psb_box;

/* Finite corners and a positive size. */
bool psb_box_is_valid(psb_box box);
static inline psb_box psb_boxes_at(const psb_boxes *boxes, int32_t box_i)
{
    return (psb_box){boxes->x0_px[box_i], boxes->y0_px[box_i], boxes->x1_px[box_i], boxes->y1_px[box_i]};
}

/* Room for capacity rows (0: none yet), count 0. Errors: PSB_BAD_INPUT (capacity), PSB_NO_MEMORY; *out is then zero. */
psb_status psb_boxes_init(psb_boxes *out, int32_t capacity);
/* Accepts all zero and leaves all zero. Only for columns that came from psb_boxes_init. */
void psb_boxes_fini(psb_boxes *boxes);
/* Capacity of at least `capacity` rows, at least doubled when it has to grow; rows are kept. */
psb_status psb_boxes_reserve(psb_boxes *boxes, int32_t capacity);
/* One row more; grows. */
psb_status psb_boxes_append(psb_boxes *boxes, psb_box box, float score);
/* to holds from's rows and nothing else; grows. */
psb_status psb_boxes_copy(psb_boxes *to, const psb_boxes *from);

/* The same for tracks. */
psb_box psb_tracks_at(const psb_tracks *tracks, int32_t track_i);
psb_status psb_tracks_init(psb_tracks *out, int32_t capacity);
void psb_tracks_fini(psb_tracks *tracks);
psb_status psb_tracks_reserve(psb_tracks *tracks, int32_t capacity);
psb_status psb_tracks_copy(psb_tracks *to, const psb_tracks *from);

#endif
