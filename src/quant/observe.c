/* SPDX-License-Identifier: Apache-2.0
 *
 * Two walks over the pictures: extremes and means first, then, when it is known what an error costs where, histograms
 * between the extremes.
 */
#include "quant/observe_int.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "nn/model.h"
#include "quant/importance_int.h"

static int64_t elements_of(const psb_tensor_view *view)
{
    int64_t count = 1;
    for (int32_t d = 0; d < view->rank; d++) count *= view->dims[d];
    return count;
}

static int32_t channels_of(const psb_tensor_view *view)
{
    return view->rank == 4 && view->dims[0] == 1 ? (int32_t)view->dims[1] : 1;
}

void psb_observe_gather(float *to, const psb_tensor_view *view)
{
    int32_t order[PSB_TENSOR_MAX_RANK] = {0, 1, 2, 3, 4, 5};
    int64_t place[PSB_TENSOR_MAX_RANK] = {0}, offset = 0, count = elements_of(view);
    if (channels_of(view) > 1 || view->rank == 4) {
        order[1] = 2;
        order[2] = 3;
        order[3] = 1;
    }
    for (int64_t e = 0; e < count; e++) {
        to[e] = view->data[offset];
        for (int32_t i = view->rank - 1; i >= 0; i--) {
            const int32_t d = order[i];
            offset += view->strides[d];
            if (++place[d] < view->dims[d]) break;
            offset -= view->dims[d] * view->strides[d];
            place[d] = 0;
        }
    }
}

psb_status psb_observe_open(psb_network **out, int32_t *outputs, const psb_graph *graph, uint32_t cpu_flags)
{
    psb_graph copy = {0};
    *out = NULL;
    psb_status status = psb_graph_borrow(&copy, graph);
    int32_t *all = status ? NULL : psb_graph_alloc(&copy, (size_t)graph->value_count + 1, sizeof(*all));
    if (!status && !all) status = PSB_NO_MEMORY;
    int32_t count = 0;
    for (int32_t v = 0; v < graph->value_count; v++) outputs[v] = -1;
    for (int32_t n = 0; n < graph->node_count && !status; n++) {
        if (graph->nodes[n].kind == PSB_NODE_DEAD) continue;
        const int32_t value = graph->nodes[n].output;
        outputs[value] = count;
        all[count++] = value;
    }
    copy.outputs = all;
    copy.output_count = count;
    if (!status) status = psb_network_make(out, &copy, cpu_flags);
    psb_graph_fini(&copy);
    return status;
}

/* --- Statistics --- */

static void see_extremes(psb_statistics *seen, const float *values, int64_t count)
{
    for (int64_t e = 0; e < count; e++) {
        const float x = values[e];
        const int32_t c = (int32_t)(e % seen->channels);
        if (x < seen->least) seen->least = x;
        if (x > seen->most) seen->most = x;
        if (x < seen->channel_least[c]) seen->channel_least[c] = x;
        if (x > seen->channel_most[c]) seen->channel_most[c] = x;
        if (fabsf(x) > seen->channel_reach[c]) seen->channel_reach[c] = fabsf(x);
        seen->channel_mean[c] += (double)x; /* sums until the end */
        seen->channel_square[c] += (double)x * (double)x;
    }
    seen->count += count;
}

static int32_t bin_of(double place, int32_t bins)
{
    return place < 0 ? 0 : place < bins ? (int32_t)place : bins - 1;
}

static void see_channel_bins(psb_statistics *seen, const float *values, int64_t count)
{
    for (int64_t e = 0; e < count; e++) {
        const int32_t c = (int32_t)(e % seen->channels);
        const float width = seen->channel_most[c] - seen->channel_least[c];
        const double place = width > 0 ? (double)((values[e] - seen->channel_least[c]) / width) * PSB_CHANNEL_BINS : 0;
        seen->channel_bins[(int64_t)c * PSB_CHANNEL_BINS + bin_of(place, PSB_CHANNEL_BINS)] += 1;
    }
}

static void see_bins(psb_statistics *seen, const float *values, int64_t count)
{
    const float step = (seen->most - seen->least) / PSB_HISTOGRAM_BINS;
    const float inverse = step > 0 ? 1 / step : 0;
    for (int64_t e = 0; e < count; e++) {
        const int32_t bin = (int32_t)((values[e] - seen->least) * inverse);
        seen->bins[bin < PSB_HISTOGRAM_BINS ? bin : PSB_HISTOGRAM_BINS - 1] += seen->channel_weight[e % seen->channels];
    }
    if (seen->channel_bins) see_channel_bins(seen, values, count);
}

/* A channel's bin is spread over all bins that it covers, or steps would be seen to fall on its middle. */
void psb_statistics_add_channel(psb_statistics *to, const psb_statistics *from, int32_t channel, double weight)
{
    const double width = (double)(to->most - to->least) / PSB_HISTOGRAM_BINS;
    const double least = (double)from->channel_least[channel];
    const double own = ((double)from->channel_most[channel] - least) / PSB_CHANNEL_BINS;
    const float *bins = from->channel_bins + (int64_t)channel * PSB_CHANNEL_BINS;
    for (int32_t b = 0; b < PSB_CHANNEL_BINS; b++) {
        if (bins[b] == 0) continue;
        const double start = width > 0 ? (least + b * own - (double)to->least) / width : 0;
        const double end = width > 0 ? start + own / width : 0;
        const int32_t first = bin_of(start, PSB_HISTOGRAM_BINS), last = bin_of(end, PSB_HISTOGRAM_BINS);
        for (int32_t i = first; i <= last; i++) to->bins[i] += (double)bins[b] * weight / (last - first + 1);
    }
}

