/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of things: look at pictures, equalise, look again, lower, and measure every layer beside floating point.
 * Then a few layers are tried in floats, those whose outputs came out noisiest: one that quiets the network's own
 * outputs enough stays so. What is measured is the signal-to-noise ratio over some of the pictures.
 */
#include "quant/quant.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "detect/descriptor.h"
#include "nn/model.h"
#include "quant/equalise_int.h"
#include "quant/lower_int.h"
#include "quant/order_int.h"
#include "quant/observe_int.h"
#include "quant/pictures_int.h"
#include "quant/range_int.h"

enum { DEFAULT_PICTURES = 64, DEFAULT_FLOATS = 2, MEASURED_PICTURES = 8, TRIALS = 4 };
static const double GAIN_THAT_PAYS_DB = 1;

struct psb_quant {
    psb_descriptor descriptor;
    psb_bytes text; /* of the descriptor's file */
    psb_pictures pictures;
    psb_graph parts; /* in floats, equalised, parts kept */
    psb_observation observation;
    bool *stays_float;   /* of the parts' nodes */
    psb_graph graph;     /* quantised; borrows from the parts */
    const float **gains; /* of each value, as psb_lower says */
    int32_t layer_count;
    psb_quant_layer *layers;
    double outputs_db;
    uint32_t cpu_flags;
};

/* --- Measuring --- */

typedef struct measured { /* of one value */
    double signal, noise;
} measured;

static double decibels(measured sums)
{
    if (!(sums.signal > 0)) return 0;
    return 10 * log10(sums.signal / fmax(sums.noise, sums.signal * 1e-12));
}

/* gain: what each channel of the rounded one was multiplied by, or NULL. */
static void add_difference(measured *sums, const psb_tensor_view *exact, const psb_tensor_view *rounded,
                           const float *gain, float *scratch)
{
    int64_t count = 1;
    for (int32_t d = 0; d < exact->rank; d++) count *= exact->dims[d];
    psb_observe_gather(scratch, exact);
    psb_observe_gather(scratch + count, rounded);
    for (int64_t e = 0; e < count; e++) {
        const double shrunk = gain ? 1 / (double)gain[e % exact->dims[1]] : 1;
        const double error = (double)scratch[e] - (double)scratch[count + e] * shrunk;
        sums->signal += (double)scratch[e] * (double)scratch[e];
        sums->noise += error * error;
    }
}

typedef struct comparison {
    psb_network *exact, *rounded;
    int32_t *exact_outputs, *rounded_outputs; /* of each value */
    float *scratch;
    measured *sums; /* of each value */
} comparison;

static void comparison_fini(comparison *self)
{
    psb_network_close(&self->exact);
    psb_network_close(&self->rounded);
    free(self->exact_outputs);
    free(self->rounded_outputs);
    free(self->scratch);
    free(self->sums);
}

static psb_status comparison_init(comparison *self, const psb_quant *quant)
{
    const size_t count = (size_t)quant->graph.value_count + 1;
    int64_t most = 1;
    for (int32_t v = 0; v < quant->parts.value_count; v++) {
        const int64_t elements = psb_shape_elements(&quant->parts.values[v].shape);
        if (elements > most) most = elements;
    }
    *self = (comparison){.exact_outputs = calloc(count, sizeof(int32_t)),
                         .rounded_outputs = calloc(count, sizeof(int32_t)),
                         .scratch = malloc(2 * (size_t)most * sizeof(float)),
                         .sums = calloc(count, sizeof(measured))};
    if (!self->exact_outputs || !self->rounded_outputs || !self->scratch || !self->sums)
        return psb_fail_memory("comparison", 2 * (size_t)most * sizeof(float));
    psb_status status = psb_observe_open(&self->exact, self->exact_outputs, &quant->parts, quant->cpu_flags);
    if (status) return status;
    return psb_observe_open(&self->rounded, self->rounded_outputs, &quant->graph, quant->cpu_flags);
}

static psb_status comparison_run(comparison *self, psb_quant *quant)
{
    psb_status status = PSB_OK;
    const psb_tensor_view exact_in = psb_network_input(self->exact, 0);
    const psb_tensor_view rounded_in = psb_network_input(self->rounded, 0);
    const int32_t count = quant->pictures.count, wanted = count < MEASURED_PICTURES ? count : MEASURED_PICTURES;
    for (int32_t i = 0; i < wanted && !status; i++) {
        const int32_t picture_i = (int32_t)((int64_t)i * count / wanted);
        psb_pictures_put(&quant->pictures, picture_i, &exact_in);
        psb_pictures_put(&quant->pictures, picture_i, &rounded_in);
        psb_network_run(self->exact);
        psb_network_run(self->rounded);
        for (int32_t v = 0; v < quant->parts.value_count; v++) {
            if (self->exact_outputs[v] < 0 || self->rounded_outputs[v] < 0) continue;
            const psb_tensor_view exact = psb_network_output(self->exact, self->exact_outputs[v]);
            const psb_tensor_view rounded = psb_network_output(self->rounded, self->rounded_outputs[v]);
            add_difference(&self->sums[v], &exact, &rounded, quant->gains[v], self->scratch);
        }
        status = psb_pictures_step(&quant->pictures);
    }
    return status;
}

