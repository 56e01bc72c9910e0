/* SPDX-License-Identifier: Apache-2.0
 *
 * Linear assignment over a sparse bipartite graph: the set of pairs, no row and no column twice, whose gains add up to
 * the most. Pairs that are not listed cannot be chosen; a row or a column may stay alone, which gains nothing.
 * So a gate is the absence of a pair, and a threshold is what one subtracts from the gain.
 */
#ifndef PSB_GEOMETRY_ASSIGNMENT_H
#define PSB_GEOMETRY_ASSIGNMENT_H

#include <stdint.h>

#include <passerby/status.h>

/* Bounds of one problem. */
enum { PSB_ASSIGNMENT_MAX_SIDE = 1 << 24, PSB_ASSIGNMENT_MAX_PAIRS = 1 << 28 };

/* One pair that may be chosen. Gains that are not above 0 (or NaN) are never chosen; infinite ones count as 1e300.
 * Of a pair that is listed twice the better one counts. */
typedef struct psb_pair {
    int32_t row_i, column_i;
    double gain;
} psb_pair;

/* The workspace: kept from call to call so that a solved size allocates nothing. One thread at a time. */
typedef struct psb_assignment psb_assignment;

psb_status psb_assignment_create(psb_assignment **out);
void psb_assignment_destroy(psb_assignment **assignment);

/* column_of_row_out[row_count]: the chosen column of each row, or -1. Deterministic: depends on the pairs' values and
 * not on the order in which they stand; among solutions of equal sum, low rows and low columns are preferred
 * to be taken first (which is not a total order: callers that must not depend on the numbering order it first).
 * Time n log n for sparse problems: each connected component is solved on its own.
 * Errors: PSB_BAD_INPUT (a count or an index out of range), PSB_NO_MEMORY. */
psb_status psb_assignment_solve(psb_assignment *assignment, int32_t *column_of_row_out, int32_t row_count,
                                int32_t column_count, const psb_pair *pairs, int64_t pair_count);

#endif
