/* SPDX-License-Identifier: Apache-2.0
 *
 * From a detector in floating point to one that computes in bytes, by looking at pictures of the user's: post-training
 * quantisation. The front door of this room; what runs the result is nn's psb_network_open on the written file.
 */
#ifndef PSB_QUANT_QUANT_H
#define PSB_QUANT_QUANT_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/status.h>

#include "base/log.h"
#include "base/outfile.h"

typedef struct psb_quant psb_quant;

/* Quantising takes minutes: after each picture that was read, looked at or compared, `goes_on` is told how many that
 * were so far; where it says false, everything ends with PSB_INTERRUPTED. */
typedef struct psb_quant_watch {
    bool (*goes_on)(void *user, int64_t done); /* NULL = nobody watches */
    void *user;
} psb_quant_watch;

/* All zero = defaults. */
typedef struct psb_quant_options {
    int32_t max_pictures; /* looked at, evenly spread; 0 = 64 */
    int32_t max_floats;   /* layers that may stay in floating point where that pays most; negative = none, 0 = 2 */
    uint32_t cpu_flags;   /* base/cpu.h */
    const psb_log *log;   /* may be NULL */
    psb_quant_watch watch;
} psb_quant_options;

/* What became of one convolution. */
typedef struct psb_quant_layer {
    const char *name; /* the node's; the quant's memory */
    bool is_bytes;    /* else it stayed in floating point */
    int32_t kernel[2], group;
    int64_t channels;
    double snr_db; /* of its output beside floating point's: signal to noise, over pictures that were looked at */
} psb_quant_layer;

/* Looks at the pictures (a folder of JPEG and PNG of any sizes and of such folders, or a video) and decides everything.
 * Errors: those of reading the model and the pictures; PSB_NO_MEMORY, PSB_INTERRUPTED. */
psb_status psb_quant_open(psb_quant **out, const char *descriptor_path, const char *images,
                          const psb_quant_options *options);
void psb_quant_close(psb_quant **quant);

int32_t psb_quant_picture_count(const psb_quant *quant);
int32_t psb_quant_unreadable_count(const psb_quant *quant); /* pictures that were to be looked at, but are damaged */
int32_t psb_quant_layer_count(const psb_quant *quant);
psb_quant_layer psb_quant_layer_at(const psb_quant *quant, int32_t layer_i);

/* Signal to noise of the network's own outputs, their mean. */
double psb_quant_outputs_db(const psb_quant *quant);

/* The .psb file, with the descriptor in it. */
psb_status psb_quant_write(psb_quant *quant, psb_outfile *to);

/* The same network as standard ONNX, for other runtimes: QuantizeLinear and DequantizeLinear between operators on
 * floats. Its last layers' sums are bytes too, where ours are floats, and every tensor has one scale, where ours may
 * have classes of channels. */
psb_status psb_quant_write_qdq(const psb_quant *quant, psb_outfile *to);

#endif
