/* SPDX-License-Identifier: Apache-2.0
 *
 * Options as tables: every GNU way of writing them, defaults, ranges, mistakes with their one sentence, and the guess
 * at what was meant. What the program's own tables say is tested from outside, by tests/e2e/test_command_line.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <passerby/status.h>

#include "app/options.h"

typedef struct sample {
    bool loud;
    const char *name;
    int32_t color, count;
    double ratio, wait_s;
    psb_option_size size;
} sample;

static const psb_option rows[] = {
    {"loud", 'l', PSB_OPTION_FLAG, NULL, 0, 0, NULL, offsetof(sample, loud), "be loud"},
    {"name", 'n', PSB_OPTION_TEXT, "TEXT", 0, 0, NULL, offsetof(sample, name), "a name"},
    {"color", 0, PSB_OPTION_WORD, "red|green|blue", 0, 0, "green", offsetof(sample, color), "a colour"},
    {"count", 'c', PSB_OPTION_COUNT, "N", 1, 100, "7", offsetof(sample, count), "how many"},
    {"ratio", 0, PSB_OPTION_NUMBER, "R", 0, 1, NULL, offsetof(sample, ratio), "how much"},
    {"wait", 'w', PSB_OPTION_DURATION, "T", 0, 60, "1s", offsetof(sample, wait_s), "how long"},
    {"size", 0, PSB_OPTION_SIZE, "WxH", 32, 4096, NULL, offsetof(sample, size), "how large"},
};
static const psb_option_table table = {rows, sizeof(rows) / sizeof(rows[0])};

enum { MAX_WORDS = 16 };

/* Parses words up to the first NULL into *out. */
static psb_status parse(sample *out, psb_arguments *arguments, const char *const *words)
{
    char *argv[MAX_WORDS] = {0};
    for (int i = 0; words[i]; i++) argv[i] = (char *)words[i];
    *out = (sample){0};
    void *const targets[] = {out};
    return psb_options_parse(arguments, "prog", &table, targets, 1, argv);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_defaults(void **state)
{
    (void)state;
    sample got;
    psb_arguments arguments;
    assert_int_equal(parse(&got, &arguments, (const char *const[]){NULL}), PSB_OK);
    assert_false(got.loud);
    assert_null(got.name);
    assert_int_equal(got.color, 1);
    assert_int_equal(got.count, 7);
    assert_true(got.ratio == 0 && got.wait_s == 1);
    assert_int_equal(arguments.operand_count, 0);
    assert_false(psb_options_given(&arguments, &table, 1, "count"));
}

static void test_every_way_of_writing(void **state)
{
    (void)state;
    static const char *const lines[][MAX_WORDS] = {
        {"in", "--loud", "--name", "x", "--count", "9", "--wait", "500ms", "--color", "blue", "--size", "640x384",
         "out"},
        {"-l", "in", "--name=x", "--count=9", "--wait=500ms", "out", "--color=blue", "--size=640x384"},
        {"-nx", "-c9", "-w500ms", "in", "out", "-l", "--color=red", "--color=blue", "--size=640x384"},
        {"-n", "x", "-c", "9", "-w", "0.5s", "-l", "--color=blue", "--size=640x384", "--", "in", "out"},
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        sample got;
        psb_arguments arguments;
        assert_int_equal(parse(&got, &arguments, lines[i]), PSB_OK);
        assert_true(got.loud);
        assert_string_equal(got.name, "x");
        assert_int_equal(got.count, 9);
        assert_int_equal(got.color, 2);
        assert_true(got.wait_s == 0.5);
        assert_true(got.size.width == 640 && got.size.height == 384);
        assert_int_equal(arguments.operand_count, 2);
        assert_string_equal(arguments.operand[0], "in");
        assert_string_equal(arguments.operand[1], "out");
        assert_true(psb_options_given(&arguments, &table, 1, "count"));
        assert_false(psb_options_given(&arguments, &table, 1, "ratio"));
    }
}

static void test_dashes_that_are_no_options(void **state)
{
    (void)state;
    sample got;
    psb_arguments arguments;
    assert_int_equal(parse(&got, &arguments, WORDS("-", "--name", "-", "--", "--loud")), PSB_OK);
    assert_string_equal(got.name, "-");
    assert_false(got.loud);
    assert_int_equal(arguments.operand_count, 2);
    assert_string_equal(arguments.operand[1], "--loud");
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *words[3];
        const char *said;
    } mistakes[] = {
        {{"--lout"}, "did you mean --loud?"},
        {{"--conut", "3"}, "did you mean --count?"},
        {{"--xyzzy"}, "prog --help"},
        {{"-x"}, "unknown option -x"},
        {{"--name"}, "needs a value"},
        {{"-n"}, "needs a value"},
        {{"--name="}, "found nothing"},
        {{"--loud=yes"}, "takes no value"},
        {{"--color", "pink"}, "red|green|blue"},
        {{"--color", "re"}, "red|green|blue"},
        {{"--color", "red|green"}, "red|green|blue"},
        {{"--count", "0"}, "from 1 to 100"},
        {{"--count", "101"}, "from 1 to 100"},
        {{"--count", "99999999999999999999"}, "from 1 to 100"},
        {{"--count", "3x"}, "whole number"},
        {{"--count", ""}, "whole number"},
        {{"--ratio", "1.01"}, "from 0 to 1"},
        {{"--ratio", "nan"}, "a number"},
        {{"--ratio", "0x1"}, "a number"},
        {{"--ratio", "0,5"}, "a number"},
        {{"--size", "640"}, "WIDTHxHEIGHT"},
        {{"--size", "640x"}, "640x"},
        {{"--size", "640x384px"}, "384px"},
        {{"--size", " 640x384"}, "expected"},
        {{"--size", "31x384"}, "32 to 4096"},
        {{"--size", "640x4097"}, "32 to 4096"},
        {{"--size", "99999999999999999999x384"}, "expected"},
        {{"--wait", "5"}, "duration"},
        {{"--wait", "-1s"}, "duration"},
        {{"--wait", "2m"}, "0 to 60"},
    };
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        sample got;
        psb_arguments arguments;
        assert_int_equal(parse(&got, &arguments, mistakes[i].words), PSB_USAGE);
        if (!strstr(psb_error_text(), mistakes[i].said)) fail_msg("%s lacks %s", psb_error_text(), mistakes[i].said);
    }
}

