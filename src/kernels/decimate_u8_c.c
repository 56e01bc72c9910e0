/* SPDX-License-Identifier: Apache-2.0
 *
 * A plane made smaller by the mean of its squares: the specification.
 * The formula of decimate_u8.h, sample by sample; a sum is at most 64 * 64 * 255.
 */
#include "kernels/decimate_u8.h"

void psb_decimate_u8_c(const psb_decimate_u8_args *args)
{
    const int32_t side = args->side, area = side * side;
    for (int32_t i = 0; i < args->rows; i++)
        for (int32_t j = 0; j < args->columns; j++) {
            const uint8_t *square = args->in + (ptrdiff_t)i * side * args->ld_in + (ptrdiff_t)j * side;
            int32_t sum = area / 2;
            for (int32_t y = 0; y < side; y++)
                for (int32_t x = 0; x < side; x++) sum += square[y * args->ld_in + x];
            args->out[i * args->ld_out + j] = (uint8_t)(sum / area);
        }
}
