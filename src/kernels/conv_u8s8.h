/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense k x k convolution of a quantised picture (one group, dilation 1), channels last, through the tiles of
 * gemm_u8s8 as conv_f32 goes through gemm_f32's: what lies contiguous in memory and inside the picture is multiplied
 * where it is, the border is gathered into the workspace with the input's zero point around it. The kernel is
 * gemm_u8s8's, so there is no list here.
 *
 * Shapes: window.h, strides in bytes. Alignment: none is needed; packed and workspace at 64 bytes are faster. Overlap:
 * none. Reads: as gemm_u8s8, three bytes behind the input's last element must be readable. Comparison class: exact.
 */
#ifndef PSB_KERNELS_CONV_U8S8_H
#define PSB_KERNELS_CONV_U8S8_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/gemm_u8s8.h"
#include "kernels/window.h"

typedef struct psb_conv_u8s8_args {
    uint8_t *out;   /* bytes, or NULL */
    float *out_f32; /* floats, where out is NULL; the window's output strides then count floats */
    const uint8_t *in;
    const void *packed; /* by psb_conv_u8s8_pack for the same kernel */
    uint8_t *workspace; /* psb_conv_u8s8_workspace_bytes, any content */
    psb_window window;
    int32_t out_channels;   /* window.out_pixel >= out_channels */
    int32_t in_zero;        /* what padding holds */
    psb_requant_u8 requant; /* read only for bytes */
} psb_conv_u8s8_args;

size_t psb_conv_u8s8_workspace_bytes(const psb_window *window);

size_t psb_conv_u8s8_packed_bytes(const psb_gemm_u8s8_kernel *kernel, const psb_window *window, int32_t out_channels);

/* weights->values[out_channels][channels][kernel_height][kernel_width] as ONNX has them. */
void psb_conv_u8s8_pack(const psb_gemm_u8s8_kernel *kernel, void *packed, const psb_weights_s8 *weights,
                        const psb_window *window, int32_t out_channels);

void psb_conv_u8s8_run(const psb_gemm_u8s8_kernel *kernel, const psb_conv_u8s8_args *args);

#endif
