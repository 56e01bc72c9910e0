/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise integer convolution for AVX-512 with VNNI, as in processors that lack VBMI.
 * All of it stands in dwconv_u8s8_wide_int.h.
 */
#include "kernels/dwconv_u8s8.h"

#include "kernels/dwconv_u8s8_wide_int.h"

void psb_dwconv_u8s8_avx512_vnni(const psb_dwconv_u8s8_args *args)
{
    run_wide(args);
}
