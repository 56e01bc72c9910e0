/* SPDX-License-Identifier: Apache-2.0
 *
 * Loops over several operands at once, in as few and as long pieces as their strides allow: dimensions of one are
 * dropped, the rest ordered by the output's strides and joined where all operands allow. The two innermost become rows
 * and columns for a kernel, the others are walked here.
 */
#ifndef PSB_NN_NEST_INT_H
#define PSB_NN_NEST_INT_H

#include <stddef.h>
#include <stdint.h>

#include "nn/graph.h"

enum { PSB_NEST_OPERANDS = 3 }; /* 0 is the output */

typedef struct psb_nest {
    int32_t rank; /* of the outer loops */
    int64_t dims[PSB_TENSOR_MAX_RANK];
    int64_t strides[PSB_NEST_OPERANDS][PSB_TENSOR_MAX_RANK];
    size_t rows, columns;
    size_t row_stride[PSB_NEST_OPERANDS];
    int32_t column_step[PSB_NEST_OPERANDS]; /* 0 or 1 */
} psb_nest;

/* strides[k] of operand k have the output's rank; 0 repeats. last: this dimension must be the columns (softmax), or
 * -1. */
psb_nest psb_nest_make(const psb_shape *shape, int32_t operand_count, const int64_t *const strides[PSB_NEST_OPERANDS],
                       int32_t last);

/* Goes to the next piece: adds to the operands' offsets; false after the last. place: zeroed before the first call. */
bool psb_nest_next(const psb_nest *nest, int64_t place[PSB_TENSOR_MAX_RANK], int64_t offset[PSB_NEST_OPERANDS]);

#endif
