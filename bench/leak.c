/* SPDX-License-Identifier: Apache-2.0
 *
 * How much of the people is left to see, and how much else is hidden, counted in the decoded pixels of a video that
 * `passerby track --redact fill` wrote, against the truth of a MOTChallenge sequence. A person in a frame leaks when
 * more than half of the upper third of the labelled box, where the head is, stays uncovered.
 *     leak [--list] SEQUENCE OUT [SEQUENCE OUT]...
 * SEQUENCE holds video.mp4 and gt/gt.txt; OUT holds redacted.mp4 and detections.txt. One line a sequence and the mean.
 * A pixel is covered where it has the fill's colour; and where a line or label is drawn instead: within DRAWN_PX of
 * fill, and far from the source's own pixel (which in a true gap it is not).
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <passerby/frame.h>
#include <passerby/status.h>

#include "base/error.h"
#include "formats/mot.h"
#include "geometry/boxes.h"
#include "geometry/iou.h"
#include "media/reader.h"
#include "privacy/redact.h"

enum {
    PATH_BYTES = 4096,
    LUMA_TOLERANCE = 28, /* what CRF 23 leaves of a flat colour at its edges */
    CHROMA_TOLERANCE = 22,
    DRAWN_PX = 12, /* a label's height */
    DRAWN_DIFFERENCE = 24,
};

/* A label of gt.txt. */
typedef struct label {
    long frame, id;
    psb_box box;
    bool is_person; /* false: flag 0, hidden by right but not asked for */
} label;

typedef struct truth {
    label *rows; /* by frame */
    size_t count;
} truth;

typedef struct tally {
    int64_t people, leaks;
    int64_t inside_px, outside_px;
} tally;

/* One sequence at work. */
typedef struct sequence {
    const char *folder, *out;
    truth truth;
    psb_mot_boxes *detections;
    psb_reader *source, *redacted;
    int32_t width, height;
    uint8_t *fill, *covered, *near_row, *near_both, *labelled; /* width x height each, 0 or 1 */
    tally tally;
    bool lists;
} sequence;

static int compare_labels(const void *a, const void *b)
{
    const label *left = a, *right = b;
    if (left->frame != right->frame) return left->frame < right->frame ? -1 : 1;
    return left->id < right->id ? -1 : left->id > right->id;
}

/* MOT16's form has nine columns and a class: cars and occluders are left out. */
static bool is_of_people(int columns, double kind)
{
    return columns != 9 || kind == 1 || kind == 2 || kind == 7 || kind == 8 || kind == 12;
}

static psb_status read_truth(truth *out, const char *folder)
{
    char path[PATH_BYTES], line[512];
    size_t capacity = 0;
    memset(out, 0, sizeof(*out));
    snprintf(path, sizeof(path), "%s/gt/gt.txt", folder);
    FILE *file = fopen(path, "r");
    if (!file) return psb_fail(PSB_BAD_INPUT, "%s: not found", path);
    while (fgets(line, sizeof(line), file)) {
        double v[10] = {0};
        const int columns = sscanf(line, "%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf", v, v + 1, v + 2, v + 3, v + 4,
                                   v + 5, v + 6, v + 7, v + 8, v + 9);
        if (columns < 7 || !is_of_people(columns, v[7])) continue;
        if (out->count == capacity) {
            capacity = capacity ? 2 * capacity : 1024;
            label *rows = realloc(out->rows, capacity * sizeof(*rows));
            if (!rows) {
                fclose(file);
                return psb_fail_memory("labels", capacity * sizeof(*rows));
            }
            out->rows = rows;
        }
        const psb_box box = {(float)v[2], (float)v[3], (float)(v[2] + v[4]), (float)(v[3] + v[5])};
        out->rows[out->count++] = (label){(long)v[0], (long)v[1], box, v[6] != 0};
    }
    fclose(file);
    if (!out->count) return psb_fail(PSB_BAD_INPUT, "%s: found no labels", path);
    qsort(out->rows, out->count, sizeof(*out->rows), compare_labels);
    return PSB_OK;
}

