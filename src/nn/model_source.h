/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a model's bytes come from: a file, or, by the name "builtin", the program itself, which carries the .psb of
 * models/person (or what -Dbuiltin_model=FILE said when it was built).
 */
#ifndef PSB_NN_MODEL_SOURCE_H
#define PSB_NN_MODEL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <passerby/status.h>

#include "base/bytes.h"

#define PSB_MODEL_BUILTIN "builtin"

typedef struct psb_model_source { /* open/close; all zero = closed */
    const uint8_t *data;
    size_t size_bytes;
    psb_bytes file; /* what was read; empty where the bytes are the program's own */
} psb_model_source;

bool psb_model_is_builtin(const char *path);

/* Errors: those of psb_bytes_read; PSB_UNSUPPORTED where nothing is built in. */
psb_status psb_model_source_open(psb_model_source *out, const char *path, size_t max_bytes);
void psb_model_source_close(psb_model_source *source);

/* What the built-in model's makers say of it (Markdown; not ended by a zero). Size 0: nothing is built in. */
const char *psb_model_builtin_card(size_t *size_bytes_out);

#endif
