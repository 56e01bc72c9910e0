/* SPDX-License-Identifier: Apache-2.0
 *
 * Small graphs for the tests of this room: values of one shape, a few convolutions, pictures of noise; run in floats
 * and, through a file, in bytes.
 */
#ifndef PSB_TESTS_QUANT_CASES_H
#define PSB_TESTS_QUANT_CASES_H

#include <stdbool.h>
#include <stdint.h>

#include "quant/lower_int.h"

enum { CHANNELS = 12, SIZE = 10, PICTURES = 3, ELEMENTS = CHANNELS * SIZE * SIZE };
enum { MOST_VALUES = 8 };

typedef struct network_case {
    psb_graph parts, graph;
    psb_observation observation;
    psb_pictures pictures;
    const float *gains[MOST_VALUES];
} network_case;

/* -1 to 1, the same on every machine. */
float noise(uint32_t *state);

/* Of a channel: 0.3 to 80; small ones first unless they are mixed. */
float reach_of(int32_t channel, bool is_mixed);

int32_t add_value(psb_graph *graph, const char *name);
psb_node *add_node(psb_graph *graph, psb_node_kind kind, const char *name, int32_t input, int32_t output);
/* A depthwise convolution of 3x3 with these weights. */
psb_node *add_depthwise(psb_graph *graph, const float *taps, int32_t input, int32_t output);
/* The graph's only input and its outputs; ends the building. */
void set_ends(psb_graph *graph, int32_t input, const int32_t *outputs, int32_t output_count);

/* Pictures of noise about `mean`. */
void fill_pictures(psb_pictures *pictures, float mean);

void case_fini(network_case *self);

/* The first output for every picture, in floats and in bytes; the caller frees it. */
float *run_exact(network_case *self);
float *run_rounded(network_case *self, uint32_t flags);

double worst_channel_db(const float *exact, const float *found);

#endif
