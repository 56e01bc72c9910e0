/* SPDX-License-Identifier: Apache-2.0
 *
 * Search of ranges. Both ends are cut back in turn, in even ratios, as long as the mean squared error over the
 * histogram falls: rounding grows with the range, clipping with what lies outside (Banner et al., "Post training 4-bit
 * quantization of convolutional networks", NeurIPS 2019, minimise the same sum in closed form). Zero is always
 * represented exactly, because padding is.
 */
#include "quant/range_int.h"

#include <math.h>
#include <stdlib.h>

enum { SWEEPS = 2, STEPS = 48, WEIGHT_STEPS = 40 };
enum { WIDENINGS = 16, SUM_ZERO_STEP = 8, MOST_SUM_ZERO = 208 };
static const float WIDENING = 1.06F;
static const double STEP = 0.94; /* 0.94^47 is a twentieth of the extreme */

typedef struct candidate {
    double low, high;
} candidate;

static psb_encoding encoding_of(candidate range)
{
    const double least = 1e-6; /* of nothing but zeros, any scale will do */
    double width = range.high - range.low;
    psb_encoding encoding = {.scale = (float)((width > least ? width : least) / 255)};
    double zero = nearbyint(-range.low / (double)encoding.scale);
    encoding.zero = (uint8_t)(zero < 0 ? 0 : zero > 255 ? 255 : zero);
    return encoding;
}

static float round_trip(psb_encoding encoding, float x)
{
    float q = nearbyintf(x / encoding.scale) + encoding.zero;
    q = q < 0 ? 0 : q > 255 ? 255 : q;
    return encoding.scale * (q - encoding.zero);
}

/* What the errors over one histogram cost: per pixel, so that a tensor counts the same whatever its size. */
static double error_of(const psb_statistics *seen, psb_encoding encoding, psb_activation activation)
{
    const float step = (seen->most - seen->least) / PSB_HISTOGRAM_BINS;
    double sum = 0;
    for (int32_t b = 0; b < PSB_HISTOGRAM_BINS; b++) {
        if (seen->bins[b] == 0) continue;
        const float x = seen->least + ((float)b + 0.5F) * step;
        const double error = (double)psb_activation_apply(activation, x) -
                             (double)psb_activation_apply(activation, round_trip(encoding, x));
        const float q = x / encoding.scale + encoding.zero;
        sum += seen->bins[b] * error * error * (q < -0.5F || q > 255.5F ? PSB_RANGE_CUT_COST : 1);
    }
    return sum * seen->channels / (double)seen->count;
}

static double total_error(const psb_statistics *const *seen, int32_t count, psb_activation activation, candidate range)
{
    double sum = 0;
    const psb_encoding encoding = encoding_of(range);
    for (int32_t i = 0; i < count; i++) sum += error_of(seen[i], encoding, activation);
    return sum;
}

psb_encoding psb_range_choose(const psb_statistics *const *seen, int32_t count, psb_activation activation)
{
    candidate whole = {0, 0};
    for (int32_t i = 0; i < count; i++) {
        if ((double)seen[i]->least < whole.low) whole.low = (double)seen[i]->least;
        if ((double)seen[i]->most > whole.high) whole.high = (double)seen[i]->most;
    }
    candidate best = whole;
    double least = total_error(seen, count, activation, best);
    for (int32_t sweep = 0; sweep < SWEEPS; sweep++)
        for (int32_t end = 0; end < 2; end++)
            for (int32_t step = 0; step < STEPS; step++) {
                candidate fresh = best;
                *(end ? &fresh.low : &fresh.high) = (end ? whole.low : whole.high) * pow(STEP, step);
                const double error = total_error(seen, count, activation, fresh);
                if (error >= least) continue;
                least = error;
                best = fresh;
            }
    return encoding_of(best);
}

/* What both roundings cost, the sum's and that of what the activation makes of it: on the way through a table. */
static double pair_error(const psb_statistics *sums, psb_encoding sum, psb_encoding made, psb_activation activation,
                         const float *exact)
{
    float table[256];
    const float step = (sums->most - sums->least) / PSB_HISTOGRAM_BINS;
    double total = 0;
    for (int32_t q = 0; q < 256; q++)
        table[q] = round_trip(made, psb_activation_apply(activation, sum.scale * (float)(q - sum.zero)));
    for (int32_t b = 0; b < PSB_HISTOGRAM_BINS; b++) {
        if (sums->bins[b] == 0) continue;
        float q = nearbyintf((sums->least + ((float)b + 0.5F) * step) / sum.scale) + sum.zero;
        const double error = (double)exact[b] - (double)table[(int32_t)(q < 0 ? 0 : q > 255 ? 255 : q)];
        total += sums->bins[b] * error * error;
    }
    return total;
}

void psb_range_choose_pair(psb_encoding *sum, psb_encoding *made, const psb_statistics *sums,
                           const psb_statistics *results, psb_activation activation)
{
    float exact[PSB_HISTOGRAM_BINS];
    const float step = (sums->most - sums->least) / PSB_HISTOGRAM_BINS;
    for (int32_t b = 0; b < PSB_HISTOGRAM_BINS; b++)
        exact[b] = psb_activation_apply(activation, sums->least + ((float)b + 0.5F) * step);
    *made = psb_range_choose(&results, 1, (psb_activation){0});
    *sum = psb_range_choose(&sums, 1, activation);
    double least = pair_error(sums, *sum, *made, activation, exact);
    const psb_encoding apart = *made;
    for (int32_t widening = 0; widening < WIDENINGS; widening++) {
        psb_encoding one = {.scale = apart.scale * powf(WIDENING, (float)widening)}, other = one;
        const float zero = nearbyintf(-fminf(results->least, 0) / one.scale);
        one.zero = (uint8_t)(zero > 255 ? 255 : zero);
        for (int32_t z = 0; z <= MOST_SUM_ZERO; z += SUM_ZERO_STEP) {
            other.zero = (uint8_t)z;
            const double error = pair_error(sums, other, one, activation, exact);
            if (error >= least) continue;
            least = error;
            *made = one;
            *sum = other;
        }
    }
}

static double round_weights(int8_t *out, const float *weights, size_t count, float scale)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        float q = nearbyintf(weights[i] / scale);
        q = q < -127 ? -127 : q > 127 ? 127 : q;
        out[i] = (int8_t)q;
        const double error = (double)weights[i] - (double)(q * scale);
        sum += error * error;
    }
    return sum;
}

float psb_range_weights(int8_t *out, const float *weights, size_t count)
{
    float reach = 0;
    for (size_t i = 0; i < count; i++)
        if (fabsf(weights[i]) > reach) reach = fabsf(weights[i]);
    if (!(reach > 1e-20F)) reach = 1e-20F; /* a channel of zeros */
    float best = reach / 127;
    double least = round_weights(out, weights, count, best);
    for (int32_t step = 1; step < WEIGHT_STEPS / 2; step++) {
        const float scale = reach * (float)(WEIGHT_STEPS - step) / WEIGHT_STEPS / 127;
        const double error = round_weights(out, weights, count, scale);
        if (error >= least) continue;
        least = error;
        best = scale;
    }
    round_weights(out, weights, count, best);
    return best;
}
