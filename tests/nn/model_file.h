/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of this room share: the folder of small networks, walking row-major through a view, and the CPU masks
 * that this machine has.
 */
#ifndef PSB_TESTS_NN_MODEL_FILE_H
#define PSB_TESTS_NN_MODEL_FILE_H

#include <stdint.h>
#include <stdio.h>

#include "base/cpu.h"
#include "nn/network.h"

/* PSB_TESTS_NN_DATA is tests/nn/data, given by meson. */
static inline const char *data_path(char path[1024], const char *folder, const char *name, const char *ending)
{
    snprintf(path, 1024, "%s/%s%s%s", PSB_TESTS_NN_DATA, folder, name, ending);
    return path;
}

static inline int64_t view_elements(const psb_tensor_view *view)
{
    int64_t count = 1;
    for (int32_t d = 0; d < view->rank; d++) count *= view->dims[d];
    return count;
}

/* Element `flat` in row-major order. */
static inline float *view_at(const psb_tensor_view *view, int64_t flat)
{
    float *at = view->data;
    for (int32_t d = view->rank - 1; d >= 0; d--) {
        at += flat % view->dims[d] * view->strides[d];
        flat /= view->dims[d];
    }
    return at;
}

enum { MASK_COUNT = 3 };

/* The flags of "c", "avx2", "avx512" in turn; false where the machine lacks them. */
static inline int mask_flags(uint32_t *flags, int32_t mask_i)
{
    static const char *const names[MASK_COUNT] = {"c", "avx2", "avx512"};
    return psb_cpu_from_name(flags, names[mask_i]) == PSB_OK;
}

#endif
