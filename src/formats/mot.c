/* SPDX-License-Identifier: Apache-2.0
 *
 * MOTChallenge text in and out. Rows of public detection files stand in any order of frames, so they are read in the
 * file's order and then brought into that of frames by a stable merge; a file in order (most are) is not sorted at all.
 * Strict on purpose: a number that another reader would take for 0 moves people about without a word.
 */
#include "formats/mot.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "formats/scan_int.h"

#define MAX_FILE_BYTES ((size_t)512 << 20)

enum { MAX_ROWS = 1 << 27, NEEDED_COLUMNS = 7, CHECKED_COLUMNS = 10 };

struct psb_mot_boxes {
    psb_boxes rows; /* sorted by frame */
    int64_t *frame; /* of each row */
};

typedef struct column_rule {
    const char *what, *expected;
    double least, most;
} column_rule;

/* The columns that are used, in order. Frames: a year at 30 a second is 9.5e8, and loops over them stay finite. Places:
 * far beyond any picture, and a float still tells quarters of a pixel apart. */
static const column_rule column_rules[NEEDED_COLUMNS] = {
    {"frame", "a whole number from 1 to 1000000000", 1, 1e9},
    {"id", "a number", -1e18, 1e18},
    {"left", "a number from -2097152 to 2097152", -2097152, 2097152},
    {"top", "a number from -2097152 to 2097152", -2097152, 2097152},
    {"width", "a number above 0, at most 2097152", DBL_TRUE_MIN, 2097152},
    {"height", "a number above 0, at most 2097152", DBL_TRUE_MIN, 2097152},
    {"score", "a number from -1e9 to 1e9", -1e9, 1e9},
};

/* Start and size to start and end as floats; a size that vanishes in the rounding becomes the smallest there is. */
static void set_span(float *from_out, float *to_out, double from, double size)
{
    *from_out = (float)from;
    *to_out = (float)(from + size);
    if (!(*to_out > *from_out)) *to_out = nextafterf(*from_out, INFINITY);
}

static psb_status parse_row(psb_mot_row *out, psb_scan *scan)
{
    double value[NEEDED_COLUMNS];
    for (int32_t i = 0; i < NEEDED_COLUMNS; i++) {
        const column_rule *rule = &column_rules[i];
        const char *const from = scan->at;
        const psb_status status = psb_scan_column(scan, &value[i], rule->what, rule->expected);
        if (status) return status;
        if (!(value[i] >= rule->least && value[i] <= rule->most))
            return psb_scan_fail(scan, from, rule->what, rule->expected);
        if (i == 0 && value[i] != floor(value[i])) return psb_scan_fail(scan, from, rule->what, rule->expected);
    }
    for (int32_t i = NEEDED_COLUMNS; i < CHECKED_COLUMNS && !psb_scan_line_is_done(scan); i++) {
        double unused;
        const psb_status status = psb_scan_column(scan, &unused, "a column after the score", "a number");
        if (status) return status;
    }
    out->frame = (int64_t)value[0];
    out->id = (int64_t)value[1];
    out->score = (float)value[6];
    set_span(&out->box.x0_px, &out->box.x1_px, value[2], value[4]);
    set_span(&out->box.y0_px, &out->box.y1_px, value[3], value[5]);
    return PSB_OK;
}

/* Merges the runs [from, middle) and [middle, to) of row numbers by frame; of equal frames the earlier row first. */
static void merge(int32_t *to_rows, const int32_t *rows, const int64_t *frame, int32_t from, int32_t middle, int32_t to)
{
    int32_t left = from, right = middle;
    for (int32_t i = from; i < to; i++) {
        const bool takes_left = right == to || (left < middle && frame[rows[left]] <= frame[rows[right]]);
        to_rows[i] = takes_left ? rows[left++] : rows[right++];
    }
}

/* Row numbers in the order of frames, by merging runs of doubling length; the result is in one of the two lists. */
static const int32_t *sort_by_frame(int32_t *rows, int32_t *spare, const int64_t *frame, int32_t count)
{
    for (int32_t i = 0; i < count; i++) rows[i] = i;
    for (int64_t length = 1; length < count; length *= 2) {
        for (int64_t from = 0; from < count; from += 2 * length) {
            const int64_t middle = from + length < count ? from + length : count;
            const int64_t to = from + 2 * length < count ? from + 2 * length : count;
            merge(spare, rows, frame, (int32_t)from, (int32_t)middle, (int32_t)to);
        }
        int32_t *const swapped = rows;
        rows = spare;
        spare = swapped;
    }
    return rows;
}

static bool is_sorted(const int64_t *frame, int32_t count)
{
    for (int32_t i = 1; i < count; i++)
        if (frame[i] < frame[i - 1]) return false;
    return true;
}

