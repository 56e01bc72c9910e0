/* SPDX-License-Identifier: Apache-2.0
 *
 * The detector: descriptor, network, head and suppression put together; a step is prepare, run, decode, suppress and
 * take the boxes back to the picture. Whether the network is the one that the descriptor describes is found out once,
 * when it is opened; a step then has nothing left to check.
 */
#include "detect/detect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "base/error.h"
#include "detect/descriptor.h"
#include "detect/head.h"
#include "detect/nms.h"
#include "detect/prepare.h"
#include "geometry/boxes.h"
#include "nn/model_source.h"
#include "nn/network.h"

/* The most boxes a network may offer: 80 times those of a 416 x 416 input. */
enum { MAX_CANDIDATES = 1 << 18, SHAPE_BYTES = 128 };

struct psb_detector {
    psb_descriptor descriptor;
    char sha256[PSB_SHA256_HEX_BYTES];
    psb_network *network;
    psb_tensor_view input, outputs[PSB_DESCRIPTOR_MAX_OUTPUTS]; /* outputs in the descriptor's order */
    psb_prepare prepare;
    psb_boxes found; /* before suppression */
    psb_nms nms;
    float min_score;
    psb_clock clock;
    psb_detector_timing timing;
};

void psb_detector_options_init(psb_detector_options *options)
{
    *options = (psb_detector_options){.size = sizeof(*options)};
}

/* "[1, 3, 416, 416]" */
static void write_shape(char out[SHAPE_BYTES], const int64_t *dims, int32_t rank)
{
    size_t used = 0;
    out[used++] = '[';
    for (int32_t i = 0; i < rank && used < SHAPE_BYTES; i++)
        used += (size_t)snprintf(out + used, SHAPE_BYTES - used, "%s%lld", i ? ", " : "", (long long)dims[i]);
    if (used < SHAPE_BYTES) snprintf(out + used, SHAPE_BYTES - used, "]");
}

static psb_status check_shape(const psb_descriptor *d, const psb_tensor_view *view, const int64_t *dims, int32_t rank,
                              const char *what)
{
    bool is_equal = view->rank == rank;
    for (int32_t i = 0; i < rank && is_equal; i++) is_equal = view->dims[i] == dims[i];
    if (is_equal) return PSB_OK;
    char found[SHAPE_BYTES], expected[SHAPE_BYTES];
    write_shape(found, view->dims, view->rank);
    write_shape(expected, dims, rank);
    return psb_fail(PSB_BAD_INPUT, "%s: %s \"%s\": found shape %s, expected %s by %s", d->model_path, what, view->name,
                    found, expected, d->path);
}

static psb_status bind_input(psb_detector *detector, const psb_network_info *info)
{
    const psb_descriptor *d = &detector->descriptor;
    const int64_t dims[4] = {1, 3, d->input.height, d->input.width};
    if (info->inputs != 1)
        return psb_fail(PSB_BAD_INPUT, "%s: found %d inputs, expected 1", d->model_path, info->inputs);
    detector->input = psb_network_input(detector->network, 0);
    if (strcmp(detector->input.name, d->input.name) != 0)
        return psb_fail(PSB_BAD_INPUT, "%s: found input \"%s\", expected \"%s\" by %s", d->model_path,
                        detector->input.name, d->input.name, d->path);
    return check_shape(d, &detector->input, dims, 4, "input");
}

static psb_status bind_output(psb_detector *detector, const psb_network_info *info, int32_t output_i)
{
    const psb_descriptor *d = &detector->descriptor;
    int64_t dims[PSB_TENSOR_MAX_RANK] = {0};
    int32_t rank = d->head.type->expect_shape(d, output_i, dims);
    for (int32_t i = 0; i < info->outputs; i++) {
        psb_tensor_view view = psb_network_output(detector->network, i);
        if (strcmp(view.name, d->head.output[output_i]) != 0) continue;
        detector->outputs[output_i] = view;
        return check_shape(d, &view, dims, rank, "output");
    }
    return psb_fail(PSB_BAD_INPUT, "%s: found no output \"%s\", expected it by %s", d->model_path,
                    d->head.output[output_i], d->path);
}

static psb_status bind_network(psb_detector *detector)
{
    const psb_descriptor *d = &detector->descriptor;
    const psb_network_info info = psb_network_info_get(detector->network);
    if (info.outputs != d->head.output_count)
        return psb_fail(PSB_BAD_INPUT, "%s: found %d outputs, expected %d by %s", d->model_path, info.outputs,
                        d->head.output_count, d->path);
    psb_status status = bind_input(detector, &info);
    for (int32_t i = 0; i < d->head.output_count && !status; i++) status = bind_output(detector, &info, i);
    return status;
}

static psb_status size_boxes(psb_detector *detector)
{
    const psb_descriptor *d = &detector->descriptor;
    const int64_t most = d->head.type->count_candidates(d);
    if (most > MAX_CANDIDATES)
        return psb_fail(PSB_UNSUPPORTED, "%s: %lld cells, expected %d at most", d->path, (long long)most,
                        MAX_CANDIDATES);
    psb_status status = psb_boxes_init(&detector->found, (int32_t)most);
    return status ? status : psb_nms_init(&detector->nms, (int32_t)most);
}

/* What the caller asked for that no file can know to be wrong. */
static psb_status check_options(const psb_detector_options *options)
{
    if (!(options->min_score >= 0.0f && options->min_score <= 1.0f))
        return psb_fail(PSB_BAD_INPUT, "min_score: found %g, expected 0 to 1", (double)options->min_score);
    if ((options->input_width == 0) != (options->input_height == 0))
        return psb_fail(PSB_BAD_INPUT, "input size: found %dx%d, expected both sides or neither", options->input_width,
                        options->input_height);
    return PSB_OK;
}

