/* SPDX-License-Identifier: Apache-2.0
 *
 * A settings file read into a tree: libyaml's events, one after another, put into a column of nodes.
 * Events, not libyaml's own document, because its loader resolves aliases and has no bound on depth. Scalars are copied
 * into one block of text, which cannot outgrow the file: an unescaped character is never longer than its escape.
 */
#include "config/config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/bytes.h"
#include "base/error.h"
#include "config/config_int.h"
#include "base/number.h"

/* What is known while events come in. */
typedef struct builder {
    psb_config *config;
    yaml_parser_t parser;
    psb_config_node open; /* the innermost map or list, 0 outside */
    int32_t depth;
    const char *key; /* read, its value not yet */
    int32_t documents;
    size_t text_capacity;
} builder;

static psb_status fail_at(const psb_config *config, size_t line_i, const char *sentence)
{
    return psb_fail(PSB_BAD_INPUT, "%s:%zu: %s", config->name, line_i + 1, sentence);
}

static psb_status fail_syntax(const builder *b)
{
    const yaml_parser_t *p = &b->parser;
    if (p->error == YAML_MEMORY_ERROR) return psb_fail_memory("YAML reader", PSB_CONFIG_MAX_BYTES);
    size_t line_i = p->error == YAML_READER_ERROR ? 0 : p->problem_mark.line;
    return psb_fail(PSB_BAD_INPUT, "%s:%zu: %s%s%s, expected YAML", b->config->name, line_i + 1,
                    p->problem ? p->problem : "unreadable", p->context ? " " : "", p->context ? p->context : "");
}

/* Copies a scalar into the block of text; NULL where it holds a zero byte or does not fit. */
static const char *keep_text(builder *b, const yaml_event_t *event)
{
    size_t length = event->data.scalar.length;
    if (memchr(event->data.scalar.value, '\0', length)) return NULL;
    if (length + 1 > b->text_capacity - b->config->text_bytes) return NULL;
    char *to = b->config->text + b->config->text_bytes;
    memcpy(to, event->data.scalar.value, length);
    to[length] = '\0';
    b->config->text_bytes += length + 1;
    return to;
}

static psb_status grow_nodes(psb_config *config)
{
    if (config->node_count < config->node_capacity) return PSB_OK;
    int32_t capacity = config->node_capacity ? config->node_capacity * 2 : 64;
    config_node *nodes = realloc(config->nodes, (size_t)capacity * sizeof(*nodes));
    if (!nodes) return psb_fail_memory("settings", (size_t)capacity * sizeof(*nodes));
    config->nodes = nodes;
    config->node_capacity = capacity;
    return PSB_OK;
}

/* Appends a node below the open one. */
static psb_status add_node(builder *b, psb_config_node *out, config_kind kind, const yaml_event_t *event)
{
    psb_config *config = b->config;
    size_t line_i = event->start_mark.line;
    *out = 0;
    if (config->node_count >= PSB_CONFIG_MAX_NODES)
        return fail_at(config, line_i, "too many values, expected 65535 at most");
    psb_status status = grow_nodes(config);
    if (status) return status;
    psb_config_node node = config->node_count++;
    config->nodes[node] = (config_node){.kind = kind, .line = (int32_t)line_i + 1, .parent = b->open, .key = b->key};
    if (b->open) {
        config_node *parent = &config->nodes[b->open];
        config->nodes[node].index = parent->count++;
        if (parent->last)
            config->nodes[parent->last].next = node;
        else
            parent->first = node;
        parent->last = node;
    }
    b->key = NULL;
    *out = node;
    return PSB_OK;
}

