/* SPDX-License-Identifier: Apache-2.0
 *
 * A MOTChallenge file as double columns, in the file's order: the reader that evaluation uses.
 * Sizes may be zero here (published results hold such rows, and every scorer counts them as false); all else is as
 * strict as mot.c.
 */
#include "formats/mot_rows.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "formats/scan_int.h"

#define MAX_FILE_BYTES ((size_t)1 << 30)

enum { MAX_ROWS = 1 << 27, READ_COLUMNS = 9, NEEDED_COLUMNS = 6 };

static const struct {
    const char *what, *expected;
    double least, most;
    bool is_whole;
} columns[READ_COLUMNS] = {
    {"frame", "a whole number from 1 to 1000000000", 1, 1e9, true},
    {"id", "a whole number", -1e15, 1e15, true},
    {"left", "a number from -1e9 to 1e9", -1e9, 1e9, false},
    {"top", "a number from -1e9 to 1e9", -1e9, 1e9, false},
    {"width", "a number from 0 to 1e9", 0, 1e9, false},
    {"height", "a number from 0 to 1e9", 0, 1e9, false},
    {"score", "a number", -HUGE_VAL, HUGE_VAL, false},
    {"class", "a number", -1e9, 1e9, false},
    {"visibility", "a number", -HUGE_VAL, HUGE_VAL, false},
};

static bool grow(psb_mot_rows *rows, int32_t capacity)
{
    void **const column[] = {(void **)&rows->frame,  (void **)&rows->id,       (void **)&rows->left_px,
                             (void **)&rows->top_px, (void **)&rows->width_px, (void **)&rows->height_px,
                             (void **)&rows->score};
    for (size_t i = 0; i < sizeof(column) / sizeof(column[0]); i++) {
        void *larger = realloc(*column[i], (size_t)capacity * 8);
        if (!larger) return false;
        *column[i] = larger;
    }
    int32_t *larger = realloc(rows->class_id, (size_t)capacity * sizeof(*larger));
    if (!larger) return false;
    rows->class_id = larger;
    rows->capacity = capacity;
    return true;
}

static psb_status read_row(psb_mot_rows *rows, psb_scan *scan)
{
    double value[READ_COLUMNS] = {[6] = 1, [7] = 1};
    int32_t n = 0;
    for (; n < READ_COLUMNS && (n < NEEDED_COLUMNS || !psb_scan_line_is_done(scan)); n++) {
        const char *const from = scan->at;
        const psb_status status = psb_scan_column(scan, &value[n], columns[n].what, columns[n].expected);
        if (status) return status;
        if (value[n] < columns[n].least || value[n] > columns[n].most ||
            (columns[n].is_whole && value[n] != (double)(int64_t)value[n])) /* within 64 bits, by its bounds */
            return psb_scan_fail(scan, from, columns[n].what, columns[n].expected);
    }
    const int32_t i = rows->count++;
    const int32_t found = n + !psb_scan_line_is_done(scan); /* 9 columns are MOT16's truth, 10 are not */
    rows->columns = i == 0 || found < rows->columns ? found : rows->columns;
    rows->frame[i] = (int64_t)value[0];
    rows->id[i] = (int64_t)value[1];
    rows->left_px[i] = value[2];
    rows->top_px[i] = value[3];
    rows->width_px[i] = value[4];
    rows->height_px[i] = value[5];
    rows->score[i] = value[6];
    rows->class_id[i] = (int32_t)value[7];
    return PSB_OK;
}

psb_status psb_mot_rows_parse(psb_mot_rows *out, const char *name, const char *text, size_t size_bytes)
{
    psb_status status = PSB_OK;
    psb_scan scan;
    *out = (psb_mot_rows){.name = name};
    psb_scan_init(&scan, name, text, size_bytes);
    while (!status && psb_scan_line(&scan)) {
        if (out->count == MAX_ROWS) {
            status = psb_fail(PSB_BAD_INPUT, "%s: found more than %d rows, expected at most that", name, MAX_ROWS);
        } else if (out->count == out->capacity && !grow(out, out->capacity ? out->capacity * 2 : 4096)) {
            status = psb_fail_memory(name, (size_t)out->capacity * 120);
        } else {
            status = read_row(out, &scan);
        }
    }
    if (status) psb_mot_rows_fini(out);
    return status;
}

psb_status psb_mot_rows_read(psb_mot_rows *out, const char *path)
{
    psb_bytes file = {0};
    *out = (psb_mot_rows){0};
    psb_status status = psb_bytes_read(&file, path, MAX_FILE_BYTES);
    if (!status) status = psb_mot_rows_parse(out, path, (const char *)file.data, file.size_bytes);
    psb_bytes_fini(&file);
    return status;
}

void psb_mot_rows_fini(psb_mot_rows *rows)
{
    free(rows->frame);
    free(rows->id);
    free(rows->left_px);
    free(rows->top_px);
    free(rows->width_px);
    free(rows->height_px);
    free(rows->score);
    free(rows->class_id);
    *rows = (psb_mot_rows){0};
}
