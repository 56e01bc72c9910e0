/* SPDX-License-Identifier: Apache-2.0
 *
 * Channels of one value that differ too much for one scale, put into classes with a scale each. Those who read the
 * value are told by how much each channel was multiplied, and have it in their weights.
 */
#ifndef PSB_QUANT_CLASSES_INT_H
#define PSB_QUANT_CLASSES_INT_H

#include "quant/lower_int.h"

/* Gives the sets of values that can have classes their encodings, their gains, and the convolutions that make them
 * their classes; the other sets are left alone. Before ranges are chosen and activations fused. */
psb_status psb_classes_choose(psb_lowering *lowering);

#endif
