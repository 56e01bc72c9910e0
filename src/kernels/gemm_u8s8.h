/* SPDX-License-Identifier: Apache-2.0
 *
 * Matrix product of bytes with signed bytes, and what follows it in a quantised network: a 1x1 convolution on
 * channels-last pixels.
 *
 *     sum[i][j] = bias[j] + sum over s < segments, p < k of (a[i lda + s segment_stride + p] - in_zero) w[j][s k + p]
 *     c[i][j]   = requant_u8.h's byte of sum[i][j], or, for the heads of a network, (float)sum[i][j] * multiplier[j]
 *
 * Segments are gemm_f32's. Weights are packed once into panels as wide as the kernel's tile: the columns' bias (from
 * which in_zero's part is already taken) and multipliers, then groups of four products a column, which is what one
 * vpdpbusd adds to a lane; the last group of every segment is filled up with weights of zero.
 *
 * Shapes: m, n, k >= 1, segments >= 0, any. Alignment: none is needed; packed at 64 bytes is faster. Overlap: c with
 * nothing else; rows of a may overlap one another. Reads: because of the groups, up to three bytes behind the last
 * element of a row's segment, so three bytes behind the last row's must be readable; what they hold does not matter.
 * Nothing else is read or written outside the named elements. Comparison class: exact.
 */
#ifndef PSB_KERNELS_GEMM_U8S8_H
#define PSB_KERNELS_GEMM_U8S8_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "kernels/requant_u8.h"

enum { PSB_GEMM_U8S8_GROUP = 4, PSB_GEMM_U8S8_SLACK_BYTES = 3 };

typedef struct psb_gemm_u8s8_args {
    uint8_t *c;   /* the bytes, or NULL */
    float *c_f32; /* the floats, where c is NULL */
    const uint8_t *a;
    const void *packed; /* by psb_gemm_u8s8_pack for the same kernel */
    size_t ldc, lda;    /* elements from one row to the next */
    int32_t m, n, k;
    int32_t segments;       /* 0 = 1 */
    size_t segment_stride;  /* bytes; read only where segments > 1 */
    psb_requant_u8 requant; /* read only for bytes */
} psb_gemm_u8s8_args;

typedef void psb_gemm_u8s8_fn(const psb_gemm_u8s8_args *args);

/* Where the four weights of a group and column lie. */
typedef enum psb_gemm_u8s8_layout {
    PSB_GEMM_U8S8_BYTES, /* side by side, int8 */
    PSB_GEMM_U8S8_WORDS, /* int16: 0 and 2 of eight columns, then 1 and 3 of them */
} psb_gemm_u8s8_layout;

typedef struct psb_gemm_u8s8_kernel {
    psb_gemm_u8s8_fn *run;
    uint32_t needs;        /* PSB_CPU_* */
    int32_t rows, columns; /* of the tile */
    int32_t vector;        /* the last panel is a multiple of this wide */
    psb_gemm_u8s8_layout layout;
    const char *name;
} psb_gemm_u8s8_kernel;

#define PSB_GEMM_U8S8_LIST(X) /* isa, needs, tile rows, tile columns, vector, layout; slowest first */                 \
    X(c, 0u, 4, 4, 4, PSB_GEMM_U8S8_BYTES)                                                                             \
    X(avx2, PSB_CPU_AVX2, 4, 16, 8, PSB_GEMM_U8S8_WORDS)                                                               \
    X(avx512_vnni, PSB_CPU_AVX512 | PSB_CPU_AVX512_VNNI, 14, 32, 16, PSB_GEMM_U8S8_BYTES)                              \
    X(avx512_vbmi, PSB_CPU_AVX512 | PSB_CPU_AVX512_VNNI | PSB_CPU_AVX512_VBMI, 14, 32, 16, PSB_GEMM_U8S8_BYTES)
#define X(isa, needs, rows, columns, vector, layout) psb_gemm_u8s8_fn psb_gemm_u8s8_##isa;
PSB_GEMM_U8S8_LIST(X)
#undef X

const psb_gemm_u8s8_kernel *psb_gemm_u8s8_pick(uint32_t cpu_flags);

/* All of them, slowest first, for tests and benches. */
const psb_gemm_u8s8_kernel *psb_gemm_u8s8_kernels(int32_t *count_out);

/* How many weights a column has: segments of k products each (segments 0 = 1). */
typedef struct psb_gemm_u8s8_shape {
    int32_t n, k, segments;
} psb_gemm_u8s8_shape;

size_t psb_gemm_u8s8_packed_bytes(const psb_gemm_u8s8_kernel *kernel, const psb_gemm_u8s8_shape *shape);

/* weights->values[n][segments][k]: for a 1x1 convolution as ONNX has them (output channel major). packed is made of
 * int32, float and int16, so it must be aligned to four bytes. */
void psb_gemm_u8s8_pack(const psb_gemm_u8s8_kernel *kernel, void *packed, const psb_weights_s8 *weights,
                        const psb_gemm_u8s8_shape *shape);

/* The same, where the weight of column j, segment s and product p is
 * values[j * column_step + s * segment_step + (p / run) * run_step + p % run * value_step]. */
typedef struct psb_gemm_u8s8_order {
    size_t column_step, segment_step, run_step, value_step;
    int32_t run;
} psb_gemm_u8s8_order;

void psb_gemm_u8s8_pack_ordered(const psb_gemm_u8s8_kernel *kernel, void *packed, const psb_weights_s8 *weights,
                                const psb_gemm_u8s8_shape *shape, const psb_gemm_u8s8_order *order);

#endif
