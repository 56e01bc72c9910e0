/* SPDX-License-Identifier: Apache-2.0
 *
 * How dwconv_u8s8_avx512_vbmi.c cuts a picture, which packing has to know as well: strips of four outputs side by side,
 * slices of sixteen channels, quads of four neighbouring pixels. Counted in pixels from the first one that a strip's
 * first output sees, quad q holds pixels dw_quad_pixel(q) .. + 3. Output p's window begins at pixel p * stride, so it
 * meets the quad with its taps moved by their difference, the shift: byte i of the quad meets tap shift + i.
 *
 *     3x3, stride 1   quads at 0, 2          outputs 0 1 | 2 3             shifts 0, -1
 *     3x3, stride 2   quads at 0, 2, 4, 6    one each                      shift 0
 *     5x5, stride 1   quads at 0, 4          both for each output          shifts -3 .. 4
 *     5x5, stride 2   quads at 0, 4, 8       0 and 1: both first; 2 and 3: both last   shifts -2, 0, 2, 4
 */
#ifndef PSB_KERNELS_DWCONV_U8S8_SLICES_INT_H
#define PSB_KERNELS_DWCONV_U8S8_SLICES_INT_H

#include <stdbool.h>

#include "base/compiler.h"
#include "kernels/dwconv_u8s8.h"

enum { DW_SLICE_OUTPUTS = 4, DW_SLICE_CHANNELS = 16, DW_SLICE_HEAD_BYTES = DW_SLICE_CHANNELS * 8 };

/* At 3x3, pixels of 32 channels and more are better off in vectors of 64. */
PSB_ALWAYS_INLINE bool dw_is_sliced(const psb_window *w)
{
    if (w->kernel_width != w->kernel_height || w->stride_x != w->stride_y || w->stride_x > 2) return false;
    return w->kernel_width == 5 || (w->kernel_width == 3 && w->channels % 32 != 0);
}

PSB_ALWAYS_INLINE int32_t dw_quad_count(int32_t size, int32_t stride)
{
    if (size == 3) return stride == 1 ? 2 : 4;
    return stride == 1 ? 2 : 3;
}

PSB_ALWAYS_INLINE int32_t dw_quad_pixel(int32_t size, int32_t q)
{
    return size == 3 ? 2 * q : 4 * q;
}

PSB_ALWAYS_INLINE int32_t dw_quads_of_output(int32_t size)
{
    return size == 3 ? 1 : 2;
}

/* The i-th quad that output p meets. */
PSB_ALWAYS_INLINE int32_t dw_quad_of_output(int32_t size, int32_t stride, int32_t p, int32_t i)
{
    if (size == 3) return stride == 1 ? p / 2 : p;
    return i + (stride == 1 ? 0 : p / 2);
}

PSB_ALWAYS_INLINE int32_t dw_shift_count(int32_t size, int32_t stride)
{
    if (size == 3) return stride == 1 ? 2 : 1;
    return stride == 1 ? 8 : 4;
}

/* Where a shift's weights lie among those of a kernel row. */
PSB_ALWAYS_INLINE int32_t dw_shift_place(int32_t size, int32_t stride, int32_t shift)
{
    if (size == 3) return -shift;
    return stride == 1 ? shift + 3 : shift / 2 + 1;
}

/* The shift whose weights lie there. */
PSB_ALWAYS_INLINE int32_t dw_shift_at(int32_t size, int32_t stride, int32_t place)
{
    if (size == 3) return -place;
    return stride == 1 ? place - 3 : place * 2 - 2;
}

PSB_ALWAYS_INLINE int32_t dw_slice_count(int32_t channels)
{
    return (channels + DW_SLICE_CHANNELS - 1) / DW_SLICE_CHANNELS;
}

/* The first channel of a slice: the last slice reaches back into the one before it. */
PSB_ALWAYS_INLINE size_t dw_slice_first(int32_t channels, int32_t slice)
{
    const int32_t last = channels > DW_SLICE_CHANNELS ? channels - DW_SLICE_CHANNELS : 0;
    const int32_t first = slice * DW_SLICE_CHANNELS;
    return (size_t)(first < last ? first : last);
}

PSB_ALWAYS_INLINE size_t dw_slice_bytes(int32_t size, int32_t stride)
{
    return DW_SLICE_HEAD_BYTES + (size_t)size * (size_t)dw_shift_count(size, stride) * DW_SLICE_CHANNELS * 4;
}

#endif
