/* SPDX-License-Identifier: Apache-2.0
 *
 * The .psb file. One walk over the graph describes the format for both directions: each visit_* writes the field it is
 * given, or fills it from the file, so that what is written is what is read. Numbers are little-endian. Reading never
 * goes past the end: the first failure sticks, and every count is held against the bytes that are left before memory
 * is asked for. What the fields mean together is checked afterwards (graph_check.c).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "kernels/requant_u8.h"
#include "nn/graph_check_int.h"
#include "nn/import_int.h"
#include "nn/model.h"
#include "nn/pass_int.h"

static const char MAGIC[8] = "PSBMODEL";

enum {
    AT_VERSION = 8,
    AT_BODY_BYTES = 16,
    AT_SHA256 = 24,
    SHA256_BYTES = 64,
    AT_RESERVED = 88,
    MAX_NAME_BYTES = 65535
};

typedef struct stream {
    bool writes;
    uint8_t *data; /* reading: the body; writing: grows */
    size_t at, size_bytes;
    const char *file;
    psb_graph *graph; /* reading: whose memory is used */
    int32_t *number;  /* writing: of each value in the file, or -1 where no live node has to do with it */
    psb_status status;
} stream;

/* --- Fields --- */

static void fail(stream *s, const char *found)
{
    if (!s->status) s->status = psb_fail(PSB_BAD_INPUT, "%s: byte %zu: found %s", s->file, s->at, found);
}

static bool make_room(stream *s, size_t count)
{
    if (s->size_bytes - s->at >= count) return true;
    size_t wanted = (s->at + count) * 2 + 4096;
    uint8_t *larger = realloc(s->data, wanted);
    if (!larger) {
        s->status = psb_fail_memory("model file", wanted);
        return false;
    }
    s->data = larger;
    s->size_bytes = wanted;
    return true;
}

/* The place of the next count bytes, or NULL at the end or behind a failure. */
static uint8_t *advance(stream *s, size_t count)
{
    if (s->status) return NULL;
    if (s->writes && !make_room(s, count)) return NULL;
    if (s->size_bytes - s->at < count) {
        fail(s, "the end of the file, expected more");
        return NULL;
    }
    uint8_t *place = s->data + s->at;
    s->at += count;
    return place;
}

static void visit_u32(stream *s, uint32_t *value)
{
    uint8_t *place = advance(s, 4);
    if (!place) return;
    if (s->writes)
        for (int32_t b = 0; b < 4; b++) place[b] = (uint8_t)(*value >> (8 * b));
    else
        *value = (uint32_t)place[0] | (uint32_t)place[1] << 8 | (uint32_t)place[2] << 16 | (uint32_t)place[3] << 24;
}

static void visit_i32(stream *s, int32_t *value)
{
    uint32_t bits = (uint32_t)*value;
    visit_u32(s, &bits);
    *value = (int32_t)bits;
}

static void visit_i64(stream *s, int64_t *value)
{
    uint32_t low = (uint32_t)*value, high = (uint32_t)((uint64_t)*value >> 32);
    visit_u32(s, &low);
    visit_u32(s, &high);
    *value = (int64_t)((uint64_t)high << 32 | low);
}

static void visit_f32(stream *s, float *value)
{
    uint32_t bits;
    memcpy(&bits, value, sizeof(bits));
    visit_u32(s, &bits);
    memcpy(value, &bits, sizeof(bits));
    if (!isfinite(*value)) fail(s, "a number that is not finite");
}

static void visit_f64(stream *s, double *value)
{
    int64_t bits;
    memcpy(&bits, value, sizeof(bits));
    visit_i64(s, &bits);
    memcpy(value, &bits, sizeof(bits));
    if (!isfinite(*value)) fail(s, "a number that is not finite");
}

/* A small number; reading: at most `most`. */
static int32_t visit_small(stream *s, int32_t value, int32_t most)
{
    uint8_t *place = advance(s, 1);
    if (!place) return 0;
    if (s->writes) *place = (uint8_t)value;
    if (*place > most) fail(s, "a number beyond its bound");
    return s->status ? 0 : *place;
}