static psb_status take_key(builder *b, const yaml_event_t *event)
{
    const psb_config *config = b->config;
    size_t line_i = event->start_mark.line;
    if (event->type != YAML_SCALAR_EVENT)
        return fail_at(config, line_i, "found a list or a map as a key, expected a word");
    const char *key = keep_text(b, event);
    if (!key || !key[0] || strlen(key) > PSB_CONFIG_MAX_KEY_BYTES || strpbrk(key, ".[]"))
        return fail_at(config, line_i, "found a key that is none, expected 1 to 64 bytes without . [ ]");
    if (config->nodes[b->open].count >= PSB_CONFIG_MAX_KEYS)
        return fail_at(config, line_i, "too many keys in one map, expected 256 at most");
    psb_config_node twin = psb_config_get(config, b->open, key);
    if (twin)
        return psb_fail(PSB_BAD_INPUT, "%s:%zu: key \"%.60s\" a second time (first in line %d), expected it once",
                        config->name, line_i + 1, key, config->nodes[twin].line);
    b->key = key;
    return PSB_OK;
}

static psb_status take_scalar(builder *b, const yaml_event_t *event)
{
    const char *text = keep_text(b, event);
    if (!text) return fail_at(b->config, event->start_mark.line, "found a zero byte in a value, expected text");
    psb_config_node node = 0;
    psb_status status = add_node(b, &node, KIND_SCALAR, event);
    if (status) return status;
    b->config->nodes[node].text = text;
    b->config->nodes[node].is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return PSB_OK;
}

static psb_status open_container(builder *b, const yaml_event_t *event)
{
    if (b->depth >= PSB_CONFIG_MAX_DEPTH)
        return fail_at(b->config, event->start_mark.line, "too deep, expected 16 levels at most");
    psb_config_node node = 0;
    psb_status status = add_node(b, &node, event->type == YAML_MAPPING_START_EVENT ? KIND_MAP : KIND_LIST, event);
    if (status) return status;
    b->open = node;
    b->depth++;
    return PSB_OK;
}

/* Anchors and tags may stand at any value. */
static const char *refused(const yaml_event_t *event)
{
    const char *anchor = "found an anchor (&), expected the value written out";
    const char *tag = "found a tag (!), expected a plain value";
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return "found an alias (*), expected the value written out";
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor ? anchor : event->data.scalar.tag ? tag : NULL;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor ? anchor : event->data.sequence_start.tag ? tag : NULL;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor ? anchor : event->data.mapping_start.tag ? tag : NULL;
    default:
        return NULL;
    }
}

static psb_status take_event(builder *b, const yaml_event_t *event)
{
    const char *sentence = refused(event);
    if (sentence) return fail_at(b->config, event->start_mark.line, sentence);
    bool is_value = event->type == YAML_SCALAR_EVENT || event->type == YAML_SEQUENCE_START_EVENT ||
                    event->type == YAML_MAPPING_START_EVENT;
    if (is_value && b->open && b->config->nodes[b->open].kind == KIND_MAP && !b->key) return take_key(b, event);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (b->documents++) return fail_at(b->config, event->start_mark.line, "found a second document, expected one");
        return PSB_OK;
    case YAML_SCALAR_EVENT:
        return take_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return open_container(b, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        b->open = b->config->nodes[b->open].parent;
        b->depth--;
        return PSB_OK;
    default:
        return PSB_OK;
    }
}

static psb_status build(builder *b)
{
    for (bool is_done = false; !is_done;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&b->parser, &event)) return fail_syntax(b);
        psb_status status = take_event(b, &event);
        is_done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        if (status) return status;
    }
    if (b->config->node_count < 2) return fail_at(b->config, 0, "found nothing, expected settings");
    return PSB_OK;
}

psb_status psb_config_parse(psb_config **out, const char *name, const void *data, size_t size_bytes)
{
    *out = NULL;
    if (size_bytes > PSB_CONFIG_MAX_BYTES)
        return psb_fail(PSB_BAD_INPUT, "%s: %zu bytes, expected %d at most", name, size_bytes, PSB_CONFIG_MAX_BYTES);
    psb_status status = PSB_OK;
    /* A file of nothing but one-letter values may need a zero for each byte. */
    builder b = {.text_capacity = 2 * size_bytes + 16};
    bool has_parser = false;
    psb_config *config = calloc(1, sizeof(*config));
    if (!config) return psb_fail_memory("settings", sizeof(*config));
    b.config = config;
    config->text = malloc(b.text_capacity);
    config->name = malloc(strlen(name) + 1);
    if (!config->text || !config->name) {
        status = psb_fail_memory("settings", b.text_capacity);
        goto done;
    }
    memcpy(config->name, name, strlen(name) + 1);
    status = grow_nodes(config);
    if (status) goto done;
    config->nodes[0] = (config_node){.kind = KIND_SCALAR, .text = ""};
    config->node_count = 1;

    has_parser = yaml_parser_initialize(&b.parser);
    if (!has_parser) {
        status = psb_fail_memory("YAML reader", sizeof(b.parser));
        goto done;
    }
    yaml_parser_set_input_string(&b.parser, data, size_bytes);
    status = build(&b);
    if (status) goto done;
    *out = config;
    config = NULL;
done:
    if (has_parser) yaml_parser_delete(&b.parser);
    psb_config_close(&config);
    return status;
}

