/* SPDX-License-Identifier: Apache-2.0
 *
 * The search for the tracker's constants (src/track/tuning.h), on MOT17-02, -05, -11 and TUD-Stadtmitte alone, at full
 * rate and thinned. The other sequences are held back; both halves are printed, so that nobody has to believe it.
 *     build/bench/tune_tracker SHARED CHECKPOINT SECONDS tracking|doubt [all|NAME,NAME...] [CONSTANT=VALUE]...
 * One to three constants at a time are changed by a normal step in their logarithm; what improves the goal is kept, and
 * each constant's step follows its luck (after Rechenberg's one-fifth rule, "Evolutionsstrategie", 1973).
 * The checkpoint holds the best constants and the chance's state: run again with the same file, the search goes on;
 * with SECONDS 0 only the halves are printed. Goals: goal_tracking and goal_doubt below.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "mot_lab.h"
#include "track/tracker_int.h"

enum { CONSTANTS = sizeof(psb_tracker_tuning) / sizeof(double), MOST_CHANGED = 3, NAME_BYTES = 64 };
static const double FIRST_STEP = 0.25, LEAST_STEP = 0.05, LUCK = 1.1, BAD_LUCK = 0.97;

typedef struct tuner {
    lab laboratory;
    psb_tracker_tuning best;
    double goal;
    double step[CONSTANTS];
    psb_rng rng;
    double (*goal_of)(struct tuner *at, const psb_tracker_tuning *tuning, bool tuning_half);
    const char *only; /* names with commas, or "all" */
    const char *checkpoint;
} tuner;

static const char *const names[] = {
#define X(name, value, meaning) #name,
    PSB_TRACKER_TUNING_LIST(X)
#undef X
};

/* One half of one set, as one result. */
static void run_half(lab_result *out, tuner *at, const psb_tracker_tuning *tuning, bool is_17, bool tuning_half,
                     lab_sampling sampling)
{
    lab_result parts[LAB_SEQUENCES];
    int32_t count = 0;
    for (int32_t i = is_17 ? 0 : LAB_MOT17; i < (is_17 ? LAB_MOT17 : LAB_SEQUENCES); i++)
        if (at->laboratory.sequence[i].is_tuning == tuning_half)
            lab_run(&parts[count++], &at->laboratory, i, tuning, sampling);
    lab_combine(out, parts, count);
}

/* HOTA first, MOTA and IDF1 a quarter each, in percent. */
static double quality(const lab_result *result)
{
    return 100 * (lab_value(result, "HOTA") + 0.25 * lab_value(result, "MOTA") + 0.25 * lab_value(result, "IDF1")) /
           1.5;
}

/* All rates and phases weighted, less a little for each identity switch at full rate. Identities are judged without
 * the doubt margin here: what it costs is the other goal. */
static double goal_tracking(tuner *at, const psb_tracker_tuning *tuning, bool tuning_half)
{
    static const struct {
        bool is_17;
        lab_sampling sampling;
        double weight;
    } runs[] = {{true, {.every = 1, .phase = 0}, 3},
                {true, {.every = 2, .phase = 0}, 0.75},
                {true, {.every = 2, .phase = 1}, 0.75},
                {true, {.every = 3, .phase = 0}, 0.5},
                {true, {.every = 3, .phase = 1}, 0.5},
                {true, {.every = 3, .phase = 2}, 0.5},
                {true, {.every = 6, .phase = 0}, 0.5},
                {true, {.every = 6, .phase = 2}, 0.5},
                {true, {.every = 6, .phase = 4}, 0.5},
                {false, {.every = 1, .phase = 0}, 1.2},
                {false, {.every = 2, .phase = 0}, 0.4},
                {false, {.every = 2, .phase = 1}, 0.4},
                {false, {.every = 3, .phase = 0}, 0.3},
                {false, {.every = 3, .phase = 1}, 0.3},
                {false, {.every = 3, .phase = 2}, 0.3},
                {true, {.every = 1, .worse = WORSE_SHAKY}, 0.8},
                {true, {.every = 1, .worse = WORSE_DOUBLED}, 0.8},
                {true, {.every = 1, .worse = WORSE_CLUTTERED}, 0.4},
                {true, {.every = 4, .worse = WORSE_SHAKY}, 0.4},
                {true, {.every = 4, .worse = WORSE_DOUBLED}, 0.4},
                {true, {.every = 4, .worse = WORSE_CLUTTERED}, 0.4},
                {false, {.every = 1, .worse = WORSE_SHAKY}, 0.3},
                {false, {.every = 1, .worse = WORSE_DOUBLED}, 0.3},
                {false, {.every = 1, .worse = WORSE_CLUTTERED}, 0.3},
                {false, {.every = 4, .worse = WORSE_SHAKY}, 0.2},
                {false, {.every = 4, .worse = WORSE_DOUBLED}, 0.2},
                {false, {.every = 4, .worse = WORSE_CLUTTERED}, 0.2}};
    const double switch_cost = 0.009;
    psb_tracker_tuning sure = *tuning;
    sure.doubt_margin = 0;
    double sum = 0, weights = 0, switches = 0;
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
        lab_result result;
        run_half(&result, at, &sure, runs[i].is_17, tuning_half, runs[i].sampling);
        sum += runs[i].weight * quality(&result);
        weights += runs[i].weight;
        if (i == 0) switches = lab_value(&result, "IDSW");
    }
    return sum / weights - switch_cost * switches;
}

