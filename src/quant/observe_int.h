/* SPDX-License-Identifier: Apache-2.0
 *
 * What a graph's values are like on the pictures: extremes and means of every channel, and a histogram of the whole.
 * The graph is run with every value as an output, so that nothing is overwritten before it was looked at.
 */
#ifndef PSB_QUANT_OBSERVE_INT_H
#define PSB_QUANT_OBSERVE_INT_H

#include "nn/graph.h"
#include "nn/network.h"
#include "quant/pictures_int.h"

enum { PSB_HISTOGRAM_BINS = 2048, PSB_CHANNEL_BINS = 256 };

typedef struct psb_statistics { /* of one value; channels: dimension 1 of a picture, else 1 */
    int32_t channels;           /* 0: not looked at (constants) */
    int64_t count;              /* elements seen */
    float least, most;
    float *channel_reach; /* largest magnitude */
    float *channel_least, *channel_most;
    double *channel_mean, *channel_square; /* means of the values and of their squares */
    double *channel_weight;                /* what an error there costs (importance_int.h) */
    double *bins;        /* PSB_HISTOGRAM_BINS, evenly from least to most: elements of a picture, times their weight */
    float *channel_bins; /* PSB_CHANNEL_BINS of each channel, evenly between its own ends; NULL but for sums */
} psb_statistics;

typedef struct psb_observation { /* init/fini */
    int32_t count;
    psb_statistics *values; /* one for each of the graph's */
} psb_observation;

/* The graph as it is, every computed value an output besides; value v is output outputs[v] of the network, or -1.
 * outputs: the caller's, graph->value_count long. */
psb_status psb_observe_open(psb_network **out, int32_t *outputs, const psb_graph *graph, uint32_t cpu_flags);

/* Goes through the pictures twice. Errors: PSB_UNSUPPORTED (numbers that are not finite), PSB_NO_MEMORY,
 * PSB_INTERRUPTED. */
psb_status psb_observation_init(psb_observation *out, const psb_graph *graph, psb_pictures *pictures,
                                uint32_t cpu_flags);
void psb_observation_fini(psb_observation *observation);

/* One channel's elements, times weight, into the bins of `to`, whose ends must be set and hold the channel's. */
void psb_statistics_add_channel(psb_statistics *to, const psb_statistics *from, int32_t channel, double weight);

/* The view's elements one after another, channels innermost where it is a picture. */
void psb_observe_gather(float *to, const psb_tensor_view *view);

#endif
