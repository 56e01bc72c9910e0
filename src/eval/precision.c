/* SPDX-License-Identifier: Apache-2.0
 *
 * Average precision: detections take truth best score first, picture by picture; then one precision-recall curve over
 * all pictures, made monotonic and read at 101 recalls; ten overlaps, four ranges of area. See precision.h for the two
 * rule books; they differ in what an ignored truth does, which is match_coco against match_mot.
 */
#include "eval/precision.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { OVERLAPS = 10, RECALLS = 101, MISS_POINTS = 9, COCO_MOST_FOUND = 100, COUNTED_NEITHER_WAY = -1 };

typedef struct ranked {
    double score;
    int32_t at; /* detection */
} ranked;

typedef struct measure {
    const psb_precision_input *in;
    psb_precision_rules rules;
    double least_area_px2, most_area_px2;
    ranked *order; /* all detections, best first within each picture, then over all */
    int32_t n_order;
    int8_t *verdict;   /* per detection: 1 hit, 0 false, -1 neither */
    bool *is_taken;    /* per truth */
    bool *is_ignored;  /* per truth, for the range of areas at hand */
    double *precision; /* along the curve */
    double *recall;
} measure;

/* The i-th of count values evenly from first to last, rounded as numpy.linspace rounds: both rule books' published
 * programs compare with those, and a recall of 217/620 meets 0.35 exactly. */
static double even_step(double first, double last, int32_t count, int32_t i)
{
    return i == count - 1 ? last : i * ((last - first) / (count - 1)) + first;
}

static int compare_ranked(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at); /* equal scores stay in the order of the file */
}

static double overlap_area(const psb_precision_input *in, int32_t found, int32_t truth)
{
    const double w =
        fmin(in->found_x1_px[found], in->truth_x1_px[truth]) - fmax(in->found_x0_px[found], in->truth_x0_px[truth]);
    const double h =
        fmin(in->found_y1_px[found], in->truth_y1_px[truth]) - fmax(in->found_y0_px[found], in->truth_y0_px[truth]);
    return w > 0 && h > 0 ? w * h : 0;
}

static double found_area(const psb_precision_input *in, int32_t found)
{
    return (in->found_x1_px[found] - in->found_x0_px[found]) * (in->found_y1_px[found] - in->found_y0_px[found]);
}

static double intersection_over_union(const psb_precision_input *in, int32_t found, int32_t truth)
{
    const double both = overlap_area(in, found, truth);
    const double truth_area =
        (in->truth_x1_px[truth] - in->truth_x0_px[truth]) * (in->truth_y1_px[truth] - in->truth_y0_px[truth]);
    return both / fmax(found_area(in, found) + truth_area - both, 1e-9);
}

/* The free person of largest overlap; otherwise an ignore region that holds half of the detection. */
static int8_t match_mot(const measure *m, int32_t found, int32_t t0, int32_t t1, double least)
{
    const psb_precision_input *in = m->in;
    int32_t best = -1;
    double best_overlap = least;
    bool lies_in_ignored = false;
    for (int32_t t = t0; t < t1; t++) {
        if (m->is_ignored[t]) {
            lies_in_ignored |= overlap_area(in, found, t) / fmax(found_area(in, found), 1e-9) >= 0.5;
            continue;
        }
        if (m->is_taken[t]) continue;
        const double overlap = intersection_over_union(in, found, t);
        if (overlap < best_overlap || (best >= 0 && overlap == best_overlap)) continue;
        best = t;
        best_overlap = overlap;
    }
    if (best < 0) return lies_in_ignored ? COUNTED_NEITHER_WAY : 0;
    m->is_taken[best] = true;
    return 1;
}

/* A person that is asked for before one that is not; a crowd may be taken many times, by the share of the detection. */
static int8_t match_coco(const measure *m, int32_t found, int32_t t0, int32_t t1, double least)
{
    const psb_precision_input *in = m->in;
    for (int pass = 0; pass < 2; pass++) { /* asked for first, ignored second */
        int32_t best = -1;
        double best_overlap = fmin(least, 1 - 1e-10);
        for (int32_t t = t0; t < t1; t++) {
            const bool is_crowd = in->truth_is_ignored[t];
            if (m->is_ignored[t] != (pass == 1) || (m->is_taken[t] && !is_crowd)) continue;
            const double overlap = is_crowd ? overlap_area(in, found, t) / fmax(found_area(in, found), 1e-9)
                                            : intersection_over_union(in, found, t);
            if (overlap < best_overlap) continue;
            best = t;
            best_overlap = overlap;
        }
        if (best < 0) continue;
        m->is_taken[best] = true;
        return pass == 0 ? 1 : COUNTED_NEITHER_WAY;
    }
    const double area = found_area(in, found);
    return area < m->least_area_px2 || area > m->most_area_px2 ? COUNTED_NEITHER_WAY : 0;
}

/* Ranks every picture's detections; COCO keeps the best hundred of each. */
static void rank_pictures(measure *m)
{
    const psb_precision_input *in = m->in;
    m->n_order = 0;
    for (int32_t i = 0; i < in->picture_count; i++) {
        ranked *begin = m->order + m->n_order;
        const int32_t n = in->found_first[i + 1] - in->found_first[i];
        for (int32_t k = 0; k < n; k++)
            begin[k] = (ranked){in->found_score[in->found_first[i] + k], in->found_first[i] + k};
        qsort(begin, (size_t)n, sizeof(*begin), compare_ranked);
        m->n_order += m->rules == PSB_RULES_COCO && n > COCO_MOST_FOUND ? COCO_MOST_FOUND : n;
    }
}

