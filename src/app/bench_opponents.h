/* SPDX-License-Identifier: Apache-2.0
 *
 * The other runtimes that `model bench --peers` runs beside ours. One that is not installed is a failure of the
 * environment; one that cannot load the model is listed with what it said, and left out.
 */
#ifndef PSB_APP_BENCH_OPPONENTS_H
#define PSB_APP_BENCH_OPPONENTS_H

#include <passerby/status.h>

#include "app/bench_report.h"
#include "peers/onnxruntime.h"
#include "peers/opencv.h"

typedef struct bench_opponents { /* all zero, then find, open, then close whatever happened */
    psb_onnxruntime *runtime;
    psb_onnxruntime_session *sessions[BENCH_KINDS];
    psb_opencv *opencv;
} bench_opponents;

/* The library of ONNX Runtime. Errors: PSB_ENVIRONMENT where it is not there. */
psb_status bench_opponents_find(bench_opponents *out);

/* Fills results->peers. qdq_path: the quantised network as standard ONNX, or empty. */
psb_status bench_opponents_open(bench_opponents *out, bench_results *results, const psb_peer_input *input,
                                const char *qdq_path, const psb_clock *clock);
void bench_opponents_close(bench_opponents *opponents);

/* What runs peer peer_i, for a contest; NULL where it was left out. */
void bench_opponents_runner(psb_runner *out, const bench_opponents *opponents, const bench_results *results,
                            int32_t peer_i);

#endif
