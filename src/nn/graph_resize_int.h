/* SPDX-License-Identifier: Apache-2.0
 *
 * The same network for a picture of another size. Convolutions do not ask how large their picture is, so one set of
 * weights serves a ladder of inputs; all that changes is the shapes.
 */
#ifndef PSB_NN_GRAPH_RESIZE_INT_H
#define PSB_NN_GRAPH_RESIZE_INT_H

#include "nn/graph.h"

/* Gives the only input, a picture, this height and width, and every value the shape that follows. Errors:
 * PSB_UNSUPPORTED where a node holds to the old size (a constant grid, a fixed cut), naming it; PSB_BAD_INPUT where the
 * network has no one picture as its input. The graph is then only good for psb_graph_fini. */
psb_status psb_graph_resize(psb_graph *graph, int32_t height_px, int32_t width_px);

#endif
