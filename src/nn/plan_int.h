/* SPDX-License-Identifier: Apache-2.0
 *
 * From a graph to steps over one arena. Every value gets a place: views share their source's, the inputs of a
 * concatenation are made right inside it where their kernel can write there, and copies are inserted where strides
 * cannot say what the graph means. Buffers that are never needed at the same time share memory.
 */
#ifndef PSB_NN_PLAN_INT_H
#define PSB_NN_PLAN_INT_H

#include "nn/graph.h"
#include "nn/place_int.h"

typedef struct psb_buffer {
    size_t bytes;
    bool is_bytes;                 /* of elements of one byte, else of floats */
    int32_t first_step, last_step; /* alive from the one that writes first to the one that reads last */
    const float *constant;         /* not in the arena: the graph's own values */
    size_t offset_bytes;           /* in the arena */
} psb_buffer;

typedef struct psb_plan { /* init by = {0}, fini */
    int32_t place_capacity, buffer_count, buffer_capacity, step_count, step_capacity;
    psb_place *places; /* one for each of the graph's values */
    psb_buffer *buffers;
    int32_t *steps;     /* nodes in the order in which they run: those that compute, and copies */
    int32_t *copy_of;   /* value -> the value that holds it as a picture, or -1 */
    int32_t *recoded;   /* value -> the value that holds it in the encoding last asked for, or -1 */
    int32_t *outputs;   /* of the graph, or their copies in float32 */
    bool *materialised; /* node -> a RESHAPE that must move memory */
    size_t arena_bytes;
} psb_plan;

/* May append COPY nodes and their values to the graph. Errors: PSB_BAD_INPUT where the plan is over 1 GB. */
psb_status psb_plan_make(psb_plan *plan, psb_graph *graph);
void psb_plan_fini(psb_plan *plan);

/* Offsets for buffers so that those alive at the same time do not overlap (plan_memory.c). */
psb_status psb_plan_overlay(psb_plan *plan, const char *file);

#endif