/* The share of identities of MOT17 that mix two people, in percent and negative; HOTA lost beyond 0.4 counts heavily,
 * that of MOT15 for less because its half is one short sequence. */
static double goal_doubt(tuner *at, const psb_tracker_tuning *tuning, bool tuning_half)
{
    const lab_sampling full = {.every = 1, .phase = 0};
    psb_tracker_tuning sure = *tuning;
    sure.doubt_margin = 0;
    lab_result with, without, with_15, without_15;
    run_half(&with, at, tuning, true, tuning_half, full);
    run_half(&without, at, &sure, true, tuning_half, full);
    run_half(&with_15, at, tuning, false, tuning_half, full);
    run_half(&without_15, at, &sure, false, tuning_half, full);
    const double loss = 100 * (lab_value(&without, "HOTA") - lab_value(&with, "HOTA"));
    const double loss_15 = 100 * (lab_value(&without_15, "HOTA") - lab_value(&with_15, "HOTA"));
    return -100.0 * with.mixed / fmax(with.identities, 1) - 20 * fmax(loss - 0.4, 0) - 5 * fmax(loss_15 - 0.8, 0);
}

static double normal(psb_rng *rng)
{
    return sqrt(-2 * log(psb_rng_unit(rng) + 0x1p-60)) * cos(2 * acos(-1) * psb_rng_unit(rng));
}

static bool is_searched(const tuner *at, int32_t constant_i)
{
    if (strcmp(at->only, "all") == 0) return true;
    char listed[4096], wanted[NAME_BYTES + 2];
    snprintf(listed, sizeof(listed), ",%s,", at->only);
    snprintf(wanted, sizeof(wanted), ",%s,", names[constant_i]);
    return strstr(listed, wanted) != NULL;
}

static void save(const tuner *at)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s.new", at->checkpoint);
    FILE *to = fopen(path, "w");
    if (!to) return;
    psb_tracker_tuning best = at->best;
    for (int32_t i = 0; i < CONSTANTS; i++)
        fprintf(to, "%s %.9g %.9g\n", names[i], *lab_constant(&best, names[i]), at->step[i]);
    psb_rng rng = at->rng;
    fprintf(to, "chance %" PRIu64 " 0\n", psb_rng_next(&rng));
    if (fclose(to) == 0) rename(path, at->checkpoint);
}

static void resume(tuner *at)
{
    FILE *from = fopen(at->checkpoint, "r");
    if (!from) return;
    char name[NAME_BYTES], value[NAME_BYTES];
    double step = 0;
    while (fscanf(from, "%63s %63s %lf", name, value, &step) == 3) {
        if (strcmp(name, "chance") == 0) psb_rng_init(&at->rng, strtoull(value, NULL, 10));
        for (int32_t i = 0; i < CONSTANTS; i++) {
            if (strcmp(name, names[i]) != 0) continue;
            *lab_constant(&at->best, name) = strtod(value, NULL);
            at->step[i] = step;
        }
    }
    fclose(from);
}

