/* SPDX-License-Identifier: Apache-2.0
 *
 * What a detector's YAML file says: the network's file, how a picture becomes its input, which head reads its outputs.
 * Everything is checked when read; plain data afterwards. What each key means stands in docs/howto-add-a-head.md.
 */
#ifndef PSB_DETECT_DESCRIPTOR_H
#define PSB_DETECT_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <passerby/status.h>

#include "nn/model_source.h"

struct psb_head_type;

enum {
    PSB_DESCRIPTOR_MAX_STRIDES = 8,
    PSB_DESCRIPTOR_MAX_ANCHORS = 8, /* of one stride */
    PSB_DESCRIPTOR_MAX_OUTPUTS = 16,
    PSB_DESCRIPTOR_NAME_BYTES = 256, /* of a tensor or a model, with the zero */
    PSB_DESCRIPTOR_PATH_BYTES = 4096,
    PSB_DESCRIPTOR_MAX_SIDE_PX = 4096, /* of the network's input */
    PSB_DESCRIPTOR_MAX_REG_MAX = 64,
};

#define PSB_DESCRIPTOR_MAX_FILE_BYTES ((size_t)512 << 20) /* of a .psb model */

typedef struct psb_descriptor_input {
    char name[PSB_DESCRIPTOR_NAME_BYTES];
    int32_t width, height;        /* pixels */
    bool is_rgb;                  /* channels R, G, B; else B, G, R */
    float scale, mean[3], std[3]; /* value = (scale * pixel - mean) / std, in the order of the channels */
    bool is_letterbox;            /* keep the picture's shape; else stretch */
    bool is_centered;             /* of a letterbox: the picture in the middle; else at the top left */
    float pad;                    /* of a letterbox: grey beside the picture, 0..255 */
} psb_descriptor_input;

typedef struct psb_descriptor_head {
    const struct psb_head_type *type; /* a row of the table in head.c */
    int32_t stride_count, output_count;
    int32_t stride_px[PSB_DESCRIPTOR_MAX_STRIDES];
    char output[PSB_DESCRIPTOR_MAX_OUTPUTS][PSB_DESCRIPTOR_NAME_BYTES];
    int32_t reg_max;      /* heads that ask for it: the last bin of a distance */
    float shift_px;       /* heads that ask for it: of every centre */
    int32_t anchor_count; /* heads that ask for them: of each stride */
    float anchor_w_px[PSB_DESCRIPTOR_MAX_STRIDES][PSB_DESCRIPTOR_MAX_ANCHORS];
    float anchor_h_px[PSB_DESCRIPTOR_MAX_STRIDES][PSB_DESCRIPTOR_MAX_ANCHORS];
} psb_descriptor_head;

typedef struct psb_descriptor {
    char path[PSB_DESCRIPTOR_PATH_BYTES];       /* its own, for messages */
    char model_path[PSB_DESCRIPTOR_PATH_BYTES]; /* as given where absolute, else beside the descriptor */
    char name[PSB_DESCRIPTOR_NAME_BYTES];       /* the model's file name without ".onnx" */
    psb_descriptor_input input;
    psb_descriptor_head head;
    int32_t person_class, class_count;
    float nms_iou;
    float min_score, default_score;
    double golden_abs, golden_rel; /* |p - o| <= abs + rel * |o| for every output element; 0, 0 where not given */
} psb_descriptor;

/* `path`: a file, or "builtin".
 * Errors: PSB_BAD_INPUT, PSB_ENVIRONMENT, PSB_NO_MEMORY; *out is then all zero. The model's file is not opened. */
psb_status psb_descriptor_read(psb_descriptor *out, const char *path);
/* The same from what was opened already. */
psb_status psb_descriptor_from_source(psb_descriptor *out, const char *path, const psb_model_source *source);
/* The same from memory; `path` stands in messages and is where a relative model lies beside. */
psb_status psb_descriptor_parse(psb_descriptor *out, const char *path, const void *data, size_t size_bytes);

/* Another size of input for the same network: sides up to PSB_DESCRIPTOR_MAX_SIDE_PX, multiples of the largest stride.
 * Errors: PSB_BAD_INPUT. Whether the network's nodes follow is found when it is opened. */
psb_status psb_descriptor_resize(psb_descriptor *descriptor, int32_t width_px, int32_t height_px);

#endif
