/* SPDX-License-Identifier: Apache-2.0
 *
 * Questions about sliding windows that the importer, the passes and the operators all ask. They stand here once, so
 * that what the importer promises is what the kernels were made for.
 */
#ifndef PSB_NN_SLIDING_INT_H
#define PSB_NN_SLIDING_INT_H

#include "nn/graph.h"

/* Pixels from a window's first to its last tap on axis 0 (height) or 1 (width). */
static inline int64_t psb_sliding_reach(const psb_sliding *sliding, int32_t axis)
{
    return (int64_t)(sliding->kernel[axis] - 1) * sliding->dilation[axis] + 1;
}

/* Every window holds at least one real pixel: what the kernels are made for (kernels/window.h). */
static inline bool psb_sliding_windows_touch(const psb_sliding *sliding, const psb_shape *in, const psb_shape *out)
{
    for (int32_t a = 0; a < 2; a++) {
        if (sliding->pads[a] >= psb_sliding_reach(sliding, a)) return false;
        if ((out->dims[2 + a] - 1) * sliding->stride[a] - sliding->pads[a] >= in->dims[2 + a]) return false;
    }
    return true;
}

/* A 1x1 window at stride 1 without padding: a product of matrices. */
static inline bool psb_sliding_is_point(const psb_sliding *sliding)
{
    for (int32_t side = 0; side < 4; side++)
        if (sliding->pads[side]) return false;
    return sliding->kernel[0] == 1 && sliding->kernel[1] == 1 && sliding->stride[0] == 1 && sliding->stride[1] == 1;
}

#endif