/* --- Lowering, and what came of it --- */

static void list_layers(psb_quant *quant, const comparison *compared)
{
    quant->layer_count = 0;
    for (int32_t n = 0; n < quant->graph.node_count; n++) {
        const psb_node *node = &quant->graph.nodes[n];
        if (node->kind != PSB_NODE_CONV) continue;
        quant->layers[quant->layer_count++] = (psb_quant_layer){
            .name = node->name,
            .is_bytes = node->byte_weights != NULL,
            .kernel = {node->sliding.kernel[0], node->sliding.kernel[1]},
            .group = node->group,
            .channels = quant->graph.values[node->output].shape.dims[1],
            .snr_db = decibels(compared->sums[node->output]),
        };
    }
}

/* The mean over the outputs: each counts, whatever its size. */
static double outputs_of(const psb_quant *quant, const comparison *compared)
{
    double sum = 0;
    for (int32_t o = 0; o < quant->parts.output_count; o++) sum += decibels(compared->sums[quant->parts.outputs[o]]);
    return sum / quant->parts.output_count;
}

/* Quantises anew with stays_float as it is, and measures. */
static psb_status quantise(psb_quant *quant)
{
    comparison compared = {0};
    psb_graph_fini(&quant->graph);
    psb_status status = psb_graph_borrow(&quant->graph, &quant->parts);
    const psb_lower_options options = {.stays_float = quant->stays_float};
    if (!status) status = psb_lower(&quant->graph, quant->gains, &quant->observation, &options);
    if (!status) status = comparison_init(&compared, quant);
    if (!status) status = comparison_run(&compared, quant);
    if (!status) {
        list_layers(quant, &compared);
        quant->outputs_db = outputs_of(quant, &compared);
    }
    comparison_fini(&compared);
    return status;
}

/* The integer layer with the noisiest output among those not tried; -1 where there is none. */
static int32_t noisiest(const psb_quant *quant, const bool *is_tried)
{
    int32_t found = -1;
    double least = INFINITY;
    for (int32_t n = 0, layer = 0; n < quant->graph.node_count; n++) {
        if (quant->graph.nodes[n].kind != PSB_NODE_CONV) continue;
        const psb_quant_layer *facts = &quant->layers[layer++];
        if (!facts->is_bytes || is_tried[n] || facts->snr_db >= least) continue;
        least = facts->snr_db;
        found = n;
    }
    return found;
}

static psb_status try_floats(psb_quant *quant, int32_t most, const psb_log *log)
{
    bool *is_tried = calloc((size_t)quant->graph.node_count + 1, sizeof(*is_tried));
    if (!is_tried) return psb_fail_memory("trials", (size_t)quant->graph.node_count);
    psb_status status = PSB_OK;
    for (int32_t trial = 0, kept = 0; trial < TRIALS && kept < most && !status; trial++) {
        const double before_db = quant->outputs_db;
        const int32_t node_i = noisiest(quant, is_tried);
        if (node_i < 0) break;
        is_tried[node_i] = quant->stays_float[node_i] = true;
        status = quantise(quant);
        if (status) break;
        if (quant->outputs_db >= before_db + GAIN_THAT_PAYS_DB) {
            kept++;
            psb_log_line(log, PSB_LOG_INFO, "%s stays in floating point: outputs at %.1f dB, before %.1f",
                         quant->parts.nodes[node_i].name, quant->outputs_db, before_db);
            continue;
        }
        quant->stays_float[node_i] = false;
        status = quantise(quant);
    }
    free(is_tried);
    return status;
}

/* --- The front door --- */

static psb_status read_pictures(psb_quant *quant, const char *images, const psb_quant_options *options)
{
    psb_network *network = NULL;
    psb_status status = psb_network_open(&network, quant->descriptor.model_path, options->cpu_flags);
    if (status) return status;
    const psb_tensor_view input = psb_network_input(network, 0);
    const psb_descriptor_input *wanted = &quant->descriptor.input;
    if (psb_network_info_get(network).inputs != 1 || input.rank != 4 || input.dims[1] != 3 ||
        input.dims[2] != wanted->height || input.dims[3] != wanted->width)
        status = psb_fail(PSB_BAD_INPUT, "%s: found an input of another shape than %s says",
                          quant->descriptor.model_path, quant->descriptor.path);
    const psb_pictures_options pictures = {.path = images,
                                           .most = options->max_pictures ? options->max_pictures : DEFAULT_PICTURES,
                                           .cpu_flags = options->cpu_flags,
                                           .log = options->log,
                                           .watch = options->watch};
    if (!status) status = psb_pictures_init(&quant->pictures, &pictures, wanted, &input);
    psb_network_close(&network);
    return status;
}

static psb_status observe(psb_quant *quant)
{
    psb_observation_fini(&quant->observation);
    return psb_observation_init(&quant->observation, &quant->parts, &quant->pictures, quant->cpu_flags);
}

