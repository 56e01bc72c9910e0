/* SPDX-License-Identifier: Apache-2.0
 *
 * A picture's row on its way into a network: two rows of samples become one (bilinear, downwards), then that row is
 * read at the input's pixels (bilinear, sideways), turned from YUV into RGB, clamped to 0..255 and normalised.
 *
 * Samples between the two steps are int16 at 128 times their value (0..32640), so the downward step rounds to 1/128 of
 * a level and the sideways one, 14-bit weights in int32, does not round at all.
 *
 * Alignment: none asked. Overlap: none. Sizes: count >= 0, width >= 0. Comparison class: exact. The blend is integers;
 * the row is a fixed order of single float operations without fused multiply-add.
 */
#ifndef PSB_KERNELS_PREPARE_H
#define PSB_KERNELS_PREPARE_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

/* A weight of 1 downwards and sideways, and what a sample is multiplied by between the steps. */
enum { PSB_PREPARE_BLEND_ONE = 1 << 15, PSB_PREPARE_TAP_ONE = 1 << 14, PSB_PREPARE_SAMPLE_ONE = 1 << 7 };

/* out[i] = 128 a[i] + round(128 (b[i] - a[i]) weight / 2^15); weight 0..2^15 - 1, halves rounded up. */
typedef void psb_prepare_blend_fn(int16_t *out, const uint8_t *a, const uint8_t *b, int32_t weight, int32_t count);

/* Where each pixel reads a row: samples at[i] and at[i] + 1, both of them readable, with the weights weight[2 i] and
 * weight[2 i + 1], which sum to 2^14. */
typedef struct psb_prepare_taps {
    const int32_t *at;
    const int16_t *weight;
} psb_prepare_taps;

typedef struct psb_prepare_row_args {
    float *out;                              /* of the first pixel and channel; row only */
    uint8_t *out_u8;                         /* the same; row_u8 only */
    ptrdiff_t pixel_step, channel_step;      /* in elements of the output */
    const int16_t *luma, *cb, *cr;           /* blended rows */
    psb_prepare_taps luma_taps, chroma_taps; /* columns of width pixels */
    int32_t width;                           /* pixels */
    /* Channel c of a pixel is clamp(y luma_factor + cb cb_factor[c] + cr cr_factor[c] + offset[c], 0, 255) gain[c]
     * + bias[c], the samples being sums of taps (2^21 times their value). row_u8 clamps that to 0..255 and rounds it,
     * halves to the even neighbour: a quantised network's input, where gain and bias have its scale and zero point. */
    float luma_factor, cb_factor[3], cr_factor[3], offset[3], gain[3], bias[3];
} psb_prepare_row_args;

typedef void psb_prepare_row_fn(const psb_prepare_row_args *args);

typedef struct psb_prepare_kernel {
    psb_prepare_blend_fn *blend;
    psb_prepare_row_fn *row, *row_u8;
    uint32_t needs;
    const char *name;
} psb_prepare_kernel;

#define PSB_PREPARE_LIST(X) /* isa, needs; slowest first */                                                            \
    X(c, 0u)                                                                                                           \
    X(avx2, PSB_CPU_AVX2)                                                                                              \
    X(avx512, PSB_CPU_AVX512)
#define X(isa, needs)                                                                                                  \
    psb_prepare_blend_fn psb_prepare_blend_##isa;                                                                      \
    psb_prepare_row_fn psb_prepare_row_##isa, psb_prepare_row_u8_##isa;
PSB_PREPARE_LIST(X)
#undef X

const psb_prepare_kernel *psb_prepare_pick(uint32_t cpu_flags);
const psb_prepare_kernel *psb_prepare_kernels(int32_t *count_out);

#endif