static void visit_flag(stream *s, bool *value)
{
    *value = visit_small(s, *value, 1) != 0;
}

/* A count; reading: `least_bytes` of each must still be in the file. */
static void visit_count(stream *s, int32_t *count, int32_t most, size_t least_bytes)
{
    visit_i32(s, count);
    if (s->status) return;
    if (*count < 0 || *count > most) fail(s, "a count beyond its bound");
    if (!s->writes && !s->status && (size_t)*count > (s->size_bytes - s->at) / least_bytes)
        fail(s, "a count of more than the file holds");
}

static void *alloc(stream *s, size_t count, size_t size_bytes)
{
    if (s->status) return NULL;
    void *memory = psb_graph_alloc(s->graph, count, size_bytes);
    if (!memory) s->status = PSB_NO_MEMORY;
    return memory;
}

static void visit_name(stream *s, const char **name)
{
    int32_t length = s->writes ? (int32_t)strlen(*name) : 0;
    visit_count(s, &length, MAX_NAME_BYTES, 1);
    char *text = s->writes ? NULL : alloc(s, (size_t)length + 1, 1);
    uint8_t *place = advance(s, (size_t)length);
    if (!place) return;
    if (s->writes) {
        memcpy(place, *name, (size_t)length);
        return;
    }
    memcpy(text, place, (size_t)length);
    if (memchr(text, '\0', (size_t)length)) fail(s, "a name with a zero in it");
    *name = text;
}

/* NULL or count floats. */
static void visit_floats(stream *s, const float **floats, size_t count)
{
    bool is_there = *floats != NULL;
    visit_flag(s, &is_there);
    if (s->status || !is_there) return;
    if (!s->writes && count > (s->size_bytes - s->at) / sizeof(float)) {
        fail(s, "an array of more than the file holds");
        return;
    }
    float *made = s->writes ? NULL : alloc(s, count, sizeof(*made));
    for (size_t i = 0; i < count && !s->status; i++) {
        float value = s->writes ? (*floats)[i] : 0;
        visit_f32(s, &value);
        if (made) made[i] = value;
    }
    if (made) *floats = made;
}

static void visit_signed_bytes(stream *s, const int8_t **bytes, size_t count)
{
    bool is_there = *bytes != NULL;
    visit_flag(s, &is_there);
    if (s->status || !is_there) return;
    uint8_t *place = advance(s, count);
    int8_t *made = s->writes || !place ? NULL : alloc(s, count, 1);
    if (s->writes && place) memcpy(place, *bytes, count);
    if (!made) return;
    memcpy(made, place, count);
    *bytes = made;
}

static void visit_encoding(stream *s, psb_encoding *encoding)
{
    visit_f32(s, &encoding->scale);
    encoding->zero = (uint8_t)visit_small(s, encoding->zero, 255);
    if (s->status || (encoding->scale == 0 && encoding->zero == 0)) return;
    if (!(encoding->scale >= 1e-30F && encoding->scale <= 1e30F)) fail(s, "a scale beyond its bound");
}

static void visit_activation(stream *s, psb_activation *activation)
{
    activation->kind = (psb_activation_kind)visit_small(s, (int32_t)activation->kind, PSB_ACTIVATION_COUNT - 1);
    visit_f32(s, &activation->a);
    visit_f32(s, &activation->b);
}

/* --- The graph --- */

static void visit_shape(stream *s, psb_shape *shape)
{
    int64_t elements = 1;
    shape->rank = visit_small(s, shape->rank, PSB_TENSOR_MAX_RANK);
    for (int32_t d = 0; d < shape->rank && !s->status; d++) {
        int32_t size = (int32_t)shape->dims[d];
        visit_i32(s, &size);
        if (size < 1 || elements > PSB_GRAPH_MAX_ELEMENTS / size) fail(s, "a dimension beyond its bound");
        if (s->status) return;
        shape->dims[d] = size;
        elements *= size;
    }
}

static void visit_value(stream *s, psb_value *value)
{
    visit_shape(s, &value->shape);
    visit_encoding(s, &value->encoding);
    if (!s->status) visit_floats(s, &value->floats, (size_t)psb_shape_elements(&value->shape));
}

