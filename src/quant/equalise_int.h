/* SPDX-License-Identifier: Apache-2.0
 *
 * Cross-layer equalisation: channels of one tensor are brought to like ranges, so that one scale suits them all.
 */
#ifndef PSB_QUANT_EQUALISE_INT_H
#define PSB_QUANT_EQUALISE_INT_H

#include "quant/observe_int.h"

/* Rewrites weights; the network computes what it did. *pairs_out: how many pairs of convolutions were touched. */
psb_status psb_equalise(psb_graph *graph, int32_t *pairs_out, const psb_observation *observation);

#endif
