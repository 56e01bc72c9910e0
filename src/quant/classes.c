/* SPDX-License-Identifier: Apache-2.0
 *
 * Behind SiLU or hard swish, and before a depthwise convolution, one channel may reach 100 and the next 0.2: with one
 * scale the second is lost, and most of what int8 costs such networks is lost there. Where f(s x) = s f(x) holds,
 * equalisation (equalise.c) brings channels to one range; here it does not hold, but a byte is made by a table anyway,
 * and nothing but the size of the code speaks against a few of them. So channels are sorted by the step they would
 * like and cut into classes, no more than needed, such that the cost of all steps is least (a dynamic program over the
 * sorted channels, as for the best histogram: Jagadish et al., VLDB 1998). Each class has its own rounding of the sums
 * and its own gain; readers divide their weights by the gains: for nothing where they are depthwise, since those have a
 * scale for each channel; dense ones pay in their weights' spread, so where one reads too the steps are brought only
 * most of the way.
 * The zero point is common to all classes, for padding: it is searched for, since what small channels need below zero
 * (0.28 behind a SiLU) is most of their range.
 */
#include "quant/classes_int.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "kernels/requant_u8.h"
#include "quant/range_int.h"

enum { MOST_CLASSES = PSB_REQUANT_U8_MOST_CLASSES, MOST_ZERO = 160, ZERO_STEP = 8, CUTS = 40, USUAL_STEPS = 200 };
static const double CUT = 0.94;                /* from one trial of a range to the next */
static const double SHARE_BEFORE_DENSE = 0.75; /* in the logarithm; 0.5 and 1 were worse for picodet */
static const double ENOUGH = 1.1;              /* times the least cost; each class more is a table more at run time */
static const double LEAST_STEP = 1e-3;         /* of the largest one: quieter channels say nothing */

/* One channel of one value that a convolution makes. */
typedef struct source {
    int32_t value, channel;
    double below, above; /* how far it reaches from zero, both >= 0 */
    double weight;       /* what a squared error costs */
    double step;         /* wanted, for the zero point under trial */
    int32_t class_i;
} source;

typedef struct division { /* of sorted sources into classes */
    int32_t count;
    double step[MOST_CLASSES];
    int32_t end[MOST_CLASSES]; /* of the class's sources */
    double cost;
} division;

/* --- Which sets --- */

static bool keeps_channels(const psb_node *node)
{
    return node->kind == PSB_NODE_MAX_POOL || node->kind == PSB_NODE_AVERAGE_POOL ||
           node->kind == PSB_NODE_GLOBAL_AVERAGE_POOL || node->kind == PSB_NODE_RESIZE ||
           (node->kind == PSB_NODE_CONCAT && node->axis == 1);
}

typedef struct readers {
    bool fits, depthwise, dense;
} readers;

static void see_readers(readers *seen, psb_lowering *lowering, int32_t root)
{
    const psb_graph *graph = lowering->graph;
    for (int32_t n = 0; n < graph->node_count; n++) {
        const psb_node *node = &graph->nodes[n];
        if (node->kind == PSB_NODE_DEAD) continue;
        for (int32_t i = 0; i < node->input_count; i++) {
            if (psb_lowering_find(lowering, node->inputs[i]) != root) continue;
            if (node->kind == PSB_NODE_CONV && psb_lowering_can_convolve(lowering, node) &&
                (node->group == 1 || psb_lowering_is_depthwise(graph, node)))
                *(node->group == 1 ? &seen->dense : &seen->depthwise) = true;
            else if (!keeps_channels(node) || psb_lowering_find(lowering, node->output) != root)
                seen->fits = false;
        }
    }
}

/* Does a convolution make this value, by way of a table? */
static bool is_source(const psb_lowering *lowering, int32_t value)
{
    const psb_node *node = psb_lowering_producer(lowering, value);
    return node && node->kind == PSB_NODE_UNARY && psb_lowering_becomes_table(lowering, node) &&
           psb_lowering_producer(lowering, node->inputs[0])->group >= 1;
}

