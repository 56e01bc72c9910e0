/* SPDX-License-Identifier: Apache-2.0
 *
 * `passerby model check`: our outputs beside golden ones of another engine, within the descriptor's tolerance.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "base/cpu.h"
#include "base/error.h"
#include "base/json.h"
#include "detect/descriptor.h"
#include "formats/golden.h"
#include "nn/network.h"

enum { PATH_BYTES = 4096, MAX_FOLDERS = 256 };

typedef struct model_check_options {
    const char *golden, *cpu; /* NULL = not given */
} model_check_options;

static const psb_option rows[] = {
    {"golden", 0, PSB_OPTION_TEXT, "DIR", 0, 0, NULL, offsetof(model_check_options, golden),
     "a folder with outputs.json, or one with folders that have it"},
    {"cpu", 0, PSB_OPTION_TEXT, "c|avx2|avx512", 0, 0, NULL, offsetof(model_check_options, cpu),
     "the highest instruction set to use; unless given, the best there is"},
};

typedef struct check_verdict { /* of one folder */
    char folder[PATH_BYTES];
    char output[PSB_GOLDEN_NAME_BYTES]; /* whose worst element is the folder's worst */
    psb_golden_worst worst;
} check_verdict;

typedef struct check_run {
    psb_descriptor descriptor;
    psb_network *network;
    int32_t count;
    check_verdict *verdicts; /* MAX_FOLDERS */
} check_run;

static psb_status fail_shape(const char *folder, const psb_golden_tensor *tensor)
{
    return psb_fail(PSB_BAD_INPUT, "%s/outputs.json: %s: found another name or shape than the network's tensor has",
                    folder, tensor->name);
}

static psb_golden_view view_of(const psb_tensor_view *tensor)
{
    return (psb_golden_view){tensor->data, tensor->rank, tensor->dims, tensor->strides};
}

/* The network's output of that name; false where there is none. */
static bool find_output(psb_tensor_view *out, const psb_network *network, const char *name)
{
    const int32_t count = psb_network_info_get(network).outputs;
    for (int32_t i = 0; i < count; i++) {
        *out = psb_network_output(network, i);
        if (strcmp(out->name, name) == 0) return true;
    }
    return false;
}

static psb_status compare(check_run *run, const psb_golden *golden, const char *folder)
{
    check_verdict *verdict = &run->verdicts[run->count];
    snprintf(verdict->folder, sizeof(verdict->folder), "%s", folder);
    verdict->worst.multiple = -1;
    for (int32_t i = 0; i < golden->output_count; i++) {
        const psb_golden_tensor *expected = &golden->output[i];
        psb_tensor_view tensor;
        if (!find_output(&tensor, run->network, expected->name)) return fail_shape(folder, expected);
        const psb_golden_view view = view_of(&tensor);
        if (!psb_golden_has_shape(expected, &view)) return fail_shape(folder, expected);
        const psb_golden_worst worst =
            psb_golden_compare(expected, &view, run->descriptor.golden_abs, run->descriptor.golden_rel);
        if (worst.multiple <= verdict->worst.multiple) continue;
        verdict->worst = worst;
        memcpy(verdict->output, expected->name, sizeof(verdict->output));
    }
    run->count++;
    return PSB_OK;
}