static void judge(measure *m, double least)
{
    const psb_precision_input *in = m->in;
    memset(m->is_taken, 0, (size_t)in->truth_first[in->picture_count] * sizeof(*m->is_taken));
    rank_pictures(m);
    int32_t picture = 0;
    for (int32_t k = 0; k < m->n_order; k++) {
        const int32_t found = m->order[k].at;
        while (found >= in->found_first[picture + 1]) picture++;
        const int32_t t0 = in->truth_first[picture], t1 = in->truth_first[picture + 1];
        m->verdict[found] =
            m->rules == PSB_RULES_COCO ? match_coco(m, found, t0, t1, least) : match_mot(m, found, t0, t1, least);
    }
    qsort(m->order, (size_t)m->n_order, sizeof(*m->order), compare_ranked);
}

/* Area under the monotonic curve at 101 recalls; *recall_out is the largest recall. */
static double average_precision(const measure *m, int64_t persons, double *recall_out)
{
    int32_t n = 0;
    double hits = 0, false_ones = 0;
    for (int32_t k = 0; k < m->n_order; k++) {
        const int8_t verdict = m->verdict[m->order[k].at];
        if (verdict < 0) continue;
        hits += verdict;
        false_ones += 1 - verdict;
        m->recall[n] = hits / (double)persons;
        m->precision[n++] = hits / (hits + false_ones);
    }
    *recall_out = n ? m->recall[n - 1] : 0;
    for (int32_t i = n - 2; i >= 0; i--) m->precision[i] = fmax(m->precision[i], m->precision[i + 1]);
    double sum = 0;
    int32_t at = 0;
    for (int32_t r = 0; r < RECALLS; r++) {
        while (at < n && m->recall[at] < even_step(0, 1, RECALLS, r)) at++;
        if (at < n) sum += m->precision[at];
    }
    return sum / RECALLS;
}

/* Geometric mean of the miss rate at nine rates of false positives a picture. */
static double log_average_miss_rate(const measure *m, int64_t persons)
{
    double log_sum = 0;
    for (int32_t i = 0; i < MISS_POINTS; i++) {
        const double most = pow(10, -2 + i * 0.25);
        double hits = 0, false_ones = 0, miss = 1;
        for (int32_t k = 0; k < m->n_order; k++) {
            const int8_t verdict = m->verdict[m->order[k].at];
            if (verdict < 0) continue;
            hits += verdict;
            false_ones += 1 - verdict;
            if (false_ones / m->in->picture_count > most) break;
            miss = 1 - hits / (double)persons;
        }
        log_sum += log(fmax(miss, 1e-10));
    }
    return exp(log_sum / MISS_POINTS);
}

/* How many truths are asked for in this range of areas, [least, most] (COCO: ends included). */
static int64_t set_range(measure *m, double least_px2, double most_px2)
{
    const psb_precision_input *in = m->in;
    int64_t persons = 0;
    m->least_area_px2 = least_px2;
    m->most_area_px2 = most_px2;
    for (int32_t t = 0; t < in->truth_first[in->picture_count]; t++) {
        m->is_ignored[t] =
            in->truth_is_ignored[t] || in->truth_area_px2[t] < least_px2 || in->truth_area_px2[t] > most_px2;
        persons += !m->is_ignored[t];
    }
    return persons;
}

static double mean_over_overlaps(measure *m, int64_t persons, psb_precision *all)
{
    double sum = 0, recall_sum = 0;
    for (int32_t i = 0; i < OVERLAPS; i++) {
        double recall;
        judge(m, even_step(0.5, 0.95, OVERLAPS, i));
        const double ap = average_precision(m, persons, &recall);
        sum += ap;
        recall_sum += recall;
        if (!all) continue;
        if (i == 0) {
            all->ap50 = ap;
            all->recall50 = recall;
            all->miss_rate = log_average_miss_rate(m, persons);
        }
        if (i == 5) all->ap75 = ap;
    }
    if (all) all->recall = recall_sum / OVERLAPS;
    return sum / OVERLAPS;
}

psb_status psb_precision_measure(psb_precision *out, const psb_precision_input *input, psb_precision_rules rules)
{
    static const double small = 32.0 * 32, large = 96.0 * 96, infinite = 1e10;
    const size_t n_found = (size_t)input->found_first[input->picture_count] + 1;
    const size_t n_truth = (size_t)input->truth_first[input->picture_count] + 1;
    measure m = {.in = input, .rules = rules};
    psb_status status = PSB_OK;
    *out = (psb_precision){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0, 0};
    m.order = malloc(n_found * sizeof(*m.order));
    m.verdict = malloc(n_found);
    m.precision = malloc(n_found * sizeof(*m.precision));
    m.recall = malloc(n_found * sizeof(*m.recall));
    m.is_taken = malloc(n_truth * sizeof(*m.is_taken));
    m.is_ignored = malloc(n_truth * sizeof(*m.is_ignored));
    if (!m.order || !m.verdict || !m.precision || !m.recall || !m.is_taken || !m.is_ignored) {
        status = psb_fail_memory("average precision", n_found * 33 + n_truth * 2);
        goto done;
    }
    out->found_count = (int64_t)n_found - 1;
    out->truth_count = set_range(&m, 0, infinite);
    if (out->truth_count > 0) out->ap = mean_over_overlaps(&m, out->truth_count, out);
    int64_t persons = set_range(&m, 0, small);
    if (persons > 0) out->ap_small = mean_over_overlaps(&m, persons, NULL);
    persons = set_range(&m, small, large);
    if (persons > 0) out->ap_medium = mean_over_overlaps(&m, persons, NULL);
    persons = set_range(&m, large, infinite);
    if (persons > 0) out->ap_large = mean_over_overlaps(&m, persons, NULL);
done:
    free(m.order);
    free(m.verdict);
    free(m.precision);
    free(m.recall);
    free(m.is_taken);
    free(m.is_ignored);
    return status;
}
