/* SPDX-License-Identifier: Apache-2.0
 *
 * A whole file in memory, with a bound; and the ways a path can disappoint, each in its own sentence.
 */
#ifndef PSB_BASE_BYTES_H
#define PSB_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include <passerby/status.h>

typedef struct psb_bytes { /* init/fini; all zero = empty */
    uint8_t *data;         /* size_bytes and one zero more, so that text parsers have an end */
    size_t size_bytes;
} psb_bytes;

/* Errors: PSB_BAD_INPUT (not found, a folder, empty, longer than max_bytes), PSB_ENVIRONMENT (permission, reading),
 * PSB_NO_MEMORY; *out is then empty. */
psb_status psb_bytes_read(psb_bytes *out, const char *path, size_t max_bytes);
void psb_bytes_fini(psb_bytes *bytes);

#endif
