/* SPDX-License-Identifier: Apache-2.0
 *
 * `passerby model info`: what a network is, what its descriptor says, and with --kernels which kernel each planned
 * step was given on this machine.
 */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "base/cpu.h"
#include "base/digest.h"
#include "base/json.h"
#include "detect/descriptor.h"
#include "detect/head.h"
#include "nn/model_source.h"
#include "nn/network.h"

typedef struct model_info_options {
    const char *cpu; /* NULL = not given */
    psb_option_size input_size;
    bool kernels;
} model_info_options;

static const psb_option rows[] = {
    {"input-size", 0, PSB_OPTION_SIZE, "WxH", 32, 4096, NULL, offsetof(model_info_options, input_size),
     "as it is for an input of this size; unless given, the model's own"},
    {"kernels", 0, PSB_OPTION_FLAG, NULL, 0, 0, NULL, offsetof(model_info_options, kernels),
     "list the planned steps and the kernel of each"},
    {"cpu", 0, PSB_OPTION_TEXT, "c|avx2|avx512", 0, 0, NULL, offsetof(model_info_options, cpu),
     "the highest instruction set to use; unless given, the best there is"},
};

typedef struct model_facts { /* what is printed, gathered first */
    const char *path;        /* of the network */
    psb_descriptor descriptor;
    bool has_descriptor;
    char sha256[PSB_SHA256_HEX_BYTES];
    psb_network *network;
    psb_network_info info;
    size_t file_bytes;
    uint32_t cpu_flags;
} model_facts;

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text);
    const size_t end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static psb_status gather(model_facts *out, const char *path, const model_info_options *options)
{
    const psb_network_size size = {options->input_size.width, options->input_size.height};
    const psb_network_options wanted = {.size = size, .writes_bytes = true}; /* as a detector opens it */
    psb_model_source source = {0};
    psb_status status = psb_cpu_from_name(&out->cpu_flags, options->cpu);
    out->path = path;
    out->has_descriptor = !ends_with(path, ".onnx");
    if (!status && out->has_descriptor) {
        status = psb_descriptor_read(&out->descriptor, path);
        if (!status && size.width_px) status = psb_descriptor_resize(&out->descriptor, size.width_px, size.height_px);
        out->path = out->descriptor.model_path;
    }
    if (!status) status = psb_model_source_open(&source, out->path, PSB_DESCRIPTOR_MAX_FILE_BYTES);
    if (!status)
        status =
            psb_network_parse_with(&out->network, out->path, source.data, source.size_bytes, &wanted, out->cpu_flags);
    if (!status) psb_sha256_hex(out->sha256, source.data, source.size_bytes);
    if (!status) out->info = psb_network_info_get(out->network);
    out->file_bytes = source.size_bytes;
    psb_model_source_close(&source);
    return status;
}

static void print_shape(const char *kind, const psb_tensor_view *view)
{
    printf("%-10s %s [", kind, view->name);
    for (int32_t d = 0; d < view->rank; d++) printf("%s%lld", d ? ", " : "", (long long)view->dims[d]);
    printf("]\n");
}

static void print_words(const model_facts *facts, bool kernels)
{
    const psb_network_info *info = &facts->info;
    printf("network    %s, %zu bytes\nsha256     %s\n", facts->path, facts->file_bytes, facts->sha256);
    if (facts->has_descriptor) {
        const psb_descriptor *descriptor = &facts->descriptor;
        printf("name       %s\n", descriptor->name);
        printf("input      %dx%d %s, %s\nhead       %s, class %d of %d, suppression at IoU %g\nscore      %g for use, "
               "%g for evaluating\n",
               descriptor->input.width, descriptor->input.height, descriptor->input.is_rgb ? "rgb" : "bgr",
               descriptor->input.is_letterbox ? "letterbox" : "stretch", descriptor->head.type->name,
               descriptor->person_class, descriptor->class_count, (double)descriptor->nms_iou,
               (double)descriptor->default_score, (double)descriptor->min_score);
    }
    for (int32_t i = 0; i < info->inputs; i++) {
        const psb_tensor_view view = psb_network_input(facts->network, i);
        print_shape("tensor in", &view);
    }
    for (int32_t i = 0; i < info->outputs; i++) {
        const psb_tensor_view view = psb_network_output(facts->network, i);
        print_shape("tensor out", &view);
    }
    printf("nodes      %d in the file, %d planned\nweights    %lld\nmultiplies %.1f million\nmemory     %.1f MB arena, "
           "%.1f MB packed weights\ncpu        %s\n",
           info->nodes_in_file, info->nodes_planned, (long long)info->weights_count, (double)info->macs / 1e6,
           (double)info->arena_bytes / 1e6, (double)info->packed_bytes / 1e6, psb_cpu_name(facts->cpu_flags));
    for (int32_t i = 0; kernels && i < psb_network_step_count(facts->network); i++) {
        const psb_network_step step = psb_network_step_at(facts->network, i);
        printf("%4d %-22s %-24s %s\n", i, step.op, step.kernel, step.node_name);
    }
}

