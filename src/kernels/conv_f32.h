/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense k x k convolution (one group, dilation 1), channels last, through the tiles of gemm_f32: where a kernel row
 * lies contiguous in memory (in_pixel == channels) and inside the picture, it is one segment of a product and nothing
 * is copied; elsewhere a block of windows is gathered into the workspace first ("im2col", but of a few pixels at a
 * time). The kernel is gemm_f32's, so there is no list here; conv_f32.c is portable and has its own specification in
 * the test.
 *
 * Shapes: window.h. Alignment: none is needed; packed and workspace at 64 bytes are faster. Overlap: none.
 * Comparison class: gemm_f32's with q = kernel_height * kernel_width * channels.
 */
#ifndef PSB_KERNELS_CONV_F32_H
#define PSB_KERNELS_CONV_F32_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/gemm_f32.h"
#include "kernels/window.h"

typedef struct psb_conv_f32_args {
    float *out;
    const float *in;
    const float *packed; /* by psb_conv_f32_pack for the same kernel */
    float *workspace;    /* psb_conv_f32_workspace_count floats, any content */
    psb_window window;
    int32_t out_channels; /* window.out_pixel >= out_channels */
    psb_activation activation;
} psb_conv_f32_args;

size_t psb_conv_f32_workspace_count(const psb_window *window);

size_t psb_conv_f32_packed_count(const psb_gemm_f32_kernel *kernel, const psb_window *window, int32_t out_channels);

/* weights[out_channels][channels][kernel_height][kernel_width] as ONNX has them; bias[out_channels], or NULL for
 * none. */
void psb_conv_f32_pack(const psb_gemm_f32_kernel *kernel, float *packed, const float *weights, const float *bias,
                       const psb_window *window, int32_t out_channels);

void psb_conv_f32_run(const psb_gemm_f32_kernel *kernel, const psb_conv_f32_args *args);

#endif
