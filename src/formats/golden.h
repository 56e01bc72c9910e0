/* SPDX-License-Identifier: Apache-2.0
 *
 * Golden outputs of a network: what another engine was given and gave, as a folder with outputs.json and raw tensors
 * (float32, little endian, C order), and how far from them ours are.
 * {"input": {"name": .., "shape": [..], "file": "input.bin"}, "outputs": [{"name": .., "shape": [..], "file": ..}]}
 */
#ifndef PSB_FORMATS_GOLDEN_H
#define PSB_FORMATS_GOLDEN_H

#include <stdbool.h>
#include <stdint.h>

#include <passerby/status.h>

enum { PSB_GOLDEN_MAX_RANK = 8, PSB_GOLDEN_MAX_OUTPUTS = 16, PSB_GOLDEN_NAME_BYTES = 256 };

typedef struct psb_golden_tensor {
    char name[PSB_GOLDEN_NAME_BYTES];
    int32_t rank;
    int64_t dims[PSB_GOLDEN_MAX_RANK];
    int64_t count; /* of elements */
    float *data;   /* C order */
} psb_golden_tensor;

typedef struct psb_golden { /* init by read; all zero = empty */
    psb_golden_tensor input;
    int32_t output_count;
    psb_golden_tensor output[PSB_GOLDEN_MAX_OUTPUTS];
} psb_golden;

/* Reads FOLDER/outputs.json and the files it names. Errors: PSB_BAD_INPUT, PSB_ENVIRONMENT, PSB_NO_MEMORY; *out is
 * then empty. */
psb_status psb_golden_read(psb_golden *out, const char *folder);
void psb_golden_fini(psb_golden *golden);

/* Somebody's tensor of the same logical shape, lying anyhow: strides in floats, one a dimension. */
typedef struct psb_golden_view {
    float *data;
    int32_t rank;
    const int64_t *dims, *strides;
} psb_golden_view;

bool psb_golden_has_shape(const psb_golden_tensor *tensor, const psb_golden_view *view);

/* view = tensor */
void psb_golden_put(const psb_golden_view *view, const psb_golden_tensor *tensor);

/* Where p (view) and o (tensor) are furthest apart, |p - o| being measured in multiples of abs + rel * |o|: above 1
 * is wrong. A p that is not a number is infinitely far. */
typedef struct psb_golden_worst {
    double multiple;
    int64_t element_i; /* in C order */
    float expected, found;
} psb_golden_worst;

psb_golden_worst psb_golden_compare(const psb_golden_tensor *tensor, const psb_golden_view *view, double abs,
                                    double rel);

#endif
