/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenCV's dnn as something to be measured against. Debian ships it for Python, so a Python process of ours does one
 * run each time we ask and answers with how long it took; between questions it sleeps.
 */
#ifndef PSB_PEERS_OPENCV_H
#define PSB_PEERS_OPENCV_H

#include <stdint.h>

#include <passerby/status.h>

#include "peers/onnxruntime.h"

enum { PSB_OPENCV_VERSION_BYTES = 64 };

typedef struct psb_opencv psb_opencv;

/* One thread. Errors: PSB_ENVIRONMENT where python3 or its cv2 is not there; PSB_UNSUPPORTED with what OpenCV says to
 * a model that it cannot load or run; PSB_NO_MEMORY. */
psb_status psb_opencv_open(psb_opencv **out, const char *onnx_path, const psb_peer_input *input);
void psb_opencv_close(psb_opencv **opencv);
const char *psb_opencv_version(const psb_opencv *opencv);

/* One run, timed by the process itself; user is a psb_opencv. Errors: PSB_ENVIRONMENT where it ended or takes more than
 * a minute. */
psb_status psb_opencv_run(void *user, int64_t *duration_ns_out);

#endif
