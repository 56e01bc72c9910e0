/* SPDX-License-Identifier: Apache-2.0
 *
 * Choosing how numbers become bytes so that the squared error is least: of tensors from their histograms, of a
 * channel's weights from themselves.
 */
#ifndef PSB_QUANT_RANGE_INT_H
#define PSB_QUANT_RANGE_INT_H

#include "kernels/activation.h"
#include "nn/graph.h"
#include "quant/observe_int.h"

/* One encoding for all of `seen` (count >= 1). activation: the error is measured behind it. */
psb_encoding psb_range_choose(const psb_statistics *const *seen, int32_t count, psb_activation activation);

/* For an activation by table, sum to result: also with one scale on both sides, wider than each alone would have, since
 * where the activation is the identity nothing is then rounded twice. */
void psb_range_choose_pair(psb_encoding *sum, psb_encoding *made, const psb_statistics *sums,
                           const psb_statistics *results, psb_activation activation);

/* Signed bytes for the weights, times the scale that is returned. */
float psb_range_weights(int8_t *out, const float *weights, size_t count);

#endif
