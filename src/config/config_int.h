/* SPDX-License-Identifier: Apache-2.0
 *
 * The tree of a settings file, as its reader (config.c) builds it and its judge (check.c) walks it.
 * Nodes stand in one column in the order of the file; children are linked in order. Node 0 is nobody.
 */
#ifndef PSB_CONFIG_CONFIG_INT_H
#define PSB_CONFIG_CONFIG_INT_H

#include "config/config.h"

typedef enum config_kind { KIND_MAP, KIND_LIST, KIND_SCALAR } config_kind;

typedef struct config_node {
    config_kind kind;
    bool is_plain; /* a scalar without quotes */
    int32_t line;  /* from 1 */
    psb_config_node parent, next, first, last;
    int32_t count;    /* children */
    int32_t index;    /* among its parent's children */
    const char *key;  /* where the parent is a map; in text */
    const char *text; /* of a scalar; in text */
} config_node;

struct psb_config {
    char *name;
    config_node *nodes;
    int32_t node_count, node_capacity;
    char *text; /* all keys and scalars, each ended by a zero */
    size_t text_bytes;
};

/* "head.outputs[2].name" of a node, or with is_pattern "head.outputs[].name". Cut where longer than size_bytes. */
void psb_config_path(char *out, size_t size_bytes, const psb_config *config, psb_config_node node, bool is_pattern);

/* A plain scalar that is wholly a decimal number. */
bool psb_config_is_number(const config_node *node, double *out);

#endif
