/* SPDX-License-Identifier: Apache-2.0
 *
 * Random parameters that the integer kernel families share, and their comparison, which is for equality.
 */
#ifndef PSB_TESTS_KERNELS_DRAW_U8_H
#define PSB_TESTS_KERNELS_DRAW_U8_H

#include "draw.h"
#include "kernels/requant_u8.h"

/* Outputs hold this before a kernel runs; where the specification leaves it, so must every variant. */
#define CHECK_UNTOUCHED_BYTE 0x5a

/* Guarded memory of the current trial: any bytes, the two ends often; or CHECK_UNTOUCHED_BYTE. */
uint8_t *draw_bytes(check *c, size_t count);
uint8_t *draw_output_bytes(check *c, size_t count);

/* Packed weights of a kernel, full of what a kernel must not rely on. */
void *draw_packed(check *c, size_t size_bytes);

/* Weights of `channels` outputs with `taps` each; multipliers from those that push every sum to a limit to those that
 * leave ties to be rounded. */
psb_weights_s8 draw_weights(check *c, size_t channels, size_t taps);

/* Any zero point and limits, sometimes a table, applied by the fastest kernel that this machine has. */
psb_requant_u8 draw_requant(check *c, int32_t channels);

/* The same with a table for each of two classes or more, one behind another or mixed. */
psb_requant_u8 draw_class_requant(check *c, int32_t channels);

/* Classes below count of channels, as lut_u8.h wants them. */
const uint8_t *draw_classes(check *c, int32_t channels, int32_t count);

/* draw_window with other numbers of channels: those that vectors of bytes like, and their neighbours. */
psb_window draw_byte_window(check *c, int32_t max_kernel);

/* False where they differ; says where. */
bool check_same_bytes(check *c, const char *variant, const uint8_t *fast, const uint8_t *spec, size_t count);

#endif