static void json_text(psb_json *json, const char *key, const char *text)
{
    psb_json_key(json, key);
    psb_json_string(json, text);
}

static void json_int(psb_json *json, const char *key, int64_t value)
{
    psb_json_key(json, key);
    psb_json_int(json, value);
}

static void json_steps(psb_json *json, const psb_network *network)
{
    psb_json_key(json, "steps");
    psb_json_begin_array(json);
    for (int32_t i = 0; i < psb_network_step_count(network); i++) {
        const psb_network_step step = psb_network_step_at(network, i);
        psb_json_begin_object(json);
        json_text(json, "op", step.op);
        json_text(json, "kernel", step.kernel);
        json_text(json, "node", step.node_name);
        psb_json_end_object(json);
    }
    psb_json_end_array(json);
}

static psb_status print_json(const model_facts *facts, bool kernels)
{
    psb_outfile *to = NULL;
    psb_status status = psb_outfile_open_stdout(&to);
    if (status) return status;
    psb_json json;
    psb_json_init(&json, to, false);
    psb_json_begin_object(&json);
    json_text(&json, "network", facts->path);
    json_text(&json, "sha256", facts->sha256);
    json_int(&json, "file_bytes", (int64_t)facts->file_bytes);
    if (facts->has_descriptor) {
        json_text(&json, "name", facts->descriptor.name);
        json_text(&json, "head", facts->descriptor.head.type->name);
        json_int(&json, "width", facts->descriptor.input.width);
        json_int(&json, "height", facts->descriptor.input.height);
    }
    json_int(&json, "nodes_in_file", facts->info.nodes_in_file);
    json_int(&json, "nodes_planned", facts->info.nodes_planned);
    json_int(&json, "weights", facts->info.weights_count);
    json_int(&json, "macs", facts->info.macs);
    json_int(&json, "arena_bytes", (int64_t)facts->info.arena_bytes);
    json_int(&json, "packed_bytes", (int64_t)facts->info.packed_bytes);
    json_text(&json, "cpu", psb_cpu_name(facts->cpu_flags));
    if (kernels) json_steps(&json, facts->network);
    psb_json_end_object(&json);
    status = psb_outfile_commit(to);
    psb_outfile_close(&to);
    return status;
}

/* Whoever runs what was built in is told by whom, from what and with what limits it was made. */
static void print_card(void)
{
    size_t size_bytes;
    const char *card = psb_model_builtin_card(&size_bytes);
    putchar('\n');
    fwrite(card, 1, size_bytes, stdout);
}

static psb_status run(const psb_app *app, const psb_arguments *arguments, const void *options_given)
{
    const model_info_options *options = options_given;
    model_facts facts = {0};
    const char *path = arguments->operand_count > 0 ? arguments->operand[0] : PSB_MODEL_BUILTIN;
    psb_status status = gather(&facts, path, options);
    if (!status && app->json)
        status = print_json(&facts, options->kernels);
    else if (!status)
        print_words(&facts, options->kernels);
    if (!status && !app->json && psb_model_is_builtin(path)) print_card();
    psb_network_close(&facts.network);
    return status;
}

const psb_command psb_command_model_info = {
    .name = "model info",
    .summary = "describe a network and its descriptor",
    .usage = "[FILE.yaml|FILE.onnx|FILE.psb] [OPTION]...",
    .examples = "  passerby model info                # the one that is built in, and its card\n"
                "  passerby model info person.yaml\n"
                "  passerby model info person.onnx --kernels --cpu avx2\n",
    .options = {rows, sizeof(rows) / sizeof(rows[0])},
    .options_bytes = sizeof(model_info_options),
    .least_operands = 0,
    .most_operands = 1,
    .run = run,
};