typedef struct observer {
    psb_observation *observation;
    psb_network *network;
    const psb_graph *graph;
    int32_t *outputs; /* of each value */
    float *scratch;
} observer;

/* The value's view, an input's too; false for constants. */
static bool view_of(psb_tensor_view *out, const observer *self, int32_t value)
{
    for (int32_t i = 0; i < self->graph->input_count; i++)
        if (self->graph->inputs[i] == value) {
            *out = psb_network_input(self->network, i);
            return true;
        }
    if (self->outputs[value] < 0) return false;
    *out = psb_network_output(self->network, self->outputs[value]);
    return true;
}

/* All arrays of one value in one block. */
static psb_status statistics_init(psb_statistics *seen, int32_t channels, bool is_sum)
{
    const size_t each = (size_t)channels, doubles = 3 * each + PSB_HISTOGRAM_BINS;
    const size_t floats = (is_sum ? 3 + PSB_CHANNEL_BINS : 3) * each;
    *seen = (psb_statistics){.channels = channels, .least = INFINITY, .most = -INFINITY};
    seen->bins = calloc(1, doubles * sizeof(double) + floats * sizeof(float));
    if (!seen->bins) return psb_fail_memory("statistics", doubles * sizeof(double) + floats * sizeof(float));
    seen->channel_mean = seen->bins + PSB_HISTOGRAM_BINS;
    seen->channel_square = seen->channel_mean + each;
    seen->channel_weight = seen->channel_square + each;
    seen->channel_reach = (float *)(void *)(seen->channel_weight + each);
    seen->channel_least = seen->channel_reach + each;
    seen->channel_most = seen->channel_least + each;
    if (is_sum) seen->channel_bins = seen->channel_most + each;
    for (int32_t c = 0; c < channels; c++) {
        seen->channel_least[c] = INFINITY;
        seen->channel_most[c] = -INFINITY;
    }
    return PSB_OK;
}

static psb_status alloc_statistics(observer *self)
{
    int64_t most = 1;
    for (int32_t v = 0; v < self->graph->value_count; v++) {
        psb_statistics *seen = &self->observation->values[v];
        psb_tensor_view view;
        if (!view_of(&view, self, v)) continue;
        if (elements_of(&view) > most) most = elements_of(&view);
        const int32_t made_by = self->graph->values[v].producer;
        const bool is_sum = made_by >= 0 && self->graph->nodes[made_by].kind == PSB_NODE_CONV;
        psb_status status = statistics_init(seen, channels_of(&view), is_sum);
        if (status) return status;
    }
    self->scratch = malloc((size_t)most * sizeof(*self->scratch));
    return self->scratch ? PSB_OK : psb_fail_memory("statistics", (size_t)most * sizeof(*self->scratch));
}

static psb_status walk_pictures(observer *self, psb_pictures *pictures,
                                void (*see)(psb_statistics *seen, const float *values, int64_t count))
{
    psb_status status = PSB_OK;
    const psb_tensor_view input = psb_network_input(self->network, 0);
    for (int32_t i = 0; i < pictures->count && !status; i++) {
        psb_pictures_put(pictures, i, &input);
        psb_network_run(self->network);
        for (int32_t v = 0; v < self->graph->value_count; v++) {
            psb_tensor_view view;
            if (!view_of(&view, self, v)) continue;
            psb_observe_gather(self->scratch, &view);
            see(&self->observation->values[v], self->scratch, elements_of(&view));
        }
        status = psb_pictures_step(pictures);
    }
    return status;
}

psb_status psb_observation_init(psb_observation *out, const psb_graph *graph, psb_pictures *pictures,
                                uint32_t cpu_flags)
{
    const size_t count = (size_t)graph->value_count + 1;
    observer self = {.observation = out, .graph = graph};
    *out = (psb_observation){.count = graph->value_count, .values = calloc(count, sizeof(*out->values))};
    self.outputs = malloc(count * sizeof(*self.outputs));
    psb_status status =
        out->values && self.outputs ? PSB_OK : psb_fail_memory("statistics", count * sizeof(*out->values));
    if (!status) status = psb_observe_open(&self.network, self.outputs, graph, cpu_flags);
    if (!status) status = alloc_statistics(&self);
    if (!status) status = walk_pictures(&self, pictures, see_extremes);
    if (status) goto done;
    for (int32_t v = 0; v < out->count; v++) {
        psb_statistics *seen = &out->values[v];
        for (int32_t c = 0; c < seen->channels; c++) {
            seen->channel_mean[c] /= (double)seen->count / (double)seen->channels;
            seen->channel_square[c] /= (double)seen->count / (double)seen->channels;
        }
        if (seen->channels > 0 && !(isfinite(seen->least) && isfinite(seen->most)))
            status = psb_fail(PSB_UNSUPPORTED, "%s: value \"%.100s\": found numbers that are not finite", graph->file,
                              graph->values[v].name);
    }
    if (status) goto done;
    psb_importance_fill(out, graph);
    status = walk_pictures(&self, pictures, see_bins);
done:
    psb_network_close(&self.network);
    free(self.outputs);
    free(self.scratch);
    return status;
}

void psb_observation_fini(psb_observation *observation)
{
    for (int32_t v = 0; v < observation->count && observation->values; v++) free(observation->values[v].bins);
    free(observation->values);
    *observation = (psb_observation){0};
}
