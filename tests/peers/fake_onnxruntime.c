/* SPDX-License-Identifier: Apache-2.0
 *
 * A library with ONNX Runtime's front door and nothing behind it: one float input "in", two outputs, runs that sleep.
 * Models whose path holds "bad" are refused, a run on a path that holds "weak" fails.
 * Places in the table are those of onnxruntime_c_api.h.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <passerby/status.h>

enum { PLACES = 128, SLEEP_NS = 50000 };

typedef void (*entry)(void);
typedef struct base {
    const entry *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
} base;

typedef struct session {
    bool is_weak;
} session;

static char refusal[] = "this model is bad", weakness[] = "too weak to run", object[] = "an object";

static const char *message(void *status)
{
    return status;
}

static void *create_env(int level, const char *name, void **out)
{
    (void)level, (void)name;
    *out = object;
    return NULL;
}

static void *create_session(void *env, const char *path, void *options, void **out)
{
    (void)env, (void)options;
    if (strstr(path, "bad")) return refusal;
    session *made = calloc(1, sizeof(*made));
    made->is_weak = strstr(path, "weak") != NULL;
    *out = made;
    return NULL;
}

static void *run(session *self, void *options, const char *const *input_names, void *const *inputs, size_t input_count,
                 const char *const *output_names, size_t output_count, void **outputs)
{
    (void)options, (void)inputs;
    nanosleep(&(struct timespec){0, SLEEP_NS}, NULL);
    if (self->is_weak || input_count != 1 || strcmp(input_names[0], "in") != 0) return weakness;
    for (size_t o = 0; o < output_count; o++)
        if (strcmp(output_names[o], "out") == 0) outputs[o] = object;
    return NULL;
}

static void *create(void **out)
{
    *out = object;
    return NULL;
}

static void *set(void *options, int value)
{
    (void)options, (void)value;
    return NULL;
}

static void *count_one(void *self, size_t *out)
{
    (void)self;
    *out = 1;
    return NULL;
}

static void *count_two(void *self, size_t *out)
{
    (void)self;
    *out = 2;
    return NULL;
}

static void *name_of(const char *name, char **out)
{
    *out = malloc(strlen(name) + 1);
    memcpy(*out, name, strlen(name) + 1);
    return NULL;
}

static void *input_name(void *self, size_t i, void *allocator, char **out)
{
    (void)self, (void)i, (void)allocator;
    return name_of("in", out);
}

static void *output_name(void *self, size_t i, void *allocator, char **out)
{
    (void)self, (void)i, (void)allocator;
    return name_of("out", out);
}

static void *create_tensor(void *memory, void *data, size_t size_bytes, const int64_t *dims, size_t rank, int type,
                           void **out)
{
    size_t expected = sizeof(float);
    (void)memory, (void)data;
    for (size_t d = 0; d < rank; d++) expected *= (size_t)dims[d];
    if (size_bytes != expected || type != 1) return refusal;
    *out = object;
    return NULL;
}

static void *create_memory(int allocator, int kind, void **out)
{
    (void)allocator, (void)kind;
    return create(out);
}

static void *give_back(void *allocator, void *memory)
{
    (void)allocator;
    free(memory);
    return NULL;
}

static void release(void *self)
{
    (void)self;
}

static const entry table[PLACES] = {
    [2] = (entry)message,        [3] = (entry)create_env,     [7] = (entry)create_session, [9] = (entry)run,
    [10] = (entry)create,        [23] = (entry)set,           [24] = (entry)set,           [25] = (entry)set,
    [30] = (entry)count_one,     [31] = (entry)count_two,     [36] = (entry)input_name,    [37] = (entry)output_name,
    [49] = (entry)create_tensor, [69] = (entry)create_memory, [76] = (entry)give_back,     [78] = (entry)create,
    [92] = (entry)release,       [93] = (entry)release,       [94] = (entry)release,       [95] = (entry)free,
    [96] = (entry)release,       [100] = (entry)release,
};

static const entry *get_api(uint32_t version)
{
    return version <= 16 ? table : NULL;
}

static const char *get_version(void)
{
    return "0.0-fake";
}

PSB_API const base *OrtGetApiBase(void);
const base *OrtGetApiBase(void)
{
    static const base front = {get_api, get_version};
    return &front;
}
