/* SPDX-License-Identifier: Apache-2.0
 *
 * Networks as they are stored and rewritten: the door for who makes a network out of another one (`quant`), and the
 * .psb file, our deployed model: a descriptor's text and a graph behind a checksum. docs/model-format.md has its bytes.
 */
#ifndef PSB_NN_MODEL_H
#define PSB_NN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <passerby/status.h>

#include "base/outfile.h"
#include "nn/graph.h"
#include "nn/network.h"

enum {
    PSB_MODEL_VERSION = 2,
    PSB_MODEL_HEADER_BYTES = 96,
    PSB_MODEL_MAX_DESCRIPTOR_BYTES = 1 << 20,
};

/* An ONNX file's graph, rewritten by all passes. keeps_parts: activations and residual sums stay nodes of their own.
 * `path` outlives the graph. The caller calls psb_graph_fini always. */
psb_status psb_graph_read(psb_graph *graph, const char *path, bool keeps_parts);

/* The passes once more, behind changes; keeps_parts as the graph says. */
psb_status psb_graph_rewrite(psb_graph *graph);

/* A network that computes this graph. The plan appends copies to the graph; it may go when this returns. */
psb_status psb_network_make(psb_network **out, psb_graph *graph, uint32_t cpu_flags);

/* Whether these bytes are meant to be a .psb file: by their first eight. */
bool psb_model_is_file(const void *data, size_t size_bytes);

/* Writes a .psb file. Errors: those of the outfile; PSB_BUG where the graph is none that could be read again. */
psb_status psb_model_write(psb_outfile *to, psb_graph *graph, const char *descriptor, size_t descriptor_bytes);

/* Writes the graph as ONNX (operator set 13); what is quantised, with QuantizeLinear and DequantizeLinear as their
 * runtimes' optimisers look for them. sums: for each node an encoding; an integer convolution that makes floats here
 * (a last layer) has its sums rounded to that, because those runtimes know integer convolutions only from bytes to
 * bytes; NULL or a zero one: it will compute in floats there. Errors: those of the outfile; PSB_NO_MEMORY. */
psb_status psb_graph_export(psb_outfile *to, const psb_graph *graph, const psb_encoding *sums);

/* Fills an all-zero graph; the caller calls psb_graph_fini always. Every byte is accounted for and every node is
 * checked, whoever wrote the checksum. Errors: PSB_BAD_INPUT, PSB_UNSUPPORTED (another version), PSB_NO_MEMORY. */
psb_status psb_model_parse(psb_graph *graph, const char *name, const void *data, size_t size_bytes);

/* The descriptor's text, a view into data, not ended by a zero. The checksum is checked, the graph is not looked at. */
psb_status psb_model_descriptor(const char **text_out, size_t *size_bytes_out, const char *name, const void *data,
                                size_t size_bytes);

#endif
