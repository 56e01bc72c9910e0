/* SPDX-License-Identifier: Apache-2.0
 *
 * The results of `model bench` as words and as JSON. Ratios are of medians of the same rounds; beside each stand the
 * figures that it was made of.
 */
#include "app/bench_report.h"

#include <math.h>
#include <stdio.h>

#include "base/json.h"

static const char *const kind_names[BENCH_KINDS] = {"fp32", "int8"};

/* A ratio that the report names: ours of one kind to the best peer, of any arithmetic or of fp32 alone. */
static const struct bench_ratio {
    const char *name, *behind; /* keys of the number and of what it is made of */
    bench_kind kind;
    bool only_fp32;
} ratios[] = {
    {"ratio_int8_to_best_peer", "ratio_int8_to_best_peer_is", BENCH_INT8, false},
    {"ratio_fp32_to_best_peer_fp32", "ratio_fp32_to_best_peer_fp32_is", BENCH_FP32, true},
};
enum { RATIO_COUNT = sizeof(ratios) / sizeof(ratios[0]) };

/* The peer with the least median, or NULL. */
static const bench_peer *best_peer(const bench_results *results, bool only_fp32)
{
    const bench_peer *best = NULL;
    for (int32_t p = 0; p < results->peer_count; p++) {
        const bench_peer *peer = &results->peers[p];
        if (peer->error[0] || peer->figures.samples == 0 || (only_fp32 && peer->is_int8)) continue;
        if (!best || peer->figures.median_ms < best->figures.median_ms) best = peer;
    }
    return best;
}

/* Both sides of a ratio; false where one of them was not measured. */
static bool sides_of(const bench_results *results, const struct bench_ratio *ratio, const bench_network **ours_out,
                     const bench_peer **peer_out)
{
    *ours_out = &results->networks[ratio->kind];
    *peer_out = best_peer(results, ratio->only_fp32);
    return (*ours_out)->network && *peer_out;
}

/* How far the slowest hundredth lies behind the median; not a number where that is not known. */
static double tail_of(const psb_samples_figures *figures)
{
    return figures->p99_ms / figures->median_ms;
}

/* Ours above 1 as a part of the peer's above 1, on the same machine at the same time. */
static double tail_excess_to_peer(const bench_network *ours, const bench_peer *peer)
{
    const double theirs = tail_of(&peer->figures) - 1;
    return theirs > 0 ? (tail_of(&ours->figures) - 1) / theirs : (double)NAN;
}

/* --- Words --- */

static void print_figures(const char *name, const psb_samples_figures *figures)
{
    printf("%-28s median %8.3f ms", name, figures->median_ms);
    if (!isnan(figures->p90_ms)) printf("   p90 %8.3f", figures->p90_ms);
    if (!isnan(figures->p99_ms)) printf("   p99 %8.3f (%.2f medians)", figures->p99_ms, tail_of(figures));
    printf("   best %8.3f   %d samples\n", figures->best_ms, figures->samples);
}

static void print_steps(const bench_results *results, bench_kind kind)
{
    const bench_network *ours = &results->networks[kind];
    const char *how = ours->images[0] ? "quantised here on " : "";
    printf("\n%s: %s%s\n%4s %9s %9s %6s  %-26s %-12s %s\n", kind_names[kind], how, how[0] ? ours->images : ours->path,
           "step", "ms", "GOP/s", "peak", "operator", "kernel", "node");
    for (int32_t s = 0; s < psb_network_step_count(ours->network); s++) {
        const psb_network_step step = psb_network_step_at(ours->network, s);
        const psb_step_time *time = &ours->steps[s];
        printf("%4d %9.4f ", s, time->median_ms);
        if (step.macs > 0)
            printf("%9.1f %5.1f%%", time->gops, 100 * time->part_of_peak);
        else
            printf("%9s %6s", "", "");
        printf("  %-26s %-12s %s\n", step.op, step.kernel, step.node_name);
    }
}

void bench_report_print(const bench_results *results)
{
    const psb_peaks *peaks = &results->peaks;
    printf("model  %s\ncpu    %s, one thread; load average %.2f\npeak   %.0f GFLOP/s fp32, %.0f GOP/s int8, %.1f GB/s "
           "memory (%s)\n",
           results->model, results->cpu, peaks->load_average, peaks->fp32_gflops, peaks->int8_gops, peaks->memory_gb_s,
           peaks->kernels);
    for (int32_t k = 0; k < BENCH_KINDS; k++)
        if (results->networks[k].network) print_steps(results, (bench_kind)k);
    printf("\n");
    for (int32_t k = 0; k < BENCH_KINDS; k++)
        if (results->networks[k].network) print_figures(kind_names[k], &results->networks[k].figures);
    for (int32_t p = 0; p < results->peer_count; p++) {
        const bench_peer *peer = &results->peers[p];
        if (peer->error[0])
            printf("%-28s left out: %s\n", peer->name, peer->error);
        else
            print_figures(peer->name, &peer->figures);
    }
    for (int32_t r = 0; r < RATIO_COUNT; r++) {
        const bench_network *ours;
        const bench_peer *peer;
        if (!sides_of(results, &ratios[r], &ours, &peer)) continue;
        printf("%-28s %.3f (to %s)", ratios[r].name, ours->figures.median_ms / peer->figures.median_ms, peer->name);
        const double excess = tail_excess_to_peer(ours, peer);
        if (!isnan(excess)) printf("   tail's excess %.2f of its", excess);
        printf("\n");
    }
}

