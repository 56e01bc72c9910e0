/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a detector's YAML file: one table of keys, then the rules between keys that no row can hold, then plain data.
 * `licence`, `source`, `layout` and `activations` are for readers: their type is checked, nothing is parsed from them.
 */
#include "detect/descriptor.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "detect/head.h"
#include "nn/model.h"

/* Names must fit their fields with the zero. */
#define NAME_MOST (PSB_DESCRIPTOR_NAME_BYTES - 1)
#define SIDE_MOST PSB_DESCRIPTOR_MAX_SIDE_PX

static const psb_config_rule rules[] = {
    /* path, type, is_required, least, most, choices */
    {"model", PSB_CONFIG_TEXT, true, 1, 2000, NULL},
    {"licence", PSB_CONFIG_TEXT, false, 0, 0, NULL},
    {"source", PSB_CONFIG_TEXT, false, 0, 0, NULL},
    {"input", PSB_CONFIG_MAP, true, 0, 0, NULL},
    {"input.name", PSB_CONFIG_TEXT, true, 1, NAME_MOST, NULL},
    {"input.width", PSB_CONFIG_INTEGER, true, 8, SIDE_MOST, NULL},
    {"input.height", PSB_CONFIG_INTEGER, true, 8, SIDE_MOST, NULL},
    {"input.layout", PSB_CONFIG_TEXT, false, 0, 0, NULL},
    {"input.channels", PSB_CONFIG_CHOICE, true, 0, 0, "bgr|rgb"},
    {"input.scale", PSB_CONFIG_NUMBER, true, 1e-6, 1e6, NULL},
    {"input.mean", PSB_CONFIG_LIST, true, 3, 3, NULL},
    {"input.mean[]", PSB_CONFIG_NUMBER, false, -1e6, 1e6, NULL},
    {"input.std", PSB_CONFIG_LIST, true, 3, 3, NULL},
    {"input.std[]", PSB_CONFIG_NUMBER, false, 1e-6, 1e6, NULL},
    {"input.resize", PSB_CONFIG_CHOICE, true, 0, 0, "letterbox|stretch"},
    {"input.pad", PSB_CONFIG_NUMBER, true, 0, 255, NULL},
    {"input.anchor", PSB_CONFIG_CHOICE, true, 0, 0, "topleft|center"},
    {"head", PSB_CONFIG_MAP, true, 0, 0, NULL},
    {"head.type", PSB_CONFIG_TEXT, true, 0, 0, NULL},
    {"head.strides", PSB_CONFIG_LIST, true, 1, PSB_DESCRIPTOR_MAX_STRIDES, NULL},
    {"head.strides[]", PSB_CONFIG_INTEGER, false, 1, 1024, NULL},
    {"head.reg_max", PSB_CONFIG_INTEGER, false, 1, PSB_DESCRIPTOR_MAX_REG_MAX, NULL},
    {"head.shift", PSB_CONFIG_NUMBER, false, -1024, 1024, NULL},
    {"head.anchors", PSB_CONFIG_LIST, false, 1, PSB_DESCRIPTOR_MAX_STRIDES, NULL},
    {"head.anchors[]", PSB_CONFIG_LIST, false, 1, PSB_DESCRIPTOR_MAX_ANCHORS, NULL},
    {"head.anchors[][]", PSB_CONFIG_LIST, false, 2, 2, NULL},
    {"head.anchors[][][]", PSB_CONFIG_NUMBER, false, 0.01, 65536, NULL},
    {"head.outputs", PSB_CONFIG_LIST, true, 1, PSB_DESCRIPTOR_MAX_OUTPUTS, NULL},
    {"head.outputs[]", PSB_CONFIG_MAP, false, 0, 0, NULL},
    {"head.outputs[].name", PSB_CONFIG_TEXT, true, 1, NAME_MOST, NULL},
    {"head.outputs[].layout", PSB_CONFIG_TEXT, false, 0, 0, NULL},
    {"head.outputs[].activations", PSB_CONFIG_TEXT, false, 0, 0, NULL},
    {"classes", PSB_CONFIG_MAP, true, 0, 0, NULL},
    {"classes.person", PSB_CONFIG_INTEGER, true, 0, 9999, NULL},
    {"classes.count", PSB_CONFIG_INTEGER, true, 1, 10000, NULL},
    {"nms", PSB_CONFIG_MAP, true, 0, 0, NULL},
    {"nms.iou", PSB_CONFIG_NUMBER, true, 0, 1, NULL},
    {"score", PSB_CONFIG_MAP, true, 0, 0, NULL},
    {"score.min", PSB_CONFIG_NUMBER, true, 1e-6, 1, NULL},
    {"score.default", PSB_CONFIG_NUMBER, true, 1e-6, 1, NULL},
    {"golden", PSB_CONFIG_MAP, false, 0, 0, NULL},
    {"golden.abs", PSB_CONFIG_NUMBER, true, 0, 1e6, NULL},
    {"golden.rel", PSB_CONFIG_NUMBER, true, 0, 1e6, NULL},
};

