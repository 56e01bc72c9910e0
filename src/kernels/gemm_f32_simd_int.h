/* SPDX-License-Identifier: Apache-2.0
 *
 * The matrix product's tiles, in the names of vec_*_int.h (include one of them first).
 * A tile is up to GEMM_ROWS rows by two vectors of columns: all its sums stay in registers while the products run by,
 * each step loading two vectors of weights and spreading one value per row. Rows are shared out evenly among tiles
 * (169 = 13 x 13, not 12 x 14 + 1). A few tiles' rows stay in the first cache while the panels pass; then residual and
 * activation run in place over those rows, through the other families' kernels, while they are still there.
 *
 * Sums are separate arrays per vector of columns, not one of two dimensions: clang 14 keeps only the former in
 * registers.
 */
#ifndef PSB_KERNELS_GEMM_F32_SIMD_INT_H
#define PSB_KERNELS_GEMM_F32_SIMD_INT_H

#include "base/compiler.h"
#include "kernels/binary_f32.h"
#include "kernels/gemm_f32.h"
#include "kernels/unary_f32.h"

enum { GEMM_BLOCK_FLOATS = 6144 }; /* rows of a and c at work: half of a first cache of 48 KB */

typedef struct gemm_tile {
    float *c;
    const float *a, *panel;
    size_t ldc, lda, k, segments, segment_stride;
    size_t columns; /* that exist, 1 .. 2 * VEC_WIDTH */
} gemm_tile;

PSB_ALWAYS_INLINE void store_columns(float *c, vec low, vec high, size_t columns)
{
    if (columns == 2 * VEC_WIDTH) {
        vec_store(c, low);
        vec_store(c + VEC_WIDTH, high);
    } else if (columns >= VEC_WIDTH) {
        vec_store(c, low);
        if (columns > VEC_WIDTH) vec_store_part(c + VEC_WIDTH, vec_part_of(columns - VEC_WIDTH), high);
    } else {
        vec_store_part(c, vec_part_of(columns), low);
    }
}

/* rows and wide (two vectors instead of one) are constants in each caller. */
PSB_ALWAYS_INLINE void compute_tile(const gemm_tile *tile, const int32_t rows, const int32_t wide)
{
    const float *w = tile->panel, *a = tile->a;
    const size_t lda = tile->lda, step = wide ? 2 * VEC_WIDTH : VEC_WIDTH;
    vec low[GEMM_ROWS], high[GEMM_ROWS];
    vec w_low = vec_load(w), w_high = wide ? vec_load(w + VEC_WIDTH) : w_low;
    PSB_UNROLL
    for (int32_t i = 0; i < rows; i++) {
        low[i] = w_low;
        high[i] = w_high;
    }

    for (size_t s = 0; s < tile->segments; s++, a += tile->segment_stride)
        for (size_t p = 0; p < tile->k; p++) {
            w += step;
            w_low = vec_load(w);
            if (wide) w_high = vec_load(w + VEC_WIDTH);
            PSB_UNROLL
            for (int32_t i = 0; i < rows; i++) {
                vec x = vec_all(a[(size_t)i * lda + p]);
                low[i] = vec_fma(x, w_low, low[i]);
                if (wide) high[i] = vec_fma(x, w_high, high[i]);
            }
        }

    PSB_UNROLL
    for (int32_t i = 0; i < rows; i++) store_columns(tile->c + (size_t)i * tile->ldc, low[i], high[i], tile->columns);
}

typedef void gemm_tile_fn(const gemm_tile *tile);

#define X(rows)                                                                                                        \
    static void narrow_tile_##rows(const gemm_tile *tile)                                                              \
    {                                                                                                                  \
        compute_tile(tile, rows, 0);                                                                                   \
    }                                                                                                                  \
    static void wide_tile_##rows(const gemm_tile *tile)                                                                \
    {                                                                                                                  \
        compute_tile(tile, rows, 1);                                                                                   \
    }
GEMM_ROWS_LIST(X)
#undef X

/* [rows - 1][wide] */
static gemm_tile_fn *const tile_functions[GEMM_ROWS][2] = {
#define X(rows) {narrow_tile_##rows, wide_tile_##rows},
    GEMM_ROWS_LIST(X)
#undef X
};

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* Rows first .. end - 1, all panels: the sums without what follows them. */
static void multiply_rows(const psb_gemm_f32_args *args, int32_t first, int32_t end, int32_t rows_per_tile)
{
    size_t segments = args->segments ? (size_t)args->segments : 1;
    size_t panel_floats_per_column = segments * (size_t)args->k + 1;
    for (int32_t j = 0; j < args->n; j += 2 * VEC_WIDTH) {
        int32_t columns = smaller(args->n - j, 2 * VEC_WIDTH);
        gemm_tile tile = {.panel = args->packed + (size_t)j * panel_floats_per_column,
                          .ldc = args->ldc,
                          .lda = args->lda,
                          .k = (size_t)args->k,
                          .segments = segments,
                          .segment_stride = args->segment_stride,
                          .columns = (size_t)columns};
        for (int32_t i = first; i < end; i += rows_per_tile) {
            tile.c = args->c + (size_t)i * args->ldc + j;
            tile.a = args->a + (size_t)i * args->lda;
            tile_functions[smaller(end - i, rows_per_tile) - 1][columns > VEC_WIDTH](&tile);
        }
    }
}

static void add_residual(const psb_gemm_f32_args *args, int32_t first, int32_t end, psb_binary_f32_fn *binary)
{
    float *c = args->c + (size_t)first * args->ldc;
    binary(&(psb_binary_f32_args){.out = c,
                                  .a = c,
                                  .b = args->residual + (size_t)first * args->ld_residual,
                                  .rows = (size_t)(end - first),
                                  .columns = (size_t)args->n,
                                  .ld_out = args->ldc,
                                  .ld_a = args->ldc,
                                  .ld_b = args->ld_residual,
                                  .step_a = 1,
                                  .step_b = 1,
                                  .op = PSB_BINARY_ADD});
}

static void activate(const psb_gemm_f32_args *args, int32_t first, int32_t end, psb_unary_f32_fn *unary)
{
    float *c = args->c + (size_t)first * args->ldc;
    unary(&(psb_unary_f32_args){.out = c,
                                .in = c,
                                .rows = (size_t)(end - first),
                                .columns = (size_t)args->n,
                                .ld_out = args->ldc,
                                .ld_in = args->ldc,
                                .activation = args->activation});
}

PSB_ALWAYS_INLINE void gemm_run(const psb_gemm_f32_args *args, psb_unary_f32_fn *unary, psb_binary_f32_fn *binary)
{
    int32_t tiles = (args->m - 1) / GEMM_ROWS + 1;
    int32_t rows_per_tile = (args->m - 1) / tiles + 1;
    int32_t block = rows_per_tile;
    while ((int64_t)(block + rows_per_tile) * (args->k + args->n) <= GEMM_BLOCK_FLOATS && block < args->m)
        block += rows_per_tile;

    for (int32_t first = 0; first < args->m; first += block) {
        int32_t end = smaller(first + block, args->m);
        multiply_rows(args, first, end, rows_per_tile);
        if (args->residual && args->residual_before_activation) add_residual(args, first, end, binary);
        if (args->activation.kind != PSB_ACTIVATION_NONE) activate(args, first, end, unary);
        if (args->residual && !args->residual_before_activation) add_residual(args, first, end, binary);
    }
}

#endif
