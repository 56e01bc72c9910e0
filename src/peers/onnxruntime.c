/* SPDX-License-Identifier: Apache-2.0
 *
 * The C API of ONNX Runtime is a table of functions to which entries are only ever appended (onnxruntime_c_api.h,
 * version 16 asked for), so a place in the table is as good as a name, and no header of theirs is needed. Each entry
 * that can fail returns NULL or a status that says why.
 */
#include "peers/onnxruntime.h"

#include <dlfcn.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

#if defined(__aarch64__)
#define LIBRARY "node_modules/onnxruntime-node/bin/napi-*/linux/arm64/libonnxruntime.so.1"
#else
#define LIBRARY "node_modules/onnxruntime-node/bin/napi-*/linux/x64/libonnxruntime.so.1"
#endif

enum {
    API_VERSION = 16,
    LOG_ERRORS = 3,
    OPTIMISE_ALL = 99,
    FLOAT32 = 1,
    ARENA_ALLOCATOR = 1,
    DEFAULT_MEMORY = 0,
    MAX_OUTPUTS = 64,
};

typedef enum api_place {
    GET_ERROR_MESSAGE = 2,
    CREATE_ENV = 3,
    CREATE_SESSION = 7,
    RUN = 9,
    CREATE_SESSION_OPTIONS = 10,
    SET_OPTIMISATION = 23,
    SET_INTRA_THREADS = 24,
    SET_INTER_THREADS = 25,
    GET_INPUT_COUNT = 30,
    GET_OUTPUT_COUNT = 31,
    GET_INPUT_NAME = 36,
    GET_OUTPUT_NAME = 37,
    CREATE_TENSOR = 49,
    CREATE_CPU_MEMORY = 69,
    ALLOCATOR_FREE = 76,
    GET_ALLOCATOR = 78,
    RELEASE_ENV = 92,
    RELEASE_STATUS = 93,
    RELEASE_MEMORY = 94,
    RELEASE_SESSION = 95,
    RELEASE_VALUE = 96,
    RELEASE_OPTIONS = 100,
} api_place;

/* Their objects are pointers that we only hand back. */
typedef void *ort_object;
typedef ort_object ort_status; /* NULL = well */
typedef void (*ort_entry)(void);
typedef struct ort_base {
    const ort_entry *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
} ort_base;
typedef const ort_base *ort_get_base(void);

typedef const char *ort_message_fn(ort_status status);
typedef ort_status ort_create_env_fn(int level, const char *name, ort_object *out);
typedef ort_status ort_create_session_fn(ort_object env, const char *path, ort_object options, ort_object *out);
typedef ort_status ort_run_fn(ort_object session, ort_object options, const char *const *input_names,
                              const ort_object *inputs, size_t input_count, const char *const *output_names,
                              size_t output_count, ort_object *outputs);
typedef ort_status ort_create_fn(ort_object *out);
typedef ort_status ort_set_fn(ort_object object, int value);
typedef ort_status ort_count_fn(ort_object session, size_t *out);
typedef ort_status ort_name_fn(ort_object session, size_t i, ort_object allocator, char **out);
typedef ort_status ort_create_tensor_fn(ort_object memory, void *data, size_t size_bytes, const int64_t *dims,
                                        size_t rank, int type, ort_object *out);
typedef ort_status ort_create_memory_fn(int allocator, int kind, ort_object *out);
typedef ort_status ort_allocator_free_fn(ort_object allocator, void *memory);
typedef void ort_release_fn(ort_object object);

struct psb_onnxruntime {
    void *library;
    const ort_base *base;
    const ort_entry *api;
    ort_object env;
};

struct psb_onnxruntime_session {
    psb_onnxruntime *runtime;
    psb_clock clock;
    ort_object session, memory, input;
    char *input_name, *output_names[MAX_OUTPUTS];
    ort_object outputs[MAX_OUTPUTS];
    size_t output_count;
};

psb_status psb_onnxruntime_find(char out[PSB_PEER_PATH_BYTES], const char *given, const char *const *folders,
                                int32_t folder_count)
{
    out[0] = '\0';
    if (given && given[0]) {
        if (access(given, R_OK) != 0)
            return psb_fail(PSB_ENVIRONMENT,
                            "ORT_LIB: found no file %s, expected ONNX Runtime's library; \"make peers\" installs one",
                            given);
        snprintf(out, PSB_PEER_PATH_BYTES, "%s", given);
        return PSB_OK;
    }
    for (int32_t f = 0; f < folder_count && !out[0]; f++) {
        char pattern[PSB_PEER_PATH_BYTES];
        glob_t found = {0};
        snprintf(pattern, sizeof(pattern), "%s/" LIBRARY, folders[f]);
        if (glob(pattern, 0, NULL, &found) == 0) snprintf(out, PSB_PEER_PATH_BYTES, "%s", found.gl_pathv[0]);
        globfree(&found);
    }
    if (out[0]) return PSB_OK;
    return psb_fail(PSB_ENVIRONMENT,
                    "found no ONNX Runtime to compare with: \"make peers\" installs the peers, ORT_LIB names another "
                    "libonnxruntime");
}