/* ---- masks ---- */

static bool is_near(uint8_t a, uint8_t b, int tolerance)
{
    return abs((int)a - (int)b) <= tolerance;
}

static void find_fill(const sequence *at, const psb_image *image)
{
    const uint8_t luma = psb_redact_fill_sample(image, 0);
    const uint8_t u = psb_redact_fill_sample(image, 1), v = psb_redact_fill_sample(image, 2);
    for (int32_t y = 0; y < at->height; y++) {
        const uint8_t *row = image->plane[0] + y * image->stride_bytes[0];
        const uint8_t *row_u = image->plane[1] + (y / 2) * image->stride_bytes[1];
        const uint8_t *row_v = image->plane[2] + (y / 2) * image->stride_bytes[2];
        for (int32_t x = 0; x < at->width; x++)
            at->fill[y * at->width + x] = is_near(row[x], luma, LUMA_TOLERANCE) &&
                                          is_near(row_u[x / 2], u, CHROMA_TOLERANCE) &&
                                          is_near(row_v[x / 2], v, CHROMA_TOLERANCE);
    }
}

/* to = 1 where some of from is within `reach` before or after along a line of count samples `step` apart. */
static void spread_line(uint8_t *to, const uint8_t *from, int32_t count, int32_t step, int32_t reach)
{
    int32_t last = -reach - 1;
    for (int32_t i = 0; i < count; i++) {
        if (from[i * step]) last = i;
        to[i * step] = i - last <= reach;
    }
    last = count + reach + 1;
    for (int32_t i = count - 1; i >= 0; i--) {
        if (from[i * step]) last = i;
        to[i * step] |= last - i <= reach;
    }
}

/* near_both = fill within a drawing's size in a square around. */
static void spread(const sequence *at)
{
    for (int32_t y = 0; y < at->height; y++)
        spread_line(at->near_row + y * at->width, at->fill + y * at->width, at->width, 1, DRAWN_PX);
    for (int32_t x = 0; x < at->width; x++)
        spread_line(at->near_both + x, at->near_row + x, at->height, at->width, DRAWN_PX);
}

static bool is_drawn_over(const psb_image *redacted, const psb_image *source, int32_t x, int32_t y)
{
    for (int32_t plane_i = 0; plane_i < 3; plane_i++) {
        const int32_t at_x = plane_i ? x / 2 : x, at_y = plane_i ? y / 2 : y;
        const uint8_t after = redacted->plane[plane_i][at_y * redacted->stride_bytes[plane_i] + at_x];
        const uint8_t before = source->plane[plane_i][at_y * source->stride_bytes[plane_i] + at_x];
        if (!is_near(after, before, DRAWN_DIFFERENCE)) return true;
    }
    return false;
}

static void find_covered(const sequence *at, const psb_image *redacted, const psb_image *source)
{
    find_fill(at, redacted);
    spread(at);
    for (int32_t y = 0; y < at->height; y++)
        for (int32_t x = 0; x < at->width; x++) {
            const size_t i = (size_t)y * (size_t)at->width + (size_t)x;
            at->covered[i] = at->fill[i] || (at->near_both[i] && is_drawn_over(redacted, source, x, y));
        }
}

/* A box's pixels, clipped to the picture. */
typedef struct pixels {
    int32_t x0, y0, x1, y1;
} pixels;

static int32_t nearest(float value, int32_t most)
{
    const float rounded = floorf(value + 0.5f);
    return rounded < 0 ? 0 : rounded > (float)most ? most : (int32_t)rounded;
}

static pixels pixels_of(const sequence *at, psb_box box)
{
    return (pixels){nearest(box.x0_px, at->width), nearest(box.y0_px, at->height), nearest(box.x1_px, at->width),
                    nearest(box.y1_px, at->height)};
}

