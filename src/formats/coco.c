/* SPDX-License-Identifier: Apache-2.0
 *
 * COCO JSON through jansson: read whole, checked item by item, turned into columns grouped by picture. Items of other
 * categories are passed over; whatever is wrong is named by its place in the file's own terms, "annotations[7].bbox".
 */
#include "formats/coco.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/error.h"

#define MAX_FILE_BYTES ((size_t)1 << 30)

enum { MAX_ITEMS = 1 << 27 };

static const double MOST_PX = 1e9; /* as in MOT rows: sums and areas stay finite */

typedef struct coco_item {
    int32_t picture_i;
    double x0, y0, x1, y1, score, area;
    bool is_crowd;
} coco_item;

static psb_status load(json_t **out, const char *path, const char *text, size_t size_bytes)
{
    json_error_t error;
    *out = json_loadb(text, size_bytes, JSON_REJECT_DUPLICATES, &error);
    if (*out) return PSB_OK;
    if (json_error_code(&error) == json_error_out_of_memory) return psb_fail_memory(path, size_bytes);
    return psb_fail(PSB_BAD_INPUT, "%s:%d: %s, expected JSON", path, error.line, error.text);
}

static int compare_ids(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int32_t find_picture(const psb_coco *coco, int64_t id)
{
    const int64_t *at = coco->picture_count
                            ? bsearch(&id, coco->picture_id, (size_t)coco->picture_count, sizeof(id), compare_ids)
                            : NULL;
    return at ? (int32_t)(at - coco->picture_id) : -1;
}

static psb_status read_list(const json_t **out, const json_t *root, const char *key, const char *path)
{
    *out = json_object_get(root, key);
    if (!json_is_array(*out)) return psb_fail(PSB_BAD_INPUT, "%s: %s: expected a list", path, key);
    if (json_array_size(*out) > MAX_ITEMS)
        return psb_fail(PSB_BAD_INPUT, "%s: %s: found %zu items, expected at most %d", path, key, json_array_size(*out),
                        MAX_ITEMS);
    return PSB_OK;
}

typedef struct coco_picture {
    int64_t id;
    const char *name; /* jansson's, or NULL */
} coco_picture;

/* By id, which comes first. */
static int compare_pictures(const void *a, const void *b)
{
    return compare_ids(&((const coco_picture *)a)->id, &((const coco_picture *)b)->id);
}

static psb_status list_pictures(coco_picture *out, const json_t *images, const char *path)
{
    const size_t count = json_array_size(images);
    for (size_t i = 0; i < count; i++) {
        const json_t *picture = json_array_get(images, i), *id = json_object_get(picture, "id");
        if (!json_is_integer(id))
            return psb_fail(PSB_BAD_INPUT, "%s: images[%zu].id: expected a whole number", path, i);
        out[i] = (coco_picture){json_integer_value(id), json_string_value(json_object_get(picture, "file_name"))};
    }
    qsort(out, count, sizeof(*out), compare_pictures);
    for (size_t i = 1; i < count; i++)
        if (out[i].id == out[i - 1].id)
            return psb_fail(PSB_BAD_INPUT, "%s: images: found id %lld twice, expected once", path,
                            (long long)out[i].id);
    return PSB_OK;
}

static psb_status read_pictures(psb_coco *out, const json_t *root, const char *path)
{
    const json_t *images = NULL;
    psb_status status = read_list(&images, root, "images", path);
    if (status) return status;
    const size_t count = json_array_size(images);
    coco_picture *pictures = calloc(count + 1, sizeof(*pictures));
    out->picture_id = malloc((count + 1) * sizeof(*out->picture_id));
    out->file_name = calloc(count + 1, sizeof(*out->file_name));
    status = pictures && out->picture_id && out->file_name ? PSB_OK : psb_fail_memory(path, count * sizeof(*pictures));
    if (!status) status = list_pictures(pictures, images, path);
    for (size_t i = 0; i < count && !status; i++) {
        out->picture_count = (int32_t)i + 1;
        out->picture_id[i] = pictures[i].id;
        if (!pictures[i].name) continue;
        out->file_name[i] = strdup(pictures[i].name);
        if (!out->file_name[i]) status = psb_fail_memory(path, strlen(pictures[i].name));
    }
    free(pictures);
    return status;
}

static psb_status read_category(psb_coco *out, const json_t *root, const char *path)
{
    const json_t *categories = NULL;
    const psb_status status = read_list(&categories, root, "categories", path);
    if (status) return status;
    const size_t count = json_array_size(categories);
    for (size_t i = 0; i < count; i++) {
        const json_t *category = json_array_get(categories, i);
        const char *name = json_string_value(json_object_get(category, "name"));
        const json_t *id = json_object_get(category, "id");
        if (count > 1 && (!name || strcmp(name, "person") != 0)) continue;
        if (!json_is_integer(id))
            return psb_fail(PSB_BAD_INPUT, "%s: categories[%zu].id: expected a whole number", path, i);
        out->person_id = json_integer_value(id);
        return PSB_OK;
    }
    return psb_fail(PSB_BAD_INPUT, "%s: categories: found none named \"person\", expected one", path);
}

/* "WHERE[i]": a box, its picture, and what else is asked of results or of truth. */
static psb_status read_item(coco_item *out, const psb_coco *coco, const json_t *item, const char *where, size_t i,
                            const char *path)
{
    double side[4];
    const json_t *bbox = json_object_get(item, "bbox"), *picture = json_object_get(item, "image_id");
    out->picture_i = json_is_integer(picture) ? find_picture(coco, json_integer_value(picture)) : -1;
    if (out->picture_i < 0)
        return psb_fail(PSB_BAD_INPUT, "%s: %s[%zu].image_id: expected the id of one of the pictures", path, where, i);
    for (size_t k = 0; k < 4; k++) {
        const json_t *value = json_array_get(bbox, k);
        side[k] = json_is_number(value) ? json_number_value(value) : NAN;
        if (!(fabs(side[k]) <= MOST_PX) || (k > 1 && side[k] < 0) || json_array_size(bbox) != 4)
            return psb_fail(PSB_BAD_INPUT, "%s: %s[%zu].bbox: expected four numbers of at most 1e9, sizes not negative",
                            path, where, i);
    }
    out->x0 = side[0];
    out->y0 = side[1];
    out->x1 = side[0] + side[2];
    out->y1 = side[1] + side[3];
    const json_t *area = json_object_get(item, "area"), *score = json_object_get(item, "score");
    out->area = json_is_number(area) ? json_number_value(area) : side[2] * side[3];
    out->score = json_is_number(score) ? json_number_value(score) : NAN;
    out->is_crowd = json_integer_value(json_object_get(item, "iscrowd")) != 0;
    return PSB_OK;
}

static bool boxes_init(psb_coco_boxes *out, size_t count, size_t picture_count)
{
    out->first = calloc(picture_count + 2, sizeof(*out->first));
    out->x0_px = malloc((count + 1) * sizeof(double));
    out->y0_px = malloc((count + 1) * sizeof(double));
    out->x1_px = malloc((count + 1) * sizeof(double));
    out->y1_px = malloc((count + 1) * sizeof(double));
    out->score = malloc((count + 1) * sizeof(double));
    out->area_px2 = malloc((count + 1) * sizeof(double));
    out->is_crowd = malloc((count + 1) * sizeof(bool));
    return out->first && out->x0_px && out->y0_px && out->x1_px && out->y1_px && out->score && out->area_px2 &&
           out->is_crowd;
}

/* Items in the order of pictures, stable. */
static psb_status group(psb_coco_boxes *out, const coco_item *items, int32_t count, int32_t picture_count)
{
    if (!boxes_init(out, (size_t)count, (size_t)picture_count))
        return psb_fail_memory("COCO boxes", (size_t)count * 57);
    for (int32_t i = 0; i < count; i++) out->first[items[i].picture_i + 2]++;
    for (int32_t p = 2; p <= picture_count; p++) out->first[p] += out->first[p - 1];
    for (int32_t i = 0; i < count; i++) {
        const int32_t at = out->first[items[i].picture_i + 1]++;
        out->x0_px[at] = items[i].x0;
        out->y0_px[at] = items[i].y0;
        out->x1_px[at] = items[i].x1;
        out->y1_px[at] = items[i].y1;
        out->score[at] = items[i].score;
        out->area_px2[at] = items[i].area;
        out->is_crowd[at] = items[i].is_crowd;
    }
    out->count = count;
    return PSB_OK;
}

static psb_status read_boxes(psb_coco_boxes *out, const psb_coco *coco, const json_t *list, const char *where,
                             const char *path)
{
    const size_t count = json_array_size(list);
    coco_item *items = malloc((count + 1) * sizeof(*items));
    if (!items) return psb_fail_memory(path, count * sizeof(*items));
    psb_status status = PSB_OK;
    int32_t n = 0;
    for (size_t i = 0; i < count && !status; i++) {
        const json_t *item = json_array_get(list, i);
        const json_t *category = json_object_get(item, "category_id");
        if (!json_is_integer(category)) {
            status = psb_fail(PSB_BAD_INPUT, "%s: %s[%zu].category_id: expected a whole number", path, where, i);
        } else if (json_integer_value(category) == coco->person_id) {
            status = read_item(&items[n++], coco, item, where, i, path);
        }
    }
    if (!status) status = group(out, items, n, coco->picture_count);
    free(items);
    return status;
}

psb_status psb_coco_parse(psb_coco *out, const char *name, const char *text, size_t size_bytes)
{
    json_t *root = NULL;
    const json_t *annotations = NULL;
    *out = (psb_coco){0};
    psb_status status = load(&root, name, text, size_bytes);
    if (!status) status = read_pictures(out, root, name);
    if (!status) status = read_category(out, root, name);
    if (!status) status = read_list(&annotations, root, "annotations", name);
    if (!status) status = read_boxes(&out->truth, out, annotations, "annotations", name);
    if (root) json_decref(root);
    if (status) psb_coco_fini(out);
    return status;
}

psb_status psb_coco_read(psb_coco *out, const char *path)
{
    psb_bytes file = {0};
    *out = (psb_coco){0};
    psb_status status = psb_bytes_read(&file, path, MAX_FILE_BYTES);
    if (!status) status = psb_coco_parse(out, path, (const char *)file.data, file.size_bytes);
    psb_bytes_fini(&file);
    return status;
}

psb_status psb_coco_results_parse(psb_coco_boxes *out, const psb_coco *coco, const char *name, const char *text,
                                  size_t size_bytes)
{
    json_t *root = NULL;
    *out = (psb_coco_boxes){0};
    psb_status status = load(&root, name, text, size_bytes);
    if (!status && !json_is_array(root))
        status = psb_fail(PSB_BAD_INPUT, "%s: expected a list of results (image_id, category_id, bbox, score)", name);
    if (!status) status = read_boxes(out, coco, root, "results", name);
    for (int32_t i = 0; i < out->count && !status; i++)
        if (!isfinite(out->score[i]))
            status = psb_fail(PSB_BAD_INPUT, "%s: a result has no score, expected one each", name);
    if (root) json_decref(root);
    if (status) psb_coco_boxes_fini(out);
    return status;
}

psb_status psb_coco_results_read(psb_coco_boxes *out, const psb_coco *coco, const char *path)
{
    psb_bytes file = {0};
    *out = (psb_coco_boxes){0};
    psb_status status = psb_bytes_read(&file, path, MAX_FILE_BYTES);
    if (!status) status = psb_coco_results_parse(out, coco, path, (const char *)file.data, file.size_bytes);
    psb_bytes_fini(&file);
    return status;
}

void psb_coco_boxes_fini(psb_coco_boxes *boxes)
{
    free(boxes->first);
    free(boxes->x0_px);
    free(boxes->y0_px);
    free(boxes->x1_px);
    free(boxes->y1_px);
    free(boxes->score);
    free(boxes->area_px2);
    free(boxes->is_crowd);
    *boxes = (psb_coco_boxes){0};
}

void psb_coco_fini(psb_coco *coco)
{
    free(coco->picture_id);
    for (int32_t i = 0; i < coco->picture_count && coco->file_name; i++) free(coco->file_name[i]);
    free(coco->file_name);
    psb_coco_boxes_fini(&coco->truth);
    *coco = (psb_coco){0};
}
