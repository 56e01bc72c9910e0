/* SPDX-License-Identifier: Apache-2.0
 *
 * Learning of what boxes are worth. A detector's good boxes are those that carry the sum of a high power of all scores:
 * a hundred bits of clutter at a tenth of the score weigh nothing beside one person, so it does not matter at which
 * score the output was cut, and nothing that the tracker decides comes back into it. The low end is a running quantile
 * of believed people's boxes by stochastic approximation (Robbins, Monro, Ann. Math. Stat. 22, 1951), whose step is the
 * scores' own spread. The jitter of sizes is a running mean, bounded. How many boxes of a trust are people's cannot be
 * seen without truth; but how many are on somebody who had good boxes before can, and what a detector invents (a lamp
 * post at two thirds of a person's score, for minutes) seldom is. That share, beside the best boxes', is faith.
 */
#include "track/scale.h"

#include <math.h>

/* One comparison counts no more than this: a person who sits down is not jitter. */
static const double MOST_CHANGE = 0.3;
/* Bounds of the factor: the range that detectors were seen to have, twice over. */
static const double LEAST_NOISE = 0.3, MOST_NOISE = 3;
/* The spread is averaged over this many boxes. */
static const double SPREAD_BOXES = 100;

/* Before it is known, faith is none at the lower trust and full from the higher one on, as if so many boxes of each
 * class had been seen. */
static const double PRIOR_NONE = 0.3, PRIOR_FULL = 0.9, PRIOR_BOXES = 50;

void psb_scale_init(psb_scale *scale, const psb_tracker_tuning *tuning)
{
    *scale = (psb_scale){.noise = 1,
                         .usual_score = tuning->usual_score,
                         .jitter = tuning->usual_jitter,
                         .score_spread = tuning->usual_score / 2};
}

void psb_scale_take_scores(psb_scale *scale, const psb_boxes *boxes, double kept)
{
    scale->high_moment *= kept;
    scale->high_weight *= kept;
    for (int32_t i = 0; i < PSB_SCALE_CLASSES; i++) {
        scale->seen[i] *= kept;
        scale->sure[i] *= kept;
    }
    if (boxes->count > 0) scale->least_score = fmin(scale->least_score, boxes->score[boxes->count - 1]);
    for (int32_t i = 0; i < boxes->count; i++) {
        const double above = boxes->score[i] - scale->least_score;
        const double weight = above * above * above * above * above * above; /* the sixth: see the head */
        scale->high_weight += weight;
        scale->high_moment += weight * above;
    }
}

double psb_scale_trust(const psb_scale *scale, double score)
{
    if (!(scale->high_weight > 0)) return fmin(score, 1); /* nothing learnt */
    return fmin((score - scale->least_score) * scale->high_weight / scale->high_moment, 1);
}

static int32_t class_of(double trust)
{
    return (int32_t)(PSB_SCALE_CLASSES * fmin(fmax(trust, 0), 1 - 0.5 / PSB_SCALE_CLASSES));
}

void psb_scale_note_box(psb_scale *scale, double trust, bool is_sure)
{
    const int32_t class_i = class_of(trust);
    scale->seen[class_i]++;
    if (is_sure) scale->sure[class_i]++;
}

static double share_sure(const psb_scale *scale, int32_t class_i)
{
    const double trust = (class_i + 0.5) / PSB_SCALE_CLASSES;
    const double prior = fmin(fmax((trust - PRIOR_NONE) / (PRIOR_FULL - PRIOR_NONE), 0), 1);
    return (scale->sure[class_i] + PRIOR_BOXES * prior) / (scale->seen[class_i] + PRIOR_BOXES);
}

double psb_scale_faith(const psb_scale *scale, double trust)
{
    return fmin(share_sure(scale, class_of(trust)) / share_sure(scale, PSB_SCALE_CLASSES - 1), 1);
}

void psb_scale_note_score(psb_scale *scale, const psb_tracker_tuning *tuning, double score)
{
    scale->score_sum += score < scale->usual_score ? tuning->share_weak - 1 : tuning->share_weak;
    scale->spread_sum += fabs(score - scale->usual_score);
    scale->score_count++;
}

void psb_scale_note_change(psb_scale *scale, double change)
{
    scale->jitter_sum += fmin(change, MOST_CHANGE);
    scale->jitter_count++;
}

static void learn_score(psb_scale *scale, const psb_tracker_tuning *tuning)
{
    const double count = scale->score_count;
    scale->score_spread += (scale->spread_sum / count - scale->score_spread) * (count / (count + SPREAD_BOXES));
    scale->usual_score += tuning->learn_score * scale->score_spread * scale->score_sum;
    scale->score_total += scale->score_count;
}

static void learn_jitter(psb_scale *scale, const psb_tracker_tuning *tuning)
{
    const double count = scale->jitter_count;
    scale->jitter += (scale->jitter_sum / count - scale->jitter) * (count / (count + tuning->learn_jitter));
    scale->noise = fmin(fmax(scale->jitter / tuning->usual_jitter, LEAST_NOISE), MOST_NOISE);
}

void psb_scale_learn(psb_scale *scale, const psb_tracker_tuning *tuning)
{
    if (scale->score_count > 0 && tuning->learn_score > 0) learn_score(scale, tuning);
    if (scale->jitter_count > 0 && tuning->learn_jitter > 0) learn_jitter(scale, tuning);
    scale->jitter_sum = scale->score_sum = scale->spread_sum = 0;
    scale->jitter_count = scale->score_count = 0;
}
