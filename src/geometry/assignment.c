/* SPDX-License-Identifier: Apache-2.0
 *
 * Linear assignment by shortest augmenting paths with dual prices, on sparse pairs.
 * After: Jonker, Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment problems",
 * Computing 38 (1987); the form with a price per column and one search per row. Every row has, beside its listed
 * pairs, a column of its own of cost 0 ("alone"), so that a solution always exists and none needs a large constant.
 * A search (Dijkstra on reduced costs) only ever touches the columns that it can reach, so connected components are
 * solved apart without being looked for; a row whose best column is free is settled by the first glance.
 * Costs are minus the gains. Prices of columns are at most 0 and those of free columns are 0, the usual invariant.
 */
#include "geometry/assignment.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

typedef struct heap_item {
    double distance;
    int32_t column_i;
} heap_item;

struct psb_assignment {
    int64_t row_capacity, column_capacity, pair_capacity;

    int64_t *first;  /* per row, one more at the end: where its pairs begin in column and cost */
    int32_t *column; /* per pair, sorted by row and then by column */
    double *cost;    /* per pair, below 0 */

    int64_t *filled; /* per column: for the sorting by counting; one more at the end */
    int32_t *sorted; /* per pair: indices in the order of columns */

    double *price;        /* per column, at most 0; 0 while it is free */
    int32_t *row_of;      /* per column: who has it, -1 = free */
    double *matched_cost; /* per column: cost of the pair (row_of, column) */

    /* the running search, per column */
    int32_t search_i;
    int32_t *visited, *settled; /* number of the last search that reached it, that settled it */
    double *distance;
    double *via_cost;  /* cost of the pair (from_row, column) */
    int32_t *from_row; /* the row by which the shortest way comes */
    int32_t *path;     /* the settled columns */
    int32_t path_count;
    heap_item *heap; /* per pair; a binary heap, may hold outdated items */
    int64_t heap_count;
    double alone_distance; /* the best row to be left alone so far, and what that costs */
    int32_t alone_row_i;
};

psb_status psb_assignment_create(psb_assignment **out)
{
    *out = calloc(1, sizeof(**out));
    return *out ? PSB_OK : psb_fail_memory("assignment", sizeof(**out));
}

void psb_assignment_destroy(psb_assignment **assignment)
{
    if (!assignment || !*assignment) return;
    psb_assignment *a = *assignment;
    void *const blocks[] = {a->first,    a->column,   a->cost,         a->filled,  a->sorted,
                            a->price,    a->row_of,   a->matched_cost, a->visited, a->settled,
                            a->distance, a->via_cost, a->from_row,     a->path,    a->heap};
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) free(blocks[i]);
    free(a);
    *assignment = NULL;
}

/* One column of the workspace made larger; what it held is not needed any more. */
static psb_status renew(void *column_address, int64_t count, size_t item_bytes)
{
    void **const column = column_address;
    void *const larger = malloc((size_t)count * item_bytes);
    if (!larger) return psb_fail_memory("assignment", (size_t)count * item_bytes);
    free(*column);
    *column = larger;
    return PSB_OK;
}

typedef struct wish {
    void *column_address;
    size_t item_bytes;
} wish;

static psb_status grow(int64_t *capacity, int64_t wanted, const wish *wishes, size_t wish_count)
{
    if (wanted <= *capacity) return PSB_OK;
    const int64_t larger = wanted > 2 * *capacity ? wanted : 2 * *capacity;
    *capacity = 0; /* should one fail, the next call starts over */
    for (size_t i = 0; i < wish_count; i++) {
        const psb_status status = renew(wishes[i].column_address, larger, wishes[i].item_bytes);
        if (status) return status;
    }
    *capacity = larger;
    return PSB_OK;
}

