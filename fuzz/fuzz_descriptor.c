/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzz target: descriptors, and with them the YAML reader and the table of keys. Whatever is read must keep what
 * descriptor.h promises: sides and counts within their bounds, finite numbers, names that end.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "detect/descriptor.h"
#include "detect/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds) abort();
}

static void expect_input(const psb_descriptor_input *input)
{
    expect(input->width >= 1 && input->width <= PSB_DESCRIPTOR_MAX_SIDE_PX);
    expect(input->height >= 1 && input->height <= PSB_DESCRIPTOR_MAX_SIDE_PX);
    expect(isfinite(input->scale) && input->scale > 0.0f && input->pad >= 0.0f && input->pad <= 255.0f);
    for (int32_t c = 0; c < 3; c++) expect(isfinite(input->mean[c]) && isfinite(input->std[c]) && input->std[c] > 0.0f);
}

static void expect_head(const psb_descriptor *d)
{
    const psb_descriptor_head *head = &d->head;
    expect(head->type && head->stride_count >= 1 && head->stride_count <= PSB_DESCRIPTOR_MAX_STRIDES);
    expect(head->output_count >= 1 && head->output_count <= PSB_DESCRIPTOR_MAX_OUTPUTS);
    for (int32_t i = 0; i < head->output_count; i++) {
        int64_t dims[PSB_TENSOR_MAX_RANK] = {0};
        const int32_t rank = head->type->expect_shape(d, i, dims);
        expect(head->output[i][0] && memchr(head->output[i], 0, sizeof(head->output[i])));
        expect(rank >= 1 && rank <= PSB_TENSOR_MAX_RANK);
        for (int32_t k = 0; k < rank; k++) expect(dims[k] >= 1);
    }
    expect(head->type->count_candidates(d) >= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    psb_descriptor d;
    if (psb_descriptor_parse(&d, "dir/fuzz.yaml", data, size)) {
        expect(d.head.type == NULL);
        expect(psb_error_text()[0] != '\0');
        return 0;
    }
    expect_input(&d.input);
    expect_head(&d);
    expect(d.person_class >= 0 && d.person_class < d.class_count);
    expect(d.min_score > 0.0f && d.min_score <= d.default_score && d.default_score <= 1.0f);
    expect(d.nms_iou >= 0.0f && d.nms_iou <= 1.0f);
    expect(d.name[0] && d.model_path[0]);
    return 0;
}