/* PSB_OK, or the sentence with what the runtime says; the status is given back to it. */
static psb_status judge(const psb_onnxruntime *runtime, ort_status said, const char *path)
{
    if (!said) return PSB_OK;
    const psb_status status = psb_fail(PSB_UNSUPPORTED, "%s: ONNX Runtime: %s", path,
                                       ((ort_message_fn *)runtime->api[GET_ERROR_MESSAGE])(said));
    ((ort_release_fn *)runtime->api[RELEASE_STATUS])(said);
    return status;
}

static void release(const psb_onnxruntime *runtime, api_place place, ort_object *object)
{
    if (*object) ((ort_release_fn *)runtime->api[place])(*object);
    *object = NULL;
}

psb_status psb_onnxruntime_open(psb_onnxruntime **out, const char *library_path)
{
    *out = NULL;
    psb_status status = PSB_OK;
    psb_onnxruntime *runtime = calloc(1, sizeof(*runtime));
    if (!runtime) return psb_fail_memory("ONNX Runtime", sizeof(*runtime));
    runtime->library = dlopen(library_path, RTLD_NOW | RTLD_LOCAL);
    if (!runtime->library) {
        status = psb_fail(PSB_ENVIRONMENT, "%s: opening the library: %s; \"make peers\" installs one", library_path,
                          dlerror());
        goto done;
    }
    void *symbol = dlsym(runtime->library, "OrtGetApiBase");
    ort_get_base *get_base = NULL;
    memcpy(&get_base, &symbol, sizeof(get_base)); /* POSIX's way from dlsym to a function */
    runtime->base = get_base ? get_base() : NULL;
    runtime->api = runtime->base ? runtime->base->get_api(API_VERSION) : NULL;
    if (!runtime->api) {
        status = psb_fail(PSB_ENVIRONMENT, "%s: found no interface of version %d, expected ONNX Runtime 1.16 or later",
                          library_path, API_VERSION);
        goto done;
    }
    status = judge(runtime, ((ort_create_env_fn *)runtime->api[CREATE_ENV])(LOG_ERRORS, "passerby", &runtime->env),
                   library_path);
    if (status) goto done;
    *out = runtime;
    runtime = NULL;
done:
    psb_onnxruntime_close(&runtime);
    return status;
}

void psb_onnxruntime_close(psb_onnxruntime **runtime)
{
    if (!runtime || !*runtime) return;
    psb_onnxruntime *old = *runtime;
    if (old->api) release(old, RELEASE_ENV, &old->env);
    /* The library stays: it has thread-local destructors of C++ that may still run. */
    free(old);
    *runtime = NULL;
}

const char *psb_onnxruntime_version(const psb_onnxruntime *runtime)
{
    return runtime->base->get_version();
}

static psb_status read_names(psb_onnxruntime_session *session, const char *path)
{
    const psb_onnxruntime *runtime = session->runtime;
    const ort_entry *api = runtime->api;
    ort_object allocator = NULL;
    size_t inputs = 0, outputs = 0;
    psb_status status = judge(runtime, ((ort_create_fn *)api[GET_ALLOCATOR])(&allocator), path);
    if (!status) status = judge(runtime, ((ort_count_fn *)api[GET_INPUT_COUNT])(session->session, &inputs), path);
    if (!status) status = judge(runtime, ((ort_count_fn *)api[GET_OUTPUT_COUNT])(session->session, &outputs), path);
    if (status) return status;
    if (inputs != 1 || outputs < 1 || outputs > MAX_OUTPUTS)
        return psb_fail(PSB_UNSUPPORTED, "%s: found %zu inputs and %zu outputs, expected 1 and at most %d", path,
                        inputs, outputs, MAX_OUTPUTS);
    ort_name_fn *input_name = (ort_name_fn *)api[GET_INPUT_NAME];
    ort_name_fn *output_name = (ort_name_fn *)api[GET_OUTPUT_NAME];
    status = judge(runtime, input_name(session->session, 0, allocator, &session->input_name), path);
    for (; session->output_count < outputs && !status; session->output_count += !status)
        status = judge(runtime,
                       output_name(session->session, session->output_count, allocator,
                                   &session->output_names[session->output_count]),
                       path);
    return status;
}

