/* SPDX-License-Identifier: Apache-2.0
 *
 * Settings files as trees: what is read, and what is refused with the line it stands in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "alloc_count.h"
#include "config/config.h"

static psb_status parse(psb_config **out, const char *text)
{
    return psb_config_parse(out, "f.yaml", text, strlen(text));
}

static void test_tree(void **state)
{
    (void)state;
    psb_config *c = NULL;
    assert_int_equal(
        parse(&c, "# said\nname: \"758\"\nin: {w: 416, s: [1, 2.5, -3e-1]}\nlist:\n  - {a: x}\n  - {a: y}\n"), PSB_OK);
    psb_config_node root = psb_config_root(c), in = psb_config_get(c, root, "in"), s = psb_config_get(c, in, "s");
    assert_string_equal(psb_config_text(c, psb_config_get(c, root, "name")), "758");
    assert_true(psb_config_number(c, psb_config_get(c, in, "w")) == 416.0);
    assert_int_equal(psb_config_count(c, s), 3);
    assert_true(psb_config_number(c, psb_config_item(c, s, 2)) == -0.3);
    psb_config_node second = psb_config_item(c, psb_config_get(c, root, "list"), 1);
    assert_string_equal(psb_config_text(c, psb_config_get(c, second, "a")), "y");
    /* What is not there is nothing, and may be asked on. */
    psb_config_node none = psb_config_get(c, psb_config_get(c, root, "no"), "more");
    assert_int_equal(none, 0);
    assert_int_equal(psb_config_item(c, s, 3), 0);
    assert_int_equal(psb_config_item(c, s, -1), 0);
    assert_int_equal(psb_config_item(c, none, 0), 0);
    assert_string_equal(psb_config_text(c, none), "");
    assert_string_equal(psb_config_text(c, s), "");
    assert_true(psb_config_number(c, none) == 0.0);
    /* A number in quotes is text. */
    assert_true(psb_config_number(c, psb_config_get(c, root, "name")) == 0.0);
    assert_int_equal(psb_config_fail(c, psb_config_item(c, s, 1), "found %d", 7), PSB_BAD_INPUT);
    assert_string_equal(psb_error_text(), "f.yaml:3: in.s[1]: found 7");
    psb_config_close(&c);
    assert_null(c);
    psb_config_close(&c);
    psb_config_close(NULL);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } rows[] = {
        {"", "f.yaml:1: found nothing"},
        {"# only a comment\n", "found nothing"},
        {"a: 1\nb: [1, 2\n", "f.yaml:3: "},
        {"a: 1\n\tb: 2\n", "expected YAML"},
        {"a: 1\nb: 2\na: 3\n", "f.yaml:3: key \"a\" a second time (first in line 1)"},
        {"a: &x 1\n", "f.yaml:1: found an anchor"},
        {"a: 1\nb: *x\n", "found an alias"},
        {"a: !!str 1\n", "found a tag"},
        {"a: !!map {b: 1}\n", "found a tag"},
        {"a: &l [1]\n", "found an anchor"},
        {"a: 1\n---\nb: 2\n", "f.yaml:2: found a second document"},
        {"a: 1\n? [x, y]\n: 2\n", "f.yaml:2: found a list or a map as a key"},
        {"a.b: 1\n", "found a key that is none"},
        {"\"\": 1\n", "found a key that is none"},
        {"a: \"x\\0y\"\n", "found a zero byte"},
        {"a: [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]\n", "too deep"},
        {"a: \x80\xff\n", "expected YAML"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        psb_config *c = NULL;
        if (parse(&c, rows[i].text) != PSB_BAD_INPUT) fail_msg("\"%s\" was taken", rows[i].text);
        assert_null(c);
        if (!strstr(psb_error_text(), rows[i].said)) fail_msg("\"%s\" lacks \"%s\"", psb_error_text(), rows[i].said);
    }
}

/* "k0: 0", "k1: 0", ...: at the bound of keys, and one beyond. */
static void test_bounds(void **state)
{
    (void)state;
    enum { ROOM = 1 << 21 };
    psb_config *c = NULL;
    char *text = malloc(ROOM);
    assert_non_null(text);
    for (int32_t beyond = 0; beyond < 2; beyond++) {
        size_t used = 0;
        for (int32_t i = 0; i < PSB_CONFIG_MAX_KEYS + beyond; i++)
            used += (size_t)snprintf(text + used, ROOM - used, "k%d: 0\n", i);
        assert_int_equal(parse(&c, text), beyond ? PSB_BAD_INPUT : PSB_OK);
        psb_config_close(&c);
    }
    assert_non_null(strstr(psb_error_text(), "too many keys"));

    /* Each comma is a node: beyond the bound of nodes, within that of bytes. */
    size_t used = (size_t)snprintf(text, ROOM, "a: [");
    for (int32_t i = 0; i < PSB_CONFIG_MAX_NODES; i++) used += (size_t)snprintf(text + used, ROOM - used, "1,");
    snprintf(text + used, ROOM - used, "1]\n");
    assert_int_equal(parse(&c, text), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "too many values"));

    memset(text, '#', ROOM - 1);
    text[ROOM - 1] = '\0';
    assert_int_equal(parse(&c, text), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "expected 1048576 at most"));
    free(text);

    assert_int_equal(psb_config_open(&c, "/nonexistent/f.yaml"), PSB_BAD_INPUT);
    assert_null(c);
}

/* Our n-th allocation fails, for every n. */
static void test_memory_failure(void **state)
{
    (void)state;
    for (int64_t n = 1;; n++) {
        psb_config *c = NULL;
        alloc_count_fail_at(n);
        psb_status status = parse(&c, "a: [1, 2]\nb: {c: d}\n");
        if (!alloc_count_has_failed()) {
            assert_int_equal(status, PSB_OK);
            psb_config_close(&c);
            break;
        }
        assert_int_equal(status, PSB_NO_MEMORY);
        assert_null(c);
    }
    alloc_count_reset();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tree), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_bounds), cmocka_unit_test(test_memory_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
