/* SPDX-License-Identifier: Apache-2.0
 *
 * Time of one run of a network on one thread: bench_network MODEL.onnx [RUNS [CPU]] prints a JSON line with the median
 * and the best of RUNS (default 50) runs. The input holds small pseudo-random values. Built a second time as a shared
 * library, from which bench/compare_ort.py takes psb_bench_* to run us and ONNX Runtime by turns in one process.
 */
#include <stdio.h>
#include <stdlib.h>

#include <passerby/status.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "nn/network.h"

enum { DEFAULT_RUNS = 50, MAX_RUNS = 10000 };

static int compare_times(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void fill(psb_tensor_view view)
{
    uint32_t state = 1;
    int64_t count = 1;
    for (int32_t d = 0; d < view.rank; d++) count *= view.dims[d];
    for (int64_t i = 0; i < count; i++) {       /* inputs lie without gaps */
        state = state * 1664525u + 1013904223u; /* Numerical Recipes' generator */
        view.data[i] = (float)(state >> 8) * (1.0f / (1 << 24));
    }
}

/* For compare_ort.py: a network whose input holds the given row-major values; NULL (and the sentence) on failure. */
PSB_API psb_network *psb_bench_open(const char *path, const char *cpu, const float *values);
PSB_API int64_t psb_bench_run_ns(psb_network *network);
PSB_API const char *psb_bench_error(void);

psb_network *psb_bench_open(const char *path, const char *cpu, const float *values)
{
    uint32_t flags;
    psb_network *network = NULL;
    if (psb_cpu_from_name(&flags, cpu) || psb_network_open(&network, path, flags)) return NULL;
    psb_tensor_view view = psb_network_input(network, 0);
    for (int64_t c = 0; c < view.dims[1]; c++)
        for (int64_t y = 0; y < view.dims[2]; y++)
            for (int64_t x = 0; x < view.dims[3]; x++)
                view.data[c * view.strides[1] + y * view.strides[2] + x * view.strides[3]] = *values++;
    return network;
}

int64_t psb_bench_run_ns(psb_network *network)
{
    psb_clock clock = psb_clock_system();
    int64_t begin_ns = psb_clock_now_ns(&clock);
    psb_network_run(network);
    return psb_clock_now_ns(&clock) - begin_ns;
}

const char *psb_bench_error(void)
{
    return psb_error_text();
}

int main(int argc, char **argv)
{
    if (argc < 2) return fprintf(stderr, "bench_network MODEL.onnx [RUNS [CPU]]\n"), 2;
    long runs = argc > 2 ? strtol(argv[2], NULL, 10) : DEFAULT_RUNS;
    if (runs < 1 || runs > MAX_RUNS) return fprintf(stderr, "found %ld runs, expected 1 to %d\n", runs, MAX_RUNS), 2;
    uint32_t flags;
    psb_network *network = NULL;
    if (psb_cpu_from_name(&flags, argc > 3 ? argv[3] : NULL) || psb_network_open(&network, argv[1], flags))
        return fprintf(stderr, "%s\n", psb_error_text()), 3;
    fill(psb_network_input(network, 0));
    double *times_ms = calloc((size_t)runs, sizeof(*times_ms));
    if (!times_ms) return 4;
    for (long warm = 0; warm < 3; warm++) psb_network_run(network);
    for (long run = 0; run < runs; run++) {
        times_ms[run] = (double)psb_bench_run_ns(network) * 1e-6;
    }
    qsort(times_ms, (size_t)runs, sizeof(*times_ms), compare_times);
    psb_network_info info = psb_network_info_get(network);
    printf("{\"model\":\"%s\",\"cpu\":\"%s\",\"median_ms\":%.3f,\"best_ms\":%.3f,\"runs\":%ld,\"macs\":%lld,"
           "\"arena_bytes\":%zu,\"packed_bytes\":%zu,\"steps\":%d}\n",
           argv[1], psb_cpu_name(flags), times_ms[runs / 2], times_ms[0], runs, (long long)info.macs, info.arena_bytes,
           info.packed_bytes, info.nodes_planned);
    free(times_ms);
    psb_network_close(&network);
    return 0;
}