static psb_status reserve(psb_assignment *a, int32_t row_count, int32_t column_count, int64_t pair_count)
{
    const wish per_row[] = {{&a->first, sizeof(*a->first)}};
    const wish per_pair[] = {{&a->column, sizeof(*a->column)},
                             {&a->cost, sizeof(*a->cost)},
                             {&a->sorted, sizeof(*a->sorted)},
                             {&a->heap, sizeof(*a->heap)}};
    const wish per_column[] = {{&a->filled, sizeof(*a->filled)},     {&a->price, sizeof(*a->price)},
                               {&a->row_of, sizeof(*a->row_of)},     {&a->matched_cost, sizeof(*a->matched_cost)},
                               {&a->visited, sizeof(*a->visited)},   {&a->settled, sizeof(*a->settled)},
                               {&a->distance, sizeof(*a->distance)}, {&a->via_cost, sizeof(*a->via_cost)},
                               {&a->from_row, sizeof(*a->from_row)}, {&a->path, sizeof(*a->path)}};
    psb_status status = grow(&a->row_capacity, (int64_t)row_count + 1, per_row, sizeof(per_row) / sizeof(per_row[0]));
    if (!status)
        status = grow(&a->column_capacity, (int64_t)column_count + 1, per_column,
                      sizeof(per_column) / sizeof(per_column[0]));
    if (!status) status = grow(&a->pair_capacity, pair_count, per_pair, sizeof(per_pair) / sizeof(per_pair[0]));
    return status;
}

static psb_status check(int32_t row_count, int32_t column_count, const psb_pair *pairs, int64_t pair_count)
{
    if (row_count < 0 || column_count < 0 || row_count > PSB_ASSIGNMENT_MAX_SIDE ||
        column_count > PSB_ASSIGNMENT_MAX_SIDE || pair_count < 0 || pair_count > PSB_ASSIGNMENT_MAX_PAIRS)
        return psb_fail(PSB_BAD_INPUT,
                        "assignment: found %d rows, %d columns and %lld pairs, expected 0 to %d, %d and %d",
                        (int)row_count, (int)column_count, (long long)pair_count, PSB_ASSIGNMENT_MAX_SIDE,
                        PSB_ASSIGNMENT_MAX_SIDE, PSB_ASSIGNMENT_MAX_PAIRS);
    for (int64_t i = 0; i < pair_count; i++)
        if (pairs[i].row_i < 0 || pairs[i].row_i >= row_count || pairs[i].column_i < 0 ||
            pairs[i].column_i >= column_count)
            return psb_fail(PSB_BAD_INPUT,
                            "assignment: pair %lld: found row %d and column %d, expected below %d and %d", (long long)i,
                            (int)pairs[i].row_i, (int)pairs[i].column_i, (int)row_count, (int)column_count);
    return PSB_OK;
}

/* Counts become where each bucket begins. */
static void accumulate(int64_t *counts, int32_t count)
{
    int64_t sum = 0;
    for (int32_t i = 0; i <= count; i++) {
        const int64_t here = counts[i];
        counts[i] = sum;
        sum += here;
    }
}

/* Sorts the usable pairs by row and column: two passes of counting, so that their order in the input is forgotten. */
static void sort_pairs(psb_assignment *a, int32_t row_count, int32_t column_count, const psb_pair *pairs,
                       int64_t pair_count)
{
    memset(a->first, 0, ((size_t)row_count + 1) * sizeof(*a->first));
    memset(a->filled, 0, ((size_t)column_count + 1) * sizeof(*a->filled));
    for (int64_t i = 0; i < pair_count; i++) {
        if (!(pairs[i].gain > 0)) continue;
        a->first[pairs[i].row_i]++;
        a->filled[pairs[i].column_i]++;
    }
    accumulate(a->first, row_count);
    accumulate(a->filled, column_count);
    const int64_t usable_count = a->first[row_count];
    for (int64_t i = 0; i < pair_count; i++)
        if (pairs[i].gain > 0) a->sorted[a->filled[pairs[i].column_i]++] = (int32_t)i;
    for (int64_t i = 0; i < usable_count; i++) {
        const psb_pair *pair = &pairs[a->sorted[i]];
        const int64_t to = a->first[pair->row_i]++;
        a->column[to] = pair->column_i;
        a->cost[to] = -(pair->gain < 1e300 ? pair->gain : 1e300);
    }
    memmove(a->first + 1, a->first, (size_t)row_count * sizeof(*a->first)); /* each now stood at its end */
    a->first[0] = 0;
}

static bool item_before(heap_item one, heap_item other)
{
    return one.distance < other.distance || (one.distance == other.distance && one.column_i < other.column_i);
}

static void heap_push(psb_assignment *a, heap_item item)
{
    int64_t at = a->heap_count++;
    while (at > 0) {
        const int64_t parent = (at - 1) / 2;
        if (!item_before(item, a->heap[parent])) break;
        a->heap[at] = a->heap[parent];
        at = parent;
    }
    a->heap[at] = item;
}

