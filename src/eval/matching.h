/* SPDX-License-Identifier: Apache-2.0
 *
 * Matchings by edges: rows with their weighted edges in, the edge that each row takes out. Evaluation is full of them:
 * one a frame and one a sequence. Solved by geometry/assignment.h.
 */
#ifndef PSB_EVAL_MATCHING_H
#define PSB_EVAL_MATCHING_H

#include <stdint.h>

#include <passerby/status.h>

typedef struct psb_matcher psb_matcher; /* the workspace, reused from call to call; grows to the largest graph */

psb_status psb_matcher_create(psb_matcher **out);
void psb_matcher_destroy(psb_matcher **matcher);

/* Rows 0..n_rows-1; the edges of row r are first[r] .. first[r + 1] - 1, edge e goes to column column[e] in
 * 0..n_columns-1 with weight[e] > 0. Borrowed. */
typedef struct psb_matching_graph {
    int32_t n_rows, n_columns;
    const int32_t *first, *column;
    const double *weight;
} psb_matching_graph;

/* On PSB_OK edge_out[r] is the edge that row r took, or -1; the sum of the taken
 * weights is the largest possible and no column is taken twice. Errors: PSB_NO_MEMORY. */
psb_status psb_matcher_run(psb_matcher *matcher, int32_t *edge_out, const psb_matching_graph *graph);

#endif