static psb_status order_rows(psb_mot_boxes *boxes)
{
    psb_boxes sorted = {0};
    const int32_t count = boxes->rows.count;
    if (is_sorted(boxes->frame, count)) return PSB_OK;

    const size_t list_bytes = (size_t)count * sizeof(int32_t), frame_bytes = (size_t)count * sizeof(int64_t);
    int32_t *const lists = malloc(2 * list_bytes);
    int64_t *frame = malloc(frame_bytes);
    psb_status status = lists && frame ? psb_boxes_init(&sorted, count)
                                       : psb_fail_memory("rows of detections", 2 * list_bytes + frame_bytes);
    if (status) goto done;

    const int32_t *const order = sort_by_frame(lists, lists + count, boxes->frame, count);
    for (int32_t i = 0; i < count; i++) {
        frame[i] = boxes->frame[order[i]];
        status = psb_boxes_append(&sorted, psb_boxes_at(&boxes->rows, order[i]), boxes->rows.score[order[i]]);
        if (status) goto done;
    }
    psb_boxes_fini(&boxes->rows);
    free(boxes->frame);
    boxes->rows = sorted;
    boxes->frame = frame;
    sorted = (psb_boxes){0};
    frame = NULL;
done:
    psb_boxes_fini(&sorted);
    free(frame);
    free(lists);
    return status;
}

/* At least as many as there are rows, so that the columns are allocated once. */
static int64_t count_lines(const char *text, size_t size_bytes)
{
    int64_t lines = 1;
    for (size_t i = 0; i < size_bytes; i++) lines += text[i] == '\n' || text[i] == '\r';
    return lines;
}

static psb_status parse_rows(psb_mot_boxes *boxes, const char *name, const char *text, size_t size_bytes)
{
    psb_scan scan;
    int64_t lines = count_lines(text, size_bytes);
    if (lines > MAX_ROWS) lines = MAX_ROWS;
    psb_status status = psb_boxes_init(&boxes->rows, (int32_t)lines);
    if (status) return status;
    boxes->frame = malloc((size_t)lines * sizeof(*boxes->frame));
    if (!boxes->frame) return psb_fail_memory("rows of detections", (size_t)lines * sizeof(*boxes->frame));

    psb_scan_init(&scan, name, text, size_bytes);
    while (psb_scan_line(&scan)) {
        psb_mot_row row = {0};
        if (boxes->rows.count == lines)
            return psb_fail(PSB_BAD_INPUT, "%s:%" PRId64 ": found more than %d rows, expected at most that", name,
                            scan.line_i, MAX_ROWS);
        status = parse_row(&row, &scan);
        if (status) return status;
        boxes->frame[boxes->rows.count] = row.frame;
        status = psb_boxes_append(&boxes->rows, row.box, row.score);
        if (status) return status;
    }
    return PSB_OK;
}

psb_status psb_mot_boxes_parse(psb_mot_boxes **out, const char *name, const char *text, size_t size_bytes)
{
    *out = NULL;
    psb_mot_boxes *boxes = calloc(1, sizeof(*boxes));
    if (!boxes) return psb_fail_memory("detections", sizeof(*boxes));

    psb_status status = parse_rows(boxes, name, text, size_bytes);
    if (!status) status = order_rows(boxes);
    if (status) goto done;
    *out = boxes;
    boxes = NULL; /* given away */
done:
    psb_mot_boxes_close(&boxes);
    return status;
}

psb_status psb_mot_boxes_open(psb_mot_boxes **out, const char *path)
{
    psb_bytes file = {0};
    *out = NULL;
    psb_status status = psb_bytes_read(&file, path, MAX_FILE_BYTES);
    if (!status) status = psb_mot_boxes_parse(out, path, (const char *)file.data, file.size_bytes);
    psb_bytes_fini(&file);
    return status;
}

void psb_mot_boxes_close(psb_mot_boxes **boxes)
{
    if (!boxes || !*boxes) return;
    psb_boxes_fini(&(*boxes)->rows);
    free((*boxes)->frame);
    free(*boxes);
    *boxes = NULL;
}

int64_t psb_mot_boxes_last_frame(const psb_mot_boxes *boxes)
{
    return boxes->rows.count ? boxes->frame[boxes->rows.count - 1] : 0;
}

/* The first row whose frame is at least `frame`. */
static int32_t first_row_from(const psb_mot_boxes *boxes, int64_t frame)
{
    int32_t low = 0, high = boxes->rows.count;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (boxes->frame[middle] < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

psb_boxes psb_mot_boxes_at(const psb_mot_boxes *boxes, int64_t frame)
{
    const psb_boxes *const rows = &boxes->rows;
    const int32_t from = first_row_from(boxes, frame);
    int32_t to = from;
    while (to < rows->count && boxes->frame[to] == frame) to++;
    return (psb_boxes){.count = to - from,
                       .capacity = to - from,
                       .x0_px = rows->x0_px + from,
                       .y0_px = rows->y0_px + from,
                       .x1_px = rows->x1_px + from,
                       .y1_px = rows->y1_px + from,
                       .score = rows->score + from};
}

psb_status psb_mot_write_row(psb_outfile *to, psb_mot_row row)
{
    const psb_box box = row.box;
    return psb_outfile_printf(to, "%" PRId64 ",%" PRId64 ",%.2f,%.2f,%.2f,%.2f,%.5f,-1,-1,-1\n", row.frame, row.id,
                              box.x0_px, box.y0_px, (double)box.x1_px - box.x0_px, (double)box.y1_px - box.y0_px,
                              row.score);
}