static psb_status bind_input(psb_onnxruntime_session *session, const psb_peer_input *input, const char *path)
{
    const psb_onnxruntime *runtime = session->runtime;
    size_t size_bytes = sizeof(float);
    for (int32_t d = 0; d < input->rank; d++) size_bytes *= (size_t)input->dims[d];
    psb_status status = judge(
        runtime,
        ((ort_create_memory_fn *)runtime->api[CREATE_CPU_MEMORY])(ARENA_ALLOCATOR, DEFAULT_MEMORY, &session->memory),
        path);
    if (status) return status;
    /* it asks for a pointer that it could write through, and only reads inputs */
    return judge(runtime,
                 ((ort_create_tensor_fn *)runtime->api[CREATE_TENSOR])(
                     session->memory, (void *)(uintptr_t)input->values, size_bytes, input->dims, (size_t)input->rank,
                     FLOAT32, &session->input),
                 path);
}

static psb_status create_session(psb_onnxruntime_session *session, const char *path)
{
    const psb_onnxruntime *runtime = session->runtime;
    const ort_entry *api = runtime->api;
    ort_object options = NULL;
    psb_status status = judge(runtime, ((ort_create_fn *)api[CREATE_SESSION_OPTIONS])(&options), path);
    if (!status) status = judge(runtime, ((ort_set_fn *)api[SET_INTRA_THREADS])(options, 1), path);
    if (!status) status = judge(runtime, ((ort_set_fn *)api[SET_INTER_THREADS])(options, 1), path);
    if (!status) status = judge(runtime, ((ort_set_fn *)api[SET_OPTIMISATION])(options, OPTIMISE_ALL), path);
    if (!status)
        status =
            judge(runtime,
                  ((ort_create_session_fn *)api[CREATE_SESSION])(runtime->env, path, options, &session->session), path);
    release(runtime, RELEASE_OPTIONS, &options);
    return status;
}

psb_status psb_onnxruntime_session_open(psb_onnxruntime_session **out, psb_onnxruntime *runtime, const char *onnx_path,
                                        const psb_peer_input *input, const psb_clock *clock)
{
    int64_t duration_ns;
    *out = NULL;
    psb_onnxruntime_session *session = calloc(1, sizeof(*session));
    if (!session) return psb_fail_memory("ONNX Runtime's session", sizeof(*session));
    session->runtime = runtime;
    session->clock = *clock;
    psb_status status = create_session(session, onnx_path);
    if (!status) status = read_names(session, onnx_path);
    if (!status) status = bind_input(session, input, onnx_path);
    if (!status) status = psb_onnxruntime_session_run(session, &duration_ns); /* a wrong shape is found here */
    if (!status) {
        *out = session;
        session = NULL;
    }
    psb_onnxruntime_session_close(&session);
    return status;
}

void psb_onnxruntime_session_close(psb_onnxruntime_session **session)
{
    if (!session || !*session) return;
    psb_onnxruntime_session *old = *session;
    const psb_onnxruntime *runtime = old->runtime;
    ort_object allocator = NULL;
    if (!judge(runtime, ((ort_create_fn *)runtime->api[GET_ALLOCATOR])(&allocator), "allocator")) {
        ort_allocator_free_fn *give_back = (ort_allocator_free_fn *)runtime->api[ALLOCATOR_FREE];
        if (old->input_name) (void)judge(runtime, give_back(allocator, old->input_name), "names");
        for (size_t o = 0; o < old->output_count; o++)
            (void)judge(runtime, give_back(allocator, old->output_names[o]), "names");
    }
    release(runtime, RELEASE_VALUE, &old->input);
    release(runtime, RELEASE_MEMORY, &old->memory);
    release(runtime, RELEASE_SESSION, &old->session);
    free(old);
    *session = NULL;
}

psb_status psb_onnxruntime_session_run(void *user, int64_t *duration_ns_out)
{
    psb_onnxruntime_session *session = user;
    const psb_onnxruntime *runtime = session->runtime;
    ort_run_fn *run = (ort_run_fn *)runtime->api[RUN];
    const int64_t begin_ns = psb_clock_now_ns(&session->clock);
    ort_status said = run(session->session, NULL, (const char *const *)&session->input_name, &session->input, 1,
                          (const char *const *)session->output_names, session->output_count, session->outputs);
    *duration_ns_out = psb_clock_now_ns(&session->clock) - begin_ns;
    for (size_t o = 0; o < session->output_count; o++) release(runtime, RELEASE_VALUE, &session->outputs[o]);
    return judge(runtime, said, "running");
}