static int64_t count_covered(const sequence *at, pixels part)
{
    int64_t count = 0;
    for (int32_t y = part.y0; y < part.y1; y++)
        for (int32_t x = part.x0; x < part.x1; x++) count += at->covered[y * at->width + x];
    return count;
}

/* ---- a frame, a sequence ---- */

static psb_box upper_third(psb_box box)
{
    return (psb_box){box.x0_px, box.y0_px, box.x1_px, box.y0_px + (box.y1_px - box.y0_px) / 3};
}

static void print_leak(const sequence *at, const label *labels, size_t count, size_t label_i, double open)
{
    const label *leaked = &labels[label_i];
    const psb_box box = leaked->box;
    const psb_boxes found = psb_mot_boxes_at(at->detections, leaked->frame);
    float hidden = 0, best_iou = 0;
    for (size_t i = 0; i < count; i++)
        if (i != label_i) hidden = fmaxf(hidden, psb_covered(box, labels[i].box));
    for (int32_t i = 0; i < found.count; i++) best_iou = fmaxf(best_iou, psb_iou(box, psb_boxes_at(&found, i)));
    const bool is_at_edge =
        box.x0_px < 2 || box.y0_px < 2 || box.x1_px > (float)at->width - 2 || box.y1_px > (float)at->height - 2;
    printf("    frame %ld, id %ld: box %.0f,%.0f %.0fx%.0f%s, %.0f %% of the upper third open, %.0f %% behind another "
           "label, "
           "best detection at IoU %.2f\n",
           leaked->frame, leaked->id, (double)box.x0_px, (double)box.y0_px, (double)(box.x1_px - box.x0_px),
           (double)(box.y1_px - box.y0_px), is_at_edge ? " at the picture's edge" : "", 100 * open,
           100 * (double)hidden, (double)best_iou);
}

static void count_frame(sequence *at, const label *labels, size_t count)
{
    const size_t pixel_count = (size_t)at->width * (size_t)at->height;
    memset(at->labelled, 0, pixel_count);
    for (size_t i = 0; i < count; i++) {
        const pixels part = pixels_of(at, labels[i].box);
        for (int32_t y = part.y0; y < part.y1 && part.x0 < part.x1; y++)
            memset(at->labelled + y * at->width + part.x0, 1, (size_t)(part.x1 - part.x0));
    }
    for (size_t i = 0; i < pixel_count; i++) {
        at->tally.inside_px += at->covered[i] & at->labelled[i];
        at->tally.outside_px += at->covered[i] & !at->labelled[i];
    }
    for (size_t i = 0; i < count; i++) {
        const pixels head = pixels_of(at, upper_third(labels[i].box));
        const int64_t area = (int64_t)(head.x1 - head.x0) * (head.y1 - head.y0);
        if (!labels[i].is_person || area <= 0) continue;
        const double open = 1.0 - (double)count_covered(at, head) / (double)area;
        at->tally.people++;
        if (open <= 0.5) continue;
        at->tally.leaks++;
        if (at->lists) print_leak(at, labels, count, i, open);
    }
}

static psb_status open_sequence(sequence *at)
{
    char path[PATH_BYTES];
    psb_status status = read_truth(&at->truth, at->folder);
    if (status) return status;
    snprintf(path, sizeof(path), "%s/detections.txt", at->out);
    status = psb_mot_boxes_open(&at->detections, path);
    if (status) return status;
    const psb_reader_options options = {.clock = psb_clock_none()};
    snprintf(path, sizeof(path), "%s/video.mp4", at->folder);
    status = psb_reader_open(&at->source, path, &options);
    if (status) return status;
    snprintf(path, sizeof(path), "%s/redacted.mp4", at->out);
    status = psb_reader_open(&at->redacted, path, &options);
    if (status) return status;

    const psb_reader_info info = psb_reader_info_get(at->source);
    at->width = info.width;
    at->height = info.height;
    const size_t pixel_count = (size_t)at->width * (size_t)at->height;
    uint8_t **masks[] = {&at->fill, &at->covered, &at->near_row, &at->near_both, &at->labelled};
    for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
        *masks[i] = malloc(pixel_count);
        if (!*masks[i]) return psb_fail_memory("masks", pixel_count);
    }
    return PSB_OK;
}

