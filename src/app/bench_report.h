/* SPDX-License-Identifier: Apache-2.0
 *
 * What `model bench` measured, as data, and its two ways onto standard output: words with tables, or one JSON object.
 * A figure that the samples do not carry is left out of both.
 */
#ifndef PSB_APP_BENCH_REPORT_H
#define PSB_APP_BENCH_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/status.h>

#include "app/bench_models.h"
#include "nn/network.h"
#include "timing/contest.h"
#include "timing/network_times.h"
#include "timing/peaks.h"

enum { BENCH_KINDS = 2, BENCH_PEERS = 3, BENCH_TEXT_BYTES = 256 };

typedef enum bench_kind { BENCH_FP32, BENCH_INT8 } bench_kind;

typedef struct bench_network { /* of ours; network NULL = there is none of this kind */
    char path[BENCH_PATH_BYTES];
    char images[BENCH_PATH_BYTES]; /* that it was quantised on, on the way; else empty */
    psb_network *network;
    psb_network_times times;
    psb_step_time *steps;
    psb_samples_figures figures;
} bench_network;

typedef struct bench_peer {
    const char *name;                                        /* "onnxruntime", "onnxruntime int8", "opencv" */
    char version[BENCH_TEXT_BYTES], error[BENCH_TEXT_BYTES]; /* error: why it is left out, else empty */
    bool is_int8;
    psb_samples_figures figures;
} bench_peer;

typedef struct bench_results {
    const char *model, *cpu; /* as given; what ours was allowed to use */
    bool has_peers;          /* asked for */
    psb_peaks peaks;
    bench_network networks[BENCH_KINDS];
    int32_t peer_count;
    bench_peer peers[BENCH_PEERS];
} bench_results;

void bench_report_print(const bench_results *results);
psb_status bench_report_print_json(const bench_results *results);

#endif
