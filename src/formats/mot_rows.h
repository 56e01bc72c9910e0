/* SPDX-License-Identifier: Apache-2.0
 *
 * All columns of a MOTChallenge file in double precision, as evaluation needs them (overlaps that decide a metric must
 * not be rounded to float32 first). Rows stay in the file's order. The rules for a bad row are those of mot.h; extra
 * columns are ignored, missing ones after the sixth read as score 1 and class 1.
 */
#ifndef PSB_FORMATS_MOT_ROWS_H
#define PSB_FORMATS_MOT_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include <passerby/status.h>

typedef struct psb_mot_rows {
    const char *name; /* for messages; borrowed from the caller */
    int32_t count, capacity;
    int32_t columns; /* the fewest that a row had, 10 standing for more than 9; 0 without rows */
    int64_t *frame, *id;
    double *left_px, *top_px, *width_px, *height_px;
    double *score;     /* column 7: score, or the truth's flag (0 = not scored) */
    int32_t *class_id; /* column 8 */
} psb_mot_rows;

psb_status psb_mot_rows_read(psb_mot_rows *out, const char *path);
psb_status psb_mot_rows_parse(psb_mot_rows *out, const char *name, const char *text, size_t size_bytes);
void psb_mot_rows_fini(psb_mot_rows *rows);

#endif
