/* SPDX-License-Identifier: Apache-2.0
 *
 * Floats to bytes and back, in the names of vec_u8_*_int.h (include one of them first).
 * Rows without gaps are one long row.
 */
#ifndef PSB_KERNELS_CONVERT_U8_SIMD_INT_H
#define PSB_KERNELS_CONVERT_U8_SIMD_INT_H

#include "base/compiler.h"
#include "kernels/convert_u8.h"

/* How rows are walked: as they are, or all at once. */
typedef struct convert_walk {
    size_t rows, columns;
} convert_walk;

static convert_walk walk_of(const psb_convert_u8_args *args)
{
    if (args->ld_bytes == args->columns && args->ld_floats == args->columns)
        return (convert_walk){1, args->rows * args->columns};
    return (convert_walk){args->rows, args->columns};
}

PSB_ALWAYS_INLINE void quantise_run(const psb_convert_u8_args *args)
{
    const vec scale = vec_all(args->scale), most = vec_all(512.0f), least = vec_all(-512.0f);
    const vec_int zero = ints_all(args->zero), low = ints_all(0), high = ints_all(255);
    const convert_walk walk = walk_of(args);
    for (size_t i = 0; i < walk.rows; i++) {
        const float *x = args->floats + i * args->ld_floats;
        uint8_t *q = args->bytes + i * args->ld_bytes;
        for (size_t j = 0; j < walk.columns; j += VEC_WIDTH) {
            size_t left = walk.columns - j, count = left < VEC_WIDTH ? left : VEC_WIDTH;
            vec v = count == VEC_WIDTH ? vec_load(x + j) : vec_load_part(x + j, vec_part_of(count));
            /* The bound stands second: it is what a comparison with NaN gives. */
            v = vec_min(vec_max(vec_mul(v, scale), least), most);
            bytes_store(q + j, count, v, zero, low, high);
        }
    }
}

PSB_ALWAYS_INLINE void dequantise_run(const psb_convert_u8_args *args)
{
    const vec scale = vec_all(args->scale);
    const vec_int zero = ints_all(args->zero);
    const convert_walk walk = walk_of(args);
    for (size_t i = 0; i < walk.rows; i++) {
        float *x = args->floats + i * args->ld_floats;
        const uint8_t *q = args->bytes + i * args->ld_bytes;
        for (size_t j = 0; j < walk.columns; j += VEC_WIDTH) {
            size_t left = walk.columns - j, count = left < VEC_WIDTH ? left : VEC_WIDTH;
            vec v = vec_mul(floats_of_ints(ints_sub(ints_of_bytes(q + j, count), zero)), scale);
            if (count == VEC_WIDTH)
                vec_store(x + j, v);
            else
                vec_store_part(x + j, vec_part_of(count), v);
        }
    }
}

#endif
