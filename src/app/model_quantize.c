/* SPDX-License-Identifier: Apache-2.0
 *
 * `passerby model quantize`: a detector in floating point becomes a .psb model that computes in bytes, by looking at
 * pictures of the user's. Prints what every layer lost.
 */
#include <stdio.h>

#include "app/app.h"
#include "app/quant_watcher.h"
#include "app/quantize_labels.h"
#include "base/cpu.h"
#include "base/error.h"
#include "base/json.h"
#include "quant/quant.h"

typedef struct model_quantize_options {
    const char *images, *output, *qdq, *labels, *cpu; /* NULL = not given */
    int32_t pictures, floats;
} model_quantize_options;

#define FIELD(name) offsetof(model_quantize_options, name)

static const psb_option rows[] = {
    {"images", 0, PSB_OPTION_TEXT, "DIR|VIDEO", 0, 0, NULL, FIELD(images),
     "pictures to look at, of the kind that the detector will see; not those it is judged by"},
    {"output", 'o', PSB_OPTION_TEXT, "FILE", 0, 0, NULL, FIELD(output), "where the .psb model goes"},
    {"qdq", 0, PSB_OPTION_TEXT, "FILE.onnx", 0, 0, NULL, FIELD(qdq),
     "write the same network as ONNX for other runtimes, with QuantizeLinear and DequantizeLinear"},
    {"labels", 0, PSB_OPTION_TEXT, "FILE", 0, 0, NULL, FIELD(labels),
     "a COCO file: average precision on its pictures before and after is printed too"},
    {"pictures", 0, PSB_OPTION_COUNT, "N", 1, 1024, "64", FIELD(pictures), "how many are looked at, evenly spread"},
    {"floats", 0, PSB_OPTION_COUNT, "N", 0, 64, "2", FIELD(floats),
     "how many layers at most stay in floating point, where that pays"},
    {"cpu", 0, PSB_OPTION_TEXT, "c|avx2|avx512", 0, 0, NULL, FIELD(cpu),
     "the highest instruction set to use; unless given, the best there is"},
};

/* labels: NULL where none were given. */
static void print_words(const psb_quant *quant, const psb_quantize_labels *labels)
{
    printf("%-9s %-6s %5s %8s %7s  %s\n", "computes", "window", "group", "channels", "SNR dB", "layer");
    int32_t in_bytes = 0;
    for (int32_t i = 0; i < psb_quant_layer_count(quant); i++) {
        const psb_quant_layer layer = psb_quant_layer_at(quant, i);
        printf("%-9s %2dx%-3d %5d %8lld %7.1f  %s\n", layer.is_bytes ? "int8" : "float32", layer.kernel[0],
               layer.kernel[1], layer.group, (long long)layer.channels, layer.snr_db, layer.name);
        in_bytes += layer.is_bytes;
    }
    printf("%d of %d layers in int8, %d pictures looked at, outputs at %.1f dB\n", in_bytes,
           psb_quant_layer_count(quant), psb_quant_picture_count(quant), psb_quant_outputs_db(quant));
    if (psb_quant_unreadable_count(quant) > 0)
        printf("%d pictures are damaged and were passed over\n", psb_quant_unreadable_count(quant));
    if (!labels) return;
    printf("on %d labelled pictures: AP %.2f before, %.2f after; AP50 %.2f before, %.2f after\n", labels->pictures,
           100 * labels->before.ap, 100 * labels->after.ap, 100 * labels->before.ap50, 100 * labels->after.ap50);
    if (labels->unreadable > 0)
        printf("%d of the labelled pictures are missing or damaged: left out of both\n", labels->unreadable);
}

static void json_precision(psb_json *json, const char *key, const psb_precision *precision)
{
    psb_json_key(json, key);
    psb_json_begin_object(json);
    psb_json_key(json, "ap");
    psb_json_number(json, precision->ap);
    psb_json_key(json, "ap50");
    psb_json_number(json, precision->ap50);
    psb_json_end_object(json);
}

static void json_labels(psb_json *json, const psb_quantize_labels *labels)
{
    psb_json_key(json, "labels");
    psb_json_begin_object(json);
    psb_json_key(json, "pictures");
    psb_json_int(json, labels->pictures);
    psb_json_key(json, "unreadable");
    psb_json_int(json, labels->unreadable);
    json_precision(json, "before", &labels->before);
    json_precision(json, "after", &labels->after);
    psb_json_end_object(json);
}

