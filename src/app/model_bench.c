/* SPDX-License-Identifier: Apache-2.0
 *
 * `passerby model bench`: how long a network takes on this machine, in floats and in bytes, layer by layer, and beside
 * other runtimes in the same rounds. The measuring is in timing/, the others are opened by peers/.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/bench_models.h"
#include "app/bench_opponents.h"
#include "app/bench_report.h"
#include "app/quant_watcher.h"
#include "base/cpu.h"
#include "base/error.h"
#include "nn/model_source.h"

enum {
    SEED = 1,
    STEP_RUNS = 50, /* for the table of layers */
    LONGEST_S = 3600,
    BENCH_RUNNERS = BENCH_KINDS + BENCH_PEERS,
};
#define DEFAULT_LIMIT_S 120.0 /* where --seconds does not say it: until p99 has its samples, or so long */

typedef struct model_bench_options {
    psb_option_size input_size;     /* all zero = the model's own */
    double seconds;                 /* 0 = not given */
    const char *cpu, *images, *qdq; /* NULL = not given */
    bool peers;
} model_bench_options;

static const psb_option rows[] = {
    {"input-size", 0, PSB_OPTION_SIZE, "WxH", 32, 4096, NULL, offsetof(model_bench_options, input_size),
     "an input of this size; unless given, the model's own"},
    {"seconds", 0, PSB_OPTION_NUMBER, "S", 0.01, LONGEST_S, NULL, offsetof(model_bench_options, seconds),
     "measure so long; unless given, until there are 662 samples, at most 120"},
    {"cpu", 0, PSB_OPTION_TEXT, "c|avx2|avx512", 0, 0, NULL, offsetof(model_bench_options, cpu),
     "the highest instruction set to use; unless given, the best there is"},
    {"peers", 0, PSB_OPTION_FLAG, NULL, 0, 0, NULL, offsetof(model_bench_options, peers),
     "by turns with ONNX Runtime and OpenCV (\"make peers\" installs them)"},
    {"images", 0, PSB_OPTION_TEXT, "DIR|VIDEO", 0, 0, NULL, offsetof(model_bench_options, images),
     "quantise on these; unless given, FILE.psb where it is there, else on golden/pictures beside it"},
    {"qdq", 0, PSB_OPTION_TEXT, "FILE.onnx", 0, 0, NULL, offsetof(model_bench_options, qdq),
     "the quantised network for ONNX Runtime; unless given, FILE.qdq.onnx, or made on the way"},
};

typedef struct bench_run {
    bench_results results;
    bench_opponents opponents;
    bench_models models;
    float *input;
} bench_run;

/* --- Opening --- */

static psb_status open_network(bench_network *ours, psb_option_size size, uint32_t cpu_flags, const psb_clock *clock)
{
    if (!ours->path[0]) return PSB_OK;
    const psb_network_options wanted = {.size = {size.width, size.height}};
    psb_status status = psb_network_open_with(&ours->network, ours->path, &wanted, cpu_flags);
    if (status) return status;
    ours->times = (psb_network_times){ours->network, *clock};
    const size_t steps = (size_t)psb_network_step_count(ours->network);
    ours->steps = calloc(steps + 1, sizeof(*ours->steps));
    return ours->steps ? PSB_OK : psb_fail_memory("times of steps", steps * sizeof(*ours->steps));
}

/* One input for all: the networks are the same one in two arithmetics. */
static psb_status draw_input(bench_run *run, psb_peer_input *out)
{
    psb_network *const networks[] = {run->results.networks[BENCH_FP32].network,
                                     run->results.networks[BENCH_INT8].network};
    const psb_tensor_view view = psb_network_input(networks[0] ? networks[0] : networks[1], 0);
    const int64_t count = psb_network_times_input_count(networks[0] ? networks[0] : networks[1]);
    psb_rng rng;
    psb_rng_init(&rng, SEED);
    run->input = calloc((size_t)count, sizeof(*run->input));
    if (!run->input) return psb_fail_memory("input", (size_t)count * sizeof(*run->input));
    psb_network_times_draw(run->input, count, rng);
    *out = (psb_peer_input){.values = run->input, .rank = view.rank};
    memcpy(out->dims, view.dims, sizeof(view.dims));
    for (int32_t k = 0; k < BENCH_KINDS; k++) {
        if (!networks[k]) continue;
        if (psb_network_times_input_count(networks[k]) != count)
            return psb_fail(PSB_BAD_INPUT, "%s: found an input of another size than that of %s",
                            run->results.networks[BENCH_INT8].path, run->results.networks[BENCH_FP32].path);
        psb_network_times_put_input(networks[k], run->input);
    }
    return PSB_OK;
}

/* --- Measuring --- */

