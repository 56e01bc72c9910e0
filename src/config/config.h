/* SPDX-License-Identifier: Apache-2.0
 *
 * A settings file: YAML in, checked against a table of keys, then read by name. The front door of this room. Every
 * fault is one sentence with the place: `file.yaml:12: input.width: found "wide", expected a whole number from 8 to
 * 4096`. A key that the table does not name, a key given twice and a value of another type are faults, never guesses.
 * After the check a reader may take it that what the table demands is there. Plain data, read by any thread.
 */
#ifndef PSB_CONFIG_CONFIG_H
#define PSB_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <passerby/status.h>

#include "base/compiler.h"

/* Bounds of a file; what exceeds them is refused. */
enum {
    PSB_CONFIG_MAX_BYTES = 1 << 20,
    PSB_CONFIG_MAX_DEPTH = 16,
    PSB_CONFIG_MAX_NODES = 1 << 16,
    PSB_CONFIG_MAX_KEYS = 256,     /* of one map */
    PSB_CONFIG_MAX_KEY_BYTES = 64, /* and no . [ ] in it: these join keys to paths */
};

typedef struct psb_config psb_config;

/* One value of the tree; 0 is none, so that what was not found can be asked on. */
typedef int32_t psb_config_node;

/* Anchors, aliases, tags and second documents are refused: no settings file needs them, and aliases can blow up.
 * Errors: PSB_BAD_INPUT, PSB_ENVIRONMENT, PSB_NO_MEMORY. */
psb_status psb_config_open(psb_config **out, const char *path);
/* The same from memory; `name` stands in messages for the path. */
psb_status psb_config_parse(psb_config **out, const char *name, const void *data, size_t size_bytes);
void psb_config_close(psb_config **config);

typedef enum psb_config_type {
    PSB_CONFIG_MAP,
    PSB_CONFIG_LIST,
    PSB_CONFIG_TEXT,    /* any scalar in quotes; a plain one that is no number, no true, false or null */
    PSB_CONFIG_INTEGER, /* plain decimal digits */
    PSB_CONFIG_NUMBER,  /* plain decimal, finite */
    PSB_CONFIG_CHOICE,  /* one of `choices` */
} psb_config_type;

/* One row of a table of keys. */
typedef struct psb_config_rule {
    const char *path; /* "input.width"; "[]" stands for each item of a list: "head.outputs[].name" */
    psb_config_type type;
    bool is_required;    /* wherever its parent is there */
    double least, most;  /* numbers: the value; lists and texts: the count of items or bytes. Both 0 = any number,
                            a list of any length, a text that is not empty */
    const char *choices; /* PSB_CONFIG_CHOICE: "bgr|rgb" */
} psb_config_rule;

/* The root must be a map. The first wrong value in the order of the file is told;
 * missing keys come after those. */
psb_status psb_config_check(const psb_config *config, const psb_config_rule *rules, size_t rule_count);

psb_config_node psb_config_root(const psb_config *config);
/* The value of a key; 0 where the map has none, or where node is no map. */
psb_config_node psb_config_get(const psb_config *config, psb_config_node map, const char *key);
/* Items of a list, keys of a map, else 0. */
int32_t psb_config_count(const psb_config *config, psb_config_node node);
/* Item of a list; 0 beyond its end. */
psb_config_node psb_config_item(const psb_config *config, psb_config_node list, int32_t item_i);
/* A scalar's text, the config's; "" for all else. */
const char *psb_config_text(const psb_config *config, psb_config_node node);
/* A checked number; 0 for all else. */
double psb_config_number(const psb_config *config, psb_config_node node);

/* For a rule that no row can hold: "file.yaml:12: input.width: SENTENCE". */
psb_status psb_config_fail(const psb_config *config, psb_config_node node, const char *format, ...) PSB_FORMAT(3, 4);

#endif
