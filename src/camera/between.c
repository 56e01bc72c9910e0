/* SPDX-License-Identifier: Apache-2.0
 *
 * One walk through both lists, as both are in order of identities. How far the way is straight between two looks is
 * the same question as for what is covered there (privacy/cover.c); the drawing needs no margin.
 */
#include "camera/between.h"

#include "geometry/boxes.h"

static void put_row(psb_tracks *to, const psb_tracks *before, int32_t before_i, psb_box box, float unseen_s)
{
    const int32_t row_i = to->count++;
    to->id[row_i] = before->id[before_i];
    to->x0_px[row_i] = box.x0_px;
    to->y0_px[row_i] = box.y0_px;
    to->x1_px[row_i] = box.x1_px;
    to->y1_px[row_i] = box.y1_px;
    to->score[row_i] = before->score[before_i];
    to->state[row_i] = before->state[before_i];
    to->detection_i[row_i] = -1;
    to->unseen_s[row_i] = unseen_s;
}

psb_status psb_tracks_between(psb_tracks *to, psb_timed_tracks before, psb_timed_tracks after, double time_s)
{
    const psb_tracks *from = before.tracks, *later = after.tracks;
    const float part = (float)((time_s - before.time_s) / (after.time_s - before.time_s));
    to->count = 0;
    const psb_status status = psb_tracks_reserve(to, from->count);
    if (status) return status;
    int32_t later_i = 0;
    for (int32_t i = 0; i < from->count; i++) {
        while (later_i < later->count && later->id[later_i] < from->id[i]) later_i++;
        if (later_i == later->count) break;
        if (later->id[later_i] != from->id[i] || from->detection_i[i] < 0 || later->detection_i[later_i] < 0) continue;
        const psb_box a = psb_tracks_at(from, i), b = psb_tracks_at(later, later_i);
        const psb_box box = {a.x0_px + part * (b.x0_px - a.x0_px), a.y0_px + part * (b.y0_px - a.y0_px),
                             a.x1_px + part * (b.x1_px - a.x1_px), a.y1_px + part * (b.y1_px - a.y1_px)};
        put_row(to, from, i, box, (float)(time_s - before.time_s));
    }
    return PSB_OK;
}
