/* SPDX-License-Identifier: Apache-2.0
 *
 * What the int8 families share: how weights are handed over, and how an int32 sum becomes a byte.
 *
 * Activations are bytes with one scale and one zero point a tensor; weights are signed bytes, -127..127, symmetric,
 * with one scale an output channel; sums are int32, exact, whatever the order. A sum of channel c then becomes
 *
 *     q = clamp(round((float)sum * multiplier[c]) + zero, low, high), and table[q] where there is a table
 *
 * with one rounding of the product to float and one to the nearest integer, halves to the even one: the same bits from
 * every instruction set. low and high make ReLU and clips free; the table is any other activation. Channels may be
 * of up to PSB_REQUANT_U8_MOST_CLASSES classes with a table each, so that loud and quiet ones are both well rounded
 * (the sums are brought to each class's range by the multipliers, for nothing). After: Jacob et
 * al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", CVPR 2018; but
 * for the float multiplier, which vector units have at no price.
 *
 * The caller sees to it that |sum * multiplier[c]| stays below 2^30 for any input and that no sum leaves int32: 66000
 * products fit.
 */
#ifndef PSB_KERNELS_REQUANT_U8_H
#define PSB_KERNELS_REQUANT_U8_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/lut_u8.h"

enum { PSB_REQUANT_U8_MOST_CLASSES = 8 };

/* Weights before packing; the shape of values is the family's. */
typedef struct psb_weights_s8 {
    const int8_t *values;
    const int32_t *bias;     /* one an output channel, in units of in_scale * weight_scale[c]; NULL = none */
    const float *multiplier; /* one an output channel: in_scale * weight_scale[c] / out_scale (out_scale 1: floats) */
    int32_t in_zero;         /* the input's zero point; packing takes it out of the sums for good */
} psb_weights_s8;

/* What becomes of a sum; the multipliers are packed with the weights. */
typedef struct psb_requant_u8 {
    int32_t zero, low, high; /* 0..255, low <= high */
    const uint8_t *table;    /* [256], or [class_count][256], or NULL for none */
    psb_lut_u8_fn *lut;      /* psb_lut_u8_pick's; read only where there is a table */
    const uint8_t *class_of; /* of each output channel, as in lut_u8.h; NULL: one table for all */
    int32_t class_count;
} psb_requant_u8;

/* The formula above, table included. */
uint8_t psb_requant_u8_value(const psb_requant_u8 *requant, int32_t sum, float multiplier, size_t channel);

#endif
