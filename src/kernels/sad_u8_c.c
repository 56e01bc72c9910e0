/* SPDX-License-Identifier: Apache-2.0
 *
 * Sums of absolute differences of a block against every place of an area: the specification.
 * The formula of sad_u8.h, place by place; the last byte of the area's rows is not looked at here.
 */
#include "kernels/sad_u8.h"

#include <stdlib.h>

static void run(const psb_sad_u8_args *args, int32_t side)
{
    for (int32_t v = 0; v < args->places; v++)
        for (int32_t u = 0; u < args->places; u++) {
            int32_t sum = 0;
            for (int32_t y = 0; y < side; y++)
                for (int32_t x = 0; x < side; x++)
                    sum += abs(args->block[y * args->ld_block + x] - args->area[(v + y) * args->ld_area + u + x]);
            args->out[v * args->places + u] = (uint16_t)sum;
        }
}

void psb_sad_u8_run8_c(const psb_sad_u8_args *args)
{
    run(args, 8);
}

void psb_sad_u8_run16_c(const psb_sad_u8_args *args)
{
    run(args, 16);
}