/* Lengths were checked by the table. */
static void copy_text(char *to, size_t size_bytes, const char *from)
{
    snprintf(to, size_bytes, "%s", from);
}

static double number_of(const psb_config *config, psb_config_node map, const char *key)
{
    return psb_config_number(config, psb_config_get(config, map, key));
}

static bool is_word(const psb_config *config, psb_config_node map, const char *key, const char *word)
{
    return strcmp(psb_config_text(config, psb_config_get(config, map, key)), word) == 0;
}

static void take_three(float out[3], const psb_config *config, psb_config_node list)
{
    for (int32_t i = 0; i < 3; i++) out[i] = (float)psb_config_number(config, psb_config_item(config, list, i));
}

/* Where the network's file lies, and its name without folder and ".onnx". */
static psb_status take_model(psb_descriptor *d, const psb_config *config, psb_config_node root)
{
    psb_config_node node = psb_config_get(config, root, "model");
    const char *model = psb_config_text(config, node);
    const char *slash = strrchr(d->path, '/');
    int folder_bytes = model[0] == '/' || !slash ? 0 : (int)(slash - d->path) + 1;
    int wrote = snprintf(d->model_path, sizeof(d->model_path), "%.*s%s", folder_bytes, d->path, model);
    if (wrote < 0 || (size_t)wrote >= sizeof(d->model_path))
        return psb_config_fail(config, node, "found a path of %d bytes with its folder, expected %zu at most", wrote,
                               sizeof(d->model_path) - 1);
    const char *base = strrchr(model, '/');
    base = base ? base + 1 : model;
    if (strlen(base) > NAME_MOST || !base[0])
        return psb_config_fail(config, node, "found \"%.60s\", expected a file's name of 1 to %d bytes", base,
                               NAME_MOST);
    copy_text(d->name, sizeof(d->name), base);
    char *dot = strrchr(d->name, '.');
    if (dot && dot != d->name && strcmp(dot, ".onnx") == 0) *dot = '\0';
    return PSB_OK;
}

static void take_input(psb_descriptor_input *input, const psb_config *config, psb_config_node map)
{
    copy_text(input->name, sizeof(input->name), psb_config_text(config, psb_config_get(config, map, "name")));
    input->width = (int32_t)number_of(config, map, "width");
    input->height = (int32_t)number_of(config, map, "height");
    input->is_rgb = is_word(config, map, "channels", "rgb");
    input->scale = (float)number_of(config, map, "scale");
    take_three(input->mean, config, psb_config_get(config, map, "mean"));
    take_three(input->std, config, psb_config_get(config, map, "std"));
    input->is_letterbox = is_word(config, map, "resize", "letterbox");
    input->is_centered = is_word(config, map, "anchor", "center");
    input->pad = (float)number_of(config, map, "pad");
}

/* The keys that some heads have: there where the head asks for them, and nowhere else. */
static psb_status check_head_keys(const psb_config *config, psb_config_node map, const psb_head_type *type)
{
    const struct {
        const char *key;
        bool is_asked;
    } keys[] = {{"reg_max", type->has_reg_max}, {"shift", type->has_reg_max}, {"anchors", type->has_anchors}};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        psb_config_node node = psb_config_get(config, map, keys[i].key);
        if (node && !keys[i].is_asked)
            return psb_config_fail(config, node, "found a key that head.type %s does not have", type->name);
        if (!node && keys[i].is_asked)
            return psb_config_fail(config, map, "found no key \"%s\", expected it with head.type %s", keys[i].key,
                                   type->name);
    }
    return PSB_OK;
}

static psb_status find_type(const psb_head_type **out, const psb_config *config, psb_config_node node)
{
    char names[256] = "";
    size_t used = 0;
    *out = psb_head_find(psb_config_text(config, node));
    if (*out) return PSB_OK;
    for (int32_t i = 0; psb_head_at(i) && used < sizeof(names) - 1; i++)
        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", used ? ", " : "", psb_head_at(i)->name);
    return psb_config_fail(config, node, "found \"%.60s\", expected one of: %s", psb_config_text(config, node), names);
}