static void visit_index(stream *s, int32_t *value)
{
    int32_t number = s->writes ? s->number[*value] : 0;
    visit_i32(s, &number);
    if (s->writes) return;
    if (!s->status && (number < 0 || number >= s->graph->value_count)) fail(s, "a value that is not there");
    *value = s->status ? 0 : number;
}

static void visit_indices(stream *s, int32_t **indices, int32_t *count, int32_t most)
{
    visit_count(s, count, most, 4);
    if (!s->writes) *indices = alloc(s, (size_t)*count, sizeof(**indices));
    for (int32_t i = 0; i < *count && !s->status; i++) visit_index(s, &(*indices)[i]);
}

static void visit_sliding(stream *s, psb_sliding *sliding)
{
    for (int32_t a = 0; a < 2; a++) {
        visit_i32(s, &sliding->kernel[a]);
        visit_i32(s, &sliding->stride[a]);
        visit_i32(s, &sliding->dilation[a]);
    }
    for (int32_t side = 0; side < 4; side++) visit_i32(s, &sliding->pads[side]);
}

static void visit_classes(stream *s, psb_node *node, size_t channels)
{
    node->class_count = visit_small(s, node->class_count, PSB_REQUANT_U8_MOST_CLASSES);
    if (s->status || node->class_count == 0) return;
    psb_channel_class *made = s->writes ? NULL : alloc(s, (size_t)node->class_count, sizeof(*made));
    for (int32_t k = 0; k < node->class_count && !s->status; k++) {
        psb_channel_class one = s->writes ? node->classes[k] : (psb_channel_class){0};
        visit_encoding(s, &one.sum);
        visit_f32(s, &one.gain);
        if (made) made[k] = one;
    }
    uint8_t *place = advance(s, channels);
    if (s->writes && place) memcpy(place, node->channel_class, channels);
    if (s->writes) return;
    node->classes = made;
    uint8_t *of = place ? alloc(s, channels, 1) : NULL;
    if (of) memcpy(of, place, channels);
    node->channel_class = of;
}

/* Weights are as many as the shapes and the window say. */
static void visit_conv(stream *s, psb_node *node)
{
    const psb_value *values = s->graph->values;
    if (s->status || node->input_count != 1) {
        fail(s, "a convolution without its one input");
        return;
    }
    const psb_shape *in = &values[node->inputs[0]].shape, *out = &values[node->output].shape;
    visit_i32(s, &node->group);
    if (s->status) return;
    if (in->rank != 4 || out->rank != 4 || node->group < 1 || node->sliding.kernel[0] < 1 ||
        node->sliding.kernel[1] < 1) {
        fail(s, "a convolution of no known shape");
        return;
    }
    /* each factor is below 2^31, and every product is held against the file's size */
    uint64_t count = (uint64_t)(in->dims[1] / node->group), most = PSB_GRAPH_MAX_FILE_BYTES;
    const uint64_t factors[3] = {(uint64_t)node->sliding.kernel[0], (uint64_t)node->sliding.kernel[1],
                                 (uint64_t)out->dims[1]};
    for (int32_t f = 0; f < 3 && !s->status; f++) {
        if (count > most / factors[f]) fail(s, "a convolution of more weights than a file holds");
        count *= factors[f];
    }
    visit_floats(s, &node->weights, (size_t)count);
    visit_signed_bytes(s, &node->byte_weights, s->status ? 0 : (size_t)count);
    visit_floats(s, &node->weight_scales, (size_t)out->dims[1]);
    visit_floats(s, &node->bias, (size_t)out->dims[1]);
    visit_encoding(s, &node->taken);
    visit_encoding(s, &node->sum);
    visit_classes(s, node, (size_t)out->dims[1]);
    bool has_residual = node->residual >= 0;
    visit_flag(s, &has_residual);
    if (has_residual) visit_index(s, &node->residual);
    visit_flag(s, &node->residual_first);
}

