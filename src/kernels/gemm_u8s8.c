/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of integer matrix product kernels, the choice among them, and the packing of weights into panels.
 * A panel is `columns` wide; the last one is only as wide as whole vectors need. Unused columns hold zeros. A panel is
 * int32 bias[width], float multiplier[width], then for every group of four products their weights of all columns.
 */
#include "kernels/gemm_u8s8.h"

#include <string.h>

enum { GROUP = PSB_GEMM_U8S8_GROUP };

static const psb_gemm_u8s8_kernel kernels[] = {
#define X(isa, needs, rows, columns, vector, layout) {psb_gemm_u8s8_##isa, needs, rows, columns, vector, layout, #isa},
    PSB_GEMM_U8S8_LIST(X)
#undef X
};

const psb_gemm_u8s8_kernel *psb_gemm_u8s8_pick(uint32_t cpu_flags)
{
    const psb_gemm_u8s8_kernel *best = &kernels[0];
    for (size_t i = 1; i < sizeof(kernels) / sizeof(kernels[0]); i++)
        if ((cpu_flags & kernels[i].needs) == kernels[i].needs) best = &kernels[i];
    return best;
}

const psb_gemm_u8s8_kernel *psb_gemm_u8s8_kernels(int32_t *count_out)
{
    *count_out = (int32_t)(sizeof(kernels) / sizeof(kernels[0]));
    return kernels;
}

static size_t padded_columns(const psb_gemm_u8s8_kernel *kernel, int32_t n)
{
    return ((size_t)n + (size_t)kernel->vector - 1) / (size_t)kernel->vector * (size_t)kernel->vector;
}

static size_t groups_per_segment(const psb_gemm_u8s8_shape *shape)
{
    return ((size_t)shape->k + GROUP - 1) / GROUP;
}

static size_t column_bytes(const psb_gemm_u8s8_kernel *kernel, const psb_gemm_u8s8_shape *shape)
{
    size_t segments = shape->segments ? (size_t)shape->segments : 1;
    size_t weight_bytes = kernel->layout == PSB_GEMM_U8S8_WORDS ? sizeof(int16_t) : sizeof(int8_t);
    return sizeof(int32_t) + sizeof(float) + segments * groups_per_segment(shape) * GROUP * weight_bytes;
}

size_t psb_gemm_u8s8_packed_bytes(const psb_gemm_u8s8_kernel *kernel, const psb_gemm_u8s8_shape *shape)
{
    return padded_columns(kernel, shape->n) * column_bytes(kernel, shape);
}

/* One column in its panel of `width`. */
typedef struct packed_column {
    int32_t *bias;
    float *multiplier;
    void *weights; /* of the panel */
    size_t width, column;
} packed_column;

static packed_column column_at(const psb_gemm_u8s8_kernel *kernel, void *packed, const psb_gemm_u8s8_shape *shape,
                               int32_t j)
{
    size_t first = (size_t)(j - j % kernel->columns);
    packed_column at = {.width = padded_columns(kernel, shape->n) - first, .column = (size_t)j - first};
    if (at.width > (size_t)kernel->columns) at.width = (size_t)kernel->columns;
    unsigned char *panel = (unsigned char *)packed + first * column_bytes(kernel, shape);
    at.bias = (int32_t *)(void *)panel + at.column;
    at.multiplier = (float *)(void *)(panel + at.width * sizeof(int32_t)) + at.column;
    at.weights = panel + at.width * (sizeof(int32_t) + sizeof(float));
    return at;
}

/* Weight number p of group g. */
static void put_weight(psb_gemm_u8s8_layout layout, const packed_column *at, size_t g, size_t p, int8_t value)
{
    size_t group = g * at->width * GROUP;
    if (layout == PSB_GEMM_U8S8_WORDS)
        ((int16_t *)at->weights)[group + at->column / 8 * 32 + p % 2 * 16 + at->column % 8 * 2 + p / 2] = value;
    else
        ((int8_t *)at->weights)[group + at->column * GROUP + p] = value;
}

void psb_gemm_u8s8_pack_ordered(const psb_gemm_u8s8_kernel *kernel, void *packed, const psb_weights_s8 *weights,
                                const psb_gemm_u8s8_shape *shape, const psb_gemm_u8s8_order *order)
{
    size_t segments = shape->segments ? (size_t)shape->segments : 1, groups = groups_per_segment(shape);
    memset(packed, 0, psb_gemm_u8s8_packed_bytes(kernel, shape));
    for (int32_t j = 0; j < shape->n; j++) {
        packed_column at = column_at(kernel, packed, shape, j);
        int32_t sum = 0;
        for (size_t s = 0; s < segments; s++)
            for (size_t p = 0; p < (size_t)shape->k; p++) {
                size_t run = (size_t)order->run;
                int8_t value = weights->values[(size_t)j * order->column_step + s * order->segment_step +
                                               p / run * order->run_step + p % run * order->value_step];
                put_weight(kernel->layout, &at, s * groups + p / GROUP, p % GROUP, value);
                sum += value;
            }
        *at.bias = (weights->bias ? weights->bias[j] : 0) - weights->in_zero * sum;
        *at.multiplier = weights->multiplier[j];
    }
}

void psb_gemm_u8s8_pack(const psb_gemm_u8s8_kernel *kernel, void *packed, const psb_weights_s8 *weights,
                        const psb_gemm_u8s8_shape *shape)
{
    size_t segments = shape->segments ? (size_t)shape->segments : 1, k = (size_t)shape->k;
    psb_gemm_u8s8_pack_ordered(
        kernel, packed, weights, shape,
        &(psb_gemm_u8s8_order){
            .column_step = segments * k, .segment_step = k, .run_step = k, .value_step = 1, .run = shape->k});
}