static psb_status prepare(psb_quant *quant, const psb_quant_options *options)
{
    int32_t pairs = 0;
    psb_status status = psb_graph_read(&quant->parts, quant->descriptor.model_path, true);
    if (!status) status = observe(quant);
    if (!status) status = psb_equalise(&quant->parts, &pairs, &quant->observation);
    if (!status && pairs > 0) {
        psb_log_line(options->log, PSB_LOG_INFO, "%d pairs of layers equalised", pairs);
        status = observe(quant);
    }
    if (status) return status;
    const size_t count = (size_t)quant->parts.node_count + 1;
    quant->stays_float = calloc(count, sizeof(*quant->stays_float));
    quant->layers = calloc(count, sizeof(*quant->layers));
    quant->gains = calloc((size_t)quant->parts.value_count + 1, sizeof(*quant->gains));
    return quant->stays_float && quant->layers && quant->gains
               ? PSB_OK
               : psb_fail_memory("layers", count * sizeof(*quant->layers));
}

psb_status psb_quant_open(psb_quant **out, const char *descriptor_path, const char *images,
                          const psb_quant_options *options)
{
    *out = NULL;
    psb_quant *quant = calloc(1, sizeof(*quant));
    if (!quant) return psb_fail_memory("quantisation", sizeof(*quant));
    quant->cpu_flags = options->cpu_flags;
    const int32_t floats = options->max_floats < 0 ? 0 : options->max_floats ? options->max_floats : DEFAULT_FLOATS;
    psb_status status = psb_descriptor_read(&quant->descriptor, descriptor_path);
    if (!status) status = psb_bytes_read(&quant->text, descriptor_path, PSB_MODEL_MAX_DESCRIPTOR_BYTES);
    if (!status) status = read_pictures(quant, images, options);
    if (!status) status = prepare(quant, options);
    if (!status) status = quantise(quant);
    if (!status) status = try_floats(quant, floats, options->log);
    if (status) {
        psb_quant_close(&quant);
        return status;
    }
    *out = quant;
    return PSB_OK;
}

void psb_quant_close(psb_quant **quant)
{
    if (!quant || !*quant) return;
    psb_graph_fini(&(*quant)->graph);
    psb_graph_fini(&(*quant)->parts);
    psb_observation_fini(&(*quant)->observation);
    psb_pictures_fini(&(*quant)->pictures);
    psb_bytes_fini(&(*quant)->text);
    free((*quant)->stays_float);
    free((*quant)->layers);
    free((*quant)->gains);
    free(*quant);
    *quant = NULL;
}

int32_t psb_quant_picture_count(const psb_quant *quant)
{
    return quant->pictures.count;
}

int32_t psb_quant_unreadable_count(const psb_quant *quant)
{
    return quant->pictures.unreadable;
}

int32_t psb_quant_layer_count(const psb_quant *quant)
{
    return quant->layer_count;
}

psb_quant_layer psb_quant_layer_at(const psb_quant *quant, int32_t layer_i)
{
    return quant->layers[layer_i];
}

double psb_quant_outputs_db(const psb_quant *quant)
{
    return quant->outputs_db;
}

psb_status psb_quant_write(psb_quant *quant, psb_outfile *to)
{
    psb_status status = psb_order_channels(&quant->graph); /* last: layers were compared channel by channel */
    if (status) return status;
    return psb_model_write(to, &quant->graph, (const char *)quant->text.data, quant->text.size_bytes);
}

/* What integer convolutions that make floats here would be rounded to as bytes. The parts' nodes are the graph's, each
 * with its output of before its activation was fused. */
static void fill_sums(psb_encoding *sums, const psb_quant *quant, const psb_graph *graph)
{
    for (int32_t n = 0; n < graph->node_count; n++) {
        const psb_node *node = &graph->nodes[n];
        if (node->kind != PSB_NODE_CONV || !node->byte_weights) continue;
        if (psb_encoding_is_bytes(graph->values[node->output].encoding)) continue;
        const psb_statistics *seen = &quant->observation.values[quant->parts.nodes[n].output];
        sums[n] = psb_range_choose(&seen, 1, node->activation);
    }
}

psb_status psb_quant_write_qdq(const psb_quant *quant, psb_outfile *to)
{
    psb_graph graph = {0};
    const psb_lower_options options = {.stays_float = quant->stays_float, .no_classes = true};
    psb_encoding *sums = calloc((size_t)quant->parts.node_count + 1, sizeof(*sums));
    psb_status status = sums ? PSB_OK : psb_fail_memory("sums", (size_t)quant->parts.node_count * sizeof(*sums));
    if (!status) status = psb_graph_borrow(&graph, &quant->parts);
    if (!status) status = psb_lower(&graph, NULL, &quant->observation, &options);
    if (!status) {
        fill_sums(sums, quant, &graph);
        status = psb_graph_export(to, &graph, sums);
    }
    psb_graph_fini(&graph);
    free(sums);
    return status;
}