psb_status psb_config_open(psb_config **out, const char *path)
{
    *out = NULL;
    psb_bytes file = {0};
    psb_status status = psb_bytes_read(&file, path, PSB_CONFIG_MAX_BYTES);
    if (!status) status = psb_config_parse(out, path, file.data, file.size_bytes);
    psb_bytes_fini(&file);
    return status;
}

void psb_config_close(psb_config **config)
{
    if (!config || !*config) return;
    free((*config)->name);
    free((*config)->nodes);
    free((*config)->text);
    free(*config);
    *config = NULL;
}

psb_config_node psb_config_root(const psb_config *config)
{
    (void)config;
    return 1;
}

psb_config_node psb_config_get(const psb_config *config, psb_config_node map, const char *key)
{
    if (config->nodes[map].kind != KIND_MAP) return 0;
    for (psb_config_node node = config->nodes[map].first; node; node = config->nodes[node].next)
        if (strcmp(config->nodes[node].key, key) == 0) return node;
    return 0;
}

int32_t psb_config_count(const psb_config *config, psb_config_node node)
{
    return config->nodes[node].count;
}

psb_config_node psb_config_item(const psb_config *config, psb_config_node list, int32_t item_i)
{
    if (config->nodes[list].kind != KIND_LIST || item_i < 0) return 0;
    psb_config_node node = config->nodes[list].first;
    while (node && item_i-- > 0) node = config->nodes[node].next;
    return node;
}

const char *psb_config_text(const psb_config *config, psb_config_node node)
{
    return config->nodes[node].kind == KIND_SCALAR ? config->nodes[node].text : "";
}

bool psb_config_is_number(const config_node *node, double *out)
{
    *out = 0.0;
    if (node->kind != KIND_SCALAR || !node->is_plain) return false;
    size_t used = psb_number_scan(out, node->text);
    return used > 0 && node->text[used] == '\0';
}

double psb_config_number(const psb_config *config, psb_config_node node)
{
    double value = 0.0;
    return psb_config_is_number(&config->nodes[node], &value) ? value : 0.0;
}

void psb_config_path(char *out, size_t size_bytes, const psb_config *config, psb_config_node node, bool is_pattern)
{
    /* From the leaf up to the root, then printed from the root down. */
    psb_config_node way[PSB_CONFIG_MAX_DEPTH + 1];
    int32_t length = 0;
    for (; node && config->nodes[node].parent; node = config->nodes[node].parent) way[length++] = node;
    size_t used = 0;
    out[0] = '\0';
    while (length > 0 && used < size_bytes) {
        const config_node *n = &config->nodes[way[--length]];
        char *to = out + used;
        size_t room = size_bytes - used;
        int wrote = n->key       ? snprintf(to, room, "%s%.80s", used ? "." : "", n->key)
                    : is_pattern ? snprintf(to, room, "[]")
                                 : snprintf(to, room, "[%d]", n->index);
        used += (size_t)wrote;
    }
}

psb_status psb_config_fail(const psb_config *config, psb_config_node node, const char *format, ...)
{
    char path[256], sentence[512];
    psb_config_path(path, sizeof(path), config, node, false);
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    return psb_fail(PSB_BAD_INPUT, "%s:%d: %s%s%s", config->name, config->nodes[node].line, path, path[0] ? ": " : "",
                    sentence);
}
