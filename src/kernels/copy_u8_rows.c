/* SPDX-License-Identifier: Apache-2.0
 *
 * Strided copy of bytes in rows, copy_f32_rows.c for bytes: runs that are contiguous on both sides go through memcpy,
 * which the C library has for every instruction set; the rest through one plain loop over the two innermost dimensions.
 * Transposes are walked in square blocks, so that the lines fetched for one row of the output still lie in the first
 * cache for the next ones. Every second value and pairs, which channel shuffles of two groups are made of, have loops
 * that compilers turn into vectors.
 * Works on any shape; one from psb_copy_f32_plan is fastest.
 */
#include "kernels/copy_u8.h"

#include <stdbool.h>
#include <string.h>

enum { BLOCK = 64 }; /* bytes in a cache line */

/* The two innermost dimensions: `rows` by `columns`. */
typedef struct copy_plane {
    int64_t rows, columns;
    int64_t out_row, out_column, in_row, in_column;
} copy_plane;

static void copy_row(uint8_t *out, const uint8_t *in, const copy_plane *p, int64_t columns)
{
    if (p->out_column == 1 && p->in_column == 1) {
        memcpy(out, in, (size_t)columns);
        return;
    }
    if (p->out_column == 1 && p->in_column == 2) {
        for (int64_t j = 0; j < columns; j++) out[j] = in[2 * j];
        return;
    }
    for (int64_t j = 0; j < columns; j++) out[j * p->out_column] = in[j * p->in_column];
}

static void interleave_two(uint8_t *restrict out, const uint8_t *restrict first, const uint8_t *restrict second,
                           int64_t pairs)
{
    for (int64_t i = 0; i < pairs; i++) {
        out[2 * i] = first[i];
        out[2 * i + 1] = second[i];
    }
}

static void copy_plane_run(uint8_t *out, const uint8_t *in, const copy_plane *p)
{
    if (p->columns == 2 && p->out_column == 1 && p->out_row == 2 && p->in_row == 1) {
        interleave_two(out, in, in + p->in_column, p->rows);
        return;
    }
    bool transposes = p->out_column == 1 && p->in_row == 1 && p->in_column != 1;
    int64_t step = transposes ? BLOCK : p->columns;
    for (int64_t j = 0; j < p->columns; j += step) {
        int64_t columns = p->columns - j < step ? p->columns - j : step;
        for (int64_t i = 0; i < p->rows; i++)
            copy_row(out + i * p->out_row + j * p->out_column, in + i * p->in_row + j * p->in_column, p, columns);
    }
}

void psb_copy_u8_rows(uint8_t *out, const uint8_t *in, const psb_copy_f32_shape *shape)
{
    int32_t outer = shape->rank > 2 ? shape->rank - 2 : 0;
    copy_plane plane = {1, 1, 0, 0, 0, 0};
    if (shape->rank >= 1) {
        plane.columns = shape->dims[shape->rank - 1];
        plane.out_column = shape->out_strides[shape->rank - 1];
        plane.in_column = shape->in_strides[shape->rank - 1];
    }
    if (shape->rank >= 2) {
        plane.rows = shape->dims[shape->rank - 2];
        plane.out_row = shape->out_strides[shape->rank - 2];
        plane.in_row = shape->in_strides[shape->rank - 2];
    }
    for (int32_t d = 0; d < shape->rank; d++)
        if (shape->dims[d] == 0) return;

    int64_t index[PSB_COPY_F32_MAX_RANK] = {0};
    for (;;) {
        copy_plane_run(out, in, &plane);
        int32_t d = outer - 1; /* the odometer's last digit that does not roll over */
        for (; d >= 0 && ++index[d] == shape->dims[d]; d--) {
            out -= (shape->dims[d] - 1) * shape->out_strides[d];
            in -= (shape->dims[d] - 1) * shape->in_strides[d];
            index[d] = 0;
        }
        if (d < 0) return;
        out += shape->out_strides[d];
        in += shape->in_strides[d];
    }
}
