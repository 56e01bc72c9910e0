/* SPDX-License-Identifier: Apache-2.0
 *
 * Pools of quantised pictures, channels last, input and output of one scale and zero point: the largest or the mean
 * value under a sliding window, and the mean over the whole picture. Padding never wins a maximum.
 *
 *     average         round((float)sum / (float)count), halves to the even neighbour, of the real values under the
 *                     window; with count_padding the window's area is the count and padding adds `zero`
 *     global_average  the same over the whole picture
 *
 * Shapes: window.h, strides in bytes; any channel count. Alignment: none asked. Overlap: none. Comparison class: exact.
 */
#ifndef PSB_KERNELS_POOL_U8_H
#define PSB_KERNELS_POOL_U8_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "kernels/window.h"

typedef struct psb_pool_u8_args {
    uint8_t *out;
    const uint8_t *in;
    psb_window window;
    int32_t count_padding, zero; /* average only */
} psb_pool_u8_args;

typedef void psb_pool_u8_fn(const psb_pool_u8_args *args);

typedef struct psb_pool_u8_kernel {
    psb_pool_u8_fn *max, *average;
    psb_pool_u8_fn *global_average; /* out[channels]; reads channels, in_height, in_width, in_row, in_pixel */
    uint32_t needs;
    const char *name;
} psb_pool_u8_kernel;

#define PSB_POOL_U8_LIST(X) /* isa, needs; slowest first */                                                            \
    X(c, 0u)                                                                                                           \
    X(avx2, PSB_CPU_AVX2)                                                                                              \
    X(avx512, PSB_CPU_AVX512)
#define X(isa, needs) psb_pool_u8_fn psb_pool_u8_max_##isa, psb_pool_u8_average_##isa, psb_pool_u8_global_##isa;
PSB_POOL_U8_LIST(X)
#undef X

const psb_pool_u8_kernel *psb_pool_u8_pick(uint32_t cpu_flags);
const psb_pool_u8_kernel *psb_pool_u8_kernels(int32_t *count_out);

#endif
