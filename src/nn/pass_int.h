/* SPDX-License-Identifier: Apache-2.0
 *
 * Rewriting a graph so that fewer and better nodes compute the same outputs. Each pass leaves producers and uses right
 * (psb_graph_recount); each is correct alone and in any order, the order in psb_pass_all is the one in which most is
 * found.
 */
#ifndef PSB_NN_PASS_INT_H
#define PSB_NN_PASS_INT_H

#include "nn/graph.h"

/* All of them. On what `quant` has made bytes, only the last does anything, and it leaves integer nodes alone. */
psb_status psb_pass_all(psb_graph *graph);

/* Nodes that change nothing (a slice of the whole, a reshape to the same shape, a resize by 1) are bypassed. */
psb_status psb_pass_bypass(psb_graph *graph);

/* Nodes that no output needs are dropped. */
void psb_pass_drop_dead(psb_graph *graph);

/* YOLOX's "Focus" stem: four slices by 2, a concatenation and a k x k convolution are one 2k x 2k convolution by 2. */
psb_status psb_pass_focus(psb_graph *graph);

/* Batch normalisation, padding, activations and residual sums move into the node before or behind them. */
psb_status psb_pass_fuse(psb_graph *graph);

#endif
