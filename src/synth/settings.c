/* SPDX-License-Identifier: Apache-2.0
 *
 * One table of keys for the two ways of asking. A value of a URL and of a file ends as text here and is read by the
 * same function, so that what one refuses the other refuses in the same words.
 */
#include "synth/settings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "config/duration.h"
#include "base/number.h"

static const char prefix[] = "synth://";
static const char *const scene_names[] = {"plaza", "street", "corridor", "carpark"};
static const char *const light_names[] = {"own", "day", "overcast", "dusk", "night", "changing"};

enum {
    SCENE_COUNT = sizeof(scene_names) / sizeof(scene_names[0]),
    LIGHT_COUNT = sizeof(light_names) / sizeof(light_names[0]),
    VALUE_BYTES = 64,
    WHERE_BYTES = 512,
    LEAST_WIDTH = 160,
    LEAST_HEIGHT = 96,
    MOST_WIDTH = 3840,
    MOST_HEIGHT = 2160,
};

#define DEFAULT_DURATION_S 20.0
#define MOST_DURATION_S    86400.0

typedef enum key_id {
    KEY_PEOPLE,
    KEY_SEED,
    KEY_FPS,
    KEY_SIZE,
    KEY_DURATION,
    KEY_FRAMES,
    KEY_LIGHT,
    KEY_RAIN,
    KEY_NOISE,
    KEY_CAMERA_HEIGHT,
    KEY_TILT,
    KEY_FOV,
    KEY_COUNT,
} key_id;

typedef struct key_row {
    const char *name;
    double least, most; /* of numbers; both 0: another form */
    bool is_whole;
} key_row;

static const key_row keys[KEY_COUNT] = {
    [KEY_PEOPLE] = {"people", 0, 100, true},    [KEY_SEED] = {"seed", 0, 4294967295.0, true},
    [KEY_FPS] = {"fps", 1, 120, false},         [KEY_SIZE] = {"size", 0, 0, false},
    [KEY_DURATION] = {"duration", 0, 0, false}, [KEY_FRAMES] = {"frames", 1, 10000000, true},
    [KEY_LIGHT] = {"light", 0, 0, false},       [KEY_RAIN] = {"rain", 0, 1, false},
    [KEY_NOISE] = {"noise", 0, 30, false},      [KEY_CAMERA_HEIGHT] = {"camera_height", 2, 15, false},
    [KEY_TILT] = {"tilt", 0, 60, false},        [KEY_FOV] = {"fov", 25, 100, false},
};

typedef struct settings_reading { /* of one URL or file */
    psb_synth_settings *out;
    double duration_s; /* 0 = not given */
    int64_t frames;    /* 0 = not given */
    uint32_t seen;     /* bit i: key i was given */
    const char *where; /* begins messages: the URL, or "file:line" */
} settings_reading;

void psb_synth_settings_init(psb_synth_settings *out)
{
    *out = (psb_synth_settings){
        .people = 12,
        .seed = 1,
        .fps = 25,
        .width = 1280,
        .height = 720,
        .frame_count = 500,
        .noise = NAN,
        .camera_height_m = NAN,
        .tilt_deg = NAN,
        .fov_deg = NAN,
    };
}

bool psb_synth_is_url(const char *text)
{
    return strncmp(text, prefix, sizeof(prefix) - 1) == 0;
}

const char *psb_scene_name(psb_scene_kind kind)
{
    return scene_names[kind];
}

/* "a, b or c" */
static void list_names(char out[WHERE_BYTES], const char *const *names, int32_t count)
{
    size_t used = 0;
    out[0] = '\0';
    for (int32_t i = 0; i < count && used < WHERE_BYTES; i++)
        used += (size_t)snprintf(out + used, WHERE_BYTES - used, "%s%s",
                                 i == 0           ? ""
                                 : i == count - 1 ? " or "
                                                  : ", ",
                                 names[i]);
}

static psb_status read_name(int32_t *out, const char *const *names, int32_t count, const char *text)
{
    for (int32_t i = 0; i < count; i++)
        if (strcmp(text, names[i]) == 0) {
            *out = i;
            return PSB_OK;
        }
    return PSB_BAD_INPUT;
}

static psb_status fail_name(const settings_reading *reading, const char *key, const char *text,
                            const char *const *names, int32_t count)
{
    char list[WHERE_BYTES];
    list_names(list, names, count);
    return psb_fail(PSB_BAD_INPUT, "%s: %s: found \"%s\", expected %s", reading->where, key, text, list);
}

