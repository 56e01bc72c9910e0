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

/* What is cut off counts so many times: most of a picture is background, and the few loud values are people. By the
 * plain squared error yolox_nano_416 loses 1.0 AP50 where it loses 0.1 now, though its outputs are 3 dB noisier. */
enum { PSB_RANGE_CUT_COST = 8 };

/* One encoding for all of `seen` (count >= 1). activation: the error is measured behind it. */
psb_encoding psb_range_choose(const psb_statistics *const *seen, int32_t count, psb_activation activation);

/* For an activation by table, sum to result: also with one scale on both sides, wider than each alone would have, since
 * where the activation is the identity nothing is then rounded twice. */
void psb_range_choose_pair(psb_encoding *sum, psb_encoding *made, const psb_statistics *sums,
                           const psb_statistics *results, psb_activation activation);

/* Signed bytes for the weights, times the scale that is returned. */
float psb_range_weights(int8_t *out, const float *weights, size_t count);

#endif
