/* SPDX-License-Identifier: Apache-2.0
 *
 * The specification of requantisation, for one value.
 * lrintf rounds as the processor does by default, halves to even; nothing in the tree changes that mode.
 */
#include "kernels/requant_u8.h"

#include <math.h>

uint8_t psb_requant_u8_value(const psb_requant_u8 *requant, int32_t sum, float multiplier, size_t channel)
{
    int32_t q = (int32_t)lrintf((float)sum * multiplier) + requant->zero;
    if (q < requant->low) q = requant->low;
    if (q > requant->high) q = requant->high;
    if (!requant->table) return (uint8_t)q;
    return requant->table[256 * (requant->class_of ? (size_t)requant->class_of[channel] : 0) + (size_t)q];
}
