/* SPDX-License-Identifier: Apache-2.0
 *
 * Floats to bytes and back in plain C: the specification of convert_u8.h.
 */
#include <math.h>

#include "kernels/convert_u8.h"

void psb_convert_u8_quantise_c(const psb_convert_u8_args *args)
{
    for (size_t i = 0; i < args->rows; i++)
        for (size_t j = 0; j < args->columns; j++) {
            float v = args->floats[i * args->ld_floats + j] * args->scale;
            v = v > -512.0f ? v : -512.0f; /* NaN as well */
            v = v < 512.0f ? v : 512.0f;
            int32_t q = (int32_t)lrintf(v) + args->zero;
            args->bytes[i * args->ld_bytes + j] = (uint8_t)(q < 0 ? 0 : q > 255 ? 255 : q);
        }
}

void psb_convert_u8_dequantise_c(const psb_convert_u8_args *args)
{
    for (size_t i = 0; i < args->rows; i++)
        for (size_t j = 0; j < args->columns; j++)
            args->floats[i * args->ld_floats + j] =
                (float)(args->bytes[i * args->ld_bytes + j] - args->zero) * args->scale;
}