static void json_layer(psb_json *json, const psb_quant_layer *layer)
{
    psb_json_begin_object(json);
    psb_json_key(json, "layer");
    psb_json_string(json, layer->name);
    psb_json_key(json, "int8");
    psb_json_bool(json, layer->is_bytes);
    psb_json_key(json, "snr_db");
    psb_json_fixed(json, layer->snr_db, 3);
    psb_json_end_object(json);
}

static psb_status print_json(const psb_quant *quant, const psb_quantize_labels *labels)
{
    psb_outfile *to = NULL;
    psb_status status = psb_outfile_open_stdout(&to);
    if (status) return status;
    psb_json json;
    psb_json_init(&json, to, false);
    psb_json_begin_object(&json);
    psb_json_key(&json, "pictures");
    psb_json_int(&json, psb_quant_picture_count(quant));
    psb_json_key(&json, "unreadable");
    psb_json_int(&json, psb_quant_unreadable_count(quant));
    psb_json_key(&json, "outputs_db");
    psb_json_fixed(&json, psb_quant_outputs_db(quant), 3);
    psb_json_key(&json, "layers");
    psb_json_begin_array(&json);
    for (int32_t i = 0; i < psb_quant_layer_count(quant); i++) {
        const psb_quant_layer layer = psb_quant_layer_at(quant, i);
        json_layer(&json, &layer);
    }
    psb_json_end_array(&json);
    if (labels) json_labels(&json, labels);
    psb_json_end_object(&json);
    status = psb_outfile_commit(to);
    psb_outfile_close(&to);
    return status;
}

/* Both files or none: what can fail comes before the first of them appears. */
static psb_status write_files(psb_quant *quant, psb_outfile *model, psb_outfile *qdq)
{
    psb_status status = psb_quant_write(quant, model);
    if (!status && qdq) status = psb_quant_write_qdq(quant, qdq);
    if (!status) status = psb_outfile_finish(model);
    if (!status && qdq) status = psb_outfile_commit(qdq);
    return status ? status : psb_outfile_commit(model);
}

/* The model is written by now: labels are shown to it as to any other. */
static psb_status report(const psb_app *app, const psb_quant *quant, const model_quantize_options *options,
                         const char *descriptor, uint32_t cpu_flags)
{
    psb_quantize_labels measured, *labels = NULL;
    if (options->labels) {
        const psb_quantize_labels_options wanted = {.labels = options->labels,
                                                    .images = options->images,
                                                    .before = descriptor,
                                                    .after = options->output,
                                                    .cpu_flags = cpu_flags};
        const psb_status status = psb_quantize_labels_measure(&measured, app, &wanted);
        if (status) return status;
        labels = &measured;
    }
    if (app->json) return print_json(quant, labels);
    if (!app->quiet) print_words(quant, labels);
    return PSB_OK;
}

static psb_status run(const psb_app *app, const psb_arguments *arguments, const void *options_given)
{
    const model_quantize_options *options = options_given;
    psb_quant_options wanted = {
        .max_pictures = options->pictures, .max_floats = options->floats ? options->floats : -1, .log = &app->log};
    psb_quant *quant = NULL;
    psb_outfile *model = NULL, *qdq = NULL;
    psb_quant_watcher watcher;
    if (!options->images || !options->output)
        return psb_fail(PSB_USAGE, "%s: found no --%s, expected it", app->who, options->images ? "output" : "images");
    psb_status status = psb_cpu_from_name(&wanted.cpu_flags, options->cpu);
    if (status) return status;
    wanted.watch = psb_quant_watcher_begin(&watcher, app);
    status = psb_outfile_open(&model, options->output);
    if (!status && options->qdq) status = psb_outfile_open(&qdq, options->qdq);
    if (!status) status = psb_quant_open(&quant, arguments->operand[0], options->images, &wanted);
    if (!status) status = write_files(quant, model, qdq);
    status = psb_quant_watcher_end(&watcher, status);
    if (!status) status = report(app, quant, options, arguments->operand[0], wanted.cpu_flags);
    psb_outfile_close(&model);
    psb_outfile_close(&qdq);
    psb_quant_close(&quant);
    return status;
}

const psb_command psb_command_model_quantize = {
    .name = "model quantize",
    .summary = "make a detector that computes in bytes",
    .usage = "FILE.yaml --images DIR|VIDEO -o FILE.psb [OPTION]...",
    .examples = "  passerby model quantize person.yaml --images pictures/ -o person.psb\n"
                "  passerby detect street.mp4 --model person.psb -o det.txt\n",
    .options = {rows, sizeof(rows) / sizeof(rows[0])},
    .options_bytes = sizeof(model_quantize_options),
    .least_operands = 1,
    .most_operands = 1,
    .run = run,
};
