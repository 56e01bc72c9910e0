/* SPDX-License-Identifier: Apache-2.0
 *
 * Which frames were looked at, and when: "frame,time_s" rows, both columns growing. A first line that does not begin
 * like a number is a heading.
 */
#include "formats/mot.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "formats/scan_int.h"

#define MAX_FILE_BYTES ((size_t)512 << 20)

static const char expected_frame[] = "a whole number from 1 to 1000000000, above the one before";
static const char expected_time[] = "a number of seconds from -1e9 to 1e9, above the one before";

static bool begins_a_number(char c)
{
    return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/* The row behind the ones there are. */
static psb_status parse_row(psb_frame_times *times, psb_scan *scan)
{
    const int64_t row_i = times->count;
    const char *from = scan->at;
    double frame = 0, time_s = 0;
    psb_status status = psb_scan_column(scan, &frame, "frame", expected_frame);
    if (status) return status;
    const double least_frame = row_i ? (double)times->frame[row_i - 1] + 1 : 1;
    if (frame < least_frame || frame > 1e9 || frame != floor(frame))
        return psb_scan_fail(scan, from, "frame", expected_frame);

    from = scan->at;
    status = psb_scan_column(scan, &time_s, "time_s", expected_time);
    if (status) return status;
    if (fabs(time_s) > 1e9 || (row_i && !(time_s > times->time_s[row_i - 1])))
        return psb_scan_fail(scan, from, "time_s", expected_time);
    if (!psb_scan_line_is_done(scan)) return psb_scan_fail(scan, scan->at, "after time_s", "the end of the line");

    times->frame[row_i] = (int64_t)frame;
    times->time_s[row_i] = time_s;
    times->count++;
    return PSB_OK;
}

static psb_status parse(psb_frame_times *times, const char *name, const psb_bytes *file)
{
    psb_scan scan;
    size_t lines = 1;
    for (size_t i = 0; i < file->size_bytes; i++) lines += file->data[i] == '\n' || file->data[i] == '\r';
    times->frame = malloc(lines * sizeof(*times->frame));
    times->time_s = malloc(lines * sizeof(*times->time_s));
    if (!times->frame || !times->time_s)
        return psb_fail_memory("times", lines * (sizeof(*times->frame) + sizeof(*times->time_s)));

    psb_scan_init(&scan, name, (const char *)file->data, file->size_bytes);
    bool is_first = true;
    while (psb_scan_line(&scan)) {
        const bool is_heading = is_first && !begins_a_number(*scan.at);
        is_first = false;
        if (is_heading) continue;
        const psb_status status = parse_row(times, &scan);
        if (status) return status;
    }
    if (times->count) return PSB_OK;
    return psb_fail(PSB_BAD_INPUT, "%s:%" PRId64 ": found no rows, expected frame,time_s", name, scan.line_i);
}

psb_status psb_frame_times_read(psb_frame_times *out, const char *path)
{
    psb_bytes file = {0};
    *out = (psb_frame_times){0};
    psb_status status = psb_bytes_read(&file, path, MAX_FILE_BYTES);
    if (!status) status = parse(out, path, &file);
    if (status) psb_frame_times_fini(out);
    psb_bytes_fini(&file);
    return status;
}

void psb_frame_times_fini(psb_frame_times *times)
{
    free(times->frame);
    free(times->time_s);
    *times = (psb_frame_times){0};
}
