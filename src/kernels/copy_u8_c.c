/* SPDX-License-Identifier: Apache-2.0
 *
 * Strided copy of bytes in plain C: the specification of copy_u8.h.
 * One value at a time, its place found from its number, so that no order of loops is favoured.
 */
#include "kernels/copy_u8.h"

void psb_copy_u8_c(uint8_t *out, const uint8_t *in, const psb_copy_f32_shape *shape)
{
    int64_t total = 1;
    for (int32_t d = 0; d < shape->rank; d++) total *= shape->dims[d];

    for (int64_t number = 0; number < total; number++) {
        int64_t rest = number, out_at = 0, in_at = 0;
        for (int32_t d = shape->rank - 1; d >= 0; d--) {
            int64_t index = rest % shape->dims[d];
            rest /= shape->dims[d];
            out_at += index * shape->out_strides[d];
            in_at += index * shape->in_strides[d];
        }
        out[out_at] = in[in_at];
    }
}