static psb_status measure(bench_run *run, const model_bench_options *options, const psb_clock *clock)
{
    bench_results *results = &run->results;
    psb_runner runners[BENCH_RUNNERS];
    psb_samples_figures *figures[BENCH_RUNNERS];
    int32_t count = 0, peer_of[BENCH_RUNNERS];
    for (int32_t k = 0; k < BENCH_KINDS; k++) {
        if (!results->networks[k].network) continue;
        figures[count] = &results->networks[k].figures;
        peer_of[count] = -1;
        runners[count++] = (psb_runner){.run = psb_network_times_run, .user = &results->networks[k].times};
    }
    for (int32_t p = 0; p < results->peer_count; p++) {
        bench_opponents_runner(&runners[count], &run->opponents, results, p);
        figures[count] = &results->peers[p].figures;
        peer_of[count] = p;
        count += runners[count].run != NULL;
    }
    psb_contest_options contest = {.clock = *clock, .limit_s = DEFAULT_LIMIT_S, .rounds = PSB_SAMPLES_FOR_P99};
    psb_rng_init(&contest.rng, SEED);
    if (options->seconds > 0) contest.limit_s = options->seconds, contest.rounds = 0;
    psb_status status = psb_contest_run(runners, count, &contest);
    for (int32_t i = 0; i < count && !status; i++) {
        status = psb_samples_figures_get(&runners[i].samples, figures[i]);
        if (runners[i].failure && peer_of[i] >= 0)
            memcpy(results->peers[peer_of[i]].error, runners[i].failure_text, BENCH_TEXT_BYTES);
    }
    psb_contest_fini(runners, count);
    return status;
}

/* Everything open and fed, so that only the measuring is left. The peers' library comes first: where it is not there,
 * nothing is quantised in vain. */
static psb_status open_all(bench_run *run, const psb_app *app, const char *model, const model_bench_options *options,
                           uint32_t cpu_flags)
{
    bench_results *results = &run->results;
    psb_peer_input input = {0};
    psb_quant_watcher watcher;
    const bench_models_options wanted = {.images = options->images,
                                         .qdq = options->qdq,
                                         .wants_qdq = options->peers,
                                         .cpu_flags = psb_cpu_detect(),
                                         .log = &app->log,
                                         .watch = psb_quant_watcher_begin(&watcher, app)};
    psb_status status = options->peers ? bench_opponents_find(&run->opponents) : PSB_OK;
    if (!status) status = bench_models_init(&run->models, model, &wanted);
    if (!status) {
        memcpy(results->networks[BENCH_FP32].path, run->models.fp32, BENCH_PATH_BYTES);
        memcpy(results->networks[BENCH_INT8].path, run->models.int8, BENCH_PATH_BYTES);
        memcpy(results->networks[BENCH_INT8].images, run->models.images, BENCH_PATH_BYTES);
    }
    for (int32_t k = 0; k < BENCH_KINDS && !status; k++)
        status = open_network(&results->networks[k], options->input_size, cpu_flags, &app->clock);
    if (!status) status = draw_input(run, &input);
    if (!status && options->peers)
        status = bench_opponents_open(&run->opponents, results, &input, run->models.qdq, &app->clock);
    bench_models_fini(&run->models);
    return psb_quant_watcher_end(&watcher, status); /* from here on there is nothing to take away */
}

static psb_status bench(bench_run *run, const psb_app *app, const char *model, const model_bench_options *options)
{
    bench_results *results = &run->results;
    uint32_t cpu_flags;
    if (options->input_size.width && options->peers)
        return psb_fail(PSB_USAGE, "%s: found --input-size beside --peers, which run a network as its file has it",
                        app->who);
    psb_status status = psb_cpu_from_name(&cpu_flags, options->cpu);
    if (!status) status = open_all(run, app, model, options, cpu_flags);
    if (status) return status;
    results->model = model;
    results->cpu = psb_cpu_name(cpu_flags);
    results->has_peers = options->peers;
    status = psb_peaks_measure(&results->peaks, psb_cpu_detect(), &app->clock);
    if (!status) status = measure(run, options, &app->clock);
    for (int32_t k = 0; k < BENCH_KINDS && !status; k++) {
        bench_network *ours = &results->networks[k];
        if (ours->network) status = psb_network_times_steps(ours->steps, &ours->times, &results->peaks, STEP_RUNS);
    }
    return status;
}

static psb_status run_bench(const psb_app *app, const psb_arguments *arguments, const void *options_given)
{
    const char *model = arguments->operand_count > 0 ? arguments->operand[0] : PSB_MODEL_BUILTIN;
    bench_run *run = calloc(1, sizeof(*run));
    if (!run) return psb_fail_memory("bench", sizeof(*run));
    psb_status status = bench(run, app, model, options_given);
    if (!status && app->json)
        status = bench_report_print_json(&run->results);
    else if (!status)
        bench_report_print(&run->results);
    bench_opponents_close(&run->opponents);
    for (int32_t k = 0; k < BENCH_KINDS; k++) {
        psb_network_close(&run->results.networks[k].network);
        free(run->results.networks[k].steps);
    }
    free(run->input);
    free(run);
    return status;
}

const psb_command psb_command_model_bench = {
    .name = "model bench",
    .summary = "time a network, layer by layer and beside other runtimes",
    .usage = "[FILE.yaml|FILE.onnx|FILE.psb] [OPTION]...",
    .examples = "  passerby model bench              # the one that is built in\n"
                "  passerby model bench person.yaml --seconds 10\n"
                "  passerby model bench person.yaml --peers --json\n",
    .options = {rows, sizeof(rows) / sizeof(rows[0])},
    .options_bytes = sizeof(model_bench_options),
    .least_operands = 0,
    .most_operands = 1,
    .run = run_bench,
};
