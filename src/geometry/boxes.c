/* SPDX-License-Identifier: Apache-2.0
 *
 * Box and track columns in one block each. A block is laid out by a running offset that is used twice: once to
 * learn the size, once to hand out the columns; so the two can not disagree.
 */
#include "geometry/boxes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { ALIGN_BYTES = 64 };

/* The next column of a block: its address, or NULL while only the size is asked for. */
static void *column_take(char *block, size_t *offset_bytes, int32_t rows, size_t row_bytes)
{
    void *column = block ? block + *offset_bytes : NULL;
    *offset_bytes += ((size_t)rows * row_bytes + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
    return column;
}

static size_t boxes_lay_out(psb_boxes *boxes, char *block, int32_t capacity)
{
    size_t offset_bytes = 0;
    boxes->x0_px = column_take(block, &offset_bytes, capacity, sizeof(float));
    boxes->y0_px = column_take(block, &offset_bytes, capacity, sizeof(float));
    boxes->x1_px = column_take(block, &offset_bytes, capacity, sizeof(float));
    boxes->y1_px = column_take(block, &offset_bytes, capacity, sizeof(float));
    boxes->score = column_take(block, &offset_bytes, capacity, sizeof(float));
    boxes->capacity = block ? capacity : 0;
    return offset_bytes;
}

static size_t tracks_lay_out(psb_tracks *tracks, char *block, int32_t capacity)
{
    size_t offset_bytes = 0;
    tracks->id = column_take(block, &offset_bytes, capacity, sizeof(int64_t));
    tracks->x0_px = column_take(block, &offset_bytes, capacity, sizeof(float));
    tracks->y0_px = column_take(block, &offset_bytes, capacity, sizeof(float));
    tracks->x1_px = column_take(block, &offset_bytes, capacity, sizeof(float));
    tracks->y1_px = column_take(block, &offset_bytes, capacity, sizeof(float));
    tracks->score = column_take(block, &offset_bytes, capacity, sizeof(float));
    tracks->state = column_take(block, &offset_bytes, capacity, sizeof(uint8_t));
    tracks->detection_i = column_take(block, &offset_bytes, capacity, sizeof(int32_t));
    tracks->unseen_s = column_take(block, &offset_bytes, capacity, sizeof(float));
    tracks->capacity = block ? capacity : 0;
    return offset_bytes;
}

/* Rows to make room for so that a struct that grows row by row is copied only log n times. */
static int32_t capacity_for(int32_t now, int32_t wanted)
{
    const int32_t doubled = now > PSB_BOXES_MAX / 2 ? PSB_BOXES_MAX : 2 * now;
    return wanted > doubled ? wanted : doubled;
}

static psb_status check_capacity(const char *what, int32_t capacity)
{
    if (capacity >= 0 && capacity <= PSB_BOXES_MAX) return PSB_OK;
    return psb_fail(PSB_BAD_INPUT, "%s: found a capacity of %d, expected 0 to %d", what, (int)capacity, PSB_BOXES_MAX);
}

bool psb_box_is_valid(psb_box box)
{
    return isfinite(box.x0_px) && isfinite(box.y0_px) && isfinite(box.x1_px) && isfinite(box.y1_px) &&
           box.x0_px < box.x1_px && box.y0_px < box.y1_px;
}

psb_box psb_tracks_at(const psb_tracks *tracks, int32_t track_i)
{
    return (psb_box){tracks->x0_px[track_i], tracks->y0_px[track_i], tracks->x1_px[track_i], tracks->y1_px[track_i]};
}

psb_status psb_boxes_init(psb_boxes *out, int32_t capacity)
{
    memset(out, 0, sizeof(*out));
    return psb_boxes_reserve(out, capacity);
}

void psb_boxes_fini(psb_boxes *boxes)
{
    free(boxes->x0_px);
    memset(boxes, 0, sizeof(*boxes));
}

static void boxes_copy_rows(psb_boxes *to, const psb_boxes *from)
{
    const size_t column_bytes = (size_t)from->count * sizeof(float);
    to->count = from->count;
    if (!column_bytes) return;
    memcpy(to->x0_px, from->x0_px, column_bytes);
    memcpy(to->y0_px, from->y0_px, column_bytes);
    memcpy(to->x1_px, from->x1_px, column_bytes);
    memcpy(to->y1_px, from->y1_px, column_bytes);
    memcpy(to->score, from->score, column_bytes);
}

psb_status psb_boxes_reserve(psb_boxes *boxes, int32_t capacity)
{
    psb_boxes larger = {0};
    const psb_status status = check_capacity("boxes", capacity);
    if (status) return status;
    if (capacity <= boxes->capacity) return PSB_OK;
    capacity = capacity_for(boxes->capacity, capacity);

    const size_t size_bytes = boxes_lay_out(&larger, NULL, capacity);
    char *block = aligned_alloc(ALIGN_BYTES, size_bytes);
    if (!block) return psb_fail_memory("boxes", size_bytes);
    boxes_lay_out(&larger, block, capacity);
    boxes_copy_rows(&larger, boxes);
    psb_boxes_fini(boxes);
    *boxes = larger;
    return PSB_OK;
}

psb_status psb_boxes_append(psb_boxes *boxes, psb_box box, float score)
{
    const psb_status status = psb_boxes_reserve(boxes, boxes->count + 1);
    if (status) return status;
    const int32_t row_i = boxes->count++;
    boxes->x0_px[row_i] = box.x0_px;
    boxes->y0_px[row_i] = box.y0_px;
    boxes->x1_px[row_i] = box.x1_px;
    boxes->y1_px[row_i] = box.y1_px;
    boxes->score[row_i] = score;
    return PSB_OK;
}

psb_status psb_boxes_copy(psb_boxes *to, const psb_boxes *from)
{
    if (to == from) return PSB_OK;
    const psb_status status = psb_boxes_reserve(to, from->count);
    if (status) return status;
    boxes_copy_rows(to, from);
    return PSB_OK;
}

psb_status psb_tracks_init(psb_tracks *out, int32_t capacity)
{
    memset(out, 0, sizeof(*out));
    return psb_tracks_reserve(out, capacity);
}

void psb_tracks_fini(psb_tracks *tracks)
{
    free(tracks->id);
    memset(tracks, 0, sizeof(*tracks));
}

static void tracks_copy_rows(psb_tracks *to, const psb_tracks *from)
{
    const size_t rows = (size_t)from->count;
    to->count = from->count;
    if (!rows) return;
    memcpy(to->id, from->id, rows * sizeof(*to->id));
    memcpy(to->x0_px, from->x0_px, rows * sizeof(*to->x0_px));
    memcpy(to->y0_px, from->y0_px, rows * sizeof(*to->y0_px));
    memcpy(to->x1_px, from->x1_px, rows * sizeof(*to->x1_px));
    memcpy(to->y1_px, from->y1_px, rows * sizeof(*to->y1_px));
    memcpy(to->score, from->score, rows * sizeof(*to->score));
    memcpy(to->state, from->state, rows * sizeof(*to->state));
    memcpy(to->detection_i, from->detection_i, rows * sizeof(*to->detection_i));
    memcpy(to->unseen_s, from->unseen_s, rows * sizeof(*to->unseen_s));
}

psb_status psb_tracks_reserve(psb_tracks *tracks, int32_t capacity)
{
    psb_tracks larger = {0};
    const psb_status status = check_capacity("tracks", capacity);
    if (status) return status;
    if (capacity <= tracks->capacity) return PSB_OK;
    capacity = capacity_for(tracks->capacity, capacity);

    const size_t size_bytes = tracks_lay_out(&larger, NULL, capacity);
    char *block = aligned_alloc(ALIGN_BYTES, size_bytes);
    if (!block) return psb_fail_memory("tracks", size_bytes);
    tracks_lay_out(&larger, block, capacity);
    tracks_copy_rows(&larger, tracks);
    psb_tracks_fini(tracks);
    *tracks = larger;
    return PSB_OK;
}

psb_status psb_tracks_copy(psb_tracks *to, const psb_tracks *from)
{
    if (to == from) return PSB_OK;
    const psb_status status = psb_tracks_reserve(to, from->count);
    if (status) return status;
    tracks_copy_rows(to, from);
    return PSB_OK;
}