static psb_status take_anchors(psb_descriptor_head *head, const psb_config *config, psb_config_node list)
{
    if (psb_config_count(config, list) != head->stride_count)
        return psb_config_fail(config, list, "found %d lists, expected one for each of the %d strides",
                               psb_config_count(config, list), head->stride_count);
    for (int32_t s = 0; s < head->stride_count; s++) {
        psb_config_node of_stride = psb_config_item(config, list, s);
        int32_t count = psb_config_count(config, of_stride);
        if (s == 0) head->anchor_count = count;
        if (count != head->anchor_count)
            return psb_config_fail(config, of_stride, "found %d anchors, expected %d as for the first stride", count,
                                   head->anchor_count);
        for (int32_t a = 0; a < count; a++) {
            psb_config_node pair = psb_config_item(config, of_stride, a);
            head->anchor_w_px[s][a] = (float)psb_config_number(config, psb_config_item(config, pair, 0));
            head->anchor_h_px[s][a] = (float)psb_config_number(config, psb_config_item(config, pair, 1));
        }
    }
    return PSB_OK;
}

static psb_status take_outputs(psb_descriptor_head *head, const psb_config *config, psb_config_node list)
{
    head->output_count = psb_config_count(config, list);
    for (int32_t i = 0; i < head->output_count; i++) {
        psb_config_node node = psb_config_get(config, psb_config_item(config, list, i), "name");
        copy_text(head->output[i], sizeof(head->output[i]), psb_config_text(config, node));
        for (int32_t k = 0; k < i; k++)
            if (strcmp(head->output[k], head->output[i]) == 0)
                return psb_config_fail(config, node, "found \"%.60s\" a second time, expected each output once",
                                       head->output[i]);
    }
    return PSB_OK;
}

/* As many strides and outputs as the head's type can have. */
static psb_status check_head_counts(const psb_descriptor_head *head, const psb_config *config, psb_config_node map)
{
    const psb_head_type *type = head->type;
    psb_config_node strides = psb_config_get(config, map, "strides"), outputs = psb_config_get(config, map, "outputs");
    const int32_t expected = type->outputs_per_stride > 0 ? type->outputs_per_stride * head->stride_count : 1;
    if (type->max_strides > 0 && head->stride_count > type->max_strides)
        return psb_config_fail(config, strides, "found %d strides, expected %d at most with head.type %s",
                               head->stride_count, type->max_strides, type->name);
    if (psb_config_count(config, outputs) != expected)
        return psb_config_fail(config, outputs,
                               "found a list of %d, expected a list of %d with head.type %s and its %d strides",
                               psb_config_count(config, outputs), expected, type->name, head->stride_count);
    return PSB_OK;
}

static psb_status take_head(psb_descriptor *d, const psb_config *config, psb_config_node map)
{
    psb_descriptor_head *head = &d->head;
    psb_config_node type_node = psb_config_get(config, map, "type");
    psb_status status = find_type(&head->type, config, type_node);
    if (!status) status = check_head_keys(config, map, head->type);
    if (status) return status;
    psb_config_node strides = psb_config_get(config, map, "strides");
    int32_t side_px = d->input.width < d->input.height ? d->input.width : d->input.height;
    head->stride_count = psb_config_count(config, strides);
    for (int32_t i = 0; i < head->stride_count; i++) {
        psb_config_node node = psb_config_item(config, strides, i);
        head->stride_px[i] = (int32_t)psb_config_number(config, node);
        if (head->stride_px[i] > side_px)
            return psb_config_fail(config, node, "found %d, expected no more than the input's shorter side, %d",
                                   head->stride_px[i], side_px);
    }
    head->reg_max = (int32_t)number_of(config, map, "reg_max");
    head->shift_px = (float)number_of(config, map, "shift");
    status = check_head_counts(head, config, map);
    if (!status) status = take_outputs(head, config, psb_config_get(config, map, "outputs"));
    if (!status && head->type->has_anchors) status = take_anchors(head, config, psb_config_get(config, map, "anchors"));
    return status;
}