static void test_bounds(void **state)
{
    (void)state;
    sample got;
    psb_arguments arguments;
    assert_int_equal(parse(&got, &arguments, WORDS("1", "2", "3", "4", "5", "6", "7", "8")), PSB_OK);
    assert_int_equal(parse(&got, &arguments, WORDS("1", "2", "3", "4", "5", "6", "7", "8", "9")), PSB_USAGE);
    char longest[4096];
    memset(longest, 'a', sizeof(longest));
    memcpy(longest, "--", 2);
    longest[sizeof(longest) - 1] = '\0';
    assert_int_equal(parse(&got, &arguments, WORDS(longest)), PSB_USAGE);
    assert_true(strlen(psb_error_text()) < 1024);
    assert_int_equal(parse(&got, &arguments, WORDS("--count", "100", "--ratio", "1", "--wait", "60s")), PSB_OK);
}

static void test_nearest(void **state)
{
    (void)state;
    static const char *const names[] = {"track", "detect", "model info"};
    assert_string_equal(psb_options_nearest("trakc", names, 3), "track");
    assert_string_equal(psb_options_nearest("dtect", names, 3), "detect");
    assert_null(psb_options_nearest("serve", names, 3));
    assert_null(psb_options_nearest("", names, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_every_way_of_writing),
        cmocka_unit_test(test_dashes_that_are_no_options),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