/* A .psb is descriptor and network in one, and read once; a descriptor names its network's file. */
static psb_status open_files(psb_detector *detector, const char *path, const psb_detector_options *options,
                             uint32_t cpu_flags)
{
    psb_descriptor *d = &detector->descriptor;
    psb_model_source source;
    psb_status status = psb_model_source_open(&source, path, PSB_DESCRIPTOR_MAX_FILE_BYTES);
    if (!status) status = psb_descriptor_from_source(d, path, &source);
    if (!status && strcmp(d->model_path, path) != 0) {
        psb_model_source_close(&source);
        status = psb_model_source_open(&source, d->model_path, PSB_DESCRIPTOR_MAX_FILE_BYTES);
    }
    const psb_network_size size = {options->input_width, options->input_height};
    const psb_network_options wanted = {.size = size, .writes_bytes = true};
    if (!status && (size.width_px || size.height_px)) status = psb_descriptor_resize(d, size.width_px, size.height_px);
    if (!status)
        status = psb_network_parse_with(&detector->network, d->model_path, source.data, source.size_bytes, &wanted,
                                        cpu_flags);
    if (!status) psb_sha256_hex(detector->sha256, source.data, source.size_bytes);
    psb_model_source_close(&source);
    return status;
}

psb_status psb_detector_open_with(psb_detector **out, const char *path, const psb_detector_options *options,
                                  uint32_t cpu_flags, psb_clock clock)
{
    const psb_detector_options asked = options ? *options : (psb_detector_options){0};
    *out = NULL;
    psb_status status = check_options(&asked);
    if (status) return status;
    psb_detector *detector = calloc(1, sizeof(*detector));
    if (!detector) return psb_fail_memory("detector", sizeof(*detector));
    detector->clock = clock;
    const psb_descriptor *d = &detector->descriptor;
    status = open_files(detector, path ? path : PSB_MODEL_BUILTIN, &asked, cpu_flags);
    if (!status) status = bind_network(detector);
    if (!status) status = size_boxes(detector);
    if (status) goto done;
    psb_prepare_init(&detector->prepare, &d->input, cpu_flags);
    detector->min_score = asked.min_score > 0.0f ? asked.min_score : d->default_score;
    *out = detector;
    detector = NULL;
done:
    psb_detector_close(&detector);
    return status;
}

psb_status psb_detector_open(psb_detector **out, const char *path, const psb_detector_options *options)
{
    if (!out) return psb_fail(PSB_BAD_INPUT, "psb_detector_open: found no place for a detector, expected one");
    *out = NULL;
    if (options && options->size != sizeof(*options))
        return psb_fail(PSB_BAD_INPUT, "psb_detector_open: found options of %zu bytes, expected %zu", options->size,
                        sizeof(*options));
    uint32_t cpu_flags = 0;
    psb_status status = psb_cpu_from_name(&cpu_flags, options ? options->cpu : NULL);
    /* A wrong word is wrong use of the program, but a bad argument of the library. */
    if (status == PSB_USAGE) status = PSB_BAD_INPUT;
    if (status) return status;
    return psb_detector_open_with(out, path, options, cpu_flags, psb_clock_none());
}

void psb_detector_close(psb_detector **detector)
{
    if (!detector || !*detector) return;
    psb_network_close(&(*detector)->network);
    psb_prepare_fini(&(*detector)->prepare);
    psb_boxes_fini(&(*detector)->found);
    psb_nms_fini(&(*detector)->nms);
    free(*detector);
    *detector = NULL;
}

psb_status psb_detector_step(psb_detector *detector, const psb_boxes **boxes_out, const psb_frame *frame)
{
    if (!boxes_out) return psb_fail(PSB_BAD_INPUT, "psb_detector_step: found no place for boxes, expected one");
    *boxes_out = NULL;
    if (!detector || !frame) return psb_fail(PSB_BAD_INPUT, "psb_detector_step: found no detector or no frame");
    const psb_descriptor *d = &detector->descriptor;
    const psb_image image = psb_frame_image(frame);
    const int64_t start_ns = psb_clock_now_ns(&detector->clock);
    psb_status status = psb_prepare_run(&detector->prepare, &detector->input, &image);
    if (status) return status;
    const int64_t prepared_ns = psb_clock_now_ns(&detector->clock);
    psb_network_run(detector->network);
    const int64_t run_ns = psb_clock_now_ns(&detector->clock);
    detector->found.count = 0;
    d->head.type->decode(&detector->found, d, detector->outputs, detector->min_score);
    psb_nms_run(&detector->nms, &detector->found, d->nms_iou);
    psb_placement_take_back(&detector->prepare.placement, &detector->nms.kept);
    const int64_t end_ns = psb_clock_now_ns(&detector->clock);
    detector->timing = (psb_detector_timing){prepared_ns - start_ns, run_ns - prepared_ns, end_ns - run_ns};
    *boxes_out = &detector->nms.kept;
    return PSB_OK;
}

psb_detector_timing psb_detector_timing_get(const psb_detector *detector)
{
    return detector->timing;
}

psb_detector_model psb_detector_model_get(const psb_detector *detector)
{
    const psb_descriptor *d = &detector->descriptor;
    psb_detector_model model = {.name = d->name,
                                .width = d->input.width,
                                .height = d->input.height,
                                .min_score = d->min_score,
                                .default_score = d->default_score};
    memcpy(model.sha256, detector->sha256, sizeof(model.sha256));
    return model;
}

void psb_detector_set_min_score(psb_detector *detector, float min_score)
{
    detector->min_score = min_score;
}
