/* SPDX-License-Identifier: Apache-2.0
 *
 * Which files `model bench` runs: the network in floats, the one in bytes, and the latter as ONNX for other runtimes.
 * They are found beside each other; what is not there is quantised on the way, into files that go away again.
 */
#ifndef PSB_APP_BENCH_MODELS_H
#define PSB_APP_BENCH_MODELS_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/status.h>

#include "base/log.h"
#include "quant/quant.h"

enum { BENCH_PATH_BYTES = 4096 };

typedef struct bench_models_options {
    const char *images; /* to quantise on; NULL = golden/pictures beside the descriptor, where it is there */
    const char *qdq;    /* NULL = found or made */
    bool wants_qdq;     /* else none is made */
    uint32_t cpu_flags;
    const psb_log *log;
    psb_quant_watch watch;
} bench_models_options;

typedef struct bench_models { /* init/fini; empty = none */
    char fp32[BENCH_PATH_BYTES], int8[BENCH_PATH_BYTES], qdq[BENCH_PATH_BYTES];
    char images[BENCH_PATH_BYTES]; /* that int8 was quantised on, on the way */
    char folder[BENCH_PATH_BYTES]; /* of what was made on the way */
    bool made_int8, made_qdq;      /* in the folder */
} bench_models;

/* model: a descriptor, an ONNX or a .psb file. Errors: those of the descriptor and of quantising; PSB_USAGE where
 * images are given for what cannot be quantised; PSB_INTERRUPTED. The caller calls fini always. */
psb_status bench_models_init(bench_models *out, const char *model, const bench_models_options *options);

/* Removes what was made; to be called as soon as everything is open. */
void bench_models_fini(bench_models *models);

#endif
