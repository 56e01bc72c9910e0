/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding and making the files of a bench. What is made on the way is for timing: a handful of pictures is enough to
 * know how fast a network is, not how well it sees.
 */
#include "app/bench_models.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/outfile.h"
#include "detect/descriptor.h"
#include "nn/model.h"
#include "nn/model_source.h"

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* path's beginning with another ending, where such a file can be read; else empty. */
static void find_sibling(char out[BENCH_PATH_BYTES], const char *path, size_t stem_length, const char *end)
{
    const int length = snprintf(out, BENCH_PATH_BYTES, "%.*s%s", (int)stem_length, path, end);
    if (length < 0 || length >= BENCH_PATH_BYTES || access(out, R_OK) != 0) out[0] = '\0';
}

static size_t stem_length_of(const char *path)
{
    static const char *const ends[] = {".int8.psb", ".psb", ".yaml", ".yml", ".onnx"};
    for (size_t e = 0; e < sizeof(ends) / sizeof(ends[0]); e++)
        if (ends_with(path, ends[e])) return strlen(path) - strlen(ends[e]);
    return strlen(path);
}

static bool is_packed(const char *model)
{
    return ends_with(model, ".psb") || psb_model_is_builtin(model);
}

/* A descriptor names its network in floats; the one in bytes lies beside it, and the other way round. */
static psb_status find_networks(bench_models *out, const char *model)
{
    psb_descriptor descriptor;
    const size_t stem = stem_length_of(model);
    if (is_packed(model)) {
        snprintf(out->int8, BENCH_PATH_BYTES, "%s", model);
        if (!psb_model_is_builtin(model)) find_sibling(out->fp32, model, stem, ".onnx");
        return PSB_OK;
    }
    find_sibling(out->int8, model, stem, ".int8.psb");
    if (!out->int8[0]) find_sibling(out->int8, model, stem, ".psb");
    if (ends_with(model, ".onnx")) {
        snprintf(out->fp32, BENCH_PATH_BYTES, "%s", model);
        return PSB_OK;
    }
    const psb_status status = psb_descriptor_read(&descriptor, model);
    if (!status) snprintf(out->fp32, BENCH_PATH_BYTES, "%s", descriptor.model_path);
    return status;
}

/* --- Quantising on the way --- */

static void find_images(char out[BENCH_PATH_BYTES], const char *given, const char *descriptor)
{
    if (given) {
        snprintf(out, BENCH_PATH_BYTES, "%s", given);
        return;
    }
    const char *slash = strrchr(descriptor, '/');
    find_sibling(out, descriptor, slash ? (size_t)(slash - descriptor) + 1 : 0, "golden/pictures");
}

/* A path in the folder of what is made; the folder is made first. */
static psb_status place_in_folder(bench_models *out, char path[BENCH_PATH_BYTES], const char *name)
{
    if (!out->folder[0]) {
        const char *temporary = getenv("TMPDIR");
        snprintf(out->folder, BENCH_PATH_BYTES, "%.4000s/passerby-bench-XXXXXX",
                 temporary && temporary[0] ? temporary : "/tmp");
        if (!mkdtemp(out->folder)) {
            const psb_status status = psb_fail_system(out->folder, "making a temporary folder", errno);
            out->folder[0] = '\0';
            return status;
        }
    }
    const int length = snprintf(path, BENCH_PATH_BYTES, "%s/%s", out->folder, name);
    return length < BENCH_PATH_BYTES ? PSB_OK : psb_fail(PSB_ENVIRONMENT, "%s: found too long a path", out->folder);
}

/* A file in the folder, to be written; path gets its name. */
static psb_status open_made(psb_outfile **to, bench_models *out, char path[BENCH_PATH_BYTES], const char *name)
{
    const psb_status status = place_in_folder(out, path, name);
    return status ? status : psb_outfile_open(to, path);
}