static bool members_fit(psb_lowering *lowering, int32_t root)
{
    const psb_graph *graph = lowering->graph;
    for (int32_t v = 0; v < graph->value_count; v++) {
        if (psb_lowering_find(lowering, v) != root) continue;
        const psb_node *node = psb_lowering_producer(lowering, v);
        if (!lowering->is_bytes[v] || graph->values[v].is_output || graph->values[v].shape.rank != 4) return false;
        if (lowering->observation->values[v].channels != graph->values[v].shape.dims[1]) return false;
        if (!is_source(lowering, v) && !(node && keeps_channels(node))) return false;
        if (is_source(lowering, v)) {
            const psb_node *conv = psb_lowering_producer(lowering, node->inputs[0]);
            if (conv->group != 1 && !psb_lowering_is_depthwise(graph, conv)) return false;
        }
    }
    return true;
}

/* --- Classes for one zero point --- */

static int compare_steps(const void *a, const void *b)
{
    const source *x = a, *y = b;
    if (x->step != y->step) return x->step < y->step ? -1 : 1;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return x->channel - y->channel;
}

/* The best cut of the sorted sources. least: [MOST_CLASSES + 1][count + 1]; from: likewise. */
static void divide(division *out, const source *sources, int32_t count, double *least, int32_t *from)
{
    const int32_t width = count + 1;
    for (int32_t i = 0; i <= count; i++) least[i] = i ? INFINITY : 0;
    for (int32_t k = 1; k <= MOST_CLASSES; k++)
        for (int32_t i = 0; i <= count; i++) {
            double weight = 0;
            least[k * width + i] = least[(k - 1) * width + i];
            from[k * width + i] = i; /* an empty class */
            for (int32_t j = i - 1; j >= 0; j--) {
                weight += sources[j].weight;
                const double cost = least[(k - 1) * width + j] + weight * sources[i - 1].step * sources[i - 1].step;
                if (cost >= least[k * width + i]) continue;
                least[k * width + i] = cost;
                from[k * width + i] = j;
            }
        }
    *out = (division){.cost = least[MOST_CLASSES * width + count]};
    int32_t starts[MOST_CLASSES], classes = 0, enough = 1;
    while (least[enough * width + count] > ENOUGH * out->cost) enough++;
    out->cost = least[enough * width + count];
    for (int32_t k = enough, i = count; k > 0; i = from[k * width + i], k--)
        if (from[k * width + i] < i) starts[classes++] = i; /* the ends, from the last */
    for (int32_t c = 0; c < classes; c++) {
        out->end[c] = starts[classes - 1 - c];
        out->step[c] = sources[out->end[c] - 1].step;
    }
    out->count = classes;
}

static void want_steps(source *sources, int32_t count, int32_t zero, double share)
{
    double most = 1e-9;
    for (int32_t i = 0; i < count; i++) {
        const double below = zero > 0 ? sources[i].below / zero : 0;
        sources[i].step = fmax(below, sources[i].above / (255 - zero));
        if (sources[i].step > most) most = sources[i].step;
    }
    for (int32_t i = 0; i < count; i++) sources[i].step = most * pow(fmax(sources[i].step / most, LEAST_STEP), share);
    qsort(sources, (size_t)count, sizeof(*sources), compare_steps);
}

/* --- One set --- */

typedef struct set_division {
    division best;
    int32_t zero, count;
    source *sources; /* sorted as `best` wants them */
} set_division;

static psb_status search(set_division *out, double share)
{
    const size_t places = (size_t)(MOST_CLASSES + 1) * (size_t)(out->count + 1);
    double *least = malloc(places * sizeof(*least));
    int32_t *from = malloc(places * sizeof(*from));
    psb_status status = least && from ? PSB_OK : psb_fail_memory("classes of channels", places * sizeof(*least));
    double below = 0;
    for (int32_t i = 0; i < out->count; i++) below = fmax(below, out->sources[i].below);
    out->best.cost = INFINITY;
    for (int32_t zero = below > 0 ? ZERO_STEP : 0; !status && zero <= (below > 0 ? MOST_ZERO : 0); zero += ZERO_STEP) {
        division fresh = {0};
        want_steps(out->sources, out->count, zero, share);
        divide(&fresh, out->sources, out->count, least, from);
        if (fresh.cost >= out->best.cost) continue;
        out->best = fresh;
        out->zero = zero;
    }
    if (!status) want_steps(out->sources, out->count, out->zero, share);
    for (int32_t i = 0, k = 0; i < out->count && !status; i++) {
        while (k + 1 < out->best.count && i >= out->best.end[k]) k++;
        out->sources[i].class_i = k;
    }
    free(least);
    free(from);
    return status;
}

