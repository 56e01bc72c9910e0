/* SPDX-License-Identifier: Apache-2.0
 *
 * What an error in a channel costs: how loud it becomes in what reads it.
 */
#ifndef PSB_QUANT_IMPORTANCE_INT_H
#define PSB_QUANT_IMPORTANCE_INT_H

#include "quant/observe_int.h"

/* Fills channel_weight of every value, from the means of squares and the weights that read it. */
void psb_importance_fill(psb_observation *observation, const psb_graph *graph);

#endif