static void visit_resize(stream *s, psb_node *node)
{
    visit_flag(s, &node->linear);
    node->coordinates = (psb_coordinates)visit_small(s, (int32_t)node->coordinates, PSB_COORDINATES_ALIGN_CORNERS);
    node->rounding = (psb_rounding)visit_small(s, (int32_t)node->rounding, PSB_ROUNDING_CEIL);
    for (int32_t a = 0; a < 2; a++) visit_f64(s, &node->scale[a]);
}

static void visit_node_fields(stream *s, psb_node *node)
{
    switch (node->kind) {
    case PSB_NODE_CONV:
        visit_sliding(s, &node->sliding);
        visit_conv(s, node);
        break;
    case PSB_NODE_MAX_POOL:
    case PSB_NODE_AVERAGE_POOL:
        visit_sliding(s, &node->sliding);
        visit_flag(s, &node->count_padding);
        break;
    case PSB_NODE_BINARY:
        node->binary = (psb_binary_op)visit_small(s, (int32_t)node->binary, PSB_BINARY_COUNT - 1);
        break;
    case PSB_NODE_RESIZE:
        visit_resize(s, node);
        break;
    case PSB_NODE_PAD:
        visit_sliding(s, &node->sliding);
        visit_f32(s, &node->pad_value);
        break;
    case PSB_NODE_SOFTMAX:
    case PSB_NODE_CONCAT:
        node->axis = visit_small(s, node->axis, PSB_TENSOR_MAX_RANK - 1);
        break;
    case PSB_NODE_TRANSPOSE:
        for (int32_t d = 0; d < PSB_TENSOR_MAX_RANK; d++) node->order[d] = visit_small(s, node->order[d], 5);
        break;
    case PSB_NODE_SLICE:
        for (int32_t d = 0; d < PSB_TENSOR_MAX_RANK; d++) {
            visit_i64(s, &node->start[d]);
            visit_i64(s, &node->step[d]);
        }
        break;
    default:
        break;
    }
}

static void visit_node(stream *s, psb_node *node)
{
    node->kind = (psb_node_kind)visit_small(s, (int32_t)node->kind, PSB_NODE_SLICE);
    visit_name(s, &node->name);
    visit_indices(s, &node->inputs, &node->input_count, PSB_GRAPH_MAX_INPUTS);
    visit_index(s, &node->output);
    visit_activation(s, &node->activation);
    if (!s->status) visit_node_fields(s, node);
}

enum { LEAST_VALUE_BYTES = 11, LEAST_NODE_BYTES = 22 };

static void visit_values(stream *s)
{
    psb_graph *graph = s->graph;
    int32_t count = 0, most = s->writes ? graph->value_count : 0;
    for (int32_t v = 0; v < most; v++) count += s->number[v] >= 0;
    visit_count(s, &count, 2 * PSB_GRAPH_MAX_NODES, LEAST_VALUE_BYTES);
    for (int32_t v = 0; v < (s->writes ? most : count) && !s->status; v++) {
        if (s->writes && s->number[v] < 0) continue;
        const char *name = s->writes ? graph->values[v].name : "";
        int32_t fresh = v;
        visit_name(s, &name);
        if (!s->writes && !s->status) s->status = psb_graph_add_value(graph, &fresh, name);
        if (!s->status) visit_value(s, &graph->values[fresh]);
    }
}

/* Dead nodes are not stored. */
static void visit_nodes(stream *s)
{
    psb_graph *graph = s->graph;
    int32_t count = 0, capacity = graph->node_count;
    for (int32_t n = 0; n < graph->node_count; n++) count += graph->nodes[n].kind != PSB_NODE_DEAD;
    visit_count(s, &count, PSB_GRAPH_MAX_NODES, LEAST_NODE_BYTES);
    for (int32_t n = 0; n < (s->writes ? capacity : count) && !s->status; n++) {
        if (s->writes && graph->nodes[n].kind == PSB_NODE_DEAD) continue;
        psb_node *node = s->writes ? &graph->nodes[n] : NULL;
        if (!s->writes) s->status = psb_graph_add_node(graph, &node, PSB_NODE_DEAD, "", (psb_inputs){0}, 0);
        if (!s->status) visit_node(s, node);
    }
}

