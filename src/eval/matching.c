/* SPDX-License-Identifier: Apache-2.0
 *
 * Matchings of evaluation, solved by geometry's sparse assignment: rows with their edges in, the taken edge of each row
 * out. What this file adds is the translation, because every metric asks afterwards which overlap it was.
 */
#include "eval/matching.h"

#include <stdlib.h>

#include "base/error.h"
#include "geometry/assignment.h"

struct psb_matcher {
    psb_assignment *assignment;
    psb_pair *pairs;
    int32_t pair_capacity;
};

psb_status psb_matcher_create(psb_matcher **out)
{
    psb_matcher *matcher = calloc(1, sizeof(*matcher));
    *out = NULL;
    if (!matcher) return psb_fail_memory("matching", sizeof(*matcher));
    const psb_status status = psb_assignment_create(&matcher->assignment);
    if (status) {
        free(matcher);
        return status;
    }
    *out = matcher;
    return PSB_OK;
}

void psb_matcher_destroy(psb_matcher **matcher)
{
    if (!matcher || !*matcher) return;
    psb_assignment_destroy(&(*matcher)->assignment);
    free((*matcher)->pairs);
    free(*matcher);
    *matcher = NULL;
}

psb_status psb_matcher_run(psb_matcher *matcher, int32_t *edge_out, const psb_matching_graph *graph)
{
    const int32_t *first = graph->first, *column = graph->column;
    const int32_t n_rows = graph->n_rows, n_edges = first[n_rows];
    if (n_edges > matcher->pair_capacity) {
        psb_pair *larger = realloc(matcher->pairs, (size_t)n_edges * 2 * sizeof(*larger));
        if (!larger) return psb_fail_memory("matching", (size_t)n_edges * 2 * sizeof(*larger));
        matcher->pairs = larger;
        matcher->pair_capacity = n_edges * 2;
    }
    for (int32_t r = 0; r < n_rows; r++)
        for (int32_t e = first[r]; e < first[r + 1]; e++)
            matcher->pairs[e] = (psb_pair){r, column[e], graph->weight[e]};
    const psb_status status =
        psb_assignment_solve(matcher->assignment, edge_out, n_rows, graph->n_columns, matcher->pairs, n_edges);
    if (status) return status;
    for (int32_t r = 0; r < n_rows; r++) {
        int32_t e = edge_out[r] < 0 ? first[r + 1] : first[r];
        while (e < first[r + 1] && column[e] != edge_out[r]) e++;
        edge_out[r] = e < first[r + 1] ? e : -1;
    }
    return PSB_OK;
}