static heap_item heap_pop(psb_assignment *a)
{
    const heap_item top = a->heap[0], last = a->heap[--a->heap_count];
    int64_t at = 0;
    for (;;) {
        int64_t child = 2 * at + 1;
        if (child >= a->heap_count) break;
        if (child + 1 < a->heap_count && item_before(a->heap[child + 1], a->heap[child])) child++;
        if (!item_before(a->heap[child], last)) break;
        a->heap[at] = a->heap[child];
        at = child;
    }
    a->heap[at] = last;
    return top;
}

/* Ways through row_i, which the search reached at row_distance. */
static void relax(psb_assignment *a, int32_t row_i, double row_distance)
{
    if (row_distance < a->alone_distance) {
        a->alone_distance = row_distance;
        a->alone_row_i = row_i;
    }
    for (int64_t i = a->first[row_i]; i < a->first[row_i + 1]; i++) {
        const int32_t column_i = a->column[i];
        const double distance = row_distance + a->cost[i] - a->price[column_i];
        if (a->settled[column_i] == a->search_i) continue;
        if (a->visited[column_i] == a->search_i && distance >= a->distance[column_i]) continue;
        if (distance > a->alone_distance) continue; /* somebody stays alone before this is worth it */
        a->visited[column_i] = a->search_i;
        a->distance[column_i] = distance;
        a->via_cost[column_i] = a->cost[i];
        a->from_row[column_i] = row_i;
        heap_push(a, (heap_item){distance, column_i});
    }
}

/* The nearest column not yet settled, or -1 when leaving a row alone is nearer than any. */
static int32_t next_column(psb_assignment *a)
{
    while (a->heap_count > 0) {
        const heap_item item = heap_pop(a);
        if (item.distance > a->alone_distance) return -1;
        if (a->settled[item.column_i] != a->search_i) return item.column_i;
    }
    return -1;
}

/* Columns along the way that came to column_i change hands, until start_row_i has one. */
static void hand_over(psb_assignment *a, int32_t *column_of_row, int32_t start_row_i, int32_t column_i)
{
    while (column_i >= 0) {
        const int32_t row_i = a->from_row[column_i];
        const int32_t given_up = column_of_row[row_i];
        a->row_of[column_i] = row_i;
        a->matched_cost[column_i] = a->via_cost[column_i];
        column_of_row[row_i] = column_i;
        column_i = row_i == start_row_i ? -1 : given_up;
    }
}

/* One row more: the shortest way from it to a free column or to a row that is better left alone. */
static void augment(psb_assignment *a, int32_t *column_of_row, int32_t start_row_i)
{
    a->search_i++;
    a->heap_count = 0;
    a->path_count = 0;
    a->alone_distance = INFINITY;
    int32_t column_i = -1;

    relax(a, start_row_i, 0);
    while ((column_i = next_column(a)) >= 0 && a->row_of[column_i] >= 0) {
        a->settled[column_i] = a->search_i;
        a->path[a->path_count++] = column_i;
        relax(a, a->row_of[column_i], a->distance[column_i] - (a->matched_cost[column_i] - a->price[column_i]));
    }

    const double end_distance = column_i >= 0 ? a->distance[column_i] : a->alone_distance;
    for (int32_t i = 0; i < a->path_count; i++) a->price[a->path[i]] += a->distance[a->path[i]] - end_distance;
    if (column_i < 0) {
        column_i = column_of_row[a->alone_row_i];
        column_of_row[a->alone_row_i] = -1;
    }
    hand_over(a, column_of_row, start_row_i, column_i);
}

psb_status psb_assignment_solve(psb_assignment *assignment, int32_t *column_of_row_out, int32_t row_count,
                                int32_t column_count, const psb_pair *pairs, int64_t pair_count)
{
    psb_assignment *a = assignment;
    psb_status status = check(row_count, column_count, pairs, pair_count);
    if (!status) status = reserve(a, row_count, column_count, pair_count);
    if (status) return status;

    sort_pairs(a, row_count, column_count, pairs, pair_count);
    a->search_i = 0;
    for (int32_t i = 0; i < column_count; i++) {
        a->price[i] = 0;
        a->row_of[i] = -1;
        a->visited[i] = a->settled[i] = 0;
    }
    for (int32_t i = 0; i < row_count; i++) column_of_row_out[i] = -1;
    for (int32_t i = 0; i < row_count; i++)
        if (a->first[i] < a->first[i + 1]) augment(a, column_of_row_out, i);
    return PSB_OK;
}