/* How far above zero a channel should reach: where what is cut off and what is rounded cost the least together. A
 * channel of many zeros and one high corner would else have all its steps where nothing is. */
static double best_above(const psb_statistics *sums, int32_t channel, psb_activation activation, double most)
{
    const float *bins = sums->channel_bins + (int64_t)channel * PSB_CHANNEL_BINS;
    const double least = (double)sums->channel_least[channel];
    const double width = ((double)sums->channel_most[channel] - least) / PSB_CHANNEL_BINS;
    double total = 0, best = most, best_cost = INFINITY;
    for (int32_t b = 0; b < PSB_CHANNEL_BINS; b++) total += (double)bins[b];
    for (int32_t cut = 0; cut < CUTS; cut++) {
        const double above = most * pow(CUT, cut), step = above / USUAL_STEPS;
        double cost = total * step * step / 12;
        for (int32_t b = PSB_CHANNEL_BINS - 1; b >= 0; b--) {
            const double beyond = (double)psb_activation_apply(activation, (float)(least + (b + 0.5) * width)) - above;
            if (beyond > 0) cost += PSB_RANGE_CUT_COST * (double)bins[b] * beyond * beyond;
        }
        if (cost >= best_cost) continue;
        best_cost = cost;
        best = above;
    }
    return best;
}

static psb_status list_sources(set_division *out, psb_lowering *lowering, int32_t root)
{
    const psb_graph *graph = lowering->graph;
    size_t count = 0;
    for (int32_t v = 0; v < graph->value_count; v++)
        if (psb_lowering_find(lowering, v) == root && is_source(lowering, v))
            count += (size_t)graph->values[v].shape.dims[1];
    out->sources = calloc(count + 1, sizeof(*out->sources));
    if (!out->sources) return psb_fail_memory("classes of channels", count * sizeof(*out->sources));
    for (int32_t v = 0; v < graph->value_count; v++) {
        if (psb_lowering_find(lowering, v) != root || !is_source(lowering, v)) continue;
        const psb_statistics *seen = &lowering->observation->values[v];
        const psb_node *unary = psb_lowering_producer(lowering, v);
        const psb_statistics *sums = &lowering->observation->values[unary->inputs[0]];
        for (int32_t c = 0; c < seen->channels; c++)
            out->sources[out->count++] =
                (source){.value = v,
                         .channel = c,
                         .below = fmax(0, -(double)seen->channel_least[c]),
                         .above = best_above(sums, c, unary->activation, fmax(0, (double)seen->channel_most[c])),
                         .weight = seen->channel_weight[c]};
    }
    return PSB_OK;
}

/* The sums' histogram of the channels of one class. */
static psb_status class_histogram(psb_statistics *out, const psb_statistics *sums, const psb_statistics *made,
                                  const uint8_t *channel_class, int32_t class_i)
{
    *out = (psb_statistics){.channels = 1, .count = sums->count, .least = INFINITY, .most = -INFINITY};
    out->bins = calloc(PSB_HISTOGRAM_BINS, sizeof(*out->bins));
    if (!out->bins) return psb_fail_memory("histogram", PSB_HISTOGRAM_BINS * sizeof(*out->bins));
    for (int32_t c = 0; c < sums->channels; c++) {
        if (channel_class[c] != class_i) continue;
        out->least = fminf(out->least, sums->channel_least[c]);
        out->most = fmaxf(out->most, sums->channel_most[c]);
    }
    for (int32_t c = 0; c < sums->channels; c++)
        if (channel_class[c] == class_i) psb_statistics_add_channel(out, sums, c, made->channel_weight[c]);
    return PSB_OK;
}

