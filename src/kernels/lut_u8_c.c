/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes through a table in plain C: the specification of lut_u8.h.
 */
#include "kernels/lut_u8.h"

void psb_lut_u8_c(const psb_lut_u8_args *args)
{
    for (size_t i = 0; i < args->rows; i++)
        for (size_t j = 0; j < args->columns; j++) {
            const size_t of = args->class_of ? args->class_of[j % args->period] : 0;
            args->out[i * args->ld_out + j] = args->table[of * 256 + args->in[i * args->ld_in + j]];
        }
}
