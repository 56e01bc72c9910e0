/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening the peers. `make peers` puts ONNX Runtime's package below the build's folder, which is where this program
 * lies and, for who works in the source, build/ below where they stand.
 */
#include "app/bench_opponents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

static const char onnxruntime_fp32[] = "onnxruntime fp32", onnxruntime_int8[] = "onnxruntime int8",
                  opencv_fp32[] = "opencv fp32";

static bench_peer *add_peer(bench_results *results, const char *name, bool is_int8, const char *version)
{
    bench_peer *peer = &results->peers[results->peer_count++];
    *peer = (bench_peer){.name = name, .is_int8 = is_int8};
    snprintf(peer->version, sizeof(peer->version), "%s", version);
    return peer;
}

/* A model that the peer cannot do is the peer's affair; anything else is the run's. */
static psb_status keep_refusal(bench_peer *peer, psb_status status)
{
    if (status != PSB_UNSUPPORTED) return status;
    snprintf(peer->error, sizeof(peer->error), "%s", psb_error_text());
    return PSB_OK;
}

psb_status bench_opponents_find(bench_opponents *out)
{
    char library[PSB_PEER_PATH_BYTES], beside[PSB_PEER_PATH_BYTES] = "", below[PSB_PEER_PATH_BYTES + 8];
    const ssize_t length = readlink("/proc/self/exe", beside, sizeof(beside) - 1);
    beside[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(beside, '/');
    if (slash) *slash = '\0';
    snprintf(below, sizeof(below), "%s/peers", beside);
    const char *const folders[] = {below, "build/peers"};
    const psb_status status = psb_onnxruntime_find(library, getenv("ORT_LIB"), folders, 2);
    return status ? status : psb_onnxruntime_open(&out->runtime, library);
}

static psb_status open_session(bench_opponents *out, bench_results *results, bench_kind kind, const char *path,
                               const psb_peer_input *input, const psb_clock *clock)
{
    const bool is_int8 = kind == BENCH_INT8;
    bench_peer *peer = add_peer(results, is_int8 ? onnxruntime_int8 : onnxruntime_fp32, is_int8,
                                psb_onnxruntime_version(out->runtime));
    return keep_refusal(peer, psb_onnxruntime_session_open(&out->sessions[kind], out->runtime, path, input, clock));
}

psb_status bench_opponents_open(bench_opponents *out, bench_results *results, const psb_peer_input *input,
                                const char *qdq_path, const psb_clock *clock)
{
    const bench_network *fp32 = &results->networks[BENCH_FP32];
    psb_status status = PSB_OK;
    if (fp32->network) status = open_session(out, results, BENCH_FP32, fp32->path, input, clock);
    if (!status && qdq_path[0]) status = open_session(out, results, BENCH_INT8, qdq_path, input, clock);
    if (status || !fp32->network) return status;
    bench_peer *peer = add_peer(results, opencv_fp32, false, "");
    status = keep_refusal(peer, psb_opencv_open(&out->opencv, fp32->path, input));
    if (out->opencv) snprintf(peer->version, sizeof(peer->version), "%s", psb_opencv_version(out->opencv));
    return status;
}

void bench_opponents_close(bench_opponents *opponents)
{
    for (int32_t k = 0; k < BENCH_KINDS; k++) psb_onnxruntime_session_close(&opponents->sessions[k]);
    psb_onnxruntime_close(&opponents->runtime);
    psb_opencv_close(&opponents->opencv);
}

void bench_opponents_runner(psb_runner *out, const bench_opponents *opponents, const bench_results *results,
                            int32_t peer_i)
{
    const bench_peer *peer = &results->peers[peer_i];
    *out = (psb_runner){.name = peer->name, .group = 1 + peer->is_int8};
    if (peer->error[0]) return;
    if (peer->name == opencv_fp32) {
        out->run = psb_opencv_run;
        out->user = opponents->opencv;
    } else {
        out->run = psb_onnxruntime_session_run;
        out->user = opponents->sessions[peer->is_int8 ? BENCH_INT8 : BENCH_FP32];
    }
}
