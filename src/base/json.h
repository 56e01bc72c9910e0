/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON out, through a bounded buffer of ours and without allocation: a writer that keeps track of commas and nesting.
 * (jansson parses; it is not used for writing.) Numbers are printed so that they read back to the same value;
 * not-a-number and infinities become null. Strings are escaped by RFC 8259; invalid UTF-8 becomes U+FFFD.
 */
#ifndef PSB_BASE_JSON_H
#define PSB_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/status.h>

#include "base/outfile.h"

enum { PSB_JSON_MAX_DEPTH = 16 };

typedef struct psb_json { /* init only; all fields private */
    psb_outfile *to;
    int32_t depth;
    bool has_items[PSB_JSON_MAX_DEPTH];
    bool after_key;
    bool pretty; /* one item a line, two blanks a level; false: one line */
} psb_json;

void psb_json_init(psb_json *json, psb_outfile *to, bool pretty);
void psb_json_begin_object(psb_json *json);
void psb_json_end_object(psb_json *json); /* at depth 0 afterwards: a newline follows */
void psb_json_begin_array(psb_json *json);
void psb_json_end_array(psb_json *json);
void psb_json_key(psb_json *json, const char *key);
void psb_json_string(psb_json *json, const char *text); /* NULL = null */
void psb_json_int(psb_json *json, int64_t value);
void psb_json_number(psb_json *json, double value);
void psb_json_fixed(psb_json *json, double value, int32_t decimals); /* 0..9 decimals, trailing zeros dropped */
void psb_json_bool(psb_json *json, bool value);
/* Failures of writing stick to the outfile and come out of its commit. */

#endif
