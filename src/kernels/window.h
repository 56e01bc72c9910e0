/* SPDX-License-Identifier: Apache-2.0
 *
 * How a window slides over a channels-last picture: the geometry that convolutions and pools share.
 * Element (y, x, c) of the input lies at in[y * in_row + x * in_pixel + c]; strides count floats. A pixel stride larger
 * than the channel count lets a layer write its share of a concatenation in place. Output (y, x) looks at rows
 * y * stride_y - pad_top ... + kernel_height - 1; what lies outside the picture is padding. Padding below and to the
 * right is not stored: it follows from the output's size.
 */
#ifndef PSB_KERNELS_WINDOW_H
#define PSB_KERNELS_WINDOW_H

#include <stddef.h>
#include <stdint.h>

/* Every size and stride is at least 1; pads are 0 .. kernel - 1, and every window holds at least one real pixel. */
typedef struct psb_window {
    int32_t channels; /* of the input; of the output too, but for a dense convolution */
    int32_t in_height, in_width, out_height, out_width;
    size_t in_row, in_pixel, out_row, out_pixel; /* floats from one row / pixel to the next; pixel >= channels */
    int32_t kernel_height, kernel_width, stride_y, stride_x, pad_top, pad_left;
} psb_window;

#endif
