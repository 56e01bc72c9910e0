/* SPDX-License-Identifier: Apache-2.0
 *
 * Rounds of runners. Orders are Fisher's and Yates's shuffles; a runner that is far behind leaves once its figures are
 * known well enough, so that the others have the time for theirs.
 */
#include "timing/contest.h"

#include <math.h>
#include <stdio.h>

static void draw_order(int32_t *order, int32_t count, psb_rng *rng)
{
    for (int32_t i = 0; i < count; i++) order[i] = i;
    for (int32_t i = count - 1; i > 0; i--) {
        const int32_t other = (int32_t)psb_rng_below(rng, (uint64_t)i + 1);
        const int32_t kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

static void run_once(psb_runner *runner, bool is_kept)
{
    int64_t duration_ns = 0;
    if (runner->failure || runner->has_left) return;
    runner->failure = runner->run(runner->user, &duration_ns);
    if (runner->failure)
        snprintf(runner->failure_text, sizeof(runner->failure_text), "%s", psb_error_text());
    else if (is_kept)
        psb_samples_add(&runner->samples, duration_ns);
}

static psb_status let_slow_ones_leave(psb_runner *runners, int32_t count)
{
    double medians[PSB_CONTEST_MAX_RUNNERS];
    for (int32_t i = 0; i < count; i++) {
        psb_samples_figures figures;
        const psb_status status = psb_samples_figures_get(&runners[i].samples, &figures);
        if (status) return status;
        medians[i] = runners[i].failure ? (double)INFINITY : figures.median_ms;
    }
    for (int32_t i = 0; i < count; i++)
        for (int32_t other = 0; other < count && runners[i].group; other++)
            if (runners[other].group == runners[i].group && medians[i] > 2 * medians[other]) runners[i].has_left = true;
    return PSB_OK;
}

psb_status psb_contest_run(psb_runner *runners, int32_t count, const psb_contest_options *options)
{
    const int32_t rounds = options->rounds > 0 ? options->rounds : PSB_CONTEST_MAX_ROUNDS;
    const double limit_s = options->limit_s > 0 ? options->limit_s : 120;
    psb_rng rng = options->rng;
    psb_status status = PSB_OK;
    for (int32_t i = 0; i < count && !status; i++) status = psb_samples_init(&runners[i].samples, rounds);
    int64_t begin_ns = 0;
    for (int32_t round = -PSB_CONTEST_WARM_UP; round < rounds && !status; round++) {
        int32_t order[PSB_CONTEST_MAX_RUNNERS];
        if (round == 0) begin_ns = psb_clock_now_ns(&options->clock);
        if (round > 0 && (double)(psb_clock_now_ns(&options->clock) - begin_ns) * 1e-9 >= limit_s) break;
        draw_order(order, count, &rng);
        for (int32_t i = 0; i < count; i++) run_once(&runners[order[i]], round >= 0);
        if (round + 1 == PSB_CONTEST_LEAVE_SAMPLES) status = let_slow_ones_leave(runners, count);
    }
    return status;
}

void psb_contest_fini(psb_runner *runners, int32_t count)
{
    for (int32_t i = 0; i < count; i++) psb_samples_fini(&runners[i].samples);
}