static void visit_graph(stream *s)
{
    psb_graph *graph = s->graph;
    visit_i32(s, &graph->nodes_in_file);
    visit_values(s);
    visit_indices(s, &graph->inputs, &graph->input_count, PSB_GRAPH_MAX_INPUTS);
    visit_indices(s, &graph->outputs, &graph->output_count, PSB_GRAPH_MAX_INPUTS);
    visit_nodes(s);
}

/* --- The file --- */

static void put_u64(uint8_t *to, uint64_t value)
{
    for (int32_t b = 0; b < 8; b++) to[b] = (uint8_t)(value >> (8 * b));
}

static uint64_t get_u64(const uint8_t *from)
{
    uint64_t value = 0;
    for (int32_t b = 0; b < 8; b++) value |= (uint64_t)from[b] << (8 * b);
    return value;
}

/* Numbers for the values that are stored: those of live nodes, inputs and outputs, in their order. */
static psb_status number_values(stream *s)
{
    const psb_graph *graph = s->graph;
    s->number = malloc(((size_t)graph->value_count + 1) * sizeof(*s->number));
    if (!s->number) return psb_fail_memory("model file", (size_t)graph->value_count * sizeof(*s->number));
    for (int32_t v = 0; v < graph->value_count; v++) s->number[v] = -1;
    for (int32_t i = 0; i < graph->input_count; i++) s->number[graph->inputs[i]] = 0;
    for (int32_t o = 0; o < graph->output_count; o++) s->number[graph->outputs[o]] = 0;
    for (int32_t n = 0; n < graph->node_count; n++) {
        const psb_node *node = &graph->nodes[n];
        if (node->kind == PSB_NODE_DEAD) continue;
        for (int32_t i = 0; i < node->input_count; i++) s->number[node->inputs[i]] = 0;
        if (node->residual >= 0) s->number[node->residual] = 0;
        s->number[node->output] = 0;
    }
    for (int32_t v = 0, next = 0; v < graph->value_count; v++)
        if (s->number[v] == 0) s->number[v] = next++;
    return PSB_OK;
}

bool psb_model_is_file(const void *data, size_t size_bytes)
{
    return size_bytes >= sizeof(MAGIC) && memcmp(data, MAGIC, sizeof(MAGIC)) == 0;
}

psb_status psb_model_write(psb_outfile *to, psb_graph *graph, const char *descriptor, size_t descriptor_bytes)
{
    stream s = {.writes = true, .file = "model", .graph = graph};
    uint8_t header[PSB_MODEL_HEADER_BYTES] = {0};
    char digest[PSB_SHA256_HEX_BYTES];
    if (descriptor_bytes > PSB_MODEL_MAX_DESCRIPTOR_BYTES)
        return psb_fail(PSB_BAD_INPUT, "found a descriptor of %zu bytes, expected %d at most", descriptor_bytes,
                        PSB_MODEL_MAX_DESCRIPTOR_BYTES);
    s.status = number_values(&s);
    uint32_t length = (uint32_t)descriptor_bytes;
    visit_u32(&s, &length);
    uint8_t *place = advance(&s, descriptor_bytes);
    if (place && descriptor_bytes) memcpy(place, descriptor, descriptor_bytes);
    visit_graph(&s);
    if (!s.status && s.at > PSB_GRAPH_MAX_FILE_BYTES - sizeof(header))
        s.status = psb_fail(PSB_UNSUPPORTED, "found a model of %zu bytes, expected 512 MB at most", s.at);
    if (s.status) goto done;
    memcpy(header, MAGIC, sizeof(MAGIC));
    header[AT_VERSION] = PSB_MODEL_VERSION;
    put_u64(header + AT_BODY_BYTES, s.at);
    psb_sha256_hex(digest, s.data, s.at);
    memcpy(header + AT_SHA256, digest, SHA256_BYTES);
    s.status = psb_outfile_write(to, header, sizeof(header));
    if (!s.status) s.status = psb_outfile_write(to, s.data, s.at);
done:
    free(s.data);
    free(s.number);
    return s.status;
}

