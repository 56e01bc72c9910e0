/* SPDX-License-Identifier: Apache-2.0
 *
 * What quantising cost, in the measure that matters: average precision on labelled pictures, of the detector in floats
 * and of the one in bytes, over the same pictures by the same rules.
 */
#ifndef PSB_APP_QUANTIZE_LABELS_H
#define PSB_APP_QUANTIZE_LABELS_H

#include "app/app.h"
#include "eval/precision.h"

typedef struct psb_quantize_labels {
    int32_t pictures, unreadable;
    psb_precision before, after;
} psb_quantize_labels;

typedef struct psb_quantize_labels_options {
    const char *labels;         /* a COCO file; its pictures lie beside it, in images/ beside it, or in `images` */
    const char *images;         /* a folder */
    const char *before, *after; /* models */
    uint32_t cpu_flags;
} psb_quantize_labels_options;

/* Errors: those of reading the labels and the models; PSB_BAD_INPUT where not one picture is found; PSB_INTERRUPTED. */
psb_status psb_quantize_labels_measure(psb_quantize_labels *out, const psb_app *app,
                                       const psb_quantize_labels_options *options);

#endif