static void try_once(tuner *at, const int32_t *searched, int32_t searched_count)
{
    psb_tracker_tuning other = at->best;
    int32_t changed[MOST_CHANGED];
    const int32_t count = 1 + (int32_t)psb_rng_below(&at->rng, MOST_CHANGED);
    for (int32_t i = 0; i < count; i++) {
        changed[i] = searched[psb_rng_below(&at->rng, (uint64_t)searched_count)];
        double *constant = lab_constant(&other, names[changed[i]]);
        const double luck = normal(&at->rng) * at->step[changed[i]];
        *constant = *constant == 0 ? 0.2 * luck : *constant * exp(luck);
    }
    const double goal = at->goal_of(at, &other, true);
    const bool is_better = goal > at->goal;
    for (int32_t i = 0; i < count; i++)
        at->step[changed[i]] = fmax(LEAST_STEP, at->step[changed[i]] * (is_better ? LUCK : BAD_LUCK));
    if (!is_better) return;
    at->best = other;
    at->goal = goal;
    fprintf(stderr, "%.4f", goal);
    for (int32_t i = 0; i < count; i++)
        fprintf(stderr, " %s=%.4g", names[changed[i]], *lab_constant(&other, names[changed[i]]));
    fputc('\n', stderr);
    save(at);
}

static void run_search(tuner *at, double seconds)
{
    int32_t searched[CONSTANTS], count = 0;
    for (int32_t i = 0; i < CONSTANTS; i++)
        if (is_searched(at, i)) searched[count++] = i;
    const psb_clock clock = psb_clock_system();
    const int64_t end_ns = psb_clock_now_ns(&clock) + (int64_t)(seconds * 1e9);
    at->goal = at->goal_of(at, &at->best, true);
    while (count > 0 && psb_clock_now_ns(&clock) < end_ns) try_once(at, searched, count);
    if (seconds > 0) save(at);
}

static void print_halves(tuner *at)
{
    static const char *const kinds[] = {"as it is ", "shaky    ", "doubled  ", "cluttered"};
    for (int32_t half = 1; half >= 0; half--) {
        for (int32_t is_17 = 1; is_17 >= 0; is_17--) {
            for (worse_kind kind = WORSE_NOT; kind <= WORSE_CLUTTERED; kind++) {
                lab_result r;
                run_half(&r, at, &at->best, is_17, half, (lab_sampling){.every = 1, .worse = kind});
                printf("%s %s %s: HOTA %.2f MOTA %.2f IDF1 %.2f IDSW %.0f, %d of %d identities mix two people\n",
                       half ? "searched on" : "held back  ", is_17 ? "MOT17" : "MOT15", kinds[kind],
                       100 * lab_value(&r, "HOTA"), 100 * lab_value(&r, "MOTA"), 100 * lab_value(&r, "IDF1"),
                       lab_value(&r, "IDSW"), r.mixed, r.identities);
            }
        }
        printf("%s goal: %.4f\n", half ? "searched on" : "held back  ", at->goal_of(at, &at->best, half));
    }
}

int main(int argument_count, char **arguments)
{
    static tuner state;
    if (argument_count < 5) {
        fprintf(stderr, "use: tune_tracker SHARED CHECKPOINT SECONDS tracking|doubt [all|NAME,...] [NAME=VALUE]...\n");
        return 2;
    }
    state.best = psb_tracker_tuning_default;
    state.checkpoint = arguments[2];
    state.goal_of = strcmp(arguments[4], "doubt") == 0 ? goal_doubt : goal_tracking;
    state.only = argument_count > 5 ? arguments[5] : "all";
    for (int32_t i = 0; i < CONSTANTS; i++) state.step[i] = FIRST_STEP;
    psb_rng_init(&state.rng, 1);
    resume(&state);
    if (argument_count > 6) lab_take_constants(&state.best, arguments + 6, argument_count - 6);
    lab_open(&state.laboratory, arguments[1]);
    run_search(&state, strtod(arguments[3], NULL));
    for (int32_t i = 0; i < CONSTANTS; i++) printf("%s=%.4g ", names[i], *lab_constant(&state.best, names[i]));
    putchar('\n');
    print_halves(&state);
    lab_close(&state.laboratory);
    return 0;
}
