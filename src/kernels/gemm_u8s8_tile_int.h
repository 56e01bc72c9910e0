/* SPDX-License-Identifier: Apache-2.0
 *
 * A tile of an integer product, as gemm_u8s8_simd_int.h hands it to an instruction set. Its columns are those of one
 * panel of weights; what an instruction set does with a tile is compute_tile, which stands in its own file, as does
 * what it wants to know of a panel's tables, panel_tables.
 */
#ifndef PSB_KERNELS_GEMM_U8S8_TILE_INT_H
#define PSB_KERNELS_GEMM_U8S8_TILE_INT_H

#include "kernels/gemm_u8s8.h"

typedef struct panel_tables panel_tables;

typedef struct gemm_tile {
    uint8_t *c;   /* or NULL */
    float *c_f32; /* where c is */
    const uint8_t *a;
    const unsigned char *panel;
    size_t ldc, lda, groups, segments, segment_stride;
    size_t columns; /* that exist, 1 .. GEMM_COLUMNS */
    const psb_requant_u8 *requant;
    const panel_tables *tables;
} gemm_tile;

#endif
