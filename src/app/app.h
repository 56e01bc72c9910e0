/* SPDX-License-Identifier: Apache-2.0
 *
 * What main.c hands to every subcommand, and what a subcommand is: a row of main's table.
 * To add one: write app/NAME.c with its option table and its row, declare the row here, name it in main.c's list,
 * write docs/passerby-NAME.1.scd.
 */
#ifndef PSB_APP_APP_H
#define PSB_APP_APP_H

#include <stdbool.h>

#include <passerby/status.h>

#include "app/interrupt.h"
#include "app/options.h"
#include "base/clock.h"
#include "base/log.h"

typedef struct psb_app {
    const char *who; /* "passerby track": begins messages about the command line */
    bool json;       /* one object on standard output in the place of words */
    bool quiet;      /* nothing on standard output but what was asked for, and only errors on standard error */
    psb_log log;
    psb_clock clock;
    psb_interrupt *interrupt; /* for a command that can end early with what it has: listen, then ask */
} psb_app;

typedef struct psb_command {
    const char *name;     /* "track", "model info" */
    const char *summary;  /* one line */
    const char *usage;    /* what follows the name */
    const char *examples; /* lines, indented by two blanks */
    psb_option_table options;
    size_t options_bytes; /* size of the struct that the options fill */
    int32_t least_operands, most_operands;
    psb_status (*run)(const psb_app *app, const psb_arguments *arguments, const void *options);
} psb_command;

extern const psb_command psb_command_track;
extern const psb_command psb_command_detect;
extern const psb_command psb_command_model_info;
extern const psb_command psb_command_model_check;
extern const psb_command psb_command_model_quantize;
extern const psb_command psb_command_model_bench;
extern const psb_command psb_command_eval_tracks;
extern const psb_command psb_command_eval_detections;
extern const psb_command psb_command_synth;

#endif
