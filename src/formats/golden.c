/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads golden folders (by jansson) and compares. Everything in outputs.json is checked before a byte is allocated for
 * it: a tensor's file must be exactly as long as its shape says.
 */
#include "formats/golden.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/error.h"

enum { PATH_BYTES = 4096, MAX_JSON_BYTES = 1 << 20 };

#define MAX_TENSOR_BYTES ((size_t)1 << 30) /* the plan's own bound: no network of ours has a larger one */

/* Little-endian float32, whatever the machine. */
static float read_float(const uint8_t *at)
{
    const uint32_t bits = (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static psb_status read_shape(psb_golden_tensor *out, const json_t *shape, const char *path)
{
    const size_t rank = json_array_size(shape); /* 0 for what is no array */
    if (rank < 1 || rank > PSB_GOLDEN_MAX_RANK)
        return psb_fail(PSB_BAD_INPUT, "%s: %s.shape: expected a list of 1 to %d sizes", path, out->name,
                        PSB_GOLDEN_MAX_RANK);
    out->rank = (int32_t)rank;
    out->count = 1;
    for (size_t i = 0; i < rank; i++) {
        const json_int_t size = json_integer_value(json_array_get(shape, i)); /* 0 for what is no integer */
        if (size < 1 || size > (json_int_t)(MAX_TENSOR_BYTES / sizeof(float)) / out->count)
            return psb_fail(PSB_BAD_INPUT, "%s: %s.shape[%zu]: expected whole sizes from 1, at most 1 GB together",
                            path, out->name, i);
        out->dims[i] = size;
        out->count *= size;
    }
    return PSB_OK;
}

static psb_status read_data(psb_golden_tensor *out, const char *folder, const char *file)
{
    char path[PATH_BYTES];
    const int length = snprintf(path, sizeof(path), "%s/%s", folder, file);
    if (length < 0 || length >= PATH_BYTES) return psb_fail(PSB_BAD_INPUT, "%s: the path is too long", folder);
    psb_bytes bytes = {0};
    psb_status status = psb_bytes_read(&bytes, path, MAX_TENSOR_BYTES);
    if (status) return status;
    const size_t expected_bytes = (size_t)out->count * sizeof(float);
    if (bytes.size_bytes != expected_bytes) {
        status = psb_fail(PSB_BAD_INPUT, "%s: found %zu bytes, expected %zu for the shape in outputs.json", path,
                          bytes.size_bytes, expected_bytes);
        goto done;
    }
    out->data = malloc(expected_bytes);
    if (!out->data) {
        status = psb_fail_memory(path, expected_bytes);
        goto done;
    }
    for (int64_t i = 0; i < out->count; i++) out->data[i] = read_float(bytes.data + (size_t)i * sizeof(float));
done:
    psb_bytes_fini(&bytes);
    return status;
}

static psb_status read_tensor(psb_golden_tensor *out, const json_t *from, const char *folder, const char *path)
{
    const char *name = json_string_value(json_object_get(from, "name"));
    const char *file = json_string_value(json_object_get(from, "file"));
    if (!name || !file || strlen(name) >= sizeof(out->name))
        return psb_fail(PSB_BAD_INPUT, "%s: a tensor lacks \"name\" or \"file\", expected both as texts", path);
    memcpy(out->name, name, strlen(name) + 1);
    const psb_status status = read_shape(out, json_object_get(from, "shape"), path);
    return status ? status : read_data(out, folder, file);
}

static psb_status read_tensors(psb_golden *out, const json_t *root, const char *folder, const char *path)
{
    const json_t *outputs = json_object_get(root, "outputs");
    const size_t count = json_array_size(outputs);
    if (count < 1 || count > PSB_GOLDEN_MAX_OUTPUTS)
        return psb_fail(PSB_BAD_INPUT, "%s: outputs: found %zu, expected a list of 1 to %d tensors", path, count,
                        PSB_GOLDEN_MAX_OUTPUTS);
    psb_status status = read_tensor(&out->input, json_object_get(root, "input"), folder, path);
    for (size_t i = 0; i < count && !status; i++) {
        status = read_tensor(&out->output[i], json_array_get(outputs, i), folder, path);
        out->output_count = (int32_t)i + 1;
    }
    return status;
}

psb_status psb_golden_read(psb_golden *out, const char *folder)
{
    *out = (psb_golden){0};
    char path[PATH_BYTES];
    const int length = snprintf(path, sizeof(path), "%s/outputs.json", folder);
    if (length < 0 || length >= PATH_BYTES) return psb_fail(PSB_BAD_INPUT, "%s: the path is too long", folder);
    psb_bytes bytes = {0};
    json_t *root = NULL;
    psb_status status = psb_bytes_read(&bytes, path, MAX_JSON_BYTES);
    if (status) goto done;
    json_error_t error;
    root = json_loadb((const char *)bytes.data, bytes.size_bytes, JSON_REJECT_DUPLICATES, &error);
    status = root ? read_tensors(out, root, folder, path)
                  : psb_fail(PSB_BAD_INPUT, "%s:%d: %s, expected JSON", path, error.line, error.text);
done:
    if (root) json_decref(root);
    psb_bytes_fini(&bytes);
    if (status) psb_golden_fini(out);
    return status;
}

void psb_golden_fini(psb_golden *golden)
{
    free(golden->input.data);
    for (int32_t i = 0; i < PSB_GOLDEN_MAX_OUTPUTS; i++) free(golden->output[i].data);
    *golden = (psb_golden){0};
}

bool psb_golden_has_shape(const psb_golden_tensor *tensor, const psb_golden_view *view)
{
    return tensor->rank == view->rank && memcmp(tensor->dims, view->dims, (size_t)tensor->rank * sizeof(int64_t)) == 0;
}

/* The float of the view that element_i (in C order) is. */
static float *element_at(const psb_golden_view *view, int64_t element_i)
{
    int64_t offset = 0;
    for (int32_t d = view->rank - 1; d >= 0; d--) {
        offset += element_i % view->dims[d] * view->strides[d];
        element_i /= view->dims[d];
    }
    return view->data + offset;
}

void psb_golden_put(const psb_golden_view *view, const psb_golden_tensor *tensor)
{
    for (int64_t i = 0; i < tensor->count; i++) *element_at(view, i) = tensor->data[i];
}

psb_golden_worst psb_golden_compare(const psb_golden_tensor *tensor, const psb_golden_view *view, double abs,
                                    double rel)
{
    psb_golden_worst worst = {.multiple = -1};
    for (int64_t i = 0; i < tensor->count; i++) {
        const float found = *element_at(view, i);
        const float expected = tensor->data[i];
        const double apart = fabs((double)found - expected);
        double multiple = apart == 0 ? 0 : apart / (abs + rel * fabs((double)expected));
        if (isnan(multiple)) multiple = INFINITY;
        if (multiple > worst.multiple) worst = (psb_golden_worst){multiple, i, expected, found};
    }
    return worst;
}