static psb_status check_folder(check_run *run, const char *folder)
{
    if (run->count == MAX_FOLDERS)
        return psb_fail(PSB_BAD_INPUT, "%s: more than %d golden folders", folder, MAX_FOLDERS);
    psb_golden golden;
    psb_status status = psb_golden_read(&golden, folder);
    if (status) return status;
    const psb_tensor_view input = psb_network_input(run->network, 0);
    const psb_golden_view view = view_of(&input);
    if (psb_golden_has_shape(&golden.input, &view)) {
        psb_golden_put(&view, &golden.input);
        psb_network_run(run->network);
        status = compare(run, &golden, folder);
    } else {
        status = fail_shape(folder, &golden.input);
    }
    psb_golden_fini(&golden);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The folders in `folder` that have an outputs.json, in order of names. names[] are the caller's to free. */
static psb_status list_folders(char *names[MAX_FOLDERS], int32_t *count_out, const char *folder)
{
    *count_out = 0;
    DIR *dir = opendir(folder);
    if (!dir) return psb_fail_system(folder, "opening the folder", errno);
    psb_status status = PSB_OK;
    for (struct dirent *entry; !status && (entry = readdir(dir));) {
        char path[PATH_BYTES];
        const int length = snprintf(path, sizeof(path), "%s/%s/outputs.json", folder, entry->d_name);
        if (entry->d_name[0] == '.' || length < 0 || length >= PATH_BYTES || access(path, R_OK) != 0) continue;
        if (*count_out == MAX_FOLDERS) {
            status = psb_fail(PSB_BAD_INPUT, "%s: more than %d golden folders", folder, MAX_FOLDERS);
            continue;
        }
        path[strlen(path) - strlen("/outputs.json")] = '\0';
        names[*count_out] = strdup(path);
        if (!names[*count_out])
            status = psb_fail_memory("folder names", strlen(path));
        else
            ++*count_out;
    }
    closedir(dir);
    qsort(names, (size_t)*count_out, sizeof(names[0]), by_name);
    if (!status && *count_out == 0)
        status = psb_fail(PSB_BAD_INPUT, "%s: found no outputs.json there nor in its folders, expected golden outputs",
                          folder);
    return status;
}

static psb_status check_all(check_run *run, const char *folder)
{
    char path[PATH_BYTES];
    const int length = snprintf(path, sizeof(path), "%s/outputs.json", folder);
    if (length > 0 && length < PATH_BYTES && access(path, R_OK) == 0) return check_folder(run, folder);
    char *names[MAX_FOLDERS];
    int32_t count = 0;
    psb_status status = list_folders(names, &count, folder);
    for (int32_t i = 0; i < count; i++) {
        if (!status) status = check_folder(run, names[i]);
        free(names[i]);
    }
    return status;
}

static const check_verdict *worst_of(const check_run *run)
{
    const check_verdict *worst = &run->verdicts[0];
    for (int32_t i = 1; i < run->count; i++)
        if (run->verdicts[i].worst.multiple > worst->worst.multiple) worst = &run->verdicts[i];
    return worst;
}

static psb_status print_words(const check_run *run)
{
    for (int32_t i = 0; i < run->count; i++)
        printf("%s: worst element at %.3f of the tolerance\n", run->verdicts[i].folder,
               run->verdicts[i].worst.multiple);
    const check_verdict *worst = worst_of(run);
    if (worst->worst.multiple <= 1) return PSB_OK;
    printf("%s: %s, element %lld: found %.9g, expected %.9g: %.2f times the tolerance (abs %g, rel %g)\n",
           worst->folder, worst->output, (long long)worst->worst.element_i, (double)worst->worst.found,
           (double)worst->worst.expected, worst->worst.multiple, run->descriptor.golden_abs,
           run->descriptor.golden_rel);
    return PSB_NO;
}

static psb_status print_json(const check_run *run)
{
    psb_outfile *to = NULL;
    psb_status status = psb_outfile_open_stdout(&to);
    if (status) return status;
    const bool passed = worst_of(run)->worst.multiple <= 1;
    psb_json json;
    psb_json_init(&json, to, false);
    psb_json_begin_object(&json);
    psb_json_key(&json, "passed");
    psb_json_bool(&json, passed);
    psb_json_key(&json, "folders");
    psb_json_begin_array(&json);
    for (int32_t i = 0; i < run->count; i++) {
        const check_verdict *verdict = &run->verdicts[i];
        psb_json_begin_object(&json);
        psb_json_key(&json, "folder");
        psb_json_string(&json, verdict->folder);
        psb_json_key(&json, "output");
        psb_json_string(&json, verdict->output);
        psb_json_key(&json, "element");
        psb_json_int(&json, verdict->worst.element_i);
        psb_json_key(&json, "multiple");
        psb_json_number(&json, verdict->worst.multiple);
        psb_json_end_object(&json);
    }
    psb_json_end_array(&json);
    psb_json_end_object(&json);
    status = psb_outfile_commit(to);
    psb_outfile_close(&to);
    return status ? status : passed ? PSB_OK : PSB_NO;
}

static psb_status run(const psb_app *app, const psb_arguments *arguments, const void *options_given)
{
    const model_check_options *options = options_given;
    if (!options->golden)
        return psb_fail(PSB_USAGE, "%s: no golden outputs to compare with: give --golden DIR", app->who);
    check_run run = {0};
    uint32_t cpu_flags = 0;
    psb_status status = psb_cpu_from_name(&cpu_flags, options->cpu);
    if (!status) status = psb_descriptor_read(&run.descriptor, arguments->operand[0]);
    if (!status && run.descriptor.golden_abs <= 0 && run.descriptor.golden_rel <= 0)
        status = psb_fail(PSB_BAD_INPUT, "%s: golden: found no tolerance, expected abs and rel", arguments->operand[0]);
    if (!status) status = psb_network_open(&run.network, run.descriptor.model_path, cpu_flags);
    if (!status && !(run.verdicts = calloc(MAX_FOLDERS, sizeof(*run.verdicts))))
        status = psb_fail_memory("verdicts", MAX_FOLDERS * sizeof(*run.verdicts));
    if (!status) status = check_all(&run, options->golden);
    if (!status) status = app->json ? print_json(&run) : print_words(&run);
    free(run.verdicts);
    psb_network_close(&run.network);
    return status;
}

const psb_command psb_command_model_check = {
    .name = "model check",
    .summary = "compare a network's outputs with golden ones",
    .usage = "FILE.yaml --golden DIR [OPTION]...",
    .examples = "  passerby model check person.yaml --golden golden/person/\n"
                "  passerby model check person.yaml --golden golden/person/ --cpu c\n",
    .options = {rows, sizeof(rows) / sizeof(rows[0])},
    .options_bytes = sizeof(model_check_options),
    .least_operands = 1,
    .most_operands = 1,
    .run = run,
};
