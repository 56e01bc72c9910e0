/* SPDX-License-Identifier: Apache-2.0
 *
 * Status rows and the error sentence: each row has a text and an exit code, sentences that are too long lose their
 * middle and keep their end, threads keep theirs apart.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/thread.h"

static void test_rows(void **state)
{
    (void)state;
    static const int codes[] = {0, 0, 1, 2, 3, 3, 4, 4, 5, 130}; /* product.md's list, in the table's order */
    for (int i = PSB_OK; i <= PSB_INTERRUPTED; i++) {
        assert_true(strlen(psb_status_text((psb_status)i)) > 3);
        assert_int_equal(psb_status_exit_code((psb_status)i), codes[i]);
    }
    assert_int_equal(psb_status_exit_code((psb_status)999), 5);
    assert_int_equal(psb_status_exit_code((psb_status)-1), 5);
}

static void test_short_sentence(void **state)
{
    (void)state;
    assert_int_equal(psb_fail(PSB_BAD_INPUT, "%s:%d: found \"%s\"", "a.txt", 3, "x"), PSB_BAD_INPUT);
    assert_string_equal(psb_error_text(), "a.txt:3: found \"x\"");
    assert_int_equal(psb_fail_memory("boxes", 12), PSB_NO_MEMORY);
    assert_string_equal(psb_error_text(), "out of memory: boxes, 12 bytes");
    assert_int_equal(psb_fail_text(PSB_BUG, psb_error_text()), PSB_BUG); /* onto itself */
    assert_string_equal(psb_error_text(), "out of memory: boxes, 12 bytes");
}

static void test_long_sentence_loses_its_middle(void **state)
{
    (void)state;
    char path[3000], middle[3000];
    memset(path, 'p', sizeof(path) - 1);
    path[sizeof(path) - 1] = 0;
    psb_fail(PSB_BAD_INPUT, "begin %s: found 1, expected 2", path);
    const char *text = psb_error_text();
    const size_t length = strlen(text);
    assert_in_range(length, PSB_ERROR_TEXT_BYTES - 3, PSB_ERROR_TEXT_BYTES - 1);
    assert_memory_equal(text, "begin ppp", 9);
    assert_non_null(strstr(text, "p...p"));
    static const char end[] = "p: found 1, expected 2";
    assert_string_equal(text + length - (sizeof(end) - 1), end);

    memset(middle, 'm', sizeof(middle) - 1); /* 1023 bytes fit, 1024 do not */
    middle[PSB_ERROR_TEXT_BYTES - 1] = 0;
    psb_fail(PSB_BUG, "%s", middle);
    assert_string_equal(psb_error_text(), middle);
    middle[PSB_ERROR_TEXT_BYTES - 1] = 'm';
    middle[PSB_ERROR_TEXT_BYTES] = 0;
    psb_fail_text(PSB_BUG, middle);
    assert_non_null(strstr(psb_error_text(), "m...m"));
}

static void test_system_errors_say_whose_fault(void **state)
{
    (void)state;
    assert_int_equal(psb_fail_system("a", "opening", ENOENT), PSB_BAD_INPUT);
    assert_string_equal(psb_error_text(), "a: opening: found nothing of that name, expected it to be there");
    assert_int_equal(psb_fail_system("a", "opening", EISDIR), PSB_BAD_INPUT);
    assert_int_equal(psb_fail_system("a", "opening", EACCES), PSB_ENVIRONMENT);
    assert_int_equal(psb_fail_system("a", "opening", EMFILE), PSB_ENVIRONMENT);
    assert_int_equal(psb_fail_system("a", "opening", ENOMEM), PSB_NO_MEMORY);
    assert_int_equal(psb_fail_output("a", "creating", ENOENT), PSB_ENVIRONMENT);
}

static void fail_elsewhere(void *user)
{
    *(psb_status *)user = psb_fail(PSB_BUG, "the other thread's");
}

static void test_threads_have_sentences_of_their_own(void **state)
{
    (void)state;
    psb_thread *thread;
    psb_status status = PSB_OK;
    psb_fail(PSB_BUG, "mine");
    assert_int_equal(psb_thread_create(&thread, "other", fail_elsewhere, &status), PSB_OK);
    psb_thread_destroy(&thread);
    assert_int_equal(status, PSB_BUG);
    assert_string_equal(psb_error_text(), "mine");
}

/* Names in a sentence come from files: no second line, no escape sequence. */
static void test_control_characters_are_replaced(void **state)
{
    (void)state;
    psb_fail(PSB_BAD_INPUT, "a%sb", "\n\x1b[31m\x7f");
    assert_string_equal(psb_error_text(), "a??[31m?b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_short_sentence),
        cmocka_unit_test(test_long_sentence_loses_its_middle),
        cmocka_unit_test(test_system_errors_say_whose_fault),
        cmocka_unit_test(test_control_characters_are_replaced),
        cmocka_unit_test(test_threads_have_sentences_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
