/* SPDX-License-Identifier: Apache-2.0
 *
 * A network ready to run: ONNX or .psb (nn/model.h) in, planned once, run without allocation. The front door of this
 * room. Inputs and outputs are float32 also where the network computes in bytes, unless bytes are asked for.
 * One network serves one thread at a time.
 */
#ifndef PSB_NN_NETWORK_H
#define PSB_NN_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <passerby/status.h>

#include "base/clock.h"

enum { PSB_TENSOR_MAX_RANK = 6 };

/* A strided view of values inside the network: float32, or bytes where psb_network_options asked for them. Logical
 * dimensions are those of the ONNX file (NCHW); strides say where the values lie (channels are usually innermost).
 * Valid until the network is closed. */
typedef struct psb_tensor_view {
    const char *name;
    float *data;    /* NULL where they are bytes */
    uint8_t *bytes; /* else NULL; byte q stands for byte_scale * (q - byte_zero) */
    float byte_scale;
    uint8_t byte_zero;
    int32_t rank;
    int64_t dims[PSB_TENSOR_MAX_RANK];
    int64_t strides[PSB_TENSOR_MAX_RANK]; /* in elements */
} psb_tensor_view;

typedef struct psb_network psb_network;

typedef struct psb_network_info {
    int32_t nodes_in_file, nodes_planned;
    int64_t weights_count; /* float32 scalars used */
    int64_t macs;          /* multiply-adds of the convolutions */
    size_t arena_bytes, packed_bytes;
    int32_t inputs, outputs;
} psb_network_info;

/* `path`: a file, or "builtin" (nn/model_source.h).
 * Everything that a file can have wrong is found here, so that running cannot fail. Errors: PSB_BAD_INPUT for what is
 * no valid network or beyond the bounds, PSB_UNSUPPORTED for what is valid but not ours, each naming file, node, found
 * and expected; PSB_NO_MEMORY; *out is then NULL. Only fixed sizes; a batch symbol is taken as 1.
 * Bounds: file 512 MB, tensor 2^31 elements, plan 1 GB, 100,000 nodes. cpu_flags: base/cpu.h. */
psb_status psb_network_open(psb_network **out, const char *path, uint32_t cpu_flags);
/* The same from memory; `name` stands in messages for the path. */
psb_status psb_network_parse(psb_network **out, const char *name, const void *data, size_t size_bytes,
                             uint32_t cpu_flags);

/* A network for another size of picture than its file's, whose weights serve any. All zero: the file's own. */
typedef struct psb_network_size {
    int32_t width_px, height_px; /* of the input */
} psb_network_size;

/* All zero = defaults. */
typedef struct psb_network_options {
    psb_network_size size;
    /* The caller can write bytes: an input that only integer convolutions read, all of them as the same bytes, is those
     * bytes (its view says so), and nothing is quantised before the first of them. Other inputs are floats still. */
    bool writes_bytes;
} psb_network_options;

/* As psb_network_open and psb_network_parse. Errors besides: PSB_UNSUPPORTED where a node holds to the file's size. */
psb_status psb_network_open_with(psb_network **out, const char *path, const psb_network_options *options,
                                 uint32_t cpu_flags);
psb_status psb_network_parse_with(psb_network **out, const char *name, const void *data, size_t size_bytes,
                                  const psb_network_options *options, uint32_t cpu_flags);
void psb_network_close(psb_network **network);

psb_network_info psb_network_info_get(const psb_network *network);
psb_tensor_view psb_network_input(const psb_network *network, int32_t input_i);   /* written before run */
psb_tensor_view psb_network_output(const psb_network *network, int32_t output_i); /* read after run */

void psb_network_run(psb_network *network);

/* What was planned, in order of running: for people (`passerby model info --kernels`). Texts are the network's. */
typedef struct psb_network_step {
    const char *op;        /* "conv 3x3", "max pool", "copy", ... */
    const char *node_name; /* of the file's node; for a copy, the value that is copied */
    const char *kernel;    /* the variant that was picked: "c", "avx2", "avx512" */
    const char *fused;     /* the activation that it applies to what it makes, or "none" */
    int32_t rank;
    int64_t dims[PSB_TENSOR_MAX_RANK]; /* of the output */
    int64_t macs;                      /* of convolutions, else 0 */
} psb_network_step;

/* Steps' `op` begins with this where they compute in bytes. */
#define PSB_NETWORK_BYTES_OP "int8 "

int32_t psb_network_step_count(const psb_network *network);
psb_network_step psb_network_step_at(const psb_network *network, int32_t step_i);

/* The same as run, and how long each step took: durations_ns has psb_network_step_count places. */
void psb_network_run_timed(psb_network *network, int64_t *durations_ns, const psb_clock *clock);

#endif
