/* SPDX-License-Identifier: Apache-2.0
 *
 * The channels of each class one behind another. A kernel's vector of neighbouring channels then needs few tables.
 */
#ifndef PSB_QUANT_ORDER_INT_H
#define PSB_QUANT_ORDER_INT_H

#include "nn/graph.h"

/* Changes the order of channels inside a quantised graph; what it computes stays the same, bit by bit. */
psb_status psb_order_channels(psb_graph *graph);

#endif
