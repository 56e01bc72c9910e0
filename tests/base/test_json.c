/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON as written: bytes for the small forms, and jansson as the reader of everything else (escapes, broken UTF-8,
 * numbers that must come back equal).
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/json.h"
#include "base/rng.h"

static char path[] = "/tmp/psb_json_XXXXXX";

static int make_place(void **state)
{
    (void)state;
    const int file = mkstemp(path);
    return file < 0 ? -1 : close(file);
}

static int remove_place(void **state)
{
    (void)state;
    return unlink(path);
}

static psb_outfile *open_place(psb_json *json, bool pretty)
{
    psb_outfile *file;
    assert_int_equal(psb_outfile_open(&file, path), PSB_OK);
    psb_json_init(json, file, pretty);
    return file;
}

static void close_and_read(psb_outfile *file, char *out, size_t size_bytes)
{
    assert_int_equal(psb_outfile_commit(file), PSB_OK);
    psb_outfile_close(&file);
    FILE *back = fopen(path, "rb");
    assert_non_null(back);
    out[fread(out, 1, size_bytes - 1, back)] = 0;
    fclose(back);
}

static void test_one_line_form(void **state)
{
    (void)state;
    char text[512];
    psb_json json;
    psb_outfile *file = open_place(&json, false);
    psb_json_begin_object(&json);
    psb_json_key(&json, "a");
    psb_json_int(&json, INT64_MIN);
    psb_json_key(&json, "b");
    psb_json_begin_array(&json);
    psb_json_fixed(&json, 1.50, 3);
    psb_json_fixed(&json, -0.0004, 3);
    psb_json_fixed(&json, 100, 2);
    psb_json_fixed(&json, 100, 0);
    psb_json_number(&json, 0.1);
    psb_json_number(&json, NAN);
    psb_json_fixed(&json, -INFINITY, 1);
    psb_json_bool(&json, true);
    psb_json_bool(&json, false);
    psb_json_string(&json, NULL);
    psb_json_begin_object(&json);
    psb_json_end_object(&json);
    psb_json_end_array(&json);
    psb_json_end_object(&json);
    psb_json_begin_array(&json);
    psb_json_end_array(&json);
    close_and_read(file, text, sizeof(text));
    assert_string_equal(text,
                        "{\"a\":-9223372036854775808,\"b\":[1.5,0,100,100,0.1,null,null,true,false,null,{}]}\n[]\n");
}

static void test_pretty_form(void **state)
{
    (void)state;
    char text[256];
    psb_json json;
    psb_outfile *file = open_place(&json, true);
    psb_json_begin_object(&json);
    psb_json_key(&json, "a");
    psb_json_begin_array(&json);
    psb_json_int(&json, 1);
    psb_json_int(&json, 2);
    psb_json_end_array(&json);
    psb_json_key(&json, "b");
    psb_json_begin_array(&json);
    psb_json_end_array(&json);
    psb_json_end_object(&json);
    close_and_read(file, text, sizeof(text));
    assert_string_equal(text, "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": []\n}\n");
}

static void check_string(const char *text, const char *expected)
{
    char written[1024];
    psb_json json;
    psb_outfile *file = open_place(&json, false);
    psb_json_begin_array(&json);
    psb_json_string(&json, text);
    psb_json_end_array(&json);
    close_and_read(file, written, sizeof(written));
    json_t *read = json_loads(written, 0, NULL);
    assert_non_null(read);
    assert_string_equal(json_string_value(json_array_get(read, 0)), expected);
    json_decref(read);
}

static void test_strings_come_back(void **state)
{
    (void)state;
    char all[128];
    for (int i = 1; i < 128; i++) all[i - 1] = (char)i;
    all[127] = 0;
    check_string(all, all); /* quotes, backslash, every control character */
    check_string("", "");
    check_string("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x9a\xb6", "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x9a\xb6");
}

static void test_broken_utf8_is_replaced(void **state)
{
    (void)state;
#define U "\xef\xbf\xbd"
    check_string("a\x80z", "a" U "z");         /* a continuation alone */
    check_string("\xc3", U);                   /* cut by the end */
    check_string("\xe2\x82", U U);             /* cut by the end, one mark a byte */
    check_string("\xc0\xaf", U U);             /* overlong / */
    check_string("\xed\xa0\x80", U U U);       /* a surrogate */
    check_string("\xf4\x90\x80\x80", U U U U); /* over U+10FFFF */
    check_string("\xf0\x9f\"", U U "\"");      /* cut by a quote, which must still be escaped */
#undef U
}

static void check_number(double value)
{
    char written[64];
    psb_json json;
    psb_outfile *file = open_place(&json, false);
    psb_json_begin_array(&json);
    psb_json_number(&json, value);
    psb_json_end_array(&json);
    close_and_read(file, written, sizeof(written));
    assert_true(strtod(written + 1, NULL) == value);
    json_t *read = json_loads(written, 0, NULL);
    assert_non_null(read);
    json_decref(read);
}

static void test_numbers_come_back(void **state)
{
    (void)state;
    static const double edges[] = {0, 1, -1, 0.1, 1.0 / 3, 1e300, -1e-300, 5e-324, 123456789012345678.0, 25.0};
    for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) check_number(edges[i]);
    psb_rng rng;
    psb_rng_init(&rng, 7);
    for (int i = 0; i < 50; i++) check_number(psb_rng_unit(&rng) * pow(10, (double)psb_rng_below(&rng, 40) - 20));
}

static void test_failures_stick(void **state)
{
    (void)state;
    psb_json json;
    psb_outfile *file;
    if (access("/dev/full", W_OK) != 0) skip();
    assert_int_equal(psb_outfile_open(&file, "/dev/full"), PSB_OK);
    psb_json_init(&json, file, false);
    psb_json_begin_array(&json);
    for (int i = 0; i < 100000; i++) psb_json_int(&json, i);
    psb_json_end_array(&json);
    assert_int_equal(psb_outfile_commit(file), PSB_ENVIRONMENT);
    psb_outfile_close(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_line_form),     cmocka_unit_test(test_pretty_form),
        cmocka_unit_test(test_strings_come_back), cmocka_unit_test(test_broken_utf8_is_replaced),
        cmocka_unit_test(test_numbers_come_back), cmocka_unit_test(test_failures_stick),
    };
    return cmocka_run_group_tests(tests, make_place, remove_place);
}