static psb_status read_number(const settings_reading *reading, const key_row *key, const char *text, double *out)
{
    const size_t taken = psb_number_scan(out, text);
    if (taken > 0 && text[taken] == '\0' && *out >= key->least && *out <= key->most &&
        (!key->is_whole || *out == floor(*out)))
        return PSB_OK;
    return psb_fail(PSB_BAD_INPUT, "%s: %s: found \"%s\", expected a %snumber from %.10g to %.10g", reading->where,
                    key->name, text, key->is_whole ? "whole " : "", key->least, key->most);
}

static psb_status read_size(const settings_reading *reading, const char *text)
{
    psb_synth_settings *out = reading->out;
    double width = 0, height = 0;
    const size_t first = psb_number_scan(&width, text);
    const size_t second = first && text[first] == 'x' ? psb_number_scan(&height, text + first + 1) : 0;
    const bool is_good = second && text[first + 1 + second] == '\0' && width >= LEAST_WIDTH && width <= MOST_WIDTH &&
                         height >= LEAST_HEIGHT && height <= MOST_HEIGHT && width == 2 * floor(width / 2) &&
                         height == 2 * floor(height / 2);
    if (!is_good)
        return psb_fail(PSB_BAD_INPUT, "%s: size: found \"%s\", expected even sides from %dx%d to %dx%d, as 1280x720",
                        reading->where, text, LEAST_WIDTH, LEAST_HEIGHT, MOST_WIDTH, MOST_HEIGHT);
    out->width = (int32_t)width;
    out->height = (int32_t)height;
    return PSB_OK;
}

static psb_status read_duration(settings_reading *reading, const char *text)
{
    if (psb_duration_parse(&reading->duration_s, text) || reading->duration_s <= 0 ||
        reading->duration_s > MOST_DURATION_S)
        return psb_fail(PSB_BAD_INPUT, "%s: duration: found \"%s\", expected a time above 0 to 24h, as 20s",
                        reading->where, text);
    return PSB_OK;
}

static void store_number(settings_reading *reading, key_id id, double value)
{
    psb_synth_settings *out = reading->out;
    if (id == KEY_PEOPLE) out->people = (int32_t)value;
    if (id == KEY_SEED) out->seed = (uint32_t)value;
    if (id == KEY_FPS) out->fps = value;
    if (id == KEY_FRAMES) reading->frames = (int64_t)value;
    if (id == KEY_RAIN) out->rain = (float)value;
    if (id == KEY_NOISE) out->noise = (float)value;
    if (id == KEY_CAMERA_HEIGHT) out->camera_height_m = (float)value;
    if (id == KEY_TILT) out->tilt_deg = (float)value;
    if (id == KEY_FOV) out->fov_deg = (float)value;
}

static psb_status read_value(settings_reading *reading, key_id id, const char *text)
{
    if (reading->seen & 1u << id)
        return psb_fail(PSB_BAD_INPUT, "%s: %s: found it twice, expected it once", reading->where, keys[id].name);
    reading->seen |= 1u << id;
    if (id == KEY_SIZE) return read_size(reading, text);
    if (id == KEY_DURATION) return read_duration(reading, text);
    if (id == KEY_LIGHT) {
        int32_t light = 0;
        if (read_name(&light, light_names, LIGHT_COUNT, text))
            return fail_name(reading, keys[id].name, text, light_names, LIGHT_COUNT);
        reading->out->light = (psb_scene_light)light;
        return PSB_OK;
    }
    double value = 0;
    const psb_status status = read_number(reading, &keys[id], text, &value);
    if (!status) store_number(reading, id, value);
    return status;
}

/* What no single key decides. */
static psb_status finish(const settings_reading *reading)
{
    psb_synth_settings *out = reading->out;
    if (reading->frames && reading->duration_s > 0)
        return psb_fail(PSB_BAD_INPUT, "%s: found duration and frames, expected one of them", reading->where);
    const double duration_s = reading->duration_s > 0 ? reading->duration_s : DEFAULT_DURATION_S;
    out->frame_count = reading->frames ? reading->frames : (int64_t)(duration_s * out->fps + 0.5);
    if (out->frame_count < 1) out->frame_count = 1;
    return PSB_OK;
}

/* ---- synth://SCENE?KEY=VALUE&KEY=VALUE ---- */

static psb_status fail_key(const char *where, const char *text, size_t length)
{
    char list[WHERE_BYTES];
    const char *names[KEY_COUNT];
    for (int32_t i = 0; i < KEY_COUNT; i++) names[i] = keys[i].name;
    list_names(list, names, KEY_COUNT);
    return psb_fail(PSB_BAD_INPUT, "%s: found the key \"%.*s\", expected %s", where, (int)length, text, list);
}

