/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of motions in stretches of 64 looks: between two looks lie the rest of one stretch, some whole ones, and the
 * beginning of another. A table of products since the very first look would be shorter, and would lose all digits.
 */
#include "track/travel.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"

enum { STRETCH = 64 };

void psb_travel_fini(psb_travel *travel)
{
    free(travel->since_start);
    *travel = (psb_travel){0};
}

psb_status psb_travel_add(psb_travel *travel, const psb_camera_motion *motion)
{
    if (travel->count == travel->capacity) {
        const int32_t larger = travel->capacity ? 2 * travel->capacity : 1024;
        psb_camera_motion *const grown = realloc(travel->since_start, (size_t)larger * sizeof(*grown));
        if (!grown) return psb_fail_memory("the camera's motions", (size_t)larger * sizeof(*grown));
        travel->since_start = grown;
        travel->capacity = larger;
    }
    const psb_camera_motion none = psb_camera_motion_none(), own = motion ? *motion : none;
    if (own.along != 1 || own.across != 0 || own.x_px != 0 || own.y_px != 0) travel->has_moved = true;
    const bool is_start = travel->count % STRETCH == 0;
    travel->since_start[travel->count] =
        is_start ? own : psb_camera_motion_then(&travel->since_start[travel->count - 1], &own);
    travel->count++;
    return PSB_OK;
}

psb_camera_motion psb_travel_between(const psb_travel *travel, int32_t from_i, int32_t to_i)
{
    if (from_i == to_i || !travel->has_moved) return psb_camera_motion_none();
    if (from_i > to_i) {
        const psb_camera_motion ahead = psb_travel_between(travel, to_i, from_i);
        return psb_camera_motion_back(&ahead);
    }
    psb_camera_motion way = psb_camera_motion_back(&travel->since_start[from_i]);
    for (int32_t last_i = from_i - from_i % STRETCH + STRETCH - 1; last_i < to_i; last_i += STRETCH)
        way = psb_camera_motion_then(&way, &travel->since_start[last_i]);
    return psb_camera_motion_then(&way, &travel->since_start[to_i]);
}

void psb_travel_carry(double measure_io[4], const psb_camera_motion *motion)
{
    const double x = measure_io[0], y = measure_io[1], zoom = hypot(motion->along, motion->across);
    measure_io[0] = motion->along * x - motion->across * y + motion->x_px;
    measure_io[1] = motion->across * x + motion->along * y + motion->y_px;
    measure_io[2] *= zoom;
    measure_io[3] *= zoom;
}
