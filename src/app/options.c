/* SPDX-License-Identifier: Apache-2.0
 *
 * Parsing and printing of option tables. Values are written through the row's offset, so a subcommand reads plain
 * fields and never a string of its own. A default is parsed by the same code as a given value: it cannot lie outside
 * its own range unseen.
 */
#include "app/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "config/duration.h"
#include "base/number.h"

enum { LONGEST_NAME = 31, HELP_COLUMN = 28, HELP_WIDTH = 110 };

static int32_t word_i(const char *words, const char *text)
{
    const size_t length = strlen(text);
    int32_t i = 0;
    for (const char *word = words;; i++) {
        const size_t word_length = strcspn(word, "|");
        if (word_length == length && memcmp(word, text, length) == 0) return i;
        if (word[word_length] == '\0') return -1;
        word += word_length + 1;
    }
}

static psb_status fail_range(const char *who, const psb_option *row, const char *text, const char *kind)
{
    return psb_fail(PSB_USAGE, "%s: --%s: found \"%s\", expected %s from %.15g to %.15g", who, row->name, text, kind,
                    row->least, row->most);
}

static psb_status set_number(const char *who, const psb_option *row, char *field, const char *text)
{
    double value = 0;
    const bool is_duration = row->type == PSB_OPTION_DURATION;
    const size_t length = strlen(text);
    const bool is_read =
        is_duration ? !psb_duration_parse(&value, text) : length > 0 && psb_number_scan(&value, text) == length;
    if (!is_read || value < row->least || value > row->most)
        return fail_range(who, row, text, is_duration ? "a duration such as 500ms, 1s or 2m, in seconds" : "a number");
    memcpy(field, &value, sizeof(value));
    return PSB_OK;
}

static psb_status set_count(const char *who, const psb_option *row, char *field, const char *text)
{
    char *end;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    const bool ok = end != text && *end == '\0' && errno == 0;
    if (!ok || (double)value < row->least || (double)value > row->most)
        return fail_range(who, row, text, "a whole number");
    const int32_t count = (int32_t)value;
    memcpy(field, &count, sizeof(count));
    return PSB_OK;
}

static psb_status set_size(const char *who, const psb_option *row, char *field, const char *text)
{
    psb_option_size size = {0};
    int32_t *const sides[] = {&size.width, &size.height};
    const char *at = text;
    bool ok = true;
    for (int32_t i = 0; i < 2 && ok; i++) {
        char *end;
        errno = 0;
        const long value = strtol(at, &end, 10);
        ok = *at >= '0' && *at <= '9' && *end == (i == 0 ? 'x' : '\0') && errno == 0;
        ok = ok && (double)value >= row->least && (double)value <= row->most;
        if (ok) *sides[i] = (int32_t)value;
        at = end + 1;
    }
    if (!ok) return fail_range(who, row, text, "WIDTHxHEIGHT in pixels, each");
    memcpy(field, &size, sizeof(size));
    return PSB_OK;
}

static psb_status set_value(const char *who, const psb_option *row, char *target, const char *text)
{
    char *field = target + row->offset;
    switch (row->type) {
    case PSB_OPTION_FLAG: {
        const bool yes = true;
        memcpy(field, &yes, sizeof(yes));
        return PSB_OK;
    }
    case PSB_OPTION_TEXT:
        if (*text == '\0')
            return psb_fail(PSB_USAGE, "%s: --%s: found nothing, expected %s", who, row->name, row->argument);
        memcpy(field, &text, sizeof(text));
        return PSB_OK;
    case PSB_OPTION_WORD: {
        const int32_t i = word_i(row->argument, text);
        if (i < 0)
            return psb_fail(PSB_USAGE, "%s: --%s: found \"%s\", expected one of %s", who, row->name, text,
                            row->argument);
        memcpy(field, &i, sizeof(i));
        return PSB_OK;
    }
    case PSB_OPTION_COUNT:
        return set_count(who, row, field, text);
    case PSB_OPTION_NUMBER:
    case PSB_OPTION_DURATION:
        return set_number(who, row, field, text);
    case PSB_OPTION_SIZE:
        return set_size(who, row, field, text);
    }
    return psb_fail(PSB_BUG, "%s: --%s: no such type of option", who, row->name);
}

