/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a graph that came out of a .psb file is one that the importer, the passes and `quant` could have made: what
 * the plan and the operators rely on.
 */
#ifndef PSB_NN_GRAPH_CHECK_INT_H
#define PSB_NN_GRAPH_CHECK_INT_H

#include "nn/graph.h"

/* Indices of values must be in range already. PSB_BAD_INPUT, naming the node. */
psb_status psb_graph_check(const psb_graph *graph);

#endif