static psb_status read_pair(settings_reading *reading, const char *pair, size_t length)
{
    char value[VALUE_BYTES];
    const char *equals = memchr(pair, '=', length);
    const size_t key_length = equals ? (size_t)(equals - pair) : length;
    key_id id = 0;
    while (id < KEY_COUNT && (strlen(keys[id].name) != key_length || memcmp(keys[id].name, pair, key_length) != 0))
        id++;
    if (id == KEY_COUNT) return fail_key(reading->where, pair, key_length);
    const size_t value_length = equals ? length - key_length - 1 : 0;
    if (value_length >= VALUE_BYTES)
        return psb_fail(PSB_BAD_INPUT, "%s: %s: found a value of %zu bytes, expected fewer than %d", reading->where,
                        keys[id].name, value_length, VALUE_BYTES);
    if (equals) memcpy(value, equals + 1, value_length);
    value[value_length] = '\0';
    return read_value(reading, id, value);
}

psb_status psb_synth_settings_from_url(psb_synth_settings *out, const char *url)
{
    char name[VALUE_BYTES];
    int32_t kind = 0;
    psb_synth_settings_init(out);
    settings_reading reading = {.out = out, .where = url};
    if (!psb_synth_is_url(url))
        return psb_fail(PSB_BAD_INPUT, "%s: found no synth:// at its begin, expected one, as synth://plaza", url);
    const char *at = url + sizeof(prefix) - 1;
    const size_t name_length = strcspn(at, "?");
    snprintf(name, sizeof(name), "%.*s", (int)(name_length < VALUE_BYTES ? name_length : VALUE_BYTES - 1), at);
    if (read_name(&kind, scene_names, SCENE_COUNT, name))
        return fail_name(&reading, "scene", name, scene_names, SCENE_COUNT);
    out->kind = (psb_scene_kind)kind;
    at += name_length;
    psb_status status = PSB_OK;
    while (!status && *at) {
        at++; /* the ? or & */
        const size_t length = strcspn(at, "&");
        status = read_pair(&reading, at, length);
        at += length;
    }
    return status ? status : finish(&reading);
}

/* ---- scene.yaml ---- */

static const psb_config_rule rules[] = {
    {"scene", PSB_CONFIG_CHOICE, true, 0, 0, "plaza|street|corridor|carpark"},
    {"people", PSB_CONFIG_INTEGER, false, 0, 100, NULL},
    {"seed", PSB_CONFIG_INTEGER, false, 0, 4294967295.0, NULL},
    {"fps", PSB_CONFIG_NUMBER, false, 1, 120, NULL},
    {"size", PSB_CONFIG_TEXT, false, 0, 0, NULL},
    {"duration", PSB_CONFIG_TEXT, false, 0, 0, NULL},
    {"frames", PSB_CONFIG_INTEGER, false, 1, 10000000, NULL},
    {"light", PSB_CONFIG_CHOICE, false, 0, 0, "own|day|overcast|dusk|night|changing"},
    {"rain", PSB_CONFIG_NUMBER, false, 0, 1, NULL},
    {"noise", PSB_CONFIG_NUMBER, false, 0, 30, NULL},
    {"camera_height", PSB_CONFIG_NUMBER, false, 2, 15, NULL},
    {"tilt", PSB_CONFIG_NUMBER, false, 0, 60, NULL},
    {"fov", PSB_CONFIG_NUMBER, false, 25, 100, NULL},
};

psb_status psb_synth_settings_open(psb_synth_settings *out, const char *path)
{
    psb_config *config = NULL;
    int32_t kind = 0;
    psb_synth_settings_init(out);
    settings_reading reading = {.out = out, .where = path};
    psb_status status = psb_config_open(&config, path);
    if (!status) status = psb_config_check(config, rules, sizeof(rules) / sizeof(rules[0]));
    if (status) goto done;
    const psb_config_node root = psb_config_root(config);
    read_name(&kind, scene_names, SCENE_COUNT, psb_config_text(config, psb_config_get(config, root, "scene")));
    out->kind = (psb_scene_kind)kind;
    for (key_id id = 0; id < KEY_COUNT && !status; id++) {
        const psb_config_node node = psb_config_get(config, root, keys[id].name);
        if (node) status = read_value(&reading, id, psb_config_text(config, node));
    }
    if (!status) status = finish(&reading);
done:
    psb_config_close(&config);
    return status;
}