/* Edit distance (Levenshtein 1966, by rows) of short names; longer ones count as far. */
static int32_t edit_distance(const char *a, const char *b)
{
    const size_t a_length = strlen(a);
    const size_t b_length = strlen(b);
    if (a_length > LONGEST_NAME || b_length > LONGEST_NAME) return LONGEST_NAME;
    int32_t row[LONGEST_NAME + 1];
    for (size_t j = 0; j <= b_length; j++) row[j] = (int32_t)j;
    for (size_t i = 1; i <= a_length; i++) {
        int32_t diagonal = row[0];
        row[0] = (int32_t)i;
        for (size_t j = 1; j <= b_length; j++) {
            const int32_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            const int32_t shifted = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = replaced < shifted ? replaced : shifted;
        }
    }
    return row[b_length];
}

const char *psb_options_nearest(const char *typed, const char *const *names, int32_t count)
{
    const char *best = NULL;
    int32_t best_distance = 3; /* one swap of letters is two edits; more is another word */
    for (int32_t i = 0; i < count; i++) {
        const int32_t distance = edit_distance(typed, names[i]);
        if (distance < best_distance && distance < (int32_t)strlen(names[i])) {
            best = names[i];
            best_distance = distance;
        }
    }
    return best;
}

static psb_status fail_unknown(const char *who, const char *name, const psb_option_table *tables, int32_t table_count)
{
    const char *names[2 * 64];
    int32_t count = 0;
    for (int32_t t = 0; t < table_count; t++)
        for (int32_t i = 0; i < tables[t].count; i++) names[count++] = tables[t].rows[i].name;
    const char *nearest = psb_options_nearest(name, names, count);
    return nearest ? psb_fail(PSB_USAGE, "%s: unknown option --%s; did you mean --%s?", who, name, nearest)
                   : psb_fail(PSB_USAGE, "%s: unknown option --%s; \"%s --help\" lists them", who, name, who);
}

/* A command line while it is read. */
typedef struct psb_option_scan {
    psb_arguments *out;
    const char *who;
    const psb_option_table *tables;
    void *const *targets;
    int32_t table_count;
    char *const *next; /* what is still to be read; NULL ends it */
} psb_option_scan;

/* Takes the row's value (its own when `attached`, else the next argument) and stores it. */
static psb_status take_value(psb_option_scan *scan, int32_t table_i, int32_t row_i, const char *attached)
{
    const psb_option *row = &scan->tables[table_i].rows[row_i];
    const char *text = attached;
    if (row->type == PSB_OPTION_FLAG) {
        if (attached)
            return psb_fail(PSB_USAGE, "%s: --%s takes no value, found \"%s\"", scan->who, row->name, attached);
    } else if (!attached) {
        text = *scan->next;
        if (!text) return psb_fail(PSB_USAGE, "%s: --%s needs a value: %s", scan->who, row->name, row->argument);
        scan->next++;
    }
    scan->out->given[table_i] |= UINT64_C(1) << row_i;
    return set_value(scan->who, row, scan->targets[table_i], text);
}

static psb_status take_long(psb_option_scan *scan, const char *argument)
{
    const char *name = argument + 2;
    const size_t length = strcspn(name, "=");
    for (int32_t t = 0; t < scan->table_count; t++) {
        for (int32_t i = 0; i < scan->tables[t].count; i++) {
            const char *row_name = scan->tables[t].rows[i].name;
            if (strlen(row_name) == length && memcmp(row_name, name, length) == 0)
                return take_value(scan, t, i, name[length] == '=' ? name + length + 1 : NULL);
        }
    }
    char typed[256]; /* longer ones are cut: the message stays one line */
    snprintf(typed, sizeof(typed), "%.*s", (int)(length < sizeof(typed) ? length : sizeof(typed) - 1), name);
    return fail_unknown(scan->who, typed, scan->tables, scan->table_count);
}

