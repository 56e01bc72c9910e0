/* SPDX-License-Identifier: Apache-2.0
 *
 * From a graph in floats, of which is known what its values are like, to one that computes in bytes where it can. The
 * state that its steps hand from one file to the next is here too.
 */
#ifndef PSB_QUANT_LOWER_INT_H
#define PSB_QUANT_LOWER_INT_H

#include <stdbool.h>

#include "nn/graph.h"
#include "quant/observe_int.h"

typedef struct psb_lower_options {
    const bool *stays_float; /* of each node: convolutions that are to stay in floats */
    bool no_classes;         /* one scale a value, as other runtimes know it */
} psb_lower_options;

/* Rewrites a graph whose parts were kept; the weights are rounded into its own memory. gains_out: NULL, or of each
 * value what its channels were multiplied by (the graph's memory), NULL where by nothing. */
psb_status psb_lower(psb_graph *graph, const float **gains_out, const psb_observation *observation,
                     const psb_lower_options *options);

/* --- What the steps of lowering share --- */

typedef struct psb_lowering {
    psb_graph *graph;
    const psb_observation *observation;
    const bool *stays_float;
    bool *is_bytes;    /* of each value */
    int32_t *set;      /* union-find over values: what must share a scale */
    psb_encoding *own; /* of each set, at its root */
    bool *has_own;
    const float **gain; /* of each value: of its channels, or NULL */
} psb_lowering;

int32_t psb_lowering_find(psb_lowering *lowering, int32_t value);
psb_node *psb_lowering_producer(const psb_lowering *lowering, int32_t value); /* or NULL */
bool psb_lowering_is_depthwise(const psb_graph *graph, const psb_node *node);
/* Can this convolution compute in integers? */
bool psb_lowering_can_convolve(const psb_lowering *lowering, const psb_node *node);
/* Can this activation, not a clamp, become the table of the integer convolution before it? */
bool psb_lowering_becomes_table(const psb_lowering *lowering, const psb_node *node);

#endif