/* Gives the convolution behind this source its classes. */
static psb_status give_classes(psb_lowering *lowering, const set_division *divided, int32_t value)
{
    psb_graph *graph = lowering->graph;
    const psb_node *unary = psb_lowering_producer(lowering, value);
    psb_node *conv = psb_lowering_producer(lowering, unary->inputs[0]);
    const psb_statistics *sums = &lowering->observation->values[unary->inputs[0]];
    const psb_statistics *made = &lowering->observation->values[value];
    const division *best = &divided->best;
    psb_channel_class *classes = psb_graph_alloc(graph, (size_t)best->count, sizeof(*classes));
    uint8_t *channel_class = psb_graph_alloc(graph, (size_t)sums->channels, 1);
    float *gain = psb_graph_alloc(graph, (size_t)sums->channels, sizeof(*gain));
    if (!classes || !channel_class || !gain) return PSB_NO_MEMORY;
    int32_t number[MOST_CLASSES], count = 0; /* only those that this value has */
    for (int32_t k = 0; k < best->count; k++) {
        bool has = false;
        for (int32_t i = 0; i < divided->count; i++) {
            if (divided->sources[i].class_i != k || divided->sources[i].value != value) continue;
            channel_class[divided->sources[i].channel] = (uint8_t)count;
            has = true;
        }
        if (has) number[count++] = k;
    }
    for (int32_t k = 0; k < count; k++) {
        psb_statistics histogram;
        psb_status status = class_histogram(&histogram, sums, made, channel_class, k);
        if (status) return status;
        const psb_statistics *one = &histogram;
        classes[k].sum = psb_range_choose(&one, 1, unary->activation);
        classes[k].gain = (float)(best->step[best->count - 1] / best->step[number[k]]);
        free(histogram.bins);
    }
    for (int32_t c = 0; c < sums->channels; c++) gain[c] = classes[channel_class[c]].gain;
    conv->sum = classes[0].sum;
    conv->class_count = count;
    conv->classes = classes;
    conv->channel_class = channel_class;
    lowering->gain[value] = gain;
    return PSB_OK;
}

/* Through pools and concatenations, in the order of nodes. */
static psb_status hand_on(psb_lowering *lowering, int32_t root)
{
    psb_graph *graph = lowering->graph;
    for (int32_t n = 0; n < graph->node_count; n++) {
        const psb_node *node = &graph->nodes[n];
        if (node->kind == PSB_NODE_DEAD || !keeps_channels(node)) continue;
        if (psb_lowering_find(lowering, node->output) != root) continue;
        float *gain = psb_graph_alloc(graph, (size_t)graph->values[node->output].shape.dims[1], sizeof(*gain));
        if (!gain) return PSB_NO_MEMORY;
        lowering->gain[node->output] = gain;
        for (int32_t i = 0; i < node->input_count; i++) {
            const int64_t channels = graph->values[node->inputs[i]].shape.dims[1];
            for (int64_t c = 0; c < channels; c++) *gain++ = lowering->gain[node->inputs[i]][c];
        }
    }
    return PSB_OK;
}

static psb_status choose_set(psb_lowering *lowering, int32_t root)
{
    set_division divided = {0};
    readers seen = {.fits = true};
    if (!members_fit(lowering, root)) return PSB_OK;
    see_readers(&seen, lowering, root);
    if (!seen.fits || !seen.depthwise) return PSB_OK;
    psb_status status = list_sources(&divided, lowering, root);
    if (!status && divided.count > 0) status = search(&divided, seen.dense ? SHARE_BEFORE_DENSE : 1);
    if (!status && divided.count > 0 && divided.best.count > 1) {
        lowering->own[root] = (psb_encoding){(float)divided.best.step[divided.best.count - 1], (uint8_t)divided.zero};
        lowering->has_own[root] = true;
        for (int32_t v = 0; v < lowering->graph->value_count && !status; v++)
            if (psb_lowering_find(lowering, v) == root && is_source(lowering, v))
                status = give_classes(lowering, &divided, v);
        if (!status) status = hand_on(lowering, root);
    }
    free(divided.sources);
    return status;
}

psb_status psb_classes_choose(psb_lowering *lowering)
{
    psb_status status = PSB_OK;
    for (int32_t v = 0; v < lowering->graph->value_count && !status; v++)
        if (psb_lowering_find(lowering, v) == v && lowering->is_bytes[v]) status = choose_set(lowering, v);
    return status;
}
