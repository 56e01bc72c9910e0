/* SPDX-License-Identifier: Apache-2.0
 *
 * How integer products are cut into tiles, for every instruction set. The including file defines GEMM_ROWS,
 * GEMM_COLUMNS, GEMM_WEIGHT_BYTES, GEMM_ROWS_LIST and HAS_LOOK_UP (compute_tile applies the tables), includes
 * gemm_u8s8_tile_int.h, defines panel_tables and find_panel_tables(tables, requant, first column, columns),
 * compute_tile(tile, rows, wide), where wide means more than half of the columns, and find_resident(tile, rows), which
 * may have something faster than tiles, and then includes this. Rows are shared out evenly among tiles (169 = 13 x 13,
 * not 12 x 14 + 1); a few tiles' rows stay in the first cache while the panels pass, and tables that compute_tile does
 * not apply follow them there.
 */
#ifndef PSB_KERNELS_GEMM_U8S8_SIMD_INT_H
#define PSB_KERNELS_GEMM_U8S8_SIMD_INT_H

#include "kernels/gemm_u8s8_tile_int.h"

enum { GEMM_BLOCK_BYTES = 24576 }; /* rows of a and c at work: half of a first cache of 48 KB */

typedef void gemm_tile_fn(const gemm_tile *tile);

#define X(rows)                                                                                                        \
    static void narrow_tile_##rows(const gemm_tile *tile)                                                              \
    {                                                                                                                  \
        compute_tile(tile, rows, false);                                                                               \
    }                                                                                                                  \
    static void wide_tile_##rows(const gemm_tile *tile)                                                                \
    {                                                                                                                  \
        compute_tile(tile, rows, true);                                                                                \
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

/* Rows first .. end - 1, all panels. */
static void multiply_rows(const psb_gemm_u8s8_args *args, int32_t first, int32_t end, int32_t rows_per_tile)
{
    size_t segments = args->segments ? (size_t)args->segments : 1,
           groups = ((size_t)args->k + PSB_GEMM_U8S8_GROUP - 1) / PSB_GEMM_U8S8_GROUP;
    size_t column_bytes = sizeof(int32_t) + sizeof(float) + segments * groups * PSB_GEMM_U8S8_GROUP * GEMM_WEIGHT_BYTES;
    for (int32_t j = 0; j < args->n; j += GEMM_COLUMNS) {
        int32_t columns = smaller(args->n - j, GEMM_COLUMNS);
        panel_tables tables;
        find_panel_tables(&tables, &args->requant, (size_t)j, (size_t)columns);
        gemm_tile tile = {.panel = (const unsigned char *)args->packed + (size_t)j * column_bytes,
                          .ldc = args->ldc,
                          .lda = args->lda,
                          .groups = groups,
                          .segments = segments,
                          .segment_stride = args->segment_stride,
                          .columns = (size_t)columns,
                          .requant = &args->requant,
                          .tables = &tables};
        tile.a = args->a + (size_t)first * args->lda;
        if (args->c) tile.c = args->c + (size_t)first * args->ldc + (size_t)j;
        gemm_resident_fn *resident = find_resident(&tile, (size_t)(end - first));
        if (resident) {
            resident(&tile, (size_t)(end - first));
            continue;
        }
        for (int32_t i = first; i < end; i += rows_per_tile) {
            size_t at = (size_t)i * args->ldc + (size_t)j;
            if (args->c)
                tile.c = args->c + at;
            else
                tile.c_f32 = args->c_f32 + at;
            tile.a = args->a + (size_t)i * args->lda;
            tile_functions[smaller(end - i, rows_per_tile) - 1][columns > GEMM_COLUMNS / 2](&tile);
        }
    }
}

static void apply_table(const psb_gemm_u8s8_args *args, int32_t first, int32_t end)
{
    uint8_t *c = args->c + (size_t)first * args->ldc;
    args->requant.lut(&(psb_lut_u8_args){.out = c,
                                         .in = c,
                                         .table = args->requant.table,
                                         .class_of = args->requant.class_of,
                                         .period = (size_t)args->n,
                                         .class_count = args->requant.class_count,
                                         .rows = (size_t)(end - first),
                                         .columns = (size_t)args->n,
                                         .ld_out = args->ldc,
                                         .ld_in = args->ldc});
}

static void gemm_run(const psb_gemm_u8s8_args *args)
{
    int32_t tiles = (args->m - 1) / GEMM_ROWS + 1;
    int32_t rows_per_tile = (args->m - 1) / tiles + 1;
    int32_t block = rows_per_tile;
    while ((int64_t)(block + rows_per_tile) * (args->k + args->n) <= GEMM_BLOCK_BYTES && block < args->m)
        block += rows_per_tile;

    for (int32_t first = 0; first < args->m; first += block) {
        int32_t end = smaller(first + block, args->m);
        multiply_rows(args, first, end, rows_per_tile);
        if (args->c && args->requant.table && !HAS_LOOK_UP) apply_table(args, first, end);
    }
}

#endif
