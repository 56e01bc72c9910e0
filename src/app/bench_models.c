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
#include "nn/model_source.h"
#include "quant/quant.h"

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
        find_sibling(out->fp32, model, stem, ".onnx");
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

/* The descriptor to quantise by; empty where there is none. */
static void find_descriptor(char out[BENCH_PATH_BYTES], const char *model)
{
    out[0] = '\0';
    if (is_packed(model))
        find_sibling(out, model, stem_length_of(model), ".yaml");
    else if (!ends_with(model, ".onnx"))
        snprintf(out, BENCH_PATH_BYTES, "%s", model);
}

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

static psb_status write_made(bench_models *out, psb_quant *quant, bool is_qdq)
{
    psb_outfile *to = NULL;
    char *path = is_qdq ? out->qdq : out->int8;
    psb_status status = place_in_folder(out, path, is_qdq ? "model.qdq.onnx" : "model.int8.psb");
    if (!status) status = psb_outfile_open(&to, path);
    if (!status) status = is_qdq ? psb_quant_write_qdq(quant, to) : psb_quant_write(quant, to);
    if (!status) status = psb_outfile_commit(to);
    psb_outfile_close(&to);
    if (!status) *(is_qdq ? &out->made_qdq : &out->made_int8) = true;
    return status;
}

static psb_status make(bench_models *out, const char *descriptor, const char *images, bool makes_int8, bool makes_qdq,
                       const bench_models_options *options)
{
    psb_quant *quant = NULL;
    const psb_quant_options wanted = {.cpu_flags = options->cpu_flags, .log = options->log};
    psb_status status = psb_quant_open(&quant, descriptor, images, &wanted);
    if (!status && makes_int8) status = write_made(out, quant, false);
    if (!status && makes_qdq) status = write_made(out, quant, true);
    if (!status && makes_int8) snprintf(out->images, BENCH_PATH_BYTES, "%s", images);
    psb_quant_close(&quant);
    return status;
}

psb_status bench_models_init(bench_models *out, const char *model, const bench_models_options *options)
{
    char descriptor[BENCH_PATH_BYTES], images[BENCH_PATH_BYTES] = "";
    *out = (bench_models){0};
    psb_status status = find_networks(out, model);
    if (status) return status;
    find_descriptor(descriptor, model);
    if (descriptor[0]) find_images(images, options->images, descriptor);
    const bool makes_int8 = options->images ? !is_packed(model) : !out->int8[0];
    if (options->images && !descriptor[0])
        return psb_fail(PSB_USAGE, "%s: found --images, expected it with a descriptor, which says how to prepare them",
                        model);
    if (options->qdq)
        snprintf(out->qdq, BENCH_PATH_BYTES, "%s", options->qdq);
    else if (!makes_int8 || !images[0])
        find_sibling(out->qdq, model, stem_length_of(model), ".qdq.onnx");
    const bool makes_qdq = options->wants_qdq && !out->qdq[0];
    if (!images[0] || (!makes_int8 && !makes_qdq)) return PSB_OK;
    return make(out, descriptor, images, makes_int8, makes_qdq, options);
}

void bench_models_fini(bench_models *models)
{
    if (models->made_int8) unlink(models->int8);
    if (models->made_qdq) unlink(models->qdq);
    if (models->folder[0]) rmdir(models->folder);
    *models = (bench_models){0};
}