static psb_status make_int8(bench_models *out, psb_quant *quant, const char *images)
{
    psb_outfile *to = NULL;
    psb_status status = open_made(&to, out, out->int8, "model.int8.psb");
    if (!status) status = psb_quant_write(quant, to);
    if (!status) status = psb_outfile_commit(to);
    psb_outfile_close(&to);
    out->made_int8 = !status;
    snprintf(out->images, BENCH_PATH_BYTES, "%s", images);
    return status;
}

static psb_status make_qdq(bench_models *out, const psb_quant *quant)
{
    psb_outfile *to = NULL;
    psb_status status = open_made(&to, out, out->qdq, "model.qdq.onnx");
    if (!status) status = psb_quant_write_qdq(quant, to);
    if (!status) status = psb_outfile_commit(to);
    psb_outfile_close(&to);
    out->made_qdq = !status;
    return status;
}

static psb_status quantise(bench_models *out, const char *descriptor, const char *images,
                           const bench_models_options *options)
{
    psb_quant *quant = NULL;
    const psb_quant_options wanted = {.cpu_flags = options->cpu_flags, .log = options->log, .watch = options->watch};
    psb_status status = psb_quant_open(&quant, descriptor, images, &wanted);
    if (!status) status = make_int8(out, quant, images);
    if (!status && options->wants_qdq && !out->qdq[0]) status = make_qdq(out, quant);
    psb_quant_close(&quant);
    return status;
}

/* The .psb as ONNX. It does not say what its last layers' sums could be rounded to; for timing any step will do. */
static psb_status export_int8(bench_models *out)
{
    const psb_encoding any = {.scale = 1.0F / 16, .zero = 128};
    psb_outfile *to = NULL;
    psb_model_source source;
    psb_graph graph = {0};
    psb_encoding *sums = NULL;
    psb_status status = psb_model_source_open(&source, out->int8, PSB_GRAPH_MAX_FILE_BYTES);
    if (!status) status = psb_model_parse(&graph, out->int8, source.data, source.size_bytes);
    if (status) goto done;
    sums = calloc((size_t)graph.node_count + 1, sizeof(*sums));
    if (!sums) status = psb_fail_memory("sums", (size_t)graph.node_count * sizeof(*sums));
    for (int32_t n = 0; n < graph.node_count && sums; n++) sums[n] = any;
    if (!status) status = open_made(&to, out, out->qdq, "model.qdq.onnx");
    if (!status) status = psb_graph_export(to, &graph, sums);
    if (!status) status = psb_outfile_commit(to);
    out->made_qdq = !status;
done:
    psb_outfile_close(&to);
    free(sums);
    psb_graph_fini(&graph);
    psb_model_source_close(&source);
    return status;
}

psb_status bench_models_init(bench_models *out, const char *model, const bench_models_options *options)
{
    char images[BENCH_PATH_BYTES] = "";
    *out = (bench_models){0};
    const bool is_descriptor = !is_packed(model) && !ends_with(model, ".onnx");
    if (options->images && !is_descriptor)
        return psb_fail(PSB_USAGE, "%s: found --images, expected it with a descriptor, which says how to prepare them",
                        model);
    psb_status status = find_networks(out, model);
    if (status) return status;
    if (is_descriptor && (options->images || !out->int8[0])) find_images(images, options->images, model);
    if (options->qdq)
        snprintf(out->qdq, BENCH_PATH_BYTES, "%s", options->qdq);
    else if (!images[0] && !psb_model_is_builtin(model))
        find_sibling(out->qdq, model, stem_length_of(model), ".qdq.onnx");
    if (images[0]) return quantise(out, model, images, options);
    return options->wants_qdq && out->int8[0] && !out->qdq[0] ? export_int8(out) : PSB_OK;
}

void bench_models_fini(bench_models *models)
{
    if (models->made_int8) unlink(models->int8);
    if (models->made_qdq) unlink(models->qdq);
    if (models->folder[0]) rmdir(models->folder);
    *models = (bench_models){0};
}
