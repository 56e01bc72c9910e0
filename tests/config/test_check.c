/* SPDX-License-Identifier: Apache-2.0
 *
 * Settings judged by a table of keys: each type right and wrong, and every sentence with file, line, key, found,
 * expected.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"

static const psb_config_rule rules[] = {
    {"model", PSB_CONFIG_TEXT, true, 0, 0, NULL},
    {"note", PSB_CONFIG_TEXT, false, 2, 5, NULL},
    {"in", PSB_CONFIG_MAP, true, 0, 0, NULL},
    {"in.width", PSB_CONFIG_INTEGER, true, 8, 4096, NULL},
    {"in.free", PSB_CONFIG_INTEGER, false, 0, 0, NULL},
    {"in.gain", PSB_CONFIG_NUMBER, false, -1, 1, NULL},
    {"in.order", PSB_CONFIG_CHOICE, false, 0, 0, "bgr|rgb"},
    {"in.mean", PSB_CONFIG_LIST, false, 3, 3, NULL},
    {"in.mean[]", PSB_CONFIG_NUMBER, false, 0, 0, NULL},
    {"outs", PSB_CONFIG_LIST, false, 1, 2, NULL},
    {"outs[]", PSB_CONFIG_MAP, false, 0, 0, NULL},
    {"outs[].name", PSB_CONFIG_TEXT, true, 0, 0, NULL},
    {"nest", PSB_CONFIG_LIST, false, 0, 0, NULL},
    {"nest[]", PSB_CONFIG_LIST, false, 2, 2, NULL},
    {"nest[][]", PSB_CONFIG_NUMBER, false, 0, 0, NULL},
};

static psb_status check(const char *text)
{
    psb_config *c = NULL;
    psb_status status = psb_config_parse(&c, "f.yaml", text, strlen(text));
    if (!status) status = psb_config_check(c, rules, sizeof(rules) / sizeof(rules[0]));
    psb_config_close(&c);
    return status;
}

static void test_good(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "model: m\nin: {width: 8}\n",
        "model: \"1\"\nnote: abcde\nin: {width: 4096, free: -7, gain: -1e0, order: rgb, mean: [1, 2.5, -3]}\n",
        "model: m\nin:\n  width: 9\nouts: [{name: a}, {name: 'null'}]\nnest: [[1, 2], [3, 4]]\n",
        "model: m\nin: {width: 8}\nnest: []\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (check(texts[i])) fail_msg("%s", psb_error_text());
}

static void test_bad(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } rows[] = {
        {"- 1\n", "f.yaml:1: found no map, expected keys"},
        {"model: m\nin: {width: 8}\ncolour: red\n",
         "f.yaml:3: colour: found an unknown key, expected one of: model, note, in, outs, nest"},
        {"model: m\nin:\n  widht: 8\n",
         "f.yaml:3: in.widht: found an unknown key, expected one of: width, free, gain, order, mean"},
        {"model: m\nin: {width: 8}\nouts: [{name: a, nick: b}]\n",
         "f.yaml:3: outs[0].nick: found an unknown key, expected one of: name"},
        {"model: m\nin: {}\n", "f.yaml:2: in: found no key \"width\", expected it"},
        {"in: {width: 8}\n", "f.yaml:1: found no key \"model\", expected it"},
        {"model: m\nin: {width: 8}\nouts: [{name: a}, {}]\n", "f.yaml:3: outs[1]: found no key \"name\""},
        {"model: m\nin: {width: wide}\n", "f.yaml:2: in.width: found \"wide\", expected a whole number from 8 to 4096"},
        {"model: m\nin: {width: 7}\n", "in.width: found 7, expected a whole number from 8 to 4096"},
        {"model: m\nin: {width: 4097}\n", "found 4097"},
        {"model: m\nin: {width: 8.0}\n", "found 8.0, expected a whole number"},
        {"model: m\nin: {width: 1e2}\n", "found 1e2, expected a whole number"},
        {"model: m\nin: {width: \"8\"}\n", "found \"8\", expected a whole number"},
        {"model: m\nin: {width: 0x10}\n", "found \"0x10\""},
        {"model: m\nin: {width: [8]}\n", "found a list of 1"},
        {"model: m\nin: {width: {a: 8}}\n", "found a map"},
        {"model: m\nin: {width: 8, gain: .nan}\n", "in.gain: found \".nan\", expected a number from -1 to 1"},
        {"model: m\nin: {width: 8, gain: .inf}\n", "in.gain: found \".inf\""},
        {"model: m\nin: {width: 8, gain: nan}\n", "in.gain: found \"nan\""},
        {"model: m\nin: {width: 8, gain: 1e999}\n", "in.gain: found \"1e999\""},
        {"model: m\nin: {width: 8, gain: 1.01}\n", "in.gain: found 1.01"},
        {"model: m\nin: {width: 8, gain: 0,5}\n", "unknown key"},
        {"model: m\nin: {width: 8, gain: }\n", "in.gain: found \"\""},
        {"model: m\nin: {width: 8, order: gbr}\n", "in.order: found \"gbr\", expected one of bgr|rgb"},
        {"model: m\nin: {width: 8, order: bgr|rgb}\n", "in.order: found \"bgr|rgb\""},
        {"model: m\nin: {width: 8, order: ''}\n", "in.order: found \"\""},
        {"model: m\nin: {width: 8, mean: [1, 2]}\n", "in.mean: found a list of 2, expected a list of 3"},
        {"model: m\nin: {width: 8, mean: [1, 2, x]}\n", "in.mean[2]: found \"x\", expected a number"},
        {"model: m\nin: {width: 8, mean: 1}\n", "in.mean: found 1, expected a list of 3"},
        {"model: 5\nin: {width: 8}\n", "f.yaml:1: model: found 5, expected text"},
        {"model: true\nin: {width: 8}\n", "model: found \"true\", expected text"},
        {"model: ~\nin: {width: 8}\n", "model: found \"~\", expected text"},
        {"model: ''\nin: {width: 8}\n", "model: found \"\", expected text"},
        {"model: [m]\nin: {width: 8}\n", "model: found a list of 1, expected text"},
        {"model: m\nnote: a\nin: {width: 8}\n", "note: found \"a\", expected text from 2 to 5 bytes"},
        {"model: m\nnote: abcdef\nin: {width: 8}\n", "note: found \"abcdef\""},
        {"model: m\nin: 8\n", "in: found 8, expected a map of keys"},
        {"model: m\nin: {width: 8}\nouts: []\n", "outs: found a list of 0, expected a list from 1 to 2"},
        {"model: m\nin: {width: 8}\nouts: [a]\n", "outs[0]: found \"a\", expected a map"},
        {"model: m\nin: {width: 8}\nnest: [[1, 2], [1]]\n", "nest[1]: found a list of 1, expected a list of 2"},
        {"model: m\nin: {width: 8}\nnest: [[1, [2]]]\n", "nest[0][1]: found a list of 1, expected a number"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(check(rows[i].text), PSB_BAD_INPUT);
        if (!strstr(psb_error_text(), rows[i].said)) fail_msg("\"%s\" lacks \"%s\"", psb_error_text(), rows[i].said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_good), cmocka_unit_test(test_bad)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
