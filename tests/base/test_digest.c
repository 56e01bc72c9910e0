/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-256 against the published examples (FIPS 180-4's "abc", the empty text, NIST's million of "a"), from memory and
 * from a file longer than one piece.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/error.h"

static const char million_a[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void test_published_examples(void **state)
{
    (void)state;
    char hex[PSB_SHA256_HEX_BYTES];
    psb_sha256_hex(hex, "abc", 3);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    psb_sha256_hex(hex, "", 0);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void test_file_of_many_pieces(void **state)
{
    (void)state;
    enum { SIZE_BYTES = 1000000 };
    char path[] = "/tmp/psb_digest_XXXXXX", hex[PSB_SHA256_HEX_BYTES];
    char *text = malloc(SIZE_BYTES);
    const int file = mkstemp(path);
    assert_non_null(text);
    memset(text, 'a', SIZE_BYTES);
    assert_int_equal(write(file, text, SIZE_BYTES), SIZE_BYTES);
    close(file);
    const psb_status status = psb_sha256_file_hex(hex, path);
    unlink(path);
    free(text);
    assert_int_equal(status, PSB_OK);
    assert_string_equal(hex, million_a);
}

static void test_missing_file_and_folder(void **state)
{
    (void)state;
    char hex[PSB_SHA256_HEX_BYTES] = "old";
    assert_int_equal(psb_sha256_file_hex(hex, "/nowhere/at/all"), PSB_BAD_INPUT);
    assert_string_equal(hex, "");
    assert_int_equal(psb_sha256_file_hex(hex, "/tmp"), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "/tmp: reading: found a folder, expected a file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_examples),
        cmocka_unit_test(test_file_of_many_pieces),
        cmocka_unit_test(test_missing_file_and_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
