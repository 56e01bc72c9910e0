/* SPDX-License-Identifier: Apache-2.0
 *
 * ONNX Runtime as something to be measured against: its library opened at run time, by the few entries of its C API
 * that one float network with one input needs. passerby never links it and never needs it to do its own work.
 */
#ifndef PSB_PEERS_ONNXRUNTIME_H
#define PSB_PEERS_ONNXRUNTIME_H

#include <stddef.h>
#include <stdint.h>

#include <passerby/status.h>

#include "base/clock.h"

enum { PSB_PEER_MAX_RANK = 6, PSB_PEER_PATH_BYTES = 4096 };

typedef struct psb_peer_input { /* float32, row-major; a view: outlives the peer */
    const float *values;
    int32_t rank;
    int64_t dims[PSB_PEER_MAX_RANK];
} psb_peer_input;

/* Where the library is: `given` where not NULL nor empty, else the first that lies in a folder (FOLDER/node_modules/
 * onnxruntime-node/bin/napi-... of this machine). Errors: PSB_ENVIRONMENT where it is nowhere. */
psb_status psb_onnxruntime_find(char out[PSB_PEER_PATH_BYTES], const char *given, const char *const *folders,
                                int32_t folder_count);

typedef struct psb_onnxruntime psb_onnxruntime;                 /* the library */
typedef struct psb_onnxruntime_session psb_onnxruntime_session; /* a network in it */

/* Errors: PSB_ENVIRONMENT: no such library, or not one with this interface. */
psb_status psb_onnxruntime_open(psb_onnxruntime **out, const char *library_path);
void psb_onnxruntime_close(psb_onnxruntime **runtime);
const char *psb_onnxruntime_version(const psb_onnxruntime *runtime);

/* One thread, all optimisations. The runtime outlives the session. Errors: PSB_UNSUPPORTED with what it says. */
psb_status psb_onnxruntime_session_open(psb_onnxruntime_session **out, psb_onnxruntime *runtime, const char *onnx_path,
                                        const psb_peer_input *input, const psb_clock *clock);
void psb_onnxruntime_session_close(psb_onnxruntime_session **session);

/* One run, timed from call to return; user is a session. Errors: PSB_UNSUPPORTED with what the runtime says. */
psb_status psb_onnxruntime_session_run(void *user, int64_t *duration_ns_out);

#endif
