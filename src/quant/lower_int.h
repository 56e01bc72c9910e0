/* SPDX-License-Identifier: Apache-2.0
 *
 * Lowering: which values become bytes, in which encoding, and the convolutions' weights with them.
 */
#ifndef PSB_QUANT_LOWER_INT_H
#define PSB_QUANT_LOWER_INT_H

#include "quant/observe_int.h"

/* graph: in floating point with its parts kept (nn/model.h); it becomes the quantised one. stays_float[n]: node n keeps
 * its weights as they are. */
psb_status psb_lower(psb_graph *graph, const psb_observation *observation, const bool *stays_float);

#endif
