/* SPDX-License-Identifier: Apache-2.0
 *
 * Options as data: one table a subcommand makes the parsing, the help and (by a test) the manual page agree.
 * A row says the name, the argument, the range, the default as a user would write it, and where the value goes.
 * GNU ways: --name VALUE, --name=VALUE, -x VALUE, -xVALUE, options between operands, "--" ends them.
 */
#ifndef PSB_APP_OPTIONS_H
#define PSB_APP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <passerby/status.h>

typedef enum psb_option_type {
    PSB_OPTION_FLAG,     /* bool */
    PSB_OPTION_TEXT,     /* const char *, not empty */
    PSB_OPTION_WORD,     /* int32_t: which of the words in `argument`, "fill|blur|none" */
    PSB_OPTION_COUNT,    /* int32_t, whole, least..most */
    PSB_OPTION_NUMBER,   /* double, least..most */
    PSB_OPTION_DURATION, /* double, seconds, least..most: "1s", "500ms", "2m", "1h" (config/duration.h) */
    PSB_OPTION_SIZE,     /* psb_option_size, pixels, each side least..most: "640x384" */
} psb_option_type;

typedef struct psb_option_size { /* all zero = not given */
    int32_t width, height;
} psb_option_size;

typedef struct psb_option {
    const char *name; /* without its dashes */
    char letter;      /* the short form, 0 = none */
    psb_option_type type;
    const char *argument; /* as help shows it; NULL for a flag */
    double least, most;   /* of COUNT, NUMBER, DURATION and SIZE */
    const char *initial;  /* the default, parsed like a given value; NULL = the field stays zero */
    size_t offset;        /* of the field in the struct that is filled */
    const char *help;
} psb_option;

typedef struct psb_option_table {
    const psb_option *rows;
    int32_t count; /* at most 64 */
} psb_option_table;

enum { PSB_MAX_OPERANDS = 8, PSB_MAX_OPTION_TABLES = 2 };

/* What a command line says. Texts are the argv's own. */
typedef struct psb_arguments {
    const char *operand[PSB_MAX_OPERANDS];
    int32_t operand_count;
    uint64_t given[PSB_MAX_OPTION_TABLES]; /* bit i: row i of that table stood on the command line */
} psb_arguments;

/* Fills target[i] (a struct) from tables[i], defaults first. who ("passerby track") begins each message.
 * Errors: PSB_USAGE, one sentence. */
psb_status psb_options_parse(psb_arguments *out, const char *who, const psb_option_table *tables, void *const *targets,
                             int32_t table_count, char *const *argv);

/* Was the option of this name given (and not only defaulted)? */
bool psb_options_given(const psb_arguments *arguments, const psb_option_table *tables, int32_t table_count,
                       const char *name);

/* One line a row: name, argument, help, range, default. */
void psb_options_print_help(FILE *to, const psb_option_table *table);

/* The nearest of `names` (count of them) to a mistyped one, or NULL when none is near. */
const char *psb_options_nearest(const char *typed, const char *const *names, int32_t count);

#endif
