/* SPDX-License-Identifier: Apache-2.0
 *
 * A settings file judged by a table of keys: every value must have its row, every required row its value. Nodes are
 * visited in the order of the file (the order of their column), so no recursion is needed, and the first fault told is
 * the first that a reader meets.
 */
#include "config/config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config/config_int.h"

enum { PATH_BYTES = 512 };

typedef struct table {
    const psb_config_rule *rules;
    size_t count;
} table;

static const psb_config_rule *find_rule(const table *t, const char *path)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->rules[i].path, path) == 0) return &t->rules[i];
    return NULL;
}

/* The key in which a row ends, where the row belongs to the map at `path` itself; else NULL. */
static const char *own_key(const psb_config_rule *rule, const char *path)
{
    size_t length = strlen(path);
    if (strncmp(rule->path, path, length) != 0) return NULL;
    const char *rest = rule->path + length;
    if (length > 0 && *rest++ != '.') return NULL;
    return *rest && !strpbrk(rest, ".[") ? rest : NULL;
}

/* "a number", "a list of 3 items", ... for the sentence. */
static void describe(char *out, size_t size_bytes, const config_node *node)
{
    double number = 0.0;
    if (node->kind == KIND_MAP)
        snprintf(out, size_bytes, "a map");
    else if (node->kind == KIND_LIST)
        snprintf(out, size_bytes, "a list of %d", node->count);
    else if (psb_config_is_number(node, &number))
        snprintf(out, size_bytes, "%.40s", node->text);
    else
        snprintf(out, size_bytes, "\"%.60s\"", node->text);
}

static void describe_range(char *out, size_t size_bytes, const psb_config_rule *rule)
{
    bool is_open = rule->least == 0.0 && rule->most == 0.0;
    out[0] = '\0';
    if (!is_open && rule->least == rule->most)
        snprintf(out, size_bytes, " of %.9g", rule->least);
    else if (!is_open)
        snprintf(out, size_bytes, " from %.9g to %.9g", rule->least, rule->most);
}

static bool is_within(const psb_config_rule *rule, double value)
{
    return (rule->least == 0.0 && rule->most == 0.0) || (value >= rule->least && value <= rule->most);
}

/* YAML 1.2's core words that are not text. */
static bool is_word_of_yaml(const char *text)
{
    static const char *const words[] = {"",     "~",     "null",  "Null",  "NULL",  "true", "True",
                                        "TRUE", "false", "False", "FALSE", ".nan",  ".NaN", ".NAN",
                                        ".inf", ".Inf",  ".INF",  "-.inf", "-.Inf", "-.INF"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(text, words[i]) == 0) return true;
    return false;
}

static bool is_text(const config_node *node)
{
    double number = 0.0;
    if (node->kind != KIND_SCALAR || node->text[0] == '\0') return false;
    return !node->is_plain || (!psb_config_is_number(node, &number) && !is_word_of_yaml(node->text));
}

static bool is_integer(const config_node *node, double *out)
{
    if (!psb_config_is_number(node, out)) return false;
    const char *digits = node->text + (node->text[0] == '-' || node->text[0] == '+');
    return strspn(digits, "0123456789") == strlen(digits);
}

static bool is_choice(const char *choices, const char *text)
{
    size_t length = strlen(text);
    for (const char *at = choices; length > 0; at++) {
        size_t span = strcspn(at, "|");
        if (span == length && memcmp(at, text, length) == 0) return true;
        at += span;
        if (*at == '\0') break;
    }
    return false;
}

/* Does the value have the row's type and range? Says what was expected where not. */
static bool fits(const psb_config_rule *rule, const config_node *node, char *expected, size_t size_bytes)
{
    double value = 0.0;
    char range[64];
    describe_range(range, sizeof(range), rule);
    switch (rule->type) {
    case PSB_CONFIG_MAP:
        snprintf(expected, size_bytes, "a map of keys");
        return node->kind == KIND_MAP;
    case PSB_CONFIG_LIST:
        snprintf(expected, size_bytes, "a list%s", range);
        return node->kind == KIND_LIST && is_within(rule, node->count);
    case PSB_CONFIG_TEXT:
        snprintf(expected, size_bytes, "text%s%s (numbers in quotes)", range, range[0] ? " bytes" : "");
        return is_text(node) && is_within(rule, (double)strlen(node->text));
    case PSB_CONFIG_INTEGER:
        snprintf(expected, size_bytes, "a whole number%s", range);
        return is_integer(node, &value) && is_within(rule, value);
    case PSB_CONFIG_NUMBER:
        snprintf(expected, size_bytes, "a number%s", range);
        return psb_config_is_number(node, &value) && is_within(rule, value);
    case PSB_CONFIG_CHOICE:
        snprintf(expected, size_bytes, "one of %s", rule->choices);
        return node->kind == KIND_SCALAR && is_choice(rule->choices, node->text);
    }
    return false;
}

static psb_status fail_unknown(const psb_config *config, const table *t, psb_config_node node)
{
    char parent[PATH_BYTES], keys[320] = "";
    size_t used = 0;
    psb_config_path(parent, sizeof(parent), config, config->nodes[node].parent, true);
    for (size_t i = 0; i < t->count && used + 1 < sizeof(keys); i++) {
        const char *key = own_key(&t->rules[i], parent);
        if (key) used += (size_t)snprintf(keys + used, sizeof(keys) - used, "%s%s", used ? ", " : "", key);
    }
    return psb_config_fail(config, node, "found an unknown key, expected %s%s", keys[0] ? "one of: " : "no keys here",
                           keys);
}

static psb_status check_value(const psb_config *config, const table *t, psb_config_node node, const char *path)
{
    const psb_config_rule *rule = find_rule(t, path);
    if (!rule) return fail_unknown(config, t, node);
    char found[96], expected[256];
    if (fits(rule, &config->nodes[node], expected, sizeof(expected))) return PSB_OK;
    describe(found, sizeof(found), &config->nodes[node]);
    return psb_config_fail(config, node, "found %s, expected %s", found, expected);
}

static psb_status check_required(const psb_config *config, const table *t, psb_config_node map)
{
    if (config->nodes[map].kind != KIND_MAP) return PSB_OK;
    char path[PATH_BYTES];
    psb_config_path(path, sizeof(path), config, map, true);
    for (size_t i = 0; i < t->count; i++) {
        const char *key = t->rules[i].is_required ? own_key(&t->rules[i], path) : NULL;
        if (key && !psb_config_get(config, map, key))
            return psb_config_fail(config, map, "found no key \"%s\", expected it", key);
    }
    return PSB_OK;
}

psb_status psb_config_check(const psb_config *config, const psb_config_rule *rules, size_t rule_count)
{
    const table t = {rules, rule_count};
    psb_config_node root = psb_config_root(config);
    if (config->nodes[root].kind != KIND_MAP) return psb_config_fail(config, root, "found no map, expected keys");
    psb_status status = PSB_OK;
    for (psb_config_node node = root + 1; node < config->node_count && !status; node++) {
        char path[PATH_BYTES];
        psb_config_path(path, sizeof(path), config, node, true);
        status = check_value(config, &t, node, path);
    }
    for (psb_config_node node = root; node < config->node_count && !status; node++)
        status = check_required(config, &t, node);
    return status;
}
