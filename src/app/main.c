/* SPDX-License-Identifier: Apache-2.0
 *
 * The program: finds the subcommand in a table, reads its options by its table, runs it, prints the one sentence of a
 * failure and turns the status into the exit code. Only files of this room print.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <passerby/passerby.h>

#include "app/app.h"
#include "base/error.h"

static const psb_command *const commands[] = {
    &psb_command_track,       &psb_command_detect,          &psb_command_model_info,
    &psb_command_model_check, &psb_command_model_quantize,  &psb_command_model_bench,
    &psb_command_eval_tracks, &psb_command_eval_detections, &psb_command_synth,
};
enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]), LONGEST_WHO = 64 };

typedef struct psb_common_options {
    bool help, json, quiet;
    int32_t log_level;
} psb_common_options;

static const psb_option common_rows[] = {
    {"help", 'h', PSB_OPTION_FLAG, NULL, 0, 0, NULL, offsetof(psb_common_options, help), "print this help and leave"},
    {"json", 0, PSB_OPTION_FLAG, NULL, 0, 0, NULL, offsetof(psb_common_options, json),
     "one JSON object on standard output in the place of words"},
    {"quiet", 'q', PSB_OPTION_FLAG, NULL, 0, 0, NULL, offsetof(psb_common_options, quiet),
     "no progress, no words about what went well; warnings remain (--log-level)"},
    {"log-level", 0, PSB_OPTION_WORD, "error|warning|info|debug", 0, 0, "warning",
     offsetof(psb_common_options, log_level), "the least important lines to write to standard error"},
};
static const psb_option_table common_table = {common_rows, sizeof(common_rows) / sizeof(common_rows[0])};

static void print_program_help(FILE *to)
{
    fputs("passerby: people tracked and redacted in video, on ordinary processors; never recognised\n\n"
          "Examples:\n"
          "  passerby track street.mp4 --model person.yaml -o out/\n"
          "  passerby track --help\n\n"
          "Usage: passerby COMMAND [ARGUMENT]... [OPTION]...\n\nCommands:\n",
          to);
    for (int32_t i = 0; i < COMMAND_COUNT; i++) fprintf(to, "  %-16s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n  --help, --version\n\n"
          "Exit codes: 0 done; 1 done, and the answer is no; 2 wrong use; 3 bad input; 4 the environment failed;\n"
          "5 a fault of passerby's own; 130 interrupted.\n",
          to);
}

static void print_command_help(const psb_command *command)
{
    printf("passerby %s: %s\n\nExamples:\n%s\nUsage: passerby %s %s\n\nOptions:\n", command->name, command->summary,
           command->examples, command->name, command->usage);
    psb_options_print_help(stdout, &command->options);
    psb_options_print_help(stdout, &common_table);
}

/* The command whose words ("model info") begin argv; *words_out says how many they are. */
static const psb_command *find_command(int *words_out, char *const *argv)
{
    for (int32_t i = 0; i < COMMAND_COUNT; i++) {
        const char *name = commands[i]->name;
        const size_t first = strcspn(name, " ");
        if (strlen(argv[0]) != first || memcmp(argv[0], name, first) != 0) continue;
        *words_out = name[first] ? 2 : 1;
        if (*words_out == 1 || (argv[1] && strcmp(argv[1], name + first + 1) == 0)) return commands[i];
    }
    return NULL;
}

static psb_status fail_no_command(char *const *argv)
{
    const char *names[COMMAND_COUNT];
    char typed[LONGEST_WHO];
    const char *nearest = NULL;
    for (int32_t i = 0; i < COMMAND_COUNT; i++) {
        names[i] = commands[i]->name;
        const size_t first = strcspn(names[i], " ");
        if (names[i][first] && strlen(argv[0]) == first && memcmp(argv[0], names[i], first) == 0) nearest = names[i];
    }
    if (nearest)
        return psb_fail(PSB_USAGE, "passerby %s: found %s%s%s, expected one of its commands, as in \"passerby %s\"",
                        argv[0], argv[1] ? "\"" : "", argv[1] ? argv[1] : "nothing", argv[1] ? "\"" : "", nearest);
    nearest = psb_options_nearest(argv[0], names, COMMAND_COUNT);
    snprintf(typed, sizeof(typed), "%s", argv[0]);
    if (nearest) return psb_fail(PSB_USAGE, "passerby: unknown command \"%s\"; did you mean %s?", typed, nearest);
    return psb_fail(PSB_USAGE, "passerby: unknown command \"%s\"; \"passerby --help\" lists them", typed);
}

static psb_status check_operands(const psb_command *command, const char *who, const psb_arguments *arguments)
{
    if (arguments->operand_count < command->least_operands)
        return psb_fail(PSB_USAGE, "%s: an argument is missing, expected: %s %s", who, who, command->usage);
    if (arguments->operand_count > command->most_operands)
        return psb_fail(PSB_USAGE, "%s: found \"%s\", expected no argument there: %s %s", who,
                        arguments->operand[command->most_operands], who, command->usage);
    return PSB_OK;
}

static psb_status run_command(const psb_command *command, char *const *argv, psb_interrupt *interrupt)
{
    char who[LONGEST_WHO];
    snprintf(who, sizeof(who), "passerby %s", command->name);
    psb_common_options common = {0};
    psb_arguments arguments;
    void *options = calloc(1, command->options_bytes);
    if (!options) return psb_fail_memory("options", command->options_bytes);

    const psb_option_table tables[] = {command->options, common_table};
    void *const targets[] = {options, &common};
    psb_status status = psb_options_parse(&arguments, who, tables, targets, 2, argv);
    if (!status && common.help) {
        print_command_help(command);
        goto done;
    }
    if (!status) status = check_operands(command, who, &arguments);
    if (status) goto done;

    const psb_app app = {
        .who = who,
        .json = common.json,
        .quiet = common.quiet,
        .log = {.to = stderr, .level = (psb_log_level)common.log_level},
        .clock = psb_clock_system(),
        .interrupt = interrupt,
    };
    status = command->run(&app, &arguments, options);
done:
    free(options);
    return status;
}

static psb_status dispatch(char *const *argv, psb_interrupt *interrupt)
{
    if (!argv[0]) {
        print_program_help(stderr);
        return psb_fail(PSB_USAGE, "passerby: a command is missing");
    }
    if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0 || strcmp(argv[0], "help") == 0) {
        print_program_help(stdout);
        return PSB_OK;
    }
    if (strcmp(argv[0], "--version") == 0) {
        printf("passerby %s\n", psb_version());
        return PSB_OK;
    }
    int words = 0;
    const psb_command *command = find_command(&words, argv);
    return command ? run_command(command, argv + words, interrupt) : fail_no_command(argv);
}

int main(int argc, char **argv)
{
    psb_interrupt *interrupt = NULL;
    psb_status status = psb_interrupt_open(&interrupt);
    if (!status) status = dispatch(argc > 0 ? argv + 1 : argv, interrupt);
    psb_interrupt_close(&interrupt);
    if (fflush(stdout) != 0 && !status) status = psb_fail(PSB_ENVIRONMENT, "standard output: writing failed");
    if (status && status != PSB_NO && status != PSB_INTERRUPTED) fprintf(stderr, "%s\n", psb_error_text());
    return psb_status_exit_code(status);
}
