/* SPDX-License-Identifier: Apache-2.0
 *
 * Strided copy of up to six dimensions: transposes, channel shuffles, slices and concatenations are all this.
 *
 *     out[sum i_d * out_strides[d]] = in[sum i_d * in_strides[d]]   for all 0 <= i_d < dims[d]
 *
 * Strides count floats and may be 0 on the input side (a repeated value) or negative on either. No overlap. An empty
 * dimension copies nothing. A plan joins and orders dimensions once; running it does not look at them again.
 * Alignment: none asked. Comparison class: exact.
 */
#ifndef PSB_KERNELS_COPY_F32_H
#define PSB_KERNELS_COPY_F32_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

enum { PSB_COPY_F32_MAX_RANK = 6 };

/* Plain data; fill rank, dims and strides, or let psb_copy_f32_plan do it. Dimensions run from outermost to
 * innermost. */
typedef struct psb_copy_f32_shape {
    int32_t rank; /* 0..6; 0 copies one value */
    int64_t dims[PSB_COPY_F32_MAX_RANK];
    int64_t out_strides[PSB_COPY_F32_MAX_RANK], in_strides[PSB_COPY_F32_MAX_RANK];
} psb_copy_f32_shape;

typedef void psb_copy_f32_fn(float *out, const float *in, const psb_copy_f32_shape *shape);

typedef struct psb_copy_f32_kernel {
    psb_copy_f32_fn *run;
    uint32_t needs;
    const char *name;
} psb_copy_f32_kernel;

#define PSB_COPY_F32_LIST(X) /* isa, needs; slowest first; the C library is the instruction set */                     \
    X(c, 0u)                                                                                                           \
    X(rows, 0u)
#define X(isa, needs) psb_copy_f32_fn psb_copy_f32_##isa;
PSB_COPY_F32_LIST(X)
#undef X

const psb_copy_f32_kernel *psb_copy_f32_pick(uint32_t cpu_flags);
const psb_copy_f32_kernel *psb_copy_f32_kernels(int32_t *count_out);

/* The same copy in the form that is fastest to run: dimensions of one dropped, neighbours joined where both sides
 * allow, a dimension that is contiguous in the output innermost. */
psb_copy_f32_shape psb_copy_f32_plan(const psb_copy_f32_shape *shape);

#endif