/* --- JSON --- */

static void json_text(psb_json *json, const char *key, const char *text)
{
    psb_json_key(json, key);
    psb_json_string(json, text);
}

static void json_number(psb_json *json, const char *key, double value, int32_t decimals)
{
    if (isnan(value)) return;
    psb_json_key(json, key);
    psb_json_fixed(json, value, decimals);
}

static void json_figures(psb_json *json, const psb_samples_figures *figures)
{
    json_number(json, "median_ms", figures->median_ms, 5);
    json_number(json, "best_ms", figures->best_ms, 5);
    json_number(json, "p90_ms", figures->p90_ms, 5);
    json_number(json, "p99_ms", figures->p99_ms, 5);
    json_number(json, "p99_to_median", tail_of(figures), 4);
    psb_json_key(json, "samples");
    psb_json_int(json, figures->samples);
}

static void json_steps(psb_json *json, const bench_network *ours)
{
    psb_json_key(json, "layers");
    psb_json_begin_array(json);
    for (int32_t s = 0; s < psb_network_step_count(ours->network); s++) {
        const psb_network_step step = psb_network_step_at(ours->network, s);
        psb_json_begin_object(json);
        json_text(json, "op", step.op);
        json_text(json, "kernel", step.kernel);
        json_text(json, "node", step.node_name);
        json_number(json, "median_ms", ours->steps[s].median_ms, 5);
        if (step.macs > 0) {
            json_number(json, "gops", ours->steps[s].gops, 2);
            json_number(json, "part_of_peak", ours->steps[s].part_of_peak, 4);
        }
        psb_json_end_object(json);
    }
    psb_json_end_array(json);
}

static void json_networks(psb_json *json, const bench_results *results)
{
    for (int32_t k = 0; k < BENCH_KINDS; k++) {
        const bench_network *ours = &results->networks[k];
        if (!ours->network) continue;
        psb_json_key(json, kind_names[k]);
        psb_json_begin_object(json);
        json_text(json, ours->images[0] ? "quantised_on" : "file", ours->images[0] ? ours->images : ours->path);
        json_figures(json, &ours->figures);
        json_steps(json, ours);
        psb_json_end_object(json);
    }
}

static void json_peers(psb_json *json, const bench_results *results)
{
    psb_json_key(json, "peers");
    psb_json_begin_array(json);
    for (int32_t p = 0; p < results->peer_count; p++) {
        const bench_peer *peer = &results->peers[p];
        psb_json_begin_object(json);
        json_text(json, "name", peer->name);
        if (peer->version[0]) json_text(json, "version", peer->version);
        if (peer->error[0])
            json_text(json, "error", peer->error);
        else
            json_figures(json, &peer->figures);
        psb_json_end_object(json);
    }
    psb_json_end_array(json);
}

static void json_ratio(psb_json *json, const bench_results *results, const struct bench_ratio *ratio)
{
    const bench_network *ours;
    const bench_peer *peer;
    if (!sides_of(results, ratio, &ours, &peer)) return;
    json_number(json, ratio->name, ours->figures.median_ms / peer->figures.median_ms, 4);
    psb_json_key(json, ratio->behind);
    psb_json_begin_object(json);
    json_number(json, "tail_excess_to_peer", tail_excess_to_peer(ours, peer), 4);
    psb_json_key(json, "ours");
    psb_json_begin_object(json);
    json_figures(json, &ours->figures);
    psb_json_end_object(json);
    psb_json_key(json, "peer");
    psb_json_begin_object(json);
    json_text(json, "name", peer->name);
    json_figures(json, &peer->figures);
    psb_json_end_object(json);
    psb_json_end_object(json);
}

psb_status bench_report_print_json(const bench_results *results)
{
    const psb_peaks *peaks = &results->peaks;
    psb_outfile *to = NULL;
    psb_status status = psb_outfile_open_stdout(&to);
    if (status) return status;
    psb_json json;
    psb_json_init(&json, to, false);
    psb_json_begin_object(&json);
    json_text(&json, "model", results->model);
    json_text(&json, "cpu", results->cpu);
    psb_json_key(&json, "threads");
    psb_json_int(&json, 1);
    json_number(&json, "load_average", peaks->load_average, 2);
    psb_json_key(&json, "peak");
    psb_json_begin_object(&json);
    json_number(&json, "fp32_gflops", peaks->fp32_gflops, 1);
    json_number(&json, "int8_gops", peaks->int8_gops, 1);
    json_number(&json, "memory_gb_s", peaks->memory_gb_s, 2);
    json_text(&json, "kernels", peaks->kernels);
    psb_json_end_object(&json);
    json_networks(&json, results);
    if (results->has_peers) json_peers(&json, results);
    for (int32_t r = 0; r < RATIO_COUNT; r++) json_ratio(&json, results, &ratios[r]);
    psb_json_end_object(&json);
    status = psb_outfile_commit(to);
    psb_outfile_close(&to);
    return status;
}
