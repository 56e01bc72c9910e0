/* SPDX-License-Identifier: Apache-2.0
 *
 * Maximum-weight bipartite matching by shortest augmenting paths over the edges that exist.
 * A row may also stay alone at cost 0 (a dummy column of its own), so weights that are not worth it are left out.
 * Costs are minus the weights; row potentials begin at a row's best edge, column potentials at 0, so all reduced costs
 * start non-negative and Dijkstra applies. Most rows find their best column free and never search.
 * After: Jonker, Volgenant, "A shortest augmenting path algorithm ...", Computing 38 (1987); Johnson, JACM 24 (1977).
 */
#include "eval/matching.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

typedef struct heap_item {
    double distance;
    int32_t column;
} heap_item;

struct psb_matcher {
    int32_t rows_capacity, columns_capacity;
    int64_t heap_capacity;
    double *row_potential, *column_potential;
    double *row_distance, *column_distance; /* of the search at hand, for what it reached */
    int32_t *row_of_column;                 /* -1 = free */
    int32_t *edge_of_row;                   /* -1 = alone */
    int32_t *via_edge, *via_row;            /* how the search reached a column: edge and its row */
    uint8_t *column_state;                  /* 0 unreached, 1 reached, 2 final */
    int32_t *reached;                       /* columns that the search touched */
    int32_t *visited_rows;                  /* rows that the search expanded */
    heap_item *heap;
    int64_t heap_count;
};

psb_status psb_matcher_create(psb_matcher **out)
{
    *out = calloc(1, sizeof(**out));
    return *out ? PSB_OK : psb_fail_memory("matching", sizeof(**out));
}

static void release(psb_matcher *m)
{
    free(m->row_potential);
    free(m->column_potential);
    free(m->row_distance);
    free(m->column_distance);
    free(m->row_of_column);
    free(m->edge_of_row);
    free(m->via_edge);
    free(m->via_row);
    free(m->column_state);
    free(m->reached);
    free(m->visited_rows);
    free(m->heap);
    memset(m, 0, sizeof(*m));
}

void psb_matcher_destroy(psb_matcher **matcher)
{
    if (!matcher || !*matcher) return;
    release(*matcher);
    free(*matcher);
    *matcher = NULL;
}

/* A search pushes each edge at most once: the heap never outgrows the edges. */
static psb_status reserve(psb_matcher *m, int32_t n_rows, int32_t n_columns, int32_t n_edges)
{
    if (n_rows <= m->rows_capacity && n_columns <= m->columns_capacity && n_edges <= m->heap_capacity) return PSB_OK;
    const size_t rows = (size_t)(n_rows > m->rows_capacity ? n_rows * 2 : m->rows_capacity);
    const size_t columns = (size_t)(n_columns > m->columns_capacity ? n_columns * 2 : m->columns_capacity);
    const size_t edges = (size_t)(n_edges > m->heap_capacity ? (int64_t)n_edges * 2 : m->heap_capacity);
    release(m);
    m->row_potential = malloc(rows * sizeof(double) + 1);
    m->column_potential = malloc(columns * sizeof(double) + 1);
    m->row_distance = malloc(rows * sizeof(double) + 1);
    m->column_distance = malloc(columns * sizeof(double) + 1);
    m->row_of_column = malloc(columns * sizeof(int32_t) + 1);
    m->edge_of_row = malloc(rows * sizeof(int32_t) + 1);
    m->via_edge = malloc(columns * sizeof(int32_t) + 1);
    m->via_row = malloc(columns * sizeof(int32_t) + 1);
    m->column_state = malloc(columns + 1);
    m->reached = malloc(columns * sizeof(int32_t) + 1);
    m->visited_rows = malloc(rows * sizeof(int32_t) + 1);
    m->heap = malloc(edges * sizeof(heap_item) + 1);
    if (!m->row_potential || !m->column_potential || !m->row_distance || !m->column_distance || !m->row_of_column ||
        !m->edge_of_row || !m->via_edge || !m->via_row || !m->column_state || !m->reached || !m->visited_rows ||
        !m->heap) {
        release(m);
        return psb_fail_memory("matching", (rows + columns) * 64 + edges * sizeof(heap_item));
    }
    m->rows_capacity = (int32_t)rows;
    m->columns_capacity = (int32_t)columns;
    m->heap_capacity = (int64_t)edges;
    return PSB_OK;
}

static void heap_push(psb_matcher *m, double distance, int32_t column)
{
    int64_t i = m->heap_count++;
    while (i > 0) {
        const int64_t parent = (i - 1) / 2;
        if (m->heap[parent].distance <= distance) break;
        m->heap[i] = m->heap[parent];
        i = parent;
    }
    m->heap[i] = (heap_item){distance, column};
}

