/* SPDX-License-Identifier: Apache-2.0
 *
 * The user's pictures as the network sees them: read, spread evenly over what is there, prepared as the detector would,
 * and kept, because they are gone through several times.
 */
#ifndef PSB_QUANT_PICTURES_INT_H
#define PSB_QUANT_PICTURES_INT_H

#include "base/log.h"
#include "detect/descriptor.h"
#include "nn/network.h"
#include "quant/quant.h"

typedef struct psb_pictures { /* init/fini */
    int32_t count, capacity, unreadable;
    int64_t floats; /* of one */
    float *values;  /* count times floats, in the order of the network's input */
    psb_quant_watch watch;
    int64_t done; /* that the watch was told */
} psb_pictures;

typedef struct psb_pictures_options {
    const char *path; /* a folder or a video */
    int32_t most;
    uint32_t cpu_flags;
    const psb_log *log;
    psb_quant_watch watch;
} psb_pictures_options;

/* input: a view of the network's, for its shape and strides. */
psb_status psb_pictures_init(psb_pictures *out, const psb_pictures_options *options, const psb_descriptor_input *input,
                             const psb_tensor_view *view);
void psb_pictures_fini(psb_pictures *pictures);

/* One more picture was gone through. PSB_INTERRUPTED where the watch says so. */
psb_status psb_pictures_step(psb_pictures *pictures);

/* Picture i into a network's input of the same shape and strides. */
void psb_pictures_put(const psb_pictures *pictures, int32_t picture_i, const psb_tensor_view *to);

#endif