/* The header and the checksum; *s_out then stands at the body's begin. */
static psb_status open_body(stream *s_out, const char *name, const void *data, size_t size_bytes)
{
    const uint8_t *header = data;
    char digest[PSB_SHA256_HEX_BYTES];
    if (size_bytes < PSB_MODEL_HEADER_BYTES || !psb_model_is_file(data, size_bytes))
        return psb_fail(PSB_BAD_INPUT, "%s: found %zu bytes that are no .psb model", name, size_bytes);
    uint64_t version = get_u64(header + AT_VERSION), body_bytes = get_u64(header + AT_BODY_BYTES);
    if (version != PSB_MODEL_VERSION)
        return psb_fail(PSB_UNSUPPORTED, "%s: found version %llu of the .psb format, expected %d", name,
                        (unsigned long long)version, PSB_MODEL_VERSION);
    if (body_bytes != size_bytes - PSB_MODEL_HEADER_BYTES || get_u64(header + AT_RESERVED) != 0)
        return psb_fail(PSB_BAD_INPUT, "%s: found %zu bytes, expected %llu: the file is cut or was added to", name,
                        size_bytes, (unsigned long long)body_bytes + PSB_MODEL_HEADER_BYTES);
    psb_sha256_hex(digest, header + PSB_MODEL_HEADER_BYTES, (size_t)body_bytes);
    if (memcmp(digest, header + AT_SHA256, SHA256_BYTES) != 0)
        return psb_fail(PSB_BAD_INPUT, "%s: found content with SHA-256 %s, expected %.64s: the file is damaged", name,
                        digest, (const char *)header + AT_SHA256);
    /* reading never writes there */
    uint8_t *body = (uint8_t *)(uintptr_t)(header + PSB_MODEL_HEADER_BYTES);
    *s_out = (stream){.data = body, .size_bytes = (size_t)body_bytes, .file = name};
    return PSB_OK;
}

static void find_descriptor(stream *s, const char **text_out, size_t *size_bytes_out)
{
    int32_t length = 0;
    visit_count(s, &length, PSB_MODEL_MAX_DESCRIPTOR_BYTES, 1);
    *text_out = (const char *)advance(s, (size_t)length);
    *size_bytes_out = (size_t)length;
}

psb_status psb_model_descriptor(const char **text_out, size_t *size_bytes_out, const char *name, const void *data,
                                size_t size_bytes)
{
    stream s;
    *text_out = NULL;
    *size_bytes_out = 0;
    psb_status status = open_body(&s, name, data, size_bytes);
    if (status) return status;
    find_descriptor(&s, text_out, size_bytes_out);
    return s.status;
}

psb_status psb_model_parse(psb_graph *graph, const char *name, const void *data, size_t size_bytes)
{
    stream s;
    const char *text;
    size_t text_bytes;
    psb_status status = open_body(&s, name, data, size_bytes);
    if (status) return status;
    graph->file = name;
    s.graph = graph;
    find_descriptor(&s, &text, &text_bytes);
    visit_graph(&s);
    if (!s.status && s.at != s.size_bytes) fail(&s, "bytes behind the graph, expected its end");
    if (!s.status) psb_graph_recount(graph);
    if (!s.status) s.status = psb_graph_check(graph);
    for (int32_t o = 0; o < graph->output_count && !s.status; o++) graph->values[graph->outputs[o]].is_output = true;
    return s.status;
}

psb_status psb_graph_read(psb_graph *graph, const char *path, bool keeps_parts)
{
    psb_bytes file = {0};
    graph->keeps_parts = keeps_parts;
    psb_status status = psb_bytes_read(&file, path, PSB_GRAPH_MAX_FILE_BYTES);
    if (!status) status = psb_import_onnx(graph, path, file.data, file.size_bytes);
    if (!status) status = psb_pass_all(graph);
    psb_bytes_fini(&file);
    return status;
}

psb_status psb_graph_rewrite(psb_graph *graph)
{
    return psb_pass_all(graph);
}