static heap_item heap_pop(psb_matcher *m)
{
    const heap_item top = m->heap[0];
    const heap_item last = m->heap[--m->heap_count];
    int64_t i = 0;
    for (;;) {
        int64_t child = 2 * i + 1;
        if (child >= m->heap_count) break;
        if (child + 1 < m->heap_count && m->heap[child + 1].distance < m->heap[child].distance) child++;
        if (last.distance <= m->heap[child].distance) break;
        m->heap[i] = m->heap[child];
        i = child;
    }
    m->heap[i] = last;
    return top;
}

typedef struct graph {
    const int32_t *first, *column;
    const double *weight;
} graph;

/* Reaches the columns of one row at distance `at`. */
static void expand(psb_matcher *m, const graph *g, int32_t row, double at, int32_t *n_reached)
{
    for (int32_t e = g->first[row]; e < g->first[row + 1]; e++) {
        const int32_t c = g->column[e];
        if (m->column_state[c] == 2) continue;
        const double d = at - g->weight[e] - m->row_potential[row] - m->column_potential[c];
        if (m->column_state[c] == 1 && d >= m->column_distance[c]) continue;
        if (m->column_state[c] == 0) {
            m->column_state[c] = 1;
            m->reached[(*n_reached)++] = c;
        }
        m->column_distance[c] = d;
        m->via_edge[c] = e;
        m->via_row[c] = row;
        heap_push(m, d, c);
    }
}

/* Gives `row` a column or leaves some row alone, whichever costs least. */
static void augment(psb_matcher *m, const graph *g, int32_t row)
{
    int32_t n_reached = 0, n_visited = 0, end_column = -1, alone_row = row;
    double best_alone = -m->row_potential[row]; /* to stay alone: cost 0, reduced by the row's potential */
    m->heap_count = 0;
    m->visited_rows[n_visited++] = row;
    m->row_distance[row] = 0;
    expand(m, g, row, 0, &n_reached);
    double end = best_alone;
    while (m->heap_count > 0 && m->heap[0].distance < best_alone) {
        const heap_item next = heap_pop(m);
        const int32_t c = next.column;
        if (m->column_state[c] == 2 || next.distance > m->column_distance[c]) continue;
        m->column_state[c] = 2;
        if (m->row_of_column[c] < 0) {
            end_column = c;
            end = next.distance;
            break;
        }
        const int32_t r = m->row_of_column[c];
        m->visited_rows[n_visited++] = r;
        m->row_distance[r] = next.distance;
        if (next.distance - m->row_potential[r] < best_alone) {
            best_alone = next.distance - m->row_potential[r];
            alone_row = r;
        }
        end = best_alone;
        expand(m, g, r, next.distance, &n_reached);
    }
    for (int32_t i = 0; i < n_visited; i++) /* potentials: reduced costs stay non-negative, path edges become tight */
        m->row_potential[m->visited_rows[i]] += end - m->row_distance[m->visited_rows[i]];
    for (int32_t i = 0; i < n_reached; i++) {
        const int32_t c = m->reached[i];
        if (m->column_state[c] == 2 && m->column_distance[c] < end) m->column_potential[c] -= end - m->column_distance[c];
        m->column_state[c] = 0;
    }
    int32_t c = end_column; /* walk back, each row on the way takes the column it was reached by */
    if (c < 0) {
        if (alone_row == row) return;
        c = g->column[m->edge_of_row[alone_row]];
        m->edge_of_row[alone_row] = -1;
    }
    for (;;) {
        const int32_t r = m->via_row[c], before = m->edge_of_row[r];
        m->edge_of_row[r] = m->via_edge[c];
        m->row_of_column[c] = r;
        if (r == row) return;
        c = g->column[before];
    }
}

psb_status psb_matcher_run(psb_matcher *m, int32_t *edge_out, int32_t n_rows, int32_t n_columns, const int32_t *first,
                           const int32_t *column, const double *weight)
{
    const psb_status status = reserve(m, n_rows, n_columns, first[n_rows]);
    if (status) return status;
    const graph g = {first, column, weight};
    for (int32_t c = 0; c < n_columns; c++) {
        m->row_of_column[c] = -1;
        m->column_potential[c] = 0;
        m->column_state[c] = 0;
    }
    for (int32_t r = 0; r < n_rows; r++) { /* the best edge, where its column is free: no search */
        int32_t best = -1;
        for (int32_t e = first[r]; e < first[r + 1]; e++)
            if (best < 0 || weight[e] > weight[best]) best = e;
        m->row_potential[r] = best < 0 ? 0 : -weight[best];
        m->edge_of_row[r] = -1;
        if (best >= 0 && m->row_of_column[column[best]] < 0) {
            m->edge_of_row[r] = best;
            m->row_of_column[column[best]] = r;
        }
    }
    for (int32_t r = 0; r < n_rows; r++)
        if (m->edge_of_row[r] < 0 && first[r] < first[r + 1]) augment(m, &g, r);
    memcpy(edge_out, m->edge_of_row, (size_t)n_rows * sizeof(*edge_out));
    return PSB_OK;
}