static psb_status take_short(psb_option_scan *scan, const char *argument)
{
    for (int32_t t = 0; t < scan->table_count; t++)
        for (int32_t i = 0; i < scan->tables[t].count; i++)
            if (scan->tables[t].rows[i].letter == argument[1])
                return take_value(scan, t, i, argument[2] ? argument + 2 : NULL);
    return psb_fail(PSB_USAGE, "%s: unknown option -%c; \"%s --help\" lists them", scan->who, argument[1], scan->who);
}

static psb_status take_operand(psb_option_scan *scan, const char *argument)
{
    psb_arguments *out = scan->out;
    if (out->operand_count == PSB_MAX_OPERANDS)
        return psb_fail(PSB_USAGE, "%s: too many arguments, from \"%s\" on", scan->who, argument);
    out->operand[out->operand_count++] = argument;
    return PSB_OK;
}

psb_status psb_options_parse(psb_arguments *out, const char *who, const psb_option_table *tables, void *const *targets,
                             int32_t table_count, char *const *argv)
{
    *out = (psb_arguments){0};
    psb_status status = PSB_OK;
    for (int32_t t = 0; t < table_count; t++) {
        for (int32_t i = 0; i < tables[t].count && !status; i++) {
            const psb_option *row = &tables[t].rows[i];
            if (row->initial) status = set_value(who, row, targets[t], row->initial);
        }
    }
    psb_option_scan scan = {out, who, tables, targets, table_count, argv};
    bool options_ended = false;
    while (!status && *scan.next) {
        const char *argument = *scan.next++;
        if (options_ended || argument[0] != '-' || argument[1] == '\0')
            status = take_operand(&scan, argument);
        else if (strcmp(argument, "--") == 0)
            options_ended = true;
        else if (argument[1] == '-')
            status = take_long(&scan, argument);
        else
            status = take_short(&scan, argument);
    }
    return status;
}

bool psb_options_given(const psb_arguments *arguments, const psb_option_table *tables, int32_t table_count,
                       const char *name)
{
    for (int32_t t = 0; t < table_count; t++)
        for (int32_t i = 0; i < tables[t].count; i++)
            if (strcmp(tables[t].rows[i].name, name) == 0) return (arguments->given[t] >> i) & 1;
    return false;
}

/* Words of `text` in lines of HELP_WIDTH, each line but the first indented. */
static void print_wrapped(FILE *to, const char *text)
{
    size_t column = HELP_COLUMN;
    while (*text) {
        const size_t length = strcspn(text, " ");
        if (column > HELP_COLUMN && column + 1 + length > HELP_WIDTH) {
            fprintf(to, "\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        } else if (column > HELP_COLUMN) {
            fputc(' ', to);
            column++;
        }
        fwrite(text, 1, length, to);
        column += length;
        text += length + strspn(text + length, " ");
    }
    fputc('\n', to);
}

void psb_options_print_help(FILE *to, const psb_option_table *table)
{
    for (int32_t i = 0; i < table->count; i++) {
        const psb_option *row = &table->rows[i];
        const char letter[] = {row->letter ? '-' : ' ', row->letter ? row->letter : ' ', row->letter ? ',' : ' ', '\0'};
        int column = fprintf(to, "  %s --%s%s%s", letter, row->name, row->argument ? " " : "",
                             row->argument ? row->argument : "");
        if (column >= HELP_COLUMN) {
            fputc('\n', to);
            column = 0;
        }
        fprintf(to, "%*s", HELP_COLUMN - column, "");

        char text[512];
        int used = snprintf(text, sizeof(text), "%s", row->help);
        const bool has_range = row->type == PSB_OPTION_COUNT || row->type == PSB_OPTION_NUMBER ||
                               row->type == PSB_OPTION_DURATION || row->type == PSB_OPTION_SIZE;
        if (has_range)
            used += snprintf(text + used, sizeof(text) - (size_t)used, "; %.15g to %.15g%s", row->least, row->most,
                             row->type == PSB_OPTION_DURATION ? " s" : "");
        if (row->initial) snprintf(text + used, sizeof(text) - (size_t)used, " (default %s)", row->initial);
        print_wrapped(to, text);
    }
}