static psb_status take_rest(psb_descriptor *d, const psb_config *config, psb_config_node root)
{
    psb_config_node classes = psb_config_get(config, root, "classes"), score = psb_config_get(config, root, "score");
    d->person_class = (int32_t)number_of(config, classes, "person");
    d->class_count = (int32_t)number_of(config, classes, "count");
    if (d->person_class >= d->class_count)
        return psb_config_fail(config, psb_config_get(config, classes, "person"),
                               "found %d, expected less than classes.count, %d", d->person_class, d->class_count);
    d->nms_iou = (float)number_of(config, psb_config_get(config, root, "nms"), "iou");
    d->min_score = (float)number_of(config, score, "min");
    d->default_score = (float)number_of(config, score, "default");
    if (d->default_score < d->min_score)
        return psb_config_fail(config, psb_config_get(config, score, "default"),
                               "found %.9g, expected no less than score.min, %.9g", (double)d->default_score,
                               (double)d->min_score);
    psb_config_node golden = psb_config_get(config, root, "golden");
    d->golden_abs = number_of(config, golden, "abs");
    d->golden_rel = number_of(config, golden, "rel");
    return PSB_OK;
}

psb_status psb_descriptor_parse(psb_descriptor *out, const char *path, const void *data, size_t size_bytes)
{
    *out = (psb_descriptor){0};
    psb_descriptor d = {0};
    psb_config *config = NULL;
    if (strlen(path) >= sizeof(d.path))
        return psb_fail(PSB_BAD_INPUT, "%s: a path of %zu bytes, expected %zu at most", path, strlen(path),
                        sizeof(d.path) - 1);
    copy_text(d.path, sizeof(d.path), path);
    psb_status status = psb_config_parse(&config, path, data, size_bytes);
    if (!status) status = psb_config_check(config, rules, sizeof(rules) / sizeof(rules[0]));
    if (status) goto done;
    psb_config_node root = psb_config_root(config);
    status = take_model(&d, config, root);
    if (status) goto done;
    take_input(&d.input, config, psb_config_get(config, root, "input"));
    status = take_head(&d, config, psb_config_get(config, root, "head"));
    if (!status) status = take_rest(&d, config, root);
    if (!status) *out = d;
done:
    psb_config_close(&config);
    return status;
}

/* A .psb model carries its descriptor; the network is then this very file. */
static psb_status read_packed(psb_descriptor *out, const char *path, const psb_model_source *source)
{
    const char *text;
    size_t text_bytes;
    psb_status status = psb_model_descriptor(&text, &text_bytes, path, source->data, source->size_bytes);
    if (!status) status = psb_descriptor_parse(out, path, text, text_bytes);
    if (status) return status;
    copy_text(out->model_path, sizeof(out->model_path), path);
    if (psb_model_is_builtin(path)) return PSB_OK; /* its name is the one that it was made under */
    const char *slash = strrchr(path, '/');
    snprintf(out->name, sizeof(out->name), "%s", slash ? slash + 1 : path);
    char *dot = strrchr(out->name, '.');
    if (dot && dot != out->name && strcmp(dot, ".psb") == 0) *dot = '\0';
    return PSB_OK;
}

psb_status psb_descriptor_from_source(psb_descriptor *out, const char *path, const psb_model_source *source)
{
    *out = (psb_descriptor){0};
    if (psb_model_is_file(source->data, source->size_bytes)) return read_packed(out, path, source);
    if (source->size_bytes <= PSB_CONFIG_MAX_BYTES)
        return psb_descriptor_parse(out, path, source->data, source->size_bytes);
    return psb_fail(PSB_BAD_INPUT, "%s: found %zu bytes, expected a descriptor of %zu at most or a .psb model", path,
                    source->size_bytes, (size_t)PSB_CONFIG_MAX_BYTES);
}

psb_status psb_descriptor_read(psb_descriptor *out, const char *path)
{
    psb_model_source source;
    *out = (psb_descriptor){0};
    psb_status status = psb_model_source_open(&source, path, PSB_DESCRIPTOR_MAX_FILE_BYTES);
    if (!status) status = psb_descriptor_from_source(out, path, &source);
    psb_model_source_close(&source);
    return status;
}

psb_status psb_descriptor_resize(psb_descriptor *descriptor, int32_t width_px, int32_t height_px)
{
    int32_t step_px = 1;
    for (int32_t i = 0; i < descriptor->head.stride_count; i++)
        if (descriptor->head.stride_px[i] > step_px) step_px = descriptor->head.stride_px[i];
    if (width_px < step_px || height_px < step_px || width_px > PSB_DESCRIPTOR_MAX_SIDE_PX ||
        height_px > PSB_DESCRIPTOR_MAX_SIDE_PX || width_px % step_px || height_px % step_px)
        return psb_fail(PSB_BAD_INPUT, "%s: found an input of %dx%d, expected sides of %d to %d, multiples of %d",
                        descriptor->path, width_px, height_px, step_px, PSB_DESCRIPTOR_MAX_SIDE_PX, step_px);
    descriptor->input.width = width_px;
    descriptor->input.height = height_px;
    return PSB_OK;
}
