/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes tracks.jsonl. Coordinates have two decimals and scores five, as in the MOTChallenge text beside it, so that
 * the same box reads the same in both; times have six, a microsecond.
 */
#include "formats/track_lines.h"

#include "base/json.h"

enum { COORDINATE_DECIMALS = 2, SCORE_DECIMALS = 5, TIME_DECIMALS = 6 };

const char *psb_track_state_name(uint8_t state)
{
    switch (state) {
    case PSB_TRACK_CONFIRMED:
        return "confirmed";
    case PSB_TRACK_COASTING:
        return "coasting";
    default:
        return "tentative";
    }
}

void psb_track_line_write(psb_outfile *to, const psb_tracks *tracks, int32_t track_i, int64_t frame, double time_s)
{
    const double left = tracks->x0_px[track_i];
    const double top = tracks->y0_px[track_i];
    const double box[] = {left, top, tracks->x1_px[track_i] - left, tracks->y1_px[track_i] - top};
    psb_json json;
    psb_json_init(&json, to, false);
    psb_json_begin_object(&json);
    psb_json_key(&json, "frame");
    psb_json_int(&json, frame);
    psb_json_key(&json, "time_s");
    psb_json_fixed(&json, time_s, TIME_DECIMALS);
    psb_json_key(&json, "id");
    psb_json_int(&json, tracks->id[track_i]);
    psb_json_key(&json, "box");
    psb_json_begin_array(&json);
    for (int32_t i = 0; i < 4; i++) psb_json_fixed(&json, box[i], COORDINATE_DECIMALS);
    psb_json_end_array(&json);
    psb_json_key(&json, "score");
    psb_json_fixed(&json, tracks->score[track_i], SCORE_DECIMALS);
    psb_json_key(&json, "state");
    psb_json_string(&json, psb_track_state_name(tracks->state[track_i]));
    psb_json_key(&json, "detection");
    psb_json_int(&json, tracks->detection_i[track_i]);
    psb_json_end_object(&json);
}
