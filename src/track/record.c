/* SPDX-License-Identifier: Apache-2.0
 *
 * Two rings under running numbers: steps, and the candidates that they compared. A step is held in full until the
 * candidates' ring has gone round past its first.
 */
#include "track/record.h"

#include <stdlib.h>

#include "base/error.h"

struct psb_record {
    int64_t step_count, candidate_count; /* ever added */
    psb_step_record step[PSB_RECORD_STEPS];
    psb_candidate candidate[PSB_RECORD_CANDIDATES];
};

psb_status psb_record_create(psb_record **out)
{
    *out = calloc(1, sizeof(**out));
    return *out ? PSB_OK : psb_fail_memory("the tracker's record", sizeof(**out));
}

void psb_record_destroy(psb_record **record)
{
    if (!record) return;
    free(*record);
    *record = NULL;
}

void psb_record_add(psb_record *record, double time_s, const psb_camera_motion *motion, const psb_candidate *candidates,
                    int64_t count, const int32_t *row_of_box)
{
    const int64_t kept = count < PSB_RECORD_CANDIDATES ? count : PSB_RECORD_CANDIDATES;
    record->step[record->step_count++ & (PSB_RECORD_STEPS - 1)] =
        (psb_step_record){.time_s = time_s,
                          .first = record->candidate_count,
                          .count = kept,
                          .motion = motion ? *motion : psb_camera_motion_none(),
                          .has_motion = motion != NULL};
    for (int64_t i = count - kept; i < count; i++) {
        psb_candidate *const to = &record->candidate[record->candidate_count++ & (PSB_RECORD_CANDIDATES - 1)];
        *to = candidates[i];
        to->box_i = row_of_box[candidates[i].box_i];
    }
}

int64_t psb_record_step_count(const psb_record *record)
{
    return record->step_count;
}

int64_t psb_record_oldest_step(const psb_record *record)
{
    int64_t step_i = record->step_count;
    const int64_t oldest = step_i > PSB_RECORD_STEPS ? step_i - PSB_RECORD_STEPS : 0;
    while (step_i > oldest &&
           psb_record_step_at(record, step_i - 1).first + PSB_RECORD_CANDIDATES >= record->candidate_count)
        step_i--;
    return step_i;
}

psb_step_record psb_record_step_at(const psb_record *record, int64_t step_i)
{
    return record->step[step_i & (PSB_RECORD_STEPS - 1)];
}

psb_candidate psb_record_candidate_at(const psb_record *record, int64_t candidate_i)
{
    return record->candidate[candidate_i & (PSB_RECORD_CANDIDATES - 1)];
}