static void close_sequence(sequence *at)
{
    free(at->truth.rows);
    psb_mot_boxes_close(&at->detections);
    psb_reader_close(&at->source);
    psb_reader_close(&at->redacted);
    free(at->fill);
    free(at->covered);
    free(at->near_row);
    free(at->near_both);
    free(at->labelled);
}

/* Both pictures must be there and 4:2:0; the redacted one may be padded to even sides. */
static psb_status count_pair(sequence *at, const psb_frame *source, const psb_frame *redacted, long number,
                             size_t *next_label)
{
    const psb_image before = psb_frame_image(source), after = psb_frame_image(redacted);
    if (before.format != PSB_PIXEL_YUV420 || after.format != PSB_PIXEL_YUV420 || after.width < before.width ||
        after.height < before.height)
        return psb_fail(PSB_BAD_INPUT, "%s: frame %ld: found another size or format than the source's", at->out,
                        number);
    const label *rows = at->truth.rows;
    const size_t first = *next_label;
    while (*next_label < at->truth.count && rows[*next_label].frame <= number) (*next_label)++;
    find_covered(at, &after, &before);
    count_frame(at, rows + first, *next_label - first);
    return PSB_OK;
}

static psb_status measure(sequence *at)
{
    size_t next_label = 0;
    for (long number = 1;; number++) {
        psb_frame *source = NULL, *redacted = NULL;
        psb_status status = psb_reader_read(at->source, &source);
        const psb_status other = psb_reader_read(at->redacted, &redacted);
        if (status == PSB_OK && other == PSB_OK)
            status = count_pair(at, source, redacted, number, &next_label);
        else if (status != other)
            status = psb_fail(PSB_BAD_INPUT, "%s: found another count of frames than the source's", at->out);
        psb_frame_unref(&source);
        psb_frame_unref(&redacted);
        if (status) return status == PSB_END ? PSB_OK : status;
    }
}

static double leak_percent(tally counts)
{
    return counts.people ? 100.0 * (double)counts.leaks / (double)counts.people : 0;
}

static double outside_ratio(tally counts)
{
    return counts.inside_px ? (double)counts.outside_px / (double)counts.inside_px : 0;
}

int main(int argc, char **argv)
{
    const bool lists = argc > 1 && strcmp(argv[1], "--list") == 0;
    const int first = lists ? 2 : 1, pairs = (argc - first) / 2;
    double leaks = 0, ratios = 0;
    if (pairs < 1 || (argc - first) % 2) {
        fprintf(stderr, "usage: leak [--list] SEQUENCE OUT [SEQUENCE OUT]...\n");
        return psb_status_exit_code(PSB_USAGE);
    }
    for (int pair = 0; pair < pairs; pair++) {
        sequence at = {.folder = argv[first + 2 * pair], .out = argv[first + 2 * pair + 1], .lists = lists};
        psb_status status = open_sequence(&at);
        if (!status) status = measure(&at);
        close_sequence(&at);
        if (status) {
            fprintf(stderr, "leak: %s\n", psb_error_text());
            return psb_status_exit_code(status);
        }
        leaks += leak_percent(at.tally);
        ratios += outside_ratio(at.tally);
        printf("%-40s %7.3f %% of people-frames leak (%lld of %lld), outside/inside %.3f\n", at.folder,
               leak_percent(at.tally), (long long)at.tally.leaks, (long long)at.tally.people, outside_ratio(at.tally));
    }
    printf("%-40s %7.3f %%, outside/inside %.3f\n", "mean over sequences", leaks / pairs, ratios / pairs);
    return 0;
}
