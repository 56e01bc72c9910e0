/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole files: what comes back, the bound to the byte, and a sentence and status of its own for each disappointment.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/error.h"

static char folder[] = "/tmp/psb_bytes_XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof(path), "%s/file", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void write_file(const char *text, size_t size_bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size_bytes, file), size_bytes);
    fclose(file);
}

static void test_content_and_its_zero(void **state)
{
    (void)state;
    psb_bytes bytes;
    write_file("ab\0c", 4);
    assert_int_equal(psb_bytes_read(&bytes, path, 100), PSB_OK);
    assert_int_equal(bytes.size_bytes, 4);
    assert_memory_equal(bytes.data, "ab\0c", 5);
    psb_bytes_fini(&bytes);
    assert_null(bytes.data);
    psb_bytes_fini(&bytes);
}

static void test_bound_is_exact(void **state)
{
    (void)state;
    psb_bytes bytes;
    write_file("0123456789", 10);
    assert_int_equal(psb_bytes_read(&bytes, path, 10), PSB_OK);
    psb_bytes_fini(&bytes);
    assert_int_equal(psb_bytes_read(&bytes, path, 9), PSB_BAD_INPUT);
    assert_null(bytes.data);
    assert_non_null(strstr(psb_error_text(), "found 10 bytes, expected at most 9"));
    assert_int_equal(psb_bytes_read(&bytes, path, SIZE_MAX), PSB_OK);
    psb_bytes_fini(&bytes);
}

static void test_files_without_a_size(void **state)
{
    (void)state;
    psb_bytes bytes;
    assert_int_equal(psb_bytes_read(&bytes, "/proc/self/status", 1 << 20), PSB_OK); /* says it has 0 bytes */
    assert_memory_equal(bytes.data, "Name:", 5);
    assert_int_equal(bytes.data[bytes.size_bytes], 0);
    psb_bytes_fini(&bytes);
    assert_int_equal(psb_bytes_read(&bytes, "/dev/zero", 200000), PSB_BAD_INPUT); /* never ends: the bound ends it */
    assert_non_null(strstr(psb_error_text(), "/dev/zero: found more than the 200000 bytes"));
    assert_int_equal(psb_bytes_read(&bytes, "/dev/null", 10), PSB_BAD_INPUT);
}

static void test_each_disappointment_has_its_sentence(void **state)
{
    (void)state;
    psb_bytes bytes = {.data = (uint8_t *)path, .size_bytes = 1};
    assert_int_equal(psb_bytes_read(&bytes, "/nowhere/at/all", 10), PSB_BAD_INPUT);
    assert_null(bytes.data);
    assert_string_equal(psb_error_text(),
                        "/nowhere/at/all: opening: found nothing of that name, expected it to be there");
    assert_int_equal(psb_bytes_read(&bytes, folder, 10), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "found a folder, expected a file"));
    write_file("", 0);
    assert_int_equal(psb_bytes_read(&bytes, path, 10), PSB_BAD_INPUT);
    assert_non_null(strstr(psb_error_text(), "found an empty file"));
    if (geteuid() != 0) { /* root reads everything */
        write_file("x", 1);
        chmod(path, 0);
        assert_int_equal(psb_bytes_read(&bytes, path, 10), PSB_ENVIRONMENT);
        chmod(path, 0600);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_content_and_its_zero),
        cmocka_unit_test(test_bound_is_exact),
        cmocka_unit_test(test_files_without_a_size),
        cmocka_unit_test(test_each_disappointment_has_its_sentence),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
