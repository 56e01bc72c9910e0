/* SPDX-License-Identifier: Apache-2.0
 *
 * Learning of what boxes are worth. The jitter is a running mean of size changes, bounded; the score a running quantile
 * by stochastic approximation (Robbins, Monro, "A stochastic approximation method", Ann. Math. Stat. 22, 1951), whose
 * step is the scores' own spread, so that it works on any scale of scores. Only boxes of believed people teach: how
 * many false ones a detector lets through, or at which score its output was cut, must not matter.
 */
#include "track/scale.h"

#include <math.h>

/* One comparison counts no more than this: a person who sits down is not jitter. */
static const double MOST_CHANGE = 0.3;
/* Bounds of the factor: the range that detectors were seen to have, twice over. */
static const double LEAST_NOISE = 0.3, MOST_NOISE = 3;
/* The spread is averaged over this many boxes. */
static const double SPREAD_BOXES = 100;

void psb_scale_init(psb_scale *scale, const psb_tracker_tuning *tuning)
{
    *scale = (psb_scale){.noise = 1,
                         .usual_score = tuning->usual_score,
                         .high_score = tuning->high_score,
                         .jitter = tuning->usual_jitter,
                         .score_spread = tuning->usual_score / 2};
}

void psb_scale_note_score(psb_scale *scale, const psb_tracker_tuning *tuning, double score)
{
    scale->score_sum += score < scale->usual_score ? tuning->share_weak - 1 : tuning->share_weak;
    scale->high_sum += score > scale->high_score ? 1 - tuning->share_high : -tuning->share_high;
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
    scale->high_score += tuning->learn_score * scale->score_spread * scale->high_sum;
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
    scale->jitter_sum = scale->score_sum = scale->high_sum = scale->spread_sum = 0;
    scale->jitter_count = scale->score_count = 0;
}
